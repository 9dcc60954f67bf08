package report

import (
	"encoding/json"
	"time"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/id"
	"doorstep/money"
)

// Document is the whole of one order: what was bought, what we buy for it and why there,
// what is on its way, every movement of money, and all that has happened.
type Document struct {
	Order
	Ledger    []Entry    `json:"ledger"`
	Purchases []Purchase `json:"purchases"`
	Mails     []Mail     `json:"mails"`
	Timeline  []Event    `json:"timeline"`
}

// Order is what customers may know of an order, and merchants too.
type Order struct {
	ID              id.Order        `json:"id"`
	Number          int64           `json:"number"`
	State           string          `json:"state"`
	Goods           string          `json:"goods"`
	Money           string          `json:"money"`
	Attention       json.RawMessage `json:"attention"` // list of order.Reason
	NeedsPerson     bool            `json:"needs_person"`
	Cart            id.Cart         `json:"cart,omitempty"`
	Customer        Customer        `json:"customer"`
	Locale          string          `json:"locale"`
	ShippingAddress address.Address `json:"shipping_address"`
	BillingAddress  address.Address `json:"billing_address"`
	ShippingOption  json.RawMessage `json:"shipping_option"` // flow.Option, with the suppliers' quotes
	PromisedFrom    clock.Time      `json:"promised_from"`
	PromisedTo      clock.Time      `json:"promised_to"`
	ExpectedFrom    clock.Time      `json:"expected_from"` // as it looks now; zero: nothing is known beside the promise
	ExpectedTo      clock.Time      `json:"expected_to"`
	ExpectedWhy     string          `json:"expected_why,omitempty"` // promise.ByScan …
	Totals          Totals          `json:"totals"`
	Lines           []Line          `json:"lines"`
	Payments        []Payment       `json:"payments"`
	Refunds         []Refund        `json:"refunds"`
	Chargebacks     []Chargeback    `json:"chargebacks"`
	Shipments       []Shipment      `json:"shipments"`
	Exchanges       []Exchange      `json:"exchanges,omitempty"` // other articles in place of what was bought
	PlacedAt        clock.Time      `json:"placed_at"`
	PaidAt          clock.Time      `json:"paid_at"`
	UpdatedAt       clock.Time      `json:"updated_at"`
}

// Customer is who bought.
type Customer struct {
	ID    id.Customer `json:"id"`
	Name  string      `json:"name"`
	Email string      `json:"email"`
}

// Totals are an order's sums.
type Totals struct {
	Subtotal money.Amount `json:"subtotal"`
	Discount money.Amount `json:"discount"`
	Code     string       `json:"discount_code,omitempty"` // that made it cheaper
	Shipping money.Amount `json:"shipping"`
	Tax      money.Amount `json:"tax"`
	Total    money.Amount `json:"total"`
}

// TaxIncluded says whether the prices contain the tax: then the rest adds up to the total without it.
func (t Totals) TaxIncluded() bool {
	return t.Total.Minor == t.Subtotal.Minor-t.Discount.Minor+t.Shipping.Minor
}

// Line is what was sold, with the shares of its units.
type Line struct {
	Line         int64        `json:"line"`
	Variant      id.Variant   `json:"variant"`
	Product      id.Product   `json:"product"`
	SKU          string       `json:"sku"`
	Title        string       `json:"title"`
	VariantTitle string       `json:"variant_title"`
	Image        string       `json:"image,omitempty"`
	Quantity     int64        `json:"quantity"`
	Cancelled    int64        `json:"cancelled"`
	UnitPrice    money.Amount `json:"unit_price"`
	Units        []Unit       `json:"units"`
}

// Unit is the share of each of Units equal units, from the First on, in an order's sums.
type Unit struct {
	First    int64        `json:"first"`
	Units    int64        `json:"units"`
	Price    money.Amount `json:"price"`
	Discount money.Amount `json:"discount"`
	Shipping money.Amount `json:"shipping"`
	Tax      money.Amount `json:"tax"`
}

