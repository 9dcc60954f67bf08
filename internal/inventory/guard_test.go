package inventory_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"doorstep/internal/clock"
	"doorstep/internal/inventory"
)

const noon = clock.Time(1_780_000_000_000_000)

// stocked are n known articles with a quantity each, and the page that says the same.
func stocked(n int, quantity int64) (before []inventory.Known, page []inventory.Offered) {
	for i := range n {
		sku := fmt.Sprintf("a%02d", i)
		before = append(before, inventory.Known{SKU: sku, CostMinor: 500, Currency: "USD", Quantity: quantity, AsOf: noon - 1})
		page = append(page, inventory.Offered{SKU: sku, CostMinor: 500, Currency: "USD", Quantity: quantity, AsOf: noon})
	}
	return before, page
}

func TestJudge(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name    string
		skus    int
		stock   int64
		change  func(before []inventory.Known, page []inventory.Offered) []inventory.Offered
		refused string // a word of the reason; empty: believed
	}{
		{"nothing new", 10, 50, same, ""},
		{"everything sold out", 10, 50, sellOut(10), "vanish"},
		{"everything sold out, three articles", 3, 50, sellOut(3), "vanish"},
		{"both of two sold out", 2, 1, sellOut(2), "vanish"},
		{"the only one sold out", 1, 1000, sellOut(1), ""},
		{"one of two sold out", 2, 50, sellOut(1), ""},
		{"two of ten sold out", 10, 50, sellOut(2), ""},
		{"three of ten sold out", 10, 50, sellOut(3), "sold out"},
		{"three of twelve sold out: a quarter, not more", 12, 50, sellOut(3), ""},
		{"everything back in stock", 8, 0, setAll(9), "sold out"},
		{"all down to half", 10, 50, setAll(25), ""},
		{"all below half", 10, 50, setAll(24), "vanish"},
		{"few units in all", 10, 1, sellOut(2), ""},
		{"a cost doubled", 10, 50, cost(1000), "costs 10.00 USD, before 5.00 USD"},
		{"a cost almost doubled", 10, 50, cost(999), ""},
		{"a cost fallen", 10, 50, cost(1), ""},
		{"a cost gone", 10, 50, cost(0), "costs nothing"},
		{"another currency", 10, 50, currency, "another currency"},
		{"cost not said", 10, 50, unsaid, ""},
		{"empty", 10, 50, func([]inventory.Known, []inventory.Offered) []inventory.Offered { return nil }, "empty"},
		{"older than known", 10, 50, older(10), "older"},
		{"some older than known", 10, 50, older(9), ""},
		{"negative", 10, 50, setAll(-1), "not possible"},
		{"never heard of before", 8, 0, unheard, ""},
	}
	for _, c := range cases {
		before, page := stocked(c.skus, c.stock)
		page = c.change(before, page)
		v := inventory.Judge(before, page, noon, noon, inventory.StandardLimits())
		reasons := strings.Join(v.Reasons, "; ")
		if v.Believe != (c.refused == "") || !strings.Contains(reasons, c.refused) {
			t.Errorf("%s: believed %v: %s", c.name, v.Believe, reasons)
		}
	}
}

func same(_ []inventory.Known, page []inventory.Offered) []inventory.Offered { return page }

func sellOut(n int) func([]inventory.Known, []inventory.Offered) []inventory.Offered {
	return func(_ []inventory.Known, page []inventory.Offered) []inventory.Offered {
		for i := range n {
			page[i].Quantity = 0
		}
		return page
	}
}

func setAll(quantity int64) func([]inventory.Known, []inventory.Offered) []inventory.Offered {
	return func(_ []inventory.Known, page []inventory.Offered) []inventory.Offered {
		for i := range page {
			page[i].Quantity = quantity
		}
		return page
	}
}

func cost(minor int64) func([]inventory.Known, []inventory.Offered) []inventory.Offered {
	return func(_ []inventory.Known, page []inventory.Offered) []inventory.Offered {
		page[4].CostMinor = minor
		return page
	}
}

func currency(_ []inventory.Known, page []inventory.Offered) []inventory.Offered {
	page[4].Currency = "CNY"
	return page
}

func unsaid(_ []inventory.Known, page []inventory.Offered) []inventory.Offered {
	page[4].Currency, page[4].CostMinor = "", 0
	return page
}

func older(n int) func([]inventory.Known, []inventory.Offered) []inventory.Offered {
	return func(_ []inventory.Known, page []inventory.Offered) []inventory.Offered {
		for i := range n {
			page[i].AsOf = noon - 2
		}
		return page
	}
}

func unheard(before []inventory.Known, page []inventory.Offered) []inventory.Offered {
	for i := range before {
		before[i].AsOf, page[i].Quantity = 0, 40
	}
	return page
}

func TestJudgeStale(t *testing.T) {
	t.Parallel()
	before, page := stocked(5, 50)
	l := inventory.StandardLimits()
	l.MaxAge = time.Hour
	if v := inventory.Judge(before, page, noon, noon.Add(time.Hour), l); !v.Believe {
		t.Errorf("an hour old: %v", v.Reasons)
	}
	if v := inventory.Judge(before, page, noon, noon.Add(time.Hour+time.Second), l); v.Believe {
		t.Error("a page older than the limit is believed")
	}
}

// TestBelievedPagesNeverEmptyTheShop: whatever a believed page says, no more than half of
// the stock of three or more articles goes at once.
func TestBelievedPagesNeverEmptyTheShop(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(3, 30).Draw(t, "articles")
		before, page := stocked(n, 0)
		var stock, left int64
		lost := 0
		for i := range page {
			before[i].Quantity = rapid.Int64Range(0, 100).Draw(t, "before")
			page[i].Quantity = rapid.Int64Range(0, 100).Draw(t, "after")
			stock += before[i].Quantity
			left += min(page[i].Quantity, before[i].Quantity)
			if page[i].Quantity < before[i].Quantity {
				lost++
			}
		}
		v := inventory.Judge(before, page, noon, noon, inventory.StandardLimits())
		if v.Believe && lost >= 3 && stock-left >= 10 && (stock-left)*2 > stock {
			t.Fatalf("believed: %d of %d units vanish from %d articles", stock-left, stock, lost)
		}
	})
}
