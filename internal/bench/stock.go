package bench

import (
	"context"
	"fmt"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// stockFeed makes the supplier and what it offers.
func (b *bench) stockFeed(ctx context.Context) (sup inventory.Supplier, err error) {
	s := b.shop.store
	err = b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		sup, err = inventory.AddSupplier(ctx, tx, inventory.NewSupplier(s, "A large feed"))
		return err
	})
	for p := 0; err == nil && p < feedProducts; p++ {
		err = b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			d := catalog.Draft{Handle: fmt.Sprintf("feed-%d", p), Title: fmt.Sprintf("Feed %d", p), Status: catalog.Archived, Options: []string{"Size"}}
			for v := range feedVariants {
				d.Variants = append(d.Variants, catalog.DraftVariant{SKU: feedSKU(p, v), Values: []string{fmt.Sprint(v)}, Price: money.New(1999, "EUR")})
			}
			made, err := catalog.Put(ctx, tx, s, d, false)
			if err != nil {
				return err
			}
			list, err := catalog.VariantsOf(ctx, tx, s, made.Product)
			for _, v := range list {
				if err == nil {
					_, _, err = inventory.PutOffer(ctx, tx, sup, inventory.Offer{VariantID: v.VariantID, SupplierSku: v.Sku, CostMinor: 700, Currency: "EUR",
						Quantity: 2000, Pack: 1, Active: true, AsOf: tx.Now})
				}
			}
			return err
		})
	}
	return sup, err
}
