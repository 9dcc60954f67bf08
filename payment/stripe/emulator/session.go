package emulator

import (
	"maps"
	"strconv"
	"time"
)

// session is a Checkout Session in payment mode.
type session struct {
	id, status, paymentStatus string // open complete expired; unpaid paid
	created, expires          time.Time
	amount                    int64
	currency                  string
	item                      string // the name of the line
	metadata, intentMetadata  map[string]string
	capture                   string // capture_method of its intent
	description, suffix       string
	success, cancel           string
	order, email, locale      string
	url                       string
	intent                    *intent
	declined                  string // why the last try on the page failed
}

func (x *session) name() string            { return x.id }
func (x *session) birth() time.Time        { return x.created }
func (x *session) open(status string) bool { return status == "" || x.status == status }

func (s *Server) createSession(c call) (object, *fault) {
	p := c.form
	if mode := p.text("mode"); mode != "payment" {
		return nil, wrong("mode", "", "This emulator knows payment mode only, not: "+mode+".")
	}
	if p.text("success_url") == "" {
		return nil, wrong("success_url", "parameter_missing", "You must provide `success_url` to use hosted Checkout.")
	}
	x := &session{
		id: newName("cs_test"), status: "open", paymentStatus: "unpaid", created: c.now, expires: c.now.Add(sessionLife),
		metadata: p.under("metadata"), intentMetadata: p.under("payment_intent_data[metadata]"),
		capture: p.text("payment_intent_data[capture_method]"), description: p.text("payment_intent_data[description]"),
		suffix:  p.text("payment_intent_data[statement_descriptor_suffix]"),
		success: p.text("success_url"), cancel: p.text("cancel_url"), order: p.text("client_reference_id"),
		email: p.text("customer_email"), locale: p.text("locale"), item: p.text("line_items[0][price_data][product_data][name]"),
	}
	if f := x.sum(p); f != nil {
		return nil, f
	}
	if at, given, f := p.whole("expires_at"); f != nil {
		return nil, f
	} else if given {
		x.expires = time.Unix(at, 0).UTC()
		if wait := x.expires.Sub(c.now); wait < 30*time.Minute || wait > sessionLife {
			return nil, wrong("expires_at", "", "The `expires_at` timestamp must be between 30 minutes and 24 hours from Checkout Session creation.")
		}
	}
	if x.capture == "" {
		x.capture = "automatic"
	}
	x.url = c.host + "/c/pay/" + x.id
	s.sessions.add(x)
	s.expect(x.expires)
	return s.showSession(x), nil
}

// sum adds up the lines.
func (x *session) sum(p params) *fault {
	for i := 0; ; i++ {
		line := "line_items[" + strconv.Itoa(i) + "]"
		currency := p.text(line + "[price_data][currency]")
		if currency == "" && i > 0 {
			return price("line_items", x.amount, x.currency)
		}
		unit, given, f := p.whole(line + "[price_data][unit_amount]")
		if f != nil {
			return f
		}
		if !given || currency == "" {
			return wrong("line_items", "parameter_missing", "Missing required param: "+line+"[price_data].")
		}
		quantity, given, f := p.whole(line + "[quantity]")
		if f != nil {
			return f
		}
		if !given {
			quantity = 1
		}
		if x.currency != "" && x.currency != currency {
			return wrong("line_items", "", "All line items must have the same currency.")
		}
		x.currency = currency
		x.amount += unit * quantity
	}
}

func (s *Server) getSession(c call) (object, *fault) {
	x := s.sessions.byID[c.id]
	if x == nil {
		return nil, missing("checkout.session", c.id, "session")
	}
	return s.showSession(x), nil
}

func (s *Server) listSessions(c call) (object, *fault) {
	intent, status := c.form.text("payment_intent"), c.form.text("status")
	return page(c, s.sessions.list, func(x *session) bool {
		return x.open(status) && (intent == "" || x.intent != nil && x.intent.id == intent)
	}, (*session).birth, s.showSession)
}

func (s *Server) expireSession(c call) (object, *fault) {
	x := s.sessions.byID[c.id]
	if x == nil {
		return nil, missing("checkout.session", c.id, "session")
	}
	if x.status != "open" {
		return nil, &fault{status: 400, kind: invalidRequest, message: "Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session has a status of `" + x.status + "`."}
	}
	s.endSession(x)
	return s.showSession(x), nil
}

func (s *Server) endSession(x *session) {
	x.status = "expired"
	if x.intent != nil && x.intent.status == "requires_payment_method" {
		s.cancel(x.intent, "abandoned")
	}
	s.emit("checkout.session.expired", s.showSession(x))
}

// begin makes the session's intent, as Stripe does when the customer first presses "Pay".
func (s *Server) begin(x *session) *intent {
	if x.intent == nil {
		x.intent = s.newIntent(&intent{
			amount: x.amount, currency: x.currency, capture: x.capture, metadata: maps.Clone(x.intentMetadata),
			description: x.description, suffix: x.suffix, session: x,
		})
	}
	return x.intent
}

func (s *Server) showSession(x *session) object {
	o := object{
		"id": x.id, "object": "checkout.session", "livemode": false, "mode": "payment",
		"created": x.created.Unix(), "expires_at": x.expires.Unix(),
		"status": x.status, "payment_status": x.paymentStatus,
		"amount_subtotal": x.amount, "amount_total": x.amount, "currency": x.currency,
		"client_reference_id": null(x.order), "customer_email": null(x.email), "locale": null(x.locale),
		"metadata": x.metadata, "success_url": x.success, "cancel_url": null(x.cancel),
		"payment_intent": nil, "url": nil, "ui_mode": "hosted_page",
		"payment_method_types": []string{"card", "sepa_debit"},
		"automatic_tax":        object{"enabled": false, "liability": nil, "provider": nil, "status": nil},
		"custom_fields":        []any{}, "shipping_options": []any{},
		"custom_text": object{"after_submit": nil, "shipping_address": nil, "submit": nil, "terms_of_service_acceptance": nil},
	}
	if x.intent != nil {
		o["payment_intent"] = x.intent.id
	}
	if x.status == "open" {
		o["url"] = x.url
	}
	return o
}

// null is how an empty text looks in an answer.
func null(text string) any {
	if text == "" {
		return nil
	}
	return text
}
