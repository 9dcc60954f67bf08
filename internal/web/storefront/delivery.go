package storefront

import (
	"context"
	"slices"
	"strconv"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/promise"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// delivery is what can honestly be said of a product's way before anybody is asked: who
// has it, where it ships from, and what the suppliers' own tables say.
type delivery struct {
	Country  string   // where to; empty: nobody knows yet
	From     []string // countries it may ship from
	MinDays  int      // handling and transit
	MaxDays  int      // 0: only known at checkout
	Cost     money.Amount
	CostSaid bool
	Handling int  // days until it leaves
	Never    bool // nobody ships it there
}

// deliveryOf reads what would happen to an order of one unit.
func deliveryOf(ctx context.Context, tx *db.Tx, v *visit, chosen catalog.Variant) (delivery, error) {
	d := delivery{Country: v.country()}
	candidates, err := inventory.Candidates(ctx, tx, v.store, []id.Variant{chosen.VariantID})
	if err != nil {
		return d, err
	}
	var quotes []flow.Quote
	reach := 0
	for _, c := range candidates {
		if !c.Supplier.Believes(c.Offer.AsOf, tx.Now) || c.Offer.Quantity <= c.Offer.Committed {
			continue
		}
		if d.Country != "" && !c.Supplier.ShipsTo(d.Country) {
			continue
		}
		reach++
		if c.Offer.ShipFrom != "" && !slices.Contains(d.From, c.Offer.ShipFrom) {
			d.From = append(d.From, c.Offer.ShipFrom)
		}
		handling := int(c.Offer.HandlingDays)
		if handling == 0 {
			handling = int(c.Supplier.HandlingDays)
		}
		d.Handling = max(d.Handling, handling)
		quotes = append(quotes, tableOf(c.Supplier, c.Offer.ShipFrom, d.Country)...)
	}
	d.Never = reach == 0 && len(candidates) > 0 && chosen.Free() > 0
	if len(quotes) == 0 || d.Country == "" {
		return d, nil
	}
	return d, d.window(ctx, tx, v, chosen, quotes)
}

// tableOf is what a supplier's table says for a country.
func tableOf(s inventory.Supplier, from, country string) []flow.Quote {
	rows, err := outside.ParseFreight(s.Freight)
	if err != nil {
		return nil // the merchant is told elsewhere
	}
	var list []flow.Quote
	for _, r := range rows {
		cost, err := money.Parse(r.Cost, r.Currency)
		if err != nil || !slices.Contains(r.Countries, country) && !slices.Contains(r.Countries, "*") {
			continue
		}
		list = append(list, flow.Quote{Supplier: s.SupplierID, ShipFrom: from, Service: r.Service, Name: r.Name, CostMinor: cost.Minor,
			Currency: r.Currency, MinDays: r.MinDays, MaxDays: r.MaxDays})
	}
	return list
}

// window makes the way to ship that the checkout would offer first.
func (d *delivery) window(ctx context.Context, tx *db.Tx, v *visit, chosen catalog.Variant, quotes []flow.Quote) error {
	candidates, err := flow.Candidates(ctx, tx, v.store, []id.Variant{chosen.VariantID}, d.Country, v.set.Currency, v.set)
	if err != nil {
		return err
	}
	lanes, err := promise.LanesTo(ctx, tx, v.store, d.Country)
	if err != nil {
		return err
	}
	options, err := flow.Options(flow.OptionsInput{Country: d.Country, Lanes: lanes, Currency: v.set.Currency, Quotes: quotes, Candidates: candidates, Subtotal: chosen.PriceMinor, Settings: v.set,
		Needs: []purchase.Need{{Line: 1, Variant: chosen.VariantID, Title: chosen.Title, Quantity: 1, Price: chosen.PriceMinor}}})
	if err == nil && len(options) > 0 {
		d.MinDays, d.MaxDays = options[0].FromDays, options[0].ToDays
		d.Cost, d.CostSaid = money.New(options[0].PriceMinor, v.set.Currency), true
	}
	return nil // an exchange rate that is missing is the merchant's to mend; the checkout says so
}

// when says how long it takes.
func (d delivery) when(v *visit) string {
	switch {
	case d.Never && d.Country != "":
		return v.say("delivery_never_to", "country", v.theCountry(d.Country))
	case d.Never:
		return v.say("delivery_never")
	case d.MaxDays > 0 && d.Country != "":
		return v.say("delivery_days_to", "days", v.days(d.MinDays, d.MaxDays), "country", v.theCountry(d.Country))
	case d.MaxDays > 0:
		return v.say("delivery_days", "days", v.days(d.MinDays, d.MaxDays))
	case d.Handling > 0:
		return v.say("delivery_leaves", "days", v.days(d.Handling, d.Handling))
	}
	return v.say("delivery_later")
}

// from says where it ships from.
func (d delivery) from(v *visit) string {
	if len(d.From) == 0 {
		return ""
	}
	names := make([]string, len(d.From))
	for i, c := range d.From {
		names[i] = v.theCountry(c)
	}
	return v.say("ships_from", "countries", v.listed(names))
}

// cost says what shipping costs.
func (d delivery) cost(v *visit) string {
	switch {
	case !d.CostSaid:
		return ""
	case d.Cost.IsZero():
		return v.say("free_shipping")
	}
	return v.say("shipping_from", "price", v.price(d.Cost))
}

func itoa(n int64) string { return strconv.FormatInt(n, 10) }
