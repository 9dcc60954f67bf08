package stripe

import (
	"context"
	"errors"
	"strings"

	api "github.com/stripe/stripe-go/v86"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/payment"
)

// charged asks for the charge with its fee together with an intent.
const charged = "latest_charge.balance_transaction"

// Capture takes amount of an authorised payment; Stripe releases the rest. Repeated after
// Stripe forgot the key, it recognises its own capture by the metadata.
func (c *client) Capture(ctx context.Context, ref, key string, amount money.Amount) (payment.Status, error) {
	n, _, err := outgoing(amount)
	if err != nil {
		return payment.Status{}, err
	}
	intent, err := c.intentName(ctx, ref)
	if err != nil {
		return payment.Status{}, err
	}
	look := func() (payment.Status, error) { return c.findCapture(ctx, intent, key) }
	status, err := repeat(key+"-capture", func(name string) (payment.Status, error) {
		p := &api.PaymentIntentCaptureParams{AmountToCapture: api.Int64(n), Metadata: map[string]string{metaCapture: key}}
		p.SetIdempotencyKey(name)
		p.AddExpand(charged)
		got, err := c.api.V1PaymentIntents.Capture(ctx, intent, p)
		if err != nil {
			return payment.Status{}, c.explain(err)
		}
		return c.intentStatus(got, c.now())
	}, look)
	if isRejected(err, api.ErrorCodePaymentIntentUnexpectedState) {
		if ours, lookErr := look(); lookErr == nil {
			return ours, nil
		}
	}
	return status, err
}

// findCapture is the state after our capture; ErrNotFound while it has not happened.
func (c *client) findCapture(ctx context.Context, intent, key string) (payment.Status, error) {
	got, err := c.getIntent(ctx, intent)
	if err != nil {
		return payment.Status{}, err
	}
	if got.Metadata[metaCapture] != key || got.Status != api.PaymentIntentStatusSucceeded {
		return payment.Status{}, connector.ErrNotFound
	}
	return c.intentStatus(got, c.now())
}

// Refund gives amount back to the card or account that paid.
func (c *client) Refund(ctx context.Context, ref, key string, amount money.Amount) (payment.RefundStatus, error) {
	n, _, err := outgoing(amount)
	if err != nil {
		return payment.RefundStatus{}, err
	}
	intent, err := c.intentName(ctx, ref)
	if err != nil {
		return payment.RefundStatus{}, err
	}
	return repeat(key+"-refund", func(name string) (payment.RefundStatus, error) {
		p := &api.RefundCreateParams{PaymentIntent: api.String(intent), Amount: api.Int64(n), Metadata: map[string]string{metaKey: key}}
		p.SetIdempotencyKey(name)
		got, err := c.api.V1Refunds.Create(ctx, p)
		if err != nil {
			return payment.RefundStatus{}, c.explain(err)
		}
		return c.refundStatus(got, c.now())
	}, func() (payment.RefundStatus, error) { return c.FindRefund(ctx, intent, key) })
}

// Void lets go: it expires an open session, or cancels the intent.
func (c *client) Void(ctx context.Context, ref, key string) (payment.Status, error) {
	if !strings.HasPrefix(ref, "cs_") {
		return c.cancel(ctx, ref, key)
	}
	session, err := c.getSession(ctx, ref)
	if err != nil {
		return payment.Status{}, unsent(err)
	}
	switch {
	case session.Status == api.CheckoutSessionStatusOpen:
		return c.expire(ctx, ref, key)
	case session.Status == api.CheckoutSessionStatusComplete && session.PaymentIntent != nil:
		return c.cancel(ctx, session.PaymentIntent.ID, key)
	}
	return c.sessionStatus(session, c.now())
}

// expire closes the payment page. If the customer was quicker, Stripe refuses.
func (c *client) expire(ctx context.Context, ref, key string) (payment.Status, error) {
	return repeat(key+"-expire", func(name string) (payment.Status, error) {
		p := &api.CheckoutSessionExpireParams{}
		p.SetIdempotencyKey(name)
		got, err := c.api.V1CheckoutSessions.Expire(ctx, ref, p)
		if err != nil {
			return payment.Status{}, late(c.explain(err))
		}
		status, err := c.sessionStatus(got, c.now())
		return voided(status), err
	}, func() (payment.Status, error) {
		got, err := c.getSession(ctx, ref)
		if err != nil {
			return payment.Status{}, err
		}
		if got.Status == api.CheckoutSessionStatusOpen {
			return payment.Status{}, connector.ErrNotFound
		}
		status, err := c.sessionStatus(got, c.now())
		return voided(status), err
	})
}

// cancel releases an authorisation. An intent that is canceled already is what was asked for.
func (c *client) cancel(ctx context.Context, intent, key string) (payment.Status, error) {
	look := func() (payment.Status, error) {
		got, err := c.getIntent(ctx, intent)
		if err != nil {
			return payment.Status{}, err
		}
		if got.Status != api.PaymentIntentStatusCanceled {
			return payment.Status{}, connector.ErrNotFound
		}
		status, err := c.intentStatus(got, c.now())
		return voided(status), err
	}
	status, err := repeat(key+"-cancel", func(name string) (payment.Status, error) {
		p := &api.PaymentIntentCancelParams{}
		p.SetIdempotencyKey(name)
		got, err := c.api.V1PaymentIntents.Cancel(ctx, intent, p)
		if err != nil {
			return payment.Status{}, late(c.explain(err))
		}
		return c.intentStatus(got, c.now())
	}, look)
	if isRejected(err, api.ErrorCodePaymentIntentUnexpectedState) {
		if gone, lookErr := look(); lookErr == nil {
			return gone, nil
		}
	}
	return status, err
}

// voided is the answer to our own wish: what ended is void, not expired by itself.
func voided(s payment.Status) payment.Status {
	if s.State == payment.Expired {
		s.State = payment.Voided
	}
	return s
}

// late marks a refused void: the money was taken, or the page used, in the meantime.
func late(err error) error {
	if r, ok := errors.AsType[*connector.Rejected](err); ok && r.Cause == connector.CauseOther {
		r.Cause = connector.CauseLate
	}
	return err
}

// intentName is the intent behind a session, or ref itself. It comes before a write, so its
// failures say that the write was not sent.
func (c *client) intentName(ctx context.Context, ref string) (string, error) {
	if !strings.HasPrefix(ref, "cs_") {
		return ref, nil
	}
	session, err := c.getSession(ctx, ref)
	if err != nil {
		return "", unsent(err)
	}
	if session.PaymentIntent == nil || session.PaymentIntent.ID == "" {
		return "", refuse("payment_intent_missing", "the customer has not paid on this session")
	}
	return session.PaymentIntent.ID, nil
}

// Check asks for the balance: it works with every key that may take payments.
func (c *client) Check(ctx context.Context) error {
	_, err := c.api.V1Balance.Retrieve(ctx, &api.BalanceRetrieveParams{})
	return c.explain(err)
}
