package cj

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// record is an order as CJ's reads, and with other names its creation, answer it.
type record struct {
	OrderID     text              `json:"orderId"`
	OrderNum    text              `json:"orderNum"`    // our key in reads
	OrderNumber text              `json:"orderNumber"` // our key in the answer to a creation
	CJOrderID   text              `json:"cjOrderId"`
	CJOrderCode text              `json:"cjOrderCode"`
	Shipment    text              `json:"shipmentOrderId"`
	State       text              `json:"orderStatus"`
	Goods       text              `json:"productAmount"`
	Postage     text              `json:"postageAmount"`
	PayURL      text              `json:"cjPayUrl"`
	Logistic    text              `json:"logisticName"`
	Number      text              `json:"trackNumber"`
	TrackURL    text              `json:"trackingUrl"`
	Provider    text              `json:"trackingProvider"`
	NextNumber  text              `json:"lastMileTrackNumber"`
	NextCarrier text              `json:"lastMileCarrier"`
	Created     text              `json:"createDate"`
	Paid        text              `json:"paymentDate"`
	Left        text              `json:"outWarehouseTime"`
	Products    lines[recordLine] `json:"productList"`
	Intercepted lines[reason]     `json:"interceptOrderReasons"`
	NoLogistics text              `json:"logisticsMiss"`
	raw         []byte
}

type recordLine struct {
	VID      text `json:"vid"`
	Quantity text `json:"quantity"`
}

type reason struct {
	Code    text `json:"code"`
	Message text `json:"message"`
}

// readRecord reads one order and keeps how it came.
func readRecord(data json.RawMessage) (record, error) {
	var r record
	if err := (answer{data: data}).into(&r); err != nil {
		return record{}, err
	}
	r.raw, r.State = data, text(strings.ToUpper(string(r.State)))
	if r.number() == "" {
		return record{}, lost("CJ's answer names no order")
	}
	return r, nil
}

// number is CJ's own number of the order.
func (r record) number() string { return orElse(string(r.OrderID), string(r.CJOrderID)) }

// key is our number of the order, if the answer says it.
func (r record) key() string { return orElse(string(r.OrderNum), string(r.OrderNumber)) }

// named says whether the order answers to a number, CJ's or ours.
func (r record) named(number string) bool {
	if number == "" {
		return false
	}
	for _, own := range []text{r.OrderID, r.OrderNum, r.OrderNumber, r.CJOrderID, r.CJOrderCode} {
		if strings.EqualFold(string(own), number) {
			return true
		}
	}
	return false
}

// paid says whether CJ has its money.
func (r record) paid() bool {
	switch stateOf(string(r.State)) {
	case supplier.Accepted, supplier.Shipped, supplier.Delivered:
		return true
	}
	return false
}

// stateOf translates CJ's statuses; one that is not known says only that the order is there.
func stateOf(status string) supplier.State {
	switch strings.ToUpper(status) {
	case "CREATED", "IN_CART", "UNPAID":
		return supplier.Unpaid
	case "UNSHIPPED", "PROCESSING":
		return supplier.Accepted
	case "SHIPPED":
		return supplier.Shipped
	case "DELIVERED", "COMPLETED":
		return supplier.Delivered
	case "CANCELLED", "CANCELED":
		return supplier.Cancelled
	}
	return supplier.Placed
}

// status is what we say of the order.
func (r record) status() supplier.Status {
	s := supplier.Status{
		Ref:   supplier.Ref{Key: r.key(), Ref: r.number()},
		State: stateOf(string(r.State)), Cost: r.Goods.known(), Freight: r.Postage.known(), Raw: r.raw,
	}
	s.At = r.at(s.State)
	if s.State == supplier.Unpaid {
		s.PayURL = webAddress(r.PayURL)
	}
	if r.Number != "" {
		s.Parcels = []supplier.Parcel{r.parcel()}
	}
	var words []string
	for _, why := range r.Intercepted {
		if why.Code != "" || why.Message != "" {
			s.Code = orElse(s.Code, string(why.Code))
			words = append(words, string(why.Message))
		}
	}
	if r.NoLogistics == "true" {
		words = append(words, "CJ has no freight service for this order")
		s.Cause = connector.CauseShipping
	}
	s.Words = strings.Join(words, "; ")
	return s
}

// at is CJ's time of the state, where it tells one.
func (r record) at(state supplier.State) time.Time {
	switch state {
	case supplier.Shipped:
		return r.Left.time()
	case supplier.Accepted:
		return r.Paid.time()
	case supplier.Placed, supplier.Unpaid:
		return r.Created.time()
	}
	return time.Time{}
}

