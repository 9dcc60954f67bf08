package inventory

import (
	"fmt"
	"math"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/id"
	"doorstep/money"
)

// Offered is what a supplier says of one article.
type Offered struct {
	SKU       string         `json:"sku"`            // the supplier's own
	CostMinor int64          `json:"cost_minor"`     // of Currency, per unit
	Currency  money.Currency `json:"currency"`       // empty: the cost was not said
	Quantity  int64          `json:"quantity"`       // units that can be ordered
	ShipFrom  string         `json:"ship_from"`      // ISO 3166 alpha-2; empty: not said
	Handling  int64          `json:"handling"`       // days; 0: not said
	Pack      int64          `json:"pack"`           // sold in multiples; 0: not said
	AsOf      clock.Time     `json:"as_of"`          // null: the page's
	Gone      bool           `json:"gone,omitempty"` // the supplier no longer sells it at all
}

// Page is what a supplier says at one time: articles with their stock, and those that it
// positively no longer sells. An article that is in neither is as it was: silence never
// means "sold out".
type Page struct {
	Offers []Offered
	Gone   []string
	AsOf   clock.Time // zero: now
}

// Known is what we believe of an article.
type Known struct {
	SKU       string
	CostMinor int64
	Currency  money.Currency
	Quantity  int64
	AsOf      clock.Time
}

// Limits say when a page is not believed. Percentages speak of the articles on the page
// that we know. They need a minimum of articles, so that one article selling out, or two
// of ten, is everyday life and not an alarm.
type Limits struct {
	DropPercent int64         // of the units in stock that may vanish at once
	DropSKUs    int           // articles that must have lost stock for that to count
	DropUnits   int64         // units that must have vanished for that to count
	FlipPercent int64         // of the articles that may change between in stock and sold out
	FlipSKUs    int           // articles that must have changed for that to count; two suffice when it is all of them
	CostPercent int64         // a cost that rises by so much is not believed; 0: any is
	MaxAge      time.Duration // a page older than this is stale; zero: no page is
}

// StandardLimits: half of the stock (three articles and ten units at least, or all of two),
// a quarter of the articles (three at least, or all of two), and a doubled cost.
func StandardLimits() Limits {
	return Limits{DropPercent: 50, DropSKUs: 3, DropUnits: 10, FlipPercent: 25, FlipSKUs: 3, CostPercent: 100}
}

// Verdict is what became of a page, with the reasons if it was not believed.
type Verdict struct {
	Believe bool
	Reasons []string
	Seen    int     // articles on the page
	Known   int     // of them, those that the store sells
	Changed int     // offers that were written
	Feed    id.Feed // the row that tells of it; empty when nothing had changed
	Again   bool    // a page with the same articles was parked before, for the same reasons
}

// Judge says whether a page is to be believed, given what we knew of its articles. It
// never looks at articles that we do not sell.
func Judge(before []Known, page []Offered, asOf, now clock.Time, l Limits) Verdict {
	v := Verdict{Seen: len(page)}
	said := map[string]Offered{}
	for _, o := range page {
		said[o.SKU] = o
	}
	var c comparison
	for _, k := range before {
		if o, on := said[k.SKU]; on {
			c.add(k, o, l)
		}
	}
	v.Known = c.known
	if len(page) == 0 {
		v.Reasons = append(v.Reasons, "the page is empty")
	}
	if l.MaxAge > 0 && asOf < now.Add(-l.MaxAge) {
		v.Reasons = append(v.Reasons, fmt.Sprintf("stale: the page is of %s, older than %s", asOf, l.MaxAge))
	}
	if c.known > 0 && c.older == c.known {
		v.Reasons = append(v.Reasons, "stale: the page is older than what is known of every article on it")
	}
	for _, o := range page {
		if o.Quantity < 0 || o.CostMinor < 0 || o.Currency != "" && !o.Currency.Valid() {
			v.Reasons = append(v.Reasons, fmt.Sprintf("article %s: quantity %d, cost %d %s is not possible", o.SKU, o.Quantity, o.CostMinor, o.Currency))
			break
		}
	}
	v.Reasons = append(v.Reasons, c.reasons(l)...)
	v.Believe = len(v.Reasons) == 0
	return v
}

