// Package supplier is the contract with whoever ships what the merchant sells.
//
// Three methods are enough to be one; further powers are small interfaces that a
// connector may also fulfil. The other half of the contract is the kind of each error
// (package connector): NotSent, Uncertain, Rejected, Unauthorised; any other error counts
// as Uncertain. suppliertest.Run checks all of it against the supplier's emulator.
package supplier

import (
	"context"
	"errors"
	"net/http"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/money"
)

// Ask says which offers are wanted.
type Ask struct {
	SKUs   []string // the supplier's SKUs that the merchant sells; at most 100
	Cursor string   // where the last page ended; empty for the first
	Lang   string   // BCP 47
	ShipTo string   // ISO 3166 alpha-2: price and stock can depend on it
}

// Page is a part of the offers. Next is empty on the last one. A SKU that was asked for
// and that the supplier positively no longer sells is in Gone; one that could not be read
// is in neither list and fails the page with an error: silence never means "sold out".
type Page struct {
	Offers []Offer
	Gone   []string
	Next   string
	AsOf   time.Time
}

// Offer is a supplier's article with its cost and quantity.
type Offer struct {
	SKU      string // as Order.Lines carries it back
	Title    string
	Cost     money.Amount // per unit, without freight
	Quantity int64        // units that can be ordered now
	ShipFrom string       // ISO 3166 alpha-2
	Handling int          // days until it leaves
	Pack     int64        // sold in multiples of this; 0 and 1 mean singly
	AsOf     time.Time
}

// Address is where a parcel goes: as bojanz/address has it, plus the person.
type Address struct {
	Name        string `json:"name"`
	Company     string `json:"company,omitempty"`
	Line1       string `json:"line1"`
	Line2       string `json:"line2,omitempty"`
	Line3       string `json:"line3,omitempty"`
	Sublocality string `json:"sublocality,omitempty"`
	Locality    string `json:"locality"`         // city
	Region      string `json:"region,omitempty"` // state or province: ISO 3166-2 part, or its name
	PostalCode  string `json:"postal_code,omitempty"`
	Country     string `json:"country"` // ISO 3166 alpha-2
	Phone       string `json:"phone,omitempty"`
	TaxID       string `json:"tax_id,omitempty"` // CPF, RUT, EORI: where the country's customs ask
}

// Order is what we ask a supplier to ship. Key is ours: the same key is the same order
// for ever, however often it is sent.
type Order struct {
	Key      string // at most 40 characters of A-Z a-z 0-9 and -
	Number   string // our purchase order's number on papers
	Address  Address
	Email    string // the merchant's or the customer's, as the store decides
	Lines    []Line
	Service  string         // the freight service chosen from a Quote; empty = the connector's default
	Currency money.Currency // of the lines' costs
	Note     string         // for the packer; never prices
}

// Line is one article of an Order.
type Line struct {
	ID       string // ours; unique in the order
	SKU      string
	Title    string
	Quantity int64
	UnitCost money.Amount // what we expect to pay
}

// State is where the supplier says an order is.
type State string

// The states of an order at the supplier.
const (
	Placed     State = "placed"    // known there, not yet promised
	Unpaid     State = "unpaid"    // known there, and nothing happens until somebody pays
	Accepted   State = "accepted"  // will be shipped
	PartShip   State = "part-ship" // some parcels have left
	Shipped    State = "shipped"   // all parcels have left
	Delivered  State = "delivered"
	Cancelling State = "cancelling"
	Cancelled  State = "cancelled"
	Refused    State = "refused" // will not be shipped: see Code and Words
)

// Ref names an order at the supplier: by our key, by theirs, or both.
type Ref struct {
	Key   string
	Ref   string   // the supplier's order number; empty when it never reached us
	Parts []string // further numbers when the supplier split it; without Ref
}

// Status is what the supplier says of one order. It may come twice and in any order;
// At is the supplier's own time of it where there is one.
type Status struct {
	Ref
	State   State
	Code    string // of a refusal or cancellation, the supplier's own
	Words   string
	Cause   connector.Cause
	Cost    money.Amount // what the supplier charges for goods; zero Currency if unsaid
	Freight money.Amount // likewise for freight
	PayURL  string       // where a person pays, when Unpaid
	Parcels []Parcel
	Short   []Short
	Expect  time.Time // when the rest is expected to leave, if it is late
	At      time.Time
	Raw     []byte // the answer as it came
}

