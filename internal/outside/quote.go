package outside

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/money"
	"doorstep/supplier"
)

// Wanted is an article of a cart whose freight is asked for.
type Wanted struct {
	Variant  id.Variant
	Quantity int64
	Title    string
}

// place is a supplier's place from which some of the cart could come.
type place struct {
	supplier inventory.Supplier
	from     string
	lines    []supplier.Line
}

// Quotes asks every supplier that could ship some of a cart what freight costs, all at the
// same time and no longer than the budget. Who cannot be asked, or does not answer in time,
// counts with its own table (suppliers.freight); Quote.Guess says so.
func (o *Outside) Quotes(ctx context.Context, s id.Store, cart []Wanted, to order.Address, currency money.Currency) ([]flow.Quote, error) {
	places, err := o.placesFor(ctx, s, cart, to.Country)
	if err != nil {
		return nil, err
	}
	budget, cancel := context.WithTimeout(ctx, o.o.QuoteBudget)
	defer cancel()
	answers := make([][]flow.Quote, len(places))
	var group sync.WaitGroup
	for i, p := range places {
		group.Go(func() { answers[i] = o.quotesOf(budget, s, p, to, currency) })
	}
	group.Wait()
	return slices.Concat(answers...), ctx.Err()
}

// QuotesFor is Quotes for a cart as flow.WantedOf reads it and flow.OfferShipping takes it.
func (o *Outside) QuotesFor(ctx context.Context, w flow.Wanted) ([]flow.Quote, error) {
	var cart []Wanted
	for _, n := range w.Needs {
		cart = append(cart, Wanted{Variant: n.Variant, Quantity: n.Quantity, Title: n.Title})
	}
	return o.Quotes(ctx, w.Cart.StoreID, cart, w.ShipTo, w.Cart.Currency)
}

// placesFor groups the active offers for the cart by where they ship from.
func (o *Outside) placesFor(ctx context.Context, s id.Store, cart []Wanted, country string) ([]place, error) {
	variants := make([]id.Variant, 0, len(cart))
	for _, w := range cart {
		variants = append(variants, w.Variant)
	}
	places := map[string]*place{}
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		clear(places)
		candidates, err := inventory.Candidates(ctx, tx, s, variants)
		if err != nil {
			return err
		}
		for _, c := range candidates {
			if country != "" && !c.Supplier.ShipsTo(country) {
				continue
			}
			i := slices.IndexFunc(cart, func(w Wanted) bool { return w.Variant == c.Offer.VariantID })
			key := string(c.Supplier.SupplierID) + "/" + c.Offer.ShipFrom
			p, ok := places[key]
			if !ok {
				p = &place{supplier: c.Supplier, from: c.Offer.ShipFrom}
				places[key] = p
			}
			p.lines = append(p.lines, supplier.Line{ID: lineID(int64(len(p.lines) + 1)), SKU: c.Offer.SupplierSku,
				Title: cart[i].Title, Quantity: cart[i].Quantity, UnitCost: c.Offer.Cost()})
		}
		return nil
	})
	list := make([]place, 0, len(places))
	for _, key := range slices.Sorted(maps.Keys(places)) {
		list = append(list, *places[key])
	}
	return list, err
}

// quotesOf asks one supplier, or reads its table.
func (o *Outside) quotesOf(ctx context.Context, s id.Store, p place, to order.Address, currency money.Currency) []flow.Quote {
	answers, asked, err := o.askQuotes(ctx, s, p, to, currency)
	if err != nil {
		o.log.Info("a supplier did not say what freight costs; its table counts", "supplier", p.supplier.Name, "error", err)
	}
	list := make([]flow.Quote, 0, len(answers))
	for _, q := range answers {
		if !q.Cost.Currency.Valid() || q.Cost.Minor < 0 {
			continue
		}
		list = append(list, flow.Quote{
			Supplier: p.supplier.SupplierID, ShipFrom: p.from, Service: q.Service, Name: q.Name, CostMinor: q.Cost.Minor,
			Currency: q.Cost.Currency, MinDays: q.MinDays, MaxDays: max(q.MaxDays, q.MinDays),
		})
	}
	if len(list) > 0 {
		return list
	}
	if asked && err == nil {
		return nil // it answered: it does not ship there
	}
	table, err := tableQuotes(p, to.Country, asked)
	if err != nil {
		o.log.Error("a supplier's freight table cannot be read", "supplier", p.supplier.Name, "error", err)
	}
	return table
}

