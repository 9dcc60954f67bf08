package outside

import (
	"context"
	"slices"
	"sync"
	"time"

	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/supplier"
)

// recheckBudget is how long a customer who presses "buy" waits for suppliers to say whether
// they still have it.
const recheckBudget = 300 * time.Millisecond

// Recheck asks suppliers live about the articles of a cart of which they last spoke longer ago
// than is believed of them (suppliers.max_age_seconds). Call it before an order is placed. Who
// does not answer in time changes nothing: then the stored figure decides, and it is too old
// to be sold from.
func (o *Outside) Recheck(ctx context.Context, s id.Store, name id.Cart) {
	old, err := o.tooOld(ctx, s, name)
	if err != nil {
		o.log.Warn("stock could not be looked at before an order", "cart", name, "error", err)
	}
	budget, cancel := context.WithTimeout(ctx, recheckBudget)
	defer cancel()
	var group sync.WaitGroup
	for sup, skus := range old {
		group.Go(func() {
			if err := o.askNow(budget, s, sup, skus); err != nil {
				o.log.Info("a supplier did not say in time what it has", "supplier", sup, "error", err)
			}
		})
	}
	group.Wait()
}

// tooOld are the SKUs of a cart's offers that are too old to be believed, by supplier.
func (o *Outside) tooOld(ctx context.Context, s id.Store, name id.Cart) (map[id.Supplier][]string, error) {
	var old map[id.Supplier][]string
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		old = map[id.Supplier][]string{}
		lines, err := cart.Lines(ctx, tx, s, name)
		if err != nil {
			return err
		}
		variants := make([]id.Variant, 0, len(lines))
		for _, l := range lines {
			variants = append(variants, l.VariantID)
		}
		candidates, err := inventory.Candidates(ctx, tx, s, variants)
		for _, c := range candidates {
			of := c.Supplier.SupplierID
			if c.Believable(tx.Now) || c.Supplier.ConnectorID == "" || len(old[of]) >= askAtOnce || slices.Contains(old[of], c.Offer.SupplierSku) {
				continue
			}
			old[of] = append(old[of], c.Offer.SupplierSku)
		}
		return err
	})
	return old, err
}

// askNow asks one supplier and tells flow. A slow answer to a customer in a hurry is no
// failure of the supplier, so its breaker does not count it; but an open one is respected.
func (o *Outside) askNow(ctx context.Context, s id.Store, name id.Supplier, skus []string) error {
	sup, p, err := o.aboutSupplier(ctx, s, name)
	if err != nil || p == nil || unfed(p) {
		return err
	}
	if reason, _ := p.mute(); reason != "" {
		return nil
	}
	page, err := p.supplier.Offers(ctx, supplier.Ask{SKUs: skus, Lang: p.set.Locale})
	if err != nil {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return o.offersSaid(ctx, tx, p, sup, page) })
}
