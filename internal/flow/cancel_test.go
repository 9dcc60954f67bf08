package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
)

var canCancel = flow.Powers{Cancel: true}

func TestCancelBeforePaying(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.placed(2, 0).Order.OrderID
		s.cancel(o)
		s.refused("already", func(ctx context.Context, tx *db.Tx) error {
			return flow.CancelOrder(ctx, tx, s.store, o, "me too", "staff:us_2")
		})
		s.expect(o, "cancelled, cancelled, unpaid")
		s.stock(s.mug, 20, 0, 0)
		s.mails(o, "")
	})
}

// Named after what happened: an order could not be cancelled within its hold window.
func TestCancelWithinTheHoldWindow(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.split()
		o := s.bought(2, 1).Order.OrderID
		s.buys(o, "Ali planned 2; Bert planned 1")
		s.cancel(o)
		s.expect(o, "cancelled, cancelled, paid")
		s.buys(o, "Ali cancelled 2; Bert cancelled 1")
		s.stock(s.mug, 10, 0, 0)
		s.stock(s.bowl, 10, 0, 0)
		s.acknowledged() // the jobs are gone
		s.refunded()
		s.expect(o, "cancelled, cancelled, refunded")
		s.money(o, "")
		s.mails(o, "cancelled order-confirmed refunded")
	})
}

func TestCancelWhileItIsHeld(t *testing.T) {
	t.Parallel()
	each(t, "forwarding=manual", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.cancel(o)
		s.expect(o, "cancelled, cancelled, paid")
	})
}

// The call is under way when the customer changes his mind: its answer decides.
func TestCancelWhileItIsSent(t *testing.T) {
	t.Parallel()
	placed := &flow.SupplierSaid{Ref: "A1", State: "placed"}
	for name, c := range map[string]struct {
		out  flow.Outcome
		said *flow.SupplierSaid
		can  flow.Powers
		want string
		buys string
	}{
		"it arrived":       {flow.Outcome{Kind: flow.Done}, placed, canCancel, "cancelled, cancelled, paid", "Ali cancelled 1"},
		"it was refused":   {flow.Outcome{Kind: flow.RejectedCall, Words: "no"}, nil, canCancel, "cancelled, cancelled, paid", "Ali rejected 1"},
		"it was not sent":  {flow.Outcome{Kind: flow.NotSent}, nil, canCancel, "cancelled, cancelled, paid", "Ali cancelled 1"},
		"nobody knows yet": {flow.Outcome{Kind: flow.Lost}, nil, flow.Powers{Find: true, Cancel: true}, "cancelling, waiting, paid, uncertain", "Ali uncertain 1"},
		"no second order":  {flow.Outcome{Kind: flow.Lost}, nil, flow.Powers{Repeats: time.Hour}, "cancelling, waiting, paid, uncertain", "Ali uncertain 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 0).Order.OrderID
				job := s.tasks("purchase.submit")[0]
				s.beginSubmit(job, c.can)
				s.cancel(o)
				s.expect(o, "cancelling, waiting, paid")
				s.inOrder()
				s.endSubmit(job, c.out, c.said, c.can)
				s.cancelled(flow.Outcome{Kind: flow.Done}, c.can)
				s.expect(o, c.want)
				s.buys(o, c.buys)
				if c.can.Find {
					s.find(flow.Outcome{Kind: flow.NotFound}, nil)
					s.expect(o, "cancelled, cancelled, paid")
				}
			})
		})
	}
}

// A worker died in the call, then the order was cancelled: the dead call is not repeated.
func TestCancelAfterAWorkerDied(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		job := s.tasks("purchase.submit")[0]
		can := flow.Powers{Repeats: time.Hour}
		s.beginSubmit(job, can)
		s.cancel(o)
		if s.beginSubmit(job, can) {
			s.t.Error("it is sent for an order that is being cancelled")
		}
		s.expect(o, "cancelling, waiting, paid, uncertain")
		p := s.purchases(o)[0].PurchaseID
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveUncertain(ctx, tx, s.store, p, false, "", me)
		})
		s.expect(o, "cancelled, cancelled, paid")
	})
}

