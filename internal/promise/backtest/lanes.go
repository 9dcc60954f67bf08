package backtest

import (
	"math"
	"slices"
	"time"
)

const (
	thin   = 5                   // a lane of fewer deliveries is judged by all lanes together
	recent = 90 * 24 * time.Hour // what the rolling baseline looks back on
)

// lanes are the deliveries so far by lane, for the baselines.
type lanes struct {
	seen   []Order // in the order of delivery
	before byLane  // as it was when the test began
	day    string
	rolled byLane
}

// byLane are days by lane; "" is all lanes.
type byLane map[string][]float64

func newLanes() *lanes { return &lanes{} }

func lane(o Order) string { return o.From + ">" + o.To }

func (l *lanes) learn(o Order) { l.seen = append(l.seen, o) }

func (l *lanes) freeze() { l.before = group(l.seen) }

// lately are the lanes of the last days, counted anew once a day.
func (l *lanes) lately(now time.Time) byLane {
	if day := now.Format(time.DateOnly); day != l.day {
		i, _ := slices.BinarySearchFunc(l.seen, now.Add(-recent), func(o Order, t time.Time) int { return o.Delivered.Compare(t) })
		l.day, l.rolled = day, group(l.seen[i:])
	}
	return l.rolled
}

func group(orders []Order) byLane {
	b := byLane{}
	for _, o := range orders {
		b[lane(o)] = append(b[lane(o)], o.Days())
		b[""] = append(b[""], o.Days())
	}
	for _, days := range b {
		slices.Sort(days)
	}
	return b
}

// of is a quantile of an order's lane.
func (b byLane) of(o Order, share float64) float64 {
	days := b[lane(o)]
	if len(days) < thin {
		days = b[""]
	}
	return rankSorted(days, share)
}

// rank is the value that a share of all is not above; 0 of nothing.
func rank(values []float64, share float64) float64 {
	return rankSorted(slices.Sorted(slices.Values(values)), share)
}

func rankSorted(sorted []float64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[min(len(sorted)-1, max(0, int(math.Ceil(share*float64(len(sorted))))-1))]
}
