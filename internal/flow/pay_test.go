package flow_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
)

// Messages of a provider come twice, late and in any order: what is captured stays so.
func TestPaymentMessagesInAnyOrder(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		order := []string{"pending", "authorised", "captured", "captured"}
		for i := range 6 {
			placed := s.placed(1, 0)
			for _, j := range permutations[i] {
				s.paid(placed, order[j])
			}
			s.expect(placed.Order.OrderID, "open, waiting, paid")
			s.buys(placed.Order.OrderID, "Ali planned 1")
			s.money(placed.Order.OrderID, "cash 2300, sales -2300")
			s.mails(placed.Order.OrderID, "order-confirmed")
		}
	})
}

var permutations = [][]int{{0, 1, 2, 3}, {2, 0, 1, 3}, {1, 2, 0, 3}, {2, 3, 1, 0}, {2, 1, 0, 3}, {1, 0, 3, 2}}

func TestMessagesAtOnceBookOnce(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		placed := s.placed(1, 1)
		done := make(chan error)
		for range 5 {
			go func() {
				done <- s.Update(context.Background(), func(ctx context.Context, tx *db.Tx) error {
					_, err := flow.PaymentSaidSo(ctx, tx, s.store, flow.PaymentSaid{Payment: placed.Payment.PaymentID, State: "captured", Actor: "payment:bank"})
					return err
				})
			}()
		}
		for range 5 {
			s.must(<-done)
		}
		s.buys(placed.Order.OrderID, "Ali planned 2")
		s.money(placed.Order.OrderID, "cash 5300, sales -5300")
		s.stock(s.mug, 20, 1, 1)
	})
}

func TestAMessageAboutAnUnknownPayment(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			known, err := flow.PaymentSaidSo(ctx, tx, s.store, flow.PaymentSaid{Payment: "pa_none", Connector: bank, Ref: "pi_none", State: "captured"})
			if known {
				s.t.Error("it is known")
			}
			return err
		})
	})
}

// Named after what happened: a fee that was told after the capture was never booked.
func TestTheFeeComesLater(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		placed := s.bought(1, 0)
		said := flow.PaymentSaid{Payment: placed.Payment.PaymentID, State: "captured", FeeMinor: 90, FeeCurrency: "EUR", Actor: "payment:bank"}
		s.pays(said)
		s.pays(said)
		s.money(placed.Order.OrderID, "cash 2210, fees 90, sales -2300")
	})
}

func TestAuthoriseThenCapture(t *testing.T) {
	t.Parallel()
	for when, first := range map[string]bool{"accepted": true, "shipped": false} {
		t.Run(when, func(t *testing.T) {
			t.Parallel()
			each(t, "payment.capture=authorise capture.when="+when, func(s *shop) {
				s.split()
				placed := s.placed(1, 1)
				if placed.Payment.CaptureNow {
					s.t.Error("it is captured at once")
				}
				s.paid(placed, "authorised")
				s.expect(placed.Order.OrderID, "open, waiting, authorised")
				s.acknowledged()
				list := s.buys(placed.Order.OrderID, "Ali submitted 1; Bert submitted 1")
				s.says(list[0], flow.SupplierSaid{State: "accepted"})
				if n := len(s.tasks("payment.capture")); n != 0 {
					s.t.Errorf("%d captures before all have accepted", n)
				}
				s.says(list[1], flow.SupplierSaid{State: "accepted"})
				if n := len(s.tasks("payment.capture")); (n == 1) != first {
					s.t.Errorf("%d captures when all have accepted", n)
				}
				s.says(list[0], parcel("P1"))
				if n := len(s.tasks("payment.capture")); n != 1 {
					s.t.Errorf("%d captures when a parcel has left", n)
				}
				s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
				s.expect(placed.Order.OrderID, "open, partly shipped, paid")
			})
		})
	}
}

func TestACaptureWhoseAnswerIsLostIsAskedAgain(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise", func(s *shop) {
		placed := s.placed(1, 0)
		s.paid(placed, "authorised")
		s.acknowledged()
		s.says(s.purchases(placed.Order.OrderID)[0], flow.SupplierSaid{State: "accepted"})
		p := placed.Payment.PaymentID
		for range 2 {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				got, err := flow.BeginCapture(ctx, tx, s.store, p)
				if got == nil || got.State != ledger.PaymentCapturing {
					s.t.Errorf("%+v is to be captured", got)
				}
				return err
			})
			s.do(func(ctx context.Context, tx *db.Tx) error {
				return flow.EndCapture(ctx, tx, s.store, p, flow.Outcome{Kind: flow.Lost, Words: "cut off"}, nil)
			})
			s.expect(placed.Order.OrderID, "open, ordered, authorised")
			s.inOrder()
		}
		s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
		s.expect(placed.Order.OrderID, "open, ordered, paid")
		s.money(placed.Order.OrderID, "cash 2300, cost 800, sales -2300, supplier -800")
	})
}

