package stripe

import (
	"encoding/json"
	"fmt"
	"time"

	api "github.com/stripe/stripe-go/v86"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/payment"
)

// holdLife is how long cards usually keep an authorisation; the exact end, capture_before,
// comes with the charge and replaces it wherever the charge is at hand.
const holdLife = 7 * 24 * time.Hour

// intentStatus translates a PaymentIntent; at is when Stripe said so.
func (c *client) intentStatus(p *api.PaymentIntent, at time.Time) (payment.Status, error) {
	s := payment.Status{Key: p.Metadata[metaKey], Ref: p.ID, State: payment.Pending, At: at, Raw: c.rawOf(p.LastResponse)}
	n := p.Amount
	switch p.Status {
	case api.PaymentIntentStatusRequiresPaymentMethod, api.PaymentIntentStatusRequiresConfirmation, api.PaymentIntentStatusRequiresAction:
		s.Secret = p.ClientSecret
		if p.LastPaymentError != nil {
			s.Words = c.hide(short(p.LastPaymentError.Msg))
		}
	case api.PaymentIntentStatusProcessing:
		s.Words = "the bank is working on it"
	case api.PaymentIntentStatusRequiresCapture:
		s.State, n, s.Lapses = payment.Authorised, p.AmountCapturable, lapses(p, at)
	case api.PaymentIntentStatusSucceeded:
		s.State, n = payment.Captured, p.AmountReceived
	case api.PaymentIntentStatusCanceled:
		s.State = payment.Voided
		if p.CancellationReason == "automatic" || p.CancellationReason == "expired" {
			s.State = payment.Expired
		}
		s.Words = string(p.CancellationReason)
	default:
		return payment.Status{}, strange("payment intent", p.ID, string(p.Status))
	}
	var err error
	if s.Amount, err = incoming(n, string(p.Currency)); err != nil {
		return payment.Status{}, strange("payment intent", p.ID, err.Error())
	}
	if s.Fee, err = feeOf(p.LatestCharge); err != nil {
		return payment.Status{}, strange("payment intent", p.ID, err.Error())
	}
	return s, nil
}

// sessionStatus translates a Checkout Session. When its intent is at hand the intent
// decides, because only it knows of authorisations.
func (c *client) sessionStatus(x *api.CheckoutSession, at time.Time) (payment.Status, error) {
	s := payment.Status{Key: x.Metadata[metaKey], Ref: x.ID, State: payment.Pending, URL: x.URL, At: at, Raw: c.rawOf(x.LastResponse)}
	if x.PaymentIntent != nil && x.PaymentIntent.ID != "" {
		s.Ref = x.PaymentIntent.ID
	}
	var err error
	if s.Amount, err = incoming(x.AmountTotal, string(x.Currency)); err != nil {
		return payment.Status{}, strange("checkout session", x.ID, err.Error())
	}
	switch x.Status {
	case api.CheckoutSessionStatusOpen, api.CheckoutSessionStatusComplete:
	case api.CheckoutSessionStatusExpired:
		s.State, s.URL = payment.Expired, ""
		return s, nil
	default:
		return payment.Status{}, strange("checkout session", x.ID, string(x.Status))
	}
	if x.PaymentIntent != nil && x.PaymentIntent.Status != "" {
		return c.both(s, x, at)
	}
	if x.Status == api.CheckoutSessionStatusComplete && x.PaymentStatus != api.CheckoutSessionPaymentStatusUnpaid {
		s.State = payment.Captured
	}
	return s, nil
}

// both joins what the session and its intent say.
func (c *client) both(s payment.Status, x *api.CheckoutSession, at time.Time) (payment.Status, error) {
	inner, err := c.intentStatus(x.PaymentIntent, at)
	if err != nil {
		return payment.Status{}, err
	}
	inner.Raw, inner.URL, inner.Secret = s.Raw, s.URL, ""
	if inner.Key == "" {
		inner.Key = s.Key
	}
	if x.Status == api.CheckoutSessionStatusComplete && x.PaymentIntent.Status == api.PaymentIntentStatusRequiresPaymentMethod {
		inner.State = payment.Failed // the page was used: nobody can try again
	}
	return inner, nil
}

