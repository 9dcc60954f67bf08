package dashboard

import (
	"context"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/profit"
	"doorstep/internal/report"
	"doorstep/money"
)

// The bounds of the page of profit.
const (
	profitMost   = 20_000 // orders that are reckoned at once
	profitOrders = 50     // of them shown
	profitDays   = 30     // the usual period
)

// profitView is what was earned in a period.
type profitView struct {
	From, To   string // days, as the form has them
	Products   []profit.Product
	Orders     []profit.Result
	Currencies []money.Currency
	Sums       map[money.Currency]profit.Figures
	Count      int
	More       bool // there are more orders than are reckoned at once
	Error      string
}

// period reads the days of the form: from the first moment of one to the last of the other.
func (v *visit) period() (since, till clock.Time, from, to string, ok bool) {
	today := v.local(v.now)
	from, to = v.query("from"), v.query("to")
	if from == "" {
		from = today.AddDate(0, 0, 1-profitDays).Format(time.DateOnly)
	}
	if to == "" {
		to = today.Format(time.DateOnly)
	}
	a, err := time.ParseInLocation(time.DateOnly, from, v.zone)
	b, err2 := time.ParseInLocation(time.DateOnly, to, v.zone)
	if err != nil || err2 != nil || b.Before(a) {
		return 0, 0, from, to, false
	}
	return clock.Of(a), clock.Of(b.AddDate(0, 0, 1)), from, to, true
}

func (d *Dashboard) readProfit(v *visit) (p profitView, err error) {
	since, till, from, to, ok := v.period()
	p.From, p.To = from, to
	if !ok {
		p.Error = "Please give two days, the first one not after the last."
		return p, nil
	}
	var next id.Order
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.Orders, next, err = report.Profits(ctx, tx, v.store, since, till, "", profitMost)
		return err
	})
	p.Count, p.More = len(p.Orders), next != ""
	p.Products = profit.ByProduct(p.Orders)
	p.Currencies, p.Sums = profit.Sum(p.Orders)
	return p, err
}

func (d *Dashboard) profit(v *visit) error {
	p, err := d.readProfit(v)
	if err != nil {
		return err
	}
	p.Orders = p.Orders[:min(len(p.Orders), profitOrders)]
	at := frame{Title: "Profit", At: "profit"}
	if p.Error != "" {
		at.Status = 422
	}
	return d.show(v, at, profitPage(v, at, p))
}

// figureNames are the parts of a profit, in the order in which they are shown.
func figureNames() []string {
	return []string{"Sale", "Given back", "Tax", "Payment fees", "Goods and freight", "Billed beyond", "Made good", "Chargebacks", "Goodwill", "Other", "Profit"}
}

func figureValues(f profit.Figures) []int64 {
	return []int64{f.Sale, f.GivenBack, f.Tax, f.Fees, f.Cost, f.Billed, f.Recovered, f.Chargebacks, f.Goodwill, f.Other, f.Profit()}
}

// exportProfit writes every order of the period, or every product, as a spreadsheet.
func (d *Dashboard) exportProfit(v *visit) error {
	p, err := d.readProfit(v)
	if err != nil {
		return err
	}
	what := map[bool]string{true: "products", false: "orders"}[v.query("by") == "product"]
	out, err := newSheet(v.w, v.query("format"), "profit-"+what+"-"+p.From+"-"+p.To)
	if err != nil {
		return err
	}
	if what == "products" {
		return productRows(out, p)
	}
	if err := out.row(texts(slices.Concat([]string{"Order", "Placed", "Currency", "Discount", "Shipping"}, figureNames())...)...); err != nil {
		return err
	}
	for _, o := range p.Orders {
		row := texts(plainNumber(o.Order.Number), v.local(o.Order.At).Format(time.DateTime), string(o.Order.Currency))
		if err := out.row(append(row, figureCells(o.Figures, o.Order.Currency)...)...); err != nil {
			return nil //nolint:nilerr // the browser went away
		}
	}
	return out.end()
}

func productRows(out sheet, p profitView) error {
	if err := out.row(texts(slices.Concat([]string{"Product", "Currency", "Orders", "Units", "Discount", "Shipping"}, figureNames())...)...); err != nil {
		return err
	}
	for _, o := range p.Products {
		row := append(texts(o.Title, string(o.Currency)), number(plainNumber(o.Orders)), number(plainNumber(o.Units)))
		if err := out.row(append(row, figureCells(o.Figures, o.Currency)...)...); err != nil {
			return nil //nolint:nilerr // the browser went away
		}
	}
	return out.end()
}

func figureCells(f profit.Figures, c money.Currency) []cell {
	var list []cell
	for _, n := range append([]int64{f.Discount, f.Shipping}, figureValues(f)...) {
		list = append(list, number(money.New(n, c).Decimal()))
	}
	return list
}

// orderProfitView is what one order earned, with the entries that it is made of.
type orderProfitView struct {
	profit.Result
	Entries []report.Entry
}

func (d *Dashboard) orderProfit(v *visit) error {
	var p orderProfitView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Result, err = report.ProfitOf(ctx, tx, v.store, id.Order(v.path("order"))); err != nil {
			return err
		}
		doc, err := report.OrderDocument(ctx, tx, v.store, v.path("order"))
		p.Entries = doc.Ledger
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Profit of #" + plainNumber(p.Order.Number), At: "profit", Back: orderURL(p.Order.ID)}
	return d.show(v, at, orderProfitPage(v, at, p))
}

// earnedWords is a margin in per cent.
func earnedWords(f profit.Figures) string {
	if f.Net() <= 0 {
		return "–"
	}
	m := f.Margin()
	sign := ""
	if m < 0 {
		sign, m = "−", -m
	}
	return sign + plainNumber(m/100) + "." + plainNumber(m/10%10) + " %"
}
