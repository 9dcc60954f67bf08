package flow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/machine"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// Submission is what a supplier is to be asked about.
type Submission struct {
	Purchase purchase.Purchase
	Lines    []purchase.PurchaseLine
	Order    order.Order
	Address  order.Address
}

// Powers are what a connector can do about a purchase whose answer was lost.
type Powers struct {
	Find    bool          // it can look the order up by our key
	Settles time.Duration // how long a new order may stay invisible to that
	Repeats time.Duration // for how long sending the same key again is no second order; 0 = never
	Cancel  bool
	Pay     bool
}

// lostAnswer says what to do about a lost answer: look it up, send the same key again where
// the supplier is known to keep it, or have a person look.
func lostAnswer(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, can Powers, words string) (again bool, err error) {
	if err := p.Move(purchase.LoseAnswer); err != nil {
		return false, err
	}
	what := data{"number": p.Number, "words": words}
	switch {
	case can.Find:
		what["next"] = "it is being looked up by our key"
		err = purchaseJob(ctx, tx, *p, "find", max(can.Settles, time.Second))
	case mayRepeat(tx, o, *p, can):
		what["next"] = "the supplier keeps our key: sending it again is no second order"
		p.HoldCode, p.HoldReason, again = repeated, words, true
	default:
		what["next"] = "a person must look there"
		p.HoldCode, p.HoldReason = askPerson, words
	}
	if err != nil {
		return false, err
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return false, err
	}
	return again, note(ctx, tx, o, "purchase.uncertain", string(p.PurchaseID), System, what)
}

// repeated marks a purchase whose answer was lost and that is sent again with its key. Until
// the supplier answers it may be there: it cannot be dropped, held, or bought elsewhere.
const repeated = "repeated"

// mayRepeat says whether the supplier still keeps our key, for an order that is still wanted.
func mayRepeat(tx *db.Tx, o order.Order, p purchase.Purchase, can Powers) bool {
	return can.Repeats > 0 && o.State == order.Open && tx.Now.Sub(p.TriedAt) < can.Repeats
}

// repeat makes a purchase ready to be sent again with its key. The moment counts at which it
// leaves, not the one at which the answer was lost: when its connector was paused so long that
// the supplier has forgotten the key, or the order is being cancelled, a person looks.
func repeat(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, can Powers) (ready bool, err error) {
	if mayRepeat(tx, o, *p, can) {
		return true, p.Move(purchase.FindAbsent)
	}
	return false, personLooks(ctx, tx, o, p, orElse(p.HoldReason, "the answer was lost"))
}

// personLooks leaves an uncertain purchase to a person.
func personLooks(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, words string) error {
	p.HoldCode, p.HoldReason = askPerson, words
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.uncertain", string(p.PurchaseID), System,
		data{"number": p.Number, "words": words, "next": "a person must look there"})
}

// submission gathers what a call about a purchase needs.
func submission(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase) (*Submission, error) {
	lines, err := purchase.LinesOf(ctx, tx, p.StoreID, p.PurchaseID)
	if err != nil {
		return nil, err
	}
	to, err := o.ShipTo()
	return &Submission{p, lines, o, to}, err
}

// onPurchase locks a purchase's order and then the purchase.
func onPurchase(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, fn func(order.Order, *purchase.Purchase) error) error {
	found, err := purchase.Get(ctx, tx, s, name)
	if err != nil {
		return refuse("not-found", "There is no purchase %s.", name)
	}
	return onPurchaseOf(ctx, tx, found, fn)
}

// onPurchaseOf is onPurchase for a purchase that was found, and not locked.
func onPurchaseOf(ctx context.Context, tx *db.Tx, found purchase.Purchase, fn func(order.Order, *purchase.Purchase) error) error {
	return change(ctx, tx, found.StoreID, found.OrderID, func(o order.Order) error {
		p, err := purchase.Lock(ctx, tx, found.StoreID, found.PurchaseID)
		if err != nil {
			return err
		}
		return fn(o, &p)
	})
}

// BeginSubmit moves a planned purchase to submitting; nil when there is nothing to send. One
// that is found submitting belongs to a dead worker: its answer is lost.
func BeginSubmit(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, can Powers) (sub *Submission, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if p.State == purchase.Submitting {
			again, err := lostAnswer(ctx, tx, o, p, can, "the call was cut off on our side")
			if err != nil || !again {
				return err
			}
		}
		if p.State == purchase.Uncertain && p.HoldCode == repeated {
			if ready, err := repeat(ctx, tx, o, p, can); err != nil || !ready {
				return err
			}
		}
		if p.State != purchase.Planned {
			return nil
		}
		if o.State != order.Open {
			return dropPurchase(ctx, tx, o, p, System) // its order is being cancelled
		}
		if err := p.Move(purchase.Submit); err != nil {
			return err
		}
		if err := beginAttempt(ctx, tx, p, "submit"); err != nil {
			return err
		}
		sub, err = submission(ctx, tx, o, *p)
		return err
	})
	return sub, err
}

