package emulator

import (
	"fmt"
	"strings"
	"time"
)

// refund gives back a part of a charge.
type refund struct {
	id, status, reason, failure string // pending succeeded failed canceled
	created                     time.Time
	amount                      int64
	metadata                    map[string]string
	charge                      *charge
	move                        *move
}

func (x *refund) name() string     { return x.id }
func (x *refund) birth() time.Time { return x.created }

// refundable is the charge that a refund asks for.
func (s *Server) refundable(p params) (*charge, *fault) {
	if id := p.text("charge"); id != "" {
		if x := s.charges.byID[id]; x != nil {
			return x, nil
		}
		return nil, missing("charge", id, "charge")
	}
	id := p.text("payment_intent")
	if id == "" {
		return nil, wrong("", "parameter_missing", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	x := s.intents.byID[id]
	if x == nil {
		return nil, missing("payment_intent", id, "payment_intent")
	}
	if x.charge == nil || !x.charge.ok || x.status != "succeeded" {
		return nil, &fault{status: 400, kind: invalidRequest, message: "This PaymentIntent (" + id + ") does not have a successful charge to refund."}
	}
	return x.charge, nil
}

func (s *Server) createRefund(c call) (object, *fault) {
	x, f := s.refundable(c.form)
	if f != nil {
		return nil, f
	}
	left := x.captured - x.refunded
	amount, given, f := c.form.whole("amount")
	if f != nil {
		return nil, f
	}
	if !given {
		amount = left
	}
	switch {
	case x.disputed:
		return nil, &fault{status: 400, kind: invalidRequest, code: "charge_disputed", message: "Charge " + x.id + " has been charged back; cannot issue a refund."}
	case x.captured == 0:
		return nil, &fault{status: 400, kind: invalidRequest, message: "Charge " + x.id + " was not captured: cancel its PaymentIntent instead."}
	case left == 0:
		return nil, &fault{status: 400, kind: invalidRequest, code: "charge_already_refunded", message: "Charge " + x.id + " has already been refunded."}
	case amount > left:
		return nil, &fault{status: 400, kind: invalidRequest, param: "amount", message: fmt.Sprintf("Refund amount (%d %s) is greater than unrefunded amount on charge (%d %s)", amount, strings.ToUpper(x.currency), left, strings.ToUpper(x.currency))}
	}
	if f := digits("amount", amount, x.currency); f != nil {
		return nil, f
	}
	r := &refund{id: newName("re"), status: "succeeded", reason: c.form.text("reason"), created: c.now, amount: amount, metadata: c.form.under("metadata"), charge: x}
	if s.slowBank {
		r.status = "pending"
	}
	x.refunded += amount
	r.move = s.book("refund", r.id, -amount, 0, x.currency)
	s.refunds.add(r)
	s.emit("refund.created", s.showRefund(r))
	s.emit("charge.refunded", s.showCharge(x))
	return s.showRefund(r), nil
}

// settleRefund ends a pending refund, or bounces one that had succeeded.
func (s *Server) settleRefund(r *refund, ok bool, why string) {
	if ok {
		r.status = "succeeded"
		s.emit("refund.updated", s.showRefund(r))
		return
	}
	if r.status == "failed" {
		return
	}
	r.status, r.failure = "failed", why
	r.charge.refunded -= r.amount
	s.book("refund_failure", r.id, r.amount, 0, r.charge.currency)
	s.emit("refund.updated", s.showRefund(r))
	s.emit("refund.failed", s.showRefund(r))
}

func (s *Server) getRefund(c call) (object, *fault) {
	x := s.refunds.byID[c.id]
	if x == nil {
		return nil, missing("refund", c.id, "refund")
	}
	return s.showRefund(x), nil
}

func (s *Server) listRefunds(c call) (object, *fault) {
	intent, charge := c.form.text("payment_intent"), c.form.text("charge")
	if intent != "" && s.intents.byID[intent] == nil {
		return nil, missing("payment_intent", intent, "payment_intent")
	}
	return page(c, s.refunds.list, func(x *refund) bool {
		return (intent == "" || x.charge.intent.id == intent) && (charge == "" || x.charge.id == charge)
	}, (*refund).birth, s.showRefund)
}

func (s *Server) showRefund(x *refund) object {
	o := object{
		"id": x.id, "object": "refund", "amount": x.amount, "currency": x.charge.currency, "created": x.created.Unix(),
		"charge": x.charge.id, "payment_intent": x.charge.intent.id, "metadata": x.metadata, "status": x.status,
		"reason": null(x.reason), "balance_transaction": x.move.id, "receipt_number": nil,
		"source_transfer_reversal": nil, "transfer_reversal": nil,
		"destination_details": object{"type": "card", "card": object{"type": "refund", "reference_status": "pending", "reference_type": "acquirer_reference_number"}},
	}
	if x.failure != "" {
		o["failure_reason"] = x.failure
	}
	return o
}
