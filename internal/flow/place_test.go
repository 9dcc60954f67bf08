package flow_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/address"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

func home() address.Address {
	return address.Address{Name: "Ann Example", Line1: "Hauptstr. 1", Locality: "Berlin", PostalCode: "10115", Country: "DE", Phone: "+4930123456"}
}

func TestTheSameCartIsTheSameOrder(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(2, 1))
		first := s.place(p)
		again := s.place(p)
		if again.Order.OrderID != first.Order.OrderID || again.Payment.PaymentID != first.Payment.PaymentID || first.Order.Number != 1001 {
			s.t.Errorf("%s %s, then %s %s", first.Order.Name(), first.Payment.PaymentID, again.Order.Name(), again.Payment.PaymentID)
		}
		if first.Order.TotalMinor != 7300 || first.Payment.AmountMinor != 7300 {
			s.t.Errorf("total %d, payment %d", first.Order.TotalMinor, first.Payment.AmountMinor)
		}
		s.expect(first.Order.OrderID, "pending, waiting, unpaid")
		s.stock(s.mug, 20, 2, 0)
		s.stock(s.bowl, 20, 1, 0)
		s.mails(first.Order.OrderID, "")
	})
}

// Named after what happened: the second of two clicks at once was refused on PostgreSQL.
func TestClicksAtOnceAreOneOrder(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 1))
		var group sync.WaitGroup
		orders := make([]flow.Placed, 6)
		errs := make([]error, 6)
		for i := range orders {
			group.Go(func() {
				errs[i] = s.Update(s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
					orders[i], err = flow.PlaceOrder(ctx, tx, p)
					return err
				})
			})
		}
		group.Wait()
		for i := range orders {
			if errs[i] != nil || orders[i].Order.OrderID != orders[0].Order.OrderID || orders[i].Payment.PaymentID != orders[0].Payment.PaymentID {
				s.t.Errorf("click %d: %v, %s %s; the first is %s %s", i, errs[i], orders[i].Order.OrderID, orders[i].Payment.PaymentID, orders[0].Order.OrderID, orders[0].Payment.PaymentID)
			}
		}
		s.stock(s.mug, 20, 1, 0)
	})
}

func TestBuyersAtOnceGetWhatThereIs(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.offer(s.ali, s.mug, 500, 3)
		s.offer(s.bert, s.mug, 700, 2)
		carts := make([]id.Cart, 8)
		for i := range carts {
			carts[i] = s.cart(1, 1)
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
		sold := 0
		for _, err := range errs {
			if err == nil {
				sold++
			} else if !strings.Contains(err.Error(), "no longer in stock") {
				s.t.Error(err)
			}
		}
		if sold != 5 {
			s.t.Errorf("%d of 5 mugs were sold", sold)
		}
		s.stock(s.mug, 5, 5, 0)
		s.stock(s.bowl, 20, 5, 0)
		if numbers := s.column("SELECT CAST(number AS TEXT) FROM orders ORDER BY number"); numbers != "1001 1002 1003 1004 1005" {
			s.t.Errorf("numbers are %s", numbers)
		}
	})
}

func TestWhatACartLacksIsNamed(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		place := func(c id.Cart) func(ctx context.Context, tx *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.PlaceOrder(ctx, tx, s.placement(c))
				return err
			}
		}
		s.refused("cart-missing", place("ca_none"))
		var empty id.Cart
		s.do(func(ctx context.Context, tx *db.Tx) error {
			c, _, err := flow.StartCart(ctx, tx, s.store, "en")
			empty = c.CartID
			return err
		})
		s.refused("email-missing", place(empty))
		full := s.cart(1, 0)
		for code, statement := range map[string]string{
			"email-missing":   "UPDATE carts SET email = ''",
			"address-missing": "UPDATE carts SET shipping = ''",
			"option-missing":  "UPDATE carts SET quoted_at = 0",
			"cart-empty":      "DELETE FROM cart_lines",
			"sold-out":        "UPDATE variants SET available = 0",
		} {
			err := s.Update(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if _, err := tx.ExecContext(ctx, statement); err != nil {
					return err
				}
				return place(full)(ctx, tx)
			})
			if r := new(flow.Refusal); !errors.As(err, &r) || r.Code != code {
				s.t.Errorf("%s: %v", code, err)
			}
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			p, err := catalog.ByHandle(ctx, tx, s.store, "mug")
			if err != nil {
				return err
			}
			_, err = catalog.SetStatus(ctx, tx, s.store, p.ProductID, catalog.Archived)
			return err
		})
		s.refused("not-for-sale", place(full))
		s.stock(s.mug, 20, 0, 0)
	})
}

