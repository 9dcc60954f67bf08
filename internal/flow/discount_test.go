package flow_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// code makes a discount's code.
func (s *shop) code(d discount.Discount) (made discount.Discount) {
	s.t.Helper()
	d.StoreID, d.Currency, d.Active = s.store, "EUR", true
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.MakeCode(ctx, tx, d, me)
		return err
	})
	return made
}

// enters types a code into a cart.
func (s *shop) enters(c id.Cart, code string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.EnterDiscount(ctx, tx, s.store, c, code) })
}

// mailed says who buys.
func (s *shop) mailed(c id.Cart, email string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return cart.SetContact(ctx, tx, s.store, c, cart.Contact{Email: email, Shipping: home()})
	})
}

func (s *shop) uses(d discount.Discount) (n int64) {
	s.t.Helper()
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		now, err := discount.Get(ctx, tx, s.store, d.DiscountID)
		n = now.Uses
		return err
	}))
	return n
}

func (s *shop) refuseCode(code string, c id.Cart) {
	s.t.Helper()
	s.refused(code, func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.PlaceOrder(ctx, tx, s.placement(c))
		return err
	})
}

// Three mugs at 20.00 less a tenth, 3.00 shipping: each unit knows its share of both.
func TestADiscountIsAllocatedToUnits(t *testing.T) {
	t.Parallel()
	each(t, "tax.rate=19", func(s *shop) {
		tenth := s.code(discount.Discount{Code: "tenth", Kind: discount.Percent, Value: 1000})
		c := s.cart(3, 0)
		s.enters(c, " tenTH ")
		placed := s.place(s.placement(c))
		o := placed.Order
		if o.SubtotalMinor != 6000 || o.DiscountMinor != 600 || o.TotalMinor != 5700 || placed.Payment.AmountMinor != 5700 || o.DiscountCode != "TENTH" {
			s.t.Fatalf("%+v", o)
		}
		s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			units, err := order.UnitsOf(ctx, tx, s.store, o.OrderID)
			for _, u := range units {
				if u.DiscountMinor != 200 || u.ShippingMinor != 100 {
					s.t.Errorf("%+v", u)
				}
			}
			if order.Share(units, 1, 1, 2, true) != 3800 {
				s.t.Errorf("%+v", units)
			}
			return err
		}))
		if s.uses(tenth) != 1 {
			s.t.Error("not counted")
		}
		s.paid(placed, "captured")
		s.acknowledged()
	})
}

func TestFreeShippingIsWhatTheCodeGave(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		free := s.code(discount.Discount{Code: "PORTO", Kind: discount.Shipping, MinMinor: 4000})
		c := s.cart(1, 0)
		s.refused("code-minimum", func(ctx context.Context, tx *db.Tx) error { return flow.EnterDiscount(ctx, tx, s.store, c, "porto") })
		c = s.cart(2, 0)
		s.enters(c, "porto")
		o := s.place(s.placement(c)).Order
		if o.ShippingMinor != 0 || o.DiscountMinor != 0 || o.TotalMinor != 4000 {
			s.t.Errorf("%+v", o)
		}
		s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
			given, err := discount.Given(ctx, tx, s.store, free.DiscountID, free.DiscountID)
			if len(given) != 1 || given[0].Given != 300 {
				s.t.Errorf("%+v", given)
			}
			return err
		}))
	})
}

// Also where the goods became fewer after the code was entered: no order is dearer than shown.
func TestACodeThatHoldsNoMoreIsSaidAtTheTill(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.code(discount.Discount{Code: "BIG", Kind: discount.Amount, Value: 500, MinMinor: 4000})
		c := s.cart(2, 0)
		s.enters(c, "BIG")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.PutInCart(ctx, tx, s.store, c, s.mug, 1, false)
		})
		s.ship(c)
		s.refuseCode("code-minimum", c)
		s.enters(c, "")
		if o := s.place(s.placement(c)).Order; o.TotalMinor != 2300 || o.DiscountCode != "" {
			s.t.Errorf("%+v", o)
		}
		other := s.cart(1, 0)
		s.refused("code-unknown", func(ctx context.Context, tx *db.Tx) error { return flow.EnterDiscount(ctx, tx, s.store, other, "NONE") })
	})
}

