package profit

import (
	"math/big"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/id"
	"doorstep/money"
)

// Entry is an entry of the ledger.
type Entry struct {
	Subject, Kind, Debit, Credit string
	Amount                       int64
}

// Line is a line of an order with its shares from when it was placed, of all its units together.
type Line struct {
	Line     int64
	Product  id.Product
	Variant  id.Variant
	Title    string
	Quantity int64
	Sale     int64 // what it weighs in the order's total
	Tax      int64
	Discount int64
	Shipping int64
}

// Order is all that an order's profit is reckoned from.
type Order struct {
	ID       id.Order
	Number   int64
	At       clock.Time // placed
	Currency money.Currency
	Total    int64
	Tax      int64
	Discount int64
	Shipping int64
	Lines    []Line
	Entries  []Entry
	// Weights say how the entries about a subject are split over lines: a purchase by what its
	// articles cost, a refund or a demand by the units that it is for.
	Weights map[string]map[int64]int64
}

// Figures are what an order or an article brought and cost, minor units, with the sign that it
// has for us: Sale is positive, Cost negative.
type Figures struct {
	Sale        int64 `json:"sale"`
	GivenBack   int64 `json:"given_back"` // of the sale: refunds and what was cancelled
	Tax         int64 `json:"tax"`        // that the rest of the sale contains: not ours
	Fees        int64 `json:"fees"`
	Cost        int64 `json:"cost"`   // goods and freight, at the booked rate
	Billed      int64 `json:"billed"` // what suppliers billed beyond that
	Recovered   int64 `json:"recovered"`
	Chargebacks int64 `json:"chargebacks"`
	Goodwill    int64 `json:"goodwill"`
	Other       int64 `json:"other"`
	// For information; both are in Sale.
	Discount int64 `json:"discount"`
	Shipping int64 `json:"shipping"`
}

// Profit is what is left.
func (f Figures) Profit() int64 {
	return f.Sale + f.GivenBack + f.Tax + f.Fees + f.Cost + f.Billed + f.Recovered + f.Chargebacks + f.Goodwill + f.Other
}

// Net is what was sold and stayed sold, without tax.
func (f Figures) Net() int64 { return f.Sale + f.GivenBack + f.Tax }

// Margin is the profit in basis points of Net, rounded down; 0 where nothing is left of the sale.
func (f Figures) Margin() int64 {
	net := f.Net()
	if net <= 0 {
		return 0
	}
	q, m := new(big.Int).DivMod(new(big.Int).Mul(big.NewInt(f.Profit()), big.NewInt(10_000)), big.NewInt(net), new(big.Int))
	_ = m
	return q.Int64()
}

// Add adds other figures.
func (f *Figures) Add(g Figures) {
	to, from := f.all(), g.all()
	for i := range to {
		*to[i] += *from[i]
	}
}

func (f *Figures) all() []*int64 {
	return []*int64{&f.Sale, &f.GivenBack, &f.Tax, &f.Fees, &f.Cost, &f.Billed, &f.Recovered, &f.Chargebacks, &f.Goodwill, &f.Other, &f.Discount, &f.Shipping}
}

// The accounts whose balance is no result: what is owed, and where money lies.
func standing(account string) bool {
	return slices.Contains([]string{"customer", "cash", "supplier", "store-credit"}, account)
}

// figure is where an entry on an account belongs.
func (f *Figures) figure(account, kind string) *int64 {
	switch {
	case account == "sales" && (kind == "sale" || kind == "exchange"):
		return &f.Sale
	case account == "sales":
		return &f.GivenBack
	case account == "fees":
		return &f.Fees
	case account == "cost" && kind == "billed":
		return &f.Billed
	case account == "cost":
		return &f.Cost
	case account == "recovered":
		return &f.Recovered
	case account == "disputed":
		return &f.Chargebacks
	case account == "goodwill":
		return &f.Goodwill
	}
	return &f.Other
}

// book adds what an entry means for us: an account of results that gives is a gain.
func (f *Figures) book(e Entry) {
	if !standing(e.Credit) {
		*f.figure(e.Credit, e.Kind) += e.Amount
	}
	if !standing(e.Debit) {
		*f.figure(e.Debit, e.Kind) -= e.Amount
	}
}

// Article is what a line of an order earned.
type Article struct {
	Line Line
	Figures
}

// Result is what an order earned, and each of its lines: they add up to it.
type Result struct {
	Order Order
	Figures
	Articles []Article
}

