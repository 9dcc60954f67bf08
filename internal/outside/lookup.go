package outside

import (
	"context"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/store"
	"doorstep/money"
	"doorstep/supplier"
)

// Article is what a supplier says of one of its articles.
type Article struct {
	SKU, Title string
	Cost       money.Amount
	Quantity   int64
	ShipFrom   string
	Handling   int64
	Pack       int64
}

// ErrUnfed says that a supplier cannot be asked for articles: people enter what it has.
var ErrUnfed = errors.New("this supplier has no feed: enter cost and stock yourself")

// LookUp asks a supplier for articles by their SKUs (a hundred at most), while a person
// waits, and keeps nothing. Those that it does not know are missing from the answer.
func (o *Outside) LookUp(ctx context.Context, s id.Store, name id.Supplier, skus []string) ([]Article, error) {
	var sup inventory.Supplier
	var set store.Settings
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if sup, err = inventory.SupplierByID(ctx, tx, s, name); err != nil {
			return err
		}
		set, err = store.LoadSettings(ctx, tx, s)
		return err
	})
	if err != nil {
		return nil, err
	}
	if sup.ConnectorID == "" {
		return nil, ErrUnfed
	}
	plug, err := o.plugFor(ctx, s, sup.ConnectorID)
	if err != nil {
		return nil, err
	}
	if unfed(plug) {
		return nil, ErrUnfed
	}
	asking, cancel := context.WithTimeout(ctx, probePatience)
	defer cancel()
	return o.lookUp(asking, plug, supplier.Ask{SKUs: skus[:min(len(skus), askAtOnce)], Lang: set.Locale, ShipTo: set.Country})
}

// lookUp reads all pages of an answer.
func (o *Outside) lookUp(ctx context.Context, p *plug, ask supplier.Ask) (list []Article, err error) {
	for range askAtOnce {
		var page supplier.Page
		err := o.call(ctx, p, func(ctx context.Context) (err error) {
			page, err = p.supplier.Offers(ctx, ask)
			return err
		})
		if err != nil {
			return list, fmt.Errorf("supplier connector %s: %w", p.row.Name, err)
		}
		for _, a := range page.Offers {
			list = append(list, Article{SKU: a.SKU, Title: a.Title, Cost: a.Cost, Quantity: max(0, a.Quantity), ShipFrom: a.ShipFrom,
				Handling: int64(a.Handling), Pack: a.Pack})
		}
		if ask.Cursor = page.Next; page.Next == "" {
			break
		}
	}
	return list, nil
}

// AskAnew has a supplier's offers for some SKUs read soon: after a person mapped them.
func (o *Outside) AskAnew(ctx context.Context, s id.Store, name id.Supplier, skus ...string) error {
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		sup, err := inventory.SupplierByID(ctx, tx, s, name)
		if err != nil || sup.ConnectorID == "" {
			return err
		}
		return askSome(ctx, tx, sup, skus)
	})
}
