package flow

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
)

// coveredBy says whether an order's other payments, taken or being taken, pay for all of it:
// a customer with two windows may promise twice, and is charged once.
func coveredBy(ctx context.Context, tx *db.Tx, o order.Order, but id.Payment) (bool, error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	var taken int64
	for _, p := range payments {
		switch {
		case p.PaymentID == but || p.ExchangeID != "":
		case p.State == ledger.PaymentCapturing:
			taken += p.AmountMinor
		default:
			taken += p.CapturedMinor
		}
	}
	return taken > 0 && taken >= o.TotalMinor, err
}

// letGoOfRest lets go of further promises to pay once the order is paid.
func letGoOfRest(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	if paid, err := coveredBy(ctx, tx, o, ""); err != nil || !paid {
		return err
	}
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	for _, p := range payments {
		if err == nil && p.PaymentID != id.Payment(e.Subject) && p.ExchangeID == "" {
			err = letGo(ctx, tx, p)
		}
	}
	return err
}

// refusedWords begin the words of a payment whose provider refused to take it or to let go of
// it: a person must look, because no job asks again.
func refusedWords(what string) string {
	if what == "void" {
		return "It could not be let go: "
	}
	return "It could not be taken: "
}
