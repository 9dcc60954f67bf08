package flow_test

import (
	"context"
	"testing"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// staffClaims makes a claim of a mug that no window binds.
func (s *shop) staffClaims(o id.Order, wish claim.Outcome) (made claim.Claim) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: claim.WrongItem, Wish: wish, Units: map[int64]int64{1: 1}, Actor: me})
		return err
	})
	return made
}

// An order is cancelled while claims of it are open: those that wait for us, for the customer or
// failed with it end when all of the money is back, that whose money is under way with that, and
// that for which goods were asked back is for a person.
func TestClaimsEndWithTheirOrder(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o := s.bought(5, 0).Order.OrderID
		opened, waiting, failed := s.staffClaims(o, claim.Keep), s.staffClaims(o, claim.Keep), s.staffClaims(o, claim.Replacement)
		paid, returning := s.staffClaims(o, claim.Keep), s.staffClaims(o, claim.Return)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.AskClaim(ctx, tx, s.store, waiting.ClaimID, "Which one?", me)
		})
		s.do(approve(s, failed, claim.Replacement))
		s.do(approve(s, paid, claim.Keep))
		s.do(approve(s, returning, claim.Return))
		s.cancel(o)
		s.expectClaim(opened, "opened  0")
		s.expectClaim(waiting, "waiting  0")
		s.expectClaim(failed, "failed replacement 0")
		s.refunded()
		s.expectClaim(opened, "over  0")
		s.expectClaim(waiting, "over  0")
		s.expectClaim(failed, "over replacement 0")
		s.expectClaim(paid, "settled keep 2060")
		s.expectClaim(returning, "returning return 2060")
		s.expect(o, "cancelled, cancelled, refunded, claim-unheard")
		s.mails(o, "cancelled claim-approved claim-approved claim-approved claim-asked claim-opened claim-opened claim-opened claim-opened claim-opened "+
			"claim-run-out claim-run-out claim-run-out order-confirmed refunded refunded")
		s.inOrder()
	})
}

// One parcel leaves while an order is being cancelled: it is kept, and so are its claims.
func TestClaimsOfAnOrderThatIsKept(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.split()
		o := s.bought(1, 1).Order.OrderID
		c := s.staffClaims(o, claim.Keep)
		s.acknowledged()
		s.says(s.purchases(o)[0], parcel("LEFT"))
		s.cancel(o)
		s.cancelled(flow.Outcome{Kind: flow.Done}, flow.Powers{Cancel: true})
		s.refunded()
		s.expectClaim(c, "opened  0")
		s.expect(o, "open, shipped, partly refunded, claim-opened")
	})
}
