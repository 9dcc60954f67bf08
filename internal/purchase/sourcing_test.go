package purchase_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// question is what sourcing is asked.
type question struct {
	needs      []purchase.Need
	candidates []purchase.Candidate
	freights   []purchase.Freight
	policy     purchase.Policy
}

func (q question) ask() purchase.Plan {
	return purchase.Source(q.needs, q.candidates, q.freights, q.policy)
}

func anyQuestion(suppliers, maxPack int64) *rapid.Generator[question] {
	return rapid.Custom(func(t *rapid.T) question {
		var q question
		for i := range rapid.Int64Range(1, 3).Draw(t, "needs") {
			q.needs = append(q.needs, purchase.Need{Line: i + 1, Variant: id.Variant(fmt.Sprint("va", i)), Title: fmt.Sprint("thing ", i),
				Quantity: rapid.Int64Range(1, 9).Draw(t, "quantity"), Price: 1000})
		}
		for i := range rapid.Int64Range(0, 3*suppliers).Draw(t, "candidates") {
			cost := rapid.Int64Range(0, 500).Draw(t, "cost")
			c := purchase.Candidate{
				Offer: id.Offer(fmt.Sprintf("of%02d", i)), Supplier: id.Supplier(fmt.Sprint("su", rapid.Int64Range(1, suppliers).Draw(t, "supplier"))),
				Variant: rapid.SampledFrom(q.needs).Draw(t, "need").Variant, SKU: fmt.Sprint("sku", i), Cost: money.New(cost, "EUR"), Here: cost,
				Free: rapid.Int64Range(0, 12).Draw(t, "free"), ShipFrom: rapid.SampledFrom([]string{"", "CN", "DE"}).Draw(t, "from"),
				Handling: rapid.Int64Range(0, 5).Draw(t, "handling"), Pack: rapid.Int64Range(0, maxPack).Draw(t, "pack"),
				Priority: rapid.Int64Range(-20, 120).Draw(t, "priority"), Reliability: rapid.Int64Range(5000, 10_000).Draw(t, "reliability"),
			}
			c.Name = strings.ToUpper(string(c.Supplier))
			if rapid.IntRange(0, 5).Draw(t, "barred") == 0 {
				c.Barred = "does not ship to XX"
			}
			q.candidates = append(q.candidates, c)
		}
		for i := range suppliers {
			if rapid.IntRange(0, 9).Draw(t, "no freight") > 0 {
				cost := rapid.Int64Range(0, 900).Draw(t, "freight")
				q.freights = append(q.freights, purchase.Freight{Supplier: id.Supplier(fmt.Sprint("su", i+1)), Cost: money.New(cost, "EUR"), Here: cost,
					MaxDays: rapid.IntRange(1, 30).Draw(t, "days")})
			}
		}
		q.policy = purchase.Policy{DayWorth: rapid.Int64Range(0, 30).Draw(t, "day"), Currency: "EUR"}
		return q
	})
}

// able says whether a candidate can send at all.
func (q question) able(c purchase.Candidate) bool {
	return c.Barred == "" && slices.ContainsFunc(q.freights, func(f purchase.Freight) bool { return f.Supplier == c.Supplier })
}

// most is how many units of a need the candidates could serve, by trying every mixture of packs.
func (q question) most(n purchase.Need) int64 {
	sums := map[int64]bool{0: true}
	for _, c := range q.candidates {
		if c.Variant != n.Variant || !q.able(c) {
			continue
		}
		next := map[int64]bool{}
		for sum := range sums {
			for take := int64(0); take <= c.Free; take += max(c.Pack, 1) {
				next[sum+take] = true
			}
		}
		sums = next
	}
	best := int64(0)
	for sum := range sums {
		if sum <= n.Quantity {
			best = max(best, sum)
		}
	}
	return best
}

