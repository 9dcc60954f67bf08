package stripe

import (
	"bytes"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v86"

	"doorstep/connector"
)

// explain turns whatever the library returns into the kinds of package connector. The
// library's own texts are not passed on: they can hold a part of an answer, and with it a
// client secret.
func (c *client) explain(err error) error {
	if err == nil {
		return nil
	}
	var notSent *connector.NotSent
	var uncertain *connector.Uncertain
	var answer *api.Error
	switch {
	case errors.As(err, &answer):
		return c.judge(answer)
	case errors.As(err, &notSent):
		return notSent
	case errors.As(err, &uncertain):
		return uncertain
	}
	return &connector.Uncertain{Err: errors.New("stripe: the answer is none that Stripe documents")}
}

// busy is how long to wait when another request holds the object or the key.
const busy = 2 * time.Second

// judge reads Stripe's error envelope (docs.stripe.com/api/errors, /error-codes).
func (c *client) judge(e *api.Error) error {
	words := c.hide(short(e.Msg))
	switch {
	case e.HTTPStatusCode == http.StatusUnauthorized, e.HTTPStatusCode == http.StatusForbidden:
		return &connector.Unauthorised{Err: errors.New("stripe: " + words)}
	case e.Code == api.ErrorCodeLockTimeout, e.Code == api.ErrorCodeIdempotencyKeyInUse:
		return &connector.NotSent{After: busy, Err: errors.New("stripe: " + words)}
	case e.Type == api.ErrorTypeIdempotency:
		// The key was used before with other parameters, for example before a setting was
		// changed: that first request may have acted.
		return &connector.Uncertain{Err: errors.New("stripe: " + words)}
	case e.Type == api.ErrorTypeCard || e.Type == api.ErrorTypeInvalidRequest:
		return c.rejected(e, words)
	}
	return &connector.Uncertain{Err: errors.New("stripe: " + words)}
}

func (c *client) rejected(e *api.Error, words string) *connector.Rejected {
	code := string(e.Code)
	if e.DeclineCode != "" {
		code = string(e.DeclineCode)
	}
	if code == "" {
		code = string(e.Type)
	}
	r := &connector.Rejected{Code: code, Words: words, Cause: connector.CauseOther}
	if e.LastResponse != nil {
		r.Raw = c.clean(e.LastResponse.RawJSON)
	}
	switch code {
	case "insufficient_funds", "balance_insufficient", "card_declined", "generic_decline", "card_velocity_exceeded", "withdrawal_count_limit_exceeded":
		r.Cause = connector.CauseFunds
	case "fraudulent", "stolen_card", "lost_card", "pickup_card", "restricted_card":
		r.Cause = connector.CauseBuyer
	case "amount_too_small", "amount_too_large", "invalid_charge_amount", "invalid_charge_amount_no_decimal_compatible":
		r.Cause = connector.CausePrice
	case "payment_intent_unexpected_state", "charge_expired_for_capture", "capture_charge_authorization_expired", "charge_already_refunded", "charge_disputed":
		r.Cause = connector.CauseLate
	}
	return r
}

// refuse is a rejection of our own, before anything is sent.
func refuse(code, words string) *connector.Rejected {
	return &connector.Rejected{Code: code, Words: words, Cause: connector.CauseOther}
}

// isRejected says whether err is a rejection with that code of Stripe's.
func isRejected(err error, code api.ErrorCode) bool {
	var r *connector.Rejected
	return errors.As(err, &r) && r.Code == string(code)
}

// absent turns "no such object" into ErrNotFound, unless Stripe adds that the object is in
// the other of its two worlds, test and live: then the key is wrong, not the name.
func absent(err error) error {
	var r *connector.Rejected
	if !errors.As(err, &r) || r.Code != string(api.ErrorCodeResourceMissing) {
		return err
	}
	if strings.Contains(r.Words, "a similar object exists in") {
		return &connector.Unauthorised{Err: errors.New("stripe: " + r.Words)}
	}
	return connector.ErrNotFound
}

// unsent marks the failure of a read that came before a write: the write was not sent.
func unsent(err error) error {
	var uncertain *connector.Uncertain
	if errors.As(err, &uncertain) {
		return &connector.NotSent{Err: uncertain.Err}
	}
	return err
}

// clean takes client secrets and our own out of an answer that will be kept and shown.
func (c *client) clean(raw []byte) []byte {
	if len(raw) == 0 {
		return nil
	}
	out := clientSecret().ReplaceAll(raw, []byte(`${1}"redacted"`))
	for _, secret := range c.hidden {
		if secret != "" {
			out = bytes.ReplaceAll(out, []byte(secret), []byte("***"))
		}
	}
	return out
}

// clientSecret finds the field of that name with its value, and the bare value anywhere.
func clientSecret() *regexp.Regexp {
	return regexp.MustCompile(`("client_secret"\s*:\s*)"(?:[^"\\]|\\.)*"`)
}

// replayed says that err is a stored failure which Stripe repeats.
func replayed(err error) bool {
	var f *fault
	return errors.As(err, &f) && f.replayed
}