// Parcel is one package of an order.
type Parcel struct {
	Number  string // the tracking number
	Carrier string // as the supplier names it
	URL     string
	Lines   []Packed // empty: everything not in another parcel
	At      time.Time
	Events  []carrier.Event // the supplier's own tracking, a second source
	Next    string          // the last mile's number, if it changes on the way
	NextBy  string          // and who carries it then
}

// Packed is how much of an article is in a parcel.
type Packed struct {
	SKU      string
	Quantity int64
}

// Short says that Quantity units of an article will not come.
type Short struct {
	SKU      string
	Quantity int64
	Words    string
}

// Connector is a supplier's system. Implementations are safe for parallel use and keep
// to the supplier's rate limits by themselves (a wait over a second is a NotSent).
type Connector interface {
	// Offers reads one page of cost and stock.
	Offers(ctx context.Context, ask Ask) (Page, error)
	// Submit places an order. Status.Ref is set when it returns nil.
	Submit(ctx context.Context, o Order) (Status, error)
	// Report reads orders, at most 50. One the supplier does not know is left out.
	Report(ctx context.Context, refs []Ref) ([]Status, error)
}

// Unfed is a Connector whose supplier has no feed: Offers is always one empty page, and
// stock and cost are what people enter. It need not be asked.
type Unfed interface {
	Unfed()
}

// Finder is a Connector that can look an order up by our key. It returns
// connector.ErrNotFound only when the supplier says for certain that there is none. Where
// the supplier had refused the order, the error wraps that connector.Rejected as well: it
// is not sent again then.
type Finder interface {
	Find(ctx context.Context, key string) (Status, error)
	// Settles is how long a new order may stay invisible to Find: "not found" is believed
	// only that long after the last attempt.
	Settles() time.Duration
}

// Repeatable is a Connector without Finder whose supplier keeps our key for a while: the
// same order may be submitted again within Repeats of the first attempt and stays one
// order. After that a person decides.
type Repeatable interface {
	Repeats() time.Duration
}

// ErrRepeated says, wrapped in a connector.Uncertain, that the supplier has an order of
// this key but does not tell its number: asking again is of no use, a person must enter it.
var ErrRepeated = errors.New("the supplier already has this order and does not tell its number")

// Canceller is a Connector that can be asked to cancel. Nil means that it is cancelled,
// NotSent and Uncertain as ever, Rejected that it will be shipped.
type Canceller interface {
	Cancel(ctx context.Context, ref Ref) error
}

// Message is what a supplier tells by itself: orders' states, offers, or only that a
// look is worth while (Recheck).
type Message struct {
	Key     string // the same key is the same message
	Status  []Status
	Offers  []Offer
	Recheck []Ref
	SKUs    []string // articles of which something changed, without saying what

	// Unsigned: nothing shows who sent it. Only its Recheck counts, for orders that are known, and
	// nothing of it is kept.
	Unsigned bool
}

// Receiver is a Connector that is sent messages. It verifies the raw bytes and
// translates; it makes no calls. Errors: connector.ErrForged, connector.ErrIgnored, or
// what is malformed.
type Receiver interface {
	Receive(header http.Header, body []byte) (Message, error)
}

// Subscriber is a Receiver that must tell the supplier where messages go. Doing it again
// changes nothing.
type Subscriber interface {
	Subscribe(ctx context.Context, callback string) error
}

// Parcelled asks what freight costs.
type Parcelled struct {
	To     Address
	From   string // ISO 3166 alpha-2: where the offers ship from
	Lines  []Line
	Wanted money.Currency
}

// Quote is one way to ship, for all lines together.
type Quote struct {
	Service string // as Order.Service carries it back
	Name    string
	Cost    money.Amount
	MinDays int // in transit, from leaving to arriving
	MaxDays int
	Tracked bool
}

// Quoter is a Connector that knows what freight costs.
type Quoter interface {
	Quote(ctx context.Context, p Parcelled) ([]Quote, error)
}

// Payer is a Connector that can pay for an order that was created unpaid.
type Payer interface {
	Pay(ctx context.Context, ref Ref) error
}

// Checker is a Connector that can say at once whether its settings work, for "test
// connection"; it changes nothing at the other side.
type Checker interface {
	Check(ctx context.Context) error
}

// Driver is a supplier connector that this binary knows.
type Driver struct {
	Name     string // "cj"
	Title    string
	Settings []connector.Setting
	Open     func(connector.Values, connector.Env) (Connector, error)
}
