package flow_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// replaced is an order of mugs that came wrong, and the claim that sends them once more.
func (s *shop) replaced(mugs int64, yes flow.ClaimYes) (id.Order, claim.Claim) {
	s.t.Helper()
	p := s.bought(mugs, 0)
	s.delivered(p)
	c := s.claims(p.Order.OrderID, claim.WrongItem, claim.Replacement, mugs)
	yes.Outcome, yes.Actor = claim.Replacement, me
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ApproveClaim(ctx, tx, s.store, c.ClaimID, yes) })
	return p.Order.OrderID, c
}

func (s *shop) resends(c claim.Claim, from id.Supplier) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.SendClaimAgain(ctx, tx, s.store, c.ClaimID, from, me)
	}
}

func (s *shop) reroute(p purchase.Purchase) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error { return flow.Reroute(ctx, tx, s.store, p.PurchaseID, me) }
}

// Whoever fails a replacement is not asked for it again: the next supplier sends it, and where
// nobody is left a person may ask one of them all the same.
func TestTheNextSupplierSendsAReplacement(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, c := s.replaced(1, flow.ClaimYes{})
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Words: "sold out"}, nil, flow.Powers{})
		s.buys(o, "Ali shipped 1; Ali rejected 1; Bert planned 1")
		s.expectClaim(c, "settling replacement 0")
		s.inOrder()
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Words: "sold out here too"}, nil, flow.Powers{})
		s.expectClaim(c, "failed replacement 0")
		s.expect(o, "closed, delivered, paid, claim-failed")
		s.refused("sold-out", s.resends(c, ""))
		s.do(s.resends(c, s.ali.SupplierID))
		s.refused("already", s.resends(c, s.bert.SupplierID))
		s.expect(o, "open, delivered, paid")
		s.inOrder()
		s.arrives(o, "THIRD")
		s.expectClaim(c, "settled replacement 0")
		s.expect(o, "closed, delivered, paid")
	})
}

// A person takes the purchase of a replacement, or of an exchange, away from its supplier: it is
// bought elsewhere, for the claim.
func TestAReplacementIsBoughtElsewhere(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o, c := s.replaced(1, flow.ClaimYes{})
		s.do(s.reroute(s.purchases(o)[1]))
		s.buys(o, "Ali shipped 1; Ali cancelled 1; Bert planned 1")
		s.expectClaim(c, "settling replacement 0")
		s.inOrder()
		s.refused("sold-out", s.reroute(s.purchases(o)[2]))
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.BuyFrom(ctx, tx, s.store, o, s.purchases(o)[2].PurchaseID, s.ali.SupplierID, me)
		})
		s.buys(o, "Ali shipped 1; Ali cancelled 1; Bert cancelled 1; Ali planned 1")
		for _, p := range s.purchases(o)[1:] {
			if p.ClaimID != c.ClaimID {
				s.t.Errorf("%s is for claim %q", p.Number, p.ClaimID)
			}
		}
		s.stock(s.mug, 19, 1, 1)
		s.arrives(o, "ELSE")
		s.expectClaim(c, "settled replacement 0")
		s.stock(s.mug, 18, 0, 0)

		o = s.had(1, 0)
		x := s.exchanges(o, claim.Damaged, 1, s.bowl)
		s.do(approve(s, x, claim.Exchanged))
		s.paysExchange(x, "captured")
		s.do(s.reroute(s.purchases(o)[1]))
		s.buys(o, "Ali shipped 1; Ali cancelled 1; Bert planned 1")
		s.expectExchange(x, "done 1 for 3000, worth 2000")
		s.inOrder()
		s.arrives(o, "BOWL")
		s.expectClaim(x, "settled exchange 0")
	})
}

// What is missing of a replacement comes from the next supplier, what a carrier lost of it is sent
// once more by the same claim, and the claim ends when all of it is there.
func TestTheRestOfAReplacement(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, c := s.replaced(2, flow.ClaimYes{})
		s.acknowledged()
		s.says(s.purchases(o)[1], flow.SupplierSaid{State: "accepted", Short: []flow.ShortSaid{{SKU: "Ali-mug", Quantity: 1}}})
		s.buys(o, "Ali shipped 2; Ali accepted 1; Bert planned 1")
		s.expectClaim(c, "settling replacement 0")
		s.says(s.purchases(o)[1], parcel("ONE"))
		s.tracked("ONE", "lost", 90*time.Hour)
		s.arrives(o, "TWO")
		s.expectClaim(c, "settling replacement 0")
		s.expect(o, "open, delivered, paid, parcel-lost") // nobody has decided about it
		s.inOrder()
		var made claim.Claim
		lost := func(ctx context.Context, tx *db.Tx) error {
			list, err := shipment.OfOrder(ctx, tx, s.store, o)
			for _, p := range list {
				if p.Number == "ONE" {
					made, err = flow.SendParcelAgain(ctx, tx, s.store, p.ShipmentID, me)
				}
			}
			return err
		}
		s.do(lost)
		if made.ClaimID != c.ClaimID {
			s.t.Errorf("it was sent for claim %s", made.Number)
		}
		s.refused("already", lost)
		s.buys(o, "Ali shipped 2; Ali shipped 1; Bert shipped 1; Bert planned 1")
		s.expect(o, "open, delivered, paid")
		s.arrives(o, "THREE")
		s.expectClaim(c, "settled replacement 0")
		s.expect(o, "closed, delivered, paid")
	})
}

