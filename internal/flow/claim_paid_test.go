package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// refunds are the refunds of an order that have not failed.
func (s *shop) refunds(o id.Order) (list []ledger.Refund) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = ledger.RefundsOf(ctx, tx, s.store, o)
		list = slices.DeleteFunc(list, func(r ledger.Refund) bool { return r.State == ledger.RefundFailed })
		return err
	})
	return list
}

// wentBack wants so much to have gone back of an order, or to be on its way.
func (s *shop) wentBack(o id.Order, want int64) {
	s.t.Helper()
	sum := int64(0)
	for _, r := range s.refunds(o) {
		sum += r.AmountMinor
	}
	if sum != want {
		s.t.Errorf("%d went back, want %d", sum, want)
	}
}

// from is the first purchase of an order from a supplier.
func (s *shop) from(o id.Order, by inventory.Supplier) purchase.Purchase {
	s.t.Helper()
	list := s.purchases(o)
	i := slices.IndexFunc(list, func(p purchase.Purchase) bool { return p.SupplierID == by.SupplierID })
	if i < 0 {
		s.t.Fatalf("nothing was bought from %s", by.Name)
	}
	return list[i]
}

// lateMug notes that a mug of an order has not come.
func (s *shop) lateMug(o id.Order) (made claim.Claim) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		lines, err := order.LinesOf(ctx, tx, s.store, o)
		if err != nil {
			return err
		}
		at := slices.IndexFunc(lines, func(l order.OrderLine) bool { return l.VariantID == s.mug })
		made, err = flow.OpenClaim(ctx, tx, s.store, o, flow.ClaimSaid{Kind: claim.Late, Wish: claim.Refund, Units: map[int64]int64{lines[at].LineID: 1},
			Words: "Where is it?", Actor: me})
		return err
	})
	return made
}

// waitsForMug is an order of which the bowl has left Bert and Ali has not sent the mug.
func (s *shop) waitsForMug() (o id.Order, worth int64) {
	s.t.Helper()
	s.split()
	o = s.bought(1, 1).Order.OrderID
	s.acknowledged()
	s.says(s.from(o, s.ali), flow.SupplierSaid{State: "accepted"})
	s.says(s.from(o, s.bert), flow.SupplierSaid{State: "accepted"})
	s.says(s.from(o, s.bert), parcel("BOWL"))
	s.later(40 * 24 * time.Hour)
	s.do(func(ctx context.Context, tx *db.Tx) error {
		units, err := order.UnitsOf(ctx, tx, s.store, o)
		for _, u := range units {
			if u.PriceMinor == 2000 {
				worth = order.Share(units, u.LineID, 1, 1, true)
			}
		}
		return err
	})
	return o, worth
}

func (s *shop) cut(o id.Order) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.RefundUnplaced(ctx, tx, s.store, o, me) })
	if n := s.column("SELECT CAST(SUM(cancelled) AS TEXT) FROM order_lines"); n != "1" {
		s.t.Errorf("%s units are off the order", n)
	}
}

// A mug that did not come was paid for by a claim: when its supplier stops it as well it goes off
// the order, and is not paid for once more.
func TestWhatAClaimPaidIsNotPaidWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, worth := s.waitsForMug()
		s.do(approve(s, s.lateMug(o), claim.Refund))
		s.refunded()
		s.wentBack(o, worth)
		s.cancel(o)
		s.cancelled(flow.Outcome{Kind: flow.Done}, flow.Powers{Cancel: true})
		s.buys(o, "Ali cancelled 1; Bert shipped 1")
		s.wentBack(o, worth)
		if n := s.column("SELECT CAST(SUM(cancelled) AS TEXT) FROM order_lines"); n != "1" {
			s.t.Errorf("%s units are off the order", n)
		}
	})
}

