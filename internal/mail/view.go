package mail

import (
	"time"

	"doorstep/money"
	"doorstep/postal"
)

// Kind names what a message tells.
type Kind string

// The kinds of message, in the order of an order's life; the last one is the merchant's.
const (
	KindConfirmed      Kind = "confirmed"
	KindPaymentDue     Kind = "payment-due"
	KindShipped        Kind = "shipped"
	KindOutForDelivery Kind = "out-for-delivery"
	KindDelivered      Kind = "delivered"
	KindDelayed        Kind = "delayed"
	KindChoice         Kind = "choice"
	KindRefunded       Kind = "refunded"
	KindCancelled      Kind = "cancelled"
	KindDigest         Kind = "digest"
)

// View is the content of one kind of message: one of the structs of this file.
type View interface {
	// Kind says which message it becomes.
	Kind() Kind
	letter(*scribe) letter
}

// Order is what every message to a customer names.
type Order struct {
	Number string
	URL    string // the customer's own page of it, with its secret
	Name   string // of the customer, for the greeting; may be empty
}

// Line is one article.
type Line struct {
	Title    string
	Variant  string // "Blue / 350 ml"; may be empty
	ImageURL string // square; may be empty
	Quantity int64
	Price    money.Amount // of all units together; a zero Currency shows none
}

// Totals are what an order comes to. Parts that are nothing are left out.
type Totals struct {
	Code                                  string // of the discount; may be empty
	Goods, Discount, Shipping, Tax, Total money.Amount
	TaxIncluded                           bool // Tax is part of the other figures
}

// Window is when a parcel is expected, by days; zero when nobody knows.
type Window struct{ From, To time.Time }

// Parcel is a package on its way.
type Parcel struct {
	Number     string // the tracking number
	Carrier    string // as people call it
	CarrierURL string // the carrier's own page; may be empty
	Index, Of  int    // "2 of 3"; nothing is said when Of is below 2
	Lines      []Line
	Expected   Window
}

// Confirmed says that we have the order and it will be shipped.
type Confirmed struct {
	Order    Order
	Lines    []Line
	Totals   Totals
	ShipTo   postal.Address
	Expected Window
}

// Kind is KindConfirmed.
func (Confirmed) Kind() Kind { return KindConfirmed }

// PaymentDue says how to pay by bank transfer.
type PaymentDue struct {
	Order     Order
	Amount    money.Amount
	Holder    string // of the account
	Bank      string
	IBAN      string // or another account number
	BIC       string
	Reference string    // what the payer must quote
	Due       time.Time // the last day
	Lines     []Line
	Totals    Totals
}

// Kind is KindPaymentDue.
func (PaymentDue) Kind() Kind { return KindPaymentDue }

// Shipped says that one parcel has left.
type Shipped struct {
	Order  Order
	Parcel Parcel
	Rest   int64 // units of the order that are still to be sent
	ShipTo postal.Address
}

// Kind is KindShipped.
func (Shipped) Kind() Kind { return KindShipped }

// OutForDelivery says that a parcel comes today.
type OutForDelivery struct {
	Order  Order
	Parcel Parcel
	ShipTo postal.Address
}

// Kind is KindOutForDelivery.
func (OutForDelivery) Kind() Kind { return KindOutForDelivery }

// Delivered says that a parcel has arrived.
type Delivered struct {
	Order  Order
	Parcel Parcel
	At     time.Time
	Rest   int64 // units of the order that are still to come
}

// Kind is KindDelivered.
func (Delivered) Kind() Kind { return KindDelivered }

// Delayed says that something comes later than promised. Parcel is empty while nothing
// has left yet.
type Delayed struct {
	Order  Order
	Parcel Parcel
	Was    Window
	Now    Window // zero: nobody knows yet
	Reason string // in the reader's language; may be empty
}

// Kind is KindDelayed.
func (Delayed) Kind() Kind { return KindDelayed }

// Choice asks what is to become of units that cannot be sent: wait, another article, or the money back.
type Choice struct {
	Order Order
	Lines []Line
}

// Kind is KindChoice.
func (Choice) Kind() Kind { return KindChoice }

// Refunded says that money is on its way back.
type Refunded struct {
	Order  Order
	Amount money.Amount
	Method string // where it goes: "Visa ending 4242"; may be empty
	Credit bool   // it is store credit, and there at once
	Days   int    // banking days that it may take; 0 says nothing
	Lines  []Line // what it is for; may be empty
	Reason string // in the reader's language; may be empty
}

// Kind is KindRefunded.
func (Refunded) Kind() Kind { return KindRefunded }

// Cancelled says that an order will not be shipped.
type Cancelled struct {
	Order  Order
	Lines  []Line
	Refund money.Amount // what is paid back; a zero Currency says nothing was paid
	Reason string       // in the reader's language; may be empty
}

// Kind is KindCancelled.
func (Cancelled) Kind() Kind { return KindCancelled }

// Digest tells the merchant what waits for a person.
type Digest struct {
	Items []Notice
	More  int64  // further ones that are not listed
	URL   string // the dashboard's list of them
}

// Kind is KindDigest.
func (Digest) Kind() Kind { return KindDigest }

// Notice is one thing that needs a person.
type Notice struct {
	Title  string
	Detail string
	URL    string
	Since  time.Time
	Urgent bool
}