// askQuotes asks a supplier that knows what freight costs; asked is false where it does not.
func (o *Outside) askQuotes(ctx context.Context, s id.Store, p place, to order.Address, currency money.Currency) (list []supplier.Quote, asked bool, err error) {
	if p.supplier.ConnectorID == "" {
		return nil, false, nil
	}
	plug, err := o.plugFor(ctx, s, p.supplier.ConnectorID)
	if err != nil {
		return nil, true, err
	}
	quoter, ok := plug.supplier.(supplier.Quoter)
	if !ok {
		return nil, false, nil
	}
	if reason, _ := plug.mute(); reason != "" {
		return nil, true, &connector.NotSent{Err: fmt.Errorf("%s", reason)}
	}
	for try := 1; ; try++ {
		err = o.call(ctx, plug, func(ctx context.Context) (err error) {
			list, err = quoter.Quote(ctx, supplier.Parcelled{To: supplier.Address(to), From: p.from, Lines: p.lines, Wanted: currency})
			return err
		})
		if try == quoteTries || !worthAnother(ctx, err) {
			return list, true, err
		}
	}
}

// quoteTries is how often a supplier is asked what freight costs while a customer waits: one
// answer that got lost must not turn the customer away.
const quoteTries = 3

// worthAnother says whether a question that changes nothing may be asked again at once: it
// went wrong on the way, nobody asked for patience, and there is time left.
func worthAnother(ctx context.Context, err error) bool {
	switch connector.OutcomeOf(err) {
	case connector.WasLost, connector.WasNotSent:
		return connector.Wait(err) == 0 && ctx.Err() == nil
	}
	return false
}

// WithoutFreight are the names of the suppliers from whom nothing can be shipped, because
// nobody knows what that costs: they have no freight table, and no connector that can ask.
func (o *Outside) WithoutFreight(ctx context.Context, s id.Store) (names []string, err error) {
	var all []inventory.Supplier
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		all, err = inventory.Suppliers(ctx, tx, s)
		return err
	})
	for _, sup := range all {
		rows, err := ParseFreight(sup.Freight)
		if err == nil && len(rows) > 0 || o.quotes(ctx, s, sup) {
			continue
		}
		names = append(names, sup.Name)
	}
	return names, err
}

// quotes says whether a supplier's connector can be asked what freight costs. One that
// cannot be opened has troubles of its own, which are told elsewhere.
func (o *Outside) quotes(ctx context.Context, s id.Store, sup inventory.Supplier) bool {
	if sup.ConnectorID == "" {
		return false
	}
	plug, err := o.plugFor(ctx, s, sup.ConnectorID)
	if err != nil {
		return true
	}
	_, can := plug.supplier.(supplier.Quoter)
	return can
}

// Freight is a row of a supplier's freight table.
type Freight = inventory.Freight

// ParseFreight reads a freight table and checks its rows; none for an empty text.
func ParseFreight(text string) ([]Freight, error) { return inventory.ParseFreight(text) }

// tableQuotes is what a supplier's table says for a country. A row that names the country
// comes before one for all, service by service.
func tableQuotes(p place, country string, guess bool) ([]flow.Quote, error) {
	rows, err := ParseFreight(p.supplier.Freight)
	if err != nil {
		return nil, err
	}
	var list []flow.Quote
	for _, r := range inventory.FreightTo(rows, country) {
		cost, err := money.Parse(r.Cost, r.Currency)
		if err != nil {
			return nil, err
		}
		list = append(list, flow.Quote{
			Supplier: p.supplier.SupplierID, ShipFrom: p.from, Service: r.Service, Name: r.Name, CostMinor: cost.Minor,
			Currency: r.Currency, MinDays: r.MinDays, MaxDays: r.MaxDays, Guess: guess,
		})
	}
	return list, nil
}
