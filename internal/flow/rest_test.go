package flow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
)

// half is an order of a mug and a bowl of which the mug has left.
func (s *shop) half() id.Order {
	s.t.Helper()
	o := s.bought(1, 1).Order.OrderID
	s.acknowledged()
	s.mugLeaves(o)
	return o
}

func (s *shop) mugLeaves(o id.Order) {
	s.t.Helper()
	s.says(s.purchases(o)[0], flow.SupplierSaid{State: "part-ship", Parcels: []flow.ParcelSaid{{Number: "P1", Lines: []flow.PackedSaid{{SKU: "Ali-mug", Quantity: 1}}}}})
}

// late looks for what takes too long, and makes it a reason.
func (s *shop) late() {
	s.t.Helper()
	var list []flow.Late
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = flow.FindLate(ctx, tx, s.store)
		return err
	}))
	for _, l := range list {
		if l.Purchase != "" {
			s.do(func(ctx context.Context, tx *db.Tx) error { return flow.SetLate(ctx, tx, s.store, l) })
		}
	}
}

// One parcel left and the rest never comes: after a while a person is told.
func TestTheRestIsLate(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.half()
		s.late()
		s.expect(o, "open, partly shipped, paid")
		s.later(60 * 24 * time.Hour)
		s.late()
		s.late() // once
		if codes := s.order(o).Reasons(); len(codes) != 1 || codes[0].Code != "late-rest" {
			s.t.Errorf("reasons: %+v", codes)
		}
		s.says(s.purchases(o)[0], parcel("P2"))
		s.expect(o, "open, shipped, paid")
	})
}

// A parcel left while the order was being cancelled: the supplier is asked to keep back the rest.
func TestCancelledWhileAPartLeaves(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		out  flow.Outcome
		can  flow.Powers
		buys string
		back string
	}{
		"stopped":         {flow.Outcome{Kind: flow.Done}, flow.Powers{Cancel: true}, "Ali shipped 1", "partly refunded"},
		"refused":         {flow.Outcome{Kind: flow.RejectedCall, Code: "no", Words: "packed"}, flow.Powers{Cancel: true}, "Ali shipping 2", "paid"},
		"cannot be asked": {flow.Outcome{Kind: flow.RejectedCall}, flow.Powers{}, "Ali shipping 2", "paid"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 1).Order.OrderID
				s.acknowledged()
				s.cancel(o)
				s.mugLeaves(o)
				s.expect(o, "cancelling, partly shipped, paid")
				s.cancelled(c.out, c.can)
				s.refunded()
				s.buys(o, c.buys)
				if got := s.order(o); got.State != "open" || got.Money != c.back {
					s.t.Errorf("the order is %s, %s", got.State, got.Money)
				}
			})
		})
	}
}

// A person says what the supplier answered about the rest of a purchase of which a part has left:
// stopped units are paid back, others come after all; and it is answered once.
func TestAPersonAnswersForTheRest(t *testing.T) {
	t.Parallel()
	for stopped, want := range map[bool][2]string{true: {"Ali shipped 1", "partly refunded"}, false: {"Ali shipping 2", "paid"}} {
		each(t, "", func(s *shop) {
			o := s.bought(1, 1).Order.OrderID
			s.acknowledged()
			s.cancel(o)
			s.mugLeaves(o)
			p := s.purchases(o)[0].PurchaseID
			s.do(func(ctx context.Context, tx *db.Tx) error {
				return flow.ResolveCancel(ctx, tx, s.store, p, stopped, "they said so", me)
			})
			s.refunded()
			s.buys(o, want[0])
			if got := s.order(o); got.State != "open" || got.Money != want[1] {
				s.t.Errorf("stopped %v: the order is %s, %s", stopped, got.State, got.Money)
			}
			s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error {
				return flow.ResolveCancel(ctx, tx, s.store, p, !stopped, "another word", me)
			})
		})
	}
}

