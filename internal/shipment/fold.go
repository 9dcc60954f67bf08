package shipment

import (
	"cmp"
	"slices"
	"strconv"

	"doorstep/internal/clock"
)

// The kinds of tracking event, as carriers' connectors give them.
const (
	KindLabel     = "label-made"
	KindTransit   = "in-transit"
	KindOut       = "out-for-delivery"
	KindPickup    = "pickup-ready"
	KindAttempt   = "attempt-failed"
	KindDelivered = "delivered"
	KindException = "exception"
	KindLost      = "lost"
	KindReturning = "returning"
	KindReturned  = "returned"
	KindUnknown   = "unknown"
)

// meanings say what each kind does to a parcel's life; a label is not a scan, and words
// that nobody understands change nothing.
func meaning(kind string) (Event, bool) {
	switch kind {
	case KindTransit:
		return Scan, true
	case KindOut, KindPickup:
		return GoOut, true
	case KindDelivered:
		return Deliver, true
	case KindAttempt, KindException:
		return Fail, true
	case KindLost:
		return DeclareLost, true
	case KindReturning:
		return SendBack, true
	case KindReturned:
		return ArriveBack, true
	}
	return "", false
}

// Folded is what all the facts of a parcel come to.
type Folded struct {
	State     State
	Words     string
	Scanned   clock.Time // first real scan
	Newest    clock.Time // own time of the newest fact
	Delivered clock.Time
}

// Fold makes a parcel's state from its facts, in the order of their own times, however
// they arrived. A fact that is not possible after an earlier one is kept in the list and
// changes nothing: a late "in transit" does not undo a delivery.
func Fold(events []TrackingEvent) Folded {
	sorted := slices.Clone(events)
	slices.SortStableFunc(sorted, func(a, b TrackingEvent) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(rank(a.Kind), rank(b.Kind)))
	})
	f := Folded{State: Announced}
	for _, e := range sorted {
		f.Newest = max(f.Newest, e.At)
		event, means := meaning(e.Kind)
		if !means {
			continue
		}
		next, err := Machine.Next(f.State, event)
		if err != nil {
			continue
		}
		f.State, f.Words = next, e.Words
		if f.Scanned == 0 {
			f.Scanned = e.At
		}
		if next == Delivered {
			f.Delivered = e.At
		}
	}
	if f.State != Delivered {
		f.Delivered = 0
	}
	return f
}

// rank orders facts of the same moment as they would have happened.
func rank(kind string) int {
	return slices.Index([]string{KindUnknown, KindLabel, KindTransit, KindException, KindLost, KindOut, KindPickup,
		KindAttempt, KindDelivered, KindReturning, KindReturned}, kind)
}

// Placed says whether somebody told where on the map the fact was.
func (e TrackingEvent) Placed() bool { return e.Latitude != 0 || e.Longitude != 0 }

// Key is the same for the same fact, whoever tells it in whatever words: its own time to
// the second, and its kind.
func Key(at clock.Time, kind string) string {
	return strconv.FormatInt(int64(at)/1_000_000, 36) + "-" + kind
}
