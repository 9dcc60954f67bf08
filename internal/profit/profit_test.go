package profit_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/id"
	"doorstep/internal/profit"
)

func TestADamagedMug(t *testing.T) {
	t.Parallel()
	o := profit.Order{ID: "or_1", Currency: "EUR", Total: 11900, Tax: 1900, Discount: 1000, Shipping: 500,
		Lines: []profit.Line{{Line: 1, Product: "pr_mug", Title: "Mug", Quantity: 2, Sale: 3900, Tax: 623, Discount: 400, Shipping: 200},
			{Line: 2, Product: "pr_lamp", Title: "Lamp", Quantity: 1, Sale: 8000, Tax: 1277, Discount: 600, Shipping: 300}},
		Weights: map[string]map[int64]int64{"pu_1": {1: 600, 2: 0}, "pu_2": {2: 4000}, "re_1": {1: 1950}, "di_1": {1: 300}},
		Entries: []profit.Entry{
			{"or_1", "sale", "customer", "sales", 11900}, {"pa_1", "capture", "cash", "customer", 11900}, {"pa_1", "fee", "fees", "cash", 201},
			{"pu_1", "cost", "cost", "supplier", 700}, {"pu_2", "cost", "cost", "supplier", 4300}, {"pu_2", "billed", "cost", "supplier", 50},
			{"re_1", "refund", "customer", "cash", 1950}, {"re_1", "credit", "sales", "customer", 1950}, {"di_1", "recovery", "supplier", "recovered", 250}}}
	r := profit.Of(o)
	want := profit.Figures{Sale: 11900, GivenBack: -1950, Tax: -1589, Fees: -201, Cost: -5000, Billed: -50, Recovered: 250, Discount: 1000, Shipping: 500}
	if r.Figures != want || r.Profit() != 3360 {
		t.Errorf("%+v: %d", r.Figures, r.Profit())
	}
	mug := r.Articles[0]
	if mug.GivenBack != -1950 || mug.Cost != -700 || mug.Billed != 0 || mug.Recovered != 250 || mug.Fees != -66 {
		t.Errorf("the mug: %+v", mug.Figures)
	}
	if m := r.Margin(); m != 4018 {
		t.Errorf("margin %d", m)
	}
}

// Whatever is booked, lines add up to their order, products to the orders, and orders to the
// balance of the ledger's accounts of results less the tax.
func TestSumsAreTheLedgers(t *testing.T) {
	t.Parallel()
	accounts := []string{"customer", "cash", "sales", "fees", "disputed", "cost", "supplier", "recovered", "goodwill", "store-credit", "something"}
	kinds := []string{"sale", "capture", "fee", "refund", "credit", "dispute", "cost", "cost-back", "billed", "recovery", "granted", "exchange"}
	rapid.Check(t, func(t *rapid.T) {
		var list []profit.Result
		var ledger, tax int64
		for n := range rapid.IntRange(1, 6).Draw(t, "orders") {
			o := profit.Order{ID: id.Order(fmt.Sprint("or_", n)), Currency: "EUR", Total: rapid.Int64Range(0, 1e9).Draw(t, "total"), Weights: map[string]map[int64]int64{}}
			o.Tax = rapid.Int64Range(0, o.Total).Draw(t, "tax")
			for l := range rapid.IntRange(1, 5).Draw(t, "lines") {
				o.Lines = append(o.Lines, profit.Line{Line: int64(l + 1), Product: id.Product(fmt.Sprint("pr_", rapid.IntRange(1, 3).Draw(t, "product"))),
					Quantity: rapid.Int64Range(1, 9).Draw(t, "quantity"), Sale: rapid.Int64Range(0, 1e6).Draw(t, "sale"), Tax: rapid.Int64Range(0, 1e5).Draw(t, "line tax")})
			}
			for range rapid.IntRange(0, 20).Draw(t, "entries") {
				e := profit.Entry{Subject: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "subject"), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"),
					Debit: rapid.SampledFrom(accounts).Draw(t, "debit"), Credit: rapid.SampledFrom(accounts).Draw(t, "credit"), Amount: rapid.Int64Range(0, 1e9).Draw(t, "amount")}
				o.Entries = append(o.Entries, e)
				for account, sign := range map[string]int64{"+" + e.Credit: 1, "-" + e.Debit: -1} {
					switch account[1:] {
					case "customer", "cash", "supplier", "store-credit":
					default:
						ledger += sign * e.Amount
					}
				}
			}
			o.Weights["a"] = map[int64]int64{1: rapid.Int64Range(0, 9).Draw(t, "weight")}
			r := profit.Of(o)
			var lines profit.Figures
			for _, a := range r.Articles {
				lines.Add(a.Figures)
			}
			lines.Discount, lines.Shipping = r.Discount, r.Shipping
			if lines != r.Figures {
				t.Fatalf("lines add up to %+v, the order is %+v", lines, r.Figures)
			}
			tax += r.Tax
			list = append(list, r)
		}
		var products, orders int64
		for _, p := range profit.ByProduct(list) {
			products += p.Profit()
		}
		_, sums := profit.Sum(list)
		orders = sums["EUR"].Profit()
		if orders != products || orders != ledger+tax {
			t.Fatalf("orders %d, products %d, ledger %d with tax %d", orders, products, ledger, tax)
		}
	})
}
