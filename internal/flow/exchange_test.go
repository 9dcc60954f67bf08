package flow_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
)

const (
	keeps    = "claim.keep_below=100.00 claim.return_to=Mug_Street_1"
	comeBack = "claim.return_to=Mug_Street_1"
)

// exchanges lets the customer wish for another article in place of units of line 1.
func (s *shop) exchanges(o id.Order, kind claim.Kind, units int64, v id.Variant) (made claim.Claim) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.OpenClaim(ctx, tx, s.store, o, s.wishes(kind, units, v))
		return err
	})
	return made
}

func (s *shop) wishes(kind claim.Kind, units int64, v id.Variant) flow.ClaimSaid {
	return flow.ClaimSaid{Kind: kind, Wish: claim.Exchanged, Units: map[int64]int64{1: units}, Variant: v, Words: "the other one, please", Actor: "customer"}
}

// exchange is a claim's exchange in words: state, units, price and worth.
func (s *shop) expectExchange(c claim.Claim, want string) (x claim.Exchange) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		x, err = claim.ExchangeOf(ctx, tx, c)
		return err
	})
	if got := fmt.Sprintf("%s %d for %d, worth %d", x.State, x.Quantity, x.PriceMinor, x.WorthMinor); got != want {
		s.t.Errorf("the exchange is %q, want %q", got, want)
	}
	return x
}

// pays makes the payment of an exchange and lets the provider say how it stands.
func (s *shop) paysExchange(c claim.Claim, state string) (placed flow.Placed) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		placed, err = flow.PayExchange(ctx, tx, c.ClaimID, flow.Placement{Store: s.store, Connector: bank, Driver: "stripe", Actor: "customer"})
		return err
	})
	if state != "" {
		s.paid(placed, state)
	}
	return placed
}

// arrives lets the purchase of an exchange go all the way.
func (s *shop) arrives(o id.Order, number string) {
	s.t.Helper()
	s.acknowledged()
	all := s.purchases(o)
	last := all[len(all)-1]
	s.says(last, flow.SupplierSaid{State: "accepted"})
	s.says(last, parcel(number))
	s.tracked(number, "in-transit", 240*time.Hour)
	s.tracked(number, "delivered", 250*time.Hour)
}

func (s *shop) comesBack(c claim.Claim, accepted int64, words string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReceiveReturn(ctx, tx, s.store, c.ClaimID, me) })
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.InspectReturn(ctx, tx, s.store, c.ClaimID, flow.Inspection{Accepted: map[int64]int64{1: accepted}, Words: words, Actor: me})
	})
}

// arrived1 is an order of mugs and bowls that was paid and delivered.
func (s *shop) had(mugs, bowls int64) id.Order {
	s.t.Helper()
	p := s.bought(mugs, bowls)
	s.delivered(p)
	return p.Order.OrderID
}

// A mug is broken and the customer would like the bowl, which costs more: the bowl is put by,
// bought once the difference is paid, and the order is then paid for both.
func TestExchangeForADearerArticle(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o := s.had(1, 0)
		c := s.exchanges(o, claim.Damaged, 1, s.bowl)
		s.do(approve(s, c, claim.Exchanged))
		s.expectClaim(c, "settling exchange 0")
		s.expectExchange(c, "waiting 1 for 3000, worth 2000")
		s.stock(s.bowl, 20, 1, 0)
		s.refused("not-possible", approve(s, c, claim.Exchanged))
		first := s.paysExchange(c, "pending")
		if again := s.paysExchange(c, ""); again.Payment.PaymentID != first.Payment.PaymentID {
			s.t.Error("a second press made a second payment")
		}
		s.paid(first, "captured")
		s.paid(first, "captured") // the message comes twice
		s.expectExchange(c, "done 1 for 3000, worth 2000")
		if n := len(s.purchases(o)); n != 2 {
			s.t.Fatalf("there are %d purchases", n)
		}
		s.expect(o, "open, delivered, paid")
		s.money(o, "cash 3300, cost 800, sales -3300, supplier -800")
		s.arrives(o, "EX1")
		s.expectClaim(c, "settled exchange 0")
		s.stock(s.bowl, 19, 0, 0)
		s.expect(o, "closed, delivered, paid")
		s.mails(o, "claim-opened delivered delivered exchange-done exchange-waiting order-confirmed out-for-delivery shipped shipped")
		s.do(func(ctx context.Context, tx *db.Tx) error { // the bowl is broken too: it is worth what was paid for it
			free, _, err := flow.MayClaim(ctx, tx, s.store, o)
			if free[1] != 1 {
				s.t.Errorf("%d units may be claimed once more", free[1])
			}
			return err
		})
		second := s.claims(o, claim.Damaged, claim.Keep, 1)
		s.do(approve(s, second, claim.Keep))
		s.expectClaim(second, "settling keep 3300")
		s.refunded()
		s.expect(o, "closed, delivered, refunded")
	})
}

