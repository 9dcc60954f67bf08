package order_test

import (
	"errors"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/order"
	"doorstep/money"
)

func anyCart() *rapid.Generator[[]order.Item] {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) order.Item {
		return order.Item{
			Quantity:  rapid.Int64Range(1, 30).Draw(t, "quantity"),
			UnitPrice: rapid.OneOf(rapid.Int64Range(0, 5), rapid.Int64Range(0, 1_000_000)).Draw(t, "price"),
			Taxable:   rapid.Bool().Draw(t, "taxable"),
		}
	}), 1, 8)
}

// For any cart the units' shares add up to the totals, whatever the discount and the tax.
func TestUnitsAddUpToTotals(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		c := rapid.SampledFrom([]money.Currency{"JPY", "EUR", "KWD"}).Draw(t, "currency")
		items := anyCart().Draw(t, "cart")
		shipping, discount := rapid.Int64Range(0, 20_000).Draw(t, "shipping"), rapid.Int64Range(0, 2_000_000).Draw(t, "discount")
		rule := order.TaxRule{Num: rapid.Int64Range(0, 30).Draw(t, "tax"), Den: 100, Included: rapid.Bool().Draw(t, "included")}
		got, err := order.Sum(c, items, shipping, discount, rule)
		if err != nil {
			t.Fatal(err)
		}
		stored := checkUnits(t, items, got)
		checkTotals(t, items, got, discount, rule)
		var shares int64
		for i, it := range items {
			shares += order.Share(stored, int64(i+1), 1, it.Quantity, rule.Included)
		}
		if shares != got.Total {
			t.Fatalf("the shares of all units come to %d, the total is %d", shares, got.Total)
		}
	})
}

// checkUnits wants every line's units covered without gaps and gives them as they are stored.
func checkUnits(t *rapid.T, items []order.Item, got order.Totals) (stored []order.OrderUnit) {
	var price, discount, shipping, tax int64
	for i, it := range items {
		next := int64(1)
		for _, u := range got.Units[i] {
			if u.First != next || u.Units < 1 || u.Price != it.UnitPrice || u.Discount < 0 || u.Discount > u.Price || u.Shipping < 0 || u.Tax < 0 {
				t.Fatalf("line %d: %+v, the next unit should be %d", i+1, u, next)
			}
			if !it.Taxable && u.Tax != 0 {
				t.Fatalf("line %d is not taxable and bears %d", i+1, u.Tax)
			}
			next += u.Units
			price, discount = price+u.Price*u.Units, discount+u.Discount*u.Units
			shipping, tax = shipping+u.Shipping*u.Units, tax+u.Tax*u.Units
			stored = append(stored, order.OrderUnit{LineID: int64(i + 1), FirstUnit: u.First, Units: u.Units, PriceMinor: u.Price,
				DiscountMinor: u.Discount, ShippingMinor: u.Shipping, TaxMinor: u.Tax})
		}
		if next != it.Quantity+1 {
			t.Fatalf("line %d has %d units, %d are covered", i+1, it.Quantity, next-1)
		}
	}
	if price != got.Subtotal || discount != got.Discount || shipping != got.Shipping || tax != got.Tax {
		t.Fatalf("units come to %d - %d + %d, tax %d; totals are %+v", price, discount, shipping, tax, got)
	}
	return stored
}

func checkTotals(t *rapid.T, items []order.Item, got order.Totals, discount int64, rule order.TaxRule) {
	var subtotal int64
	for _, it := range items {
		subtotal += it.Quantity * it.UnitPrice
	}
	want := subtotal - min(discount, subtotal) + got.Shipping
	if !rule.Included {
		want += got.Tax
	}
	if got.Subtotal != subtotal || got.Discount != min(discount, subtotal) || got.Total != want {
		t.Fatalf("totals %+v of a subtotal of %d and a discount of %d", got, subtotal, discount)
	}
}