// Payment is one way in which the customer pays, or tried to.
type Payment struct {
	ID         id.Payment   `json:"id"`
	Connector  id.Connector `json:"connector"`
	Driver     string       `json:"driver"`
	State      string       `json:"state"`
	Amount     money.Amount `json:"amount"`
	Captured   money.Amount `json:"captured"`
	Ref        string       `json:"ref,omitempty"`
	URL        string       `json:"url,omitempty"`
	Words      string       `json:"words,omitempty"`
	Manual     bool         `json:"manual"`
	CaptureNow bool         `json:"capture_now"`
	LapsesAt   clock.Time   `json:"lapses_at"`
	CreatedAt  clock.Time   `json:"created_at"`
	UpdatedAt  clock.Time   `json:"updated_at"`
}

// Refund is money given back.
type Refund struct {
	ID        id.Refund    `json:"id"`
	Payment   id.Payment   `json:"payment"`
	State     string       `json:"state"`
	Amount    money.Amount `json:"amount"`
	Reason    string       `json:"reason"`
	Ref       string       `json:"ref,omitempty"`
	Words     string       `json:"words,omitempty"`
	Tries     int64        `json:"tries"`
	CreatedAt clock.Time   `json:"created_at"`
	UpdatedAt clock.Time   `json:"updated_at"`
}

// Chargeback is what a bank took back, or may.
type Chargeback struct {
	ID        id.Chargeback `json:"id"`
	Payment   id.Payment    `json:"payment"`
	State     string        `json:"state"`
	Amount    money.Amount  `json:"amount"`
	Ref       string        `json:"ref"`
	Reason    string        `json:"reason,omitempty"`
	DueAt     clock.Time    `json:"due_at"`
	Withdrawn bool          `json:"withdrawn"`
	CreatedAt clock.Time    `json:"created_at"`
	UpdatedAt clock.Time    `json:"updated_at"`
}

// Entry is one movement in the ledger.
type Entry struct {
	ID      id.Entry     `json:"id"`
	Key     string       `json:"key"`
	Subject string       `json:"subject"`
	Kind    string       `json:"kind"`
	Debit   string       `json:"debit"`
	Credit  string       `json:"credit"`
	Amount  money.Amount `json:"amount"`
	At      clock.Time   `json:"at"`
}

// Purchase is what we buy for the order from one supplier.
type Purchase struct {
	ID           id.Purchase     `json:"id"`
	Number       string          `json:"number"`
	Key          string          `json:"key"`
	Supplier     id.Supplier     `json:"supplier"`
	SupplierName string          `json:"supplier_name"`
	Connector    id.Connector    `json:"connector,omitempty"`
	State        string          `json:"state"`
	HoldCode     string          `json:"hold_code,omitempty"`
	HoldReason   string          `json:"hold_reason,omitempty"`
	SubmitAt     clock.Time      `json:"submit_at"`
	Ref          string          `json:"ref,omitempty"`
	Parts        string          `json:"parts,omitempty"` // further order numbers, comma separated
	Unpaid       bool            `json:"unpaid"`
	PayURL       string          `json:"pay_url,omitempty"`
	Code         string          `json:"code,omitempty"`
	Words        string          `json:"words,omitempty"`
	Cause        string          `json:"cause,omitempty"`
	Service      string          `json:"service,omitempty"`
	Goods        money.Amount    `json:"goods_cost"`
	Freight      money.Amount    `json:"freight_cost"`
	Booked       money.Amount    `json:"booked"` // both, in the order's currency
	Rate         json.RawMessage `json:"rate"`
	Reasons      json.RawMessage `json:"reasons"` // list of purchase.Reason: why this supplier
	ExpectAt     clock.Time      `json:"expect_at"`
	SubmittedAt  clock.Time      `json:"submitted_at"`
	AcceptedAt   clock.Time      `json:"accepted_at"`
	ShippedAt    clock.Time      `json:"shipped_at"`
	CreatedAt    clock.Time      `json:"created_at"`
	UpdatedAt    clock.Time      `json:"updated_at"`
	Lines        []PurchaseLine  `json:"lines"`
	Attempts     []Attempt       `json:"attempts"`
}

// PurchaseLine is units of one offer.
type PurchaseLine struct {
	Line      int64        `json:"line"`
	OrderLine int64        `json:"order_line"`
	Variant   id.Variant   `json:"variant"`
	Offer     id.Offer     `json:"offer"`
	SKU       string       `json:"supplier_sku"`
	Title     string       `json:"title"`
	Quantity  int64        `json:"quantity"`
	Short     int64        `json:"short"`
	UnitCost  money.Amount `json:"unit_cost"`
}

