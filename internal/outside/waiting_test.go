package outside_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
)

// The bank takes days over a refund and its message gets lost: it is asked.
func TestAPendingRefundIsAskedFor(t *testing.T) {
	t.Parallel()
	for _, ok := range []bool{true, false} {
		each(t, func(h *house) {
			placed := h.paid(1)
			h.bank.SlowRefunds(true)
			var asked ledger.Refund
			h.update(func(ctx context.Context, tx *db.Tx) (err error) {
				asked, err = flow.AskRefund(ctx, tx, h.store, placed.Order.OrderID, 500, "goodwill", "staff:us_mo")
				return err
			})
			h.work()
			h.later(26*time.Hour, 2*time.Hour)
			if o := h.order(placed); o.Money != "paid" {
				h.t.Fatalf("too early: %s", o.Money)
			}
			h.deaf.Store(true)
			refund := h.refund(asked)
			if refund.State != ledger.RefundSending || refund.PendingAt == 0 {
				h.t.Fatalf("while the bank thinks: %+v", refund)
			}
			h.must(h.bank.SettleRefund(refund.Ref, ok))
			h.must(h.out.Schedule(h.t.Context()))
			h.later(2*time.Hour, time.Hour)
			want := map[bool]ledger.RefundState{true: ledger.RefundSucceeded, false: ledger.RefundFailed}[ok]
			if got := h.refund(asked); got.State != want {
				h.t.Errorf("in the end: %+v; want %s", got, want)
			}
			h.deaf.Store(false)
		})
	}
}

// The answer of a refund was lost, and the provider refused to be asked: a person asks once more,
// and as nothing has gone back it is sent again.
func TestARefundOfUnknownFateIsAskedForByAPerson(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.paid(1)
		var asked ledger.Refund
		h.update(func(ctx context.Context, tx *db.Tx) (err error) {
			if asked, err = flow.AskRefund(ctx, tx, h.store, placed.Order.OrderID, 500, "goodwill", "staff:us_mo"); err != nil {
				return err
			}
			_, err = flow.BeginRefund(ctx, tx, h.store, asked.RefundID)
			return err
		})
		for _, kind := range []string{flow.Lost, flow.RejectedCall} {
			h.update(func(ctx context.Context, tx *db.Tx) error {
				if err := flow.EndRefund(ctx, tx, h.store, asked.RefundID, flow.Outcome{Kind: kind, Words: "no"}, nil); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, "DELETE FROM jobs WHERE kind IN ('refund.send', 'refund.find')")
				return err
			})
		}
		h.later(2*time.Hour, time.Hour)
		if got := h.refund(asked); got.State != ledger.RefundUncertain {
			h.t.Fatalf("it is %s", got.State)
		}
		for range 2 { // pressed twice
			h.must(h.out.AskRefund(h.t.Context(), h.store, asked.RefundID))
		}
		h.later(2*time.Hour, 20*time.Minute)
		if got := h.refund(asked); got.State != ledger.RefundSucceeded {
			h.t.Errorf("in the end it is %s", got.State)
		}
		if _, back := h.captured(); back != 500 {
			h.t.Errorf("%d went back", back)
		}
	})
}

func (h *house) refund(r ledger.Refund) (got ledger.Refund) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = ledger.GetRefund(ctx, tx, h.store, r.RefundID)
		return err
	})
	return got
}

// Whoever comes back to the payment of an order that is cancelled is not led to the bank.
func TestACancelledOrderIsNotPaid(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.place(h.buyer(1), h.stripe, false)
		h.update(cancel(h, placed))
		begun, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url+"/thanks", h.url+"/cart")
		h.must(err)
		if begun.State != "failed" || begun.URL != "" || begun.Words == "" || len(h.bank.Books()) != 0 {
			h.t.Errorf("begun: %+v, %d payments", begun, len(h.bank.Books()))
		}
	})
}

// The janitor sees work that was given up.
func TestTheJanitorNamesWorkThatWasGivenUp(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.paid(1)
		h.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE jobs SET parked = TRUE WHERE kind = 'purchase.submit'")
			return err
		})
		h.must(h.out.Schedule(h.t.Context()))
		h.later(2*time.Minute, time.Minute)
		if r := h.order(placed).Reasons(); len(r) != 1 || r[0].Code != "given-up" || r[0].Action != "retry-job" {
			h.t.Errorf("reasons %+v", r)
		}
	})
}
