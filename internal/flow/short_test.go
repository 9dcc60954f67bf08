package flow_test

import (
	"context"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/purchase"
)

// Units that will not come do not cost anything.
func TestShortUnitsLowerTheCost(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.offer(s.bert, s.mug, 700, 0)
		o := s.bought(3, 0).Order.OrderID
		s.acknowledged()
		if booked := s.purchases(o)[0].BookedMinor; booked != 3*500+300 {
			s.t.Fatalf("booked %d", booked)
		}
		for range 2 { // told twice
			s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted", Short: []flow.ShortSaid{{SKU: "Ali-mug", Quantity: 2}}})
		}
		if booked := s.purchases(o)[0].BookedMinor; booked != 500+300 {
			s.t.Errorf("booked %d", booked)
		}
		s.money(o, "cash 6300, cost 800, sales -6300, supplier -800")
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "refused", Words: "none at all"})
		s.money(o, "cash 6300, sales -6300")
	})
}

// "Cancelled" of an order of which a parcel has left means the rest of it.
func TestCancelledWhileShippingIsAShortage(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 1).Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "part-ship", Parcels: []flow.ParcelSaid{{Number: "P1", Lines: []flow.PackedSaid{{SKU: "Ali-mug", Quantity: 1}}}}})
		for range 2 {
			s.says(s.purchases(o)[0], flow.SupplierSaid{State: "cancelled", Words: "out of bowls"})
		}
		s.buys(o, "Ali shipped 1; Bert planned 1")
		s.expect(o, "open, partly shipped, paid")
	})
}

// The same in one message: a parcel, and no more.
func TestCancelledWithAParcel(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 1).Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "cancelled", Parcels: []flow.ParcelSaid{{Number: "P1", Lines: []flow.PackedSaid{{SKU: "Ali-mug", Quantity: 1}}}}})
		s.buys(o, "Ali shipped 1; Bert planned 1")
	})
}

// A supplier that split an order speaks of a part, by its number or by our key under a number that
// is new: that is no word about the rest.
func TestNewsUnderTheNumberOfAPart(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 1).Order.OrderID
		s.acknowledged()
		p := s.purchases(o)[0]
		s.says(p, flow.SupplierSaid{Ref: "A", Parts: []string{"B", "C"}, State: "accepted"})
		s.says(p, flow.SupplierSaid{Ref: "A", Parts: []string{"B"}, State: "accepted"}) // asked for before C was known
		told := func(said flow.SupplierSaid) (part bool) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				known, is, err := flow.SupplierTold(ctx, tx, s.store, p.SupplierID, said, "supplier:x")
				if part = is; !known {
					s.t.Errorf("%s is not known", said.Ref)
				}
				return err
			})
			return part
		}
		for _, said := range []flow.SupplierSaid{
			{Ref: "C", State: "shipped", Parcels: []flow.ParcelSaid{{Number: "P1"}}},
			{Ref: "B", State: "cancelled"},
			{Key: p.Key, Ref: "D", State: "cancelled"},
		} {
			if !told(said) {
				s.t.Errorf("%s is taken for all of it", said.Ref)
			}
		}
		s.buys(o, "Ali accepted 2")
		if got := s.purchases(o)[0]; got.Ref != "A" || got.Parts != "B,C,D" {
			s.t.Errorf("its number is %s now, its parts' %s", got.Ref, got.Parts)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			for _, ref := range []string{"A", "B", "C", "D"} {
				found, err := purchase.ByRef(ctx, tx, s.store, p.SupplierID, ref)
				if err != nil || found.PurchaseID != p.PurchaseID {
					s.t.Errorf("%s: %s %v", ref, found.Number, err)
				}
			}
			return nil
		})
		if told(flow.SupplierSaid{Key: p.Key, Ref: "A", State: "shipped", Parcels: []flow.ParcelSaid{{Number: "P1"}}}) {
			s.t.Error("its own number is taken for a part's")
		}
		s.buys(o, "Ali shipped 2")
	})
}

// Some parcels have left, and it is not said what is in them: the rest is still waited for.
func TestPartShippedWithUnknownContents(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 1).Order.OrderID
		s.acknowledged()
		unknown := flow.SupplierSaid{State: "part-ship", Parcels: []flow.ParcelSaid{{Number: "P1"}}}
		s.says(s.purchases(o)[0], unknown)
		s.buys(o, "Ali accepted 2") // it counts as accepted: the money may be taken
		if n := s.column("SELECT CAST(COUNT(*) AS TEXT) FROM shipments"); n != "0" {
			s.t.Errorf("%s parcels with contents that nobody knows", n)
		}
		known := flow.SupplierSaid{State: "part-ship", Parcels: []flow.ParcelSaid{{Number: "P1", Lines: []flow.PackedSaid{{SKU: "Ali-mug", Quantity: 1}}}}}
		s.says(s.purchases(o)[0], known)
		s.buys(o, "Ali shipping 2")
		s.says(s.purchases(o)[0], unknown)
		s.buys(o, "Ali shipping 2")
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "part-ship", Parcels: []flow.ParcelSaid{{Number: "P2"}}}) // what else could be in it
		s.buys(o, "Ali shipped 2")
		if n := s.column("SELECT CAST(COUNT(*) AS TEXT) FROM shipments"); n != "2" {
			s.t.Errorf("%s parcels", n)
		}
	})
}

// Sent again and again, never answered, never there: a person looks at last.
func TestSentInVainWaitsForAPerson(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		for range 5 {
			s.submit(flow.Outcome{Kind: flow.Lost, Words: "no answer"}, nil, flow.Powers{Find: true})
			s.find(flow.Outcome{Kind: flow.NotFound}, nil)
		}
		s.expect(o, "open, waiting, paid, held-no-answer")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.Release(ctx, tx, s.store, s.purchases(o)[0].PurchaseID, me)
		})
		s.acknowledged()
		s.expect(o, "open, ordered, paid")
	})
}

// Refused when it was sent, and surely not there: it is not sent again, the next one is asked.
func TestRefusedAndNotThere(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.submit(flow.Outcome{Kind: flow.Lost, Words: "create order fail"}, nil, flow.Powers{Find: true})
		s.find(flow.Outcome{Kind: flow.NotFound, Code: "1603000", Words: "create order fail"}, nil)
		s.buys(o, "Ali rejected 1; Bert planned 1")
	})
}
