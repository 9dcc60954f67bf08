package outside

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/store"
	"doorstep/supplier"
)

// askAtOnce is the contract's largest number of SKUs in one Ask.
const askAtOnce = 100

// offersPage reads cost and stock of up to a hundred SKUs that we sell: job offers.page.
func (o *Outside) offersPage(ctx context.Context, j job.Job) error {
	return o.steady(ctx, j, o.offersPageOnce)
}

func (o *Outside) offersPageOnce(ctx context.Context, j job.Job) error {
	var page pageJob
	if err := j.Decode(&page); err != nil {
		return err
	}
	sup, plug, err := o.aboutSupplier(ctx, j.Store, page.Supplier)
	if err != nil {
		return o.cannotOpen(ctx, j, sup.ConnectorID, err)
	}
	if plug == nil || unfed(plug) {
		return o.finish(ctx, j)
	}
	ask, err := o.askFor(ctx, j.Store, &page)
	if err != nil {
		return err
	}
	if len(ask.SKUs) == 0 {
		return o.finish(ctx, j)
	}
	var got supplier.Page
	done, skip, err := o.read(ctx, j, plug, func(ctx context.Context) (err error) {
		got, err = plug.supplier.Offers(ctx, ask)
		return err
	}, o.halveOffers(j, sup, page, ask.SKUs))
	if err != nil || done {
		return err
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if !skip {
			if err := o.offersSaid(ctx, tx, plug, sup, got); err != nil {
				return err
			}
		}
		switch full := len(ask.SKUs) == page.size(askAtOnce); {
		case !skip && got.Next != "":
			page.SKUs, page.Cursor = ask.SKUs, got.Next
			return next(ctx, tx, j, page)
		case page.Once || !full:
			return job.Finish(ctx, tx, j)
		}
		return next(ctx, tx, j, page.following(slices.Max(ask.SKUs)))
	})
}

// halveOffers makes smaller pages of one that could not be read; nil for a single SKU.
func (o *Outside) halveOffers(j job.Job, sup inventory.Supplier, page pageJob, skus []string) func(context.Context, *db.Tx) error {
	half := len(skus) / 2
	if half == 0 {
		return nil
	}
	return func(ctx context.Context, tx *db.Tx) error {
		if !page.Once {
			return replace(ctx, tx, j, pageJob{Supplier: page.Supplier, After: page.After, Limit: half}, o.o.SlowDown)
		}
		for _, part := range [][]string{skus[:half], skus[half:]} {
			if err := askSome(ctx, tx, sup, part); err != nil {
				return err
			}
		}
		return job.Finish(ctx, tx, j)
	}
}

// unfed says whether a supplier has no feed: people enter what it has.
func unfed(p *plug) bool {
	_, yes := p.supplier.(supplier.Unfed)
	return yes
}

// offersSome reads the SKUs of which a supplier said that something changed: job offers.some.
func (o *Outside) offersSome(ctx context.Context, j job.Job) error { return o.offersPage(ctx, j) }

// askFor is what is to be asked: the SKUs named, else the next ones that we sell.
func (o *Outside) askFor(ctx context.Context, s id.Store, page *pageJob) (supplier.Ask, error) {
	ask := supplier.Ask{SKUs: page.SKUs, Cursor: page.Cursor}
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		set, err := store.LoadSettings(ctx, tx, s)
		if err != nil {
			return err
		}
		ask.Lang = set.Locale
		if len(ask.SKUs) == 0 && !page.Once {
			ask.SKUs, err = inventory.SKUs(ctx, tx, s, page.Supplier, page.After, page.size(askAtOnce))
		}
		return err
	})
	return ask, err
}

// offersSaid tells flow what a supplier has.
func (o *Outside) offersSaid(ctx context.Context, tx *db.Tx, p *plug, sup inventory.Supplier, got supplier.Page) error {
	asOf := clock.Of(got.AsOf)
	if asOf == 0 {
		asOf = tx.Now
	}
	page := inventory.Page{Offers: offered(got.Offers), Gone: got.Gone, AsOf: asOf}
	verdict, err := flow.OffersSaid(ctx, tx, sup.StoreID, sup.SupplierID, page, p.actor())
	if err == nil && !verdict.Believe && !verdict.Again {
		tx.AfterCommit(func() {
			o.log.Warn("a page of offers waits for a person", "supplier", sup.Name, "reasons", verdict.Reasons)
		})
	}
	return err
}

// askSome makes a job that reads the named SKUs, as far as we sell them; a hundred each. A second
// one waits while one is being worked on, which may have asked a moment too early.
func askSome(ctx context.Context, tx *db.Tx, sup inventory.Supplier, skus []string) error {
	for chunk := range slices.Chunk(slices.Compact(slices.Sorted(slices.Values(skus))), askAtOnce) {
		sum := sha256.Sum256([]byte(strings.Join(chunk, "\n")))
		n := job.New{Store: sup.StoreID, Kind: "offers.some", Lane: string(sup.ConnectorID),
			Key:     "offers/" + string(sup.SupplierID) + "/" + hex.EncodeToString(sum[:8]),
			Payload: pageJob{Supplier: sup.SupplierID, SKUs: chunk, Once: true}}
		made, err := job.Insert(ctx, tx, n)
		if err == nil && !made {
			n.Key += "/again"
			err = job.Add(ctx, tx, n)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
