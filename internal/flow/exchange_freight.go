package flow

import (
	"context"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// planClaimed is planNow for what is bought for a claim, which may come from anybody: the suppliers
// who were not asked for freight at the order's checkout count with their tables.
func planClaimed(ctx context.Context, tx *db.Tx, o order.Order, needs []purchase.Need, tried map[id.Offer]string, set store.Settings) (purchase.Plan, error) {
	more, err := tableFreight(ctx, tx, o, variantsOf(needs))
	if err != nil {
		return purchase.Plan{}, err
	}
	return planWith(ctx, tx, o, needs, tried, set, more)
}

// tableFreight is what the tables of suppliers say who have an article and were not asked for
// freight at an order's checkout. A table that cannot be read says nothing.
func tableFreight(ctx context.Context, tx *db.Tx, o order.Order, variants []id.Variant) (list []Quote, err error) {
	to, err := o.ShipTo()
	if err != nil {
		return nil, err
	}
	chosen, err := parseOption(o.ShippingOption)
	if err != nil {
		return nil, err
	}
	rows, err := inventory.Candidates(ctx, tx, o.StoreID, variants)
	if err != nil {
		return nil, err
	}
	for _, c := range rows {
		told := func(q Quote) bool {
			return q.Supplier == c.Supplier.SupplierID && (q.ShipFrom == "" || q.ShipFrom == c.Offer.ShipFrom)
		}
		if slices.ContainsFunc(chosen.Quotes, told) || slices.ContainsFunc(list, told) {
			continue
		}
		table, err := inventory.ParseFreight(c.Supplier.Freight)
		if err != nil {
			continue
		}
		for _, r := range inventory.FreightTo(table, to.Country) {
			if cost, err := money.Parse(r.Cost, r.Currency); err == nil {
				list = append(list, Quote{Supplier: c.Supplier.SupplierID, ShipFrom: c.Offer.ShipFrom, Service: r.Service, Name: r.Name,
					CostMinor: cost.Minor, Currency: r.Currency, MinDays: r.MinDays, MaxDays: r.MaxDays, Guess: true})
			}
		}
	}
	return list, nil
}
