package purchase

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/id"
	"doorstep/money"
)

// Need is units of one order line that must be bought.
type Need struct {
	Line     int64 // of the order
	Variant  id.Variant
	Title    string
	Quantity int64
	Price    int64 // what the customer pays per unit, order currency
}

// Candidate is an offer that could serve a need, with all that speaks for and against it.
type Candidate struct {
	Offer       id.Offer
	Supplier    id.Supplier
	Name        string // the supplier's
	Variant     id.Variant
	SKU         string
	Cost        money.Amount // per unit, the supplier's currency
	Here        int64        // the same in the order's currency
	Free        int64        // units not promised to others
	ShipFrom    string
	Handling    int64 // days
	Pack        int64
	Priority    int64  // the merchant's, supplier and offer together: each point is worth 1 % of cost
	Reliability int64  // of 10,000 orders, how many went well, as the merchant says
	Standing    int64  // … of this article, as carriers, customers and the books say; 0 = nothing was counted
	Orders      int64  // of the supplier that were counted
	Barred      string // why it cannot serve at all, in words; empty = it can

	SupplierStanding int64 // as Standing, of all its articles
	ArticleOrders    int64 // of Orders, those of this article; 0 = Standing is the supplier's
}

// Freight is what it costs to have a supplier send from one place.
type Freight struct {
	Supplier id.Supplier
	ShipFrom string // empty: from anywhere
	Service  string
	Name     string
	Cost     money.Amount
	Here     int64 // in the order's currency
	MinDays  int
	MaxDays  int
	Guess    bool // no quote was to be had
}

// Buy is what to order from one supplier, from one place, in one purchase.
type Buy struct {
	Supplier id.Supplier
	ShipFrom string
	Freight  Freight
	Lines    []BuyLine
	Claim    id.Claim // that it is a replacement for; empty: it is for the sale itself
}

// BuyLine is units of one offer for one order line.
type BuyLine struct {
	Need      Need
	Candidate Candidate
	Quantity  int64
}

// Reason says of one candidate why it won or lost: stored with the purchase for ever.
type Reason struct {
	Offer    id.Offer    `json:"offer"`
	Supplier id.Supplier `json:"supplier"`
	Name     string      `json:"name"`
	SKU      string      `json:"sku"`
	Line     int64       `json:"line"`
	Units    int64       `json:"units"`                 // bought here; 0 = lost
	Landed   int64       `json:"landed_minor"`          // unit cost and its share of freight, order currency
	Score    int64       `json:"score"`                 // landed, corrected for priority, reliability, facts and days; lower wins
	Days     int64       `json:"days"`                  // handling and transit, at most
	Standing int64       `json:"standing,omitempty"`    // of 10,000 orders go well by the facts; 0 = they did not count
	Orders   int64       `json:"orders,omitempty"`      // of the supplier that were counted
	Facts    int64       `json:"facts_minor,omitempty"` // what the facts added to the score
	Words    string      `json:"words"`

	SupplierStanding int64 `json:"supplier_standing,omitempty"` // as Standing, of all its articles
	ArticleOrders    int64 `json:"article_orders,omitempty"`    // of Orders, those of this article; 0 = Standing is the supplier's
}

// Plan is the decision.
type Plan struct {
	Buys    []Buy
	Unmet   []Unmet
	Reasons []Reason
}

// Unmet is units that nobody can send.
type Unmet struct {
	Line     int64
	Quantity int64
	Words    string
}

// Policy is what the merchant values besides money.
type Policy struct {
	Facts     int64 // per cent: how much the scorecards count; 0 = not at all
	DayWorth  int64 // what a day of waiting is worth, minor units per unit bought
	MaxGroups int   // suppliers' places of which all combinations are looked at; 0 = 8
	Currency  money.Currency
}

// group is a supplier's place: what is bought from one travels together.
type group struct {
	supplier id.Supplier
	from     string
	freight  Freight
}

// Source decides from whom to buy: of all combinations of suppliers' places the one that
// serves most units, then at the least score, then with the fewest parcels. With more places
// than MaxGroups it does not look at all combinations but begins with all places and leaves
// out one after another as long as that is better. It is a pure function and says of every
// candidate why it won or lost.
func Source(needs []Need, candidates []Candidate, freights []Freight, p Policy) Plan {
	groups := groupsOf(candidates, freights)
	limit := p.MaxGroups
	if limit == 0 {
		limit = 8
	}
	look := every
	if len(groups) > limit {
		look = fewer
	}
	best := look(len(groups), func(in []bool) trial { return try(in, needs, candidates, groups, p) })
	return plan(best, needs, candidates, freights, groups, p)
}

