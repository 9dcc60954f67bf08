package promise

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"
)

var (
	dayOne  = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)
	lanes   = []string{"US-CA", "US-NY", "DE", "FR", "BR-SP"}
	vendors = []string{"quick", "slow", "usual"}
)

// world makes deliveries whose true handling and transit are known: "slow" needs four times
// as long as "quick" to hand over, and each lane is two days longer than the one before.
func world(n int, pace func(day int) float64) []Trip {
	rng := rand.New(rand.NewPCG(1, 2))
	list := make([]Trip, n)
	for i := range list {
		v, l := rng.IntN(3), rng.IntN(len(lanes))
		at := dayOne.Add(time.Duration(i) * 20 * time.Minute)
		hand := []float64{1, 4, 2}[v] * math.Exp(0.2*rng.NormFloat64())
		way := (4 + 2*float64(l)) * math.Exp(0.25*rng.NormFloat64()) * pace(i/72)
		shipped := at.Add(time.Duration(hand * 24 * float64(time.Hour)))
		list[i] = Trip{Ordered: at, Shipped: shipped, Delivered: shipped.Add(time.Duration(way * 24 * float64(time.Hour))),
			Supplier: vendors[v], From: "CN", To: lanes[l], Postcode: "12345", StatedDays: 12}
	}
	return list
}

func steady(int) float64 { return 1 }

func taught(t *testing.T, trips []Trip, now time.Time) *Model {
	t.Helper()
	m := NewModel()
	for _, trip := range trips {
		if trip.Delivered.Before(now) {
			m.Learn(trip, Forecast{})
		}
	}
	m.Fit(now)
	return m
}

func TestForecastsFindWhatIsTrue(t *testing.T) {
	t.Parallel()
	trips := world(6000, steady)
	now := trips[len(trips)-1].Ordered
	m := taught(t, trips, now)
	for v, hand := range []float64{1, 4, 2} {
		for l := range lanes {
			f := m.Forecast(Trip{Ordered: now, Supplier: vendors[v], From: "CN", To: lanes[l], Postcode: "12345", StatedDays: 12})
			want := hand + 4 + 2*float64(l)
			if math.Abs(f.P50-want) > 0.12*want {
				t.Errorf("%s to %s: expected after %.1f days, in truth %.1f", vendors[v], lanes[l], f.P50, want)
			}
			if f.P90 <= f.P50 || f.Promise < f.P90 || f.Samples == 0 {
				t.Errorf("%s to %s: %+v", vendors[v], lanes[l], f)
			}
		}
	}
}

func TestNineOfTen(t *testing.T) {
	t.Parallel()
	trips := world(9000, steady)
	m, said, next := NewModel(), map[int]Forecast{}, 0
	var within, kept, n int
	for i, trip := range trips {
		for next < i && trips[next].Delivered.Before(trip.Ordered) {
			m.Learn(trips[next], said[next])
			next++
		}
		if i%72 == 0 {
			m.Fit(trip.Ordered)
		}
		f := m.Forecast(trip)
		said[i] = f
		if i < 4000 {
			continue
		}
		n++
		if trip.Days() <= f.P90 {
			within++
		}
		if trip.Days() <= f.Promise {
			kept++
		}
	}
	if share := float64(within) / float64(n); share < 0.87 || share > 0.95 {
		t.Errorf("%.3f are there by P90", share)
	}
	if share := float64(kept) / float64(n); share < 0.92 || share > 0.97 {
		t.Errorf("%.3f of the promises are kept", share)
	}
}

// TestThinLanes: one strange delivery makes no rule; a new supplier is judged by its lane.
func TestThinLanes(t *testing.T) {
	t.Parallel()
	trips := world(3000, steady)
	now := trips[len(trips)-1].Ordered
	odd := trips[0]
	odd.To, odd.Postcode, odd.Delivered = "NZ", "9999", now.Add(-time.Hour)
	m := taught(t, append(trips, odd), now)
	ask := Trip{Ordered: now, Supplier: "usual", From: "CN", To: "NZ", Postcode: "9999", StatedDays: 12}
	if f := m.Forecast(ask); f.P50 > 15 {
		t.Errorf("one parcel of %.0f days makes a lane of %.0f", odd.Days(), f.P50)
	}
	ask.To, ask.Postcode, ask.Supplier = "BR-SP", "12345", "never seen"
	if f := m.Forecast(ask); f.P50 < 11 || f.P50 > 18 {
		t.Errorf("a new supplier on a lane of 12 days: %.1f", f.P50)
	}
}

// TestSeason: when everything becomes slower, forecasts follow within weeks.
func TestSeason(t *testing.T) {
	t.Parallel()
	trips := world(9000, func(day int) float64 {
		if day >= 80 {
			return 1.6
		}
		return 1
	})
	ask := Trip{Supplier: "usual", From: "CN", To: "DE", Postcode: "12345", StatedDays: 12}
	before, after := dayOne.AddDate(0, 0, 80), dayOne.AddDate(0, 0, 120)
	fast, slow := taught(t, trips, before).Forecast(ask).P50, taught(t, trips, after).Forecast(ask).P50
	if slow < 1.2*fast {
		t.Errorf("%.1f days before, %.1f after everything took 1.6 times as long", fast, slow)
	}
}

func TestWithoutHistoryTheirWordCounts(t *testing.T) {
	t.Parallel()
	m := NewModel()
	m.Fit(dayOne)
	f := m.Forecast(Trip{Ordered: dayOne, StatedDays: 10})
	if f.P50 != 10 || f.P90 != 15 || f.Samples != 0 || f.String() != "10 to 15 days" {
		t.Errorf("%+v", f)
	}
	m.Learn(Trip{Ordered: dayOne, Delivered: dayOne.AddDate(0, 0, 40), StatedDays: 10}, f)
	m.Fit(dayOne.AddDate(0, 0, 41))
	if f = m.Forecast(Trip{Ordered: dayOne.AddDate(0, 0, 41), StatedDays: 10}); f.P50 > 20 {
		t.Errorf("one delivery of 40 days outweighs the word of 10: %.1f", f.P50)
	}
}

func TestOldDeliveriesAreLetGo(t *testing.T) {
	t.Parallel()
	m := NewModel()
	trips := world(most+most/10, steady)
	for _, trip := range trips {
		m.Learn(trip, Forecast{})
	}
	if len(m.trips) != most || len(m.handling.of) != most || len(m.transit.of) != most {
		t.Errorf("%d are kept", len(m.trips))
	}
}
