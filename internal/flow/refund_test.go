package flow_test

import (
	"context"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/money"
)

// give asks for a refund.
func (s *shop) give(o id.Order, minor int64) (made ledger.Refund) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.AskRefund(ctx, tx, s.store, o, minor, "goodwill", me)
		return err
	})
	return made
}

func (s *shop) cannotGive(o id.Order, minor int64) {
	s.t.Helper()
	s.refused("not-refundable", func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.AskRefund(ctx, tx, s.store, o, minor, "goodwill", me)
		return err
	})
}

func TestARefund(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.refused("amount", func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.AskRefund(ctx, tx, s.store, o, 0, "", me)
			return err
		})
		s.cannotGive(o, 2301)
		s.give(o, 300)
		s.cannotGive(o, 2001)
		s.refunded()
		s.refunded()
		s.expect(o, "open, waiting, partly refunded")
		s.money(o, "cash 2000, sales -2000")
		s.give(o, 2000)
		s.refunded()
		s.expect(o, "open, waiting, refunded")
		s.mails(o, "order-confirmed refunded refunded")
	})
}

func TestARefundOfAnUnpaidOrder(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) { s.cannotGive(s.placed(1, 0).Order.OrderID, 1) })
}

func TestARefundWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		found flow.Outcome
		said  *flow.RefundSaid
		want  string
	}{
		"found":       {flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "succeeded"}, "open, waiting, partly refunded"},
		"found dead":  {flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "failed", Words: "closed account"}, "open, waiting, paid, refund-failed"},
		"not there":   {flow.Outcome{Kind: flow.NotFound}, nil, "open, waiting, partly refunded"},
		"not allowed": {flow.Outcome{Kind: flow.RejectedCall, Code: "403", Words: "no look-ups"}, nil, "open, waiting, paid, refund-uncertain"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 0).Order.OrderID
				s.give(o, 300)
				s.refund("refund.send", flow.Outcome{Kind: flow.Lost, Words: "cut off"}, nil)
				s.expect(o, "open, waiting, paid, refund-uncertain")
				s.cannotGive(o, 2001)
				s.inOrder()
				s.refund("refund.find", c.found, c.said)
				s.refunded() // what was not there is sent again
				s.expect(o, c.want)
			})
		})
	}
}

// A worker died between the call and its result: nobody knows, so it is looked up.
func TestARefundOfADeadWorker(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		r := s.give(o, 300)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.BeginRefund(ctx, tx, s.store, r.RefundID)
			return err
		})
		s.inOrder()
		s.refund("refund.send", flow.Outcome{Kind: flow.Done}, nil)
		s.expect(o, "open, waiting, paid, refund-uncertain") // named after what happened: the words knew nothing of it
		s.inOrder()
		s.refund("refund.find", flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "succeeded"})
		s.expect(o, "open, waiting, partly refunded")
	})
}

func TestARefundThatIsNotSentOrRejected(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.give(o, 300)
		s.refund("refund.send", flow.Outcome{Kind: flow.NotSent, Words: "429"}, nil)
		s.expect(o, "open, waiting, paid")
		s.refund("refund.send", flow.Outcome{Kind: flow.RejectedCall, Code: "x", Words: "no funds"}, nil)
		s.expect(o, "open, waiting, paid, refund-failed")
		s.money(o, "cash 2300, sales -2300")
		s.give(o, 2300)
	})
}

// The provider's message is quicker than its answer, and the answer of a repeated call says
// that there is nothing more to give back.
func TestAMessageOvertakesTheRefundsAnswer(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		r := s.give(o, 300)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.BeginRefund(ctx, tx, s.store, r.RefundID)
			return err
		})
		said := flow.RefundSaid{Refund: r.RefundID, State: "succeeded", Actor: "payment:bank"}
		for range 2 {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.RefundSaidSo(ctx, tx, s.store, said)
				return err
			})
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.EndRefund(ctx, tx, s.store, r.RefundID, flow.Outcome{Kind: flow.RejectedCall, Code: "charge_already_refunded"}, nil)
		})
		sending := s.tasks("refund.send")[0]
		s.do(func(ctx context.Context, tx *db.Tx) error { return finish(ctx, tx, sending) })
		s.expect(o, "open, waiting, partly refunded")
		s.money(o, "cash 2000, sales -2000")
	})
}

func TestARefundThatBounces(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		r := s.give(o, 300)
		s.refunded()
		bounce := func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RefundSaidSo(ctx, tx, s.store, flow.RefundSaid{Refund: r.RefundID, State: "failed", Words: "account closed", Actor: "payment:bank"})
			return err
		}
		s.do(bounce)
		s.do(bounce)
		s.expect(o, "open, waiting, paid, refund-failed")
		s.money(o, "cash 2300, sales -2300")
		s.cancel(o) // named after what happened: the bounced part of the sale was never undone
		s.refunded()
		s.money(o, "")
	})
}

