package flow_test

import (
	"context"
	"testing"
	"time"

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