func TestOncePerCustomerWhateverTheLetters(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		once := s.code(discount.Discount{Code: "HELLO", Kind: discount.Amount, Value: 500, Once: true})
		first, second := s.cart(1, 0), s.cart(1, 0)
		s.mailed(first, "Eve@Shop.example")
		s.mailed(second, "eve@shop.EXAMPLE")
		s.ship(first)
		s.ship(second)
		s.enters(first, "hello")
		s.enters(second, "hello")
		placed := s.place(s.placement(first))
		s.refuseCode("code-once", second)
		s.cancel(placed.Order.OrderID) // never paid: the use is free again
		if s.uses(once) != 0 {
			s.t.Error("the use was not given back")
		}
		s.place(s.placement(second))
		third := s.cart(1, 0)
		s.mailed(third, "EVE@shop.example")
		s.refused("code-once", func(ctx context.Context, tx *db.Tx) error {
			return flow.EnterDiscount(ctx, tx, s.store, third, "hello")
		})
		if s.uses(once) != 1 {
			s.t.Error(s.uses(once))
		}
	})
}

func TestAPaidOrderKeepsItsUseWhenItIsCancelled(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		d := s.code(discount.Discount{Code: "KEPT", Kind: discount.Amount, Value: 500})
		c := s.cart(1, 0)
		s.enters(c, "kept")
		placed := s.place(s.placement(c))
		s.paid(placed, "captured")
		s.cancel(placed.Order.OrderID)
		s.refunded()
		if s.uses(d) != 1 {
			s.t.Error("the use was given back")
		}
	})
}

// Many customers, one use left: one gets it, on both databases.
func TestTheLastUseOfACodeIsGivenOnce(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		d := s.code(discount.Discount{Code: "LAST", Kind: discount.Percent, Value: 5000, MostUses: 1})
		carts := make([]id.Cart, 6)
		for i := range carts {
			carts[i] = s.cart(1, 0)
			s.enters(carts[i], "last")
		}
		var group sync.WaitGroup
		errs := make([]error, len(carts))
		for i, c := range carts {
			group.Go(func() {
				errs[i] = s.Update(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := flow.PlaceOrder(ctx, tx, s.placement(c))
					return err
				})
			})
		}
		group.Wait()
		won := 0
		for _, err := range errs {
			var r *flow.Refusal
			switch {
			case err == nil:
				won++
			case !errors.As(err, &r) || r.Code != "code-used-up":
				s.t.Error(err)
			}
		}
		if won != 1 || s.uses(d) != 1 {
			s.t.Errorf("%d had the last use, %d are counted", won, s.uses(d))
		}
		s.stock(s.mug, 20, 1, 0) // those who were refused hold nothing
	})
}

// grants gives the customer of a mail address store credit; there is one after a first order.
func (s *shop) grants(who id.Customer, minor int64) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.GrantCredit(ctx, tx, s.store, flow.Grant{Customer: who, Amount: money.New(minor, "EUR"), Words: "for the trouble", Actor: me})
	})
}

func (s *shop) balance(who id.Customer, want int64) {
	s.t.Helper()
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		has, err := ledger.Spendable(ctx, tx, s.store, who, "EUR")
		if has.Minor != want {
			s.t.Errorf("store credit %s, want %d", has, want)
		}
		return err
	}))
}

// again is a cart of somebody who bought before and wants to spend their credit.
func (s *shop) again(of order.Order, mugs int64) flow.Placement {
	s.t.Helper()
	c := s.cart(mugs, 0)
	s.mailed(c, of.Email)
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.SpendCredit(ctx, tx, s.store, c, true) })
	p := s.placement(c)
	p.Customer = of.CustomerID
	return p
}

func TestAnOrderPaidByCreditNeedsNoProvider(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		first := s.placed(1, 0)
		s.grants(first.Order.CustomerID, 5000)
		p := s.again(first.Order, 2)
		p.Connector, p.Driver = "", ""
		placed := s.place(p)
		if placed.Order.State != order.Open || !placed.Payment.OfCredit() {
			s.t.Fatalf("%+v %+v", placed.Order, placed.Payment)
		}
		s.balance(first.Order.CustomerID, 700)
		s.expect(placed.Order.OrderID, "open, waiting, paid")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.AskRefund(ctx, tx, s.store, placed.Order.OrderID, 1000, "a scratch", me)
			return err
		})
		s.balance(first.Order.CustomerID, 1700)
		s.expect(placed.Order.OrderID, "open, waiting, partly refunded")
		s.refused("not-refundable", func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.AskRefund(ctx, tx, s.store, placed.Order.OrderID, 3301, "more", me)
			return err
		})
		s.cancel(placed.Order.OrderID)
		s.balance(first.Order.CustomerID, 5000)
		if n := len(s.tasks("refund.send")) + len(s.tasks("payment.void")); n != 0 {
			s.t.Errorf("%d calls about money that no provider has", n)
		}
	})
}

