package emulator

import (
	"fmt"
	"time"
)

// Outcome is what the customer does, or what the bank says to it.
type Outcome string

// The outcomes of a try to pay.
const (
	Paid         Outcome = "pay"
	Declined     Outcome = "decline"      // the page stays: the customer may try again
	Insufficient Outcome = "insufficient" // likewise
	Delayed      Outcome = "later"        // a bank debit: Settle says how it ends
)

func (o Outcome) method() (string, bool) {
	method, known := map[Outcome]string{
		Paid: "pm_card_visa", Declined: "pm_card_chargeDeclined",
		Insufficient: "pm_card_chargeDeclinedInsufficientFunds", Delayed: "pm_sepa_debit",
	}[o]
	return method, known
}

// Pay is the customer at the payment page of a session (cs_…), or a program confirming an
// intent (pi_…). A refusal by the bank is not an error: the books and events show it.
func (s *Server) Pay(ref string, outcome Outcome) error {
	method, known := outcome.method()
	if !known {
		return fmt.Errorf("%s: no such outcome", outcome)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age()
	x, err := s.payable(ref)
	if err != nil {
		return err
	}
	f := s.pay(x, method)
	if x.session != nil {
		x.session.declined = ""
		if f != nil {
			x.session.declined = f.message
		}
	}
	return nil
}

func (s *Server) payable(ref string) (*intent, error) {
	if x := s.sessions.byID[ref]; x != nil {
		if x.status != "open" {
			return nil, fmt.Errorf("session is %s", x.status)
		}
		return s.begin(x), nil
	}
	x := s.intents.byID[ref]
	if x == nil {
		return nil, fmt.Errorf("%s: no such session or intent", ref)
	}
	if x.status != "requires_payment_method" {
		return nil, fmt.Errorf("intent is %s", x.status)
	}
	return x, nil
}

// intentOf is the intent of a session or by its own name.
func (s *Server) intentOf(ref string) *intent {
	if x := s.sessions.byID[ref]; x != nil {
		return x.intent
	}
	return s.intents.byID[ref]
}

// Settle ends a delayed payment: the money came, or the bank refused.
func (s *Server) Settle(ref string, ok bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.intentOf(ref)
	if x == nil || x.status != "processing" {
		return fmt.Errorf("%s: nothing is processing", ref)
	}
	if !ok {
		x.status = "requires_payment_method"
		_ = s.decline(x, cardFault("payment_method_customer_decline", "", "The customer's bank refused the debit."))
	} else {
		s.newCharge(x, true)
		s.succeed(x, x.amount)
	}
	if x.session == nil {
		return nil
	}
	if !ok {
		s.emit("checkout.session.async_payment_failed", s.showSession(x.session))
		return nil
	}
	x.session.paymentStatus = "paid"
	s.emit("checkout.session.async_payment_succeeded", s.showSession(x.session))
	return nil
}

// SlowRefunds makes new refunds pending until SettleRefund.
func (s *Server) SlowRefunds(on bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.slowBank = on
}

// SettleRefund ends a refund; a failed one gives the money back to the merchant's balance.
func (s *Server) SettleRefund(id string, ok bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.refunds.byID[id]
	if r == nil {
		return fmt.Errorf("%s: no such refund", id)
	}
	s.settleRefund(r, ok, "expired_or_canceled_card")
	return nil
}

// Dispute makes the customer's bank take amount (minor units; 0 = all that was captured and
// not refunded) back. It returns the dispute's name.
func (s *Server) Dispute(ref string, amount int64) (string, error) {
	return s.oppose(ref, amount, false)
}

// Inquire makes the bank ask first: no money moves until Escalate.
func (s *Server) Inquire(ref string, amount int64) (string, error) {
	return s.oppose(ref, amount, true)
}

func (s *Server) oppose(ref string, amount int64, ask bool) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.intentOf(ref)
	if x == nil || x.charge == nil || x.charge.captured == 0 {
		return "", fmt.Errorf("%s: nothing was captured", ref)
	}
	left := x.charge.captured - x.charge.refunded
	if amount == 0 {
		amount = left
	}
	if amount > left || amount < 1 {
		return "", fmt.Errorf("%s: %d is not in what is left, %d", ref, amount, left)
	}
	now := s.o.World.Now()
	d := &dispute{id: newName("du"), status: "needs_response", reason: "product_not_received", created: now,
		due: now.Add(10 * 24 * time.Hour), amount: amount, charge: x.charge, evidence: map[string]string{}, metadata: map[string]string{}}
	if ask {
		d.status = "warning_needs_response"
	}
	s.disputes.add(d)
	s.emit("charge.dispute.created", s.showDispute(d))
	if !ask {
		s.withdraw(d)
	}
	return d.id, nil
}

// Escalate turns an inquiry into a chargeback.
func (s *Server) Escalate(id string) error {
	return s.onDispute(id, func(d *dispute) {
		d.status = "needs_response"
		s.emit("charge.dispute.updated", s.showDispute(d))
		s.withdraw(d)
	})
}

// Win ends a dispute for the merchant; an inquiry is closed.
func (s *Server) Win(id string) error {
	return s.onDispute(id, func(d *dispute) {
		if len(d.moves) == 0 {
			s.endDispute(d, "warning_closed")
			return
		}
		s.endDispute(d, "won")
	})
}

// Lose ends a dispute for the customer.
func (s *Server) Lose(id string) error {
	return s.onDispute(id, func(d *dispute) { s.endDispute(d, "lost") })
}

func (s *Server) onDispute(id string, act func(*dispute)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := s.disputes.byID[id]
	if d == nil || d.status == "won" || d.status == "lost" || d.status == "warning_closed" {
		return fmt.Errorf("%s: no open dispute", id)
	}
	act(d)
	return nil
}
