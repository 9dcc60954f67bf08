package outside_test

import (
	"log/slog"
	"sync"
	"testing"
	"time"

	shared "doorstep/connector/emulator"
	"doorstep/internal/flow"
	"doorstep/internal/job"
	"doorstep/internal/purchase"
)

// Two nodes work the same table at the same time, while the supplier misbehaves: every
// purchase is in the supplier's books once, and every mail arrives once.
func TestTwoNodesDoNothingTwice(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		const orders = 12
		var placed []flow.Placed
		for range orders {
			placed = append(placed, h.paid(1))
		}
		h.factory.Knobs.Chaos(7, 25, shared.DropAfter, shared.DropBefore, shared.FailAfter, shared.FailBefore, shared.Busy, shared.Truncate)
		other := job.NewWorker(h.db, job.Options{Handlers: h.out.Handlers(), Lanes: h.out.Lanes, Log: slog.New(slog.DiscardHandler)})
		for range 120 {
			h.clock.Advance(time.Minute)
			var group sync.WaitGroup
			for _, w := range []*job.Worker{h.worker, other} {
				group.Go(func() {
					if _, err := w.Drain(h.t.Context()); err != nil {
						h.t.Error(err)
					}
				})
			}
			group.Wait()
		}
		h.factory.Knobs.Chaos(7, 0)
		h.later(time.Hour, 10*time.Minute)
		counts := map[string]int{}
		for _, b := range h.factory.Books() {
			counts[b.Key]++
		}
		for _, p := range placed {
			bought := h.purchases(p)
			if len(bought) != 1 || counts[bought[0].Key] != 1 || bought[0].State != purchase.Submitted && bought[0].State != purchase.Accepted {
				h.t.Errorf("%d purchases, %d times in the books: %+v", len(bought), counts[bought[0].Key], bought)
			}
		}
		if n := len(h.mails()); n != orders {
			h.t.Errorf("%d mails for %d orders", n, orders)
		}
		if list := h.stuck(); len(list) > 0 {
			h.t.Errorf("given up: %+v", list)
		}
	})
}
