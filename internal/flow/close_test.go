package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/purchase"
)

// A replacement is approved before the mug itself was sent, whose supplier then refuses it: the
// order closes with the replacement, and the stock that nobody will send was never free again.
func TestAClosedOrderHoldsNoStock(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.offer(s.bert, s.mug, 700, 0)
		o := s.bought(1, 0).Order.OrderID
		var c claim.Claim
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			c, err = flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: claim.WrongItem, Wish: claim.Replacement, Units: map[int64]int64{1: 1}, Actor: me})
			return err
		})
		s.do(approve(s, c, claim.Replacement))
		first, again := s.purchases(o)[0], s.purchases(o)[1]
		s.send(first, flow.Outcome{Kind: flow.RejectedCall, Words: "sold out"})
		s.send(again, flow.Outcome{Kind: flow.Done})
		s.says(again, parcel("AGAIN"))
		s.tracked("AGAIN", "delivered", time.Hour)
		s.expect(o, "closed, delivered, paid")
		s.stock(s.mug, 9, 0, 0)
	})
}

// send works the job that submits one purchase.
func (s *shop) send(p purchase.Purchase, out flow.Outcome) {
	s.t.Helper()
	if job := s.sending(p); s.beginSubmit(job, flow.Powers{}) {
		s.endSubmit(job, out, &flow.SupplierSaid{Ref: "ref-" + string(p.PurchaseID), State: "placed"}, flow.Powers{})
	}
}