// every tries all combinations of n places.
func every(n int, try func(in []bool) trial) trial {
	best := try(make([]bool, n))
	for mask := 1; mask < 1<<n; mask++ {
		in := make([]bool, n)
		for g := range in {
			in[g] = mask&(1<<g) != 0
		}
		if t := try(in); t.better(best) {
			best = t
		}
	}
	return best
}

// fewer begins with all n places and leaves out the one whose absence helps most, again and
// again: it never serves fewer units than all places together.
func fewer(n int, try func(in []bool) trial) trial {
	in := slices.Repeat([]bool{true}, n)
	best := try(in)
	for {
		left := -1
		for g := range in {
			if !in[g] {
				continue
			}
			in[g] = false
			if t := try(in); t.better(best) {
				best, left = t, g
			}
			in[g] = true
		}
		if left < 0 {
			return best
		}
		in[left] = false
	}
}

// groupsOf lists the places that can serve anything, those with the lowest freight first.
func groupsOf(candidates []Candidate, freights []Freight) []group {
	var groups []group
	for _, c := range candidates {
		known := slices.ContainsFunc(groups, func(g group) bool { return g.supplier == c.Supplier && g.from == c.ShipFrom })
		if c.Barred != "" || c.Free < c.pack() || known {
			continue
		}
		if f, ok := freightOf(c, freights); ok {
			groups = append(groups, group{c.Supplier, c.ShipFrom, f})
		}
	}
	slices.SortStableFunc(groups, func(a, b group) int {
		return cmp.Or(cmp.Compare(a.freight.Here, b.freight.Here), cmp.Compare(a.supplier, b.supplier), cmp.Compare(a.from, b.from))
	})
	return groups
}

// freightOf is the cheapest freight from the candidate's place.
func freightOf(c Candidate, freights []Freight) (Freight, bool) {
	var best Freight
	found := false
	for _, f := range freights {
		if f.Supplier != c.Supplier || f.ShipFrom != "" && f.ShipFrom != c.ShipFrom {
			continue
		}
		if !found || f.Here < best.Here {
			best, found = f, true
		}
	}
	return best, found
}

// trial is one combination of places and what it comes to.
type trial struct {
	lines map[int64][]BuyLine // by order line
	unmet int64
	score int64
	used  int
}

// better says whether t beats the best so far: more units, then score, then fewer parcels.
func (t trial) better(best trial) bool {
	return cmp.Or(cmp.Compare(t.unmet, best.unmet), cmp.Compare(t.score, best.score), cmp.Compare(t.used, best.used)) < 0
}

// try fills the needs from the places that are in, cheapest score first; one offer for the
// whole line where there is one, so that a line is not torn apart without need.
func try(in []bool, needs []Need, candidates []Candidate, groups []group, p Policy) trial {
	t := trial{lines: map[int64][]BuyLine{}}
	free := map[id.Offer]int64{}
	used := map[int]bool{}
	for _, n := range needs {
		fits := fitting(in, n, candidates, groups, free, p)
		if whole := slices.IndexFunc(fits, func(f fit) bool { return f.room >= n.Quantity && n.Quantity%f.c.pack() == 0 }); whole > 0 {
			fits = slices.Insert(slices.Delete(slices.Clone(fits), whole, whole+1), 0, fits[whole])
		}
		left := n.Quantity
		for i, units := range fill(n.Quantity, fits) {
			f := fits[i]
			if units == 0 {
				continue
			}
			free[f.c.Offer] += units
			left -= units
			used[f.group] = true
			t.score += units * f.score
			t.lines[n.Line] = append(t.lines[n.Line], BuyLine{n, f.c, units})
		}
		t.unmet += left
	}
	for g := range used {
		t.score += groups[g].freight.Here
	}
	t.used = len(used)
	return t
}

// fit is a candidate within the places looked at.
type fit struct {
	c     Candidate
	group int
	room  int64
	score int64
}

