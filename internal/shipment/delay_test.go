package shipment_test

import (
	"testing"
	"time"

	"doorstep/internal/shipment"
)

const aDay = 24 * time.Hour

func near(t *testing.T, got, want time.Duration) {
	t.Helper()
	if d := got - want; d > time.Minute || d < -time.Minute {
		t.Errorf("%s, want %s", got, want)
	}
}

func TestLimitsBeforeThereIsAPast(t *testing.T) {
	t.Parallel()
	l := shipment.NewLimits(nil)
	lane := shipment.Lane{Supplier: "su_1", Country: "DE"}
	near(t, l.Of(shipment.LateLabel, lane, 2*aDay), 7*aDay+12*time.Hour)
	near(t, l.Of(shipment.LateScan, lane, 0), 6*aDay)
	near(t, l.Of(shipment.LateMove, lane, 0), 10*aDay+12*time.Hour)
}

// A few quick parcels change little, hundreds much; another country of the supplier counts
// where its own has none; other suppliers count for nothing.
func TestLimitsLearn(t *testing.T) {
	t.Parallel()
	de, fr := shipment.Lane{Supplier: "su_1", Country: "DE"}, shipment.Lane{Supplier: "su_1", Country: "FR"}
	spans := func(n int, took time.Duration) (list []shipment.Span) {
		for range n {
			list = append(list, shipment.Span{Stage: shipment.LateScan, Lane: de, Took: took})
		}
		return list
	}
	few, many := shipment.NewLimits(spans(2, aDay)), shipment.NewLimits(spans(400, aDay))
	before := shipment.NewLimits(nil).Of(shipment.LateScan, de, 0)
	if got := few.Of(shipment.LateScan, de, 0); got >= before || got < before*7/10 {
		t.Errorf("two parcels: %s after %s", got, before)
	}
	if got := many.Of(shipment.LateScan, de, 0); got > 38*time.Hour || got < 36*time.Hour {
		t.Errorf("four hundred parcels of a day: %s", got)
	}
	if got, other := many.Of(shipment.LateScan, fr, 0), many.Of(shipment.LateScan, shipment.Lane{Supplier: "su_2", Country: "DE"}, 0); got >= before || other != before {
		t.Errorf("to another country %s, of another supplier %s", got, other)
	}
}

// Nine of ten count, not the slowest.
func TestTheNinthDecile(t *testing.T) {
	t.Parallel()
	var list []shipment.Span
	lane := shipment.Lane{Supplier: "su_1"}
	for i := range 1000 {
		took := time.Duration(i%10) * time.Hour
		if i%10 == 9 {
			took = 1000 * time.Hour
		}
		list = append(list, shipment.Span{Stage: shipment.LateMove, Lane: lane, Took: took})
	}
	if got := shipment.NewLimits(list).Of(shipment.LateMove, lane, 0); got > 18*time.Hour {
		t.Errorf("the slowest tenth counts: %s", got)
	}
}
