package flow

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
)

// MarkTest makes an order the merchant's own test: everything that is bought for it waits for
// a person. Call it before the money is there.
func MarkTest(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, actor Actor) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		if err := store.MarkTest(ctx, tx, s, name); err != nil {
			return err
		}
		return note(ctx, tx, o, "order.marked-test", string(name), actor, data{"number": o.Number})
	})
}

// holdTest keeps what is bought for a test order: no supplier ships one by mistake.
func holdTest(ctx context.Context, tx *db.Tx, p *purchase.Purchase) error {
	test, err := store.IsTest(ctx, tx, p.StoreID, p.OrderID)
	if err != nil || !test {
		return err
	}
	p.State, p.HoldCode = purchase.Held, "manual"
	p.HoldReason = "This is your test order: nothing leaves by itself. Order it by hand to see it travel, or cancel it."
	return nil
}
