package order

import (
	"encoding/json"
	"fmt"
	"strings"

	"doorstep/money"
)

// Address is where a person gets post; the JSON is the same as a supplier's contract.
type Address struct {
	Name        string `json:"name"`
	Company     string `json:"company,omitempty"`
	Line1       string `json:"line1"`
	Line2       string `json:"line2,omitempty"`
	Line3       string `json:"line3,omitempty"`
	Sublocality string `json:"sublocality,omitempty"`
	Locality    string `json:"locality"`
	Region      string `json:"region,omitempty"`
	PostalCode  string `json:"postal_code,omitempty"`
	Country     string `json:"country"` // ISO 3166 alpha-2
	Phone       string `json:"phone,omitempty"`
	TaxID       string `json:"tax_id,omitempty"`
}

// JSON is the address as it is stored.
func (a Address) JSON() string {
	b, _ := json.Marshal(a) // a struct of strings cannot fail
	return string(b)
}

// ParseAddress reads a stored address; an empty text is an empty address.
func ParseAddress(text string) (Address, error) {
	var a Address
	if text == "" {
		return a, nil
	}
	if err := json.Unmarshal([]byte(text), &a); err != nil {
		return a, fmt.Errorf("stored address: %w", err)
	}
	return a, nil
}

// ShipTo is the order's delivery address.
func (o Order) ShipTo() (Address, error) { return ParseAddress(o.Shipping) }

// BillTo is the order's billing address.
func (o Order) BillTo() (Address, error) { return ParseAddress(o.Billing) }

// Total is what the customer owes.
func (o Order) Total() money.Amount { return money.New(o.TotalMinor, o.Currency) }

// TaxIncluded says whether the prices of the order contained the tax when it was placed.
func (o Order) TaxIncluded() bool {
	return o.TotalMinor == o.SubtotalMinor-o.DiscountMinor+o.ShippingMinor
}

// Name is how people call the order: "#1042".
func (o Order) Name() string { return fmt.Sprintf("#%d", o.Number) }

// Reasons are why the order needs attention, as stored.
func (o Order) Reasons() []Reason {
	var list []Reason
	if strings.TrimSpace(o.Attention) == "" {
		return nil
	}
	_ = json.Unmarshal([]byte(o.Attention), &list) // written by Words alone
	return list
}

// GivenUp is work about an order that was given up after many tries: a person must look.
type GivenUp struct {
	Job  string `json:"job"`
	Kind string `json:"kind"` // purchase.submit …
	At   int64  `json:"at"`   // when it was noticed, microseconds
}

// GaveUp is what work about the order was given up, as stored.
func (o Order) GaveUp() []GivenUp {
	var list []GivenUp
	if o.GivenUp == "" {
		return nil
	}
	_ = json.Unmarshal([]byte(o.GivenUp), &list) // written by SetGivenUp alone
	return list
}

// Left is how many units of the line are still sold.
func (l OrderLine) Left() int64 { return l.Quantity - l.Cancelled }
