package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/shipment"
)

// What was in a parcel that is lost, or went back to its sender, is sent once more by one command;
// the order asks for nobody any more, and a second time is refused. So is the replacement itself.
func TestAParcelThatWillNotComeIsSentAgain(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		for kind, want := range map[string]string{"lost": "shipped", "returned": "returned"} {
			o := s.bought(1, 0).Order.OrderID
			first, second, third := kind+"1", kind+"2", kind+"3"
			s.acknowledged()
			s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted"})
			s.says(s.purchases(o)[0], parcel(first))
			again := s.sendsAgain(o, first)
			s.refused("not-possible", again)
			s.tracked(first, kind, 90*time.Hour)
			s.later(100 * time.Hour)
			s.expect(o, "open, "+want+", paid, parcel-"+kind)
			s.do(again)
			s.inOrder()
			s.boughtAgain(o, 2)
			s.refused("units", again)
			s.says(s.purchases(o)[1], parcel(second))
			s.tracked(second, kind, 140*time.Hour)
			s.inOrder()
			s.expect(o, "open, "+want+", paid, parcel-"+kind)
			s.do(s.sendsAgain(o, second))
			s.boughtAgain(o, 3)
			s.says(s.purchases(o)[2], parcel(third))
			s.tracked(third, "delivered", 180*time.Hour)
			s.inOrder()
			s.expect(o, "closed, delivered, paid")
		}
	})
}

// sendsAgain is a person who sends once more what was in a parcel.
func (s *shop) sendsAgain(o id.Order, number string) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		list, err := shipment.OfOrder(ctx, tx, s.store, o)
		for _, p := range list {
			if err == nil && p.Number == number {
				_, err = flow.SendParcelAgain(ctx, tx, s.store, p.ShipmentID, "staff:us_1")
			}
		}
		return err
	}
}

// boughtAgain expects so many purchases, the last one for a claim, and lets its supplier take it.
func (s *shop) boughtAgain(o id.Order, n int) {
	s.t.Helper()
	list := s.purchases(o)
	if len(list) != n || list[n-1].ClaimID == "" {
		s.t.Fatalf("%d purchases, want %d", len(list), n)
	}
	s.acknowledged()
	s.says(s.purchases(o)[n-1], flow.SupplierSaid{State: "accepted"})
}

// A claim was open when its order was cancelled, and then approved: a second mug was bought for a
// customer who has the money back.
func TestNothingIsSentForACancelledOrder(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		var c claim.Claim
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			c, err = flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: claim.WrongItem, Wish: claim.Replacement, Units: map[int64]int64{1: 1}, Actor: me})
			return err
		})
		s.cancel(o)
		s.refused("order-over", approve(s, c, claim.Replacement))
		s.refunded()
		s.refused("not-possible", approve(s, c, claim.Replacement))
		s.stock(s.mug, 20, 0, 0)
	})
}
