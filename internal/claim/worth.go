package claim

// Unit is the share of N equal units in what the customer paid, each in minor units: the
// allocation that was made when the order was placed.
type Unit struct {
	N                              int64
	Price, Discount, Shipping, Tax int64
}

// Worth is what units weigh in the order's total: the goods after their discount, and their
// share of shipping, each with its tax where prices do not contain it.
func Worth(units []Unit, taxIncluded bool) (goods, shipping int64) {
	for _, u := range units {
		net := u.Price - u.Discount
		g, s := net, u.Shipping
		if base := net + u.Shipping; !taxIncluded && base > 0 {
			own := u.Tax * net / base
			g, s = g+own, s+u.Tax-own
		}
		goods, shipping = goods+g*u.N, shipping+s*u.N
	}
	return goods, shipping
}

// Part is n of total, as a share of amount, rounded down: what a parcel of which only some
// units were as they should be is worth.
func Part(amount, n, total int64) int64 {
	if total <= 0 {
		return 0
	}
	return amount/total*n + amount%total*n/total
}
