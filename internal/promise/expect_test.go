package promise

import (
	"testing"
	"time"
)

// TestExpectationsMoveWithFacts: ten to fourteen days, of which the carrier has eight to eleven.
func TestExpectationsMoveWithFacts(t *testing.T) {
	t.Parallel()
	learnt := Learnt{Whole: Window{10 * aDay, 14 * aDay}, Way: Window{8 * aDay, 11 * aDay}}
	at := func(days float64) time.Time {
		if days == 0 {
			return time.Time{}
		}
		return dayOne.Add(time.Duration(days * float64(aDay)))
	}
	for name, c := range map[string]struct {
		now, accepted, leaves, scanned, says, delivered float64
		from, to                                        float64
		why                                             string
	}{
		"at the sale":                       {now: 0.01, from: 10, to: 14, why: ByLane},
		"accepted in time":                  {now: 1, accepted: 0.5, from: 10, to: 14, why: ByLane},
		"accepted late":                     {now: 4, accepted: 4, from: 13, to: 17, why: ByAccepted},
		"it leaves later":                   {now: 2, accepted: 0.5, leaves: 9, from: 17, to: 20, why: BySupplier},
		"a delay that changes nothing":      {now: 2, accepted: 0.5, leaves: 2.5, from: 10, to: 14, why: ByLane},
		"not handed over when it should":    {now: 7, accepted: 0.5, from: 13, to: 17, why: ByHandling},
		"seen early":                        {now: 1.5, accepted: 0.5, scanned: 1, from: 9, to: 12, why: ByScan},
		"seen late":                         {now: 8, accepted: 0.5, scanned: 7, from: 15, to: 18, why: ByScan},
		"the carrier says a day":            {now: 8, scanned: 7, says: 13, from: 13, to: 13, why: ByCarrier},
		"the carrier's day has passed":      {now: 16, scanned: 7, says: 13, from: 15, to: 18, why: ByScan},
		"it should be there":                {now: 20, scanned: 7, from: 20, to: 21.5, why: ByOverdue},
		"it is there":                       {now: 20, scanned: 7, delivered: 15, from: 15, to: 15, why: ByDelivered},
		"a carrier's wrong day long before": {now: 20, scanned: 7, says: 2, from: 20, to: 21.5, why: ByOverdue},
	} {
		l := Leg{Start: dayOne, Learnt: learnt, Accepted: at(c.accepted), Leaves: at(c.leaves), Scanned: at(c.scanned), Says: at(c.says), Delivered: at(c.delivered)}
		from, to, why := l.Expect(at(c.now))
		if !from.Equal(at(c.from)) || !to.Equal(at(c.to)) || why != c.why {
			t.Errorf("%s: day %.1f to %.1f by %s, want %.1f to %.1f by %s", name, from.Sub(dayOne).Hours()/24, to.Sub(dayOne).Hours()/24, why, c.from, c.to, c.why)
		}
	}
}
