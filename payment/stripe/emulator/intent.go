package emulator

import (
	"strings"
	"time"
)

// intent is a PaymentIntent.
type intent struct {
	id, status, secret           string
	created, canceled            time.Time
	amount, capturable, received int64
	currency, capture            string // capture: automatic, automatic_async, manual
	metadata                     map[string]string
	description, suffix, reason  string
	method                       string // the payment method that was used last
	charge                       *charge
	session                      *session
	failure                      *fault
	captures                     int
}

func (x *intent) name() string     { return x.id }
func (x *intent) birth() time.Time { return x.created }

// newIntent fills in what every new intent has and tells of it.
func (s *Server) newIntent(x *intent) *intent {
	x.id, x.created, x.status = newName("pi"), s.o.World.Now(), "requires_payment_method"
	x.secret = x.id + "_secret_" + letters(24)
	s.intents.add(x)
	s.emit("payment_intent.created", s.showIntent(x))
	return x
}

func (s *Server) createIntent(c call) (object, *fault) {
	p := c.form
	amount, given, f := p.whole("amount")
	if f == nil && !given {
		f = wrong("amount", "parameter_missing", "Missing required param: amount.")
	}
	currency := p.text("currency")
	if f == nil && currency == "" {
		f = wrong("currency", "parameter_missing", "Missing required param: currency.")
	}
	if f == nil {
		f = price("amount", amount, currency)
	}
	if f != nil {
		return nil, f
	}
	x := s.newIntent(&intent{
		amount: amount, currency: currency, capture: p.text("capture_method"), metadata: p.under("metadata"),
		description: p.text("description"), suffix: p.text("statement_descriptor_suffix"),
	})
	if x.capture == "" {
		x.capture = "automatic_async"
	}
	if p.text("confirm") == "true" {
		return s.confirmWith(x, p.text("payment_method"))
	}
	return s.showIntent(x), nil
}

func (s *Server) getIntent(c call) (object, *fault) {
	x := s.intents.byID[c.id]
	if x == nil {
		return nil, missing("payment_intent", c.id, "intent")
	}
	return s.showIntent(x), nil
}

func (s *Server) listIntents(c call) (object, *fault) {
	return page(c, s.intents.list, func(*intent) bool { return true }, (*intent).birth, s.showIntent)
}

func (s *Server) confirmIntent(c call) (object, *fault) {
	x := s.intents.byID[c.id]
	if x == nil {
		return nil, missing("payment_intent", c.id, "intent")
	}
	return s.confirmWith(x, c.form.text("payment_method"))
}

func (s *Server) confirmWith(x *intent, method string) (object, *fault) {
	if method == "" {
		return nil, &fault{status: 400, kind: invalidRequest, code: "payment_intent_unexpected_state", message: "You cannot confirm this PaymentIntent because it's missing a payment method.", intent: s.showIntent(x)}
	}
	if x.status != "requires_payment_method" {
		return nil, s.unexpected(x, "confirm", "requires_payment_method, requires_confirmation, requires_action")
	}
	if f := s.pay(x, method); f != nil {
		return nil, f
	}
	return s.showIntent(x), nil
}

// unexpected refuses what the intent's state does not allow.
func (s *Server) unexpected(x *intent, verb, allowed string) *fault {
	return &fault{status: 400, kind: invalidRequest, code: "payment_intent_unexpected_state", intent: s.showIntent(x),
		message: "You cannot " + verb + " this PaymentIntent because it has a status of " + x.status + ". Only a PaymentIntent with one of the following statuses may be " + verb + "ed: " + allowed + "."}
}

// pay uses a test payment method on an intent. The session, if any, follows.
func (s *Server) pay(x *intent, method string) *fault {
	x.method, x.failure = method, nil
	switch {
	case strings.Contains(method, "InsufficientFunds"):
		return s.decline(x, cardFault("card_declined", "insufficient_funds", "Your card has insufficient funds."))
	case strings.Contains(strings.ToLower(method), "declined"):
		return s.decline(x, cardFault("card_declined", "generic_decline", "Your card was declined."))
	case strings.Contains(method, "sepa"):
		x.status = "processing"
		s.emit("payment_intent.processing", s.showIntent(x))
	case x.capture == "manual":
		s.newCharge(x, false)
		x.status, x.capturable = "requires_capture", x.amount
		s.expect(x.charge.captureBefore)
		s.emit("charge.succeeded", s.showCharge(x.charge))
		s.emit("payment_intent.amount_capturable_updated", s.showIntent(x))
	default:
		s.newCharge(x, true)
		s.succeed(x, x.amount)
	}
	if x.session != nil {
		x.session.status = "complete"
		if x.status == "succeeded" {
			x.session.paymentStatus = "paid"
		}
		s.emit("checkout.session.completed", s.showSession(x.session))
	}
	return nil
}

