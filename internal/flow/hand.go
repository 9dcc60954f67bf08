package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// Release lets a held purchase go, or sends one that is in its hold window at once. Who comes
// second is told so.
func Release(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if p.State == purchase.Planned {
			if p.SubmitAt <= tx.Now {
				return refuse(already, "%s was released already: it leaves by itself.", p.Number)
			}
			p.SubmitAt = tx.Now
			return errors.Join(purchase.Save(ctx, tx, *p), hurry(ctx, tx, *p, "submit"))
		}
		if p.ConnectorID == "" {
			return refuse("no-connector", "%s has no connector to send it: order there and enter the reference.", p.Number)
		}
		if err := p.Move(purchase.Release); err != nil {
			return refuse("not-possible", "%s is %s: there is nothing to release.", p.Number, p.State)
		}
		p.HoldCode, p.HoldReason, p.SubmitAt = "", "", tx.Now
		if err := purchase.Save(ctx, tx, *p); err != nil {
			return err
		}
		return note(ctx, tx, o, "purchase.released", string(name), actor, data{"number": p.Number})
	})
}

// HoldPurchase keeps a planned purchase for a person.
func HoldPurchase(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, reason string, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if err := p.Move(purchase.Hold); err != nil {
			return refuse("not-possible", "%s is %s: it can only be held before it is sent.", p.Number, p.State)
		}
		p.HoldCode, p.HoldReason = "person", orElse(reason, "held by hand")
		if err := purchase.Save(ctx, tx, *p); err != nil {
			return err
		}
		if _, err := job.Cancel(ctx, tx, "purchase/"+string(name)+"/submit"); err != nil {
			return err
		}
		return note(ctx, tx, o, "purchase.held", string(name), actor, data{"number": p.Number, "reason": p.HoldReason})
	})
}

// PlaceByHand notes that a person ordered it at the supplier and what it is called there.
func PlaceByHand(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, ref string, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if ref == "" {
			return &Refusal{Code: "ref-missing", Field: "ref", Words: "The supplier's order number is needed."}
		}
		if err := p.Move(purchase.PlaceByHand); err != nil {
			return refuse("not-possible", "%s is %s: it was sent already.", p.Number, p.State)
		}
		if _, err := job.Cancel(ctx, tx, "purchase/"+string(name)+"/submit"); err != nil {
			return err
		}
		p.Ref = ref
		return acknowledged(ctx, tx, o, p, actor)
	})
}

// ResolveUncertain is a person saying whether a purchase exists at the supplier, after
// looking there.
func ResolveUncertain(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, found bool, ref string, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		switch {
		case p.State != purchase.Uncertain:
			return refuse("not-possible", "%s is %s: nothing about it is uncertain.", p.Number, p.State)
		case !found:
			return absent(ctx, tx, o, p, actor)
		case ref == "":
			return &Refusal{Code: "ref-missing", Field: "ref", Words: "The supplier's order number is needed."}
		}
		p.Ref = ref
		return acknowledge(ctx, tx, o, p, actor)
	})
}

// Accept notes that a supplier whom only people talk to will ship.
func Accept(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, ref string, actor Actor) error {
	return saidByHand(ctx, tx, s, name, SupplierSaid{State: "accepted", Ref: ref}, actor)
}

// Reject notes that a supplier whom only people talk to will not ship.
func Reject(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, words string, actor Actor) error {
	return saidByHand(ctx, tx, s, name, SupplierSaid{State: "refused", Code: "by-hand", Words: words}, actor)
}

// ShipByHand announces a parcel that a person entered.
func ShipByHand(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, parcel ParcelSaid, actor Actor) error {
	if parcel.Number == "" {
		return &Refusal{Code: "number-missing", Field: "number", Words: "The tracking number is needed."}
	}
	return saidByHand(ctx, tx, s, name, SupplierSaid{State: "shipped", Parcels: []ParcelSaid{parcel}}, actor)
}

// saidByHand takes a person's word for the supplier's, for purchases that the supplier has.
func saidByHand(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, said SupplierSaid, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if !p.Known() {
			return refuse("not-possible", "%s is %s: the supplier does not have it.", p.Number, p.State)
		}
		return applySupplier(ctx, tx, o, p, said, actor)
	})
}

// keepStock makes the reservations of a paid order last.
func keepStock(ctx context.Context, tx *db.Tx, e event.Event) error {
	_, err := inventory.Keep(ctx, tx, e.StoreID, e.OrderID)
	return err
}

// releaseStock gives back what an order that is gone had reserved.
func releaseStock(ctx context.Context, tx *db.Tx, e event.Event) error {
	_, err := inventory.Release(ctx, tx, e.StoreID, e.OrderID)
	return err
}

// rerouted marks a purchase that a person took away from its supplier before it was sent.
const rerouted = "rerouted"

// Reroute takes a purchase that was not sent yet away from its supplier and buys its units
// elsewhere; where nobody else can send them, the order says so. Of a replacement that is refused.
func Reroute(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if !purchase.Machine.Can(p.State, purchase.Drop) || o.State != order.Open {
			return refuse("not-possible", "%s is %s: it can only be bought elsewhere before it is sent.", p.Number, p.State)
		}
		p.Code, p.Words = rerouted, "a person chose another supplier"
		if err := dropPurchase(ctx, tx, o, p, actor); err != nil {
			return err
		}
		return buyInstead(ctx, tx, o, *p, sourcing{wanted: true}, actor)
	})
}

// buyInstead buys what a purchase was for that was taken away from its supplier: for the sale, or
// for the claim that it was to settle.
func buyInstead(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, how sourcing, actor Actor) error {
	if p.ClaimID == "" {
		return source(ctx, tx, o.StoreID, o.OrderID, how)
	}
	c, err := claim.Lock(ctx, tx, o.StoreID, p.ClaimID)
	if err != nil {
		return err
	}
	return sendClaim(ctx, tx, o, &c, how, actor)
}

// MayRequestCancel says whether a customer can still ask for an order to be stopped, by its
// state and the word for its goods: as long as anything of it has not left.
func MayRequestCancel(state, goods string) bool {
	gone := []string{"shipped", "delivered", "returned"}
	return order.State(state) != order.Closed && (order.State(state) != order.Open || !slices.Contains(gone, goods))
}

// RequestCancel is the customer's own wish to stop an order. It is granted while anything of
// it has not left: what was not sent is dropped, every supplier is asked about the rest, and
// only what is certain not to come is paid back.
func RequestCancel(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, reason string) error {
	o, err := order.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no order %s.", name)
	}
	if err != nil {
		return err
	}
	if !MayRequestCancel(string(o.State), o.Goods) {
		return refuse("too-late", "Order %s is on its way already. Please write to us if it is not wanted any more.", o.Name())
	}
	err = CancelOrder(ctx, tx, s, name, orElse(reason, "the customer asked for it"), "customer")
	if refused, told := errors.AsType[*Refusal](err); told && refused.Code == already {
		return nil // the page tells what has become of it
	}
	return err
}