// beginAttempt counts the attempt, remembers when the first was made, and saves both.
func beginAttempt(ctx context.Context, tx *db.Tx, p *purchase.Purchase, action string) error {
	p.Attempt++
	if p.TriedAt == 0 && action == "submit" {
		p.TriedAt = tx.Now
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return purchase.Begin(ctx, tx, *p, action)
}

// EndSubmit records what came of sending a purchase. Again says that it is to be sent as before
// and the same job is to be run again, later.
func EndSubmit(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, out Outcome, said *SupplierSaid, can Powers) (again bool, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if err := purchase.End(ctx, tx, *p, out.Kind, out.Words, out.Raw); err != nil {
			return err
		}
		switch {
		case out.Kind == Done && said != nil:
			return applySupplier(ctx, tx, o, p, *said, supplierActor)
		case p.State != purchase.Submitting:
			return nil // a message of the supplier overtook the answer
		case out.Kind == NotSent || out.Kind == Unauthorised:
			return notSent(ctx, tx, o, p, out.Words, &again)
		case out.Kind == RejectedCall && p.HoldCode == repeated: // that is no word about the first one
			if err := p.Move(purchase.LoseAnswer); err != nil {
				return err
			}
			return personLooks(ctx, tx, o, p, "the answer was lost, and sending it again was refused: "+out.Code+" "+out.Words)
		case out.Kind == RejectedCall:
			return rejected(ctx, tx, o, p, SupplierSaid{Code: out.Code, Words: out.Words, Cause: out.Cause}, supplierActor)
		}
		again, err = lostAnswer(ctx, tx, o, p, can, out.Words)
		return err
	})
	return again, err
}

// notSent puts a purchase back that certainly never left, or drops it if the order is being
// cancelled. One that was sent before and whose answer was lost is as uncertain as it was.
func notSent(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, words string, again *bool) error {
	if p.HoldCode == repeated {
		if err := p.Move(purchase.LoseAnswer); err != nil {
			return err
		}
		*again = true
		return purchase.Save(ctx, tx, *p)
	}
	if err := p.Move(purchase.NotSent); err != nil {
		return err
	}
	p.Words = words
	if o.State != order.Open {
		return dropPurchase(ctx, tx, o, p, System)
	}
	*again = true
	return purchase.Save(ctx, tx, *p)
}

// supplierActor is the supplier as such, where no connector's name is at hand.
const supplierActor Actor = "supplier"

// BeginFind returns a purchase to look up by our key; nil when its fate is known.
func BeginFind(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase) (sub *Submission, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if p.State != purchase.Uncertain {
			return nil
		}
		if err := beginAttempt(ctx, tx, p, "find"); err != nil {
			return err
		}
		sub, err = submission(ctx, tx, o, *p)
		return err
	})
	return sub, err
}

// EndFind records what the look-up said. Only a certain "not found" lets the purchase be
// sent again; anything else asks again later.
func EndFind(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, out Outcome, said *SupplierSaid) (again bool, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if late, err := sentSince(ctx, tx, *p); err != nil || late {
			again = late && p.State == purchase.Uncertain
			return err
		}
		if err := purchase.End(ctx, tx, *p, out.Kind, out.Words, out.Raw); err != nil {
			return err
		}
		switch {
		case p.State != purchase.Uncertain:
			return nil
		case out.Kind == Done && said != nil:
			return applySupplier(ctx, tx, o, p, *said, supplierActor)
		case out.Kind == NotFound && out.Code != "": // refused when it was sent, and certainly not there
			return rejected(ctx, tx, o, p, SupplierSaid{Code: out.Code, Words: out.Words, Cause: out.Cause}, supplierActor)
		case out.Kind == NotFound:
			return absent(ctx, tx, o, p, System)
		case out.Kind == RejectedCall:
			p.HoldCode, p.HoldReason = askPerson, "The look-up was refused: "+out.Code+" "+out.Words
			return purchase.Save(ctx, tx, *p)
		}
		again = true
		return nil
	})
	return again, err
}

// sentSince says whether the purchase was sent again while it was being looked up, because a
// person knew better: "not found" is then an answer of before, and no leave to send it once more.
func sentSince(ctx context.Context, tx *db.Tx, p purchase.Purchase) (bool, error) {
	all, err := purchase.Attempts(ctx, tx, p.StoreID, p.PurchaseID)
	return len(all) > 0 && all[len(all)-1].Action != "find", err
}

