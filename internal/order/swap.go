package order

import (
	"fmt"

	"doorstep/money"
)

// Swapped is what units of a line come to when another article of the same or a lower price is
// sent in their place.
type Swapped struct {
	Old []Unit // all of the line: the swapped units keep what the new article costs less
	New []Unit // of the line of the new article
}

// Swap moves the shares of n units of a line, of which last is the highest, to another article
// with a price of its own: price and discount fall alike, shipping stays, and tax falls with
// what the unit brings. The old units keep the rest, so that the sums of the order stay as they
// are and what goes back is again a look-up: the share of the old units.
func Swap(units []OrderUnit, line, last, n, price int64, c money.Currency) (s Swapped, err error) {
	first, moved := last-n+1, int64(0)
	for _, u := range units {
		if u.LineID != line {
			continue
		}
		was := Unit{First: u.FirstUnit, Units: u.Units, Price: u.PriceMinor, Discount: u.DiscountMinor, Shipping: u.ShippingMinor, Tax: u.TaxMinor}
		from, to := max(first, was.First), min(last, was.First+was.Units-1)
		if from > to {
			s.Old = append(s.Old, was)
			continue
		}
		cheaper, err := was.at(price, c)
		if err != nil {
			return s, err
		}
		rest := Unit{First: from, Units: to - from + 1, Price: was.Price - cheaper.Price, Discount: was.Discount - cheaper.Discount, Tax: was.Tax - cheaper.Tax}
		s.Old = appendPart(s.Old, was, was.First, from-1)
		s.Old = append(s.Old, rest)
		s.Old = appendPart(s.Old, was, to+1, was.First+was.Units-1)
		cheaper.First, cheaper.Units = moved+1, rest.Units
		s.New, moved = append(s.New, cheaper), moved+rest.Units
	}
	if moved != n || n <= 0 {
		return s, fmt.Errorf("line %d: %d of %d units to swap are there", line, moved, n)
	}
	return s, nil
}

// appendPart adds units of a row, from one to another, if there are any.
func appendPart(list []Unit, row Unit, from, to int64) []Unit {
	if from > to {
		return list
	}
	row.First, row.Units = from, to-from+1
	return append(list, row)
}

// at is a unit's share if its price were another, which is not higher.
func (u Unit) at(price int64, c money.Currency) (Unit, error) {
	if price < 0 || price > u.Price {
		return u, fmt.Errorf("a price of %d in place of %d: not possible", price, u.Price)
	}
	if price == u.Price {
		return u, nil
	}
	off, err := money.New(u.Discount, c).Share(price, u.Price)
	if err != nil {
		return u, err
	}
	out := Unit{Price: price, Discount: off.Minor, Shipping: u.Shipping}
	before, now := u.Price-u.Discount+u.Shipping, out.Price-out.Discount+out.Shipping
	if before == 0 || u.Tax == 0 {
		return out, nil
	}
	tax, err := money.New(u.Tax, c).Share(now, before)
	out.Tax = tax.Minor
	return out, err
}
