package shipment_test

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"doorstep/internal/clock"
	"doorstep/internal/shipment"
)

var kinds = []string{shipment.KindLabel, shipment.KindTransit, shipment.KindOut, shipment.KindPickup, shipment.KindAttempt, shipment.KindDelivered,
	shipment.KindException, shipment.KindLost, shipment.KindReturning, shipment.KindReturned, shipment.KindUnknown, "gibberish"}

const day = clock.Time(24 * 3600 * 1_000_000)

// fact is an event whose words follow from its time and kind, as the key says.
func fact(at clock.Time, kind string) shipment.TrackingEvent {
	return shipment.TrackingEvent{At: at, Kind: kind, Words: fmt.Sprintf("%s at %d", kind, at), EventKey: shipment.Key(at, kind)}
}

// However often and in whatever order facts come in, they come to the same.
func TestFoldDoesNotDependOnArrival(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) shipment.TrackingEvent {
			return fact(clock.Time(rapid.Int64Range(1, 6).Draw(t, "day"))*day, rapid.SampledFrom(kinds).Draw(t, "kind"))
		}), 0, 10).Draw(t, "facts")
		want := shipment.Fold(facts)
		arrival := append([]shipment.TrackingEvent{}, facts...)
		for range rapid.IntRange(0, 5).Draw(t, "repeats") {
			if len(facts) > 0 {
				arrival = append(arrival, rapid.SampledFrom(facts).Draw(t, "repeated"))
			}
		}
		if got := shipment.Fold(rapid.Permutation(arrival).Draw(t, "arrival")); got != want {
			t.Fatalf("%+v, in order it is %+v", got, want)
		}
	})
}

// A delivery holds against everything but a parcel that goes back.
func TestADeliveredParcelStaysDelivered(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		facts := []shipment.TrackingEvent{fact(3*day, shipment.KindDelivered)}
		for range rapid.IntRange(0, 8).Draw(t, "more") {
			kind := rapid.SampledFrom(kinds).Filter(func(k string) bool { return k != shipment.KindReturning && k != shipment.KindReturned }).Draw(t, "kind")
			facts = append(facts, fact(clock.Time(rapid.Int64Range(1, 6).Draw(t, "day"))*day, kind))
		}
		got := shipment.Fold(facts)
		if got.State != shipment.Delivered || got.Delivered == 0 || got.Delivered > 3*day || got.Scanned > got.Delivered {
			t.Fatalf("%+v", got)
		}
	})
}

func TestFoldByExample(t *testing.T) {
	t.Parallel()
	k := func(list ...string) (facts []shipment.TrackingEvent) {
		for i, kind := range list {
			facts = append(facts, fact(clock.Time(i+1)*day, kind))
		}
		return facts
	}
	for name, c := range map[string]struct {
		facts []shipment.TrackingEvent
		want  shipment.Folded
	}{
		"nothing":            {nil, shipment.Folded{State: shipment.Announced}},
		"a label is no scan": {k("label-made"), shipment.Folded{State: shipment.Announced, Newest: day}},
		"first scan":         {k("label-made", "in-transit"), shipment.Folded{State: shipment.InTransit, Words: fact(2*day, "in-transit").Words, Scanned: 2 * day, Newest: 2 * day}},
		"a late scan after the delivery": {k("in-transit", "delivered", "in-transit"),
			shipment.Folded{State: shipment.Delivered, Words: fact(2*day, "delivered").Words, Scanned: day, Newest: 3 * day, Delivered: 2 * day}},
		"lost and found": {k("in-transit", "lost", "in-transit", "delivered"),
			shipment.Folded{State: shipment.Delivered, Words: fact(4*day, "delivered").Words, Scanned: day, Newest: 4 * day, Delivered: 4 * day}},
		"delivered and sent back": {k("delivered", "returning", "returned"),
			shipment.Folded{State: shipment.Returned, Words: fact(3*day, "returned").Words, Scanned: day, Newest: 3 * day}},
		"an attempt failed": {k("in-transit", "out-for-delivery", "attempt-failed"),
			shipment.Folded{State: shipment.Exception, Words: fact(3*day, "attempt-failed").Words, Scanned: day, Newest: 3 * day}},
		"words that nobody understands": {k("in-transit", "gibberish", "unknown"),
			shipment.Folded{State: shipment.InTransit, Words: fact(day, "in-transit").Words, Scanned: day, Newest: 3 * day}},
		"the same moment": {[]shipment.TrackingEvent{fact(day, "delivered"), fact(day, "out-for-delivery"), fact(day, "in-transit")},
			shipment.Folded{State: shipment.Delivered, Words: fact(day, "delivered").Words, Scanned: day, Newest: day, Delivered: day}},
	} {
		if got := shipment.Fold(c.facts); got != c.want {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

func TestKeyIsTheSecondAndTheKind(t *testing.T) {
	t.Parallel()
	at := clock.Of(time.Date(2026, 5, 6, 7, 8, 9, 0, time.UTC))
	same := shipment.Key(at, "in-transit")
	for _, c := range []struct {
		at   clock.Time
		kind string
		same bool
	}{{at, "in-transit", true}, {at.Add(900 * time.Millisecond), "in-transit", true}, {at.Add(time.Second), "in-transit", false}, {at, "delivered", false}} {
		if got := shipment.Key(c.at, c.kind) == same; got != c.same {
			t.Errorf("%v %s: the same key %v", c.at, c.kind, got)
		}
	}
}