// A cancellation that does not get through for hours is shown, and tried on.
func TestCancellationThatDoesNotGetThrough(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.acknowledged()
		s.cancel(o)
		busy := flow.Outcome{Kind: flow.NotSent, Words: "busy"}
		s.cancelled(busy, flow.Powers{Cancel: true})
		s.later(5 * time.Hour)
		s.cancelled(busy, flow.Powers{Cancel: true})
		s.expect(o, "cancelling, ordered, paid")
		s.later(2 * time.Hour)
		s.cancelled(busy, flow.Powers{Cancel: true})
		s.expect(o, "cancelling, ordered, paid, cancel-slow")
		if !s.order(o).NeedsPerson {
			s.t.Error("nobody has to look")
		}
		s.cancelled(flow.Outcome{Kind: flow.Done}, flow.Powers{Cancel: true})
		s.refunded()
		s.expect(o, "cancelled, cancelled, refunded")
	})
}

// replacing is an order of which one article arrived broken; its replacement is approved and not sent
// yet when the other, the last of it, arrives.
func (s *shop) replacing() (id.Order, claim.Claim) {
	s.t.Helper()
	s.split()
	o := s.bought(1, 1).Order.OrderID
	s.acknowledged()
	first, other := s.purchases(o)[0], s.purchases(o)[1] // the claim is about the order's first line
	if s.column("SELECT order_line_id FROM purchase_lines WHERE purchase_id = '"+string(first.PurchaseID)+"'") != "1" {
		first, other = other, first
	}
	s.says(first, parcel("M1"))
	s.says(other, parcel("B1"))
	s.tracked("M1", "delivered", 24*time.Hour)
	c := s.claims(o, claim.Damaged, claim.Replacement, 1)
	s.do(approve(s, c, claim.Replacement))
	s.tracked("B1", "delivered", 25*time.Hour)
	return o, c
}

// An order is not closed under a replacement that is still to be sent.
func TestReplacementIsSentThoughAllHasArrived(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, c := s.replacing()
		s.expect(o, "open, delivered, paid")
		s.acknowledged()
		i := slices.IndexFunc(s.purchases(o), func(p purchase.Purchase) bool { return p.ClaimID == c.ClaimID })
		again := s.purchases(o)[i]
		if again.State != purchase.Submitted {
			s.t.Fatalf("the replacement is %s", again.State)
		}
		s.says(again, parcel("M2"))
		s.tracked("M2", "delivered", 50*time.Hour)
		s.expectClaim(c, "settled replacement 0")
		if got := s.order(o).State; got != "closed" {
			s.t.Errorf("the order is %s", got)
		}
	})
}

// When the replacement comes to nothing, nothing keeps the order open.
func TestReplacementThatComesToNothingLetsTheOrderClose(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, c := s.replacing()
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "gone", Words: "sold out"}, nil, flow.Powers{})
		s.expectClaim(c, "failed replacement 0")
		s.expect(o, "closed, delivered, paid, claim-failed")
	})
}

// Where nobody follows parcels, a supplier is asked for those that are on their way.
func TestShippedPurchasesAreAskedFor(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		open := func(moving bool) (n int) {
			s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
				list, err := purchase.Open(ctx, tx, s.store, s.ali.SupplierID, "", 2, moving)
				n = len(list)
				return err
			}))
			return n
		}
		for i := range 3 {
			o := s.bought(1, 0).Order.OrderID
			s.acknowledged()
			if i > 0 {
				s.says(s.purchases(o)[0], parcel("P"+string(rune('0'+i))))
			}
		}
		if got := [2]int{open(false), open(true)}; got != [2]int{1, 2} {
			s.t.Errorf("open are %v", got)
		}
		s.tracked("P1", "delivered", 24*time.Hour)
		s.tracked("P2", "delivered", 24*time.Hour)
		if n := open(true); n != 1 {
			s.t.Errorf("%d are asked for when all has arrived", n)
		}
	})
}
