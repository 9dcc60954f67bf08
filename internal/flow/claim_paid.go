package flow

import (
	"context"
	"slices"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// paidUnsent are the units of each line that a claim has paid for in full and that nobody has
// sent: when their supplier gives them up as well they are neither bought nor paid for again.
func paidUnsent(ctx context.Context, tx *db.Tx, o order.Order, purchases []purchase.Purchase) (map[int64]int64, error) {
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Claims {
		return nil, err
	}
	claims, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	units, err := claim.UnitsOfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	sent, err := sentOf(ctx, tx, o, purchases, ofSale)
	if err != nil {
		return nil, err
	}
	unsent := map[int64]int64{}
	for _, late := range []bool{true, false} {
		left := map[int64]int64{} // paid for, by line
		for _, u := range units {
			if slices.ContainsFunc(claims, func(c claim.Claim) bool {
				return c.ClaimID == u.ClaimID && paidMissing(c) && (c.Kind == claim.Late) == late
			}) {
				left[u.LineID] += u.Units
			}
		}
		for line, n := range left { // a claim is about what was sent, where it can be
			gone := sent[line].all
			if late {
				gone = sent[line].missed()
			}
			unsent[line] += max(n-gone, 0)
		}
	}
	return unsent, nil
}

// paidMissing says whether a claim paid for units that the customer does not have.
func paidMissing(c claim.Claim) bool {
	return c.Kind.Missing() && c.Outcome == claim.Refund && (c.State == claim.Settling || c.State == claim.Settled)
}

// offOrder says whether units that a wish is about were taken off their order, which paid for
// them. Who waits means no unit that came in time: where units of a line were taken off, it was
// those that are missing.
func offOrder(ctx context.Context, tx *db.Tx, o order.Order, lines []order.OrderLine, w ClaimWish) (bool, error) {
	wished := map[int64]int64{}
	for _, r := range w.Units {
		wished[r.Line] += r.Units
		if slices.ContainsFunc(lines, func(l order.OrderLine) bool { return l.LineID == r.Line && r.First+r.Units-1 > l.Left() }) {
			return true, nil
		}
	}
	if w.Kind != claim.Late || !slices.ContainsFunc(lines, func(l order.OrderLine) bool { return l.Cancelled > 0 && wished[l.LineID] > 0 }) {
		return false, nil
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return false, err
	}
	sent, err := sentOf(ctx, tx, o, purchases, anyPurchase)
	return slices.ContainsFunc(lines, func(l order.OrderLine) bool {
		return l.Cancelled > 0 && wished[l.LineID] > max(l.Left()-sent[l.LineID].inTime, 0)
	}), err
}

// ownRefunds are the refunds that were made for a claim.
func ownRefunds(c claim.Claim, refunds []ledger.Refund) []ledger.Refund {
	return slices.DeleteFunc(slices.Clone(refunds), func(r ledger.Refund) bool { return r.ClaimID != c.ClaimID && r.RefundID != c.RefundID })
}

// cameToNought says whether the money of a refund did not go back.
func cameToNought(r ledger.Refund) bool {
	return r.State == ledger.RefundFailed || r.State == ledger.RefundDeclined
}

// givenFor is what has gone back for a claim, or is on its way.
func givenFor(c claim.Claim, refunds []ledger.Refund) (sum int64) {
	for _, r := range ownRefunds(c, refunds) {
		if !cameToNought(r) {
			sum += r.AmountMinor
		}
	}
	return sum
}

// givenBefore is what went back for the claim of an exchange before the exchange was made: an
// earlier try of it came to nothing.
func givenBefore(x claim.Exchange, refunds []ledger.Refund) (sum int64) {
	for _, r := range refunds {
		if r.ClaimID == x.ClaimID && r.CreatedAt < x.CreatedAt && !cameToNought(r) {
			sum += r.AmountMinor
		}
	}
	return sum
}

// givenSince is what went back for a claim, or is on its way. Where another article came in the
// place of its units, what had gone back until then is part of what they are worth since.
func givenSince(ctx context.Context, tx *db.Tx, c claim.Claim) (int64, error) {
	refunds, err := ledger.RefundsOf(ctx, tx, c.StoreID, c.OrderID)
	given := givenFor(c, refunds)
	if err != nil || given == 0 {
		return 0, err
	}
	x, err := claim.ExchangeOf(ctx, tx, c)
	if claim.NoExchange(err) || err == nil && x.State != claim.ExchangeDone {
		return given, nil
	}
	return max(given-givenBefore(x, refunds)-max(-x.Difference().Minor, 0), 0), err
}

// isPaid says whether a claim is one that refunds settle; the money of an exchange is the
// exchange's.
func isPaid(c claim.Claim) bool {
	return c.RefundID != "" && c.Outcome != claim.Exchanged && c.Outcome != claim.Replacement
}

// paidOut says how the money of a claim stands: whether any is on its way, and whether what is
// there or on its way is all of it.
func paidOut(ctx context.Context, tx *db.Tx, c claim.Claim, refunds []ledger.Refund) (waits, whole bool, err error) {
	given, err := givenSince(ctx, tx, c)
	waits = slices.ContainsFunc(ownRefunds(c, refunds), func(r ledger.Refund) bool {
		return r.State != ledger.RefundSucceeded && !cameToNought(r)
	})
	return waits, given >= c.AmountMinor, err
}

// notPaidBefore refuses to settle a claim again whose money is on its way, or has gone back and
// stayed there: its units cannot be paid for twice.
func notPaidBefore(ctx context.Context, tx *db.Tx, c claim.Claim) error {
	if c.RefundID == "" {
		return nil
	}
	all, err := ledger.RefundsOf(ctx, tx, c.StoreID, c.OrderID)
	if err != nil {
		return err
	}
	_, whole, err := paidOut(ctx, tx, c, all)
	for _, r := range all {
		switch {
		case err != nil || r.RefundID != c.RefundID:
		case ledger.Replaced(all, r):
			return refuse("paid", "Another refund was made in its place.")
		case whole:
			return refuse("paid", "%s went back for it, or is on its way.", money.New(c.AmountMinor, r.Currency))
		}
	}
	return err
}

// paidBy are the claims that a refund settles, locked, and the refunds of their order.
func paidBy(ctx context.Context, tx *db.Tx, e event.Event) ([]claim.Claim, order.Order, []ledger.Refund, error) {
	all, err := ledger.RefundsOf(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return nil, order.Order{}, nil, err
	}
	list, o, err := claimsWhere(ctx, tx, e, func(c claim.Claim) bool {
		return isPaid(c) && slices.ContainsFunc(ownRefunds(c, all), func(r ledger.Refund) bool { return string(r.RefundID) == e.Subject })
	})
	return list, o, all, err
}

// settlePaid ends a claim all of whose money has gone back: more than one payment may have had to
// give some. Where the rest of it failed meanwhile people are told.
func settlePaid(ctx context.Context, tx *db.Tx, e event.Event) error {
	list, o, all, err := paidBy(ctx, tx, e)
	for i := range list {
		c := &list[i]
		waits, whole, err := paidOut(ctx, tx, *c, all)
		if err != nil {
			return err
		}
		switch {
		case c.State != claim.Settling || waits:
		case whole:
			err = stepClaim(ctx, tx, o, c, claim.Settle, "claim.settled", System, nil)
		default:
			c.Trouble = "A part of the money did not go back."
			err = stepClaim(ctx, tx, o, c, claim.Fail, "claim.failed", System, data{"words": c.Trouble})
		}
		if err != nil {
			return err
		}
	}
	return err
}

// failUnpaid brings a claim whose money, or a part of it, did not go back to people's eyes.
func failUnpaid(ctx context.Context, tx *db.Tx, e event.Event) error {
	r, err := ledger.GetRefund(ctx, tx, e.StoreID, id.Refund(e.Subject))
	if err != nil {
		return err
	}
	list, o, _, err := paidBy(ctx, tx, e)
	for i := range list {
		c := &list[i]
		c.Trouble = "The money did not go back: " + orElse(r.Words, "the provider does not say why") + "."
		switch c.State {
		case claim.Settling:
			err = stepClaim(ctx, tx, o, c, claim.Fail, "claim.failed", System, data{"words": c.Trouble})
		case claim.Settled:
			err = stepClaim(ctx, tx, o, c, claim.Reopen, "claim.reopened", System, data{"words": c.Trouble})
		}
		if err != nil {
			return err
		}
	}
	return err
}
