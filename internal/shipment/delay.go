package shipment

import (
	"slices"
	"time"

	"doorstep/internal/id"
)

// The stages of a parcel's way that may take too long, as the codes of what people are told.
const (
	LateLabel = "late-label" // sold to us, and no parcel announced
	LateScan  = "late-scan"  // announced, and never seen by a carrier
	LateMove  = "late-move"  // on its way, and no news
	LateDoor  = "late-door"  // past the date that the customer was promised
)

// Lane is a way that parcels take: from a supplier to a country.
type Lane struct {
	Supplier id.Supplier
	Country  string
}

// Span is how long one parcel took over a stage.
type Span struct {
	Stage string
	Lane  Lane
	Took  time.Duration
}

// Limits are how long each stage may take on each lane before a person is told.
type Limits struct {
	spans map[string]map[Lane][]time.Duration
}

// belief is how many parcels the default, or what is known of a supplier's other lanes,
// weighs as much as.
const belief = 20

// defaults are what nine of ten parcels take where nothing is known. The label's is the
// supplier's handling time and these days on top.
var defaults = map[string]time.Duration{
	LateLabel: 3 * 24 * time.Hour, LateScan: 4 * 24 * time.Hour, LateMove: 7 * 24 * time.Hour,
}

// NewLimits learns from the past.
func NewLimits(past []Span) Limits {
	l := Limits{spans: map[string]map[Lane][]time.Duration{}}
	for _, s := range past {
		if s.Took < 0 {
			continue
		}
		if l.spans[s.Stage] == nil {
			l.spans[s.Stage] = map[Lane][]time.Duration{}
		}
		all := Lane{Supplier: s.Lane.Supplier} // its parcels to anywhere
		l.spans[s.Stage][s.Lane] = append(l.spans[s.Stage][s.Lane], s.Took)
		if all != s.Lane {
			l.spans[s.Stage][all] = append(l.spans[s.Stage][all], s.Took)
		}
	}
	for _, lanes := range l.spans {
		for _, list := range lanes {
			slices.Sort(list)
		}
	}
	return l
}

// Of is how long a stage may take on a lane: half as long again as nine of ten parcels took.
// Few parcels say little: their figure is drawn towards that of the supplier's other lanes,
// and that towards the default, as if each had been seen so many times. extra is added to the
// default: a supplier's handling time.
func (l Limits) Of(stage string, lane Lane, extra time.Duration) time.Duration {
	usual := defaults[stage] + extra
	usual = drawn(l.spans[stage][Lane{Supplier: lane.Supplier}], usual)
	if lane.Country != "" {
		usual = drawn(l.spans[stage][lane], usual)
	}
	return usual + usual/2
}

// drawn is the ninth decile of a sorted list, drawn towards what is believed without it.
func drawn(sorted []time.Duration, believed time.Duration) time.Duration {
	n := time.Duration(len(sorted))
	if n == 0 {
		return believed
	}
	p90 := sorted[(len(sorted)*9+9)/10-1]
	return (p90/(n+belief))*n + (believed/(n+belief))*belief
}
