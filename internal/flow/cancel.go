package flow

import (
	"context"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// byHand marks a purchase whose supplier has to be asked by a person to cancel.
const byHand = "cancel-by-hand"

// already is the code of a refusal to who presses a button second: it has happened.
const already = "already"

// CancelOrder asks for an order to be stopped. It is cancelled at once where nothing was
// sent; else every supplier is asked, and only when all have answered is it cancelled, or
// kept as far as goods are on their way. Who comes second is told so.
func CancelOrder(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, reason string, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		switch o.State {
		case order.Cancelled:
			return refuse(already, "Order %s is cancelled already.", o.Name())
		case order.Cancelling:
			return refuse(already, "Order %s is being cancelled already: its suppliers have been asked.", o.Name())
		case order.Pending:
			return cancelNow(ctx, tx, o, order.Abandon, actor, reason)
		case order.Closed:
			return refuse("not-possible", "Order %s is closed: it was delivered.", o.Name())
		}
		o, err := order.Step(ctx, tx, o, order.AskCancel)
		if err != nil {
			return err
		}
		if err := note(ctx, tx, o, "order.cancelling", string(o.OrderID), actor, data{"reason": reason}); err != nil {
			return err
		}
		if err := askAll(ctx, tx, o, actor); err != nil {
			return err
		}
		return settleIfCancelling(ctx, tx, s, name) // what was dropped may have ended it already
	})
}

// cancelNow ends an order in one step.
func cancelNow(ctx context.Context, tx *db.Tx, o order.Order, e order.Event, actor Actor, reason string) error {
	o, err := order.Step(ctx, tx, o, e)
	if err != nil {
		return err
	}
	return note(ctx, tx, o, "order.cancelled", string(o.OrderID), actor, data{"reason": reason})
}

// askAll asks the suppliers to stop and then drops what was not sent: in this order, so that
// the last drop does not find a supplier who has not been asked and is taken for a refusal.
// One whose answer is still out is asked when it comes.
func askAll(ctx context.Context, tx *db.Tx, o order.Order, actor Actor) error {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for i := range purchases {
		if p := &purchases[i]; purchase.Machine.Can(p.State, purchase.AskCancel) {
			if err := askCancelPurchase(ctx, tx, o, p, actor); err != nil {
				return err
			}
		}
	}
	for i := range purchases {
		if p := &purchases[i]; purchase.Machine.Can(p.State, purchase.Drop) {
			if err := dropPurchase(ctx, tx, o, p, actor); err != nil {
				return err
			}
		}
	}
	return nil
}

func askCancelPurchase(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	if err := p.Move(purchase.AskCancel); err != nil {
		return err
	}
	if p.ConnectorID == "" {
		p.HoldCode, p.HoldReason = byHand, "Ask the supplier to cancel it, then say what they answered."
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "purchase.cancelling", string(p.PurchaseID), actor, data{"number": p.Number}); err != nil {
		return err
	}
	if p.ConnectorID == "" {
		return nil
	}
	return purchaseJob(ctx, tx, *p, "cancel", 0)
}

// BeginCancel returns a purchase that the supplier is to be asked to stop; nil when it moved on.
func BeginCancel(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase) (sub *Submission, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if p.State != purchase.Cancelling && !restAsked(o, *p) {
			return nil
		}
		if err := beginAttempt(ctx, tx, p, "cancel"); err != nil {
			return err
		}
		sub, err = submission(ctx, tx, o, *p)
		return err
	})
	return sub, err
}

// EndCancel records the supplier's answer. Asking twice is harmless, so a lost answer is
// asked again; a supplier who cannot be asked by program is asked by a person.
func EndCancel(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, out Outcome, can Powers) (again bool, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if err := purchase.End(ctx, tx, *p, out.Kind, out.Words, out.Raw); err != nil {
			return err
		}
		switch {
		case restAsked(o, *p):
			again, err = endCancelRest(ctx, tx, o, p, out, can)
			return err
		case p.State != purchase.Cancelling:
			return nil
		case !can.Cancel:
			p.HoldCode, p.HoldReason = byHand, "This supplier can only be asked by a person to cancel. Ask, then say what they answered."
			return purchase.Save(ctx, tx, *p)
		case out.Kind == Done || out.Kind == NotFound:
			return cancelledPurchase(ctx, tx, o, p, supplierActor)
		case out.Kind == RejectedCall:
			return cancelRefused(ctx, tx, o, p, out.Code+" "+out.Words, supplierActor)
		}
		again = true
		return showSlowCancel(ctx, tx, p, out.Words)
	})
	return again, err
}