// The goods are on order and the promised money is gone: a person must know.
func TestTheAuthorisationIsGone(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise", func(s *shop) {
		placed := s.placed(1, 0)
		s.paid(placed, "authorised")
		s.acknowledged()
		s.says(s.purchases(placed.Order.OrderID)[0], flow.SupplierSaid{State: "accepted"})
		s.act("capture", flow.Outcome{Kind: flow.RejectedCall, Code: "no", Words: "funds"}, "")
		s.expect(placed.Order.OrderID, "open, ordered, authorised, payment-refused")
		s.paid(placed, "expired")
		s.expect(placed.Order.OrderID, "open, ordered, unpaid, payment-lost")
	})
}

func TestMoneyOfACancelledOrderGoesBack(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		placed := s.placed(1, 0)
		s.later(30 * time.Minute)
		s.expire(s.tasks("order.expire")[0], 0)
		s.paid(placed, "captured")
		s.expect(placed.Order.OrderID, "cancelled, cancelled, paid")
		s.refunded()
		s.expect(placed.Order.OrderID, "cancelled, cancelled, refunded")
		s.money(placed.Order.OrderID, "")
		s.paid(placed, "captured")
		s.mails(placed.Order.OrderID, "refunded")
	})
}

func TestAnAuthorisationOfACancelledOrderIsLetGo(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise", func(s *shop) {
		placed := s.placed(1, 0)
		s.paid(placed, "authorised")
		s.cancel(placed.Order.OrderID)
		s.expect(placed.Order.OrderID, "cancelled, cancelled, authorised")
		s.do(func(ctx context.Context, tx *db.Tx) error { // a capture that was under way finds nothing to take
			p, err := flow.BeginCapture(ctx, tx, s.store, placed.Payment.PaymentID)
			if p != nil {
				s.t.Error("the money of a cancelled order is captured")
			}
			return err
		})
		for _, x := range s.tasks("payment.void") {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.BeginVoid(ctx, tx, s.store, x.payload.Payment)
				return err
			})
			s.inOrder() // named after what happened: the words of an order lied while its payment was being voided
		}
		s.act("void", flow.Outcome{Kind: flow.Done}, "voided")
		s.expect(placed.Order.OrderID, "cancelled, cancelled, unpaid")
		s.money(placed.Order.OrderID, "")
	})
}

// The capture was under way when the order was cancelled.
func TestACaptureThatIsRefusedAfterTheCancellation(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise hold=0s", func(s *shop) {
		placed := s.placed(1, 0)
		s.paid(placed, "authorised")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.BeginCapture(ctx, tx, s.store, placed.Payment.PaymentID)
			return err
		})
		s.cancel(placed.Order.OrderID)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.EndCapture(ctx, tx, s.store, placed.Payment.PaymentID, flow.Outcome{Kind: flow.RejectedCall, Code: "x"}, nil)
		})
		if n := len(s.tasks("payment.void")); n != 1 {
			s.t.Errorf("%d jobs let go of the money", n)
		}
	})
}

// Two payments of one order are both taken: the second is too much, and giving it back
// leaves the sale as it is.
func TestPaidTwice(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		first := s.place(p)
		s.paid(first, "failed")
		s.later(time.Second)
		second := s.place(p)
		s.paid(second, "captured")
		s.paid(first, "captured")
		o := first.Order.OrderID
		s.expect(o, "open, waiting, overpaid, overpaid")
		s.buys(o, "Ali planned 1")
		s.give(o, 2300)
		s.expect(o, "open, waiting, overpaid")
		s.refunded()
		s.expect(o, "open, waiting, paid")
		s.money(o, "cash 2300, sales -2300")
	})
}

func TestPaidTwiceAndCancelled(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		first := s.place(p)
		s.paid(first, "failed")
		s.later(time.Second)
		s.paid(s.place(p), "captured")
		s.paid(first, "captured")
		s.cancel(first.Order.OrderID)
		if n := len(s.tasks("refund.send")); n != 2 {
			s.t.Errorf("%d refunds", n)
		}
		s.refunded()
		s.expect(first.Order.OrderID, "cancelled, cancelled, refunded")
		s.money(first.Order.OrderID, "")
	})
}

// Every order of two payments' lives ends in an audit that is clean, whatever the messages.
func TestAnyMessagesLeaveTheBooksInOrder(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise hold=0s", func(s *shop) {
		states := []string{"pending", "authorised", "captured", "failed", "voided", "expired"}
		seed := 7
		for range 12 {
			placed := s.placed(1, 0)
			for range 4 {
				seed = seed * 1103515245 % 2147483647
				s.paid(placed, states[seed%len(states)])
				if state := s.order(placed.Order.OrderID).State; seed%5 == 0 && state != "cancelled" && state != "cancelling" {
					s.cancel(placed.Order.OrderID)
				}
			}
			s.inOrder()
			o := s.order(placed.Order.OrderID)
			if o.State == "open" && slices.Contains([]string{"unpaid"}, o.Money) && !o.NeedsPerson {
				s.t.Errorf("%s is open and unpaid and nobody is told", fmt.Sprint(o.Name()))
			}
		}
	})
}
