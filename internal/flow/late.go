package flow

import (
	"context"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/promise"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

const (
	lanesAtOnce = 500            // open purchases and moving parcels read at a time
	doorGrace   = 24 * time.Hour // after a promised date: the last mile's news come late
)

// Late is a purchase or a parcel that takes longer than it should.
type Late struct {
	Order    id.Order
	Purchase id.Purchase // this, or
	Shipment id.Shipment
	Stage    string // shipment.LateLabel …
	Since    clock.Time
}

// FindLate compares all that is on its way with how long it takes mostly, by supplier and
// country. It changes nothing: tell SetLate each of them.
func FindLate(ctx context.Context, tx *db.Tx, s id.Store) ([]Late, error) {
	lanes, err := promise.Lanes(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	list, err := latePurchases(ctx, tx, s, lanes)
	if err != nil {
		return nil, err
	}
	parcels, err := lateParcels(ctx, tx, s, lanes)
	return append(list, parcels...), err
}

// latePurchases are those of which no parcel was announced for too long, or none of the rest since
// the first.
func latePurchases(ctx context.Context, tx *db.Tx, s id.Store, lanes promise.Known) (late []Late, err error) {
	suppliers, err := inventory.Suppliers(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	for _, sup := range suppliers {
		handling := time.Duration(sup.HandlingDays) * 24 * time.Hour
		var after id.Purchase
		for {
			rows, err := New(tx).OpenLanes(ctx, OpenLanesParams{StoreID: s, SupplierID: sup.SupplierID, PurchaseID: after, Limit: lanesAtOnce})
			if err != nil {
				return nil, err
			}
			for _, r := range rows {
				after = r.PurchaseID
				to, err := order.ParseAddress(r.Shipping)
				if err != nil {
					return nil, err
				}
				since, stage := r.SubmittedAt, shipment.LateLabel
				if r.Stage == string(purchase.Shipping) {
					since, stage = r.ShippedAt, shipment.LateRest
				}
				due := max(since.Add(lanes.Limit(promise.StageLabel, to.Country, sup.SupplierID, handling)), r.ExpectAt+clock.Time(doorGrace.Microseconds()))
				if r.Stage != string(purchase.Cancelling) && r.Late == "" && tx.Now > due {
					late = append(late, Late{Order: r.OrderID, Purchase: r.PurchaseID, Stage: stage, Since: since})
				}
			}
			if len(rows) < lanesAtOnce {
				break
			}
		}
	}
	return late, nil
}

// lateParcels are those that nobody has seen, that stand still, or that should be there.
func lateParcels(ctx context.Context, tx *db.Tx, s id.Store, lanes promise.Known) (late []Late, err error) {
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return nil, err
	}
	var after id.Shipment
	for {
		rows, err := New(tx).MovingLanes(ctx, MovingLanesParams{StoreID: s, ShipmentID: after, Limit: lanesAtOnce})
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			after = r.ShipmentID
			to, err := order.ParseAddress(r.Shipping)
			if err != nil {
				return nil, err
			}
			flag, err := neverScanned(ctx, tx, s, r, set.NeverScanned)
			if err != nil {
				return nil, err
			}
			if flag {
				late = append(late, Late{Order: r.OrderID, Shipment: r.ShipmentID, Stage: shipment.FlagNeverScanned, Since: r.AnnouncedAt})
				continue
			}
			if stage, since := lateStage(r, to.Country, lanes, tx.Now); stage != "" && stage != r.Late {
				late = append(late, Late{Order: r.OrderID, Shipment: r.ShipmentID, Stage: stage, Since: since})
			}
		}
		if len(rows) < lanesAtOnce {
			return late, nil
		}
	}
}

// neverScanned says whether a parcel is to be flagged: nobody has seen it for long.
func neverScanned(ctx context.Context, tx *db.Tx, s id.Store, r MovingLanesRow, after time.Duration) (bool, error) {
	if r.ScannedAt != 0 || r.Stage != string(shipment.Announced) || tx.Now < r.AnnouncedAt.Add(after) {
		return false, nil
	}
	flags, err := shipment.Flags(ctx, tx, s, r.OrderID)
	known := slices.ContainsFunc(flags, func(f shipment.ParcelFlag) bool {
		return f.ShipmentID == r.ShipmentID && f.Flag == shipment.FlagNeverScanned
	})
	return !known, err
}

// lateStage says in which stage a parcel is late; empty when it is not.
func lateStage(r MovingLanesRow, country string, lanes promise.Known, now clock.Time) (stage string, since clock.Time) {
	if r.Stage == string(shipment.Exception) || r.Stage == string(shipment.Returning) {
		return "", 0 // something else is the matter
	}
	promised := max(r.PromisedTo, r.ExpectedAt)
	switch {
	case promised != 0 && now > promised.Add(doorGrace):
		return shipment.LateDoor, promised
	case r.ScannedAt == 0 && now > r.AnnouncedAt.Add(lanes.Limit(promise.StageScan, country, r.SupplierID, 0)):
		return shipment.LateScan, r.AnnouncedAt
	case r.ScannedAt != 0 && now > max(r.EventAt, r.ScannedAt).Add(lanes.Limit(promise.StageGap, country, r.SupplierID, 0)):
		return shipment.LateMove, max(r.EventAt, r.ScannedAt)
	}
	return "", 0
}

// SetLate makes a delay that was noticed a reason on its order, unless news have come since.
func SetLate(ctx context.Context, tx *db.Tx, s id.Store, l Late) error {
	return change(ctx, tx, s, l.Order, func(o order.Order) error {
		what := data{"stage": l.Stage, "since": l.Since}
		if l.Purchase != "" {
			p, err := purchase.Lock(ctx, tx, s, l.Purchase)
			waits := p.State == purchase.Submitted || p.State == purchase.Accepted
			if l.Stage == shipment.LateRest {
				waits = p.State == purchase.Shipping
			}
			if err != nil || p.Late == l.Stage || !waits {
				return err
			}
			p.Late = l.Stage
			if err := purchase.Save(ctx, tx, p); err != nil {
				return err
			}
			return note(ctx, tx, o, "purchase.late", string(l.Purchase), System, what)
		}
		parcel, err := shipment.Lock(ctx, tx, s, l.Shipment)
		if l.Stage == shipment.FlagNeverScanned {
			if err != nil || parcel.ScannedAt != 0 {
				return err
			}
			return raiseFlag(ctx, tx, parcel, l.Stage, "No carrier has seen it since "+l.Since.Std().Format(time.DateOnly)+".")
		}
		moved := l.Stage == shipment.LateScan && parcel.ScannedAt != 0 || l.Stage == shipment.LateMove && parcel.EventAt > l.Since
		if err != nil || parcel.Late == l.Stage || moved {
			return err
		}
		parcel.Late = l.Stage
		if err := shipment.Save(ctx, tx, parcel); err != nil {
			return err
		}
		return note(ctx, tx, o, "shipment.late", string(l.Shipment), System, what)
	})
}

// WaitUntil is a person who has agreed with a supplier to wait: what is late is not shown
// before that day, and the customer is told the new one.
func WaitUntil(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, until clock.Time, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		switch {
		case !purchase.Machine.Can(p.State, purchase.Delay):
			return refuse("not-possible", "%s is %s: nobody waits for it.", p.Number, p.State)
		case until <= tx.Now || until <= p.ExpectAt:
			return &Refusal{Code: "until", Field: "until", Words: "Please say a day that is still to come, and later than the one expected so far."}
		}
		return applySupplier(ctx, tx, o, p, SupplierSaid{Expect: until}, actor)
	})
}

// RefundUnplaced takes the units that no supplier will send off an order and gives back their
// share of price and shipping; the customer is told by the mail about the refund. Where
// nothing else is left the order is cancelled.
func RefundUnplaced(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		purchases, err := purchase.OfOrder(ctx, tx, s, name)
		if err != nil {
			return err
		}
		needs, _, err := uncovered(ctx, tx, o, purchases)
		if err != nil {
			return err
		}
		if o.State != order.Open || len(needs) == 0 {
			return refuse("not-possible", "Order %s has no units that nobody sends.", o.Name())
		}
		for _, p := range purchases {
			if !p.Live() {
				continue
			}
			if err := note(ctx, tx, o, "order.cut", string(name), actor, data{"lines": needs}); err != nil {
				return err
			}
			if err := cancelUncovered(ctx, tx, o, purchases); err != nil {
				return err
			}
			return closeIfDone(ctx, tx, o)
		}
		if o, err = order.Step(ctx, tx, o, order.AskCancel); err != nil {
			return err
		}
		return cancelNow(ctx, tx, o, order.Cancel, actor, "no supplier can send it")
	})
}