// A purchase had been put back to be sent while its order is being cancelled because of another.
func TestCancelWithOneThatWasPutBack(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.split()
		o := s.bought(1, 1).Order.OrderID
		list := s.purchases(o)
		jobs := []task{s.sending(list[0]), s.sending(list[1])}
		for _, j := range jobs {
			s.beginSubmit(j, canCancel)
		}
		s.cancel(o)
		s.endSubmit(jobs[0], flow.Outcome{Kind: flow.NotSent}, nil, canCancel)
		s.expect(o, "cancelling, waiting, paid")
		s.endSubmit(jobs[1], flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "B1", State: "accepted"}, canCancel)
		s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
		s.expect(o, "cancelled, cancelled, paid")
		s.stock(s.mug, 10, 0, 0)
	})
}

func TestCancelAfterTheSupplierHasIt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		out  flow.Outcome
		can  flow.Powers
		want string
	}{
		"granted":                 {flow.Outcome{Kind: flow.Done}, canCancel, "cancelled, cancelled, paid"},
		"never heard of it":       {flow.Outcome{Kind: flow.NotFound}, canCancel, "cancelled, cancelled, paid"},
		"refused":                 {flow.Outcome{Kind: flow.RejectedCall, Code: "late", Words: "packed"}, canCancel, "open, ordered, paid"},
		"lost":                    {flow.Outcome{Kind: flow.Lost}, canCancel, "cancelling, ordered, paid"},
		"not sent":                {flow.Outcome{Kind: flow.NotSent}, canCancel, "cancelling, ordered, paid"},
		"only a person can do it": {flow.Outcome{Kind: flow.RejectedCall}, flow.Powers{}, "cancelling, ordered, paid, cancel-by-hand"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 0).Order.OrderID
				s.acknowledged()
				s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted"})
				s.cancel(o)
				s.expect(o, "cancelling, ordered, paid")
				s.inOrder()
				s.cancelled(c.out, c.can)
				s.expect(o, c.want)
			})
		})
	}
}

func TestAPersonAsksToCancel(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		stopped, not := s.bought(1, 0).Order.OrderID, s.bought(1, 0).Order.OrderID
		s.acknowledged()
		s.cancel(stopped)
		s.cancel(not)
		s.cancelled(flow.Outcome{Kind: flow.RejectedCall}, flow.Powers{})
		p, q := s.purchases(stopped)[0].PurchaseID, s.purchases(not)[0].PurchaseID
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveCancel(ctx, tx, s.store, p, true, "", me)
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveCancel(ctx, tx, s.store, q, false, "packed", me)
		})
		s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveCancel(ctx, tx, s.store, q, false, "", me)
		})
		s.expect(stopped, "cancelled, cancelled, paid")
		s.expect(not, "open, ordered, paid")
	})
}

// The supplier's news of the cancellation comes by itself, twice, before our question is answered.
func TestTheSuppliersNewsOfACancellation(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.acknowledged()
		s.cancel(o)
		for range 2 {
			s.says(s.purchases(o)[0], flow.SupplierSaid{State: "cancelled"})
			s.expect(o, "cancelled, cancelled, paid")
		}
		s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
		s.buys(o, "Ali cancelled 1")
		s.money(o, "cash 2300, customer -2300")
	})
}

// It ships while we ask: the order is kept, and closed when all has arrived meanwhile.
func TestItShipsWhileWeAsk(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.acknowledged()
		s.cancel(o)
		s.says(s.purchases(o)[0], parcel("P1"))
		s.expect(o, "open, shipped, paid")
		s.cancelled(flow.Outcome{Kind: flow.Lost}, canCancel)
		s.tracked("P1", "delivered", time.Hour)
		s.expect(o, "closed, delivered, paid")
		s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error { return flow.CancelOrder(ctx, tx, s.store, o, "", me) })
	})
}

func TestItArrivesWhileWeAsk(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.split()
		o := s.bought(1, 1).Order.OrderID
		s.acknowledged()
		list := s.purchases(o)
		s.says(list[0], parcel("P1"))
		s.cancel(o)
		s.tracked("P1", "delivered", time.Hour)
		s.expect(o, "cancelling, partly delivered, paid")
		s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
		s.expect(o, "closed, delivered, paid") // all that is left of it
		s.refunded()
		s.expect(o, "closed, delivered, partly refunded")
	})
}

