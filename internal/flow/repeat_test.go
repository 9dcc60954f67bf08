package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// forgotten expects that a purchase whose answer was lost is not sent any more: a person looks.
func (s *shop) forgotten(o id.Order, can flow.Powers) {
	s.t.Helper()
	for _, t := range s.tasks("purchase.submit") {
		if s.beginSubmit(t, can) {
			s.t.Fatal("it is sent although it may be there")
		}
	}
	s.buys(o, "Ali uncertain 1")
	if !s.order(o).NeedsPerson {
		s.t.Error("nobody is told")
	}
	s.inOrder()
}

// A purchase whose answer was lost and whose key is sent again may be at the supplier: it is
// neither dropped, nor bought elsewhere, nor sent when the key is forgotten there.
func TestALostAnswerStaysLostUntilTheRepeatIsAnswered(t *testing.T) {
	t.Parallel()
	can := flow.Powers{Repeats: time.Hour}
	lost := flow.Outcome{Kind: flow.Lost, Words: "cut off"}
	for name, meanwhile := range map[string]func(s *shop, o id.Order){
		"paused for long": func(s *shop, _ id.Order) { s.later(3 * time.Hour) },
		"cancelled":       func(s *shop, o id.Order) { s.cancel(o) },
		"not sent, then cancelled": func(s *shop, o id.Order) {
			s.submit(flow.Outcome{Kind: flow.NotSent, Words: "busy"}, nil, can)
			s.cancel(o)
		},
		"not sent for long": func(s *shop, _ id.Order) {
			s.submit(flow.Outcome{Kind: flow.NotSent, Words: "busy"}, nil, can)
			s.later(3 * time.Hour)
		},
		"refused": func(s *shop, _ id.Order) {
			s.submit(flow.Outcome{Kind: flow.RejectedCall, Code: "sold-out", Words: "no"}, nil, can)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, "", func(s *shop) {
				o := s.bought(1, 0).Order.OrderID
				s.submit(lost, nil, can)
				p := s.purchases(o)[0].PurchaseID
				s.refused("not-possible", func(ctx context.Context, tx *db.Tx) error {
					return flow.HoldPurchase(ctx, tx, s.store, p, "", me)
				})
				meanwhile(s, o)
				s.forgotten(o, can)
			})
		})
	}
}

// A person said that it is not there, and it was sent again and lost again, while an older
// look-up was under way: its "not found" does not send it a third time.
func TestALookUpOfBeforeIsNoLeaveToSendAgain(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		can := flow.Powers{Find: true}
		lost := flow.Outcome{Kind: flow.Lost, Words: "cut off"}
		o := s.bought(1, 0).Order.OrderID
		s.submit(lost, nil, can)
		p := s.purchases(o)[0].PurchaseID
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.BeginFind(ctx, tx, s.store, p)
			return err
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveUncertain(ctx, tx, s.store, p, false, "", me)
		})
		s.submit(lost, nil, can)
		s.do(func(ctx context.Context, tx *db.Tx) error {
			again, err := flow.EndFind(ctx, tx, s.store, p, flow.Outcome{Kind: flow.NotFound}, nil)
			if err == nil && !again {
				s.t.Error("nobody looks any more")
			}
			return err
		})
		s.buys(o, "Ali uncertain 1")
		s.find(flow.Outcome{Kind: flow.NotFound}, nil)
		s.buys(o, "Ali planned 1")
	})
}
