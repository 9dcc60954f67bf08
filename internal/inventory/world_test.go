package inventory_test

import (
	"context"
	"fmt"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

const shop = id.Store("st_test")

// world is a store with variants and suppliers.
type world struct {
	*db.DB
	t         testing.TB
	variants  []id.Variant
	suppliers []inventory.Supplier
}

// newWorld makes a store with some variants and suppliers.
func newWorld(t testing.TB, d *db.DB, variants, suppliers int) *world {
	t.Helper()
	w := &world{DB: d, t: t}
	w.update(func(ctx context.Context, tx *db.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO stores (store_id, name, currency, created_at) VALUES ($1, 'x', 'EUR', 1)", shop); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO products (store_id, product_id, handle, title, status, created_at, updated_at) VALUES ($1, 'pr_1', 'p', 'P', 'active', 1, 1)", shop)
		if err != nil {
			return err
		}
		for i := range variants {
			v := id.Variant(fmt.Sprintf("va_%03d", i))
			w.variants = append(w.variants, v)
			_, err := tx.ExecContext(ctx, `INSERT INTO variants (store_id, variant_id, product_id, position, price_minor, currency, created_at, updated_at)
				VALUES ($1, $2, 'pr_1', $3, 1000, 'EUR', 1, 1)`, shop, v, i)
			if err != nil {
				return err
			}
		}
		for i := range suppliers {
			s, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(shop, fmt.Sprintf("supplier %d", i)))
			if err != nil {
				return err
			}
			w.suppliers = append(w.suppliers, s)
		}
		return nil
	})
	return w
}

func (w *world) update(fn func(ctx context.Context, tx *db.Tx) error) {
	w.t.Helper()
	if err := w.Update(context.Background(), fn); err != nil {
		w.t.Fatal(err)
	}
}

// offer makes an offer of a supplier for a variant.
func (w *world) offer(s inventory.Supplier, v id.Variant, sku string, cost, quantity int64) (o inventory.Offer) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		o, _, err = inventory.PutOffer(ctx, tx, s, inventory.Offer{
			VariantID: v, SupplierSku: sku, CostMinor: cost, Currency: "USD", Quantity: quantity, Active: true, AsOf: tx.Now,
		})
		return err
	})
	return o
}

func (w *world) stock(v id.Variant) (s inventory.Stock) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = inventory.StockOf(ctx, tx, shop, v)
		return err
	})
	return s
}

func (w *world) offerNow(o id.Offer) (got inventory.Offer) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = inventory.OfferByID(ctx, tx, shop, o)
		return err
	})
	return got
}

// ok runs fn and wants it to have touched something, or not.
func (w *world) ok(want bool, what string, fn func(ctx context.Context, tx *db.Tx) (bool, error)) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) error {
		got, err := fn(ctx, tx)
		if got != want {
			w.t.Errorf("%s: %v, want %v", what, got, want)
		}
		return err
	})
}

func (w *world) apply(s inventory.Supplier, page inventory.Page) (v inventory.Verdict) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		v, err = inventory.ApplyPage(ctx, tx, shop, s.SupplierID, page, inventory.StandardLimits())
		return err
	})
	return v
}
