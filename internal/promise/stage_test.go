package promise

import (
	"testing"
	"time"

	"doorstep/internal/id"
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
	var none Known
	near(t, none.Limit(StageLabel, "DE", "su_1", 2*aDay), 7*aDay+12*time.Hour)
	near(t, none.Limit(StageScan, "DE", "su_1", 0), 6*aDay)
	near(t, none.Limit(StageGap, "DE", "su_1", 0), 10*aDay+12*time.Hour)
}

// scanned are n parcels to Germany that the carrier saw after a while.
func scanned(n int, took func(i int) time.Duration) Known {
	var past []Past
	for i := range n {
		past = append(past, Past{Trip: Trip{Ordered: dayOne, Supplier: "su_1", To: "DE"}, Scan: took(i)})
	}
	return Learn(past, dayOne)
}

// A few quick parcels change little, hundreds much; another country of the supplier counts
// where its own has none; other suppliers count for nothing.
func TestLimitsLearn(t *testing.T) {
	t.Parallel()
	quick := func(int) time.Duration { return aDay }
	few, many := scanned(2, quick), scanned(400, quick)
	limit := func(k Known, country string, s id.Supplier) time.Duration { return k.Limit(StageScan, country, s, 0) }
	before := limit(nil, "DE", "su_1")
	if got := limit(few, "DE", "su_1"); got >= before || got < before*7/10 {
		t.Errorf("two parcels: %s after %s", got, before)
	}
	if got := limit(many, "DE", "su_1"); got > 38*time.Hour || got < 36*time.Hour {
		t.Errorf("four hundred parcels of a day: %s", got)
	}
	if got, other := limit(many, "FR", "su_1"), limit(many, "DE", "su_2"); got >= before || other != before {
		t.Errorf("to another country %s, of another supplier %s", got, other)
	}
}

// Nine of ten count, not the slowest.
func TestTheNinthDecile(t *testing.T) {
	t.Parallel()
	k := scanned(1000, func(i int) time.Duration {
		if i%10 == 9 {
			return 1000 * time.Hour
		}
		return time.Duration(i%10+1) * time.Hour
	})
	if got := k.Limit(StageScan, "DE", "su_1", 0); got > 22*time.Hour {
		t.Errorf("one of ten takes six weeks, and the limit is %s", got)
	}
}

// TestLanesOfAStore: what is learned follows the stated days where they change, a new
// supplier is judged by the store, and without any delivery what is stated is all there is.
func TestLanesOfAStore(t *testing.T) {
	t.Parallel()
	stated := Stated{Handling: 2 * aDay, Way: Window{5 * aDay, 10 * aDay}}
	if got := Known(nil).Of("DE", "su_1", "post", stated); got.Whole != (Window{7 * aDay, 12 * aDay}) || got.Way != stated.Way || got.Parcels != 0 {
		t.Errorf("without a past: %+v", got)
	}
	var past []Past
	for i, trip := range world(3000, steady) {
		trip.ReadyDays = 2
		past = append(past, Past{Trip: trip, Service: []string{"post", "air"}[i%2]})
	}
	now := past[len(past)-1].Ordered.AddDate(0, 0, 60)
	k := Known(Learn(past, now))
	got := k.Of("DE", "usual", "post", stated)
	if f, to := got.Whole.Days(); f < 8 || f > 12 || to < 11 || to > 17 || got.Parcels < 50 {
		t.Errorf("in truth ten days at the middle: %s to %s of %d", got.Whole.From, got.Whole.To, got.Parcels)
	}
	if got.Way.From >= got.Whole.From || got.Way.From < got.Whole.From/2 {
		t.Errorf("the carrier's part is %s of %s", got.Way.From, got.Whole.From)
	}
	slower := k.Of("DE", "usual", "post", Stated{Handling: 4 * aDay, Way: Window{10 * aDay, 20 * aDay}})
	if slower.Whole.From < got.Whole.From*19/10 {
		t.Errorf("twice as many days are stated now: %s after %s", slower.Whole.From, got.Whole.From)
	}
	if quick, slow := k.Of("DE", "quick", "post", stated), k.Of("DE", "slow", "post", stated); slow.Whole.From < quick.Whole.From+2*aDay {
		t.Errorf("a quick supplier %s, a slow one %s", quick.Whole.From, slow.Whole.From)
	}
	if fresh := k.Of("AT", "never seen", "post", stated); fresh.Whole.From < 7*aDay || fresh.Whole.To > 25*aDay || fresh.Parcels != 3000 {
		t.Errorf("a new supplier: %+v", fresh)
	}
}
