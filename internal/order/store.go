package order

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Get reads an order; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (Order, error) {
	return db.Known(tx, string(o), func() (Order, error) {
		return New(tx).GetOrder(ctx, GetOrderParams{StoreID: store, OrderID: o})
	}, "orders")
}

// Lock reads an order and keeps others from changing it or what belongs to it: every
// change of an order's purchases, parcels and money locks the order first.
func Lock(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (Order, error) {
	locked, err := New(tx).LockOrder(ctx, LockOrderParams{StoreID: store, OrderID: o})
	if err != nil {
		return locked, err
	}
	tx.Hold(string(o))
	return db.Known(tx, string(o), func() (Order, error) { return locked, nil }, "orders")
}

// Numbered reads an order by its number; sql.ErrNoRows when there is none.
func Numbered(ctx context.Context, tx *db.Tx, store id.Store, number int64) (Order, error) {
	return New(tx).OrderNumbered(ctx, OrderNumberedParams{StoreID: store, Number: number})
}

// OfCart reads the order that a cart became; sql.ErrNoRows when there is none.
func OfCart(ctx context.Context, tx *db.Tx, store id.Store, cart id.Cart) (Order, error) {
	return New(tx).OrderOfCart(ctx, OrderOfCartParams{StoreID: store, CartID: cart})
}

// Insert writes a new order with its lines and their units.
func Insert(ctx context.Context, tx *db.Tx, o Order, lines []OrderLine, units [][]Unit) error {
	q := New(tx)
	tx.Hold(string(o.OrderID)) // nobody else knows it yet
	if err := q.InsertOrder(ctx, InsertOrderParams(o)); err != nil {
		return err
	}
	return insertLines(ctx, tx, o, lines, units)
}

// insertLines writes all lines in one statement and all shares of their units in another.
func insertLines(ctx context.Context, tx *db.Tx, o Order, lines []OrderLine, units [][]Unit) error {
	sold, shares := db.NewBatch(tx), db.NewBatch(tx)
	for i, l := range lines {
		err := New(sold).InsertLine(ctx, InsertLineParams{StoreID: o.StoreID, OrderID: o.OrderID, LineID: l.LineID, VariantID: l.VariantID,
			ProductID: l.ProductID, Sku: l.Sku, Title: l.Title, VariantTitle: l.VariantTitle, Image: l.Image, Quantity: l.Quantity,
			UnitPriceMinor: l.UnitPriceMinor})
		if err != nil {
			return err
		}
		for _, u := range units[i] {
			if err := putUnits(ctx, shares, o, l.LineID, u); err != nil {
				return err
			}
		}
	}
	if err := sold.Write(ctx); err != nil {
		return err
	}
	return shares.Write(ctx)
}

// putUnits writes the shares of equal units of a line.
func putUnits(ctx context.Context, into DBTX, o Order, line int64, u Unit) error {
	return New(into).InsertUnits(ctx, InsertUnitsParams{StoreID: o.StoreID, OrderID: o.OrderID, LineID: line, FirstUnit: u.First,
		Units: u.Units, PriceMinor: u.Price, DiscountMinor: u.Discount, ShippingMinor: u.Shipping, TaxMinor: u.Tax})
}

// SwapUnits sends n units of a line as another one: the new line is added, the old units are
// cancelled, and both have the shares that Swap made.
func SwapUnits(ctx context.Context, tx *db.Tx, o Order, from OrderLine, n int64, to OrderLine, s Swapped) error {
	if err := New(tx).DropUnits(ctx, DropUnitsParams{StoreID: o.StoreID, OrderID: o.OrderID, LineID: from.LineID}); err != nil {
		return err
	}
	if ok, err := CancelUnits(ctx, tx, o.StoreID, o.OrderID, from.LineID, n); err != nil || !ok {
		return errors.Join(err, fmt.Errorf("%s line %d: fewer than %d units are left", o.Name(), from.LineID, n))
	}
	if err := insertLines(ctx, tx, o, []OrderLine{to}, [][]Unit{s.New}); err != nil {
		return err
	}
	shares := db.NewBatch(tx)
	for _, u := range s.Old {
		if err := putUnits(ctx, shares, o, from.LineID, u); err != nil {
			return err
		}
	}
	return shares.Write(ctx)
}

// LinesOf lists an order's lines.
func LinesOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]OrderLine, error) {
	return db.KnownList(tx, string(o), func() ([]OrderLine, error) {
		return New(tx).Lines(ctx, LinesParams{StoreID: store, OrderID: o})
	}, "order_lines")
}

