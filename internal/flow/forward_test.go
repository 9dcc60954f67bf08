package flow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/purchase"
)

func TestASubmittedPurchase(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(2, 1).Order.OrderID
		jobs := s.tasks("purchase.submit")
		if len(jobs) != 1 || jobs[0].at.Sub(s.order(o).PlacedAt).Round(time.Second) != 2*time.Minute {
			s.t.Fatalf("%+v", jobs)
		}
		s.stock(s.mug, 20, 2, 2)
		s.acknowledged()
		p := s.buys(o, "Ali submitted 3")[0]
		s.expect(o, "open, ordered, paid")
		s.stock(s.mug, 18, 0, 0)
		s.stock(s.bowl, 19, 0, 0)
		s.money(o, "cash 7300, cost 2100, sales -7300, supplier -2100")
		if !strings.HasPrefix(p.Key, "DS-1001-1-") || len(p.Key) > 40 || len(p.Why()) != 4 {
			s.t.Errorf("key %s, reasons %+v", p.Key, p.Why())
		}
		s.delivered2(p)
		s.expect(o, "closed, delivered, paid")
		s.mails(o, "delivered order-confirmed out-for-delivery shipped")
	})
}

// delivered2 brings a purchase that the supplier has to the door, every message twice.
func (s *shop) delivered2(p purchase.Purchase) {
	s.t.Helper()
	number := "P" + p.Number
	for range 2 {
		s.says(p, flow.SupplierSaid{State: "accepted"})
		s.says(p, parcel(number))
		s.tracked(number, "in-transit", 24*time.Hour)
		s.tracked(number, "out-for-delivery", 48*time.Hour)
		s.tracked(number, "delivered", 50*time.Hour)
		s.says(p, flow.SupplierSaid{State: "delivered"})
	}
}

func TestAPurchaseThatWasNotSent(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{flow.NotSent, flow.Unauthorised} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 0).Order.OrderID
				for range 3 {
					s.submit(flow.Outcome{Kind: kind, Words: "busy"}, nil, flow.Powers{})
					s.buys(o, "Ali planned 1")
					s.inOrder()
				}
				s.acknowledged()
				s.buys(o, "Ali submitted 1")
				if n := s.column("SELECT outcome FROM attempts ORDER BY attempt"); n != strings.Repeat(kind+" ", 3)+"done" {
					s.t.Errorf("attempts %s", n)
				}
			})
		})
	}
}

// The four ways to go on after a lost answer.
func TestALostAnswer(t *testing.T) {
	t.Parallel()
	lost := flow.Outcome{Kind: flow.Lost, Words: "cut off", Raw: "half an ans\x00wer\xff"}
	t.Run("found by our key", func(t *testing.T) {
		t.Parallel()
		each(t, "", func(s *shop) {
			o := s.bought(1, 0).Order.OrderID
			can := flow.Powers{Find: true, Settles: time.Minute, Repeats: time.Hour}
			s.submit(lost, nil, can)
			s.expect(o, "open, waiting, paid, uncertain")
			jobs := s.tasks("purchase.find")
			if len(jobs) != 1 || jobs[0].at.Sub(s.order(o).PlacedAt).Round(time.Second) != time.Minute {
				s.t.Fatalf("%+v", jobs)
			}
			s.find(flow.Outcome{Kind: flow.Lost}, nil)
			s.find(flow.Outcome{Kind: flow.NotSent}, nil)
			s.buys(o, "Ali uncertain 1")
			s.find(flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "A1", State: "accepted"})
			s.buys(o, "Ali accepted 1")
			s.expect(o, "open, ordered, paid")
		})
	})
	t.Run("absent and sent again", func(t *testing.T) {
		t.Parallel()
		each(t, "", func(s *shop) {
			o := s.bought(1, 0).Order.OrderID
			s.submit(lost, nil, flow.Powers{Find: true})
			s.find(flow.Outcome{Kind: flow.NotFound}, nil)
			s.buys(o, "Ali planned 1")
			key := s.purchases(o)[0].Key
			s.acknowledged()
			if p := s.buys(o, "Ali submitted 1")[0]; p.Key != key {
				s.t.Errorf("sent again as %s, first as %s", p.Key, key)
			}
		})
	})
	t.Run("the look-up is refused", func(t *testing.T) {
		t.Parallel()
		each(t, "", func(s *shop) {
			o := s.bought(1, 0).Order.OrderID
			s.submit(lost, nil, flow.Powers{Find: true})
			s.find(flow.Outcome{Kind: flow.RejectedCall, Code: "x", Words: "no"}, nil)
			s.expect(o, "open, waiting, paid, uncertain")
			if !s.order(o).NeedsPerson {
				s.t.Error("nobody is told")
			}
		})
	})
	t.Run("the same key again", func(t *testing.T) {
		t.Parallel()
		each(t, "", func(s *shop) {
			o := s.bought(1, 0).Order.OrderID
			can := flow.Powers{Repeats: time.Hour}
			for range 2 {
				s.submit(lost, nil, can)
				s.expect(o, "open, waiting, paid, uncertain")
				if s.order(o).NeedsPerson {
					s.t.Error("a person is asked while the key can be sent again")
				}
				s.later(29 * time.Minute)
			}
			s.later(2 * time.Minute) // after an hour the key is forgotten there
			s.forgotten(o, can)
		})
	})
	t.Run("a person looks", func(t *testing.T) {
		t.Parallel()
		each(t, "", func(s *shop) { s.personLooks(lost) })
	})
}

