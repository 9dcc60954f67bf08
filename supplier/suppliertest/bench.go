package suppliertest

import (
	"net/http"
	"testing"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/supplier"
)

// Bench is a connector and the way to its emulator.
type Bench struct {
	Driver supplier.Driver
	// Start makes an emulator for one law, in the given world, whose clock is the suite's.
	// What it opens it closes by t.Cleanup.
	Start func(t *testing.T, world *emulator.World) Rig
}

// Rig is one running emulator. Fields marked optional leave their law out when nil.
type Rig struct {
	Handler http.Handler // the emulator with its knobs in front
	Knobs   *emulator.Knobs
	// Settings open a connector on the emulator served at base. They allow any number of
	// calls a second.
	Settings func(base string) connector.Values
	Paths    Paths
	Goods    []Good // at least 3 articles, at least 500 units of each
	Books    func() []Book
	SetStock func(sku string, quantity int64)
	Ship     func(ref string) // all of the order leaves, in one parcel, now
	// Cancel is the supplier's own doing.
	Cancel func(ref string)

	UnknownSKU string          // optional: a SKU that the supplier positively does not have
	Refuse     func()          // optional: the next order is refused for good
	Secrets    func() []string // optional: secrets beyond the settings, such as tokens handed out
	// InURL says that the vendor's protocol wants a secret in the address.
	InURL bool
	// Wrong are settings that the supplier does not let in; optional.
	Wrong func(base string) connector.Values
	// Unpaid are settings with which Submit leaves the order unpaid; optional, for Payer.
	Unpaid func(base string) connector.Values
	// Addresses replace the suite's own list where the vendor's rules are narrower.
	Addresses []supplier.Address
	// Message is a genuine message about the order, as the emulator would send it; optional,
	// for Receiver.
	Message func(ref string) (http.Header, []byte)
	// Sign signs any body as the vendor would; optional, for Receiver.
	Sign func(body []byte) http.Header
	// Hollow are whole answers that the vendor's envelope calls a success and that hold
	// nothing, such as {"code":200,"data":null}; optional.
	Hollow []string
	// Hints says that messages may come unsigned, and so may only ask for a look.
	Hints bool
}

// Paths are pieces of the addresses, path or query, by which Knobs.Once and the suite know
// a call. A power that the connector lacks has none.
type Paths struct {
	Submit string   // the call that creates the order
	Offers []string // each call that a page of offers needs
	Find   []string // each call by which an order may be looked up
	Report []string // likewise
	Cancel string   // the call that cancels
	Quote  string
	Pay    []string // each call of a payment that changes something, in order
}

// Good is an article that the emulator knows.
type Good struct {
	SKU      string
	Title    string
	Cost     money.Amount
	Quantity int64
}

// Book is an order as the supplier has written it down.
type Book struct {
	Key       string
	Ref       string
	SKUs      map[string]int64 // units by SKU
	Cancelled bool
	Payments  int              // how often money was taken
	Address   supplier.Address // as the supplier would print it
}