// parcel is the one package that an order of CJ leaves in.
func (r record) parcel() supplier.Parcel {
	return supplier.Parcel{
		Number: string(r.Number), Carrier: orElse(string(r.Provider), string(r.Logistic)), URL: webAddress(r.TrackURL),
		At: r.Left.time(), Next: string(r.NextNumber), NextBy: string(r.NextCarrier),
	}
}

// packed are the order's articles, for a parcel that is not the only one.
func (r record) packed() []supplier.Packed {
	var out []supplier.Packed
	for _, l := range r.Products {
		if n, ok := l.Quantity.number(); ok && n > 0 && l.VID != "" {
			out = append(out, supplier.Packed{SKU: string(l.VID), Quantity: n})
		}
	}
	return out
}

// webAddress is a link that may be shown: nothing but http and https.
func webAddress(t text) string {
	if strings.HasPrefix(string(t), "https://") || strings.HasPrefix(string(t), "http://") {
		return string(t)
	}
	return ""
}

// together is one status of an order that CJ split: the parts say what happens, and the
// order itself is only its name.
func together(ref supplier.Ref, whole *record, parts []record) supplier.Status {
	first := parts[0]
	if whole != nil {
		first = *whole
	}
	s := first.status()
	s.Ref = ref
	s.Parcels, s.Cost, s.Freight, s.Code, s.Words = nil, money.Amount{}, money.Amount{}, "", ""
	count := map[supplier.State]int{}
	for _, p := range parts {
		one := p.status()
		count[one.State]++
		if one.State != supplier.Cancelled { // CJ gives the money of that part back
			s.Cost, s.Freight = plus(s.Cost, one.Cost), plus(s.Freight, one.Freight)
		}
		for _, parcel := range one.Parcels {
			parcel.Lines = p.packed()
			s.Parcels = append(s.Parcels, parcel)
		}
		if one.State == supplier.Cancelled {
			s.Short = append(s.Short, p.missing()...)
		}
		if one.At.After(s.At) {
			s.At = one.At
		}
	}
	s.Short = summed(s.Short)
	if n := len(parts); complete(ref, whole, parts) {
		s.State = summary(count, n)
	} else { // a part of which we have not heard yet is still to come
		s.State = summary(count, n+1)
	}
	if s.State == supplier.Cancelled { // all of it: that is no shortage
		s.Short = nil
	}
	return s
}

// complete says whether these are all parts: each that we know was found, and they hold as many
// units as the order. One alone is never all of a split order that is not shown any more.
func complete(ref supplier.Ref, whole *record, parts []record) bool {
	if whole == nil {
		return len(parts) > 1 && len(parts) == len(ref.Parts)
	}
	return unitsOf(parts...) >= unitsOf(*whole)
}

// unitsOf counts the articles in orders.
func unitsOf(list ...record) (n int64) {
	for _, r := range list {
		for _, l := range r.packed() {
			n += l.Quantity
		}
	}
	return n
}

// summed are shortages with one entry for each article, however many parts lack it.
func summed(list []supplier.Short) (out []supplier.Short) {
	for _, one := range list {
		if i := slices.IndexFunc(out, func(s supplier.Short) bool { return s.SKU == one.SKU }); i >= 0 {
			out[i].Quantity += one.Quantity
			continue
		}
		out = append(out, one)
	}
	return out
}

// missing are the articles of a part that CJ has cancelled.
func (r record) missing() []supplier.Short {
	var out []supplier.Short
	for _, l := range r.packed() {
		out = append(out, supplier.Short{SKU: l.SKU, Quantity: l.Quantity, Words: orElse(r.status().Words, "CJ cancelled part "+r.number())})
	}
	return out
}

// summary is the state of the whole by how many of n parts are in which.
func summary(count map[supplier.State]int, n int) supplier.State {
	ended, left := count[supplier.Cancelled], count[supplier.Shipped]+count[supplier.Delivered]
	switch {
	case ended == n:
		return supplier.Cancelled
	case count[supplier.Delivered]+ended == n:
		return supplier.Delivered
	case left+ended == n:
		return supplier.Shipped
	case left > 0:
		return supplier.PartShip
	case count[supplier.Unpaid] > 0:
		return supplier.Unpaid
	case count[supplier.Accepted] > 0:
		return supplier.Accepted
	}
	return supplier.Placed
}

func plus(a, b money.Amount) money.Amount {
	if a.Currency == "" {
		return b
	}
	sum, err := a.Add(b)
	if err != nil {
		return a
	}
	return sum
}