func TestCreditAndCardPayTogether(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		first := s.placed(1, 0)
		who := first.Order.CustomerID
		s.grants(who, 1000)
		placed := s.place(s.again(first.Order, 1))
		if placed.Payment.AmountMinor != 1300 || placed.Payment.OfCredit() {
			s.t.Fatalf("%+v", placed.Payment)
		}
		s.balance(who, 0)
		s.expect(placed.Order.OrderID, "pending, waiting, authorised")
		s.paid(placed, "captured")
		s.expect(placed.Order.OrderID, "open, waiting, paid")
		s.do(func(ctx context.Context, tx *db.Tx) error { // credit first, the rest to the card
			r, err := flow.AskRefund(ctx, tx, s.store, placed.Order.OrderID, 1500, "broken", me)
			if r.AmountMinor != 500 || r.PaymentID != placed.Payment.PaymentID {
				s.t.Errorf("%+v", r)
			}
			return err
		})
		s.balance(who, 1000)
		s.refunded()
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.RefundAsCredit(ctx, tx, s.store, placed.Order.OrderID, 800, "for the next time", me)
			return err
		})
		s.balance(who, 1800)
		s.expect(placed.Order.OrderID, "open, waiting, refunded")
		s.acknowledged()
	})
}

func TestCreditOfAnOrderThatNobodyPaidIsFreeAgain(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		first := s.placed(1, 0)
		who := first.Order.CustomerID
		s.grants(who, 1000)
		placed := s.place(s.again(first.Order, 1))
		s.later(time.Hour)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.ExpireOrder(ctx, tx, s.store, placed.Order.OrderID)
			return err
		})
		s.balance(who, 1000)
		s.paid(placed, "captured") // too late: it goes back
		s.refunded()
		s.balance(who, 1000)
		s.expect(placed.Order.OrderID, "cancelled, cancelled, refunded")
	})
}

// Nobody but the signed-in customer spends it: who knows a mail address alone pays.
func TestStrangersSpendNoCredit(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		first := s.placed(1, 0)
		s.grants(first.Order.CustomerID, 5000)
		p := s.again(first.Order, 1)
		p.Customer = ""
		if placed := s.place(p); placed.Payment.AmountMinor != 2300 {
			s.t.Errorf("%+v", placed.Payment)
		}
		s.balance(first.Order.CustomerID, 5000)
	})
}

func TestCreditIsNeverSpentTwice(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		first := s.placed(1, 0)
		who := first.Order.CustomerID
		s.grants(who, 2300)
		placements := make([]flow.Placement, 4)
		for i := range placements {
			placements[i] = s.again(first.Order, 1)
		}
		var group sync.WaitGroup
		errs := make([]error, len(placements))
		placed := make([]flow.Placed, len(placements))
		for i, p := range placements {
			group.Go(func() {
				errs[i] = s.Update(s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
					placed[i], err = flow.PlaceOrder(ctx, tx, p)
					return err
				})
			})
		}
		group.Wait()
		free := 0
		for i, err := range errs {
			s.must(err)
			if placed[i].Payment.OfCredit() {
				free++
			} else if placed[i].Payment.AmountMinor != 2300 {
				s.t.Errorf("%+v", placed[i].Payment)
			}
		}
		if free != 1 {
			s.t.Errorf("%d orders were paid by it", free)
		}
		s.balance(who, 0)
		s.refused("credit-short", func(ctx context.Context, tx *db.Tx) error {
			return flow.GrantCredit(ctx, tx, s.store, flow.Grant{Customer: who, Amount: money.New(-1, "EUR"), Words: "a mistake", Actor: me})
		})
	})
}

func TestCreditGivenByHandWantsAReason(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		who := s.placed(1, 0).Order.CustomerID
		give := func(g flow.Grant) func(ctx context.Context, tx *db.Tx) error {
			g.Customer, g.Actor = who, me
			return func(ctx context.Context, tx *db.Tx) error { return flow.GrantCredit(ctx, tx, s.store, g) }
		}
		s.refused("words", give(flow.Grant{Amount: money.New(100, "EUR")}))
		s.refused("words", give(flow.Grant{Amount: money.New(100, "EUR"), Words: strings.Repeat("x", 501)}))
		s.refused("currency", give(flow.Grant{Amount: money.New(100, "USD"), Words: "x"}))
		s.refused("amount", give(flow.Grant{Amount: money.Zero("EUR"), Words: "x"}))
		for range 2 { // a double click
			s.do(give(flow.Grant{Amount: money.New(100, "EUR"), Words: "for the trouble", Key: "form-1"}))
		}
		s.balance(who, 100)
	})
}
