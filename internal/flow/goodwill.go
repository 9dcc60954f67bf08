package flow

import (
	"context"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
)

// MailGoodwill brings a code for the next order to somebody who has waited too long.
const MailGoodwill = "goodwill"

const (
	goodwillBack = 30 * 24 * time.Hour // promises that were broken longer ago are left alone
	goodwillMost = 200                 // orders at a time
)

// OwesGoodwill lists orders whose promised day has passed, that are not there, and whose
// customers have no code for it yet. None where the store's rule is off. It changes nothing.
func OwesGoodwill(ctx context.Context, tx *db.Tx, s id.Store) ([]id.Order, error) {
	set, err := settingsOf(ctx, tx, s)
	if err != nil || set.GoodwillPercent == 0 {
		return nil, err
	}
	return New(tx).LateOrders(ctx, LateOrdersParams{StoreID: s, PromisedTo: tx.Now.Add(-doorGrace), PromisedTo_2: tx.Now.Add(-goodwillBack), Limit: goodwillMost})
}

// GiveGoodwill makes a code for the next order of a customer who waits too long, once for an
// order, and tells them. Nothing happens where it has arrived meanwhile.
func GiveGoodwill(ctx context.Context, tx *db.Tx, s id.Store, name id.Order) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		set, err := settingsOf(ctx, tx, s)
		if err != nil || set.GoodwillPercent == 0 || o.State != order.Open || o.Goods == "delivered" || tx.Now <= o.PromisedTo.Add(doorGrace) {
			return err
		}
		d := discount.Discount{StoreID: s, DiscountID: id.Discount(id.New("dc", tx.Now.Std())), Code: "SORRY-" + strings.ToUpper(id.Token()[:8]),
			Kind: discount.Percent, Value: set.GoodwillPercent, Currency: o.Currency, Once: true, MostUses: 1, Email: discount.Fold(o.Email),
			OrderID: o.OrderID, Active: true, UntilAt: clock.Of(tx.Now.Std().AddDate(0, 0, int(set.GoodwillDays))), Note: "Order " + o.Name() + " came late."}
		fresh, err := discount.Insert(ctx, tx, d)
		if err != nil || !fresh {
			return err
		}
		return note(ctx, tx, o, "order.goodwill", string(o.OrderID), System, data{"code": d.Code, "value": d.Value})
	})
}

// tellGoodwill brings the code to the customer.
func tellGoodwill(ctx context.Context, tx *db.Tx, e event.Event) error {
	return tell(ctx, tx, e, MailGoodwill, string(e.OrderID), About{})
}