func (s *Server) decline(x *intent, f *fault) *fault {
	s.newCharge(x, false)
	x.charge.fail(f)
	x.failure = f
	s.emit("charge.failed", s.showCharge(x.charge))
	s.emit("payment_intent.payment_failed", s.showIntent(x))
	shown := *f
	shown.intent = s.showIntent(x)
	return &shown
}

// succeed takes amount of the intent's charge.
func (s *Server) succeed(x *intent, amount int64) {
	x.status, x.capturable, x.received = "succeeded", 0, amount
	x.captures++
	x.charge.captured = amount
	x.charge.move = s.book("charge", x.charge.id, amount, fee(amount), x.currency)
	if x.charge.captureBefore.IsZero() {
		s.emit("charge.succeeded", s.showCharge(x.charge))
	}
	s.emit("payment_intent.succeeded", s.showIntent(x))
}

func (s *Server) captureIntent(c call) (object, *fault) {
	x := s.intents.byID[c.id]
	if x == nil {
		return nil, missing("payment_intent", c.id, "intent")
	}
	amount, given, f := c.form.whole("amount_to_capture")
	if f != nil {
		return nil, f
	}
	if !given {
		amount = x.capturable
	}
	if x.status != "requires_capture" {
		return nil, s.unexpected(x, "capture", "requires_capture")
	}
	if f := digits("amount_to_capture", amount, x.currency); f != nil {
		return nil, f
	}
	if amount > x.capturable {
		return nil, &fault{status: 400, kind: invalidRequest, code: "amount_too_large", param: "amount_to_capture", message: "The payment could not be captured because the requested capture amount is greater than the amount you can capture for this charge."}
	}
	for key, value := range c.form.under("metadata") {
		x.metadata[key] = value
	}
	if x.session != nil {
		x.session.paymentStatus = "paid"
	}
	s.succeed(x, amount)
	s.emit("charge.captured", s.showCharge(x.charge))
	return s.showIntent(x), nil
}

func (s *Server) cancelIntent(c call) (object, *fault) {
	x := s.intents.byID[c.id]
	if x == nil {
		return nil, missing("payment_intent", c.id, "intent")
	}
	if x.status == "succeeded" || x.status == "canceled" || x.status == "processing" {
		return nil, s.unexpected(x, "cancel", "requires_payment_method, requires_capture, requires_confirmation, requires_action")
	}
	if x.session != nil && x.session.status == "open" {
		return nil, &fault{status: 400, kind: invalidRequest, message: "You cannot cancel PaymentIntents created by Checkout while the session is open: expire the Checkout Session."}
	}
	reason := c.form.text("cancellation_reason")
	if reason == "" {
		reason = "requested_by_customer"
	}
	s.release(x, reason)
	return s.showIntent(x), nil
}

// release gives an authorisation back and cancels.
func (s *Server) release(x *intent, reason string) {
	if x.status == "requires_capture" {
		x.charge.refunded = x.charge.amount
		if reason == "automatic" {
			s.emit("charge.expired", s.showCharge(x.charge))
		} else {
			s.emit("charge.refunded", s.showCharge(x.charge))
		}
	}
	s.cancel(x, reason)
}

func (s *Server) cancel(x *intent, reason string) {
	x.status, x.capturable, x.reason, x.canceled = "canceled", 0, reason, s.o.World.Now()
	s.emit("payment_intent.canceled", s.showIntent(x))
}

func (s *Server) showIntent(x *intent) object {
	o := object{
		"id": x.id, "object": "payment_intent", "livemode": false, "created": x.created.Unix(),
		"amount": x.amount, "amount_capturable": x.capturable, "amount_received": x.received, "currency": x.currency,
		"status": x.status, "capture_method": x.capture, "confirmation_method": "automatic",
		"client_secret": x.secret, "metadata": x.metadata, "description": null(x.description),
		"statement_descriptor_suffix": null(x.suffix), "cancellation_reason": null(x.reason), "canceled_at": nil,
		"latest_charge": nil, "last_payment_error": nil, "payment_method": null(x.method), "next_action": nil,
		"payment_method_types":      []string{"card", "sepa_debit"},
		"automatic_payment_methods": object{"enabled": true}, "processing": nil, "receipt_email": nil,
	}
	if !x.canceled.IsZero() {
		o["canceled_at"] = x.canceled.Unix()
	}
	if x.charge != nil {
		o["latest_charge"] = x.charge.id
	}
	if f := x.failure; f != nil {
		o["last_payment_error"] = object{"type": f.kind, "code": f.code, "decline_code": null(f.decline), "message": f.message}
	}
	return o
}
