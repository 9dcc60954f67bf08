package flow

import (
	"context"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

const (
	// slowCancel marks a purchase whose supplier cannot be reached to cancel it.
	slowCancel = "cancel-slow"
	// cancelPatience is how long a supplier is asked in vain before a person is told.
	cancelPatience = 6 * time.Hour
)

// showSlowCancel tells a person of a cancellation that has not got through for hours. It is
// tried on all the same.
func showSlowCancel(ctx context.Context, tx *db.Tx, p *purchase.Purchase, words string) error {
	if p.HoldCode == slowCancel {
		return nil
	}
	all, err := purchase.Attempts(ctx, tx, p.StoreID, p.PurchaseID)
	if err != nil {
		return err
	}
	first := tx.Now
	for _, a := range all {
		if a.Action == "cancel" {
			first = min(first, a.BeganAt)
		}
	}
	if tx.Now < first.Add(cancelPatience) {
		return nil
	}
	p.HoldCode, p.HoldReason = slowCancel, "The supplier has been asked for hours to cancel it and could not be reached: "+words+". Ask there, then say what they answered."
	return purchase.Save(ctx, tx, *p)
}

// restAsked says whether a supplier is asked to keep back what has not left of a purchase yet: a
// parcel left while its order was being cancelled.
func restAsked(o order.Order, p purchase.Purchase) bool {
	return o.State == order.Cancelling && p.State == purchase.Shipping
}

// askRest has the supplier asked for the rest when a parcel left while the order was being
// cancelled; who cannot be asked by program sends it.
func askRest(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := purchase.Get(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || !restAsked(o, p) {
		return err
	}
	if p.ConnectorID == "" {
		return settleCancelling(ctx, tx, o)
	}
	return purchaseJob(ctx, tx, p, "cancel", 0)
}

// endCancelRest records the supplier's answer about the rest.
func endCancelRest(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, out Outcome, can Powers) (again bool, err error) {
	switch {
	case !can.Cancel || out.Kind == RejectedCall || out.Kind == NotFound:
		return false, restAnswered(ctx, tx, o, p, false, out.Code+" "+out.Words, supplierActor)
	case out.Kind == Done:
		return false, restAnswered(ctx, tx, o, p, true, "cancelled as we asked", supplierActor)
	}
	return true, showSlowCancel(ctx, tx, p, out.Words)
}

// restAnswered takes in whether the rest is stopped: then it is short; else it comes, and the
// order is kept.
func restAnswered(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, stopped bool, words string, actor Actor) error {
	p.HoldCode, p.HoldReason = "", ""
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	if stopped {
		return endRest(ctx, tx, o, p, SupplierSaid{Words: words}, actor)
	}
	return note(ctx, tx, o, "purchase.cancel-refused", string(p.PurchaseID), actor, data{"number": p.Number, "words": words})
}
