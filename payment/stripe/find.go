package stripe

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v86"

	"doorstep/connector"
	"doorstep/payment"
)

// Looking up by key. Lists are up to date but can only be walked by time; the Search API
// knows metadata but lags by a minute, in bad hours by one. Together they are certain:
// lists for all that is younger than recent, search for what is older. A session without
// an intent that is older than that has expired and can take no money.
const (
	recent = 48 * time.Hour
	most   = 10_000 // objects walked before we give up being certain
)

// Find looks a payment up by Stripe's name or, where ref is empty, by our key.
func (c *client) Find(ctx context.Context, ref, key string) (payment.Status, error) {
	switch {
	case ref == "":
		return c.findKey(ctx, key)
	case strings.HasPrefix(ref, "cs_"):
		session, err := c.getSession(ctx, ref)
		if err != nil {
			return payment.Status{}, absent(err)
		}
		return c.sessionStatus(session, c.now())
	}
	intent, err := c.getIntent(ctx, ref)
	if err != nil {
		return payment.Status{}, absent(err)
	}
	if intent.Status == api.PaymentIntentStatusRequiresPaymentMethod {
		return c.unpaid(ctx, intent)
	}
	return c.intentStatus(intent, c.now())
}

// unpaid is an intent that waits for money: only its session, if it has one, knows where
// the customer pays and whether that is still possible.
func (c *client) unpaid(ctx context.Context, intent *api.PaymentIntent) (payment.Status, error) {
	p := &api.CheckoutSessionListParams{PaymentIntent: api.String(intent.ID)}
	p.Limit = api.Int64(1)
	p.AddExpand("data.payment_intent")
	for session, err := range c.api.V1CheckoutSessions.List(ctx, p).All(ctx) {
		if err != nil {
			return payment.Status{}, c.explain(err)
		}
		return c.sessionStatus(session, c.now())
	}
	return c.intentStatus(intent, c.now())
}

func (c *client) findKey(ctx context.Context, key string) (payment.Status, error) {
	if key == "" {
		return payment.Status{}, refuse("key", "neither a name nor a key to look for")
	}
	since := &api.RangeQueryParams{GreaterThanOrEqual: c.now().Add(-recent).Unix()}
	sessions := &api.CheckoutSessionListParams{CreatedRange: since}
	sessions.Limit = api.Int64(100)
	session, err := walk(c, c.api.V1CheckoutSessions.List(ctx, sessions).All(ctx), func(s *api.CheckoutSession) bool { return s.Metadata[metaKey] == key })
	if err != nil {
		return payment.Status{}, err
	}
	if session != nil {
		return c.findNamed(ctx, session.ID, key)
	}
	intents := &api.PaymentIntentListParams{CreatedRange: since}
	intents.Limit = api.Int64(100)
	intent, err := walk(c, c.api.V1PaymentIntents.List(ctx, intents).All(ctx), func(p *api.PaymentIntent) bool { return p.Metadata[metaKey] == key })
	if err == nil && intent == nil {
		intent, err = c.searchKey(ctx, key)
	}
	if err != nil {
		return payment.Status{}, err
	}
	return c.findNamed(ctx, intent.ID, key)
}

// findNamed reads what a list only mentioned; a row without a name tells nothing.
func (c *client) findNamed(ctx context.Context, id, key string) (payment.Status, error) {
	if id == "" {
		return payment.Status{}, strange("list", "", "a row has no name")
	}
	return c.Find(ctx, id, key)
}

// searchKey asks the Search API; ErrNotFound when it knows nothing.
func (c *client) searchKey(ctx context.Context, key string) (*api.PaymentIntent, error) {
	if strings.ContainsAny(key, `'"\`) {
		return nil, refuse("key", "a key has only letters, digits and -")
	}
	p := &api.PaymentIntentSearchParams{}
	p.Query = fmt.Sprintf("metadata['%s']:'%s'", metaKey, key)
	found, err := walk(c, c.api.V1PaymentIntents.Search(ctx, p).All(ctx), func(p *api.PaymentIntent) bool { return p.Metadata[metaKey] == key })
	var refused *connector.Rejected
	switch {
	case errors.As(err, &refused): // merchants in some countries have no Search API
		return nil, &connector.Uncertain{Err: fmt.Errorf("older payments cannot be searched: %s", refused.Words)}
	case err == nil && found == nil:
		return nil, connector.ErrNotFound
	}
	return found, err
}

// FindRefund looks a refund up by our key among the refunds of a payment, ref; or by
// Stripe's own name of the refund (re_…). Without ref the refunds of the last two days are
// looked through, and "not there" is then never certain.
func (c *client) FindRefund(ctx context.Context, ref, key string) (payment.RefundStatus, error) {
	if strings.HasPrefix(ref, "re_") || strings.HasPrefix(ref, "pyr_") {
		got, err := c.api.V1Refunds.Retrieve(ctx, ref, &api.RefundRetrieveParams{})
		if err != nil {
			return payment.RefundStatus{}, absent(c.explain(err))
		}
		return c.refundStatus(got, c.now())
	}
	p := &api.RefundListParams{}
	p.Limit = api.Int64(100)
	if ref == "" {
		p.CreatedRange = &api.RangeQueryParams{GreaterThanOrEqual: c.now().Add(-recent).Unix()}
	} else {
		intent, err := c.intentName(ctx, ref)
		if err != nil {
			return payment.RefundStatus{}, noIntent(err)
		}
		p.PaymentIntent = api.String(intent)
	}
	found, err := walk(c, c.api.V1Refunds.List(ctx, p).All(ctx), func(r *api.Refund) bool { return r.Metadata[metaKey] == key })
	switch {
	case err != nil:
		return payment.RefundStatus{}, absent(err)
	case found != nil:
		return c.refundStatus(found, c.now())
	case ref == "":
		return payment.RefundStatus{}, &connector.Uncertain{Err: errors.New("no refund of the last two days has this key: look again with the payment's name")}
	}
	return payment.RefundStatus{}, connector.ErrNotFound
}

// noIntent: a session that was never paid has no refunds for certain.
func noIntent(err error) error {
	var r *connector.Rejected
	if errors.As(err, &r) && r.Code == "payment_intent_missing" {
		return connector.ErrNotFound
	}
	return absent(err)
}

// walk is the first object that holds; nil when there is none among all of them.
func walk[T any](c *client, all api.Seq2[*T, error], holds func(*T) bool) (*T, error) {
	n := 0
	for x, err := range all {
		if err != nil {
			return nil, c.explain(err)
		}
		if x != nil && holds(x) {
			return x, nil
		}
		if n++; n >= most {
			return nil, &connector.Uncertain{Err: fmt.Errorf("not among the newest %d, and there are more", most)}
		}
	}
	return nil, nil
}

func (c *client) getIntent(ctx context.Context, id string) (*api.PaymentIntent, error) {
	p := &api.PaymentIntentRetrieveParams{}
	p.AddExpand(charged)
	got, err := c.api.V1PaymentIntents.Retrieve(ctx, id, p)
	return got, c.explain(err)
}

func (c *client) getSession(ctx context.Context, id string) (*api.CheckoutSession, error) {
	p := &api.CheckoutSessionRetrieveParams{}
	p.AddExpand("payment_intent." + charged)
	got, err := c.api.V1CheckoutSessions.Retrieve(ctx, id, p)
	return got, c.explain(err)
}
