package bench

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
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
