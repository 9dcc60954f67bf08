package flow

import (
	"context"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// Sender is a supplier's offer for units of an order, as a person chooses among them.
type Sender struct {
	Supplier id.Supplier
	Name     string
	Line     int64 // of the order
	SKU      string
	Free     int64        // units not promised to others
	Cost     money.Amount // per unit, the supplier's currency
	Here     money.Amount // the same in the order's currency
	Freight  money.Amount // of one parcel, in the order's currency; meaningless where Barred
	Days     int64        // handling and transit, at most
	AsOf     clock.Time
	Barred   string // why it cannot serve at all, in words; empty: it can
}

// Senders lists who could send the lines of an order, with what speaks for and against each.
// It changes nothing.
func Senders(ctx context.Context, tx *db.Tx, o order.Order) ([]Sender, error) {
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return nil, err
	}
	shipTo, err := o.ShipTo()
	if err != nil {
		return nil, err
	}
	chosen, err := parseOption(o.ShippingOption)
	if err != nil {
		return nil, err
	}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return nil, err
	}
	var list []Sender
	for _, l := range lines {
		candidates, err := Candidates(ctx, tx, o.StoreID, []id.Variant{l.VariantID}, shipTo.Country, o.Currency, set)
		if err != nil {
			return nil, err
		}
		rows, err := inventory.Candidates(ctx, tx, o.StoreID, []id.Variant{l.VariantID})
		if err != nil {
			return nil, err
		}
		asOf := map[id.Offer]clock.Time{}
		for _, r := range rows {
			asOf[r.Offer.OfferID] = r.Offer.AsOf
		}
		for _, c := range candidates {
			s := Sender{Supplier: c.Supplier, Name: c.Name, Line: l.LineID, SKU: c.SKU, Free: max(c.Free, 0), Cost: c.Cost, AsOf: asOf[c.Offer],
				Here: money.New(c.Here, o.Currency), Barred: c.Barred, Freight: money.Zero(o.Currency), Days: c.Handling}
			priced := false
			for _, q := range chosen.Quotes {
				freights, err := freightsOf([]Quote{q}, o.Currency, set)
				if err != nil || q.Supplier != c.Supplier || len(freights) == 0 || freights[0].ShipFrom != "" && freights[0].ShipFrom != c.ShipFrom {
					continue
				}
				if f := freights[0]; !priced || f.Here < s.Freight.Minor {
					s.Freight, s.Days, priced = money.New(f.Here, o.Currency), c.Handling+int64(f.MaxDays), true
				}
			}
			if !priced && s.Barred == "" {
				s.Barred = "no freight to this address is known"
			}
			list = append(list, s)
		}
	}
	return list, nil
}

// BuyFrom is a person choosing the supplier: of the units that nobody has been asked for,
// or, where a purchase is named, of that one, which must not have been sent. It is refused
// where the supplier cannot send all of them.
func BuyFrom(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, instead id.Purchase, supplier id.Supplier, actor Actor) error {
	chosen, err := inventory.SupplierByID(ctx, tx, s, supplier)
	if err != nil {
		return refuse("not-found", "There is no such supplier.")
	}
	return change(ctx, tx, s, name, func(o order.Order) error {
		if o.State != order.Open {
			return refuse("not-possible", "Order %s is %s: nothing is to be bought for it.", o.Name(), o.State)
		}
		var was purchase.Purchase
		if instead != "" {
			if was, err = takeAway(ctx, tx, o, instead, actor); err != nil {
				return err
			}
		}
		if err := note(ctx, tx, o, "order.supplier-chosen", string(name), actor, data{"supplier": chosen.Name}); err != nil {
			return err
		}
		if err := buyInstead(ctx, tx, o, was, sourcing{wanted: true, only: supplier}, actor); err != nil || was.ClaimID != "" {
			return err
		}
		earlier, err := purchase.OfOrder(ctx, tx, s, name)
		if err != nil {
			return err
		}
		left, _, err := openNeeds(ctx, tx, o, earlier)
		if err != nil {
			return err
		}
		if len(left) > 0 {
			return refuse("not-enough", "%s cannot send all of it: %d of %s are left.", chosen.Name, left[0].Quantity, left[0].Title)
		}
		return nil
	})
}

// takeAway drops a purchase of the order that was not sent yet.
func takeAway(ctx context.Context, tx *db.Tx, o order.Order, name id.Purchase, actor Actor) (purchase.Purchase, error) {
	p, err := purchase.Lock(ctx, tx, o.StoreID, name)
	if err != nil || p.OrderID != o.OrderID {
		return p, refuse("not-found", "There is no purchase %s.", name)
	}
	if !purchase.Machine.Can(p.State, purchase.Drop) {
		return p, refuse("not-possible", "%s is %s: it can only be bought elsewhere before it is sent.", p.Number, p.State)
	}
	p.Code, p.Words = rerouted, "a person chose another supplier"
	return p, dropPurchase(ctx, tx, o, &p, actor)
}

// othersBarred keeps everybody but one supplier from being chosen.
func othersBarred(ctx context.Context, tx *db.Tx, s id.Store, needs []purchase.Need, only id.Supplier) (map[id.Offer]string, error) {
	variants := make([]id.Variant, len(needs))
	for i, n := range needs {
		variants[i] = n.Variant
	}
	rows, err := inventory.Candidates(ctx, tx, s, variants)
	barred := map[id.Offer]string{}
	for _, r := range rows {
		if r.Offer.SupplierID != only {
			barred[r.Offer.OfferID] = "a person chose another supplier"
		}
	}
	return barred, err
}