// One supplier can stop, the other cannot: the customer gets the share of what will not come
// back, to the cent, and its stock is free.
func TestPartOfAnOrderIsKept(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ settings, money, after string }{
		"tax included": {"tax.rate=19", "cash 4600, cost 1300, sales -4600, supplier -1300", "partly refunded"},
		"tax on top":   {"tax.rate=19 tax.included=false", "cash 5474, cost 1300, sales -5474, supplier -1300", "partly refunded"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, c.settings, func(s *shop) {
				s.split()
				o := s.bought(2, 1).Order.OrderID // 2 x 20 + 30, shipping 6.00
				s.acknowledged()
				list := s.buys(o, "Ali submitted 2; Bert submitted 1")
				s.says(list[0], flow.SupplierSaid{State: "accepted"})
				s.cancel(o)
				s.says(list[1], flow.SupplierSaid{State: "cancelled"})
				s.expect(o, "cancelling, ordered, paid")
				s.cancelled(flow.Outcome{Kind: flow.RejectedCall, Code: "late"}, canCancel)
				s.expect(o, "open, ordered, paid")
				s.refunded()
				s.expect(o, "open, ordered, "+c.after)
				s.stock(s.bowl, 9, 0, 0)
				s.says(list[0], parcel("P1"))
				s.tracked("P1", "delivered", time.Hour)
				s.expect(o, "closed, delivered, "+c.after)
			})
		})
	}
}

// Named after what happened: one purchase was still planned when the other was at the
// supplier; the order was kept before that supplier was asked.
func TestCancelWithOnePlannedAndOneAccepted(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.split()
		o := s.bought(1, 1).Order.OrderID
		job := s.sending(s.purchases(o)[1])
		s.beginSubmit(job, canCancel)
		s.endSubmit(job, flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "B1", State: "accepted"}, canCancel)
		s.buys(o, "Ali planned 1; Bert accepted 1")
		s.cancel(o)
		s.expect(o, "cancelling, ordered, paid")
		s.buys(o, "Ali cancelled 1; Bert cancelling 1")
		s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
		s.expect(o, "cancelled, cancelled, paid")
		s.stock(s.mug, 10, 0, 0)
	})
}

// Units that will not come keep no stock: the mug was planned and dropped, the bowl ships.
func TestAKeptOrderHoldsNoStockOfWhatIsGone(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.split()
		o := s.bought(2, 1).Order.OrderID
		job := s.sending(s.purchases(o)[1])
		s.beginSubmit(job, canCancel)
		s.endSubmit(job, flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "B1", State: "accepted"}, canCancel)
		s.cancel(o)
		s.cancelled(flow.Outcome{Kind: flow.RejectedCall, Code: "late"}, canCancel)
		s.expect(o, "open, ordered, paid")
		s.stock(s.mug, 10, 0, 0)
	})
}

// Named after what happened: an authorisation was captured in full although part of the
// order had been cancelled, and nothing went back.
func TestAnAuthorisationForMoreThanIsLeft(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise capture.when=shipped", func(s *shop) {
		s.split()
		placed := s.placed(1, 1) // 20 + 30, shipping 6.00: the mug's part is 22.40
		o := placed.Order.OrderID
		s.paid(placed, "authorised")
		s.acknowledged()
		list := s.purchases(o)
		s.says(list[1], flow.SupplierSaid{State: "accepted"})
		s.cancel(o)
		s.says(list[0], flow.SupplierSaid{State: "cancelled"})
		s.cancelled(flow.Outcome{Kind: flow.RejectedCall, Code: "late"}, canCancel)
		s.expect(o, "open, ordered, authorised")
		s.says(list[1], parcel("P1"))
		s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
		s.refunded()
		s.expect(o, "open, shipped, partly refunded")
		s.money(o, "cash 3360, cost 1200, sales -3360, supplier -1200")
	})
}

