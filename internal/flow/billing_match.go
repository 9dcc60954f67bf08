package flow

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
	"doorstep/money"
)

// purchaseOf finds the purchase that a line names: by our key or number, by the supplier's
// number, or by a parcel's. Of another supplier's purchases none is meant.
func purchaseOf(ctx context.Context, tx *db.Tx, l billing.StatementLine) (purchase.Purchase, error) {
	for _, ours := range []string{l.OurRef, l.Ref} {
		p, err := byOurName(ctx, tx, l.StoreID, ours)
		if err != nil || p.PurchaseID != "" && p.SupplierID == l.SupplierID {
			return p, err
		}
	}
	for _, theirs := range []string{l.Ref, l.OurRef} {
		if theirs == "" {
			continue
		}
		p, err := purchase.ByRef(ctx, tx, l.StoreID, l.SupplierID, theirs)
		if !isNone(err) {
			return p, err
		}
	}
	if l.Tracking == "" {
		return purchase.Purchase{}, nil
	}
	parcels, err := shipment.Find(ctx, tx, l.StoreID, strings.ToUpper(strings.Join(strings.Fields(l.Tracking), "")))
	for _, s := range parcels {
		p, err := purchase.Get(ctx, tx, l.StoreID, s.PurchaseID)
		if err != nil || p.SupplierID == l.SupplierID {
			return p, err
		}
	}
	return purchase.Purchase{}, err
}

// byOurName finds a purchase by its key ("DS-1001-1-…") or its number ("1001-1").
func byOurName(ctx context.Context, tx *db.Tx, s id.Store, name string) (purchase.Purchase, error) {
	if name == "" {
		return purchase.Purchase{}, nil
	}
	p, err := purchase.ByKey(ctx, tx, s, name)
	if !isNone(err) {
		return p, err
	}
	number, _, ok := strings.Cut(strings.TrimPrefix(name, "#"), "-")
	n, bad := strconv.ParseInt(number, 10, 64)
	if !ok || bad != nil {
		return purchase.Purchase{}, nil
	}
	o, err := order.Numbered(ctx, tx, s, n)
	if isNone(err) {
		return purchase.Purchase{}, nil
	}
	if err != nil {
		return purchase.Purchase{}, err
	}
	all, err := purchase.OfOrder(ctx, tx, s, o.OrderID)
	for _, p := range all {
		if p.Number == strings.TrimPrefix(name, "#") {
			return p, err
		}
	}
	return purchase.Purchase{}, err
}

// creditedDispute is the demand that a credit ends: one of the purchase that waits for money, or
// one that was noted as credited and that no statement has shown yet.
func creditedDispute(ctx context.Context, tx *db.Tx, l billing.StatementLine) (*claim.Dispute, error) {
	if l.AmountMinor >= 0 || l.PurchaseID == "" {
		return nil, nil //nolint:nilnil // no demand is no error
	}
	list, err := claim.DisputesOfPurchase(ctx, tx, l.StoreID, l.PurchaseID)
	if err != nil {
		return nil, err
	}
	shown := map[id.Dispute]bool{}
	lines, err := billing.OfPurchase(ctx, tx, l.StoreID, l.PurchaseID)
	if err != nil {
		return nil, err
	}
	for _, other := range lines {
		shown[other.DisputeID] = shown[other.DisputeID] || other.State == billing.Credited
	}
	for i, d := range list {
		if fitsDemand(d, -l.HereMinor) && d.State != claim.DisputeLapsed && (d.State != claim.DisputeCredited || !shown[d.DisputeID] || d.Short() > 0) {
			return &list[i], nil
		}
	}
	return nil, nil //nolint:nilnil // see above
}

// creditDispute lets a credit end a demand; false where there is none to end. What was noted of it
// before is not booked again.
func creditDispute(ctx context.Context, tx *db.Tx, o order.Order, l *billing.StatementLine, minor int64) (bool, error) {
	found, err := creditedDispute(ctx, tx, *l)
	if err != nil || found == nil {
		return false, err
	}
	d, err := claim.LockDispute(ctx, tx, l.StoreID, found.DisputeID)
	if err != nil {
		return false, err
	}
	l.State, l.DisputeID, l.ExpectedMinor = billing.Credited, d.DisputeID, -d.AmountMinor
	l.Reason = fmt.Sprintf("%s of the %s that we demanded.", money.New(minor, o.Currency), money.New(d.AmountMinor, o.Currency))
	known, err := shownBefore(ctx, tx, *l)
	if err != nil {
		return false, err
	}
	if d.State == claim.DisputeDue || d.State == claim.DisputeUnsure { // it did so by itself, or had it all the same
		d.Way = orElse(d.Way, claim.ByHand)
		if err := moveDispute(ctx, tx, o, &d, DisputeNews{Event: claim.FileDispute, Actor: System}); err != nil {
			return false, err
		}
	}
	if more := minor - max(d.CreditedMinor-known, 0); more > 0 && claim.Disputes.Can(d.State, claim.CreditDispute) {
		if err := moveDispute(ctx, tx, o, &d, DisputeNews{Event: claim.CreditDispute, AmountMinor: more, Words: "It is on their statement.", Actor: System}); err != nil {
			return false, err
		}
	}
	return true, saveLine(ctx, tx, o, l, System)
}

// shownBefore is how much other lines credit for the same demand.
func shownBefore(ctx context.Context, tx *db.Tx, l billing.StatementLine) (total int64, err error) {
	lines, err := billing.OfPurchase(ctx, tx, l.StoreID, l.PurchaseID)
	for _, other := range lines {
		if other.DisputeID == l.DisputeID && other.State == billing.Credited && other.Name() != l.Name() {
			total -= other.HereMinor
		}
	}
	return total, err
}
