package flow

import (
	"context"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/promise"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

const (
	aDay       = 24 * time.Hour
	atOnce     = time.Hour      // an order that is paid so soon after it was placed was paid at once
	sameDay    = 12 * time.Hour // a window that moves by less has not moved
	driftDays  = 3 * aDay       // by which time alone must move a window before it is said anew
	tellAgain  = 14 * aDay      // by which a delay must grow before it is told again
	comingDays = 3 * aDay       // promises that end so soon are looked at
	dueAtOnce  = 500
)

// keepPromise keeps what the customer of a confirmed order was promised. Days count from the
// payment: who paid later than at once is promised later ones.
func keepPromise(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.PromisedTo == 0 {
		return err
	}
	if after := tx.Now.Sub(o.PlacedAt); after > atOnce {
		o.PromisedFrom, o.PromisedTo = o.PromisedFrom.Add(after), o.PromisedTo.Add(after)
		err := order.New(tx).SetPromise(ctx, order.SetPromiseParams{StoreID: o.StoreID, OrderID: o.OrderID,
			PromisedFrom: o.PromisedFrom, PromisedTo: o.PromisedTo, UpdatedAt: tx.Now})
		if err != nil {
			return err
		}
	}
	return promise.Make(ctx, tx, o.StoreID, o.OrderID, o.PromisedFrom, o.PromisedTo)
}

// moveExpected looks anew when an order is expected, after something became known of it.
func moveExpected(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	return expectAnew(ctx, tx, o)
}

// moveReplanned is moveExpected for a purchase that takes the place of another.
func moveReplanned(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || tx.Now.Sub(o.PaidAt) < atOnce {
		return err
	}
	return expectAnew(ctx, tx, o)
}

// expectAnew writes how a promise stands, and tells the customer where it will not be kept.
func expectAnew(ctx context.Context, tx *db.Tx, o order.Order) error {
	p, found, err := promise.Of(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || p.DoneAt != 0 || !found && (o.PromisedTo == 0 || o.State != order.Open) {
		return err
	}
	if !found { // of an order that is older than this table
		if err := promise.Make(ctx, tx, o.StoreID, o.OrderID, o.PromisedFrom, o.PromisedTo); err != nil {
			return err
		}
		if p, _, err = promise.Of(ctx, tx, o.StoreID, o.OrderID); err != nil {
			return err
		}
	}
	now, err := expectedNow(ctx, tx, o)
	if err != nil {
		return err
	}
	if now.over {
		p.DoneAt = tx.Now
		if now.to != 0 {
			p.ExpectFromAt, p.ExpectToAt, p.Why = now.to, now.to, now.why
		}
		return promise.Save(ctx, tx, p)
	}
	return now.apply(ctx, tx, o, p)
}

// expected is when all of an order that is still to come will be there, as it looks now.
type expected struct {
	from, to clock.Time
	why      string
	slowest  id.Purchase
	over     bool // nothing is to come any more
}

// moves says whether that is news beside what was expected so far. What time alone does is
// said in steps, so that a parcel that stands still does not move the window every hour.
func (x expected) moves(p promise.Promise, now clock.Time) bool {
	if x.to == 0 {
		return false
	}
	from, to := apart(x.from, p.ExpectFromAt), apart(x.to, p.ExpectToAt)
	if x.why == promise.ByHandling || x.why == promise.ByOverdue {
		return p.ExpectToAt < now || to >= driftDays
	}
	return from >= sameDay || to >= sameDay
}

func apart(a, b clock.Time) time.Duration { return max(a.Sub(b), b.Sub(a)) }

// late says whether the customer is to be told: the promise will not be kept, or a delay
// that was told has grown much.
func (x expected) late(p promise.Promise) bool {
	limit := p.ToAt.Add(aDay)
	if p.ToldAt != 0 {
		limit = p.ToldAt.Add(tellAgain)
	}
	return x.to > limit
}

func (x expected) apply(ctx context.Context, tx *db.Tx, o order.Order, p promise.Promise) error {
	if !x.moves(p, tx.Now) {
		return nil
	}
	was := p.ExpectToAt
	p.ExpectFromAt, p.ExpectToAt, p.Why = x.from, x.to, x.why
	late := x.late(p)
	if late {
		p.ToldAt = x.to
	}
	if err := promise.Save(ctx, tx, p); err != nil {
		return err
	}
	if err := note(ctx, tx, o, "order.expected", string(o.OrderID), System, data{"from": x.from, "to": x.to, "was": was, "why": x.why}); err != nil || !late {
		return err
	}
	return note(ctx, tx, o, "order.late", string(o.OrderID), System, data{"promised": p.ToAt, "to": x.to, "why": x.why, "purchase": x.slowest})
}

// expectedNow puts together when the parts of an order will be there.
func expectedNow(ctx context.Context, tx *db.Tx, o order.Order) (expected, error) {
	if o.State == order.Cancelled || o.State == order.Closed {
		return expected{over: true}, nil
	}
	legs, err := legsOf(ctx, tx, o)
	if err != nil || len(legs) == 0 {
		return expected{}, err
	}
	x := expected{over: true}
	for _, l := range legs {
		from, to, why := l.Expect(tx.Now.Std())
		x.over = x.over && why == promise.ByDelivered
		if clock.Of(to) >= x.to {
			x.to, x.why, x.slowest = clock.Of(to), why, l.purchase
		}
		x.from = max(x.from, clock.Of(from))
	}
	if x.over { // units that nobody sends yet are still to come
		facts, err := gather(ctx, tx, o)
		x.over = err == nil && order.Derive(facts).Goods == "delivered"
		return x, err
	}
	return x, nil
}

// leg is a part of an order on its way.
type leg struct {
	promise.Leg
	purchase id.Purchase
}

// legsOf lists the parcels of an order, and what its purchases have in no parcel yet.
func legsOf(ctx context.Context, tx *db.Tx, o order.Order) (legs []leg, err error) {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	purchases = slices.DeleteFunc(purchases, func(p purchase.Purchase) bool { return !p.Live() || p.ClaimID != "" })
	if len(purchases) == 0 {
		return nil, nil
	}
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	chosen, err := parseOption(o.ShippingOption)
	if err != nil {
		return nil, err
	}
	to, err := o.ShipTo()
	if err != nil {
		return nil, err
	}
	lanes, err := promise.LanesTo(ctx, tx, o.StoreID, to.Country)
	if err != nil {
		return nil, err
	}
	for _, p := range purchases {
		start := leg{purchase: p.PurchaseID, Leg: promise.Leg{Start: p.CreatedAt.Std(), Accepted: p.AcceptedAt.Std(), Leaves: p.ExpectAt.Std(),
			Learnt: lanes.Of(to.Country, p.SupplierID, p.Service, chosen.stated(p.SupplierID, p.Service))}}
		if p.CreatedAt.Sub(o.PaidAt) < aDay { // what was promised holds until something is known
			start.Learnt.Whole = promise.Window{From: o.PromisedFrom.Sub(p.CreatedAt), To: o.PromisedTo.Sub(p.CreatedAt)}
		}
		if p.State != purchase.Shipped {
			legs = append(legs, start)
		}
		for _, s := range parcels {
			if s.PurchaseID == p.PurchaseID && s.State != shipment.Returned {
				one := start
				one.Scanned, one.Says, one.Delivered = s.ScannedAt.Std(), s.ExpectedAt.Std(), s.DeliveredAt.Std()
				legs = append(legs, one)
			}
		}
	}
	return legs, nil
}

// endPromise notes that nothing is to come any more.
func endPromise(ctx context.Context, tx *db.Tx, e event.Event) error {
	p, found, err := promise.Of(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || !found || p.DoneAt != 0 {
		return err
	}
	p.DoneAt = tx.Now
	return promise.Save(ctx, tx, p)
}

// Due is an order whose promise ends soon, or has ended, and that is not there.
type Due struct {
	Order id.Order
	To    clock.Time
}

// FindDue lists the next promises after one that are about to end, and of which something
// new is to be said; next is where to go on, its Order empty at the end. It changes nothing:
// tell SetDue each of them.
func FindDue(ctx context.Context, tx *db.Tx, s id.Store, after Due) (list []id.Order, next Due, err error) {
	rows, err := promise.New(tx).PromisesDue(ctx, promise.PromisesDueParams{StoreID: s, ToAt: tx.Now.Add(comingDays),
		ToAt_2: after.To, OrderID: after.Order, Limit: dueAtOnce})
	if err != nil {
		return nil, next, err
	}
	for _, r := range rows {
		o, err := order.Get(ctx, tx, s, r.OrderID)
		if err != nil {
			return nil, next, err
		}
		p, _, err := promise.Of(ctx, tx, s, r.OrderID)
		if err != nil {
			return nil, next, err
		}
		x, err := expectedNow(ctx, tx, o)
		if err != nil {
			return nil, next, err
		}
		if x.over || x.moves(p, tx.Now) {
			list = append(list, r.OrderID)
		}
	}
	if len(rows) == dueAtOnce {
		next = Due{rows[len(rows)-1].OrderID, rows[len(rows)-1].ToAt}
	}
	return list, next, nil
}

// SetDue says anew when an order is expected.
func SetDue(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) error {
	return change(ctx, tx, s, name, func(o order.Order) error { return expectAnew(ctx, tx, o) })
}
