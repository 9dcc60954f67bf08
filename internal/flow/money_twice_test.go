package flow_test

import (
	"testing"
	"time"

	"doorstep/internal/flow"
)

// A refund was approved and has not left (its provider was busy) when the bank steps in: it
// waits for the bank, because the bank may give the same money back.
func TestARefundOnItsWayWaitsForTheBank(t *testing.T) {
	t.Parallel()
	for decided, want := range map[string]string{
		"won": "open, waiting, partly refunded", "lost": "open, waiting, paid", "dropped": "open, waiting, partly refunded",
	} {
		t.Run(decided, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				p := s.bought(1, 0)
				o := p.Order.OrderID
				s.give(o, 300)
				s.refund("refund.send", flow.Outcome{Kind: flow.NotSent, Words: "busy"}, nil)
				s.dispute(p, "opened", true)
				s.refunded()
				s.expect(o, "open, waiting, disputed, chargeback")
				s.dispute(p, decided, decided == "lost")
				s.refunded()
				s.expect(o, want)
				s.inOrder()
			})
		})
	}
}

// A customer with two windows promised the money twice: it is taken once, and the other
// promise is let go.
func TestPromisedTwiceIsTakenOnce(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		first := s.place(p)
		s.paid(first, "failed")
		s.later(time.Second)
		second := s.place(p)
		s.paid(second, "authorised")
		s.paid(first, "authorised")
		o := first.Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted"})
		if n := len(s.tasks("payment.capture")); n != 2 {
			s.t.Fatalf("%d captures", n)
		}
		s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
		s.expect(o, "open, ordered, paid")
		if n := len(s.tasks("payment.void")); n != 1 {
			s.t.Errorf("%d are let go", n)
		}
		s.act("void", flow.Outcome{Kind: flow.Done}, "voided")
		s.expect(o, "open, ordered, paid")
		s.inOrder()
	})
}

// A capture or a void that the provider refuses is asked by no job again: a person is told.
func TestARefusedCaptureIsShown(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		first := s.placed(1, 0)
		o := first.Order.OrderID
		s.paid(first, "authorised")
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted"})
		s.act("capture", flow.Outcome{Kind: flow.RejectedCall, Code: "no", Words: "not today"}, "")
		s.expect(o, "open, ordered, authorised, payment-refused")
		if !s.order(o).NeedsPerson {
			s.t.Error("nobody is told")
		}
		s.paid(first, "captured")
		s.expect(o, "open, ordered, paid")
	})
}
