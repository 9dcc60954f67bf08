// Package payment is the contract with whoever moves the customer's money.
// Its error kinds are those of package connector; every request carries our key, and the
// same key is the same request for ever.
package payment

import (
	"context"
	"net/http"
	"time"

	"doorstep/connector"
	"doorstep/money"
)

// Request begins a payment.
type Request struct {
	Key       string // at most 40 characters of A-Z a-z 0-9 and -
	Amount    money.Amount
	Order     string // our order's number, on the customer's statement and receipts
	Email     string
	Country   string // of the billing address, ISO 3166 alpha-2
	ReturnURL string // where the customer comes back to
	CancelURL string
	Locale    string // BCP 47
	Capture   bool   // take the money at once; else only authorise
}

// State is where the provider says a payment is.
type State string

// The states of a payment at the provider.
const (
	Pending    State = "pending"    // the customer must still act, or the bank
	Authorised State = "authorised" // the money is reserved: capture it before it lapses
	Captured   State = "captured"
	Failed     State = "failed"
	Voided     State = "voided"
	Expired    State = "expired"
)

// Status is what the provider says of a payment. It may come twice and in any order.
type Status struct {
	Key    string // ours, where the provider gives it back
	Ref    string // the provider's
	State  State
	Amount money.Amount // authorised or captured, by State
	Fee    money.Amount // what the provider keeps; zero Currency if unsaid
	URL    string       // where the customer pays, while Pending
	Secret string       // for a payment form in the page, if the provider has one; never logged
	Words  string       // instructions (bank details) while Pending, the reason when Failed
	Lapses time.Time    // when an authorisation ends
	At     time.Time
	Raw    []byte
}

// RefundState is where the provider says a refund is.
type RefundState string

// The states of a refund at the provider.
const (
	RefundPending   RefundState = "pending"
	RefundSucceeded RefundState = "succeeded"
	RefundFailed    RefundState = "failed"
)

// RefundStatus is what the provider says of a refund.
type RefundStatus struct {
	Key     string // ours
	Ref     string
	Payment string // the provider's name of the payment
	State   RefundState
	Amount  money.Amount
	Words   string
	At      time.Time
	Raw     []byte
}

// DisputeState is where the bank says a chargeback is.
type DisputeState string

// The states of a chargeback at the provider.
const (
	DisputeInquiry  DisputeState = "inquiry" // asked, no money moved
	DisputeOpened   DisputeState = "opened"
	DisputeAnswered DisputeState = "answered"
	DisputeWon      DisputeState = "won"
	DisputeLost     DisputeState = "lost"
	DisputeDropped  DisputeState = "dropped"
)

// DisputeStatus is what the provider says of a chargeback.
type DisputeStatus struct {
	Ref       string
	Payment   string // the provider's name of the payment
	State     DisputeState
	Amount    money.Amount
	Fee       money.Amount
	Reason    string
	Due       time.Time // when evidence must be in
	Withdrawn bool      // the money has left the balance
	At        time.Time
	Raw       []byte
}

// Connector is a payment provider. Implementations are safe for parallel use.
type Connector interface {
	// Begin creates the payment at the provider; nothing is paid yet unless Status says so.
	Begin(ctx context.Context, r Request) (Status, error)
	// Capture takes amount of an authorised payment.
	Capture(ctx context.Context, ref, key string, amount money.Amount) (Status, error)
	// Refund gives amount of a captured payment back.
	Refund(ctx context.Context, ref, key string, amount money.Amount) (RefundStatus, error)
}

// Voider can let go of an authorisation.
type Voider interface {
	Void(ctx context.Context, ref, key string) (Status, error)
}

// Finder can look things up: a payment by the provider's name or, where ref is empty, by
// our key; a refund by our key. connector.ErrNotFound only when the provider is certain.
type Finder interface {
	Find(ctx context.Context, ref, key string) (Status, error)
	FindRefund(ctx context.Context, ref, key string) (RefundStatus, error)
}

// Message is what a provider tells by itself.
type Message struct {
	Key      string // the same key is the same message
	Payments []Status
	Refunds  []RefundStatus
	Disputes []DisputeStatus
}

// Receiver is a Connector that is sent messages. It verifies the raw bytes and
// translates; it makes no calls. Errors: connector.ErrForged, connector.ErrIgnored, or
// what is malformed.
type Receiver interface {
	Receive(header http.Header, body []byte) (Message, error)
}

// Manual is a Connector where a person says that the money came: there is nothing to ask.
type Manual interface {
	// Instructions is what the customer is told to do.
	Instructions(r Request) string
}

// Checker can say at once whether its settings work; it changes nothing at the other side.
type Checker interface {
	Check(ctx context.Context) error
}

// Driver is a payment connector that this binary knows.
type Driver struct {
	Name     string // "stripe"
	Title    string
	Settings []connector.Setting
	Open     func(connector.Values, connector.Env) (Connector, error)
}