// Of reckons an order.
func Of(o Order) Result {
	r := Result{Order: o, Articles: make([]Article, len(o.Lines))}
	for i, l := range o.Lines {
		r.Articles[i].Line = l
	}
	var subjects []string
	by := map[string]Figures{}
	for _, e := range o.Entries {
		f, known := by[e.Subject]
		if !known {
			subjects = append(subjects, e.Subject)
		}
		f.book(e)
		by[e.Subject] = f
		r.book(e)
	}
	for _, s := range subjects {
		r.split(by[s], r.weights(s))
	}
	r.reckonTax()
	if r.Sale != 0 {
		r.Discount, r.Shipping = o.Discount, o.Shipping
		for i := range r.Articles {
			r.Articles[i].Discount, r.Articles[i].Shipping = o.Lines[i].Discount, o.Lines[i].Shipping
		}
	}
	return r
}

// reckonTax takes off the tax that is left in what stayed sold.
func (r *Result) reckonTax() {
	sold := r.Sale + r.GivenBack
	if r.Order.Total <= 0 || sold == 0 || r.Order.Tax == 0 {
		return
	}
	part, err := money.New(r.Order.Tax, r.Order.Currency).Share(sold, r.Order.Total)
	if err != nil {
		return
	}
	r.Tax = -part.Minor
	weights := make([]int64, len(r.Order.Lines))
	for i, a := range r.Articles {
		if left := a.Sale + a.GivenBack; left > 0 {
			weights[i] = a.Line.Tax
		}
	}
	if slices.Max(append([]int64{0}, weights...)) == 0 {
		weights = r.weights("")
	}
	r.each(r.Tax, weights, func(a *Article) *int64 { return &a.Tax })
}

// weights say how the entries about a subject are split: as they are told, by what the lines sold
// for, or by their units.
func (r *Result) weights(subject string) []int64 {
	given := r.Order.Weights[subject]
	weights := make([]int64, len(r.Order.Lines))
	for _, try := range []func(Line) int64{func(l Line) int64 { return given[l.Line] }, func(l Line) int64 { return l.Sale }, func(l Line) int64 { return l.Quantity }} {
		for i, l := range r.Order.Lines {
			weights[i] = max(try(l), 0)
		}
		if slices.ContainsFunc(weights, func(n int64) bool { return n > 0 }) {
			return weights
		}
	}
	return weights
}

// split spreads figures over the lines.
func (r *Result) split(f Figures, weights []int64) {
	for i, n := range f.all() {
		r.each(*n, weights, func(a *Article) *int64 { return a.all()[i] })
	}
}

func (r *Result) each(n int64, weights []int64, into func(*Article) *int64) {
	if n == 0 || len(r.Articles) == 0 {
		return
	}
	for i, part := range money.New(n, r.Order.Currency).Allocate(weights) {
		*into(&r.Articles[i]) += part.Minor
	}
}

// Product is what a product earned in many orders.
type Product struct {
	Product  id.Product
	Title    string
	Currency money.Currency
	Orders   int64
	Units    int64
	Figures
}

// ByProduct adds up the lines of many orders, the most profitable product first. One that sold in
// two currencies stands there twice.
func ByProduct(list []Result) []Product {
	type key struct {
		product  id.Product
		currency money.Currency
	}
	at := map[key]int{}
	var out []Product
	for _, r := range list {
		counted := map[key]bool{}
		for _, a := range r.Articles {
			k := key{a.Line.Product, r.Order.Currency}
			i, known := at[k]
			if !known {
				i = len(out)
				at[k] = i
				out = append(out, Product{Product: a.Line.Product, Title: a.Line.Title, Currency: r.Order.Currency})
			}
			if !counted[k] {
				out[i].Orders++
				counted[k] = true
			}
			out[i].Units += a.Line.Quantity
			out[i].Add(a.Figures)
		}
	}
	slices.SortStableFunc(out, func(a, b Product) int {
		switch x, y := a.Profit(), b.Profit(); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out
}

// Sum adds up orders, by currency in the order in which they come.
func Sum(list []Result) (currencies []money.Currency, sums map[money.Currency]Figures) {
	sums = map[money.Currency]Figures{}
	for _, r := range list {
		f, known := sums[r.Order.Currency]
		if !known {
			currencies = append(currencies, r.Order.Currency)
		}
		f.Add(r.Figures)
		sums[r.Order.Currency] = f
	}
	return currencies, sums
}