func TestAnUnpaidOrderExpires(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		placed := s.placed(2, 0)
		expire := s.tasks("order.expire")
		if len(expire) != 1 || expire[0].at.Sub(placed.Order.PlacedAt).Round(time.Second) != 30*time.Minute {
			s.t.Fatalf("%+v", expire)
		}
		s.later(30 * time.Minute)
		s.expire(expire[0], 0)
		s.expect(placed.Order.OrderID, "cancelled, cancelled, unpaid")
		s.stock(s.mug, 20, 0, 0)
		s.mails(placed.Order.OrderID, "")
		s.expire(expire[0], 0)
		s.refused("order-over", func(ctx context.Context, tx *db.Tx) error {
			s.killPayment(ctx, tx, placed)
			_, err := flow.PlaceOrder(ctx, tx, s.placement(placed.Order.CartID))
			return err
		})
	})
}

func (s *shop) killPayment(ctx context.Context, tx *db.Tx, p flow.Placed) {
	_, err := flow.PaymentSaidSo(ctx, tx, s.store, flow.PaymentSaid{Payment: p.Payment.PaymentID, State: "failed", Actor: "payment:bank"})
	s.must(err)
}

// expire works an order.expire job and wants it to be looked at again after so long.
func (s *shop) expire(t task, want time.Duration) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		again, err := flow.ExpireOrder(ctx, tx, s.store, t.payload.Order)
		if again.Round(time.Second) != want {
			s.t.Errorf("again after %v, want %v", again, want)
		}
		if err != nil || again > 0 {
			return err
		}
		return finish(ctx, tx, t)
	})
}

func TestABankTransferHasLonger(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		p.Connector, p.Driver, p.Manual = hand, "manual", true
		placed := s.place(p)
		s.pays(flow.PaymentSaid{Payment: placed.Payment.PaymentID, State: "pending", Words: "Pay to IBAN …", Actor: "payment:hand"})
		s.mails(placed.Order.OrderID, "payment-instructions")
		s.later(30 * time.Minute)
		s.expire(s.tasks("order.expire")[0], 7*24*time.Hour-30*time.Minute)
		s.expect(placed.Order.OrderID, "pending, waiting, unpaid")
		s.stock(s.mug, 20, 1, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, s.store, placed.Order.OrderID, me)
		})
		s.refused("nothing-to-confirm", func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, s.store, placed.Order.OrderID, me)
		})
		s.expect(placed.Order.OrderID, "open, waiting, paid")
		s.buys(placed.Order.OrderID, "Ali planned 1")
		late := task{key: "none"}
		late.payload.Order = placed.Order.OrderID
		s.expire(late, 0)
	})
}

// The money comes after the order was given up: it goes back by hand, and the order says so.
func TestATransferThatComesTooLate(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		p.Connector, p.Driver, p.Manual = hand, "manual", true
		placed := s.place(p)
		s.later(8 * 24 * time.Hour)
		s.expire(s.tasks("order.expire")[0], 0)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, s.store, placed.Order.OrderID, me)
		})
		s.expect(placed.Order.OrderID, "cancelled, cancelled, paid, money-to-return")
		s.money(placed.Order.OrderID, "cash 2300, customer -2300")
	})
}

func TestCashOnDelivery(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		p.Connector, p.Driver, p.Manual = hand, "manual", true
		placed := s.place(p)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.PromiseAtDoor(ctx, tx, s.store, placed.Order.OrderID, me)
		})
		s.expect(placed.Order.OrderID, "open, waiting, authorised")
		s.refused("nothing-to-confirm", func(ctx context.Context, tx *db.Tx) error {
			return flow.PromiseAtDoor(ctx, tx, s.store, placed.Order.OrderID, me)
		})
		s.acknowledged()
		s.says(s.purchases(placed.Order.OrderID)[0], flow.SupplierSaid{State: "accepted"})
		if list := s.tasks("payment.capture"); len(list) != 0 {
			s.t.Errorf("cash is captured by program: %+v", list)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, s.store, placed.Order.OrderID, me)
		})
		s.expect(placed.Order.OrderID, "open, ordered, paid")
	})
}

// A payment failed and the customer tries again, perhaps twice at once, perhaps elsewhere.
func TestPayingAgain(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		p := s.placement(s.cart(1, 0))
		first := s.place(p)
		s.paid(first, "failed")
		s.expect(first.Order.OrderID, "pending, waiting, unpaid, payment-failed")
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() { s.place(p) })
		}
		group.Wait()
		second := s.place(p)
		if second.Order.OrderID != first.Order.OrderID || second.Payment.PaymentID == first.Payment.PaymentID {
			s.t.Errorf("paid again with %s", second.Payment.PaymentID)
		}
		if n := s.column("SELECT COUNT(*) FROM payments"); n != "2" {
			s.t.Errorf("%s payments", n)
		}
		s.expect(first.Order.OrderID, "pending, waiting, unpaid")
		p.Connector = hand
		third := s.place(p)
		if third.Payment.PaymentID == second.Payment.PaymentID {
			s.t.Error("another provider got the same payment")
		}
		s.paid(second, "captured")
		if last := s.place(p); last.Payment.PaymentID == first.Payment.PaymentID {
			s.t.Error("a dead payment is shown")
		}
		s.expect(first.Order.OrderID, "open, waiting, paid")
	})
}
