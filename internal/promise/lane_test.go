package promise

import (
	"math/rand/v2"
	"testing"
	"time"
)

// TestNothingArrivesBeforeItLeaves: whatever was learned and whatever is stated, a window ends
// after it begins, and the whole leaves room for the supplier's part.
func TestNothingArrivesBeforeItLeaves(t *testing.T) {
	t.Parallel()
	rng := rand.New(rand.NewPCG(7, 8))
	span := func(days int) time.Duration { return time.Duration(rng.IntN(days*24)) * time.Hour }
	for range 30 {
		var past []Past
		for i, trip := range world(20+rng.IntN(400), steady) {
			trip.ReadyDays = 2
			if i%5 == 0 {
				trip.Delivered = time.Time{}
			}
			past = append(past, Past{Trip: trip, Service: "post"})
		}
		k := Known(Learn(past, dayOne.AddDate(0, 0, rng.IntN(40))))
		for range 50 {
			stated := Stated{Handling: span(10), Way: Window{From: span(10)}}
			stated.Way.To = stated.Way.From + span(20)
			got := k.Of([]string{"DE", "NZ"}[rng.IntN(2)], "slow", "post", stated)
			if got.Way.From < 0 || got.Way.To < got.Way.From || got.Whole.To < got.Whole.From || got.Whole.From < got.Way.From || got.Whole.To < got.Way.To {
				t.Fatalf("%+v of %+v", got, stated)
			}
		}
	}
}