// law checks a plan against its question.
func (q question) law(t *rapid.T, plan purchase.Plan) {
	if !reflect.DeepEqual(plan, q.ask()) {
		t.Fatal("asked twice, two answers")
	}
	bought, taken := map[int64]int64{}, map[id.Offer]int64{}
	places := map[string]bool{}
	for _, b := range plan.Buys {
		place := string(b.Supplier) + b.ShipFrom
		if places[place] || len(b.Lines) == 0 || b.Freight.Supplier != b.Supplier {
			t.Fatalf("a purchase from %s: twice %v, %d lines, freight of %s", place, places[place], len(b.Lines), b.Freight.Supplier)
		}
		places[place] = true
		for _, l := range b.Lines {
			if l.Candidate.Variant != l.Need.Variant || l.Candidate.Supplier != b.Supplier || l.Candidate.ShipFrom != b.ShipFrom || !q.able(l.Candidate) {
				t.Fatalf("%+v was bought from %+v", l, b)
			}
			if l.Quantity <= 0 || l.Quantity%max(l.Candidate.Pack, 1) != 0 {
				t.Fatalf("%d units in packs of %d", l.Quantity, l.Candidate.Pack)
			}
			if taken[l.Candidate.Offer] += l.Quantity; taken[l.Candidate.Offer] > l.Candidate.Free {
				t.Fatalf("%d units of an offer that has %d", taken[l.Candidate.Offer], l.Candidate.Free)
			}
			bought[l.Need.Line] += l.Quantity
		}
	}
	for _, n := range q.needs {
		if want := q.most(n); bought[n.Line] != want {
			t.Fatalf("line %d: %d of %d units bought, %d could be", n.Line, bought[n.Line], n.Quantity, want)
		}
		i := slices.IndexFunc(plan.Unmet, func(u purchase.Unmet) bool { return u.Line == n.Line })
		if (i >= 0) != (bought[n.Line] < n.Quantity) || i >= 0 && (plan.Unmet[i].Quantity != n.Quantity-bought[n.Line] || plan.Unmet[i].Words == "") {
			t.Fatalf("line %d: %d of %d units bought, unmet %+v", n.Line, bought[n.Line], n.Quantity, plan.Unmet)
		}
	}
	q.reasoned(t, plan, taken)
}

// reasoned wants a reason for every candidate, with the units that were bought from it.
func (q question) reasoned(t *rapid.T, plan purchase.Plan, taken map[id.Offer]int64) {
	if len(plan.Reasons) != len(q.candidates) {
		t.Fatalf("%d reasons for %d candidates", len(plan.Reasons), len(q.candidates))
	}
	for _, c := range q.candidates {
		i := slices.IndexFunc(plan.Reasons, func(r purchase.Reason) bool { return r.Offer == c.Offer })
		if i < 0 || plan.Reasons[i].Words == "" || plan.Reasons[i].Units != taken[c.Offer] || plan.Reasons[i].SKU != c.SKU {
			t.Fatalf("candidate %+v has the reason %+v", c, plan.Reasons)
		}
		if won := strings.HasPrefix(plan.Reasons[i].Words, "chosen"); won != (taken[c.Offer] > 0) {
			t.Fatalf("%d units are from %s: %q", taken[c.Offer], c.Offer, plan.Reasons[i].Words)
		}
	}
}

func TestSourcingLaws(t *testing.T) {
	t.Parallel()
	for name, g := range map[string]*rapid.Generator[question]{
		"few suppliers":  anyQuestion(3, 1),
		"packs":          anyQuestion(2, 4),
		"many suppliers": anyQuestion(12, 3),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rapid.Check(t, func(t *rapid.T) {
				q := g.Draw(t, "question")
				q.law(t, q.ask())
			})
		})
	}
}

// With one unit of one thing the winner is the candidate of the least score with its freight.
func TestTheLeastScoreWins(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		q := anyQuestion(3, 1).Draw(t, "question")
		q.needs = q.needs[:1]
		q.needs[0].Quantity = 1
		plan := q.ask()
		if len(plan.Buys) == 0 {
			return
		}
		total := func(r purchase.Reason) int64 {
			i := slices.IndexFunc(q.freights, func(f purchase.Freight) bool { return f.Supplier == r.Supplier })
			return r.Score + q.freights[i].Here
		}
		won := slices.IndexFunc(plan.Reasons, func(r purchase.Reason) bool { return r.Units == 1 })
		for i, r := range plan.Reasons {
			j := slices.IndexFunc(q.candidates, func(c purchase.Candidate) bool { return c.Offer == r.Offer })
			if q.able(q.candidates[j]) && q.candidates[j].Free > 0 && total(r) < total(plan.Reasons[won]) {
				t.Fatalf("reason %d comes to %d, the winner %d to %d", i, total(r), won, total(plan.Reasons[won]))
			}
		}
	})
}

// shop is the question of the examples: one mug, wanted so often, from cheap Ali and dear Bert.
func shop(quantity int64, change func(q *question)) question {
	offer := func(name string, cost, free int64) purchase.Candidate {
		return purchase.Candidate{Offer: id.Offer(name), Supplier: id.Supplier(name), Name: name, Variant: "mug", SKU: "sku-" + name, Cost: money.New(cost, "EUR"),
			Here: cost, Free: free, Pack: 1, Reliability: 10_000}
	}
	q := question{
		needs:      []purchase.Need{{Line: 1, Variant: "mug", Title: "Mug", Quantity: quantity, Price: 2000}},
		candidates: []purchase.Candidate{offer("Ali", 500, 10), offer("Bert", 700, 10)},
		freights:   []purchase.Freight{{Supplier: "Ali", Here: 300, MaxDays: 20}, {Supplier: "Bert", Here: 300, MaxDays: 3}},
		policy:     purchase.Policy{Currency: "EUR"},
	}
	change(&q)
	return q
}

