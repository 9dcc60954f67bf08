package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/discount"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/store"
	"doorstep/money"
)

// Placement is a cart to be made an order, and how it will be paid.
type Placement struct {
	Store     id.Store
	Cart      id.Cart
	Connector id.Connector // the payment provider's
	Driver    string
	Manual    bool        // a person confirms the money
	Customer  id.Customer // who is signed in: only they may spend their store credit; empty: nobody
	Actor     Actor
}

// Placed is the order and its payment, not yet begun at the provider.
type Placed struct {
	Order   order.Order
	Payment ledger.Payment
}

// PlaceOrder makes a cart an order: stock is reserved, totals are fixed to the unit, and
// order, payment and jobs are there together. The same cart again is the same order; a
// payment that failed meanwhile gets a successor. Errors for the customer are *Refusal.
func PlaceOrder(ctx context.Context, tx *db.Tx, p Placement) (Placed, error) {
	if known, err := order.OfCart(ctx, tx, p.Store, p.Cart); err == nil {
		return continueOrder(ctx, tx, known, p)
	} else if !errors.Is(err, sql.ErrNoRows) {
		return Placed{}, err
	}
	d, err := draftOf(ctx, tx, p)
	if err != nil {
		return Placed{}, err
	}
	claimed, err := cart.MarkOrdered(ctx, tx, p.Store, p.Cart, d.order.OrderID)
	if err != nil {
		return Placed{}, err
	}
	if !claimed { // a second click was quicker
		known, err := order.OfCart(ctx, tx, p.Store, p.Cart)
		if err != nil {
			return Placed{}, refuse("cart-ordered", "This cart has just become an order.")
		}
		return continueOrder(ctx, tx, known, p)
	}
	if err := reserve(ctx, tx, d); err != nil {
		return Placed{}, err
	}
	d.order.CustomerID, err = order.PutCustomer(ctx, tx, p.Store, strings.ToLower(d.order.Email), d.name)
	if err != nil {
		return Placed{}, err
	}
	if err := useCode(ctx, tx, d); err != nil {
		return Placed{}, err
	}
	// The counter comes last: until the commit nobody else can have a number.
	number, err := store.Next(ctx, tx, p.Store, "order", d.settings.FirstOrder)
	if err != nil {
		return Placed{}, err
	}
	d.order.Number = number
	if d.order.AgreedTo, err = order.KeepAgreed(ctx, tx, p.Store, shownTexts(d.settings, d.order.Locale)); err != nil {
		return Placed{}, err
	}
	if err := order.Insert(ctx, tx, d.order, d.lines, d.units); err != nil {
		return Placed{}, err
	}
	told := data{"number": number, "total": d.order.Total()}
	if d.order.DiscountCode != "" {
		told["code"], told["discount"] = d.order.DiscountCode, money.New(d.off.Sum(), d.order.Currency)
	}
	if err := note(ctx, tx, d.order, "order.placed", string(d.order.OrderID), p.Actor, told); err != nil {
		return Placed{}, err
	}
	return firstPayment(ctx, tx, d, p)
}

// firstPayment pays the order with store credit, if its customer wants that, and makes the
// payment for the rest.
func firstPayment(ctx context.Context, tx *db.Tx, d draft, p Placement) (Placed, error) {
	o, credit := d.order, false
	if d.useCredit && p.Customer != "" && p.Customer == o.CustomerID {
		pay, err := payWithCredit(ctx, tx, o, p.Actor)
		if err != nil {
			return Placed{}, err
		}
		if pay != nil && pay.AmountMinor >= o.TotalMinor {
			if err := refresh(ctx, tx, o.StoreID, o.OrderID); err != nil {
				return Placed{}, err
			}
			o, err = order.Get(ctx, tx, o.StoreID, o.OrderID)
			return Placed{o, *pay}, err
		}
		credit = pay != nil
	}
	if p.Driver == "" && o.TotalMinor > 0 {
		return Placed{}, &Refusal{Code: "payment-missing", Field: "payment", Words: "Please choose how to pay."}
	}
	pay, err := newPayment(ctx, tx, o, p, d.settings)
	if err != nil || !credit {
		return Placed{o, pay}, err // nothing is paid yet, and its words say so
	}
	return Placed{o, pay}, refresh(ctx, tx, o.StoreID, o.OrderID)
}

// continueOrder answers for a cart that is an order already.
func continueOrder(ctx context.Context, tx *db.Tx, known order.Order, p Placement) (placed Placed, err error) {
	err = change(ctx, tx, known.StoreID, known.OrderID, func(o order.Order) (err error) {
		placed, err = payAgain(ctx, tx, o, p)
		return err
	})
	return placed, err
}

