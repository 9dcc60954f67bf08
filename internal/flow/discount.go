package flow

import (
	"context"
	"errors"

	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/money"
)

// EnterDiscount keeps a discount's code with a cart, if it holds for it; an empty one takes it
// out. Errors for the customer are *Refusal.
func EnterDiscount(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart, typed string) error {
	code := discount.Code(typed)
	if code == "" {
		return cartRefusal(cart.SetCode(ctx, tx, s, name, ""))
	}
	c, err := cart.Get(ctx, tx, s, name)
	if err != nil {
		return cartRefusal(err)
	}
	_, items, err := linesOf(ctx, tx, s, c)
	if err != nil {
		return err
	}
	c.Code = code
	if _, _, err := takenOff(ctx, tx, c, bagOf(tx, c, items, 0)); err != nil {
		return err
	}
	return cartRefusal(cart.SetCode(ctx, tx, s, name, code))
}

// CodeTakes is what the cart's code takes off its goods, before anybody chose how to ship. A
// code that does not hold is a *Refusal.
func CodeTakes(ctx context.Context, tx *db.Tx, c cart.Cart) (money.Amount, error) {
	none := money.Zero(c.Currency)
	if c.Code == "" {
		return none, nil
	}
	_, items, err := linesOf(ctx, tx, c.StoreID, c)
	if err != nil {
		return none, err
	}
	_, off, err := takenOff(ctx, tx, c, bagOf(tx, c, items, 0))
	return money.New(off.Goods, c.Currency), err
}

// bagOf is a cart as codes look at it.
func bagOf(tx *db.Tx, c cart.Cart, items []order.Item, shipping int64) discount.Bag {
	b := discount.Bag{Shipping: shipping, Currency: c.Currency, Email: c.Email, Now: tx.Now}
	for _, it := range items {
		b.Goods += it.UnitPrice * it.Quantity
	}
	return b
}

// takenOff is what the cart's code takes off it; nothing where it has none. A code that does
// not hold is a *Refusal.
func takenOff(ctx context.Context, tx *db.Tx, c cart.Cart, b discount.Bag) (discount.Discount, discount.Off, error) {
	if c.Code == "" {
		return discount.Discount{}, discount.Off{}, nil
	}
	d, err := discount.Find(ctx, tx, c.StoreID, c.Code)
	if err != nil {
		return d, discount.Off{}, codeRefusal(err, d)
	}
	off, err := d.For(b)
	if err != nil {
		return d, off, codeRefusal(err, d)
	}
	before, err := discount.UsedBefore(ctx, tx, d, b.Email)
	if err == nil && before {
		err = discount.ErrOnce
	}
	return d, off, codeRefusal(err, d)
}

// codeRefusal says in words why a code does not hold.
func codeRefusal(err error, d discount.Discount) error {
	say := func(code, words string) error {
		return &Refusal{Code: code, Field: "code", Words: words, Least: d.Least()}
	}
	switch {
	case err == nil:
		return nil
	case errors.Is(err, discount.ErrUnknown):
		return say("code-unknown", "There is no such discount code.")
	case errors.Is(err, discount.ErrStopped), errors.Is(err, discount.ErrOver):
		return say("code-over", "This discount code is not in use any more.")
	case errors.Is(err, discount.ErrEarly):
		return say("code-early", "This discount code does not hold yet.")
	case errors.Is(err, discount.ErrMinimum):
		return say("code-minimum", "This discount code holds from "+d.Least().String()+" of goods.")
	case errors.Is(err, discount.ErrCurrency):
		return say("code-currency", "This discount code is for another currency.")
	case errors.Is(err, discount.ErrUsedUp):
		return say("code-used-up", "This discount code has been used up.")
	case errors.Is(err, discount.ErrOnce):
		return say("code-once", "You have used this discount code before.")
	case errors.Is(err, discount.ErrNotYours):
		return say("code-not-yours", "This discount code is for another mail address.")
	}
	return err
}

// useCode counts the code for an order that is being placed: the last use is given once.
func useCode(ctx context.Context, tx *db.Tx, d draft) error {
	if d.code.Code == "" {
		return nil
	}
	return codeRefusal(discount.Use(ctx, tx, d.code, d.order.OrderID, d.order.Email, d.off, discount.Bag{Currency: d.order.Currency}), d.code)
}

// releaseCode gives the use of a code back when its order ends and nobody ever paid.
func releaseCode(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || o.PaidAt != 0 || o.DiscountCode == "" {
		return err
	}
	_, err = discount.Release(ctx, tx, e.StoreID, e.OrderID)
	return err
}

// MakeCode stores a new discount's code. Errors for people are *Refusal.
func MakeCode(ctx context.Context, tx *db.Tx, d discount.Discount, actor Actor) (discount.Discount, error) {
	d.Code, d.DiscountID = discount.Code(d.Code), id.Discount(id.New("dc", tx.Now.Std()))
	if err := checkCode(d); err != nil {
		return d, err
	}
	fresh, err := discount.Insert(ctx, tx, d)
	if err != nil {
		return d, err
	}
	if !fresh {
		return d, &Refusal{Code: "code-taken", Field: "code", Words: "There is a code " + d.Code + " already."}
	}
	return d, noteCode(ctx, tx, d, "discount.made", actor)
}

// ChangeCode stores what somebody says of a code: not its letters, not who it is for.
func ChangeCode(ctx context.Context, tx *db.Tx, to discount.Discount, actor Actor) error {
	was, err := discount.Lock(ctx, tx, to.StoreID, to.DiscountID)
	if err != nil {
		return invalid(err)
	}
	to.Code, to.Uses, to.Email, to.OrderID, to.CreatedAt, to.UpdatedAt = was.Code, was.Uses, was.Email, was.OrderID, was.CreatedAt, was.UpdatedAt
	if err := checkCode(to); err != nil || to == was {
		return err
	}
	if err := discount.Save(ctx, tx, to); err != nil {
		return err
	}
	kind := "discount.changed"
	if was.Active && !to.Active {
		kind = "discount.stopped"
	}
	return noteCode(ctx, tx, to, kind, actor)
}

// StopCode takes a code out of use, or brings it back.
func StopCode(ctx context.Context, tx *db.Tx, s id.Store, name id.Discount, active bool, actor Actor) error {
	d, err := discount.Get(ctx, tx, s, name)
	if err != nil {
		return invalid(err)
	}
	d.Active = active
	return ChangeCode(ctx, tx, d, actor)
}

func checkCode(d discount.Discount) error {
	var wrong *discount.Problem
	if err := d.Check(); errors.As(err, &wrong) {
		return &Refusal{Code: "invalid", Field: wrong.Field, Words: wrong.Words}
	}
	return nil
}

func noteCode(ctx context.Context, tx *db.Tx, d discount.Discount, kind string, actor Actor) error {
	return Record(ctx, tx, event.Fact{Store: d.StoreID, Kind: kind, Subject: string(d.DiscountID), Actor: string(actor),
		Data: data{"code": d.Code, "kind": d.Kind, "value": d.Value, "active": d.Active}})
}
