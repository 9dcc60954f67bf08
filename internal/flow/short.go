package flow

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

// applyShort notes units that will not come; they are reserved and sourced anew.
func applyShort(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, said SupplierSaid, actor Actor) error {
	if len(said.Short) == 0 || !purchase.Machine.Can(p.State, purchase.Short) {
		return nil
	}
	lines, err := linesByVariant(ctx, tx, p.StoreID, p.PurchaseID)
	if err != nil {
		return err
	}
	changed := false
	for _, short := range said.Short {
		left := short.Quantity // of all lines with the SKU
		for i, l := range lines {
			n := min(left, l.Quantity)
			if l.SupplierSku != short.SKU || n <= 0 {
				continue
			}
			left -= n
			if n <= l.Short {
				continue
			}
			if err := shorten(ctx, tx, o, l, n); err != nil {
				return err
			}
			lines[i].Short, changed = n, true
		}
	}
	if !changed {
		return nil
	}
	if err := note(ctx, tx, o, "purchase.shorted", string(p.PurchaseID), actor, data{"number": p.Number, "short": said.Short}); err != nil {
		return err
	}
	return dropRest(ctx, tx, o, p, lines, actor)
}

// shorten writes how many units of a line will not come and reserves stock for them again.
func shorten(ctx context.Context, tx *db.Tx, o order.Order, l purchase.PurchaseLine, short int64) error {
	if err := purchase.SetShort(ctx, tx, l, short); err != nil || o.State != order.Open {
		return err
	}
	_, err := inventory.Reserve(ctx, tx, o.StoreID, o.OrderID, l.OrderLineID, l.VariantID, short-l.Short, 0)
	return err
}

// dropRest ends a purchase of which everything that will come is in a parcel.
func dropRest(ctx context.Context, tx *db.Tx, o order.Order, p *purchase.Purchase, lines []purchase.PurchaseLine, actor Actor) error {
	left, err := unpacked(ctx, tx, *p, lines)
	if err != nil || p.State != purchase.Shipping || sum(left) > 0 {
		return err
	}
	if err := p.Move(purchase.DropRest); err != nil {
		return err
	}
	if err := purchase.Save(ctx, tx, *p); err != nil {
		return err
	}
	return note(ctx, tx, o, "purchase.shipped", string(p.PurchaseID), actor, data{"number": p.Number})
}
