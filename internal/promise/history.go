package promise

import (
	"math"
	"time"
)

// History are trips with all that became of them. What a model learns from it is only what
// was known at its moment; see At.
type History struct {
	trips             []Trip
	handling, transit *coded
	cut               time.Time
}

// NewHistory takes in trips, delivered or not, in any order.
func NewHistory(trips []Trip) *History {
	h := &History{trips: trips, handling: newCoded(handling()), transit: newCoded(transit())}
	for _, t := range trips {
		h.handling.add(t)
		h.transit.add(t)
	}
	return h
}

// Cut says that the history is of delivered orders only, cut at a day: those that were on
// their way then are missing. So nearly all that was on its way shortly before seems to have
// arrived, and nothing of those weeks says how fast parcels move.
func (h *History) Cut(at time.Time) { h.cut = at }

// blind is how long before a cut too many of the parcels under way are missing.
const blind = 20 * 24 * time.Hour

// journey is what is known at a moment of a trip's way.
func (h *History) journey(t Trip, middle float64, now time.Time) journey {
	if blindFrom := h.cut.Add(-blind); !h.cut.IsZero() && t.Ordered.Before(h.cut) && !t.Delivered.Before(blindFrom) {
		t.Delivered, t.Heard = time.Time{}, blindFrom
	}
	return t.journey(middle, now)
}

const (
	halfEffect = 300.0 // days until a delivery teaches half as much about suppliers and lanes
	halfRegion = 15.0  // … about one region at present
	halfLevel  = 20.0  // … about all regions at present
	regionRest = 15.0  // deliveries by which a region's own level is believed by half
	round      = 0.5   // days that are added before the logarithm of a part is taken
)

// At is the model of what was known at a moment: trips that were ordered before, handed over
// before, delivered before. What happened later changes nothing in it.
func (h *History) At(now time.Time) *Model {
	m := &Model{}
	first, second := h.lessons(now)
	m.delivered = len(second)
	if len(second) == 0 {
		return m
	}
	m.handling, m.transit = h.handling.fit(first), h.transit.fit(second)
	middles := make([]float64, len(h.trips))
	for i := range middles {
		middles[i] = together(m.handling.inner(i), m.transit.inner(i))
	}
	m.regions = h.regions(middles, second, now)
	var p pace
	for i, t := range h.trips {
		if t.Ordered.Before(now) {
			p.see(h.journey(t, middles[i]+m.regions[t.To], now))
		}
	}
	copy(m.places[:], p.places(half, ninth, promised))
	return m
}

// lessons are what is known of handling and of transit.
func (h *History) lessons(now time.Time) (handling, transit []lesson) {
	for i, t := range h.trips {
		handed, there := !t.Shipped.IsZero() && t.Shipped.Before(now), !t.Delivered.IsZero() && t.Delivered.Before(now)
		shipped, known := t.Shipped, t.Shipped
		if t.oddlyShipped() {
			handed, known = there, t.Delivered
			shipped = t.Ordered.Add(t.Delivered.Sub(t.Ordered) / 5) // nobody noted it: a usual share
		}
		if handed {
			handling = append(handling, taught(i, daysBetween(t.Ordered, shipped), daysBetween(known, now)))
		}
		if there {
			transit = append(transit, taught(i, daysBetween(shipped, t.Delivered), daysBetween(t.Delivered, now)))
		}
	}
	return handling, transit
}

// taught is what a part that took some days and ended a while ago teaches.
func taught(trip int, days, age float64) lesson {
	return lesson{trip: trip, value: math.Log(days + round), weight: faded(age, halfEffect), week: int(age / 7)}
}

// regions is how much faster or slower than all others a region is at present: strikes,
// floods and holidays are local.
func (h *History) regions(middles []float64, delivered []lesson, now time.Time) map[string]float64 {
	left, recent := make([]float64, len(delivered)), make([]float64, len(delivered))
	for i, l := range delivered {
		t := h.trips[l.trip]
		left[i], recent[i] = math.Log1p(t.Days())-middles[l.trip], faded(daysBetween(t.Delivered, now), halfLevel)
	}
	level := mean(left, recent)
	sum, weight := map[string]float64{}, map[string]float64{}
	for i, l := range delivered {
		t := h.trips[l.trip]
		w := faded(daysBetween(t.Delivered, now), halfRegion)
		sum[t.To] += w * min(odd, max(-odd, left[i]-level))
		weight[t.To] += w
	}
	for to := range sum {
		sum[to] /= weight[to] + regionRest
	}
	return sum
}

// mean is the weighted mean; 0 of nothing.
func mean(values, weights []float64) float64 {
	var sum, total float64
	for i, v := range values {
		sum += weights[i] * v
		total += weights[i]
	}
	if total == 0 {
		return 0
	}
	return sum / total
}
