package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/shipment"
)

// What was in a lost parcel is sent once more by one command; the order asks for nobody any
// more, and a second time is refused.
func TestALostParcelIsSentAgain(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		o := p.Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted"})
		s.says(s.purchases(o)[0], parcel("GONE"))
		again := func(ctx context.Context, tx *db.Tx) error {
			list, err := shipment.OfOrder(ctx, tx, s.store, o)
			if err != nil {
				return err
			}
			_, err = flow.SendLostAgain(ctx, tx, s.store, list[0].ShipmentID, "staff:us_1")
			return err
		}
		s.refused("not-possible", again)
		s.tracked("GONE", "lost", 90*time.Hour)
		s.later(100 * time.Hour)
		s.expect(o, "open, shipped, paid, parcel-lost")
		s.do(again)
		s.inOrder()
		list := s.purchases(o)
		if len(list) != 2 || list[1].ClaimID == "" {
			s.t.Fatalf("%d purchases: nothing was bought again", len(list))
		}
		s.refused("units", again)
		s.acknowledged()
		s.says(s.purchases(o)[1], flow.SupplierSaid{State: "accepted"})
		s.says(s.purchases(o)[1], parcel("AGAIN"))
		s.tracked("AGAIN", "delivered", 140*time.Hour)
		s.inOrder()
		s.expect(o, "closed, delivered, paid")
	})
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
