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

func TestForecastsFindWhatIsTrue(t *testing.T) {
	t.Parallel()
	trips := world(6000, steady)
	now := trips[len(trips)-1].Ordered
	m := NewHistory(trips).At(now)
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
	trips := world(6000, steady)
	h := NewHistory(trips)
	var m *Model
	var within, kept, n int
	for i, trip := range trips[3000:] {
		if i%288 == 0 {
			m = h.At(trip.Ordered)
		}
		f := m.Forecast(trip)
		n++
		if trip.Days() <= f.P90 {
			within++
		}
		if trip.Days() <= f.Promise {
			kept++
		}
	}
	if share := float64(within) / float64(n); share < 0.87 || share > 0.93 {
		t.Errorf("%.3f are there by P90", share)
	}
	if share := float64(kept) / float64(n); share < 0.93 || share > 0.975 {
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
	m := NewHistory(append(trips, odd)).At(now)
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
	h := NewHistory(trips)
	at := func(day int) float64 { return h.At(dayOne.AddDate(0, 0, day)).Forecast(ask).P50 }
	if fast, soon, slow := at(80), at(95), at(120); soon < 1.1*fast || slow < 1.4*fast || slow > 1.7*fast {
		t.Errorf("%.1f days before; after everything took 1.6 times as long, %.1f within two weeks and %.1f within six", fast, soon, slow)
	}
}

func TestWithoutHistoryTheirWordCounts(t *testing.T) {
	t.Parallel()
	f := NewHistory(nil).At(dayOne).Forecast(Trip{Ordered: dayOne, StatedDays: 10})
	if f.P50 != 10 || f.P90 != 15 || f.Samples != 0 {
		t.Errorf("%+v", f)
	}
	slow := Trip{Ordered: dayOne, Delivered: dayOne.AddDate(0, 0, 40), StatedDays: 10}
	now := dayOne.AddDate(0, 0, 41)
	if f = NewHistory([]Trip{slow}).At(now).Forecast(Trip{Ordered: now, StatedDays: 10}); f.P50 > 20 {
		t.Errorf("one delivery of 40 days outweighs the word of 10: %.1f", f.P50)
	}
}