// The same where the supplier refuses: nobody else is asked for it, though Bert has mugs now.
func TestWhatAClaimPaidIsNotBoughtElsewhere(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, worth := s.waitsForMug()
		s.do(approve(s, s.lateMug(o), claim.Refund))
		s.refunded()
		s.offer(s.bert, s.mug, 700, 10)
		s.says(s.from(o, s.ali), flow.SupplierSaid{State: "refused", Words: "gone"})
		s.buys(o, "Ali rejected 1; Bert shipped 1")
		if r := s.order(o).Reasons(); len(r) == 0 || r[0].Code != "unplaced" || !strings.HasPrefix(r[0].Words, "A claim has paid for the units") {
			s.t.Errorf("reasons %+v", r)
		}
		s.cut(o)
		s.wentBack(o, worth)
	})
}

// Of two mugs one came, one did not: the claim was about that one. Where the first was lost the
// claim was about the lost one, and the other is paid for when nobody sends it.
func TestWhichOfTwoUnitsAClaimPaid(t *testing.T) {
	t.Parallel()
	for end, whole := range map[string]bool{"delivered": false, "lost": true} {
		t.Run(end, func(t *testing.T) {
			t.Parallel()
			each(t, claimSettings, func(s *shop) {
				s.offer(s.ali, s.mug, 500, 1)
				s.offer(s.bert, s.mug, 700, 1)
				p := s.bought(2, 0)
				o := p.Order.OrderID
				s.acknowledged()
				s.says(s.from(o, s.bert), flow.SupplierSaid{State: "accepted"})
				s.says(s.from(o, s.ali), parcel("ONE"))
				s.tracked("ONE", end, 24*time.Hour)
				s.later(40 * 24 * time.Hour)
				c := s.lateMug(o)
				s.do(approve(s, c, claim.Refund))
				s.refunded()
				paid := s.refunds(o)[0].AmountMinor
				s.says(s.from(o, s.bert), flow.SupplierSaid{State: "refused", Words: "gone"})
				s.cut(o)
				if whole {
					paid = p.Order.TotalMinor
				}
				s.wentBack(o, paid)
			})
		})
	}
}

// The other way round: units went off the order, with their money, while their claim was open.
func TestAClaimOfUnitsOffTheOrderIsNotPaid(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		o, worth := s.waitsForMug()
		c := s.lateMug(o)
		s.says(s.from(o, s.ali), flow.SupplierSaid{State: "refused", Words: "gone"})
		s.cut(o)
		s.wentBack(o, worth)
		s.refused("barred", approve(s, c, claim.Refund))
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.store, c.ClaimID, "It went back with the order.", me)
		})
		s.refunded()
		s.wentBack(o, worth)
		s.names([]damage{{"UPDATE claims SET state = 'settled', outcome = 'refund'", "UPDATE claims SET state = 'declined', outcome = ''", "units paid back twice"}})
	})
}

// The same of two mugs, of which one came in time: the one that is off the order is the one that
// the claim was about.
func TestAClaimOfTheUnitThatIsOffTheOrder(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.offer(s.ali, s.mug, 500, 1)
		s.offer(s.bert, s.mug, 700, 1)
		o := s.bought(2, 0).Order.OrderID
		s.acknowledged()
		s.says(s.from(o, s.bert), flow.SupplierSaid{State: "accepted"})
		s.says(s.from(o, s.ali), parcel("ONE"))
		s.tracked("ONE", "delivered", 24*time.Hour)
		s.later(40 * 24 * time.Hour)
		c := s.lateMug(o)
		s.says(s.from(o, s.bert), flow.SupplierSaid{State: "refused", Words: "gone"})
		s.cut(o)
		s.refused("barred", approve(s, c, claim.Refund))
		s.wentBack(o, 2300)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.DeclineClaim(ctx, tx, s.store, c.ClaimID, "It went back with the order.", me)
		})
	})
}

// swapped is a claim of a bowl that is exchanged for a mug, which costs 10.00 less.
func (s *shop) swapped() (id.Order, claim.Claim) {
	s.t.Helper()
	o := s.had(0, 1)
	c := s.exchanges(o, claim.WrongItem, 1, s.mug)
	s.do(approve(s, c, claim.Exchanged))
	s.refunded()
	s.expectExchange(c, "done 1 for 2000, worth 3000")
	s.wentBack(o, 1000)
	return o, c
}

