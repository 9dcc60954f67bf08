package flow

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"doorstep/internal/id"
	"doorstep/internal/promise"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// Quote is what one supplier asks for freight, for what it could send of a cart.
type Quote struct {
	Supplier  id.Supplier    `json:"supplier"`
	ShipFrom  string         `json:"ship_from,omitempty"` // empty: from anywhere
	Service   string         `json:"service"`
	Name      string         `json:"name"`
	CostMinor int64          `json:"cost_minor"`
	Currency  money.Currency `json:"currency"`
	MinDays   int            `json:"min_days"`
	MaxDays   int            `json:"max_days"`
	Handling  int            `json:"handling,omitempty"` // days until the supplier hands it over, by its own word
	Guess     bool           `json:"guess,omitempty"`    // no quote was to be had in time: the supplier's table
}

// Option is a way to ship that the customer may choose; it is kept with the order.
type Option struct {
	Key        string  `json:"key"`
	Name       string  `json:"name"`
	PriceMinor int64   `json:"price_minor"` // in the cart's currency
	FromDays   int     `json:"from_days"`   // from payment to the door: half are there by then
	ToDays     int     `json:"to_days"`     // … and nine of ten; what is stated while nothing is known
	Quotes     []Quote `json:"quotes"`      // the ones to use with this option, one per supplier's place
}

// OptionsInput is what options are made from.
type OptionsInput struct {
	Currency   money.Currency
	Needs      []purchase.Need
	Candidates []purchase.Candidate
	Quotes     []Quote
	Subtotal   int64
	Settings   store.Settings
	Country    string        // where it goes
	Lanes      promise.Known // what is known of parcels to there
}

// Options makes at most two ways to ship: the cheapest freight of every supplier that the
// cart would be bought from, and the fastest, if that is really faster. The price follows
// the store's rule: the freight itself, a flat price, or nothing.
func Options(in OptionsInput) ([]Option, error) {
	var list []Option
	for _, way := range []struct {
		key, name string
		better    func(a, b Quote) int
	}{
		{"standard", "Standard", func(a, b Quote) int {
			return cmp.Or(cmp.Compare(a.CostMinor, b.CostMinor), cmp.Compare(a.MaxDays, b.MaxDays))
		}},
		{"express", "Express", func(a, b Quote) int {
			return cmp.Or(cmp.Compare(a.MaxDays, b.MaxDays), cmp.Compare(a.CostMinor, b.CostMinor))
		}},
	} {
		o, ok, err := option(in, way.key, way.name, bestPer(in.Quotes, way.better))
		if err != nil {
			return nil, err
		}
		if ok && (len(list) == 0 || o.ToDays < list[0].ToDays) {
			list = append(list, o)
		}
	}
	return list, nil
}

// bestPer picks one quote for each supplier's place.
func bestPer(quotes []Quote, better func(a, b Quote) int) []Quote {
	var best []Quote
	for _, q := range quotes {
		i := slices.IndexFunc(best, func(b Quote) bool { return b.Supplier == q.Supplier && b.ShipFrom == q.ShipFrom })
		switch {
		case i < 0:
			best = append(best, q)
		case better(q, best[i]) < 0:
			best[i] = q
		}
	}
	return best
}

// option is the way to ship with the given quotes; false when not all can be delivered.
func option(in OptionsInput, key, name string, quotes []Quote) (Option, bool, error) {
	freights, err := freightsOf(quotes, in.Currency, in.Settings)
	if err != nil {
		return Option{}, false, err
	}
	plan := purchase.Source(in.Needs, in.Candidates, freights, policy(in.Settings, in.Currency))
	if len(plan.Unmet) > 0 || len(plan.Buys) == 0 {
		return Option{}, false, nil
	}
	o := Option{Key: key, Name: name, Quotes: quotes}
	for _, b := range plan.Buys {
		handling := 0
		for _, l := range b.Lines {
			handling = max(handling, int(l.Candidate.Handling))
		}
		o.PriceMinor += b.Freight.Here
		q := Quote{MinDays: b.Freight.MinDays, MaxDays: b.Freight.MaxDays, Handling: handling}
		for i := range o.Quotes {
			if o.Quotes[i].Supplier == b.Supplier && o.Quotes[i].Service == b.Freight.Service {
				o.Quotes[i].Handling = handling
			}
		}
		from, to := in.Lanes.Of(in.Country, b.Supplier, b.Freight.Service, q.stated()).Whole.Days()
		o.FromDays, o.ToDays = max(o.FromDays, from), max(o.ToDays, to)
	}
	o.PriceMinor, err = in.Settings.ShippingCharge(o.PriceMinor, in.Subtotal, in.Currency)
	return o, err == nil, err
}

// freightsOf puts quotes into the order's currency.
func freightsOf(quotes []Quote, c money.Currency, s store.Settings) ([]purchase.Freight, error) {
	list := make([]purchase.Freight, 0, len(quotes))
	for _, q := range quotes {
		rate, err := s.Rate(q.Currency, c)
		if err != nil {
			return nil, fmt.Errorf("freight %s: %w", q.Name, err)
		}
		here, err := rate.Convert(money.New(q.CostMinor, q.Currency))
		if err != nil {
			return nil, err
		}
		list = append(list, purchase.Freight{Supplier: q.Supplier, ShipFrom: q.ShipFrom, Service: q.Service, Name: q.Name,
			Cost: money.New(q.CostMinor, q.Currency), Here: here.Minor, MinDays: q.MinDays, MaxDays: q.MaxDays, Guess: q.Guess})
	}
	return list, nil
}

func policy(s store.Settings, c money.Currency) purchase.Policy {
	return purchase.Policy{DayWorth: s.DayWorthMinor, Facts: s.FactsPercent, Currency: c}
}

// ParseOptions reads stored options.
func ParseOptions(text string) ([]Option, error) {
	var list []Option
	if text == "" {
		return nil, nil
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("stored shipping options: %w", err)
	}
	return list, nil
}

func parseOption(text string) (Option, error) {
	var o Option
	if text == "" {
		return o, nil
	}
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return o, fmt.Errorf("stored shipping option: %w", err)
	}
	return o, nil
}

func toJSON(v any) (string, error) {
	b, err := json.Marshal(v)
	return string(b), err
}