func TestSourcingByExample(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		quantity int64
		change   func(q *question)
		want     string // supplier:units …
		why      string // of whom, in words
	}{
		"the cheapest wins":          {2, func(*question) {}, "Ali:2", "Bert: costs €2.00 more each with freight"},
		"the cheapest has none":      {2, func(q *question) { q.candidates[0].Free = 0 }, "Bert:2", "Ali: sold out"},
		"the cheapest has too few":   {2, func(q *question) { q.candidates[0].Free = 1 }, "Bert:2", "Ali: has 1 of 2 units"},
		"both are needed":            {4, func(q *question) { q.candidates[0].Free, q.candidates[1].Free = 3, 2 }, "Ali:3 Bert:1", ""},
		"priority beats cost":        {1, func(q *question) { q.candidates[1].Priority = 40 }, "Bert:1", "Ali: you prefer Bert"},
		"freight tips the scale":     {1, func(q *question) { q.freights[0].Here = 600 }, "Bert:1", "Ali: costs €1.00 more each with freight"},
		"reliability counts":         {1, func(q *question) { q.candidates[0].Reliability = 5000 }, "Bert:1", "Ali: 50 % of its orders go well, 100 % of those of Bert"},
		"days count":                 {1, func(q *question) { q.policy.DayWorth = 20 }, "Bert:1", "Ali: takes up to 17 days longer"},
		"the country is barred":      {1, func(q *question) { q.candidates[0].Barred = "does not ship to DE" }, "Bert:1", "Ali: not possible: does not ship to DE"},
		"no freight to the country":  {1, func(q *question) { q.freights = q.freights[1:] }, "Bert:1", "Ali: not possible: no freight to this country"},
		"packs do not fit":           {3, func(q *question) { q.candidates[0].Pack = 2 }, "Bert:3", "Ali: sold in packs of 2"},
		"packs together":             {5, func(q *question) { q.candidates[0].Pack, q.candidates[1].Pack, q.candidates[0].Free = 2, 3, 4 }, "Ali:2 Bert:3", ""},
		"sold out keeps its reasons": {1, func(q *question) { q.candidates[0].Free, q.candidates[1].Free = 0, 0 }, "", "Bert: sold out"},
		"one parcel is better": {2, func(q *question) {
			q.candidates[0].Free, q.candidates[1].Free = 1, 2
		}, "Bert:2", "Ali: has 1 of 2 units"},
	} {
		plan := shop(c.quantity, c.change).ask()
		var got []string
		for _, b := range plan.Buys {
			for _, l := range b.Lines {
				got = append(got, fmt.Sprintf("%s:%d", b.Supplier, l.Quantity))
			}
		}
		slices.Sort(got)
		if text := strings.Join(got, " "); text != c.want {
			t.Errorf("%s: %s, want %s (%+v)", name, text, c.want, plan.Reasons)
		}
		found := c.why == ""
		for _, r := range plan.Reasons {
			found = found || c.why == r.Name+": "+r.Words
		}
		if !found {
			t.Errorf("%s: no reason %q in %+v", name, c.why, plan.Reasons)
		}
	}
}

func TestUnmetSaysWhoHasWhat(t *testing.T) {
	t.Parallel()
	plan := shop(30, func(q *question) { q.candidates[1].Barred = "does not ship to DE" }).ask()
	if len(plan.Unmet) != 1 || plan.Unmet[0].Words != "20 of 30 units of Mug: Ali has 10; Bert does not ship to DE" {
		t.Errorf("%+v", plan.Unmet)
	}
	plan = shop(1, func(q *question) { q.candidates = nil }).ask()
	if len(plan.Unmet) != 1 || plan.Unmet[0].Words != "1 of 1 units of Mug: no supplier offers it" {
		t.Errorf("%+v", plan.Unmet)
	}
}

// Named after what happened: of more than eight places only the eight of least freight were
// looked at, those without stock among them, and the rest of the cart found no supplier.
func TestACartFromTwentySuppliers(t *testing.T) {
	t.Parallel()
	var q question
	for i := range 20 {
		name := fmt.Sprintf("s%02d", i)
		q.needs = append(q.needs, purchase.Need{Line: int64(i + 1), Variant: id.Variant(name), Title: name, Quantity: 1})
		q.candidates = append(q.candidates, purchase.Candidate{Offer: id.Offer(name), Supplier: id.Supplier(name), Variant: id.Variant(name), Free: 1, Here: 5})
		q.freights = append(q.freights, purchase.Freight{Supplier: id.Supplier(name), Here: int64(i)})
	}
	if plan := q.ask(); len(plan.Buys) != 20 || len(plan.Unmet) != 0 {
		t.Errorf("%d purchases, unmet %+v", len(plan.Buys), plan.Unmet)
	}
}
