package flow_test

import (
	"context"
	"slices"
	"testing"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/money"
)

// asked is an order of bowls that nobody can send, of which the customer was asked.
func (s *shop) asked(mugs, bowls int64) id.Order {
	s.t.Helper()
	s.offer(s.bert, s.bowl, 900, 0)
	o := s.bought(mugs, bowls).Order.OrderID
	s.acknowledged()
	s.says(s.purchases(o)[0], flow.SupplierSaid{State: "accepted", Short: []flow.ShortSaid{{SKU: "Ali-bowl", Quantity: bowls}}})
	s.do(func(ctx context.Context, tx *db.Tx) error {
		return flow.AskCustomerAboutShort(ctx, tx, s.store, o, me)
	})
	return o
}

// lineOf is the line of an article; lines stand in no order that a test could count on.
func lineOf(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, v id.Variant) int64 {
	lines, err := order.LinesOf(ctx, tx, s, o)
	if i := slices.IndexFunc(lines, func(l order.OrderLine) bool { return l.VariantID == v }); err == nil && i >= 0 {
		return lines[i].LineID
	}
	return 0
}

func (s *shop) swap(o id.Order, from, to id.Variant) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.SwapShort(ctx, tx, s.store, o, lineOf(ctx, tx, s.store, o, from), to)
	}
}

func (s *shop) swaps(o id.Order, v id.Variant) (list []flow.SwapOption) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = flow.SwapOptions(ctx, tx, s.store, o, lineOf(ctx, tx, s.store, o, v), nil)
		return err
	})
	return list
}

// sells puts one more article on sale, which Ali has.
func (s *shop) sells(title string, price, quantity int64, taxable bool) (v id.Variant) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		put, err := catalog.Put(ctx, tx, s.store, catalog.Draft{Handle: title, Title: title, Status: catalog.Active,
			Variants: []catalog.DraftVariant{{SKU: title, Price: money.New(price, "EUR"), RequiresShipping: true, Taxable: taxable}}}, false)
		v = put.Variants[0]
		return err
	})
	s.offer(s.ali, v, 400, quantity)
	return v
}

// A cheaper article in place of what nobody sends: it is reserved and bought as a new purchase,
// the difference goes back once, and nothing is left to be decided.
func TestSwapForACheaperArticle(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.asked(1, 2)
		list := s.swaps(o, s.bowl)
		if len(list) != 1 || list[0].Variant != s.mug || list[0].Less.Minor != 2000 {
			s.t.Fatalf("offered %+v", list)
		}
		s.do(s.swap(o, s.bowl, s.mug))
		s.buys(o, "Ali accepted 1; Ali planned 2")
		s.expect(o, "open, ordered, paid")
		s.refused("not-asked", s.swap(o, s.bowl, s.mug))
		s.refunded()
		s.expect(o, "open, ordered, partly refunded")
		if got := s.column("SELECT amount_minor || ' ' || reason FROM refunds"); got != "2000 another article was sent that costs less" {
			s.t.Errorf("refunds: %s", got)
		}
		s.stock(s.bowl, 8, 0, 0)
		s.acknowledged()
		s.expect(o, "open, ordered, partly refunded")
		if got := s.swaps(o, s.mug); len(got) != 0 {
			s.t.Errorf("more to swap: %+v", got)
		}
	})
}

// The new article is short too: asked again, the customer has the money for what it cost.
func TestSwappedUnitsAreRefundedAtTheirOwnPrice(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.asked(1, 1)
		s.do(s.swap(o, s.bowl, s.mug))
		s.refunded()
		s.offer(s.bert, s.mug, 700, 0)
		s.acknowledged()
		s.says(s.purchases(o)[1], flow.SupplierSaid{State: "refused", Words: "sold out"})
		s.expect(o, "open, ordered, partly refunded, unplaced")
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.AskCustomerAboutShort(ctx, tx, s.store, o, me) })
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.AnswerShort(ctx, tx, s.store, o, flow.ChooseRefund)
		})
		s.refunded()
		if got := s.column("SELECT CAST(SUM(amount_minor) AS BIGINT) FROM refunds"); got != "3180" {
			s.t.Errorf("given back %s; want the price of a bowl and its share of shipping", got)
		}
	})
}

// What cannot stand in: dearer, sold out, taxed in another way, off sale, or unknown.
func TestSwapIsRefused(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		dear, few, free := s.sells("vase", 3001, 10, true), s.sells("cup", 900, 1, true), s.sells("book", 900, 10, false)
		s.refused("not-asked", s.swap(s.bought(1, 1).Order.OrderID, s.bowl, s.mug))
		o := s.asked(1, 2)
		for v, code := range map[id.Variant]string{dear: "dearer", few: "sold-out", free: "not-for-sale", s.bowl: "not-for-sale", "va_none": "variant-unknown"} {
			s.refused(code, s.swap(o, s.bowl, v))
		}
		s.refused("not-asked", s.swap(o, s.mug, s.bowl)) // the mug comes
		s.refused("not-found", s.swap("or_none", s.bowl, s.mug))
		if list := s.swaps(o, s.bowl); len(list) != 1 || list[0].Variant != s.mug {
			s.t.Errorf("offered %+v", list)
		}
	})
}

// What was refused for the same order is not offered in place of something else.
func TestSwapIsNotForWhatWasRefused(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.offer(s.bert, s.mug, 700, 0)
		s.offer(s.bert, s.bowl, 900, 0)
		o := s.bought(1, 1).Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "refused", Words: "sold out"})
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.AskCustomerAboutShort(ctx, tx, s.store, o, me) })
		if list := s.swaps(o, s.bowl); len(list) != 0 {
			s.t.Errorf("offered %+v", list)
		}
		s.refused("sold-out", s.swap(o, s.bowl, s.mug))
	})
}

// Money that is only promised yet: all of it is taken later, and what the other article costs
// less goes back then.
func TestSwapBeforeTheCapture(t *testing.T) {
	t.Parallel()
	each(t, "payment.capture=authorise", func(s *shop) {
		s.offer(s.bert, s.bowl, 900, 0)
		p := s.placed(0, 1)
		s.paid(p, "authorised")
		o := p.Order.OrderID
		s.acknowledged()
		s.says(s.purchases(o)[0], flow.SupplierSaid{State: "refused", Words: "sold out"})
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.AskCustomerAboutShort(ctx, tx, s.store, o, me) })
		s.do(s.swap(o, s.bowl, s.mug))
		if got := s.column("SELECT CAST(COUNT(*) AS BIGINT) FROM refunds"); got != "0" {
			s.t.Errorf("%s refunds of money that was not taken", got)
		}
		s.acknowledged()
		s.says(s.purchases(o)[1], flow.SupplierSaid{State: "accepted"})
		s.act("capture", flow.Outcome{Kind: flow.Done}, "captured")
		s.refunded()
		s.expect(o, "open, ordered, partly refunded")
	})
}
