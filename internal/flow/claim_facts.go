package flow

import (
	"context"
	"fmt"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
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
	receipts, err := receiptsOf(ctx, tx, o, len(claims))
	if err != nil {
		return err
	}
	refused, err := addressAwaited(ctx, tx, o, claims)
	if err != nil {
		return err
	}
	for _, c := range claims {
		f.Claims = append(f.Claims, order.ClaimFact{ID: string(c.ClaimID), Number: c.Number, State: string(c.State), Kind: string(c.Kind), Trouble: c.Trouble,
			Receipt: receipts[c.ClaimID], BadAddress: slices.Contains(refused, c.ClaimID)})
	}
	disputes, err := claim.DisputesOf(ctx, tx, o.StoreID, o.OrderID)
	for _, d := range disputes {
		f.Disputes = append(f.Disputes, disputeFact(d))
	}
	return err
}

// addressAwaited are the claims of an open order that are bought anew once its address is corrected.
func addressAwaited(ctx context.Context, tx *db.Tx, o order.Order, claims []claim.Claim) (names []id.Claim, err error) {
	if o.State != order.Open || !slices.ContainsFunc(claims, func(c claim.Claim) bool { return c.State == claim.Failed }) {
		return nil, nil
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	list, err := claimsRefused(ctx, tx, o, purchases)
	for _, c := range list {
		names = append(names, c.ClaimID)
	}
	return names, err
}

// receiptsOf are what customers say that sending goods back cost, where nobody has looked at it.
func receiptsOf(ctx context.Context, tx *db.Tx, o order.Order, claims int) (map[id.Claim]string, error) {
	if claims == 0 {
		return nil, nil
	}
	list, err := claim.ReturnsOf(ctx, tx, o.StoreID, o.OrderID)
	waiting := map[id.Claim]string{}
	for _, r := range list {
		if r.Waits() {
			waiting[r.ClaimID] = r.Asked().String()
		}
	}
	return waiting, err
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
		if !s.State.Gone() && s.State != shipment.Exception && s.State != shipment.Returning {
			continue
		}
		inside := 0
		all := !slices.ContainsFunc(packed, func(l shipment.ShipmentLine) bool {
			if l.ShipmentID == s.ShipmentID {
				inside++
			}
			return l.ShipmentID == s.ShipmentID && settled[l.OrderLineID] < l.Quantity
		})
		if all && inside > 0 {
			if f.Shipments[i].Settled, err = sentAgain(ctx, tx, o, s, claims, purchases); err != nil {
				return err
			}
		}
	}
	return nil
}

// sentAgain says whether nobody waits for a parcel that went wrong: where it is a replacement
// itself, what was in it must have been bought anew.
func sentAgain(ctx context.Context, tx *db.Tx, o order.Order, s shipment.Shipment, claims []claim.Claim, purchases []purchase.Purchase) (bool, error) {
	i := slices.IndexFunc(purchases, func(p purchase.Purchase) bool { return p.PurchaseID == s.PurchaseID })
	at := slices.IndexFunc(claims, func(c claim.Claim) bool { return c.ClaimID == purchases[i].ClaimID && c.State == claim.Settling })
	if at < 0 || !s.State.Gone() {
		return at < 0, nil
	}
	needs, _, err := claimNeeds(ctx, tx, o, claims[at], purchases, true)
	return len(needs) == 0, err
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
		if err := d.claimMoney(ctx, tx, c, refunds); err != nil {
			return err
		}
		if c.State != claim.Settling && c.State != claim.Settled {
			continue
		}
		needs, _, err := claimNeeds(ctx, tx, o, c, purchases, false)
		if err != nil {
			return err
		}
		d.compare("claim replacement", c.Number, 0, len(needs))
	}
	if err := d.paidOnce(ctx, tx, o, list, refunds); err != nil {
		return err
	}
	return d.claimUnits(ctx, tx, o, list)
}

// paidOnce wants no more to have gone back for units that were taken off the order than those
// weigh that no claim has paid for.
func (d *differences) paidOnce(ctx context.Context, tx *db.Tx, o order.Order, list []claim.Claim, refunds []ledger.Refund) error {
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	shares, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	early, err := cameInTime(ctx, tx, o, list)
	if err != nil {
		return err
	}
	var most, back int64
	for _, l := range lines {
		may, missed := order.Share(shares, l.LineID, l.Left()+1, l.Quantity, o.TaxIncluded()), int64(0)
		for _, u := range units {
			i := slices.IndexFunc(list, func(c claim.Claim) bool { return c.ClaimID == u.ClaimID && paidMissing(c) })
			if u.LineID != l.LineID || i < 0 {
				continue
			}
			may -= order.Share(shares, l.LineID, max(u.FirstUnit, l.Left()+1), u.FirstUnit+u.Units-1, o.TaxIncluded())
			if list[i].Kind == claim.Late {
				missed += u.Units
			}
		}
		if missed > 0 { // one unit is as good as another: no more were missing than did not come in time
			n := max(l.Quantity-early[l.LineID]-missed, 0)
			may = min(may, order.Share(shares, l.LineID, l.Quantity-n+1, l.Quantity, o.TaxIncluded())+n) // the last cent of each falls here or there
		}
		most += may
	}
	for _, r := range refunds {
		if r.Reason == partCancelled && !cameToNought(r) {
			back += r.AmountMinor
		}
	}
	d.compare("units paid back twice", o.Name(), max(back-most, 0), 0)
	return nil
}

// cameInTime counts the units of each line that had come in time when the customer first said
// that some had not; nothing where they never did and were paid for it.
func cameInTime(ctx context.Context, tx *db.Tx, o order.Order, list []claim.Claim) (map[int64]int64, error) {
	i := slices.IndexFunc(list, func(c claim.Claim) bool { return paidMissing(c) && c.Kind == claim.Late })
	if i < 0 {
		return nil, nil //nolint:nilnil // nobody asks
	}
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	packed, err := shipment.AllLines(ctx, tx, o.StoreID, o.OrderID)
	early := map[int64]int64{}
	for _, l := range packed {
		if slices.ContainsFunc(parcels, func(s shipment.Shipment) bool {
			return s.ShipmentID == l.ShipmentID && s.State == shipment.Delivered && s.DeliveredAt < list[i].CreatedAt && s.DeliveredAt <= o.PromisedTo &&
				slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.PurchaseID == s.PurchaseID && ofSale(p) })
		}) {
			early[l.OrderLineID] += l.Quantity
		}
	}
	return early, err
}

// claimMoney wants the refunds of a claim to be of its amount, and to be as the claim says.
func (d *differences) claimMoney(ctx context.Context, tx *db.Tx, c claim.Claim, refunds []ledger.Refund) error {
	if c.Outcome == "" || c.Outcome == claim.Replacement || c.Outcome == claim.Exchanged || c.State != claim.Settling && c.State != claim.Settled {
		return nil
	}
	i := slices.IndexFunc(refunds, func(r ledger.Refund) bool { return r.RefundID == c.RefundID })
	if i < 0 {
		d.compare("claim refund", c.Number, c.RefundID, "none")
		return nil
	}
	given, err := givenSince(ctx, tx, c)
	if err != nil {
		return err
	}
	waits, whole, err := paidOut(ctx, tx, c, refunds)
	d.compare("claim amount", c.Number, c.AmountMinor, given)
	d.compare("claim paid as credit", c.Number, c.ToCredit, refunds[i].ToCredit)
	d.compare("claim settling", c.Number, c.State == claim.Settling, waits)
	d.compare("claim settled", c.Number, c.State == claim.Settled, whole && !waits)
	return err
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
