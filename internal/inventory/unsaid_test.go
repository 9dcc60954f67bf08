package inventory_test

import (
	"context"
	"sync"
	"testing"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/inventory"
)

// A person changes an offer's priority while its units are being settled: what the person did
// not say is not written back as it was before.
func TestWhatIsNotSaidIsNotWrittenBack(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		const n = 40
		w := newWorld(t, d, 1, 1)
		offer := inventory.Offer{VariantID: w.variants[0], SupplierSku: "a", Currency: "EUR", Active: true}
		first := offer
		w.update(func(ctx context.Context, tx *db.Tx) (err error) {
			first.Quantity, first.AsOf = 100, clock.Time(1)
			first, _, err = inventory.PutOffer(ctx, tx, w.suppliers[0], first)
			return err
		})
		var both sync.WaitGroup
		both.Go(func() {
			for range n {
				w.update(func(ctx context.Context, tx *db.Tx) error {
					_, err := inventory.Settle(ctx, tx, shop, first.OfferID, "or_x", 1, 1)
					return err
				})
			}
		})
		both.Go(func() {
			for i := range n {
				w.update(func(ctx context.Context, tx *db.Tx) error {
					changed := offer
					changed.Priority = int64(i + 1)
					_, _, err := inventory.PutOffer(ctx, tx, w.suppliers[0], changed)
					return err
				})
			}
		})
		both.Wait()
		w.update(func(ctx context.Context, tx *db.Tx) error {
			o, err := inventory.OfferByID(ctx, tx, shop, first.OfferID)
			if err == nil && o.Quantity != 100-n {
				t.Errorf("%d units are left of 100 after %d were settled", o.Quantity, n)
			}
			return err
		})
	})
}
