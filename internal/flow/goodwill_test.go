package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// owed works the rule as the hourly look does.
func (s *shop) owed() (list []id.Order) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = flow.OwesGoodwill(ctx, tx, s.store)
		for _, o := range list {
			if err == nil {
				err = flow.GiveGoodwill(ctx, tx, s.store, o)
			}
		}
		return err
	})
	return list
}

func TestALateOrderIsMadeGoodOnce(t *testing.T) {
	t.Parallel()
	each(t, "goodwill.late_percent=10", func(s *shop) {
		p := s.bought(1, 0)
		s.acknowledged()
		if list := s.owed(); len(list) != 0 {
			s.t.Fatal(list)
		}
		s.later(20 * 24 * time.Hour)
		if list := s.owed(); len(list) != 1 || len(s.owed()) != 0 {
			s.t.Fatal(list)
		}
		var code discount.Discount
		s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			code, _, err = discount.OfOrder(ctx, tx, s.store, p.Order.OrderID)
			return err
		}))
		stranger, own := s.cart(1, 0), s.cart(1, 0)
		s.refused("code-not-yours", func(ctx context.Context, tx *db.Tx) error {
			return flow.EnterDiscount(ctx, tx, s.store, stranger, code.Code)
		})
		s.mailed(own, p.Order.Email)
		s.enters(own, code.Code)
		s.ship(own)
		if o := s.place(s.placement(own)).Order; o.DiscountMinor != 200 {
			s.t.Errorf("%+v", o)
		}
		again := s.cart(1, 0)
		s.mailed(again, p.Order.Email)
		s.refused("code-used-up", func(ctx context.Context, tx *db.Tx) error {
			return flow.EnterDiscount(ctx, tx, s.store, again, code.Code)
		})
	})
}

func TestNoGoodwillWhereTheRuleIsOffOrItArrived(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.bought(1, 0)
		s.acknowledged()
		s.later(20 * 24 * time.Hour)
		if list := s.owed(); len(list) != 0 {
			s.t.Error(list)
		}
	})
	each(t, "goodwill.late_percent=10", func(s *shop) {
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(20 * 24 * time.Hour)
		if list := s.owed(); len(list) != 0 {
			s.t.Error(list)
		}
	})
}
