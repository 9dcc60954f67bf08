package order

import (
	"fmt"

	"doorstep/money"
)

// Item is one line of a cart as totals are made from it.
type Item struct {
	Quantity  int64
	UnitPrice int64 // minor units
	Taxable   bool
}

// TaxRule says how much tax applies: Num/Den of the net price (19/100), and whether
// prices contain it already.
type TaxRule struct {
	Num, Den int64
	Included bool
}

// Unit is the share of one or more equal units of a line.
type Unit struct {
	First, Units                   int64
	Price, Discount, Shipping, Tax int64 // of each, minor units
}

// Totals are the sums of an order and the share of every unit in them.
type Totals struct {
	Subtotal, Discount, Shipping, Tax, Total int64
	Units                                    [][]Unit // per line
}

// MaxUnits is the largest number of units in one order: it bounds the allocation.
const MaxUnits = 10_000

// Sum makes the totals: the discount is spread over units by price, shipping by what is
// left to pay, tax computed per unit, so that every unit knows what to give back. Units of
// a line differ by at most a few minor units; equal neighbours share an entry.
func Sum(c money.Currency, items []Item, shipping, discount int64, tax TaxRule) (Totals, error) {
	if shipping < 0 || discount < 0 {
		return Totals{}, fmt.Errorf("shipping %d, discount %d: not possible", shipping, discount)
	}
	prices, err := unitPrices(items)
	if err != nil {
		return Totals{}, err
	}
	t := Totals{Shipping: shipping}
	for _, p := range prices {
		t.Subtotal += p
	}
	t.Discount = min(discount, t.Subtotal)
	discounts := money.New(t.Discount, c).Allocate(prices)
	net := make([]int64, len(prices))
	for i, p := range prices {
		net[i] = p - discounts[i].Minor
	}
	freights := money.New(shipping, c).Allocate(net)
	units := make([]Unit, len(prices))
	for i := range units {
		units[i] = Unit{Units: 1, Price: prices[i], Discount: discounts[i].Minor, Shipping: freights[i].Minor}
	}
	if err := t.addTax(c, items, units, tax); err != nil {
		return Totals{}, err
	}
	t.Total = t.Subtotal - t.Discount + t.Shipping
	if !tax.Included {
		t.Total += t.Tax
	}
	t.Units = group(items, units)
	return t, nil
}

// unitPrices is the price of every single unit, lines one after another.
func unitPrices(items []Item) ([]int64, error) {
	var prices []int64
	var total int64
	for i, it := range items {
		if it.Quantity <= 0 || it.UnitPrice < 0 {
			return nil, fmt.Errorf("line %d: quantity %d, price %d: not possible", i+1, it.Quantity, it.UnitPrice)
		}
		if int64(len(prices))+it.Quantity > MaxUnits {
			return nil, fmt.Errorf("line %d: an order holds at most %d units", i+1, MaxUnits)
		}
		for range it.Quantity {
			prices = append(prices, it.UnitPrice)
		}
		if total += it.UnitPrice * it.Quantity; total < 0 || it.UnitPrice > 1<<52 {
			return nil, fmt.Errorf("line %d: %w", i+1, money.ErrOverflow)
		}
	}
	if len(prices) == 0 {
		return nil, fmt.Errorf("an order needs a line")
	}
	return prices, nil
}

// addTax computes the tax of all taxable units at once, rounded once, and spreads it.
func (t *Totals) addTax(c money.Currency, items []Item, units []Unit, tax TaxRule) error {
	if tax.Num == 0 {
		return nil
	}
	weights, i := make([]int64, len(units)), 0
	var base int64
	for _, it := range items {
		for range it.Quantity {
			if it.Taxable {
				weights[i] = units[i].Price - units[i].Discount + units[i].Shipping
				base += weights[i]
			}
			i++
		}
	}
	den := tax.Den
	if tax.Included {
		den += tax.Num
	}
	sum, err := money.New(base, c).Share(tax.Num, den)
	if err != nil {
		return err
	}
	if t.Tax = sum.Minor; t.Tax == 0 {
		return nil
	}
	for j, part := range sum.Allocate(weights) {
		units[j].Tax = part.Minor
	}
	return nil
}

// group joins equal neighbours of each line.
func group(items []Item, units []Unit) [][]Unit {
	lines, at := make([][]Unit, len(items)), 0
	for l, it := range items {
		for n := range it.Quantity {
			u := units[at]
			at++
			u.First = n + 1
			if last := len(lines[l]) - 1; last >= 0 && lines[l][last].same(u) {
				lines[l][last].Units++
				continue
			}
			lines[l] = append(lines[l], u)
		}
	}
	return lines
}

func (u Unit) same(v Unit) bool {
	return u.Price == v.Price && u.Discount == v.Discount && u.Shipping == v.Shipping && u.Tax == v.Tax
}

// Share is what units first to last of a line weigh in the order's total: price less
// discount, with shipping, and with tax where prices do not contain it.
func Share(units []OrderUnit, line, first, last int64, taxIncluded bool) int64 {
	var total int64
	for _, u := range units {
		from, to := max(first, u.FirstUnit), min(last, u.FirstUnit+u.Units-1)
		if u.LineID != line || from > to {
			continue
		}
		each := u.PriceMinor - u.DiscountMinor + u.ShippingMinor
		if !taxIncluded {
			each += u.TaxMinor
		}
		total += each * (to - from + 1)
	}
	return total
}