// UnitsOf lists the shares of an order's units.
func UnitsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]OrderUnit, error) {
	return New(tx).Units(ctx, UnitsParams{StoreID: store, OrderID: o})
}

// Step moves an order by an event and returns it moved; an error that wraps
// machine.ErrIllegal where that is not possible. The caller has locked the order.
func Step(ctx context.Context, tx *db.Tx, o Order, e Event) (Order, error) {
	next, err := Machine.Next(o.State, e)
	if err != nil {
		return o, fmt.Errorf("%s: %w", o.Name(), err)
	}
	if e == Confirm {
		o.PaidAt = tx.Now
	}
	n, err := New(tx).SetState(ctx, SetStateParams{StoreID: o.StoreID, OrderID: o.OrderID, State: next, PaidAt: o.PaidAt,
		UpdatedAt: tx.Now, State_2: o.State})
	if err == nil && n == 0 {
		err = fmt.Errorf("%s: changed meanwhile", o.Name())
	}
	o.State = next
	return o, err
}

// SetWords stores the derived words beside the order, if they differ from what is there.
func SetWords(ctx context.Context, tx *db.Tx, o Order, w Words) error {
	attention, person := "", w.NeedsPerson()
	if len(w.Reasons) > 0 {
		b, err := json.Marshal(w.Reasons)
		if err != nil {
			return err
		}
		attention = string(b)
	}
	if o.Goods == w.Goods && o.Money == w.Money && o.Attention == attention && o.NeedsPerson == person {
		return nil
	}
	return New(tx).SetWords(ctx, SetWordsParams{StoreID: o.StoreID, OrderID: o.OrderID, Goods: w.Goods, Money: w.Money,
		Attention: attention, NeedsPerson: person, UpdatedAt: tx.Now})
}

// CancelUnits notes that n units of a line are not sold any more; false when fewer are left.
func CancelUnits(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, line, n int64) (bool, error) {
	rows, err := New(tx).CancelUnits(ctx, CancelUnitsParams{StoreID: store, OrderID: o, LineID: line, Cancelled: n})
	return rows > 0, err
}

// SetGivenUp stores what work about the order was given up: the JSON that GaveUp reads.
func SetGivenUp(ctx context.Context, tx *db.Tx, o Order, list []GivenUp) error {
	text := ""
	if len(list) > 0 {
		b, err := json.Marshal(list)
		if err != nil {
			return err
		}
		text = string(b)
	}
	if text == o.GivenUp {
		return nil
	}
	return New(tx).SetGivenUp(ctx, SetGivenUpParams{StoreID: o.StoreID, OrderID: o.OrderID, GivenUp: text, UpdatedAt: tx.Now})
}

// WithGivenUp lists orders of which work was given up, after a known one.
func WithGivenUp(ctx context.Context, tx *db.Tx, store id.Store, after id.Order, limit int32) ([]id.Order, error) {
	return New(tx).WithGivenUp(ctx, WithGivenUpParams{StoreID: store, OrderID: after, Limit: limit})
}

// SetShipping replaces where the order goes.
func SetShipping(ctx context.Context, tx *db.Tx, o Order, to Address) error {
	return New(tx).SetShipping(ctx, SetShippingParams{StoreID: o.StoreID, OrderID: o.OrderID, Shipping: to.JSON(), UpdatedAt: tx.Now})
}

// PutCustomer finds or makes the customer with a mail address, in lower case. A name that is
// known stays: an order for somebody else's birthday, or one by a stranger who typed the
// address, does not rename who has been buying here.
func PutCustomer(ctx context.Context, tx *db.Tx, store id.Store, email, name string) (id.Customer, error) {
	return New(tx).PutCustomer(ctx, PutCustomerParams{StoreID: store, CustomerID: id.Customer(id.New("cu", tx.Now.Std())),
		Email: email, Name: name, CreatedAt: tx.Now})
}
