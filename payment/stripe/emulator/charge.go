package emulator

import "time"

// charge is one try to take money.
type charge struct {
	id, currency                string
	created, captureBefore      time.Time
	amount, captured, refunded  int64
	ok, disputed                bool
	failureCode, failureMessage string
	intent                      *intent
	move                        *move
}

func (x *charge) name() string     { return x.id }
func (x *charge) birth() time.Time { return x.created }

func (x *charge) fail(f *fault) {
	x.ok, x.failureCode, x.failureMessage = false, f.code, f.message
	x.captureBefore = time.Time{}
}

// newCharge is a successful try at the intent's whole amount; nothing is taken yet.
func (s *Server) newCharge(x *intent, captured bool) {
	now := s.o.World.Now()
	x.charge = &charge{id: newName("ch"), currency: x.currency, created: now, amount: x.amount, ok: true, intent: x}
	if !captured {
		x.charge.captureBefore = now.Add(holdLife)
	}
	s.charges.add(x.charge)
}

func (s *Server) getCharge(c call) (object, *fault) {
	x := s.charges.byID[c.id]
	if x == nil {
		return nil, missing("charge", c.id, "id")
	}
	return s.showCharge(x), nil
}

func (s *Server) listCharges(c call) (object, *fault) {
	intent := c.form.text("payment_intent")
	return page(c, s.charges.list, func(x *charge) bool { return intent == "" || x.intent.id == intent },
		(*charge).birth, s.showCharge)
}

func (s *Server) showCharge(x *charge) object {
	status := "succeeded"
	if !x.ok {
		status = "failed"
	}
	card := object{"brand": "visa", "last4": "4242", "exp_month": 12, "exp_year": x.created.Year() + 3, "country": "US", "funding": "credit", "network": "visa"}
	if !x.captureBefore.IsZero() {
		card["capture_before"] = x.captureBefore.Unix()
	}
	o := object{
		"id": x.id, "object": "charge", "livemode": false, "created": x.created.Unix(),
		"amount": x.amount, "amount_captured": x.captured, "amount_refunded": x.refunded, "currency": x.currency,
		"captured": x.captured > 0, "paid": x.ok, "refunded": x.refunded > 0 && x.refunded >= max(x.captured, 1),
		"disputed": x.disputed, "status": status, "payment_intent": x.intent.id, "metadata": x.intent.metadata,
		"failure_code": null(x.failureCode), "failure_message": null(x.failureMessage), "balance_transaction": nil,
		"billing_details":        object{"address": nil, "email": nil, "name": nil, "phone": nil, "tax_id": nil},
		"payment_method":         null(x.intent.method),
		"payment_method_details": object{"type": "card", "card": card},
	}
	if x.move != nil {
		o["balance_transaction"] = x.move.id
	}
	return o
}