// payAgain is the order's payment that is still good for something, or a new one.
func payAgain(ctx context.Context, tx *db.Tx, o order.Order, p Placement) (Placed, error) {
	payments, err := ledger.PaymentsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return Placed{}, err
	}
	for _, pay := range slices.Backward(payments) {
		if pay.ExchangeID != "" || pay.OfCredit() && pay.AmountMinor < o.TotalMinor {
			continue // the rest is to be paid otherwise
		}
		dead := pay.State == ledger.PaymentFailed || pay.State == ledger.PaymentExpired || pay.State == ledger.PaymentVoided
		if !dead && (o.State != order.Pending || pay.ConnectorID == p.Connector) {
			return Placed{o, pay}, nil
		}
	}
	if o.State != order.Pending {
		return Placed{}, refuse("order-over", "Order %s can no longer be paid.", o.Name())
	}
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return Placed{}, err
	}
	pay, err := newPayment(ctx, tx, o, p, set)
	return Placed{o, pay}, err
}

// draft is an order before it is stored.
type draft struct {
	order    order.Order
	lines    []order.OrderLine
	units    [][]order.Unit
	settings store.Settings
	name     string

	code      discount.Discount // empty: none
	off       discount.Off
	useCredit bool
}

// draftOf checks the cart and computes everything that the order will hold.
func draftOf(ctx context.Context, tx *db.Tx, p Placement) (draft, error) {
	c, err := cart.Get(ctx, tx, p.Store, p.Cart)
	if errors.Is(err, sql.ErrNoRows) {
		return draft{}, refuse("cart-missing", "There is no such cart.")
	}
	if err != nil {
		return draft{}, err
	}
	set, err := settingsOf(ctx, tx, p.Store)
	if err != nil {
		return draft{}, err
	}
	shipTo, option, err := checkCart(c)
	if err != nil {
		return draft{}, err
	}
	billTo, err := order.ParseAddress(c.Billing)
	if err != nil {
		return draft{}, err
	}
	if billTo == (order.Address{}) {
		billTo = shipTo
	}
	lines, items, err := linesOf(ctx, tx, p.Store, c)
	if err != nil {
		return draft{}, err
	}
	code, off, err := takenOff(ctx, tx, c, bagOf(tx, c, items, option.PriceMinor))
	if err != nil {
		return draft{}, err
	}
	num, den := set.Tax(shipTo.Country)
	totals, err := order.Sum(c.Currency, items, option.PriceMinor-off.Shipping, off.Goods, order.TaxRule{Num: num, Den: den, Included: set.TaxIncluded})
	if err != nil {
		return draft{}, refuse("cart-too-large", "%s", err)
	}
	chosen, err := toJSON(option)
	if err != nil {
		return draft{}, err
	}
	day := 24 * time.Hour
	o := order.Order{
		StoreID: p.Store, OrderID: id.Order(id.New("or", tx.Now.Std())), CartID: p.Cart, Email: c.Email, Locale: c.Locale,
		Currency: c.Currency, Shipping: shipTo.JSON(), Billing: billTo.JSON(), ShippingOption: chosen,
		SubtotalMinor: totals.Subtotal, DiscountMinor: totals.Discount, ShippingMinor: totals.Shipping, TaxMinor: totals.Tax,
		TotalMinor: totals.Total, State: order.Pending, Goods: "waiting", Money: "unpaid",
		PromisedFrom: tx.Now.Add(time.Duration(option.FromDays) * day), PromisedTo: tx.Now.Add(time.Duration(option.ToDays) * day),
		PlacedAt: tx.Now, UpdatedAt: tx.Now, DiscountCode: code.Code,
	}
	for i := range lines {
		lines[i].StoreID, lines[i].OrderID = o.StoreID, o.OrderID
	}
	return draft{order: o, lines: lines, units: totals.Units, settings: set, name: shipTo.Name, code: code, off: off, useCredit: c.UseCredit}, nil
}

// checkCart refuses a cart that is not ready, naming what is missing.
func checkCart(c cart.Cart) (order.Address, Option, error) {
	shipTo, err := order.ParseAddress(c.Shipping)
	if err != nil {
		return shipTo, Option{}, err
	}
	switch {
	case c.Email == "":
		return shipTo, Option{}, &Refusal{Code: "email-missing", Field: "email", Words: "A mail address is needed, for the confirmation."}
	case shipTo.Country == "":
		return shipTo, Option{}, &Refusal{Code: "address-missing", Field: "shipping_address", Words: "A delivery address is needed."}
	case c.QuotedAt == 0 || c.OptionKey == "":
		return shipTo, Option{}, &Refusal{Code: "option-missing", Field: "shipping_option", Words: "Please choose how to ship."}
	}
	options, err := ParseOptions(c.Options)
	if err != nil {
		return shipTo, Option{}, err
	}
	i := slices.IndexFunc(options, func(o Option) bool { return o.Key == c.OptionKey })
	if i < 0 {
		return shipTo, Option{}, &Refusal{Code: "option-missing", Field: "shipping_option", Words: "Please choose how to ship."}
	}
	return shipTo, options[i], nil
}

