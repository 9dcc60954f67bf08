package flow_test

import (
	"context"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// giveUp parks a job, as the worker does after many failures.
func (s *shop) giveUp(kind string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE jobs SET parked = TRUE, error = 'no such column' WHERE kind = $1", kind)
		return err
	})
	s.notice()
}

func (s *shop) notice() {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error { return flow.NoticeGivenUp(ctx, tx, s.store) })
}

// Work that was given up is a reason on its order, until somebody has it tried again.
func TestWorkGivenUpIsAReason(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		s.giveUp("purchase.submit")
		s.notice()
		s.expect(o, "open, waiting, paid, given-up")
		s.giveUp("mail.send")
		s.expect(o, "open, waiting, paid, given-up, given-up")
		retry := func(ctx context.Context, tx *db.Tx) error {
			return flow.RetryJob(ctx, tx, s.store, id.Job(s.order(o).GaveUp()[0].Job), me)
		}
		s.do(retry)
		s.expect(o, "open, waiting, paid, given-up")
		s.notice()
		s.do(retry)
		s.expect(o, "open, waiting, paid")
		s.refused("not-found", func(ctx context.Context, tx *db.Tx) error { return flow.RetryJob(ctx, tx, s.store, "jo_none", me) })
		s.acknowledged()
		s.expect(o, "open, ordered, paid")
	})
}

// A person releases, or holds, a purchase whose job was given up: it goes on as if it never was.
func TestReleaseRevivesWorkThatWasGivenUp(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		o := s.bought(1, 0).Order.OrderID
		p := s.purchases(o)[0].PurchaseID
		release := func(ctx context.Context, tx *db.Tx) error { return flow.Release(ctx, tx, s.store, p, me) }
		s.giveUp("purchase.submit")
		s.do(release)
		s.notice()
		s.expect(o, "open, waiting, paid")
		s.giveUp("purchase.submit")
		s.do(func(ctx context.Context, tx *db.Tx) error { return flow.HoldPurchase(ctx, tx, s.store, p, "look", me) })
		s.do(release)
		s.notice()
		if n := s.column("SELECT COUNT(*) FROM jobs WHERE parked = TRUE"); n != "0" {
			s.t.Errorf("%s are given up", n)
		}
		s.acknowledged()
		s.expect(o, "open, ordered, paid")
	})
}
