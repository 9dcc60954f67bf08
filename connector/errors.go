package connector

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// NotSent says that nothing happened at the other side: it is safe to repeat, not before
// After. Examples: connection refused, 429, "busy", our own limiter.
type NotSent struct {
	After time.Duration // wait at least this long; 0 = as the caller likes
	Err   error
}

// Error gives the cause.
func (e *NotSent) Error() string { return fmt.Sprintf("not sent: %v", e.Err) }

// Unwrap gives the cause.
func (e *NotSent) Unwrap() error { return e.Err }

// Uncertain says that it may have happened: the answer was lost. Ask by key before repeating.
type Uncertain struct{ Err error }

// Error gives the cause.
func (e *Uncertain) Error() string { return fmt.Sprintf("answer lost: %v", e.Err) }

// Unwrap gives the cause.
func (e *Uncertain) Unwrap() error { return e.Err }

// Rejected says that it will not happen, in the other side's code and words.
type Rejected struct {
	Code  string // the vendor's own
	Words string // the vendor's own
	Cause Cause
	Raw   []byte // the answer as it came
}

// Error gives code and words.
func (e *Rejected) Error() string { return fmt.Sprintf("rejected: %s %s", e.Code, e.Words) }

// Cause groups the vendors' codes into what we can do about them.
type Cause string

// The causes of a rejection.
const (
	CauseOther    Cause = "other"
	CauseSoldOut  Cause = "sold-out"
	CauseAddress  Cause = "address"
	CausePrice    Cause = "price"
	CauseFunds    Cause = "funds"
	CauseShipping Cause = "shipping" // the service does not go there
	CauseItem     Cause = "item"     // unknown or withdrawn
	CauseBuyer    Cause = "buyer"    // refused person or account
	CauseLate     Cause = "late"     // too late to cancel
)

// Unauthorised says that the other side does not know us (any more): stop this connector
// and tell the merchant.
type Unauthorised struct{ Err error }

// Error gives the cause.
func (e *Unauthorised) Error() string { return fmt.Sprintf("not authorised: %v", e.Err) }

// Unwrap gives the cause.
func (e *Unauthorised) Unwrap() error { return e.Err }

// ErrNotFound is what a look-up by our key answers when the other side says for certain
// that it knows nothing of it.
var ErrNotFound = errors.New("not found at the other side")

// ErrForged is what a Receiver answers to a message that is not from whom it claims.
var ErrForged = errors.New("signature does not hold")

// ErrIgnored is what a Receiver answers to a message that is genuine and of no use to us.
var ErrIgnored = errors.New("nothing to do")

// Outcome is what an error means for the thing that was asked for.
type Outcome string

// The outcomes of a call.
const (
	Done          Outcome = "done"
	WasNotSent    Outcome = "not-sent"
	WasLost       Outcome = "uncertain"
	WasRejected   Outcome = "rejected"
	WasNotLetIn   Outcome = "unauthorised"
	WasNeverThere Outcome = "not-found"
)

// OutcomeOf classifies an error. Anything that is none of the kinds above counts as lost:
// only what is known not to have happened may be repeated.
func OutcomeOf(err error) Outcome {
	var notSent *NotSent
	var rejected *Rejected
	var unauthorised *Unauthorised
	switch {
	case err == nil:
		return Done
	case errors.As(err, &rejected):
		return WasRejected
	case errors.As(err, &notSent):
		return WasNotSent
	case errors.As(err, &unauthorised):
		return WasNotLetIn
	case errors.Is(err, ErrNotFound):
		return WasNeverThere
	}
	return WasLost
}

// Wait is how long a NotSent error asks us to wait; 0 when it does not say.
func Wait(err error) time.Duration {
	var notSent *NotSent
	if errors.As(err, &notSent) {
		return notSent.After
	}
	return 0
}

// IsCancelled says whether the caller's own context ended, not the other side's patience.
func IsCancelled(ctx context.Context, err error) bool {
	return err != nil && ctx.Err() != nil
}