func (s *shop) personLooks(lost flow.Outcome) {
	s.t.Helper()
	found, gone := s.bought(1, 0).Order.OrderID, s.bought(1, 0).Order.OrderID
	s.submit(lost, nil, flow.Powers{})
	p, q := s.purchases(found)[0].PurchaseID, s.purchases(gone)[0].PurchaseID
	s.refused("ref-missing", func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveUncertain(ctx, tx, s.store, p, true, "", me)
	})
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveUncertain(ctx, tx, s.store, p, true, "A7", me)
	})
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveUncertain(ctx, tx, s.store, q, false, "", me)
	})
	s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveUncertain(ctx, tx, s.store, q, false, "", me)
	})
	s.expect(found, "open, ordered, paid")
	s.buys(gone, "Ali planned 1")
	s.inOrder()
	s.acknowledged()
	s.expect(gone, "open, ordered, paid")
}

// find works the purchase.find jobs with one outcome.
func (s *shop) find(out flow.Outcome, said *flow.SupplierSaid) {
	s.t.Helper()
	for _, t := range s.tasks("purchase.find") {
		begun := false
		s.do(func(ctx context.Context, tx *db.Tx) error {
			sub, err := flow.BeginFind(ctx, tx, s.store, t.payload.Purchase)
			if begun = sub != nil; err != nil || begun {
				return err
			}
			return finish(ctx, tx, t)
		})
		if !begun {
			continue
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			again, err := flow.EndFind(ctx, tx, s.store, t.payload.Purchase, out, said)
			if err != nil || again {
				return err
			}
			return finish(ctx, tx, t)
		})
	}
}

// A worker died in the middle of the call: the next one finds the purchase submitting.
func TestAPurchaseOfADeadWorker(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		can  flow.Powers
		want string
	}{
		"it can be looked up":           {flow.Powers{Find: true}, "Ali uncertain 1"},
		"the key may be sent again":     {flow.Powers{Repeats: time.Hour}, "Ali submitted 1"},
		"nothing but a person may look": {flow.Powers{}, "Ali uncertain 1"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 0).Order.OrderID
				job := s.tasks("purchase.submit")[0]
				if !s.beginSubmit(job, c.can) {
					s.t.Fatal("nothing was to be sent")
				}
				s.inOrder()
				if s.beginSubmit(job, c.can) {
					s.endSubmit(job, flow.Outcome{Kind: flow.Done}, &flow.SupplierSaid{Ref: "A1", State: "placed"}, c.can)
				}
				s.buys(o, c.want)
			})
		})
	}
}

