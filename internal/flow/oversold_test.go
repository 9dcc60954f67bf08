package flow_test

import (
	"context"
	"errors"
	"os"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// buyers is how many people want the last ten mugs at once: 1000 in `make oversold`.
func buyers(t *testing.T) int {
	t.Helper()
	n, err := strconv.Atoi(os.Getenv("DOORSTEP_BUYERS"))
	if err != nil {
		return 60
	}
	return n
}

// Everybody clicks at once, on three nodes where the database allows several: ten get a mug,
// the others are told, and the figures are right afterwards.
func TestTenMugsForEverybody(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		s := &shop{DB: dbtest.Open(t, dsn, c.Now), t: t, clock: c, in: "EUR"}
		s.build("")
		s.offer(s.bert, s.mug, 700, 0) // Ali has ten
		nodes := []*db.DB{s.DB, dbtest.Open(t, dsn, c.Now), dbtest.Open(t, dsn, c.Now)}
		n := buyers(t)
		carts := make([]id.Cart, n)
		for i := range carts {
			carts[i] = s.cart(1, 0)
		}
		var got, soldOut atomic.Int64
		var wg sync.WaitGroup
		for i, cart := range carts {
			wg.Go(func() {
				err := nodes[i%len(nodes)].Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := flow.PlaceOrder(ctx, tx, s.placement(cart))
					return err
				})
				var refused *flow.Refusal
				switch {
				case err == nil:
					got.Add(1)
				case errors.As(err, &refused) && refused.Code == "sold-out":
					soldOut.Add(1)
				default:
					t.Errorf("buyer %d: %v", i, err)
				}
			})
		}
		wg.Wait()
		if got.Load() != 10 || soldOut.Load() != int64(n-10) {
			t.Errorf("of %d buyers %d got one, %d were told that there are none", n, got.Load(), soldOut.Load())
		}
		s.stock(s.mug, 10, 10, 0)
		if orders := s.column("SELECT COUNT(*) FROM orders"); orders != "10" {
			t.Errorf("%s orders", orders)
		}
		s.inOrder()
	})
}