// linesOf makes order lines from the cart at today's prices.
func linesOf(ctx context.Context, tx *db.Tx, s id.Store, c cart.Cart) ([]order.OrderLine, []order.Item, error) {
	wanted, err := cart.Lines(ctx, tx, s, c.CartID)
	if err != nil {
		return nil, nil, err
	}
	if len(wanted) == 0 {
		return nil, nil, refuse("cart-empty", "The cart is empty.")
	}
	variants := make([]id.Variant, len(wanted))
	for i, w := range wanted {
		variants[i] = w.VariantID
	}
	sold, err := catalog.SoldAs(ctx, tx, s, variants)
	if err != nil {
		return nil, nil, err
	}
	pictures, err := catalog.PicturesOf(ctx, tx, s, slices.Collect(maps.Values(sold))...)
	if err != nil {
		return nil, nil, err
	}
	var lines []order.OrderLine
	var items []order.Item
	for i, w := range wanted {
		v, product := sold[w.VariantID].Variant, sold[w.VariantID].Product
		if product.Status != "active" || v.Currency != c.Currency {
			return nil, nil, &Refusal{Code: "not-for-sale", Variant: v.VariantID, Words: product.Title + " is not for sale any more."}
		}
		lines = append(lines, order.OrderLine{LineID: int64(i + 1), VariantID: v.VariantID, ProductID: v.ProductID, Sku: v.Sku,
			Title: product.Title, VariantTitle: v.Title, Image: pictures[v.VariantID], Quantity: w.Quantity, UnitPriceMinor: v.PriceMinor})
		items = append(items, order.Item{Quantity: w.Quantity, UnitPrice: v.PriceMinor, Taxable: v.Taxable})
	}
	return lines, items, nil
}

// reserve takes the stock of every line, in the order of variants' names so that two
// orders never wait for each other in a circle.
func reserve(ctx context.Context, tx *db.Tx, d draft) error {
	wants := make([]inventory.Want, len(d.lines))
	for i, l := range d.lines {
		wants[i] = inventory.Want{Line: l.LineID, Variant: l.VariantID, Units: l.Quantity}
	}
	missing, err := inventory.ReserveAll(ctx, tx, d.order.StoreID, d.order.OrderID, wants, tx.Now.Add(d.settings.ReserveFor))
	if err != nil || missing == nil {
		return err
	}
	title := d.lines[missing.Line-1].Title // lines count from 1
	return &Refusal{Code: "sold-out", Variant: missing.Variant, Words: fmt.Sprintf("%s is no longer in stock in that quantity.", title)}
}

func newPayment(ctx context.Context, tx *db.Tx, o order.Order, p Placement, set store.Settings) (ledger.Payment, error) {
	credit, err := creditOn(ctx, tx, o)
	if err != nil {
		return ledger.Payment{}, err
	}
	pay := ledger.Payment{StoreID: o.StoreID, PaymentID: id.Payment(id.New("pa", tx.Now.Std())), OrderID: o.OrderID,
		ConnectorID: p.Connector, Driver: p.Driver, State: ledger.PaymentCreated, AmountMinor: o.TotalMinor - credit, Currency: o.Currency,
		Manual: p.Manual, CaptureNow: set.CaptureNow, CreatedAt: tx.Now, UpdatedAt: tx.Now}
	if err := ledger.InsertPayment(ctx, tx, pay); err != nil {
		return pay, err
	}
	if err := note(ctx, tx, o, "payment.created", string(pay.PaymentID), p.Actor, data{"amount": pay.Amount(), "driver": p.Driver}); err != nil {
		return pay, err
	}
	if o.TotalMinor > 0 {
		return pay, nil
	}
	if err := applyPayment(ctx, tx, o, pay, PaymentSaid{State: "captured", Words: "nothing is to be paid", Actor: System}); err != nil {
		return pay, err
	}
	if err := refresh(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return pay, err
	}
	return ledger.GetPayment(ctx, tx, o.StoreID, pay.PaymentID)
}

// expireLater gives an unpaid order its end.
func expireLater(ctx context.Context, tx *db.Tx, e event.Event) error {
	set, err := settingsOf(ctx, tx, e.StoreID)
	if err != nil {
		return err
	}
	return job.Add(ctx, tx, job.New{Store: e.StoreID, Kind: "order.expire", Key: "order/" + string(e.OrderID) + "/expire",
		Payload: OrderJob{e.OrderID}, At: tx.Now.Add(set.OrderExpire)})
}

// ExpireOrder cancels an order that nobody paid in time; nothing happens to any other.
// An order that waits for a bank transfer has longer: its next look is returned.
func ExpireOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (again time.Duration, err error) {
	err = change(ctx, tx, s, o, func(found order.Order) error {
		if found.State != order.Pending {
			return nil
		}
		set, err := settingsOf(ctx, tx, s)
		if err != nil {
			return err
		}
		payments, err := ledger.PaymentsOf(ctx, tx, s, o)
		if err != nil {
			return err
		}
		for _, p := range payments {
			end := found.PlacedAt.Add(set.OrderExpireManual)
			if p.Manual && p.State == ledger.PaymentPending && tx.Now.Before(end) {
				again = end.Sub(tx.Now)
				return nil
			}
		}
		return cancelNow(ctx, tx, found, order.Expire, System, "not paid in time")
	})
	return again, err
}