// ResolveCancel is a person saying what a supplier answered to the wish to cancel.
func ResolveCancel(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, stopped bool, words string, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		switch {
		case restAsked(o, *p):
			return restAnswered(ctx, tx, o, p, stopped, words, actor)
		case p.State != purchase.Cancelling:
			return refuse("not-possible", "%s is %s: nobody waits for an answer to a cancellation.", p.Number, p.State)
		case stopped:
			return cancelledPurchase(ctx, tx, o, p, actor)
		}
		return cancelRefused(ctx, tx, o, p, words, actor)
	})
}

func cancelledPurchase(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	if !purchase.Machine.Can(p.State, purchase.Cancel) {
		return nil
	}
	if err := p.Move(purchase.Cancel); err != nil {
		return err
	}
	p.HoldCode, p.HoldReason, p.Unpaid = "", "", false
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.cancelled", string(p.PurchaseID), actor, data{"number": p.Number})
}

func cancelRefused(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, words string, actor Actor) error {
	if err := p.Move(purchase.RefuseCancel); err != nil {
		return err
	}
	p.HoldCode, p.HoldReason = "", ""
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.cancel-refused", string(p.PurchaseID), actor, data{"number": p.Number, "words": words})
}

// finishCancelling looks whether all suppliers have answered.
func finishCancelling(ctx context.Context, tx *db.Tx, e event.Event) error {
	return settleIfCancelling(ctx, tx, e.StoreID, e.OrderID)
}

func settleIfCancelling(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) error {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil || o.State != order.Cancelling {
		return err
	}
	return settleCancelling(ctx, tx, o)
}

// settleCancelling cancels the order when nothing of it lives, keeps it when goods are on
// their way and gives back the money for the rest, and waits while any answer is out.
func settleCancelling(ctx context.Context, tx *db.Tx, o order.Order) error {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	waiting := []purchase.State{purchase.Submitting, purchase.Uncertain, purchase.Submitted, purchase.Cancelling, purchase.Planned, purchase.Held}
	live := false
	for _, p := range purchases {
		if slices.Contains(waiting, p.State) {
			return nil
		}
		live = live || p.Live()
	}
	if !live {
		return cancelNow(ctx, tx, o, order.Cancel, System, "all suppliers have answered")
	}
	if o, err = order.Step(ctx, tx, o, order.Keep); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "order.kept", string(o.OrderID), System, data{"words": "goods are on their way"}); err != nil {
		return err
	}
	if err := cancelUncovered(ctx, tx, o, purchases); err != nil {
		return err
	}
	return closeIfDone(ctx, tx, o) // it may all have arrived while we asked
}

// cancelUncovered takes units that no supplier will send off the order and gives back their
// share of price, discount, shipping and tax. Their stock is free again. What a claim has paid
// for is taken off too, and not paid for once more.
func cancelUncovered(ctx context.Context, tx *db.Tx, o order.Order, purchases []purchase.Purchase) error {
	needs, _, err := uncovered(ctx, tx, o, purchases)
	if err != nil {
		return err
	}
	paid, err := paidUnsent(ctx, tx, o, purchases)
	if err != nil {
		return err
	}
	units, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	var back int64
	for _, n := range needs {
		i := slices.IndexFunc(lines, func(l order.OrderLine) bool { return l.LineID == n.Line })
		last := lines[i].Quantity - lines[i].Cancelled
		owed := n.Quantity - min(paid[n.Line], n.Quantity) // claims hold the lowest units first
		back += order.Share(units, n.Line, last-owed+1, last, o.TaxIncluded())
		if _, err := order.CancelUnits(ctx, tx, o.StoreID, o.OrderID, n.Line, n.Quantity); err != nil {
			return err
		}
		if err := releaseUnits(ctx, tx, o, n.Line, n.Quantity); err != nil {
			return err
		}
	}
	return returnShare(ctx, tx, o, back, partCancelled)
}

