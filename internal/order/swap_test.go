package order_test

import (
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/order"
)

func sumOfUnits(lists ...[]order.Unit) (n int64, sum order.Unit) {
	for _, list := range lists {
		for _, u := range list {
			n += u.Units
			sum.Price += u.Price * u.Units
			sum.Discount += u.Discount * u.Units
			sum.Shipping += u.Shipping * u.Units
			sum.Tax += u.Tax * u.Units
		}
	}
	return n, sum
}

// Whatever is swapped, nothing of the order is lost or made: the sums stay, no share is
// negative, and no unit weighs more than before.
func TestSwapKeepsTheSums(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		quantity, price := rapid.Int64Range(1, 9).Draw(t, "quantity"), rapid.Int64Range(0, 9999).Draw(t, "price")
		included := rapid.Bool().Draw(t, "included")
		totals, err := order.Sum("EUR", []order.Item{{Quantity: quantity, UnitPrice: price, Taxable: true}, {Quantity: 2, UnitPrice: 777, Taxable: true}},
			rapid.Int64Range(0, 999).Draw(t, "shipping"), rapid.Int64Range(0, 5000).Draw(t, "discount"), order.TaxRule{Num: 19, Den: 100, Included: included})
		if err != nil {
			t.Fatal(err)
		}
		var rows []order.OrderUnit
		for i, line := range totals.Units {
			for _, u := range line {
				rows = append(rows, order.OrderUnit{LineID: int64(i + 1), FirstUnit: u.First, Units: u.Units, PriceMinor: u.Price,
					DiscountMinor: u.Discount, ShippingMinor: u.Shipping, TaxMinor: u.Tax})
			}
		}
		last := rapid.Int64Range(1, quantity).Draw(t, "last")
		n := rapid.Int64Range(1, last).Draw(t, "n")
		s, err := order.Swap(rows, 1, last, n, rapid.Int64Range(0, price).Draw(t, "new price"), "EUR")
		if err != nil {
			t.Fatal(err)
		}
		_, was := sumOfUnits(totals.Units[0])
		_, now := sumOfUnits(s.Old, s.New)
		old, _ := sumOfUnits(s.Old)
		moved, _ := sumOfUnits(s.New)
		if was != now || old != quantity || moved != n {
			t.Fatalf("%+v became %+v, %d and %d units", was, now, old, moved)
		}
		at := int64(1)
		for _, u := range s.Old {
			if u.First != at {
				t.Fatalf("a gap before unit %d: %+v", at, s.Old)
			}
			at += u.Units
		}
		for _, u := range append(s.Old, s.New...) {
			if u.Units < 1 || u.Price < 0 || u.Discount < 0 || u.Discount > u.Price || u.Shipping < 0 || u.Tax < 0 {
				t.Fatalf("not possible: %+v", u)
			}
		}
	})
}

func TestSwapRefusesWhatIsNotThere(t *testing.T) {
	t.Parallel()
	rows := []order.OrderUnit{{LineID: 1, FirstUnit: 1, Units: 2, PriceMinor: 1000}}
	for name, c := range map[string][3]int64{"more than there are": {2, 3, 500}, "none": {2, 0, 500}, "dearer": {2, 1, 1001}, "beyond the end": {3, 1, 500}} {
		if _, err := order.Swap(rows, 1, c[0], c[1], c[2], "EUR"); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