// What costs less: the difference goes back, and the article is bought at once.
func TestExchangeForACheaperArticle(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o := s.had(0, 2)
		c := s.exchanges(o, claim.WrongItem, 2, s.mug)
		s.do(approve(s, c, claim.Exchanged))
		x := s.expectExchange(c, "done 2 for 4000, worth 6000")
		s.refunded()
		s.expectClaim(c, "settling exchange 0")
		s.money(o, "cash 4300, cost 1900, sales -4300, supplier -1900")
		s.arrives(o, "EX2")
		s.expectClaim(c, "settled exchange 0")
		s.expect(o, "closed, delivered, partly refunded")
		s.stock(s.mug, 18, 0, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			r, err := ledger.GetRefund(ctx, tx, s.store, x.RefundID)
			if err == nil && (r.AmountMinor != 2000 || r.State != ledger.RefundSucceeded) {
				s.t.Errorf("the refund is of %d, %s", r.AmountMinor, r.State)
			}
			return err
		})
	})
}

// Three came back and two are accepted: two are exchanged, by the allocation of a discounted
// order, and the third one's stock is free again.
func TestExchangePartlyAccepted(t *testing.T) {
	t.Parallel()
	each(t, comeBack, func(s *shop) {
		p := s.placed(3, 0)
		s.discounted(p.Order.OrderID, 3)
		s.paid(p, "captured")
		s.delivered(p)
		o := p.Order.OrderID
		c := s.exchanges(o, claim.NoLongerWanted, 3, s.bowl)
		s.do(approve(s, c, claim.Exchanged))
		s.expectClaim(c, "returning exchange 0")
		s.expectExchange(c, "held 3 for 9000, worth 5399")
		s.stock(s.bowl, 20, 3, 0)
		s.comesBack(c, 2, "one is scratched")
		s.stock(s.bowl, 20, 2, 0)
		x := s.expectExchange(c, "waiting 2 for 6000, worth 3599")
		s.paysExchange(c, "captured")
		s.expectExchange(c, "done 2 for 6000, worth 3599")
		s.arrives(o, "EX3")
		s.expectClaim(c, "settled exchange 0")
		if x.Difference().Minor != 2401 {
			s.t.Errorf("the difference is %s", x.Difference())
		}
	})
}

// owesDifference is a customer who sent a mug back for a dearer bowl and has begun to pay the
// difference.
func (s *shop) owesDifference() (o id.Order, c claim.Claim, begun flow.Placed) {
	o = s.had(1, 0)
	c = s.exchanges(o, claim.NoLongerWanted, 1, s.bowl)
	s.do(approve(s, c, claim.Exchanged))
	s.comesBack(c, 1, "")
	return o, c, s.paysExchange(c, "pending")
}

// Nobody pays: the bowl is free again and the goods that came back are paid for. What is paid
// later goes back.
func TestExchangeNotPaidInTime(t *testing.T) {
	t.Parallel()
	each(t, comeBack, func(s *shop) {
		o, c, late := s.owesDifference()
		s.later(6 * 24 * time.Hour)
		s.runOut()
		s.expectExchange(c, "waiting 1 for 3000, worth 2000")
		s.later(2 * 24 * time.Hour)
		s.runOut()
		s.expectExchange(c, "lapsed 1 for 3000, worth 2000")
		s.stock(s.bowl, 20, 0, 0)
		s.expectClaim(c, "settling return 2300")
		s.refunded()
		s.expectClaim(c, "settled return 2300")
		s.expect(o, "closed, delivered, refunded")
		s.refused("exchange-over", func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.PayExchange(ctx, tx, c.ClaimID, flow.Placement{Store: s.store, Connector: bank, Driver: "stripe"})
			return err
		})
		s.paid(late, "captured")
		s.refunded()
		s.expect(o, "closed, delivered, refunded")
		s.money(o, "cost 800, supplier -800")
		if n := len(s.purchases(o)); n != 1 {
			s.t.Errorf("%d purchases", n)
		}
	})
}

// An exchange that is being paid does not run out, and takes no place among those that do: a
// hundred of them would hide all that come after.
func TestExchangeThatIsBeingPaidDoesNotRunOut(t *testing.T) {
	t.Parallel()
	each(t, comeBack, func(s *shop) {
		_, c, pay := s.owesDifference()
		s.later(8 * 24 * time.Hour)
		overdue := func() (n int) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				list, err := claim.OverdueExchanges(ctx, tx, s.store, tx.Now, 100)
				n = len(list)
				return err
			})
			return n
		}
		if n := overdue(); n != 1 {
			s.t.Fatalf("%d are overdue", n)
		}
		s.paid(pay, "authorised")
		if n := overdue(); n != 0 {
			s.t.Errorf("%d are overdue that are being paid", n)
		}
		s.runOut()
		s.expectExchange(c, "waiting 1 for 3000, worth 2000")
	})
}