func fitting(in []bool, n Need, candidates []Candidate, groups []group, taken map[id.Offer]int64, p Policy) []fit {
	var fits []fit
	for _, c := range candidates {
		g := slices.IndexFunc(groups, func(g group) bool { return g.supplier == c.Supplier && g.from == c.ShipFrom })
		if c.Variant != n.Variant || c.Barred != "" || g < 0 || !in[g] {
			continue
		}
		if room := c.Free - taken[c.Offer]; room > 0 {
			fits = append(fits, fit{c, g, room, c.score(groups[g].freight, p)})
		}
	}
	slices.SortStableFunc(fits, func(a, b fit) int {
		return cmp.Or(cmp.Compare(a.score, b.score), cmp.Compare(b.c.Free, a.c.Free), cmp.Compare(a.c.Offer, b.c.Offer))
	})
	return fits
}

func (c Candidate) pack() int64 { return max(c.Pack, 1) }

// score is the unit cost in the order's currency, lowered by 1 % per point of priority,
// raised by the share of orders that go wrong, as the merchant and as the facts say, and by
// what the days are worth.
func (c Candidate) score(f Freight, p Policy) int64 {
	s := c.Here - c.Here*c.Priority/100 + c.Here*(10_000-c.Reliability)/10_000 + c.facts(p)
	return max(s, 0) + p.DayWorth*c.days(f)
}

// facts is what the share of orders that go wrong by the scorecard adds to a unit's cost.
func (c Candidate) facts(p Policy) int64 {
	if c.Standing <= 0 {
		return 0
	}
	return c.Here * (10_000 - c.Standing) / 10_000 * p.Facts / 100
}

func (c Candidate) days(f Freight) int64 { return c.Handling + int64(f.MaxDays) }

// plan turns the winning trial into purchases, unmet needs and reasons.
func plan(t trial, needs []Need, candidates []Candidate, freights []Freight, groups []group, p Policy) Plan {
	var out Plan
	won := map[id.Offer]map[int64]int64{}
	for _, g := range groups {
		b := Buy{Supplier: g.supplier, ShipFrom: g.from, Freight: g.freight}
		for _, n := range needs {
			for _, l := range t.lines[n.Line] {
				if l.Candidate.Supplier != g.supplier || l.Candidate.ShipFrom != g.from {
					continue
				}
				b.Lines = append(b.Lines, l)
				if won[l.Candidate.Offer] == nil {
					won[l.Candidate.Offer] = map[int64]int64{}
				}
				won[l.Candidate.Offer][n.Line] += l.Quantity
			}
		}
		if len(b.Lines) > 0 {
			out.Buys = append(out.Buys, b)
		}
	}
	for _, n := range needs {
		bought := int64(0)
		for _, l := range t.lines[n.Line] {
			bought += l.Quantity
		}
		if bought < n.Quantity {
			out.Unmet = append(out.Unmet, Unmet{n.Line, n.Quantity - bought, unmetWords(n, bought, candidates)})
		}
		out.Reasons = append(out.Reasons, reasonsFor(n, candidates, freights, won, p)...)
	}
	return out
}

func unmetWords(n Need, bought int64, candidates []Candidate) string {
	words := fmt.Sprintf("%d of %d units of %s: ", n.Quantity-bought, n.Quantity, n.Title)
	for _, c := range candidates {
		if c.Variant != n.Variant {
			continue
		}
		if c.Barred != "" {
			words += c.Name + " " + c.Barred + "; "
			continue
		}
		words += fmt.Sprintf("%s has %d; ", c.Name, max(c.Free, 0))
	}
	if words[len(words)-2:] == ": " {
		return words + "no supplier offers it"
	}
	return words[:len(words)-2]
}

