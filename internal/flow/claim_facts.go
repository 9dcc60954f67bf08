package flow

import (
	"context"
	"fmt"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/money"
)

// gatherClaims reads what matters of an order's claims and disputes.
func gatherClaims(ctx context.Context, tx *db.Tx, o order.Order, f *order.Facts) error {
	claims, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	exchanges, err := claim.ExchangesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	f.Total += claim.Extra(exchanges)
	for _, c := range claims {
		f.Claims = append(f.Claims, order.ClaimFact{ID: string(c.ClaimID), Number: c.Number, State: string(c.State), Kind: string(c.Kind), Trouble: c.Trouble})
	}
	disputes, err := claim.DisputesOf(ctx, tx, o.StoreID, o.OrderID)
	for _, d := range disputes {
		f.Disputes = append(f.Disputes, disputeFact(d))
	}
	return err
}

// disputeFact is what matters of a demand on a supplier.
func disputeFact(d claim.Dispute) order.DisputeFact {
	fact := order.DisputeFact{ID: string(d.DisputeID), State: string(d.State), Until: d.DueAt.Std().UTC().Format("2 January"), Near: d.Near, Trouble: d.Trouble,
		Under: d.Way != "" && d.State == claim.DisputeDue, ByMail: d.Way == claim.ByMail}
	if short := d.Short(); short > 0 {
		fact.Short = money.New(short, d.Currency).String()
	}
	return fact
}

// countOnce keeps units from counting twice where a replacement was sent: those that arrived
// count first. It says which parcels are settled by a claim, so that nobody has to see to them.
func countOnce(ctx context.Context, tx *db.Tx, o order.Order, parcels []shipment.Shipment, packed []shipment.ShipmentLine, f *order.Facts) error {
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Claims {
		return err
	}
	claims, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID != "" }) {
		lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
		if err != nil {
			return err
		}
		capUnits(lines, packed, f)
	}
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	settled := map[int64]int64{}
	for _, u := range units {
		if slices.ContainsFunc(claims, func(c claim.Claim) bool {
			return c.ClaimID == u.ClaimID && (c.State == claim.Settling || c.State == claim.Settled)
		}) {
			settled[u.LineID] += u.Units
		}
	}
	for i, s := range parcels {
		if s.State != shipment.Lost && s.State != shipment.Exception && s.State != shipment.Returned && s.State != shipment.Returning {
			continue
		}
		inside := 0
		all := !slices.ContainsFunc(packed, func(l shipment.ShipmentLine) bool {
			if l.ShipmentID == s.ShipmentID {
				inside++
			}
			return l.ShipmentID == s.ShipmentID && settled[l.OrderLineID] < l.Quantity
		})
		f.Shipments[i].Settled = all && inside > 0
	}
	return nil
}

// capUnits lets the units of each line count once, those that arrived first.
func capUnits(lines []order.OrderLine, packed []shipment.ShipmentLine, f *order.Facts) {
	left := map[int64]int64{}
	for _, l := range lines {
		left[l.LineID] = l.Left()
	}
	for _, arrived := range []bool{true, false} {
		for i := range f.Shipments {
			s := &f.Shipments[i]
			if (s.State == string(shipment.Delivered)) != arrived {
				continue
			}
			s.Units = 0
			for _, l := range packed {
				if string(l.ShipmentID) == s.ID {
					n := min(l.Quantity, left[l.OrderLineID])
					left[l.OrderLineID] -= n
					s.Units += n
				}
			}
		}
	}
}

// claims compares claims with the money, the purchases and the units that they rest on.
func (d *differences) claims(ctx context.Context, tx *db.Tx, o order.Order) error {
	list, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(list) == 0 {
		return err
	}
	refunds, err := ledger.RefundsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for _, c := range list {
		d.claimMoney(c, refunds)
		bought := slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID == c.ClaimID && p.Live() })
		if c.Outcome == claim.Replacement && (c.State == claim.Settling || c.State == claim.Settled) {
			d.compare("claim replacement", c.Number, true, bought)
		}
	}
	return d.claimUnits(ctx, tx, o, list)
}

// claimMoney wants the refund of a claim to be of its amount, and to be as the claim says.
func (d *differences) claimMoney(c claim.Claim, refunds []ledger.Refund) {
	if c.Outcome == "" || c.Outcome == claim.Replacement || c.Outcome == claim.Exchanged || c.State != claim.Settling && c.State != claim.Settled {
		return
	}
	i := slices.IndexFunc(refunds, func(r ledger.Refund) bool { return r.RefundID == c.RefundID })
	if i < 0 {
		d.compare("claim refund", c.Number, c.RefundID, "none")
		return
	}
	r := refunds[i]
	d.compare("claim amount", c.Number, c.AmountMinor, givenFor(c, refunds))
	d.compare("claim paid as credit", c.Number, c.ToCredit, r.ToCredit)
	under := slices.Contains([]ledger.RefundState{ledger.RefundApproved, ledger.RefundSending, ledger.RefundUncertain, ledger.RefundRequested}, r.State)
	d.compare("claim settling", c.Number, c.State == claim.Settling, under)
	d.compare("claim settled", c.Number, c.State == claim.Settled, r.State == ledger.RefundSucceeded)
}

// claimUnits wants no unit to be held by two claims.
func (d *differences) claimUnits(ctx context.Context, tx *db.Tx, o order.Order, list []claim.Claim) error {
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	holder := map[string]string{}
	for _, c := range list {
		if !c.Holds() {
			continue
		}
		for _, u := range units {
			for n := u.FirstUnit; u.ClaimID == c.ClaimID && n < u.FirstUnit+u.Units-u.Refused; n++ {
				unit := fmt.Sprintf("%s line %d unit %d", o.Name(), u.LineID, n)
				d.compare("claimed unit", unit, c.Number, orElse(holder[unit], c.Number))
				holder[unit] = c.Number
			}
		}
	}
	return nil
}
