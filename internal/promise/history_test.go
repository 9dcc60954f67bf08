package promise

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
)

var now = dayOne.AddDate(0, 0, 40)

// TestTheFutureTeachesNothing: whatever becomes later of trips that are on their way, and
// whatever is ordered later, the model of a moment is the same.
func TestTheFutureTeachesNothing(t *testing.T) {
	t.Parallel()
	trips := world(4000, steady)
	other := world(4000, steady)
	for i := range other {
		late := &other[i]
		if !late.Delivered.Before(now) {
			late.Delivered = late.Delivered.AddDate(0, 1, 0)
		}
		if !late.Shipped.Before(now) {
			late.Shipped = now.AddDate(0, 0, 3)
		}
		if !late.Ordered.Before(now) {
			late.To, late.Supplier, late.Delivered = "AQ", "another", time.Time{}
		}
	}
	a, b := NewHistory(trips).At(now), NewHistory(other).At(now)
	if a.places != b.places || !reflect.DeepEqual(a.regions, b.regions) || a.delivered != b.delivered {
		t.Errorf("%v and %v", a.places, b.places)
	}
	for _, trip := range trips[:200] {
		if x, y := a.Forecast(trip), b.Forecast(trip); x != y {
			t.Fatalf("%+v and %+v", x, y)
		}
	}
}

// TestForecastsAreInOrder: of any trip, half are there before nine of ten, and these before
// the promised day; nothing arrives before it is ordered.
func TestForecastsAreInOrder(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(5, 6))
	trips := world(3000, steady)
	for range 30 {
		some := trips[:rng.IntN(len(trips))]
		at := dayOne.Add(time.Duration(rng.IntN(60*24)) * time.Hour)
		m := NewHistory(some).At(at)
		for range 100 {
			ask := trips[rng.IntN(len(trips))]
			ask.Ordered, ask.StatedDays, ask.ReadyDays = at, 60*rng.Float64(), 20*rng.Float64()
			if rng.IntN(3) == 0 {
				ask.Supplier, ask.To = "new", "XX"
			}
			f := m.Forecast(ask)
			if f.P50 < 0 || f.P90 < f.P50 || f.Promise < f.P90 || f.Promise > 400 {
				t.Fatalf("after %d deliveries: %+v", m.delivered, f)
			}
		}
	}
}

// TestOpenParcelsTeach: from one day on nothing arrives any more. That is seen within days,
// though no slow parcel has been delivered.
func TestOpenParcelsTeach(t *testing.T) {
	t.Parallel()
	stop := dayOne.AddDate(0, 0, 30)
	trips := world(6000, steady)
	for i := range trips {
		if !trips[i].Delivered.Before(stop) {
			trips[i].Delivered = time.Time{}
		}
	}
	h := NewHistory(trips)
	ask := Trip{Ordered: now, Supplier: "usual", From: "CN", To: "DE", Postcode: "12345", StatedDays: 12}
	before, after := h.At(stop).Forecast(ask), h.At(stop.AddDate(0, 0, 8)).Forecast(ask)
	if after.P50 < 1.15*before.P50 || after.Promise < 1.3*before.Promise {
		t.Errorf("%+v, and %+v after eight days without a delivery", before, after)
	}
	heard := NewHistory(trips)
	for i := range trips {
		if trips[i].Delivered.IsZero() {
			trips[i].Heard = stop
		}
	}
	if quiet := heard.At(stop.AddDate(0, 0, 8)).Forecast(ask); quiet.P50 > 1.05*before.P50 {
		t.Errorf("%+v, and %+v where nobody heard anything of them", before, quiet)
	}
}

// TestACutHistory: where the parcels under way are missing, the rest does not look quick.
func TestACutHistory(t *testing.T) {
	t.Parallel()
	whole := world(6000, steady)
	var cut []Trip
	for _, trip := range whole {
		if !trip.Ordered.Before(now) || trip.Delivered.Before(now) {
			cut = append(cut, trip)
		}
	}
	ask := Trip{Ordered: now, Supplier: "usual", From: "CN", To: "BR-SP", Postcode: "12345", StatedDays: 12}
	h := NewHistory(cut)
	naive := h.At(now).Forecast(ask)
	h.Cut(now)
	said, want := h.At(now).Forecast(ask), NewHistory(whole).At(now).Forecast(ask)
	if said.Promise < 0.93*want.Promise || naive.Promise > said.Promise {
		t.Errorf("promised %.1f days, %.1f without the missing ones; the whole history says %.1f", said.Promise, naive.Promise, want.Promise)
	}
}

// TestHandOversTeachBeforeDeliveries: a supplier that became slow is known by its hand-overs.
func TestHandOversTeachBeforeDeliveries(t *testing.T) {
	t.Parallel()
	trips := world(2800, steady)
	for i := range 40 {
		at := now.AddDate(0, 0, -12).Add(time.Duration(i) * time.Hour)
		trips = append(trips, Trip{Ordered: at, Shipped: at.AddDate(0, 0, 9), Supplier: "lazy", From: "CN", To: "DE", Postcode: "12345", StatedDays: 12})
	}
	m := NewHistory(trips).At(now)
	ask := Trip{Ordered: now, Supplier: "lazy", From: "CN", To: "DE", Postcode: "12345", StatedDays: 12}
	lazy := m.Forecast(ask).P50
	ask.Supplier = "quick"
	if quick := m.Forecast(ask).P50; lazy < quick+5 {
		t.Errorf("%.1f days by one that hands over after nine days, %.1f by a quick one", lazy, quick)
	}
}
