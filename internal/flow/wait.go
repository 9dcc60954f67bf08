package flow

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
)

// How long a provider may take before a person is told: cards take up to ten days to give
// money back, and an authorisation lives for a week.
const (
	refundPatience = 10 * 24 * time.Hour
	voidPatience   = 8 * 24 * time.Hour
)

// RetryRefund gives money back once more after a refund that failed: a new refund of the same
// amount with a key of its own, because providers repeat their answer to an old one. It is
// made once for each failure, and never for more than is refundable.
func RetryRefund(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund, actor Actor) (made ledger.Refund, err error) {
	found, err := ledger.GetRefund(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return made, refuse("not-found", "There is no refund %s.", name)
	}
	if err != nil {
		return made, err
	}
	return made, change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		all, err := ledger.RefundsOf(ctx, tx, s, o.OrderID)
		if err != nil {
			return err
		}
		failed, err := ledger.LockRefund(ctx, tx, s, name)
		switch {
		case err != nil:
			return err
		case failed.State != ledger.RefundFailed:
			return refuse("not-possible", "This refund is %s: there is nothing to try again.", failed.State)
		case ledger.Replaced(all, failed):
			return refuse("not-possible", "This refund was tried again already.")
		}
		if err := claimWantsIt(ctx, tx, failed); err != nil {
			return err
		}
		made, err = askRefund(ctx, tx, o, failed.AmountMinor, giveBack{Reason: failed.Reason, Actor: actor, Claim: failed.ClaimID,
			Payment: failed.PaymentID, ToCredit: failed.ToCredit})
		return err
	})
}

// claimWantsIt refuses to try a refund again whose claim was decided anew since it failed: what
// was decided then goes back already, or nothing does.
func claimWantsIt(ctx context.Context, tx *db.Tx, failed ledger.Refund) error {
	if failed.ClaimID == "" {
		return nil
	}
	c, err := claim.Get(ctx, tx, failed.StoreID, failed.ClaimID)
	if err != nil || c.Outcome == claim.Exchanged || c.Outcome == claim.Replacement { // its money is the exchange's
		return err
	}
	given, err := givenSince(ctx, tx, c)
	decided := c.State == claim.Failed || c.State == claim.Settling || c.State == claim.Settled
	if err != nil || decided && given+failed.AmountMinor <= c.AmountMinor {
		return err
	}
	return refuse("not-possible", "Claim %s, for which this refund was made, is %s and was decided anew: see to it there.", c.Number, c.State)
}

// RefundWaits notes that a provider has had a refund for so long that a person must look;
// nothing happens before that.
func RefundWaits(ctx context.Context, tx *db.Tx, s id.Store, name id.Refund) error {
	found, err := ledger.GetRefund(ctx, tx, s, name)
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		r, err := ledger.LockRefund(ctx, tx, s, name)
		if err != nil || r.Slow || r.State != ledger.RefundSending || r.PendingAt == 0 || tx.Now.Sub(r.PendingAt) < refundPatience {
			return err
		}
		r.Slow = true
		if err := ledger.SaveRefund(ctx, tx, r); err != nil {
			return err
		}
		return note(ctx, tx, o, "refund.slow", string(name), System, data{"amount": r.Amount(), "since": r.PendingAt})
	})
}

// VoidWaits ends a payment that was to be let go of once its authorisation has lapsed, and
// notes that a person must look where nothing came of it for many days.
func VoidWaits(ctx context.Context, tx *db.Tx, s id.Store, name id.Payment) error {
	found, err := ledger.GetPayment(ctx, tx, s, name)
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		p, err := ledger.LockPayment(ctx, tx, s, name)
		switch {
		case err != nil || p.State != ledger.PaymentVoiding:
			return err
		case p.LapsesAt != 0 && tx.Now > p.LapsesAt:
			return applyPayment(ctx, tx, o, p, PaymentSaid{State: "expired", Words: "the authorisation has lapsed", Actor: System})
		case p.Slow || tx.Now.Sub(p.UpdatedAt) < voidPatience:
			return nil
		}
		p.Slow = true
		if err := ledger.SavePayment(ctx, tx, p); err != nil {
			return err
		}
		return note(ctx, tx, o, "payment.void-slow", string(name), System, data{"since": p.UpdatedAt})
	})
}