func TestTotalsByExample(t *testing.T) {
	t.Parallel()
	two := []order.Item{{Quantity: 2, UnitPrice: 1000, Taxable: true}, {Quantity: 1, UnitPrice: 500}}
	for name, c := range map[string]struct {
		shipping, discount int64
		tax                order.TaxRule
		want               order.Totals
	}{
		"no tax":       {490, 0, order.TaxRule{Den: 100}, order.Totals{Subtotal: 2500, Shipping: 490, Total: 2990}},
		"included":     {0, 0, order.TaxRule{Num: 19, Den: 100, Included: true}, order.Totals{Subtotal: 2500, Tax: 319, Total: 2500}},
		"on top":       {0, 0, order.TaxRule{Num: 19, Den: 100}, order.Totals{Subtotal: 2500, Tax: 380, Total: 2880}},
		"all for free": {0, 9999, order.TaxRule{Num: 19, Den: 100}, order.Totals{Subtotal: 2500, Discount: 2500, Total: 0}},
		"shipping is taxed with its goods": {250, 0, order.TaxRule{Num: 10, Den: 100},
			order.Totals{Subtotal: 2500, Shipping: 250, Tax: 220, Total: 2970}},
	} {
		got, err := order.Sum("EUR", two, c.shipping, c.discount, c.tax)
		got.Units = nil
		if err != nil || got.Subtotal != c.want.Subtotal || got.Discount != c.want.Discount || got.Shipping != c.want.Shipping || got.Tax != c.want.Tax || got.Total != c.want.Total {
			t.Errorf("%s: %+v, %v; want %+v", name, got, err, c.want)
		}
	}
}

func TestTotalsRefuseNonsense(t *testing.T) {
	t.Parallel()
	for name, items := range map[string][]order.Item{
		"nothing": nil, "no units": {{Quantity: 0, UnitPrice: 1}}, "less than none": {{Quantity: -1, UnitPrice: 1}},
		"a negative price": {{Quantity: 1, UnitPrice: -1}}, "too many": {{Quantity: order.MaxUnits, UnitPrice: 1}, {Quantity: 1, UnitPrice: 1}},
	} {
		if got, err := order.Sum("EUR", items, 0, 0, order.TaxRule{Den: 100}); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if _, err := order.Sum("EUR", []order.Item{{Quantity: 1000, UnitPrice: 1 << 62}}, 0, 0, order.TaxRule{Den: 100}); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("too dear: %v", err)
	}
	for name, sums := range map[string][2]int64{"negative shipping": {-1, 0}, "a negative discount": {0, -1}} {
		if got, err := order.Sum("EUR", []order.Item{{Quantity: 3, UnitPrice: 100}}, sums[0], sums[1], order.TaxRule{Den: 100}); err == nil {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestShareOfSomeUnits(t *testing.T) {
	t.Parallel()
	units := []order.OrderUnit{
		{LineID: 1, FirstUnit: 1, Units: 2, PriceMinor: 100, DiscountMinor: 10, ShippingMinor: 5, TaxMinor: 19},
		{LineID: 1, FirstUnit: 3, Units: 1, PriceMinor: 100, DiscountMinor: 9, ShippingMinor: 4, TaxMinor: 19},
		{LineID: 2, FirstUnit: 1, Units: 1, PriceMinor: 7},
	}
	for _, c := range []struct {
		line, first, last int64
		included          bool
		want              int64
	}{{1, 1, 3, true, 285}, {1, 1, 3, false, 342}, {1, 2, 3, true, 190}, {1, 3, 3, true, 95}, {2, 1, 1, false, 7}, {1, 4, 9, true, 0}, {1, 3, 2, true, 0}, {3, 1, 9, true, 0}} {
		if got := order.Share(units, c.line, c.first, c.last, c.included); got != c.want {
			t.Errorf("line %d, %d to %d: %d, want %d", c.line, c.first, c.last, got, c.want)
		}
	}
}