// What a supplier says comes in any order and more than once; the end is always the same.
func TestSuppliersNewsInAnyOrder(t *testing.T) {
	t.Parallel()
	news := []flow.SupplierSaid{
		{Ref: "A1", State: "placed"}, {Ref: "A1", State: "accepted"}, parcel("P1", flow.PackedSaid{SKU: "Ali-mug", Quantity: 1}),
		parcel("P2", flow.PackedSaid{SKU: "Ali-mug", Quantity: 1}, flow.PackedSaid{SKU: "Ali-bowl", Quantity: 1}),
	}
	each(t, "hold=1h", func(s *shop) {
		for _, way := range [][]int{{0, 1, 2, 3}, {3, 2, 1, 0}, {2, 0, 3, 1, 2, 3}, {1, 3, 0, 2, 0}, {0, 0, 1, 1, 2, 2, 3, 3}} {
			o := s.bought(2, 1).Order.OrderID
			p := s.purchases(o)[0]
			for i, n := range way {
				said := news[n]
				for j := range said.Parcels {
					said.Parcels = append([]flow.ParcelSaid{}, said.Parcels...)
					said.Parcels[j].Number += p.Number
				}
				s.says(p, said)
				if i == 0 && len(s.tasks("purchase.submit")) != 0 {
					s.t.Error("what the supplier has is still to be sent")
				}
			}
			s.buys(o, "Ali shipped 3")
			s.expect(o, "open, shipped, paid")
			s.money(o, "cash 7300, cost 2100, sales -7300, supplier -2100")
			s.mails(o, "order-confirmed shipped shipped")
			s.tracked("P1"+p.Number, "delivered", time.Hour)
			s.expect(o, "open, partly delivered, paid")
			s.tracked("P2"+p.Number, "delivered", 2*time.Hour)
			s.tracked("P2"+p.Number, "in-transit", time.Hour)
			s.tracked("P2"+p.Number, "in-transit", 3*time.Hour)
			s.expect(o, "closed, delivered, paid")
		}
	})
}

func TestNewsOfAnUnknownPurchase(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		p := s.purchases(o)[0]
		for name, c := range map[string]struct {
			by   id.Supplier
			said flow.SupplierSaid
		}{
			"no name":                 {s.ali.SupplierID, flow.SupplierSaid{State: "accepted"}},
			"another key":             {s.ali.SupplierID, flow.SupplierSaid{Key: "DS-1", State: "accepted"}},
			"another supplier's key":  {s.bert.SupplierID, flow.SupplierSaid{Key: p.Key, State: "accepted"}},
			"a reference of somebody": {s.ali.SupplierID, flow.SupplierSaid{Ref: "A1", State: "accepted"}},
		} {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				known, err := flow.SupplierSaidSo(ctx, tx, s.store, c.by, c.said, "supplier:x")
				if known {
					s.t.Errorf("%s: it is known", name)
				}
				return err
			})
		}
		s.buys(o, "Ali planned 1")
	})
}

// The supplier rejects: another one is asked, and the reasons say why not the first again.
func TestARejectedPurchaseIsSourcedAnew(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(2, 0).Order.OrderID
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "OOS", Words: "sold out", Cause: "sold-out"}, nil, flow.Powers{})
		list := s.buys(o, "Ali rejected 2; Bert planned 2")
		found := false
		for _, r := range list[1].Why() {
			found = found || r.Name == "Ali" && r.Words == "not possible: already refused 1001-1: sold out"
		}
		if !found {
			s.t.Errorf("the reasons are %+v", list[1].Why())
		}
		s.stock(s.mug, 20, 2, 2)
		s.money(o, "cash 4300, sales -4300")
		s.inOrder()
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Words: "closed"}, nil, flow.Powers{})
		s.expect(o, "open, waiting, paid, unplaced")
		if why := s.order(o).Reasons()[0].Words; !strings.Contains(why, "2 of 2 units of Mug: Ali already refused 1001-1: sold out; Bert already refused 1001-2: closed") {
			s.t.Errorf("the order says %s", why)
		}
		s.stock(s.mug, 20, 2, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.SourceAgain(ctx, tx, s.store, o, "staff:us_1") })
		s.buys(o, "Ali rejected 2; Bert rejected 2; Ali planned 2") // a person may have either asked again
		s.expect(o, "open, waiting, paid")
		s.inOrder()
	})
}

