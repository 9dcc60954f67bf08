package flow

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/promise"
	"doorstep/money"
)

// purse is a customer's store credit in one currency.
type purse struct {
	customer id.Customer
	currency money.Currency
}

// auditCredit compares what each customer may spend with what the books owe them, less what is
// promised to orders that are not confirmed yet; and nobody's is below zero. It looks at all of
// them at one moment: the sums of two moments would differ where nothing is wrong.
func auditCredit(ctx context.Context, d *db.DB, s id.Store) ([]Difference, error) {
	var list differences
	err := d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		list = nil
		held, owed, err := purses(ctx, tx, s)
		if err != nil {
			return err
		}
		all := make([]purse, 0, len(owed))
		for p := range held {
			all = append(all, p)
		}
		for p := range owed {
			if _, known := held[p]; !known {
				all = append(all, p)
			}
		}
		slices.SortFunc(all, func(a, b purse) int {
			return strings.Compare(string(a.customer)+string(a.currency), string(b.customer)+string(b.currency))
		})
		for _, p := range all {
			name := string(p.customer) + " in " + string(p.currency)
			list.compare("store credit", name, held[p], owed[p])
			list.compare("store credit below zero", name, min(held[p], 0), 0)
		}
		return nil
	})
	return list, err
}

// purses sums store credit by its entries, and by the books.
func purses(ctx context.Context, tx *db.Tx, s id.Store) (held, owed map[purse]int64, err error) {
	held, owed = map[purse]int64{}, map[purse]int64{}
	entries, err := New(tx).CreditHeld(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range entries {
		held[purse{r.CustomerID, r.Currency}] = r.Held
	}
	books, err := New(tx).CreditOwed(ctx, s)
	if err != nil {
		return nil, nil, err
	}
	for _, r := range books {
		owed[purse{id.Customer(r.Customer), r.Currency}] = r.Owed
	}
	promised, err := New(tx).CreditPromised(ctx, s)
	for _, r := range promised {
		owed[purse{r.CustomerID, r.Currency}] -= r.Promised
	}
	return held, owed, err
}

// promises wants every order that was confirmed to have the promise that its customer was
// given, unchanged, and none that is over to be waited for.
func (d *differences) promises(ctx context.Context, tx *db.Tx, o order.Order) error {
	if o.PaidAt == 0 || o.PromisedTo == 0 {
		return nil
	}
	p, found, err := promise.Of(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	d.compare("promise kept", o.Name(), found, true)
	if !found {
		return nil
	}
	d.compare("promised from", o.Name(), p.FromAt, o.PromisedFrom)
	d.compare("promised to", o.Name(), p.ToAt, o.PromisedTo)
	if o.State == order.Closed || o.State == order.Cancelled {
		d.compare("promise over", o.Name(), p.DoneAt != 0, true)
	}
	return nil
}
