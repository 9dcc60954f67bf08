package flow_test

import (
	"context"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// prices does what comes round: it compares costs with prices.
func (s *shop) prices() {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		var after id.Variant
		for {
			list, next, err := flow.FindPriceChanges(ctx, tx, s.store, after)
			if err != nil {
				return err
			}
			for _, c := range list {
				if err := flow.SetPriceChange(ctx, tx, s.store, c); err != nil {
					return err
				}
			}
			if after = next; after == "" {
				return nil
			}
		}
	})
}

// A variant that would be sold below the guard is paused, and sold again when it earns money.
func TestVariantsPauseAndResume(t *testing.T) {
	t.Parallel()
	each(t, "margin.min_percent=10 tax.rate=25", func(s *shop) {
		before := s.bought(1, 0).Order.OrderID
		s.offer(s.ali, s.mug, 1450, 10) // the mug brings 16.00 without tax
		s.prices()
		s.stock(s.mug, 20, 1, 1) // Bert is cheap
		s.offer(s.bert, s.mug, 1500, 10)
		for range 2 {
			s.prices()
		}
		s.stock(s.mug, 0, 1, 1)
		s.stock(s.bowl, 20, 0, 0)
		s.acknowledged()
		s.expect(before, "open, ordered, paid")
		s.offer(s.bert, s.mug, 900, 10)
		s.prices()
		s.stock(s.mug, 19, 0, 0)
		if got := s.column("SELECT COUNT(*) FROM events WHERE kind IN ('variant.paused', 'variant.resumed')"); got != "2" {
			s.t.Errorf("%s events", got)
		}
	})
}

// What a person has paused only a person resumes.
func TestAPersonsPauseStays(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.PauseVariant(ctx, tx, s.store, s.mug, "recall", me)
		})
		s.prices()
		s.stock(s.mug, 0, 0, 0)
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.ResumeVariant(ctx, tx, s.store, s.mug, me) })
		s.stock(s.mug, 20, 0, 0)
	})
}
