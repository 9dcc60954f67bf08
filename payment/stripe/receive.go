package stripe

import (
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v86"
	"github.com/stripe/stripe-go/v86/webhook"

	"doorstep/connector"
	"doorstep/payment"
)

// tolerance is the greatest age of a signature (docs.stripe.com/webhooks).
const tolerance = webhook.DefaultTolerance

// Receive verifies and translates one event. The library's own verifier reads the
// computer's clock; ours takes the program's.
func (c *client) Receive(header http.Header, body []byte) (payment.Message, error) {
	if err := c.verify(header.Get("Stripe-Signature"), body); err != nil {
		return payment.Message{}, err
	}
	var e api.Event
	if err := json.Unmarshal(body, &e); err != nil {
		return payment.Message{}, fmt.Errorf("event: not what Stripe documents: %w", shape(err))
	}
	if e.Object != "event" {
		return payment.Message{}, connector.ErrIgnored // "v2.core.event": a thin event
	}
	if e.ID == "" || e.Data == nil || len(e.Data.Raw) == 0 {
		return payment.Message{}, fmt.Errorf("event %s: has no name or no object", short(e.ID))
	}
	m, err := c.translate(e, time.Unix(e.Created, 0).UTC())
	if err != nil {
		return payment.Message{}, err
	}
	m.Key = e.ID
	return m, nil
}

// shape tells where decoding broke without repeating the content.
func shape(err error) error {
	if e, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("no JSON at byte %d", e.Offset)
	}
	if e, ok := errors.AsType[*json.UnmarshalTypeError](err); ok {
		return fmt.Errorf("%s at byte %d", e.Value, e.Offset)
	}
	return fmt.Errorf("wrong shape")
}

// verify checks "t=…,v1=…[,v1=…]": HMAC-SHA256 over "t.body" with any of our secrets.
func (c *client) verify(signature string, body []byte) error {
	if len(c.secrets) == 0 {
		return fmt.Errorf("%w: webhook_secret is not set", connector.ErrForged)
	}
	var at time.Time
	var given [][]byte
	for part := range strings.SplitSeq(signature, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		switch name {
		case "t":
			seconds, err := strconv.ParseInt(value, 10, 64)
			if err != nil {
				return fmt.Errorf("%w: no time", connector.ErrForged)
			}
			at = time.Unix(seconds, 0)
		case "v1":
			if mac, err := hex.DecodeString(value); err == nil {
				given = append(given, mac)
			}
		}
	}
	if at.IsZero() || len(given) == 0 {
		return fmt.Errorf("%w: no signature", connector.ErrForged)
	}
	genuine := false
	for _, secret := range c.secrets {
		want := webhook.ComputeSignature(at, body, secret)
		for _, mac := range given {
			genuine = genuine || hmac.Equal(want, mac)
		}
	}
	if !genuine {
		return connector.ErrForged
	}
	if c.now().Sub(at) > tolerance {
		return fmt.Errorf("%w: older than %s", connector.ErrForged, tolerance)
	}
	return nil
}

// translate reads the object of an event that is of use to us. Payments without our key
// belong to another program on the same account.
func (c *client) translate(e api.Event, at time.Time) (payment.Message, error) {
	raw, kind := []byte(e.Data.Raw), string(e.Type)
	switch {
	case strings.HasPrefix(kind, "checkout.session."):
		return c.sessionEvent(kind, raw, at)
	case strings.HasPrefix(kind, "payment_intent."):
		return c.intentEvent(raw, at)
	case strings.HasPrefix(kind, "refund."), kind == "charge.refund.updated":
		return c.refundEvent(raw, at)
	case kind == "charge.refunded":
		return c.chargeEvent(raw, at)
	case strings.HasPrefix(kind, "charge.dispute."):
		return c.disputeEvent(kind, raw, at)
	}
	return payment.Message{}, connector.ErrIgnored
}

func (c *client) sessionEvent(kind string, raw []byte, at time.Time) (payment.Message, error) {
	var x api.CheckoutSession
	if err := json.Unmarshal(raw, &x); err != nil {
		return payment.Message{}, fmt.Errorf("checkout session: %w", shape(err))
	}
	if x.Metadata[metaKey] == "" {
		return payment.Message{}, connector.ErrIgnored
	}
	s, err := c.sessionStatus(&x, at)
	if err != nil {
		return payment.Message{}, err
	}
	if kind == "checkout.session.async_payment_failed" {
		s.State, s.Words = payment.Failed, "the bank refused the payment"
	}
	s.Raw = c.clean(raw)
	return payment.Message{Payments: []payment.Status{s}}, nil
}

func (c *client) intentEvent(raw []byte, at time.Time) (payment.Message, error) {
	var x api.PaymentIntent
	if err := json.Unmarshal(raw, &x); err != nil {
		return payment.Message{}, fmt.Errorf("payment intent: %w", shape(err))
	}
	if x.Metadata[metaKey] == "" {
		return payment.Message{}, connector.ErrIgnored
	}
	s, err := c.intentStatus(&x, at)
	if err != nil {
		return payment.Message{}, err
	}
	s.Raw, s.Secret = c.clean(raw), ""
	return payment.Message{Payments: []payment.Status{s}}, nil
}

func (c *client) refundEvent(raw []byte, at time.Time) (payment.Message, error) {
	var x api.Refund
	if err := json.Unmarshal(raw, &x); err != nil {
		return payment.Message{}, fmt.Errorf("refund: %w", shape(err))
	}
	s, err := c.refundStatus(&x, at)
	if err != nil {
		return payment.Message{}, err
	}
	s.Raw = c.clean(raw)
	return payment.Message{Refunds: []payment.RefundStatus{s}}, nil
}

// chargeEvent is "charge.refunded". New API versions leave the refunds out and tell them
// by refund.created; old ones list them here.
func (c *client) chargeEvent(raw []byte, at time.Time) (payment.Message, error) {
	var x api.Charge
	if err := json.Unmarshal(raw, &x); err != nil {
		return payment.Message{}, fmt.Errorf("charge: %w", shape(err))
	}
	var m payment.Message
	if x.Refunds != nil {
		for _, r := range x.Refunds.Data {
			if r == nil {
				continue
			}
			s, err := c.refundStatus(r, at)
			if err != nil {
				return payment.Message{}, err
			}
			if s.Payment == "" && x.PaymentIntent != nil {
				s.Payment = x.PaymentIntent.ID
			}
			m.Refunds = append(m.Refunds, s)
		}
	}
	if len(m.Refunds) == 0 {
		return payment.Message{}, connector.ErrIgnored
	}
	return m, nil
}

func (c *client) disputeEvent(kind string, raw []byte, at time.Time) (payment.Message, error) {
	var x api.Dispute
	if err := json.Unmarshal(raw, &x); err != nil {
		return payment.Message{}, fmt.Errorf("dispute: %w", shape(err))
	}
	s, err := c.disputeStatus(&x, at)
	if err != nil {
		return payment.Message{}, err
	}
	switch kind { // the event's name is surer than its list of transactions
	case "charge.dispute.funds_withdrawn":
		s.Withdrawn = true
	case "charge.dispute.funds_reinstated":
		s.Withdrawn = false
	}
	s.Raw = c.clean(raw)
	return payment.Message{Disputes: []payment.DisputeStatus{s}}, nil
}
