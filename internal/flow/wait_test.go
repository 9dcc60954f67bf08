package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

const day = 24 * time.Hour

func (s *shop) refundWaits(r id.Refund) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.RefundWaits(ctx, tx, s.store, r) })
}

// A refund that the provider keeps for many days is shown to a person, and not before.
func TestARefundThatTakesTooLong(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		r := s.give(o, 300).RefundID
		s.refund("refund.send", flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "pending", Ref: "re_1"})
		s.later(9 * day)
		s.refundWaits(r)
		s.expect(o, "open, waiting, paid")
		s.later(2 * day)
		s.refundWaits(r)
		s.expect(o, "open, waiting, paid, refund-slow")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RefundSaidSo(ctx, tx, s.store, flow.RefundSaid{Refund: r, State: "succeeded", Actor: "payment:bank"})
			return err
		})
		s.expect(o, "open, waiting, partly refunded")
	})
}

// A refund that failed is tried again once: the reason is gone when another of the amount is
// on its way, and a second press of the button gives nothing more.
func TestAFailedRefundIsTriedAgainOnce(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		r := s.give(o, 300).RefundID
		s.refund("refund.send", flow.Outcome{Kind: flow.RejectedCall, Code: "balance", Words: "too little money"}, nil)
		s.expect(o, "open, waiting, paid, refund-failed")
		again := func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RetryRefund(ctx, tx, s.store, r, me)
			return err
		}
		s.do(again)
		s.refused("not-possible", again)
		s.expect(o, "open, waiting, paid")
		s.refund("refund.send", flow.Outcome{Kind: flow.RejectedCall, Code: "balance", Words: "too little money"}, nil)
		s.expect(o, "open, waiting, paid, refund-failed, refund-failed")
		s.do(again)
		s.refunded()
		s.money(o, "cash 2000, sales -2000")
		s.expect(o, "open, waiting, partly refunded, refund-failed")
		s.give(o, 300) // by the usual form
		s.refunded()
		s.expect(o, "open, waiting, partly refunded")
		s.refused("not-possible", again)
		s.refused("not-found", func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RetryRefund(ctx, tx, s.store, "re_none", me)
			return err
		})
	})
}

// The provider lets go by itself: when the authorisation has lapsed it is over, without a word.
func TestAnAuthorisationThatLapsesWhileItIsLetGo(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise", func(s *shop) {
		p := s.placed(1, 0)
		s.pays(flow.PaymentSaid{Payment: p.Payment.PaymentID, Connector: bank, Ref: "pi_1", State: "authorised", Lapses: p.Order.PlacedAt.Add(7 * day), Actor: "payment:bank"})
		s.cancel(p.Order.OrderID)
		s.act("void", flow.Outcome{Kind: flow.RejectedCall, Code: "no-void", Words: "it lapses by itself"}, "")
		waits := func(ctx context.Context, tx *db.Tx) error {
			return flow.VoidWaits(ctx, tx, s.store, p.Payment.PaymentID)
		}
		s.do(waits)
		s.expect(p.Order.OrderID, "cancelled, cancelled, unpaid")
		s.later(7*day + time.Hour)
		s.do(waits)
		if got := s.column("SELECT state FROM payments"); got != "expired" {
			s.t.Errorf("it is %s", got)
		}
	})
}

func TestAVoidThatTakesTooLong(t *testing.T) {
	t.Parallel()
	eachShop(t, "payment.capture=authorise", func(s *shop) {
		p := s.placed(1, 0)
		s.paid(p, "authorised")
		s.cancel(p.Order.OrderID)
		s.act("void", flow.Outcome{Kind: flow.RejectedCall, Code: "no-void", Words: "it lapses by itself"}, "")
		s.later(9 * day)
		for range 2 {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				return flow.VoidWaits(ctx, tx, s.store, p.Payment.PaymentID)
			})
			s.expect(p.Order.OrderID, "cancelled, cancelled, unpaid, void-slow")
		}
		s.paid(p, "voided")
		s.expect(p.Order.OrderID, "cancelled, cancelled, unpaid")
	})
}

// The bank took the money back for good: nothing is left to give back.
func TestNothingToReturnAfterALostChargeback(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.bought(1, 0)
		s.dispute(p, "opened", true)
		s.cancel(p.Order.OrderID)
		s.expect(p.Order.OrderID, "cancelled, cancelled, disputed, chargeback, money-to-return")
		s.dispute(p, "lost", true)
		s.expect(p.Order.OrderID, "cancelled, cancelled, paid")
	})
}

// An order that costs nothing is confirmed without anybody paying.
func TestNothingToPay(t *testing.T) {
	t.Parallel()
	each(t, "shipping.price=free", func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE variants SET price_minor = 0")
			return err
		})
		p := s.placed(1, 0)
		if p.Order.TotalMinor != 0 || p.Payment.State != "captured" {
			s.t.Errorf("total %d, payment %s", p.Order.TotalMinor, p.Payment.State)
		}
		s.expect(p.Order.OrderID, "open, waiting, paid, held-margin")
		s.mails(p.Order.OrderID, "order-confirmed")
	})
}

// Whoever buys for somebody else, or types a stranger's mail address, does not rename them.
func TestTheFirstNameOfACustomerStays(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.placed(1, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE customers SET name = 'Ann First', email = 'ann2@shop.example'")
			return err
		})
		s.placed(1, 0)
		if got := s.column("SELECT name FROM customers"); got != "Ann First" {
			s.t.Errorf("it is called %s", got)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "UPDATE customers SET name = '', email = 'ann3@shop.example'")
			return err
		})
		s.placed(1, 0)
		if got := s.column("SELECT name FROM customers"); got == "" {
			s.t.Error("an empty name stays empty")
		}
	})
}

// A refund failed and its claim was then settled for less: when the failed one was tried again as
// well, both went back.
func TestAFailedRefundOfAClaimThatWasDecidedAnew(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		c := s.claims(p.Order.OrderID, claim.Damaged, claim.Partial, 1)
		partly := func(minor int64) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.ApproveClaim(ctx, tx, s.store, c.ClaimID, flow.ClaimYes{Outcome: claim.Partial, AmountMinor: minor, Actor: me})
			}
		}
		s.do(partly(1100))
		s.refund("refund.send", flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "failed", Words: "closed account", Actor: "payment:bank"})
		failed := id.Refund(s.column("SELECT refund_id FROM refunds"))
		again := func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RetryRefund(ctx, tx, s.store, failed, me)
			return err
		}
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.refused("not-possible", again)
		s.do(partly(700))
		s.refused("not-possible", again)
		s.refunded()
		s.refused("not-possible", again)
		s.wentBack(p.Order.OrderID, 700)
		s.expectClaim(c, "settled partial 700")
	})
}