// absent puts a purchase that never arrived back to be sent, or drops it if the order is
// being cancelled.
func absent(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	if err := p.Move(purchase.FindAbsent); err != nil {
		return err
	}
	p.HoldCode, p.HoldReason = "", ""
	if o.State != order.Open {
		return dropPurchase(ctx, tx, o, p, actor)
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "purchase.absent", string(p.PurchaseID), actor, data{"number": p.Number}); err != nil {
		return err
	}
	sent, err := timesSent(ctx, tx, *p)
	if err != nil || actor == System && sent >= maxSent && sent%maxSent == 0 {
		return errors.Join(err, holdUnanswered(ctx, tx, o, p, sent))
	}
	return purchaseJob(ctx, tx, *p, "submit", 0)
}

// maxSent is how often a purchase is sent whose answer is lost and that never arrives, until
// a person looks what is wrong.
const maxSent = 5

func timesSent(ctx context.Context, tx *db.Tx, p purchase.Purchase) (n int, err error) {
	all, err := purchase.Attempts(ctx, tx, p.StoreID, p.PurchaseID)
	for _, a := range all {
		if a.Action == "submit" {
			n++
		}
	}
	return n, err
}

// holdUnanswered keeps a purchase for a person that was sent again and again in vain.
func holdUnanswered(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, sent int) error {
	if err := p.Move(purchase.Hold); err != nil {
		return err
	}
	p.HoldCode = "no-answer"
	p.HoldReason = fmt.Sprintf("It was sent %d times, never answered, and is not at the supplier. Look what is wrong there, then release it.", sent)
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.held", string(p.PurchaseID), System, data{"number": p.Number, "reason": p.HoldReason})
}

// dropPurchase ends a purchase that was never sent.
func dropPurchase(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, actor Actor) error {
	if err := p.Move(purchase.Drop); err != nil {
		return err
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	if _, err := job.Cancel(ctx, tx, "purchase/"+string(p.PurchaseID)+"/submit"); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.cancelled", string(p.PurchaseID), actor, data{"number": p.Number, "words": "it was never sent"})
}

// rejected ends a purchase that the supplier will not ship.
func rejected(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if err := p.Move(purchase.Reject); err != nil {
		if errors.Is(err, machine.ErrIllegal) {
			return nil
		}
		return err
	}
	p.Code, p.Words, p.Cause, p.Unpaid = said.Code, said.Words, said.Cause, false
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.rejected", string(p.PurchaseID), actor,
		data{"number": p.Number, "code": said.Code, "words": said.Words, "cause": said.Cause})
}

// settleStock takes acknowledged units off the offers: from now on the supplier's own figure
// has them.
func settleStock(ctx context.Context, tx *db.Tx, e event.Event) error {
	lines, err := linesByVariant(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil {
		return err
	}
	for _, l := range lines {
		whole, err := inventory.SettleOf(ctx, tx, e.StoreID, l.OfferID, l.VariantID, e.OrderID, l.OrderLineID, l.Quantity)
		if err == nil && !whole {
			err = settleHeld(ctx, tx, id.Purchase(e.Subject), e.StoreID, l)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// returnCommitment frees the units of a purchase that came to nothing: the promise on the
// offers if it was never acknowledged; else the order takes stock anew for what it still owes.
func returnCommitment(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, err := purchase.Get(ctx, tx, e.StoreID, id.Purchase(e.Subject))
	if err != nil {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	lines, err := linesByVariant(ctx, tx, e.StoreID, p.PurchaseID)
	if err != nil {
		return err
	}
	for _, l := range lines {
		switch {
		case p.SubmittedAt == 0:
			_, err = inventory.Uncommit(ctx, tx, e.StoreID, l.OfferID, l.Quantity)
			if err == nil && p.ClaimID != "" { // what was put by for the replacement
				err = releaseHeld(ctx, tx, p, l)
			}
		case p.ClaimID != "":
		case o.State == order.Open && l.Left() > 0:
			_, err = inventory.Reserve(ctx, tx, e.StoreID, e.OrderID, l.OrderLineID, l.VariantID, l.Left(), 0)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// linesByVariant are a purchase's lines in the order in which stock is locked everywhere, so
// that two purchases never wait for each other in a circle.
func linesByVariant(ctx context.Context, tx *db.Tx, s id.Store, p id.Purchase) ([]purchase.PurchaseLine, error) {
	lines, err := purchase.LinesOf(ctx, tx, s, p)
	slices.SortFunc(lines, func(a, b purchase.PurchaseLine) int {
		return cmp.Or(cmp.Compare(a.VariantID, b.VariantID), cmp.Compare(a.OfferID, b.OfferID))
	})
	return lines, err
}
