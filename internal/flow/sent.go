package flow

import (
	"context"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// sentLine is what became of units of an order's line that left their suppliers.
type sentLine struct {
	all    int64 // in any parcel, wherever it is
	lost   int64 // or back at its sender
	late   int64 // delivered after the day that was promised
	inTime int64 // delivered by that day
}

// missed are the units that a customer who waits may mean: they are lost, or came late.
func (s sentLine) missed() int64 { return s.lost + s.late }

// ofSale picks the purchases of an order itself, and no replacement.
func ofSale(p purchase.Purchase) bool { return p.ClaimID == "" }

// ofClaim picks what was bought for a claim.
func ofClaim(c id.Claim) func(purchase.Purchase) bool {
	return func(p purchase.Purchase) bool { return p.ClaimID == c }
}

// anyPurchase picks all.
func anyPurchase(purchase.Purchase) bool { return true }

// sentBefore says whether units of a wish were sent once more, or exchanged, for another claim.
func sentBefore(ctx context.Context, tx *db.Tx, o order.Order, w ClaimWish, c *claim.Case) error {
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Claims {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	c.Before = slices.ContainsFunc(units, func(u claim.ClaimUnit) bool {
		return u.ClaimID != w.But &&
			slices.ContainsFunc(w.Units, claim.Range{Line: u.LineID, First: u.FirstUnit, Units: u.Units}.Touches) &&
			slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID == u.ClaimID && p.Live() })
	})
	return err
}

// sentFor counts what was bought for a claim and comes, or has come: not what a carrier lost or
// brought back.
func sentFor(ctx context.Context, tx *db.Tx, o order.Order, c id.Claim) (n int64, err error) {
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return 0, err
	}
	bought, err := purchase.AllLines(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return 0, err
	}
	for _, l := range bought {
		if slices.ContainsFunc(purchases, func(p purchase.Purchase) bool {
			return p.PurchaseID == l.PurchaseID && p.ClaimID == c && p.Live()
		}) {
			n += l.Left()
		}
	}
	sent, err := sentOf(ctx, tx, o, purchases, ofClaim(c))
	for _, line := range sent {
		n -= line.lost
	}
	return n, err
}

// sentOf says by line what became of the parcels of those purchases that pick wants.
func sentOf(ctx context.Context, tx *db.Tx, o order.Order, purchases []purchase.Purchase, pick func(purchase.Purchase) bool) (map[int64]sentLine, error) {
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(parcels) == 0 {
		return nil, err
	}
	packed, err := shipment.AllLines(ctx, tx, o.StoreID, o.OrderID)
	lines := map[int64]sentLine{}
	for _, l := range packed {
		i := slices.IndexFunc(parcels, func(p shipment.Shipment) bool { return p.ShipmentID == l.ShipmentID })
		if !slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.PurchaseID == parcels[i].PurchaseID && pick(p) }) {
			continue
		}
		s := lines[l.OrderLineID]
		s.all += l.Quantity
		switch {
		case parcels[i].State.Gone():
			s.lost += l.Quantity
		case parcels[i].State == shipment.Delivered && parcels[i].DeliveredAt > o.PromisedTo:
			s.late += l.Quantity
		case parcels[i].State == shipment.Delivered:
			s.inTime += l.Quantity
		}
		lines[l.OrderLineID] = s
	}
	return lines, err
}
