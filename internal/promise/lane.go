package promise

import (
	"math"
	"time"

	"doorstep/internal/id"
)

// Window is a span of time in which a parcel arrives, counted from the order or from any
// other moment that is named beside it.
type Window struct{ From, To time.Duration }

// Days is a window in whole days.
func (w Window) Days() (from, to int) {
	day := float64(24 * time.Hour)
	from = int(math.Round(float64(w.From) / day))
	return from, max(from, int(math.Ceil(float64(w.To)/day-0.01)))
}

// Stated is what a supplier says of itself.
type Stated struct {
	Handling time.Duration // until it hands the parcel over
	Way      Window        // what the carrier takes from there
}

// whole is the stated window from the order on.
func (s Stated) whole() Window { return Window{s.Handling + s.Way.From, s.Handling + s.Way.To} }

// Known are the lanes to one country, those to anywhere among them.
type Known []Lane

// trust is how many delivered parcels of the store weigh as much as what suppliers state.
const trust = 10

// of is the lane that says most of a parcel; false when nothing was delivered yet.
func (k Known) of(country string, s id.Supplier, service string) (best Lane, found bool) {
	rank := -1
	for _, l := range k {
		fits := (l.Country == "" || l.Country == country) && (l.SupplierID == "" || l.SupplierID == s) && (l.Service == "" || l.Service == service)
		if !fits || l.TypicalMinutes == 0 {
			continue
		}
		if n := 4*filled(string(l.SupplierID)) + 2*filled(l.Country) + filled(l.Service); n > rank {
			best, rank, found = l, n, true
		}
	}
	return best, found
}

func filled(s string) int {
	if s == "" {
		return 0
	}
	return 1
}

// all is how many delivered parcels the lanes were learned from.
func (k Known) all() int64 {
	for _, l := range k {
		if l.Country == "" && l.SupplierID == "" {
			return l.Parcels
		}
	}
	return 0
}

// Learnt is what is believed of one parcel's way: the window from the order on, the share of
// it that is the carrier's, and from how many parcels that was learned.
type Learnt struct {
	Whole   Window
	Way     Window // after the carrier has it
	Parcels int64
}

// Of is what is believed of a parcel of a supplier to a country. Where other days are stated
// than were for the parcels of the past, the past is scaled by them. Few parcels are drawn
// towards what is stated; without any it is all there is.
func (k Known) Of(country string, s id.Supplier, service string, stated Stated) Learnt {
	said := stated.whole()
	out := Learnt{Whole: said, Way: stated.Way}
	lane, found := k.of(country, s, service)
	if !found {
		return out
	}
	n := k.all()
	scale := 1.0
	if lane.StatedMinutes > 0 && said.To > 0 {
		scale = min(3, max(1.0/3, said.To.Minutes()/float64(lane.StatedMinutes)))
	}
	learnt := Window{minutes(float64(lane.TypicalMinutes) * scale), minutes(float64(lane.SlowMinutes) * scale)}
	share := float64(lane.WayPermille) / 1000
	way := Window{minutes(learnt.From.Minutes() * share), minutes(learnt.To.Minutes() * share)}
	out.Whole, out.Way = drawn(learnt, said, n), drawn(way, stated.Way, n)
	out.Parcels = lane.Parcels
	return out
}

// drawn is what n parcels say, drawn towards what is believed without them.
func drawn(learnt, said Window, n int64) Window {
	w := float64(n) / float64(n+trust)
	mix := func(a, b time.Duration) time.Duration { return time.Duration(w*float64(a) + (1-w)*float64(b)) }
	return Window{mix(learnt.From, said.From), mix(learnt.To, said.To)}
}

func minutes(n float64) time.Duration { return time.Duration(n * float64(time.Minute)) }