// The supplier had accepted and then says no: the stock was settled and is reserved anew.
func TestARejectionAfterTheAcknowledgement(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(2, 0).Order.OrderID
		s.acknowledged()
		p := s.purchases(o)[0]
		s.says(p, flow.SupplierSaid{State: "accepted"})
		s.stock(s.mug, 18, 0, 0)
		for range 2 {
			s.says(p, flow.SupplierSaid{State: "cancelled"})
			s.buys(o, "Ali rejected 2; Bert planned 2")
			s.stock(s.mug, 18, 2, 2)
			s.money(o, "cash 4300, sales -4300")
		}
		s.acknowledged()
		s.buys(o, "Ali rejected 2; Bert submitted 2")
		s.stock(s.mug, 16, 0, 0)
		s.money(o, "cash 4300, cost 1700, sales -4300, supplier -1700")
	})
}

// Some units do not come: they are bought elsewhere, and what is left of the purchase ends.
func TestAShortPurchase(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(3, 0).Order.OrderID
		s.acknowledged()
		p := s.purchases(o)[0]
		s.says(p, flow.SupplierSaid{State: "part-ship", Parcels: parcel("P1", flow.PackedSaid{SKU: "Ali-mug", Quantity: 2}).Parcels})
		s.buys(o, "Ali shipping 3")
		short := flow.SupplierSaid{Short: []flow.ShortSaid{{SKU: "Ali-mug", Quantity: 1, Words: "broken"}}}
		s.says(p, short)
		s.says(p, short)
		s.buys(o, "Ali shipped 2; Bert planned 1")
		s.stock(s.mug, 17, 1, 1)
		s.expect(o, "open, partly shipped, paid")
		s.tracked("P1", "delivered", time.Hour)
		s.acknowledged()
		s.says(s.purchases(o)[1], parcel("P2"))
		s.tracked("P2", "delivered", 2*time.Hour)
		s.expect(o, "closed, delivered, paid")
	})
}

// Named after what happened: a purchase of which nothing was left could not be rejected.
func TestAllUnitsAreShort(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(2, 0).Order.OrderID
		s.acknowledged()
		p := s.purchases(o)[0]
		s.says(p, flow.SupplierSaid{Short: []flow.ShortSaid{{SKU: "Ali-mug", Quantity: 9}}})
		s.buys(o, "Ali submitted 0; Bert planned 2")
		s.says(p, flow.SupplierSaid{State: "refused", Words: "nothing is left"})
		s.buys(o, "Ali rejected 0; Bert planned 2")
		s.stock(s.mug, 18, 2, 2)
	})
}

// A supplier ships what is over here: a person must know.
func TestASupplierShipsWhatIsOver(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.acknowledged()
		p := s.purchases(o)[0]
		s.says(p, flow.SupplierSaid{State: "refused", Words: "sold out"})
		s.says(p, flow.SupplierSaid{State: "accepted"}) // late news, not a ghost
		s.expect(o, "open, waiting, paid")
		s.says(p, parcel("P1"))
		s.says(p, parcel("P1"))
		s.expect(o, "open, waiting, paid, ghost")
		s.buys(o, "Ali rejected 1; Bert planned 1")
	})
}

func TestSplitOverSuppliers(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.offer(s.ali, s.mug, 500, 2)
		s.offer(s.bert, s.mug, 700, 1)
		o := s.bought(3, 0).Order.OrderID
		s.buys(o, "Ali planned 2; Bert planned 1")
		s.acknowledged()
		s.expect(o, "open, ordered, paid")
		list := s.purchases(o)
		s.says(list[0], parcel("P1"))
		s.expect(o, "open, partly shipped, paid")
		s.says(list[1], parcel("P2"))
		s.expect(o, "open, shipped, paid")
		s.tracked("P2", "delivered", time.Hour)
		s.tracked("P1", "delivered", time.Hour)
		s.expect(o, "closed, delivered, paid")
		s.mails(o, "delivered delivered order-confirmed shipped shipped")
	})
}