func (s *shop) dispute(p flow.Placed, state string, withdrawn bool) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		known, err := flow.DisputeSaidSo(ctx, tx, s.store, flow.DisputeSaid{Connector: bank, PaymentRef: "pi_" + string(p.Payment.PaymentID), Ref: "dp_1",
			State: state, AmountMinor: 2300, Currency: "EUR", Withdrawn: withdrawn, Actor: "payment:bank"})
		if !known {
			s.t.Error("the payment is not known")
		}
		return err
	})
}

func TestAChargebackBlocksRefunds(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.bought(1, 0)
		o := p.Order.OrderID
		for _, step := range []struct {
			state     string
			withdrawn bool
			want      string
			money     string
			blocked   bool
		}{
			{"inquiry", false, "open, waiting, disputed, chargeback", "cash 2300, sales -2300", true},
			{"opened", true, "open, waiting, disputed, chargeback", "disputed 2300, sales -2300", true},
			{"answered", true, "open, waiting, disputed, chargeback", "disputed 2300, sales -2300", true},
			{"won", false, "open, waiting, paid", "cash 2300, sales -2300", false},
			{"opened", true, "open, waiting, paid", "cash 2300, sales -2300", false}, // late news
			{"answered", false, "open, waiting, paid", "cash 2300, sales -2300", false},
		} {
			s.dispute(p, step.state, step.withdrawn)
			s.dispute(p, step.state, step.withdrawn)
			s.expect(o, step.want)
			s.money(o, step.money)
			if step.blocked {
				s.cannotGive(o, 1)
			}
			s.inOrder()
		}
		s.give(o, 1)
	})
}

// A notice of too little, or of another currency, is recorded and releases nothing.
func TestAWrongAmountReleasesNothing(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placed(1, 0)
		say := func(minor int64, c money.Currency) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.PaymentSaidSo(ctx, tx, s.store, flow.PaymentSaid{Payment: p.Payment.PaymentID, State: "captured",
					AmountMinor: minor, Currency: c, Actor: "payment:bank"})
				return err
			})
		}
		say(2300, "USD")
		s.expect(p.Order.OrderID, "pending, waiting, unpaid")
		say(100, "EUR")
		s.expect(p.Order.OrderID, "pending, waiting, partly paid, underpaid")
		s.inOrder()
	})
}

// What the provider charges for a chargeback is booked once and stays, won or lost.
func TestTheFeeOfAChargebackIsBookedOnce(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.bought(1, 0)
		for _, state := range []string{"opened", "opened", "won"} {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.DisputeSaidSo(ctx, tx, s.store, flow.DisputeSaid{Connector: bank, PaymentRef: "pi_" + string(p.Payment.PaymentID),
					Ref: "dp_1", State: state, AmountMinor: 2300, Currency: "EUR", FeeMinor: 1500, FeeCurrency: "EUR",
					Withdrawn: state != "won", Actor: "payment:bank"})
				return err
			})
		}
		s.money(p.Order.OrderID, "cash 800, fees 1500, sales -2300")
		s.inOrder()
	})
}

// The messages of a chargeback come in any order: what is decided stays decided, and money
// that the bank took is not booked back by old news.
func TestALostChargebackInAnyOrder(t *testing.T) {
	t.Parallel()
	type news struct {
		state     string
		withdrawn bool
	}
	created, withdrawn, answered, lost := news{"opened", false}, news{"opened", true}, news{"answered", true}, news{"lost", true}
	for name, list := range map[string][]news{
		"in order":         {created, withdrawn, answered, lost},
		"backwards":        {lost, answered, withdrawn, created},
		"created is late":  {withdrawn, created, lost, answered},
		"an inquiry first": {{"inquiry", false}, lost, created},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				p := s.bought(1, 0)
				for _, n := range list {
					s.dispute(p, n.state, n.withdrawn)
				}
				s.expect(p.Order.OrderID, "open, waiting, paid")
				s.money(p.Order.OrderID, "disputed 2300, sales -2300")
				s.cannotGive(p.Order.OrderID, 1)
			})
		})
	}
}

func TestAChargebackOpensAClosedOrder(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.expect(p.Order.OrderID, "closed, delivered, paid")
		s.dispute(p, "opened", true)
		s.expect(p.Order.OrderID, "open, delivered, disputed, chargeback")
		s.dispute(p, "won", false)
		s.expect(p.Order.OrderID, "closed, delivered, paid")
	})
}
