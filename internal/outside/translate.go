package outside

import (
	"strings"

	"doorstep/carrier"
	"doorstep/carrier/number"
	"doorstep/internal/clock"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/store"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/supplier"
)

// Our ids have an underscore, which the contracts' keys have not.

func keyOf(name string) string { return strings.ReplaceAll(name, "_", "-") }

// nameOf is the id behind a key, empty when the key is none of that prefix: a provider's
// account may serve others too.
func nameOf(prefix, key string) string {
	rest, ok := strings.CutPrefix(key, prefix+"-")
	if !ok || rest == "" || strings.ContainsAny(rest, "-_") {
		return ""
	}
	return prefix + "_" + rest
}

func supplierSaid(s supplier.Status) flow.SupplierSaid {
	said := flow.SupplierSaid{
		Key: s.Key, Ref: s.Ref.Ref, Parts: s.Parts, State: string(s.State), Code: s.Code, Words: s.Words, Cause: string(s.Cause),
		PayURL: s.PayURL, Expect: clock.Of(s.Expect), Raw: raw(s.Raw),
		CostMinor: s.Cost.Minor, FreightMinor: s.Freight.Minor, Currency: s.Cost.Currency,
	}
	if said.Currency == "" {
		said.Currency = s.Freight.Currency
	}
	if s.Cost.Currency != "" && s.Freight.Currency != "" && s.Freight.Currency != s.Cost.Currency {
		said.FreightMinor = 0 // one purchase has one currency: what does not fit is not booked
	}
	for _, p := range s.Parcels {
		said.Parcels = append(said.Parcels, parcelSaid(p))
	}
	for _, short := range s.Short {
		said.Short = append(said.Short, flow.ShortSaid{SKU: short.SKU, Quantity: short.Quantity, Words: short.Words})
	}
	return said
}

// parcelSaid is a parcel with its carrier recognised: the supplier's word wins, the number
// confirms it or stands in for it.
func parcelSaid(p supplier.Parcel) flow.ParcelSaid {
	said := flow.ParcelSaid{Number: number.Normalise(p.Number), CarrierName: p.Carrier, URL: p.URL, At: clock.Of(p.At)}
	if best, ok := number.Best(p.Number, p.Carrier); ok {
		said.Carrier, said.CarrierName = best.Carrier, best.CarrierName
		if said.URL == "" {
			said.URL = best.URL
		}
	}
	for _, l := range p.Lines {
		said.Lines = append(said.Lines, flow.PackedSaid{SKU: l.SKU, Quantity: l.Quantity})
	}
	for _, e := range p.Events {
		said.Events = append(said.Events, eventSaid(e))
	}
	said.NextNumber, said.NextCarrier = nextOf(p.Next, p.NextBy)
	return said
}

func nextOf(next, by string) (num, name string) {
	if next == "" {
		return "", ""
	}
	if best, ok := number.Best(next, by); ok {
		by = best.CarrierName
	}
	return number.Normalise(next), by
}

func eventSaid(e carrier.Event) flow.TrackingSaid {
	return flow.TrackingSaid{At: clock.Of(e.At), Kind: string(e.Kind), Words: e.Words, Location: e.Location, Country: e.Country,
		Latitude: e.Point.Latitude, Longitude: e.Point.Longitude}
}

func trackSaid(t carrier.Track, p *plug) flow.TrackSaid {
	said := flow.TrackSaid{
		Number: number.Normalise(t.Number), Carrier: t.Carrier, Expected: clock.Of(t.Expected), Source: p.row.Name, Actor: p.actor(),
	}
	if best, ok := number.Best(t.Number, t.Carrier); ok && t.Carrier != "" {
		said.Carrier, said.CarrierName = best.Carrier, best.CarrierName
	}
	for _, e := range t.Events {
		said.Events = append(said.Events, eventSaid(e))
	}
	said.NextNumber, said.NextCarrier = nextOf(t.NextNumber, t.NextName)
	return said
}

func paymentSaid(s payment.Status, p *plug) flow.PaymentSaid {
	return flow.PaymentSaid{
		Payment: id.Payment(nameOf("pa", s.Key)), Connector: p.row.ConnectorID, Ref: s.Ref, State: string(s.State),
		AmountMinor: s.Amount.Minor, FeeMinor: s.Fee.Minor, Currency: s.Amount.Currency, FeeCurrency: s.Fee.Currency,
		URL: s.URL, Words: s.Words, Lapses: clock.Of(s.Lapses), Actor: p.actor(),
	}
}

func refundSaid(s payment.RefundStatus, p *plug) flow.RefundSaid {
	return flow.RefundSaid{
		Refund: id.Refund(nameOf("re", s.Key)), Connector: p.row.ConnectorID, PaymentRef: s.Payment, Ref: s.Ref,
		State: string(s.State), AmountMinor: s.Amount.Minor, Words: s.Words, Actor: p.actor(),
	}
}

func disputeSaid(s payment.DisputeStatus, p *plug) flow.DisputeSaid {
	return flow.DisputeSaid{
		Connector: p.row.ConnectorID, PaymentRef: s.Payment, Ref: s.Ref, State: string(s.State), Reason: s.Reason,
		AmountMinor: s.Amount.Minor, Currency: s.Amount.Currency, Due: clock.Of(s.Due), FeeMinor: s.Fee.Minor, FeeCurrency: s.Fee.Currency,
		Withdrawn: s.Withdrawn, Actor: p.actor(),
	}
}

func offered(list []supplier.Offer) []inventory.Offered {
	out := make([]inventory.Offered, 0, len(list))
	for _, f := range list {
		out = append(out, inventory.Offered{
			SKU: f.SKU, CostMinor: f.Cost.Minor, Currency: f.Cost.Currency, Quantity: f.Quantity, ShipFrom: f.ShipFrom,
			Handling: int64(f.Handling), Pack: f.Pack, AsOf: clock.Of(f.AsOf),
		})
	}
	return out
}

func orderOf(s *flow.Submission, set store.Settings) supplier.Order {
	email := set.Brand.Email
	if set.SupplierEmail == "customer" {
		email = s.Order.Email
	}
	order := supplier.Order{
		Key: s.Purchase.Key, Number: s.Purchase.Number, Address: supplier.Address(s.Address), Email: email,
		Service: s.Purchase.Service, Currency: s.Purchase.Currency,
	}
	for _, l := range s.Lines {
		order.Lines = append(order.Lines, supplier.Line{
			ID: lineID(l.LineID), SKU: l.SupplierSku, Title: l.Title, Quantity: l.Quantity,
			UnitCost: money.New(l.UnitCostMinor, s.Purchase.Currency),
		})
	}
	return order
}

func refOf(key, ref, parts string) supplier.Ref {
	r := supplier.Ref{Key: key, Ref: ref}
	for part := range strings.SplitSeq(parts, ",") {
		if part = strings.TrimSpace(part); part != "" {
			r.Parts = append(r.Parts, part)
		}
	}
	return r
}

// Recognise is a parcel that a person entered, with its number normalised and its carrier
// recognised as if the supplier had told it.
func Recognise(p flow.ParcelSaid) flow.ParcelSaid {
	word := p.CarrierName
	if word == "" {
		word = p.Carrier
	}
	seen := parcelSaid(supplier.Parcel{Number: p.Number, Carrier: word, URL: p.URL})
	seen.Lines, seen.At = p.Lines, p.At
	return seen
}
