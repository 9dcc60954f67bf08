package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// One of two mugs that came back was not accepted, and is in another claim since; when the first
// claim's refund failed and both were looked at again, that mug was accepted, and paid for twice.
func TestAUnitIsNotAcceptedForTwoClaims(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(2, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		o := p.Order.OrderID
		looks := func(c claim.Claim, n int64) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.InspectReturn(ctx, tx, s.store, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: n}, Words: "One was used.", Actor: me})
			}
		}
		c := s.claims(o, claim.NoLongerWanted, claim.Return, 2)
		s.comesBack(c, 1, "One was used.")
		s.refund("refund.send", flow.Outcome{Kind: flow.Done}, &flow.RefundSaid{State: "failed", Words: "closed account", Actor: "payment:bank"})
		s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(approve(s, c, claim.Return))
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, s.store, c.ClaimID, me) })
		s.refused("units", looks(c, 2))
		s.do(looks(c, 1))
		s.refunded()
	})
}

// An order was cancelled while goods of it that are exchanged were looked at: to accept them was
// an error without words, because the exchange had ended with the order.
func TestNothingIsAcceptedForACancelledOrder(t *testing.T) {
	t.Parallel()
	each(t, comeBack, func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		var c claim.Claim
		s.do(func(ctx context.Context, tx *db.Tx) (err error) {
			said := s.wishes(claim.Damaged, 1, s.bowl)
			said.Actor = me
			c, err = flow.OpenClaim(ctx, tx, s.store, o, said)
			return err
		})
		s.do(approve(s, c, claim.Exchanged))
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, s.store, c.ClaimID, me) })
		s.cancel(o)
		s.refunded()
		looks := func(n int64) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				return flow.InspectReturn(ctx, tx, s.store, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: n}, Words: "It is cancelled.", Actor: me})
			}
		}
		s.refused("order-over", looks(1))
		s.do(looks(0))
		s.expectClaim(c, "declined exchange 0")
	})
}

// A claim was settled by a replacement, opened again and then paid: a late parcel of the
// replacement settled it before its money was there.
func TestALateParcelDoesNotSettleAClaimThatIsPaid(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		o := p.Order.OrderID
		c := s.claims(o, claim.WrongItem, claim.Replacement, 1)
		s.do(approve(s, c, claim.Replacement))
		s.arrives(o, "AGAIN")
		s.expectClaim(c, "settled replacement 0")
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(approve(s, c, claim.Keep))
		s.says(s.purchases(o)[1], parcel("MORE", flow.PackedSaid{SKU: "Ali-mug", Quantity: 1}))
		s.tracked("MORE", "delivered", 260*time.Hour)
		s.expectClaim(c, "settling keep 2300")
		s.refunded()
		s.expectClaim(c, "settled keep 2300")
	})
}