// lapses is when an authorisation ends.
func lapses(p *api.PaymentIntent, at time.Time) time.Time {
	ch := p.LatestCharge
	if ch == nil || ch.Created == 0 {
		return at.Add(holdLife)
	}
	if ch.PaymentMethodDetails != nil && ch.PaymentMethodDetails.Card != nil && ch.PaymentMethodDetails.Card.CaptureBefore > 0 {
		return time.Unix(ch.PaymentMethodDetails.Card.CaptureBefore, 0).UTC()
	}
	return time.Unix(ch.Created, 0).UTC().Add(holdLife)
}

// feeOf is what Stripe kept, in the currency it settles in; zero Currency when not at hand.
func feeOf(ch *api.Charge) (money.Amount, error) {
	if ch == nil || ch.BalanceTransaction == nil || ch.BalanceTransaction.Currency == "" {
		return money.Amount{}, nil
	}
	return incoming(ch.BalanceTransaction.Fee, string(ch.BalanceTransaction.Currency))
}

func (c *client) refundStatus(r *api.Refund, at time.Time) (payment.RefundStatus, error) {
	s := payment.RefundStatus{Key: r.Metadata[metaKey], Ref: r.ID, At: at, Raw: c.rawOf(r.LastResponse)}
	if r.PaymentIntent != nil {
		s.Payment = r.PaymentIntent.ID
	}
	switch r.Status {
	case api.RefundStatusPending, api.RefundStatusRequiresAction:
		s.State, s.Words = payment.RefundPending, string(r.PendingReason)
	case api.RefundStatusSucceeded:
		s.State = payment.RefundSucceeded
	case api.RefundStatusFailed, api.RefundStatusCanceled:
		s.State, s.Words = payment.RefundFailed, string(r.FailureReason)
	default:
		return payment.RefundStatus{}, strange("refund", r.ID, string(r.Status))
	}
	var err error
	if s.Amount, err = incoming(r.Amount, string(r.Currency)); err != nil {
		return payment.RefundStatus{}, strange("refund", r.ID, err.Error())
	}
	return s, nil
}

func (c *client) disputeStatus(d *api.Dispute, at time.Time) (payment.DisputeStatus, error) {
	s := payment.DisputeStatus{Ref: d.ID, Reason: string(d.Reason), At: at}
	if d.PaymentIntent != nil {
		s.Payment = d.PaymentIntent.ID
	}
	state, known := disputeState(d.Status)
	if !known {
		return payment.DisputeStatus{}, strange("dispute", d.ID, string(d.Status))
	}
	s.State = state
	var err error
	if s.Amount, err = incoming(d.Amount, string(d.Currency)); err != nil {
		return payment.DisputeStatus{}, strange("dispute", d.ID, err.Error())
	}
	if d.EvidenceDetails != nil && d.EvidenceDetails.DueBy > 0 {
		s.Due = time.Unix(d.EvidenceDetails.DueBy, 0).UTC()
	}
	var moved, fee int64
	for _, t := range d.BalanceTransactions {
		if t == nil || t.Currency == "" {
			continue
		}
		moved += t.Amount
		fee += t.Fee
		if s.Fee, err = incoming(fee, string(t.Currency)); err != nil {
			return payment.DisputeStatus{}, strange("dispute", d.ID, err.Error())
		}
	}
	s.Withdrawn = moved < 0
	return s, nil
}

func disputeState(s api.DisputeStatus) (payment.DisputeState, bool) {
	switch s {
	case api.DisputeStatusWarningNeedsResponse, api.DisputeStatusWarningUnderReview:
		return payment.DisputeInquiry, true
	case api.DisputeStatusWarningClosed, "prevented":
		return payment.DisputeDropped, true
	case api.DisputeStatusNeedsResponse:
		return payment.DisputeOpened, true
	case api.DisputeStatusUnderReview:
		return payment.DisputeAnswered, true
	case api.DisputeStatusWon:
		return payment.DisputeWon, true
	case api.DisputeStatusLost:
		return payment.DisputeLost, true
	}
	return "", false
}

// strange is an answer that we cannot read: nothing is known then.
func strange(what, id, why string) error {
	return &connector.Uncertain{Err: fmt.Errorf("%s %s: cannot be read: %s", what, short(id), short(why))}
}

func (c *client) rawOf(r *api.APIResponse) json.RawMessage {
	if r == nil {
		return nil
	}
	return c.clean(r.RawJSON)
}