func (s *shop) runOut() {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.RunOutClaims(ctx, tx, s.store)
		return err
	})
}

// Neither supplier can send the other article after all: what was paid for it goes back, and a
// person decides about the rest.
func TestExchangeThatTheSupplierRefuses(t *testing.T) {
	t.Parallel()
	each(t, keeps, func(s *shop) {
		o := s.had(1, 0)
		c := s.exchanges(o, claim.Damaged, 1, s.bowl)
		s.do(approve(s, c, claim.Exchanged))
		s.paysExchange(c, "captured")
		s.soldOut()
		s.expectExchange(c, "lapsed 1 for 3000, worth 2000")
		s.refunded()
		s.expectClaim(c, "failed exchange 0")
		s.expect(o, "closed, delivered, paid, claim-failed")
		s.money(o, "cash 2300, cost 800, sales -2300, supplier -800")
		s.stock(s.bowl, 20, 0, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ReopenClaim(ctx, tx, s.store, c.ClaimID, me) })
		s.do(approve(s, c, claim.Keep))
		s.refunded()
		s.expectClaim(c, "settled keep 2300")
		s.expect(o, "closed, delivered, refunded")
	})
}

// An exchange whose claim is withdrawn frees the article; one that cannot be is refused.
func TestExchangeWithdrawnAndRefused(t *testing.T) {
	t.Parallel()
	each(t, comeBack, func(s *shop) {
		o := s.had(2, 0)
		for code, said := range map[string]flow.ClaimSaid{
			"variant": s.wishes(claim.Damaged, 1, ""), "exchange": s.wishes(claim.Damaged, 1, s.mug), "wish": s.wishes(claim.MissingPart, 1, s.bowl),
		} {
			s.refused(code, func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.OpenClaim(ctx, tx, s.store, o, said)
				return err
			})
		}
		c := s.exchanges(o, claim.Damaged, 1, s.bowl)
		s.do(approve(s, c, claim.Exchanged))
		s.stock(s.bowl, 20, 1, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.WithdrawClaim(ctx, tx, s.store, c.ClaimID, "customer")
		})
		s.stock(s.bowl, 20, 0, 0)
		s.expectExchange(c, "lapsed 1 for 3000, worth 2000")
		s.offer(s.ali, s.bowl, 800, 0)
		s.offer(s.bert, s.bowl, 900, 0)
		s.refused("exchange", func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.OpenClaim(ctx, tx, s.store, o, s.wishes(claim.Damaged, 1, s.bowl))
			return err
		})
	})
}

// breaks damages what is stored, wants the audit to name it, and mends it.
func (s *shop) breaks(damage, mend, want string) {
	s.t.Helper()
	s.exec("UPDATE " + damage)
	s.damaged(damage, want)
	s.exec("UPDATE " + mend)
}

// The audit names an exchange that does not fit what it rests on.
func TestExchangesAreAudited(t *testing.T) {
	t.Parallel()
	eachShop(t, keeps, func(s *shop) {
		o := s.had(1, 0)
		c := s.exchanges(o, claim.Damaged, 1, s.bowl)
		s.do(approve(s, c, claim.Exchanged))
		x := s.expectExchange(c, "waiting 1 for 3000, worth 2000")
		s.breaks("exchanges SET quantity = 2", "exchanges SET quantity = 1", "exchange reserved")
		s.breaks("exchanges SET due_at = 0", fmt.Sprintf("exchanges SET due_at = %d", x.DueAt), "exchange due")
		s.breaks("claims SET state = 'settled'", "claims SET state = 'settling'", "exchange claim")
		s.paysExchange(c, "captured")
		s.breaks("exchanges SET price_minor = 3500", "exchanges SET price_minor = 3000", "exchange booked")
		s.breaks("exchanges SET payment_id = ''", "exchanges SET payment_id = (SELECT p.payment_id FROM payments p WHERE p.exchange_id <> '')", "exchange paid")
		s.breaks("exchanges SET state = 'lapsed'", "exchanges SET state = 'done'", "exchange given back")
		s.breaks("purchases SET state = 'rejected' WHERE claim_id <> ''", "purchases SET state = 'planned' WHERE claim_id <> ''", "exchange purchase")
		if n := len(s.purchases(o)); n != 2 {
			s.t.Errorf("there are %d purchases", n)
		}
		s.inOrder()
	})
}