// partCancelled is why money goes back for units that nobody will send.
const partCancelled = "part of the order was cancelled"

// returnShare gives money back for units that were taken off the order, as far as it was taken.
func returnShare(ctx context.Context, tx *db.Tx, o order.Order, back int64, reason string) error {
	parts, err := refundable(ctx, tx, o)
	if err != nil || min(back, mostOf(parts)) <= 0 {
		return err
	}
	_, err = askRefund(ctx, tx, o, min(back, mostOf(parts)), giveBack{Reason: reason, Actor: System})
	return err
}

// returnTooMuch gives back what was taken beyond the units that are left: an authorisation
// is captured as a whole, also when part of the order was cancelled before.
func returnTooMuch(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.State == order.Cancelled {
		return err
	}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	units, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	var gone int64
	for _, l := range lines {
		gone += order.Share(units, l.LineID, l.Left()+1, l.Quantity, o.TaxIncluded())
	}
	if gone == 0 {
		return nil
	}
	kept, err := keptMoney(ctx, tx, o)
	if err != nil {
		return err
	}
	return returnShare(ctx, tx, o, min(gone, kept-(o.TotalMinor-gone)), partCancelled)
}

// keptMoney is what was taken for an order less what went back or is on its way.
func keptMoney(ctx context.Context, tx *db.Tx, o order.Order) (kept int64, err error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return 0, err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	for _, p := range payments {
		if p.ExchangeID != "" {
			continue // what it pays for is no part of the order
		}
		kept += ledger.Refundable(p.CapturedMinor, ofPayment(refunds, p.PaymentID), nil)
	}
	return kept, err
}

// releaseUnits gives back the stock of units of a line, as far as it is still reserved.
func releaseUnits(ctx context.Context, tx *db.Tx, o order.Order, line, n int64) error {
	reserved, err := inventory.ReservationsOf(ctx, tx, o.StoreID, o.OrderID)
	for _, r := range reserved {
		if r.LineID == line && min(n, r.Quantity) > 0 {
			_, err = inventory.ReleaseUnits(ctx, tx, o.StoreID, o.OrderID, line, min(n, r.Quantity))
		}
	}
	return err
}

// dropPlanned ends purchases that are still planned when an order is gone.
func dropPlanned(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	return askAll(ctx, tx, o, System)
}

// returnMoney lets go of what is authorised and gives back what was taken; the sale itself
// is undone in the books.
func returnMoney(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	if err := undoSale(ctx, tx, o); err != nil {
		return err
	}
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for _, p := range payments {
		if err := letGo(ctx, tx, p); err != nil {
			return err
		}
	}
	parts, err := refundable(ctx, tx, o)
	for _, part := range parts {
		if err != nil || part.payment.Manual {
			continue // money that came by hand goes back by hand: the order says so
		}
		_, err = refundPart(ctx, tx, o, part.payment, part.most, giveBack{Reason: "the order was cancelled", Actor: System})
	}
	return err
}

// letGo makes the job that lets go of what is authorised, or may yet be.
func letGo(ctx context.Context, tx *db.Tx, p ledger.Payment) error {
	if p.OfCredit() {
		return letGoOfCredit(ctx, tx, p)
	}
	if p.Manual || !ledger.Payments.Can(p.State, ledger.AskVoid) {
		return nil
	}
	return job.Add(ctx, tx, job.New{Store: p.StoreID, Kind: "payment.void", Key: "payment/" + string(p.PaymentID) + "/void",
		Lane: string(p.ConnectorID), Payload: PaymentJob{p.PaymentID}})
}

// undoSale books the rest of the sale back.
func undoSale(ctx context.Context, tx *db.Tx, o order.Order) error {
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	_, err = ledger.Post(ctx, tx, o.StoreID, ledger.UnsaleOf(o.OrderID, o.Currency, entries))
	return err
}