// What has left is paid for, also when the other supplier's answer comes after all its news: no
// word of a parcel follows that could take what is authorised.
func TestWhatIsLeftIsCapturedWhenTheRestEnds(t *testing.T) {
	t.Parallel()
	for _, settings := range []string{"payment.capture=authorise", "payment.capture=authorise capture.when=shipped"} {
		each(t, settings, func(s *shop) {
			s.split()
			placed := s.placed(1, 1) // 20 + 30, shipping 6.00: the mug's part is 22.40
			o := placed.Order.OrderID
			s.paid(placed, "authorised")
			s.acknowledged()
			s.says(s.buys(o, "Ali submitted 1; Bert submitted 1")[0], parcel("P1"))
			s.tracked("P1", "delivered", time.Hour)
			s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
			s.expect(o, "open, partly delivered, authorised") // the other may yet say no
			s.cancel(o)
			s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
			s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
			s.refunded()
			s.expect(o, "closed, delivered, partly refunded")
			s.money(o, "cash 2240, cost 800, sales -2240, supplier -800")
		})
	}
}

// Cancelling an order that no supplier could take ends it at once.
func TestCancelWhatNobodySends(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		placed := s.placed(1, 0)
		s.offer(s.ali, s.mug, 500, 0)
		s.offer(s.bert, s.mug, 700, 0)
		s.paid(placed, "captured")
		s.expect(placed.Order.OrderID, "open, waiting, paid, unplaced")
		s.cancel(placed.Order.OrderID)
		s.refunded()
		s.expect(placed.Order.OrderID, "cancelled, cancelled, refunded")
		s.money(placed.Order.OrderID, "")
	})
}

// A refund that was on its way when the order was cancelled counts once.
func TestCancelWithARefundOnItsWay(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.give(o, 300)
		s.cancel(o)
		s.refunded()
		s.expect(o, "cancelled, cancelled, refunded")
		s.money(o, "")
	})
}

// The supplier sends everybody's news at once while the customer cancels: whatever comes
// first, the order ends in a state that holds together.
func TestCancellingAndShippingAtOnce(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.split()
		for i := range 6 {
			o := s.bought(1, 1).Order.OrderID
			s.acknowledged()
			list := s.purchases(o)
			number := string(rune('A' + i))
			acts := []func(ctx context.Context, tx *db.Tx) error{
				func(ctx context.Context, tx *db.Tx) error {
					return flow.CancelOrder(ctx, tx, s.store, o, "", "customer")
				},
				s.news(list[0].SupplierID, list[0].Key, flow.SupplierSaid{State: "accepted"}),
				s.news(list[0].SupplierID, list[0].Key, parcel("P"+number)),
				s.news(list[1].SupplierID, list[1].Key, flow.SupplierSaid{State: "cancelled"}),
				s.news(list[1].SupplierID, list[1].Key, flow.SupplierSaid{State: "accepted"}),
			}
			done := make(chan error)
			for _, act := range acts {
				go func() { done <- s.Update(context.Background(), act) }()
			}
			for range acts {
				s.must(<-done)
			}
			s.acknowledged() // where the cancelled one was sourced anew before the customer's word came
			s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
			s.refunded()
			if got := s.order(o); got.State != "open" {
				s.t.Errorf("%s is %s, %s, %s", got.Name(), got.State, got.Goods, got.Money)
			}
			s.inOrder()
		}
	})
}

func (s *shop) news(by id.Supplier, key string, said flow.SupplierSaid) func(ctx context.Context, tx *db.Tx) error {
	said.Key = key
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.SupplierSaidSo(ctx, tx, s.store, by, said, "supplier:x")
		return err
	}
}

// What the books and the customer's money come to is never wrong by a cent: all in, all out.
func TestNothingIsLeftOfACancelledOrder(t *testing.T) {
	t.Parallel()
	each(t, "tax.rate=7 tax.included=false", func(s *shop) {
		o := s.bought(3, 2).Order.OrderID
		s.acknowledged()
		s.cancel(o)
		s.cancelled(flow.Outcome{Kind: flow.Done}, canCancel)
		s.refunded()
		s.expect(o, "cancelled, cancelled, refunded")
		s.money(o, "")
		if got := s.column("SELECT state FROM refunds"); got != string(ledger.RefundSucceeded) {
			s.t.Errorf("refunds %s", got)
		}
	})
}