// Attempt is one call about a purchase and what came of it.
type Attempt struct {
	Attempt int64      `json:"attempt"`
	Action  string     `json:"action"`
	BeganAt clock.Time `json:"began_at"`
	EndedAt clock.Time `json:"ended_at"`
	Outcome string     `json:"outcome"`
	Words   string     `json:"words,omitempty"`
	Answer  string     `json:"answer,omitempty"` // the supplier's own, raw
}

// Shipment is a parcel with its tracking.
type Shipment struct {
	ID           id.Shipment    `json:"id"`
	Purchase     id.Purchase    `json:"purchase"`
	Number       string         `json:"number"`
	Carrier      string         `json:"carrier,omitempty"`
	CarrierName  string         `json:"carrier_name,omitempty"`
	URL          string         `json:"url,omitempty"`
	NextNumber   string         `json:"next_number,omitempty"`
	NextCarrier  string         `json:"next_carrier,omitempty"`
	State        string         `json:"state"`
	Words        string         `json:"words,omitempty"`
	AnnouncedAt  clock.Time     `json:"announced_at"`
	ScannedAt    clock.Time     `json:"scanned_at"`
	EventAt      clock.Time     `json:"event_at"`
	DeliveredAt  clock.Time     `json:"delivered_at"`
	ExpectedAt   clock.Time     `json:"expected_at"`
	RegisteredAt clock.Time     `json:"registered_at"`
	UpdatedAt    clock.Time     `json:"updated_at"`
	Lines        []ShipmentLine `json:"lines"`
	Events       []Tracking     `json:"events"` // by their own time
}

// ShipmentLine is units in a parcel.
type ShipmentLine struct {
	OrderLine int64 `json:"order_line"`
	Quantity  int64 `json:"quantity"`
}

// Tracking is one fact about a parcel.
type Tracking struct {
	At         clock.Time `json:"at"`
	Kind       string     `json:"kind"`
	Words      string     `json:"words"`
	Location   string     `json:"location,omitempty"`
	Country    string     `json:"country,omitempty"`
	Source     string     `json:"source"`
	ReceivedAt clock.Time `json:"received_at"`
	Latitude   int64      `json:"latitude_e6,omitempty"` // millionths of a degree; both left out: nobody said
	Longitude  int64      `json:"longitude_e6,omitempty"`
}

// Placed says whether somebody told where on the map the fact was.
func (t Tracking) Placed() bool { return t.Latitude != 0 || t.Longitude != 0 }

// Mail is a message to the customer, or to a supplier about the order.
type Mail struct {
	ID        id.Mail    `json:"id"`
	Kind      string     `json:"kind"`
	Recipient string     `json:"recipient"`
	Subject   string     `json:"subject,omitempty"`
	State     string     `json:"state"`
	Words     string     `json:"words,omitempty"`
	CreatedAt clock.Time `json:"created_at"`
	SentAt    clock.Time `json:"sent_at"`
}

// Event is one thing that happened.
type Event struct {
	ID      id.Event        `json:"id"`
	Kind    string          `json:"kind"`
	Subject string          `json:"subject,omitempty"`
	Actor   string          `json:"actor"`
	At      clock.Time      `json:"at"`
	Data    json.RawMessage `json:"data"`
}

// Window is when the order is expected as it looks now: what was promised, while nothing else
// is known.
func (o Order) Window() (from, to clock.Time) {
	if o.ExpectedTo == 0 {
		return o.PromisedFrom, o.PromisedTo
	}
	return o.ExpectedFrom, o.ExpectedTo
}

// Unplaced says whether nobody can send some of the order as things stand, and a person looks for
// a way.
func (o Order) Unplaced() bool {
	var reasons []struct{ Code string }
	_ = json.Unmarshal(o.Attention, &reasons) // we wrote it ourselves
	for _, r := range reasons {
		if r.Code == "unplaced" {
			return true
		}
	}
	return false
}

// Slips says whether the order is expected on a later day than the last that was promised.
func (o Order) Slips() bool {
	return o.PromisedTo != 0 && o.ExpectedTo > o.PromisedTo.Add(24*time.Hour)
}
