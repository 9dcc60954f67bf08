package api

import (
	"context"
	"encoding/json"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/money"
)

// Order is an order as its customer sees it: nothing of suppliers and costs.
type Order struct {
	ID              id.Order        `json:"id"`
	Number          int64           `json:"number"`
	State           string          `json:"state" doc:"pending, open, cancelling, cancelled or closed"`
	Goods           string          `json:"goods" doc:"Where the goods are, in words: waiting, ordered, shipped, delivered …"`
	Money           string          `json:"money" doc:"How it is paid, in words: unpaid, paid, partly refunded …"`
	PlacedAt        clock.Time      `json:"placed_at"`
	PaidAt          clock.Time      `json:"paid_at"`
	DeliveryFrom    clock.Time      `json:"delivery_from" doc:"The window that was promised"`
	DeliveryTo      clock.Time      `json:"delivery_to"`
	ExpectedFrom    clock.Time      `json:"expected_from" doc:"The window as it looks now"`
	ExpectedTo      clock.Time      `json:"expected_to"`
	Email           string          `json:"email"`
	ShippingAddress address.Address `json:"shipping_address"`
	BillingAddress  address.Address `json:"billing_address"`
	ShippingName    string          `json:"shipping_name"`
	Totals          report.Totals   `json:"totals"`
	Lines           []OrderLine     `json:"lines"`
	Payments        []Payment       `json:"payments"`
	Refunds         []Refund        `json:"refunds"`
	Parcels         []Parcel        `json:"parcels"`
}

// OrderLine is what was bought.
type OrderLine struct {
	Line         int64        `json:"line"`
	Variant      id.Variant   `json:"variant"`
	SKU          string       `json:"sku,omitempty"`
	Title        string       `json:"title"`
	VariantTitle string       `json:"variant_title,omitempty"`
	Image        string       `json:"image,omitempty"`
	Quantity     int64        `json:"quantity"`
	Cancelled    int64        `json:"cancelled" doc:"Units that will not come"`
	UnitPrice    money.Amount `json:"unit_price"`
}

// Payment is one way in which the order is paid, or was tried to.
type Payment struct {
	State    string       `json:"state"`
	Amount   money.Amount `json:"amount"`
	Captured money.Amount `json:"captured"`
	URL      string       `json:"url,omitempty" doc:"Where to pay, while it is pending"`
	Words    string       `json:"words,omitempty" doc:"Instructions while it is pending, or why it failed"`
}

// Refund is money on its way back.
type Refund struct {
	State  string       `json:"state"`
	Amount money.Amount `json:"amount"`
	At     clock.Time   `json:"at"`
}

// Parcel is a parcel and where it was.
type Parcel struct {
	Number      string                `json:"number"`
	Carrier     string                `json:"carrier,omitempty"`
	CarrierName string                `json:"carrier_name,omitempty"`
	URL         string                `json:"url,omitempty"`
	NextNumber  string                `json:"next_number,omitempty" doc:"Of the carrier that delivers it"`
	NextCarrier string                `json:"next_carrier,omitempty"`
	State       string                `json:"state"`
	Words       string                `json:"words,omitempty"`
	AnnouncedAt clock.Time            `json:"announced_at"`
	DeliveredAt clock.Time            `json:"delivered_at"`
	ExpectedAt  clock.Time            `json:"expected_at"`
	Lines       []report.ShipmentLine `json:"lines"`
	Events      []ParcelEvent         `json:"events"`
}

// ParcelEvent is one thing that happened to a parcel.
type ParcelEvent struct {
	At       clock.Time `json:"at"`
	Kind     string     `json:"kind"`
	Words    string     `json:"words"`
	Location string     `json:"location,omitempty"`
	Country  string     `json:"country,omitempty"`
}

type orderPath struct {
	ID    id.Order `path:"id"`
	Token string   `query:"token" doc:"The order's token, where it is no Bearer"`
}

func (a *API) getOrder(ctx context.Context, c *call, in *orderPath) (out Order, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		o, err := report.TheOrder(ctx, tx, c.store, in.ID)
		out = orderView(o)
		return err
	})
	return out, err
}

func orderView(o report.Order) Order {
	out := Order{ID: o.ID, Number: o.Number, State: o.State, Goods: o.Goods, Money: o.Money, PlacedAt: o.PlacedAt, PaidAt: o.PaidAt,
		DeliveryFrom: o.PromisedFrom, DeliveryTo: o.PromisedTo, Email: o.Customer.Email, ShippingAddress: o.ShippingAddress,
		BillingAddress: o.BillingAddress, Totals: o.Totals, Lines: []OrderLine{}, Payments: []Payment{}, Refunds: []Refund{}, Parcels: []Parcel{}}
	out.ExpectedFrom, out.ExpectedTo = o.Window()
	var option struct {
		Name string `json:"name"`
	}
	_ = json.Unmarshal(o.ShippingOption, &option) // without it there is no name
	out.ShippingName = option.Name
	for _, l := range o.Lines {
		out.Lines = append(out.Lines, OrderLine{l.Line, l.Variant, l.SKU, l.Title, l.VariantTitle, l.Image, l.Quantity, l.Cancelled, l.UnitPrice})
	}
	for _, p := range o.Payments {
		one := Payment{State: p.State, Amount: p.Amount, Captured: p.Captured, Words: p.Words}
		if p.State == "pending" && o.State == "pending" {
			one.URL = p.URL
		}
		out.Payments = append(out.Payments, one)
	}
	for _, r := range o.Refunds {
		if r.State != "declined" {
			out.Refunds = append(out.Refunds, Refund{r.State, r.Amount, r.UpdatedAt})
		}
	}
	for _, s := range o.Shipments {
		out.Parcels = append(out.Parcels, parcelView(s))
	}
	return out
}

// parcelView leaves out who told the news: it may be a supplier.
func parcelView(s report.Shipment) Parcel {
	p := Parcel{Number: s.Number, Carrier: s.Carrier, CarrierName: s.CarrierName, URL: s.URL, NextNumber: s.NextNumber, NextCarrier: s.NextCarrier,
		State: s.State, Words: s.Words, AnnouncedAt: s.AnnouncedAt, DeliveredAt: s.DeliveredAt, ExpectedAt: s.ExpectedAt, Lines: s.Lines, Events: []ParcelEvent{}}
	for _, e := range s.Events {
		p.Events = append(p.Events, ParcelEvent{e.At, e.Kind, e.Words, e.Location, e.Country})
	}
	return p
}
