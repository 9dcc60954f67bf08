package flow

import (
	"context"
	"slices"

	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// Exchangeable says whether there is anything to exchange about a claim of that kind: the
// customer has the goods.
func Exchangeable(k claim.Kind) bool { return !k.Missing() }

// ExchangeOption is an article that a customer may have instead of what they bought.
type ExchangeOption struct {
	Product      id.Product
	Variant      id.Variant
	Title        string
	VariantTitle string
	Image        string
	Each         money.Amount // price of one, with tax
	More         money.Amount // what the customer pays more for all units; negative: gets back
}

// exchanging is units of an order's line that a customer would like to exchange.
type exchanging struct {
	order   order.Order
	line    order.OrderLine
	units   int64
	worth   int64
	same    bool // the line's own article may be sent: another one was, in its place
	country string
	set     store.Settings
}

// ExchangeOptions lists what a customer may have instead of n units of a line: articles on sale,
// in stock, which a supplier can send. Other variants of the product come first, then those of
// the products among; with none, the neighbours on its shelf. It changes nothing.
func ExchangeOptions(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, line, n int64, among []id.Product) ([]ExchangeOption, error) {
	w, err := exchangingOf(ctx, tx, s, name, line, n)
	if err != nil {
		return nil, err
	}
	own := []id.Product{w.line.ProductID}
	if len(among) == 0 {
		if own, err = neighbours(ctx, tx, s, w.line.ProductID); err != nil {
			return nil, err
		}
	}
	products := slices.Concat(own, among)
	sold, err := catalog.OnSale(ctx, tx, s, products[:min(len(products), swapsLooked)])
	if err != nil {
		return nil, err
	}
	return w.sendable(ctx, tx, slices.DeleteFunc(sold, func(v catalog.Sold) bool { return !w.fits(v) }))
}

// ExchangeFor is one article in place of n units of a line; nil when it cannot be had.
func ExchangeFor(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, line, n int64, v id.Variant) (*ExchangeOption, error) {
	sold, err := soldNow(ctx, tx, s, v)
	if err != nil || sold == nil {
		return nil, err
	}
	w, err := exchangingOf(ctx, tx, s, name, line, n)
	if err != nil || !w.fits(*sold) {
		return nil, err
	}
	list, err := w.sendable(ctx, tx, []catalog.Sold{*sold})
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}

func exchangingOf(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, line, n int64) (w exchanging, err error) {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil {
		return w, err
	}
	units, err := pick(ctx, tx, o, map[int64]int64{line: n})
	if err != nil {
		return w, err
	}
	w = exchanging{order: o, units: n}
	if w.line, _, err = exchangedUnits(ctx, tx, o, units); err != nil {
		return w, err
	}
	facts := claim.Case{}
	if err := worthOf(ctx, tx, o, ClaimWish{Units: units}, &facts); err != nil {
		return w, err
	}
	if err := moneyOf(ctx, tx, o, ClaimWish{}, &facts); err != nil {
		return w, err
	}
	w.worth = facts.Worth()
	if _, w.same, err = changedWorth(ctx, tx, o, units); err != nil {
		return w, err
	}
	to, err := o.ShipTo()
	if err != nil {
		return w, err
	}
	w.country = to.Country
	w.set, err = settingsOf(ctx, tx, s)
	return w, err
}

func (w exchanging) fits(v catalog.Sold) bool {
	return v.Product.Status == catalog.Active && v.Variant.Currency == w.order.Currency && v.Variant.Free() >= w.units &&
		(w.same || v.Variant.VariantID != w.line.VariantID)
}

// sendable are those of the articles that suppliers could send now, and what each comes to. All
// are planned at once: they have offers of their own and do not compete.
func (w exchanging) sendable(ctx context.Context, tx *db.Tx, fits []catalog.Sold) (list []ExchangeOption, err error) {
	fits = fits[:min(len(fits), 2*swapsShown)]
	if len(fits) == 0 {
		return nil, nil
	}
	needs := make([]purchase.Need, len(fits))
	for i, v := range fits {
		needs[i] = purchase.Need{Line: int64(i), Variant: v.Variant.VariantID, Title: v.Product.Title, Quantity: w.units, Price: v.Variant.PriceMinor}
	}
	plan, err := planClaimed(ctx, tx, w.order, needs, nil, w.set)
	if err != nil {
		return nil, err
	}
	pictures, err := catalog.PicturesOf(ctx, tx, w.order.StoreID, fits...)
	if err != nil {
		return nil, err
	}
	for i, v := range fits {
		nobody := slices.ContainsFunc(plan.Unmet, func(u purchase.Unmet) bool { return u.Line == int64(i) })
		if nobody || len(list) == swapsShown {
			continue
		}
		each, err := priceWithTax(w.order, v.Variant, w.country, w.set)
		if err != nil {
			return nil, err
		}
		list = append(list, ExchangeOption{Product: v.Product.ProductID, Variant: v.Variant.VariantID, Title: v.Product.Title, VariantTitle: v.Variant.Title,
			Image: pictures[v.Variant.VariantID], Each: money.New(each, w.order.Currency), More: money.New(each*w.units-w.worth, w.order.Currency)})
	}
	return list, nil
}