// soldOut lets both suppliers refuse what was bought last: the first, and the one who is asked then.
func (s *shop) soldOut() {
	s.t.Helper()
	for range 2 {
		s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "gone", Words: "sold out"}, nil, flow.Powers{})
	}
}

// notSent lets the suppliers refuse what was bought last, and opens the claim again.
func (s *shop) notSent(c claim.Claim) {
	s.t.Helper()
	s.soldOut()
	s.expectExchange(c, "lapsed 1 for 2000, worth 3000")
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
}

// An exchange for something cheaper is tried twice: the difference goes back once, and what came
// instead is worth what was kept for it.
func TestTheDifferenceGoesBackOnce(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o, c := s.swapped()
		s.notSent(c)
		s.do(approve(s, c, claim.Exchanged))
		s.expectExchange(c, "done 1 for 2000, worth 2000")
		s.refunded()
		s.wentBack(o, 1000)
		s.arrives(o, "TWICE")
		s.expectClaim(c, "settled exchange 0")
		broken := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, broken, claim.Keep))
		s.refunded()
		s.expectClaim(broken, "settled keep 2300")
		s.wentBack(o, 3300)
	})
}

// Paid instead of exchanged: the rest goes back, less what went back with the exchange once.
func TestTheDifferenceCountsOnceWhereTheRestIsPaid(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o, c := s.swapped()
		s.notSent(c)
		s.do(approve(s, c, claim.Keep))
		s.refunded()
		s.expectClaim(c, "settled keep 3300")
		s.wentBack(o, 3300)
	})
}

// What came instead is broken: the claim is opened again, and pays what that one cost.
func TestWhatCameInsteadIsPaidInFull(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o, c := s.swapped()
		s.arrives(o, "BROKEN")
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(approve(s, c, claim.Keep))
		s.refunded()
		s.expectClaim(c, "settled keep 2300")
		s.wentBack(o, 3300)
	})
}

// Store credit went back and the card refused: opened again, the claim pays the rest.
func TestTheRestOfAClaimIsPaidWhenItsCardFailed(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		first := s.placed(1, 0)
		s.paid(first, "captured")
		s.delivered(first)
		s.grants(first.Order.CustomerID, 1500)
		second := s.place(s.again(first.Order, 1))
		s.paid(second, "captured")
		o := second.Order.OrderID
		s.delivered(second)
		c := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, c, claim.Keep))
		s.refund("refund.send", flow.Outcome{Kind: flow.RejectedCall, Code: "closed", Words: "the card is gone"}, nil)
		s.expectClaim(c, "failed keep 2300")
		s.wentBack(o, 1500)
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(approve(s, c, claim.Keep))
		s.expectClaim(c, "settling keep 2300")
		s.refunded()
		s.expectClaim(c, "settled keep 2300")
		s.wentBack(o, 2300)
	})
}

// Two cards give back for one claim: it is settled when both have, and failed when one does not,
// whichever comes first.
func TestAClaimOfTwoRefundsFollowsBoth(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o := s.had(1, 0)
		c := s.exchanges(o, claim.Damaged, 1, s.bowl)
		s.do(approve(s, c, claim.Exchanged))
		s.paysExchange(c, "captured")
		s.arrives(o, "EX1")
		broken := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, broken, claim.Keep))
		list := s.refunds(o)
		if len(list) != 2 {
			s.t.Fatalf("there are %d refunds", len(list))
		}
		says := func(r ledger.Refund, state string) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.RefundSaidSo(ctx, tx, s.store, flow.RefundSaid{Refund: r.RefundID, State: state, Words: "card", Actor: "payment:bank"})
				return err
			})
		}
		s.refund("refund.send", flow.Outcome{Kind: flow.Done}, nil)
		says(list[1], "succeeded")
		s.expectClaim(broken, "settling keep 3300")
		says(list[0], "failed")
		s.expectClaim(broken, "failed keep 3300")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RetryRefund(ctx, tx, s.store, list[0].RefundID, me)
			return err
		})
		s.expectClaim(broken, "settling keep 3300")
		s.refunded()
		s.expectClaim(broken, "settled keep 3300")
		s.wentBack(o, 3300)
	})
}