func TestHoldsForAPerson(t *testing.T) {
	t.Parallel()
	each(t, "margin.min_percent=60", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID // brings 23.00 with shipping, costs 8.00
		s.buys(o, "Ali planned 1")
		s.offer(s.ali, s.mug, 900, 10)
		s.offer(s.bert, s.mug, 900, 0)
		held := s.bought(1, 0).Order.OrderID
		p := s.buys(held, "Ali held 1")[0]
		s.expect(held, "open, waiting, paid, held-margin")
		if want := "It costs 12.00 EUR and brings 23.00 EUR: a margin of 47.82 %, below the 60 % that is set."; p.HoldReason != want {
			s.t.Errorf("held: %s", p.HoldReason)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.Release(ctx, tx, s.store, p.PurchaseID, me) })
		s.expect(held, "open, waiting, paid")
		s.inOrder()
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.HoldPurchase(ctx, tx, s.store, p.PurchaseID, "ask Ann first", me)
		})
		s.expect(held, "open, waiting, paid, held-person")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, s.store, p.PurchaseID, "A9", me)
		})
		s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, s.store, p.PurchaseID, "A9", me)
		})
		s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error {
			return flow.HoldPurchase(ctx, tx, s.store, p.PurchaseID, "", me)
		})
		s.expect(held, "open, ordered, paid")
	})
}

// Freight that the customer pays as shipping is no loss.
func TestPaidFreightIsNoLoss(t *testing.T) {
	t.Parallel()
	each(t, "tax.rate=19", func(s *shop) {
		s.offer(s.bert, s.mug, 700, 0)
		s.offer(s.ali, s.mug, 1600, 10) // 19.00 with freight; 23.00 with tax is 19.33
		s.buys(s.bought(1, 0).Order.OrderID, "Ali planned 1")
		s.offer(s.ali, s.mug, 1650, 10) // 19.50: a loss of 17 cents
		s.buys(s.bought(1, 0).Order.OrderID, "Ali held 1")
	})
}

func TestForwardingByHand(t *testing.T) {
	t.Parallel()
	each(t, "forwarding=manual", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.expect(o, "open, waiting, paid, held-manual")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.Release(ctx, tx, s.store, s.only(ctx, tx, o), me)
		})
		s.acknowledged()
		s.expect(o, "open, ordered, paid")
	})
}

// only is an order's one purchase, seen in a transaction.
func (s *shop) only(ctx context.Context, tx *db.Tx, o id.Order) id.Purchase {
	list, err := purchase.OfOrder(ctx, tx, s.store, o)
	s.must(err)
	return list[0].PurchaseID
}

// A supplier that only people talk to, from the order to the parcel.
func TestASupplierWithoutAConnector(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		carl := s.supplier("Carl", "")
		s.ali, s.bert = carl, carl
		s.offer(carl, s.mug, 100, 10)
		o := s.bought(1, 0).Order.OrderID
		p := s.buys(o, "Carl held 1")[0]
		s.refused("no-connector", func(ctx context.Context, tx *db.Tx) error { return flow.Release(ctx, tx, s.store, p.PurchaseID, me) })
		s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error { return flow.Accept(ctx, tx, s.store, p.PurchaseID, "", me) })
		s.refused("ref-missing", func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, s.store, p.PurchaseID, "", me)
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, s.store, p.PurchaseID, "fax 7", me)
		})
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.Accept(ctx, tx, s.store, p.PurchaseID, "", me) })
		s.refused("number-missing", func(ctx context.Context, tx *db.Tx) error {
			return flow.ShipByHand(ctx, tx, s.store, p.PurchaseID, flow.ParcelSaid{}, me)
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ShipByHand(ctx, tx, s.store, p.PurchaseID, flow.ParcelSaid{Number: "P1"}, me)
		})
		s.tracked("P1", "delivered", time.Hour)
		s.expect(o, "closed, delivered, paid")
	})
}

// A supplier who asks for several currencies gets a purchase in each, and a rate that was
// taken away bars its offers but does not keep the money from being noted.
func TestCurrencies(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := inventory.PutOffer(ctx, tx, s.ali, inventory.Offer{VariantID: s.bowl, SupplierSku: "Ali-bowl", CostMinor: 900, Currency: "USD", Quantity: 10, Active: true, AsOf: tx.Now})
			return err
		})
		o := s.bought(1, 1).Order.OrderID
		s.buys(o, "Ali planned 1; Ali planned 1")
		s.acknowledged()
		s.money(o, "cash 5300, cost 1250, sales -5300, supplier -1250") // 5.00 + 3.00 + 9.00 USD at 0.50
		placed := s.placed(0, 1)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, "DELETE FROM settings WHERE name = 'rate.USD.EUR'")
			return err
		})
		s.paid(placed, "captured")
		s.buys(placed.Order.OrderID, "Bert planned 1")
	})
}