// comparison sums up how a page differs from what was known.
type comparison struct {
	known, older, flipped, dropped int   // articles
	stock, lost                    int64 // units
	costs                          []string
	heard                          int // known by the supplier's own word
}

func (c *comparison) add(k Known, o Offered, l Limits) {
	c.known++
	if o.AsOf != 0 && o.AsOf < k.AsOf {
		c.older++
		return // it will not be applied
	}
	if k.AsOf != 0 { // else nobody has said anything yet
		c.heard++
		c.stock += k.Quantity
		if o.Quantity < k.Quantity {
			c.dropped++
			c.lost += k.Quantity - o.Quantity
		}
		if (o.Quantity == 0) != (k.Quantity == 0) {
			c.flipped++
		}
	}
	if o.Gone || o.Currency == "" || k.CostMinor == 0 {
		return // nothing to compare
	}
	switch {
	case o.Currency != k.Currency:
		c.costs = append(c.costs, fmt.Sprintf("article %s costs %s, before %s: another currency", o.SKU, money.New(o.CostMinor, o.Currency), money.New(k.CostMinor, k.Currency)))
	case o.CostMinor == 0:
		c.costs = append(c.costs, fmt.Sprintf("article %s costs nothing, before %s", o.SKU, money.New(k.CostMinor, k.Currency)))
	case l.CostPercent > 0 && rises(k.CostMinor, o.CostMinor, l.CostPercent):
		c.costs = append(c.costs, fmt.Sprintf("article %s costs %s, before %s", o.SKU, money.New(o.CostMinor, o.Currency), money.New(k.CostMinor, k.Currency)))
	}
}

// rises says whether an amount rises by so many per cent or more, also where it is so large
// that a hundred times it would be too large.
func rises(from, to, percent int64) bool {
	if to-from > math.MaxInt64/100 {
		return (to-from)/percent >= from/100
	}
	return (to-from)*100/percent >= from
}

func (c *comparison) reasons(l Limits) []string {
	var list []string
	all := func(n int) bool { return n >= 2 && n == c.heard }
	if c.lost > 0 && c.lost*100 > c.stock*l.DropPercent && (c.dropped >= l.DropSKUs && c.lost >= l.DropUnits || all(c.dropped)) {
		list = append(list, fmt.Sprintf("%d of %d units vanish at once", c.lost, c.stock))
	}
	if int64(c.flipped)*100 > int64(c.heard)*l.FlipPercent && (c.flipped >= l.FlipSKUs || all(c.flipped)) {
		list = append(list, fmt.Sprintf("%d of %d articles change between in stock and sold out", c.flipped, c.heard))
	}
	if n := len(c.costs); n > 3 {
		return append(append(list, c.costs[:3]...), fmt.Sprintf("and %d more costs like that", n-3))
	}
	return append(list, c.costs...)
}

// normalise is the page as a list: those gone as quantity zero, every article once (its
// last word), no word from the future, sorted by SKU.
func normalise(p Page, now clock.Time) (list []Offered, asOf clock.Time) {
	asOf = p.AsOf
	if asOf == 0 || asOf > now {
		asOf = now
	}
	said := map[string]Offered{}
	for _, o := range p.Offers {
		if o.AsOf == 0 {
			o.AsOf = asOf
		}
		o.AsOf = min(o.AsOf, now)
		said[o.SKU] = o
	}
	for _, sku := range p.Gone {
		said[sku] = Offered{SKU: sku, AsOf: asOf, Gone: true}
	}
	for _, o := range said {
		list = append(list, o)
	}
	slices.SortFunc(list, func(a, b Offered) int {
		switch {
		case a.SKU < b.SKU:
			return -1
		case a.SKU > b.SKU:
			return 1
		}
		return 0
	})
	return list, asOf
}