// reasonsFor says of every candidate of a need why it won or lost.
func reasonsFor(n Need, candidates []Candidate, freights []Freight, won map[id.Offer]map[int64]int64, p Policy) []Reason {
	var list []Reason
	winner := -1 // of what was chosen, the best by itself
	for _, c := range candidates {
		if c.Variant != n.Variant {
			continue
		}
		f, _ := freightOf(c, freights)
		r := Reason{Offer: c.Offer, Supplier: c.Supplier, Name: c.Name, SKU: c.SKU, Line: n.Line,
			Units: won[c.Offer][n.Line], Landed: c.Here + f.Here/max(n.Quantity, 1), Score: c.score(f, p), Days: c.days(f)}
		if p.Facts > 0 {
			r.Standing, r.Orders, r.Facts = c.Standing, c.Orders, c.facts(p)
			r.SupplierStanding, r.ArticleOrders = c.SupplierStanding, c.ArticleOrders
		}
		if r.Units > 0 && (winner < 0 || r.Score < list[winner].Score) {
			winner = len(list)
		}
		list = append(list, r)
	}
	at := 0
	for _, c := range candidates {
		if c.Variant != n.Variant {
			continue
		}
		if r := &list[at]; r.Units > 0 {
			r.Words = fmt.Sprintf("chosen for %d of %d units: %s each with freight, there in %s at most", r.Units, n.Quantity,
				money.New(r.Landed, p.Currency).Format("en"), days(r.Days))
			if r.Standing > 0 {
				r.Words += "; " + factWords(c)
			}
		} else {
			_, placed := freightOf(c, freights)
			r.Words = lossWords(c, n, placed)
			if r.Words == "" && winner >= 0 {
				r.Words = against(c, *r, list[winner], candidates, p)
			}
			if r.Words == "" {
				r.Words = "costs more together with its freight"
			}
		}
		at++
	}
	return list
}

// lossWords says why a candidate could not be chosen at all; empty when it could.
func lossWords(c Candidate, n Need, placed bool) string {
	switch {
	case c.Barred != "":
		return "not possible: " + c.Barred
	case !placed:
		return "not possible: no freight to this country"
	case c.Free <= 0:
		return "sold out"
	case c.Free < n.Quantity:
		return fmt.Sprintf("has %d of %d units", c.Free, n.Quantity)
	case n.Quantity%c.pack() != 0:
		return fmt.Sprintf("sold in packs of %d", c.pack())
	}
	return ""
}

// against says what speaks against a candidate beside the one that won: money, days, how
// often its orders go wrong, and what the merchant prefers. Empty when nothing does by itself.
func against(c Candidate, r, won Reason, candidates []Candidate, p Policy) string {
	var w Candidate
	for _, other := range candidates {
		if other.Offer == won.Offer {
			w = other
		}
	}
	var words []string
	if more := r.Landed - won.Landed; more > 0 {
		words = append(words, "costs "+money.New(more, p.Currency).Format("en")+" more each with freight")
	}
	if later := r.Days - won.Days; later > 0 && p.DayWorth > 0 { // else days decide nothing
		words = append(words, "takes up to "+days(later)+" longer")
	}
	if c.Reliability < w.Reliability {
		words = append(words, fmt.Sprintf("%s of its orders go well, %s of those of %s", share(c.Reliability), share(w.Reliability), w.Name))
	}
	if p.Facts > 0 && c.Standing > 0 && c.Standing < w.Standing {
		words = append(words, factWords(c)+fmt.Sprintf(", %s of those of %s (%s counted)", share(w.Standing), w.Name, orders(w.counted())))
	}
	if c.Priority < w.Priority {
		words = append(words, "you prefer "+w.Name)
	}
	return strings.Join(words, "; ")
}

// factWords say what a scorecard comes to.
func factWords(c Candidate) string {
	if c.ArticleOrders > 0 {
		return fmt.Sprintf("by its scorecard %s of its orders of this article go well (%s counted; of all its orders %s, %d counted)",
			share(c.Standing), orders(c.ArticleOrders), share(c.SupplierStanding), c.Orders)
	}
	return fmt.Sprintf("by its scorecard %s of its orders go well (%s counted)", share(c.Standing), orders(c.Orders))
}

// counted is how many orders the figure rests on that is told first.
func (c Candidate) counted() int64 {
	if c.ArticleOrders > 0 {
		return c.ArticleOrders
	}
	return c.Orders
}

func orders(n int64) string {
	if n == 1 {
		return "1 order"
	}
	return fmt.Sprintf("%d orders", n)
}

// share writes a part of 10,000: 9550 is "95.5 %".
func share(n int64) string {
	if n%100 == 0 {
		return fmt.Sprintf("%d %%", n/100)
	}
	return strings.TrimRight(fmt.Sprintf("%d.%02d", n/100, n%100), "0") + " %"
}

func days(n int64) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}
