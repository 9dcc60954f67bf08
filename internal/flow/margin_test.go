package flow_test

import (
	"testing"

	"doorstep/internal/flow"
)

// A cheap article and a dear one travel from two suppliers at 3.00 each, and the customer
// pays 6.00 for that. Shared by price the cheap one would be held for a loss that is none.
func TestShippingIsSharedByFreightWhereTheMarginIsGuarded(t *testing.T) {
	t.Parallel()
	for settings, cost := range map[string]int64{"": 1990, "tax.included=false tax.rate=19": 1990, "tax.included=true tax.rate=19": 1600} {
		each(t, settings, func(s *shop) {
			s.split()
			s.offer(s.ali, s.mug, cost, 10) // sold at 20.00
			s.offer(s.bert, s.bowl, cost, 10)
			s.buys(s.bought(1, 1).Order.OrderID, "Ali planned 1; Bert planned 1")
		})
	}
}

// What is bought anew for a part of the order has the part of the shipping that its freight
// is of all freight that is still to be paid, and not all of it.
func TestShippingIsSharedWithWhatLives(t *testing.T) {
	t.Parallel()
	for cost, want := range map[int64]string{2000: "planned", 2001: "held"} {
		each(t, "", func(s *shop) {
			s.offer(s.ali, s.bowl, 800, 0)
			s.offer(s.bert, s.mug, cost, 10)
			o := s.bought(1, 1).Order.OrderID
			if ali := s.sending(s.purchases(o)[0]); s.beginSubmit(ali, flow.Powers{}) {
				s.endSubmit(ali, flow.Outcome{Kind: flow.RejectedCall, Code: "sold-out", Words: "sold out"}, nil, flow.Powers{})
			}
			s.buys(o, "Ali rejected 1; Bert planned 1; Bert "+want+" 1")
		})
	}
}
