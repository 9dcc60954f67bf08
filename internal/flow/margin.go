package flow

import (
	"context"
	"math/big"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// revenuesOf is what the customer pays for what each purchase buys, without tax: the price
// less discount, and a part of the shipping. The order's units carry shipping by their price,
// for refunds; but what a purchase costs holds its supplier's own freight. So shipping is
// shared here by freight, over the purchases that live and those that are planned now: a
// cheap article with dear freight is not held for a loss that the order does not make.
func revenuesOf(ctx context.Context, tx *db.Tx, o order.Order, earlier []purchase.Purchase, buys []purchase.Buy) ([]int64, error) {
	units, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	var shipping int64
	for _, l := range lines {
		_, part := net(units, l.LineID, 1, l.Left(), o.TaxIncluded())
		shipping += part
	}
	goods, weights := make([]int64, len(buys)), make([]int64, len(buys))
	for i, b := range buys {
		for _, l := range b.Lines {
			part, _ := net(units, l.Need.Line, 1, l.Quantity, o.TaxIncluded())
			goods[i] += part
		}
		weights[i] = b.Freight.Here
	}
	for _, p := range earlier {
		if p.Live() && p.ClaimID == "" {
			here, err := freightHere(p)
			if err != nil {
				return nil, err
			}
			weights = append(weights, here)
		}
	}
	if sumOf(weights) == 0 { // nobody asks for freight: then by price
		copy(weights, goods)
	}
	for i, part := range money.New(shipping, o.Currency).Allocate(weights) {
		if i < len(buys) {
			goods[i] += part.Minor
		}
	}
	return goods, nil
}

// net is what units first to last of a line bring without tax, goods and shipping apart.
func net(units []order.OrderUnit, line, first, last int64, taxIncluded bool) (goods, shipping int64) {
	for _, u := range units {
		n := min(last, u.FirstUnit+u.Units-1) - max(first, u.FirstUnit) + 1
		if u.LineID != line || n <= 0 {
			continue
		}
		g, s := u.PriceMinor-u.DiscountMinor, u.ShippingMinor
		if taxIncluded && g+s > 0 {
			ofShipping := share(u.TaxMinor, s, g+s)
			g, s = g-(u.TaxMinor-ofShipping), s-ofShipping
		}
		goods, shipping = goods+g*n, shipping+s*n
	}
	return goods, shipping
}

// share is amount × part / whole, rounded down, of amounts whose product may be too large.
func share(amount, part, whole int64) int64 {
	product := new(big.Int).Mul(big.NewInt(amount), big.NewInt(part))
	return product.Quo(product, big.NewInt(whole)).Int64()
}

// freightHere is a purchase's freight in the order's currency.
func freightHere(p purchase.Purchase) (int64, error) {
	rate, err := p.Exchange()
	if err != nil {
		return 0, err
	}
	here, err := rate.Convert(money.New(p.FreightMinor, p.Currency))
	return here.Minor, err
}

func sumOf(list []int64) (total int64) {
	for _, n := range list {
		total += n
	}
	return total
}

// margin is the profit in basis points of the revenue, rounded down.
func margin(revenue, cost int64) int64 {
	if revenue <= 0 {
		return -10_000
	}
	m := (revenue - cost) * 10_000 / revenue
	if (revenue-cost)*10_000%revenue < 0 {
		m--
	}
	return m
}

// percent writes basis points: 1250 is "12.5 %".
func percent(points int64) string {
	return strings.TrimSuffix(strings.TrimRight(big.NewRat(points, 100).FloatString(2), "0"), ".") + " %"
}
