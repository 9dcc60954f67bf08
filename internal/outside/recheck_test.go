package outside_test

import (
	"context"
	"testing"
	"time"

	shared "doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
)

// patience is how long the house believes what its supplier said.
func (h *house) patience(d time.Duration) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		sup, err := inventory.SupplierByID(ctx, tx, h.store, h.supplier.SupplierID)
		if err != nil {
			return err
		}
		sup.MaxAgeSeconds = int64(d.Seconds())
		return inventory.ChangeSupplier(ctx, tx, sup)
	})
}

func (h *house) available() int64 {
	h.t.Helper()
	var s inventory.Stock
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		if err := inventory.Recount(ctx, tx, h.store, h.variant); err != nil {
			return err
		}
		s, err = inventory.StockOf(ctx, tx, h.store, h.variant)
		return err
	})
	return s.Available
}

// What the supplier said long ago is asked again when somebody buys; what it said just now is not.
func TestOldStockIsAskedForAtTheCheckout(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		cart := h.buyer(1)
		h.patience(time.Hour)
		h.out.Recheck(h.t.Context(), h.store, cart)
		before := h.available()
		h.deaf.Store(true) // its message gets lost
		h.factory.SetStock(vid, 7)
		h.clock.Advance(30 * time.Minute)
		h.out.Recheck(h.t.Context(), h.store, cart)
		if n := h.available(); n != before || n == 7 {
			h.t.Errorf("%d: it was asked although what it said is fresh", n)
		}
		h.clock.Advance(2 * time.Hour)
		if n := h.available(); n != 0 {
			h.t.Errorf("%d are sold from a figure that is too old", n)
		}
		h.out.Recheck(h.t.Context(), h.store, cart)
		if n := h.available(); n != 7 {
			h.t.Errorf("%d are left, the supplier says 7", n)
		}
	})
}

// A supplier that does not answer in time keeps nobody waiting, and nothing is sold from the
// old figure.
func TestASlowSupplierKeepsNobodyWaiting(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		cart := h.buyer(1)
		h.patience(time.Hour)
		h.clock.Advance(2 * time.Hour)
		h.factory.Knobs.Delay(5 * time.Second)
		h.factory.Knobs.Chaos(1, 100, shared.Slow)
		began := time.Now()
		h.out.Recheck(h.t.Context(), h.store, cart)
		if took := time.Since(began); took > 3*time.Second {
			h.t.Errorf("the customer waited %s", took)
		}
		h.factory.Knobs.Chaos(1, 0)
		if n := h.available(); n != 0 {
			h.t.Errorf("%d are sold from a figure that is too old", n)
		}
	})
}