// What a person called off is not bought anew, and what would cost more than it is worth is theirs
// to decide.
func TestAReplacementIsNotBoughtAnewAtAnyPrice(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, c := s.replaced(1, flow.ClaimYes{})
		s.acknowledged()
		s.cancel(o)
		s.says(s.purchases(o)[1], flow.SupplierSaid{State: "refused", Words: "cancelled"})
		s.buys(o, "Ali shipped 1; Ali rejected 1")
		s.expectClaim(c, "failed replacement 0")
		s.inOrder()

		s.offer(s.bert, s.mug, 2400, 10)
		o, c = s.replaced(1, flow.ClaimYes{})
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Words: "sold out"}, nil, flow.Powers{})
		s.buys(o, "Ali shipped 1; Ali rejected 1")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			now, err := claim.Get(ctx, tx, s.store, c.ClaimID)
			if !strings.Contains(now.Trouble, "sold out") || !strings.Contains(now.Trouble, "more than the 23.00") {
				s.t.Errorf("it says %q", now.Trouble)
			}
			return err
		})
		s.do(s.resends(c, s.bert.SupplierID))
		s.buys(o, "Ali shipped 1; Ali rejected 1; Bert planned 1")
	})
}

// Who sends a replacement is chosen: by a person, or by the store's setting that bars who sent what
// came wrong, also when it is tried once more.
func TestWhoSendsAReplacement(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, _ := s.replaced(1, flow.ClaimYes{Supplier: s.bert.SupplierID})
		s.buys(o, "Ali shipped 1; Bert planned 1")
		o, c := s.replaced(1, flow.ClaimYes{Elsewhere: true})
		s.buys(o, "Ali shipped 1; Bert planned 1")
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Words: "sold out"}, nil, flow.Powers{})
		s.expectClaim(c, "failed replacement 0") // Ali sent the wrong one
	})
	each(t, claimSettings+" claim.elsewhere=true", func(s *shop) {
		o, _ := s.replaced(1, flow.ClaimYes{})
		s.buys(o, "Ali shipped 1; Bert planned 1")
		o, _ = s.replaced(1, flow.ClaimYes{Supplier: s.ali.SupplierID})
		s.buys(o, "Ali shipped 1; Ali planned 1")
		s.offer(s.bert, s.mug, 700, 0)
		p := s.bought(1, 0)
		s.delivered(p)
		c := s.claims(p.Order.OrderID, claim.WrongItem, claim.Keep, 1)
		s.refused("barred", approve(s, c, claim.Replacement))
	})
}

// No more is sent for a claim than it is about, also when it is opened again. What came instead may
// break as well, and is then a claim of its own, which no rule approves.
func TestAReplacementIsSentOnce(t *testing.T) {
	t.Parallel()
	each(t, claimSettings+" claim.auto_below=50.00", func(s *shop) {
		for range 7 {
			s.bought(1, 0)
		}
		o := s.had(1, 0)
		s.exec("UPDATE orders SET customer_id = (SELECT o.customer_id FROM orders o WHERE o.order_id = '" + string(o) + "')") // who is in good standing
		missed := func() (c claim.Claim) {
			s.do(func(ctx context.Context, tx *db.Tx) (err error) {
				c, err = flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: claim.NotArrived, Wish: claim.Replacement, Units: map[int64]int64{1: 1}, Actor: "customer"})
				return err
			})
			return c
		}
		first := missed()
		s.expectClaim(first, "settling replacement 0") // by the rules
		s.arrives(o, "ONE")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ReopenClaim(ctx, tx, s.store, first.ClaimID, me)
		})
		s.refused("barred", approve(s, first, claim.Replacement))
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.store, first.ClaimID, "Please make another claim.", me)
		})
		second := missed()
		s.expectClaim(second, "opened  0")
		s.do(approve(s, second, claim.Replacement))
		s.expectClaim(second, "settling replacement 0")
		s.inOrder()
	})
}
