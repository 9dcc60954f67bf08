package bench

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// Feed is how fast a supplier's offers are taken in, as the program does it when it has a
// page in hand: judged by the guard, compared, and written where they differ.
type Feed struct {
	Offers    int     `json:"offers"`
	Unchanged float64 `json:"unchanged_per_s"`
	Changed   float64 `json:"changed_per_s"` // each with another quantity, counted into its variant
}

const (
	feedProducts = 50
	feedVariants = 100 // of each product; also the offers of a page
	feedRounds   = 3
)

// feed measures pages of a hundred offers, of a supplier of its own. The products are not on sale.
func (b *bench) feed(ctx context.Context) error {
	b.Say("taking in offers")
	sup, err := b.stockFeed(ctx)
	if err != nil {
		return err
	}
	b.r.Feed.Offers = feedProducts * feedVariants
	if b.r.Feed.Changed, err = b.pull(ctx, sup, func(round int) int64 { return int64(2000 + round) }); err != nil {
		return err
	}
	b.r.Feed.Unchanged, err = b.pull(ctx, sup, func(int) int64 { return 2000 + feedRounds })
	return err
}

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

// pull takes all pages in a few times, and is how many offers that makes in a second.
func (b *bench) pull(ctx context.Context, sup inventory.Supplier, quantity func(round int) int64) (float64, error) {
	began, n := time.Now(), 0
	for round := range feedRounds {
		for p := range feedProducts {
			page := inventory.Page{AsOf: clock.Of(time.Now())}
			for v := range feedVariants {
				page.Offers = append(page.Offers, inventory.Offered{SKU: feedSKU(p, v), CostMinor: 700, Currency: "EUR", Quantity: quantity(round + 1)})
			}
			err := b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				verdict, err := flow.OffersSaid(ctx, tx, b.shop.store, sup.SupplierID, page, "supplier:bench")
				if err == nil && !verdict.Believe {
					err = fmt.Errorf("bench: a page of offers is not believed: %v", verdict.Reasons)
				}
				return err
			})
			if err != nil {
				return 0, err
			}
			n += len(page.Offers)
		}
	}
	return perSecond(n, time.Since(began)), nil
}

func feedSKU(product, variant int) string { return fmt.Sprintf("FEED-%d-%d", product, variant) }
