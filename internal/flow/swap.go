package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/money"
)

// swapsShown is how many articles a customer chooses from in place of another; swapsLooked is
// of how many products they are taken.
const (
	swapsShown  = 24
	swapsLooked = 60
)

// SwapOption is an article that can be sent in place of units that nobody sends.
type SwapOption struct {
	Product      id.Product
	Variant      id.Variant
	Title        string
	VariantTitle string
	Price        money.Amount // of one unit
	Less         money.Amount // what goes back for all units, as they cost less; never negative
}

// cheaper is why money goes back when something else is sent.
const cheaper = "another article was sent that costs less"

// swapping is an order's line of which units are to be swapped.
type swapping struct {
	order   order.Order
	line    order.OrderLine
	units   []order.OrderUnit
	need    purchase.Need
	tried   map[id.Offer]string // offers that were refused for this order
	next    int64               // the line that the other article gets
	taxable bool
	set     store.Settings
}

// SwapOptions lists what could be sent in place of units of a line that nobody sends: articles
// on sale, in stock, of the same or a lower price, from suppliers whose freight to the customer
// is known. They are of the products among; where that is nil, the product's other variants come
// first, then its neighbours on the shelf. It changes nothing.
func SwapOptions(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, line int64, among []id.Product) ([]SwapOption, error) {
	o, err := order.Get(ctx, tx, s, name)
	if err != nil || o.State != order.Open {
		return nil, err
	}
	w, err := swappingOf(ctx, tx, o, line)
	if err != nil || w.need.Quantity == 0 {
		return nil, err
	}
	if among == nil {
		if among, err = neighbours(ctx, tx, s, w.line.ProductID); err != nil {
			return nil, err
		}
	}
	sold, err := catalog.OnSale(ctx, tx, s, among[:min(len(among), swapsLooked)])
	if err != nil {
		return nil, err
	}
	var fits []catalog.Sold
	for _, v := range sold {
		if w.fits(v) == nil {
			fits = append(fits, v)
		}
	}
	return w.sendable(ctx, tx, fits)
}

// neighbours are a product, those of its collections and those that the shop shows first.
func neighbours(ctx context.Context, tx *db.Tx, s id.Store, name id.Product) ([]id.Product, error) {
	list := []id.Product{name}
	p, err := catalog.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return list, nil
	}
	if err != nil {
		return nil, err
	}
	full, err := catalog.Full(ctx, tx, p)
	if err != nil {
		return nil, err
	}
	shelves := []catalog.Filter{}
	for _, c := range full.Collections[:min(len(full.Collections), 3)] {
		shelves = append(shelves, catalog.Filter{Collection: c.CollectionID, Status: catalog.Active})
	}
	for _, shelf := range append(shelves, catalog.Filter{Status: catalog.Active}) {
		page, _, err := catalog.List(ctx, tx, s, shelf, catalog.Cursor{}, swapsLooked)
		if err != nil {
			return nil, err
		}
		for _, p := range page {
			if !slices.Contains(list, p.ProductID) {
				list = append(list, p.ProductID)
			}
		}
	}
	return list, nil
}

// swappingOf reads a line and its units that nobody sends; none where there are none.
func swappingOf(ctx context.Context, tx *db.Tx, o order.Order, line int64) (w swapping, err error) {
	w.order = o
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return w, err
	}
	needs, tried, err := openNeeds(ctx, tx, o, purchases)
	if err != nil {
		return w, err
	}
	at := slices.IndexFunc(needs, func(n purchase.Need) bool { return n.Line == line })
	if at < 0 {
		return w, nil
	}
	w.need, w.tried = needs[at], tried
	lines, held, err := claimed(ctx, tx, o)
	if err != nil {
		return w, err
	}
	for _, l := range lines {
		w.next = max(w.next, l.LineID+1)
		if l.LineID == line {
			w.line = l
		}
	}
	for _, r := range held { // what a claim is about stays as it is
		if first := w.line.Left() - w.need.Quantity + 1; r.Line == line && r.First+r.Units > first {
			w.need.Quantity = 0
			return w, nil
		}
	}
	if w.units, err = order.UnitsOf(ctx, tx, o.StoreID, o.OrderID); err != nil {
		return w, err
	}
	if w.set, err = settingsOf(ctx, tx, o.StoreID); err != nil {
		return w, err
	}
	was, err := catalog.GetVariant(ctx, tx, o.StoreID, w.line.VariantID)
	if errors.Is(err, sql.ErrNoRows) {
		was.Taxable, err = true, nil
	}
	w.taxable = was.Taxable
	return w, err
}

// fits says why an article cannot stand in for the line's; nil when it can.
func (w swapping) fits(v catalog.Sold) error {
	switch {
	case v.Variant.VariantID == w.line.VariantID, v.Product.Status != catalog.Active, v.Variant.Currency != w.order.Currency, v.Variant.Taxable != w.taxable:
		return &Refusal{Code: "not-for-sale", Variant: v.Variant.VariantID, Words: v.Product.Title + " cannot be sent instead."}
	case v.Variant.PriceMinor > w.line.UnitPriceMinor:
		return &Refusal{Code: "dearer", Variant: v.Variant.VariantID, Words: v.Product.Title + " costs more than what it would be sent for."}
	case v.Variant.Free() < w.need.Quantity:
		return soldOut(v)
	}
	return nil
}

func soldOut(v catalog.Sold) error {
	return &Refusal{Code: "sold-out", Variant: v.Variant.VariantID, Words: v.Product.Title + " is no longer in stock in that quantity."}
}

// wanted is the need for an article in place of the line's.
func (w swapping) wanted(v catalog.Sold, line int64) purchase.Need {
	return purchase.Need{Line: line, Variant: v.Variant.VariantID, Title: v.Product.Title, Quantity: w.need.Quantity, Price: v.Variant.PriceMinor}
}

// sendable are those of the articles that suppliers could send now, and what each comes to. All
// are planned at once: they have offers of their own and do not compete.
func (w swapping) sendable(ctx context.Context, tx *db.Tx, fits []catalog.Sold) (list []SwapOption, err error) {
	fits = fits[:min(len(fits), 2*swapsShown)]
	if len(fits) == 0 {
		return nil, nil
	}
	needs := make([]purchase.Need, len(fits))
	for i, v := range fits {
		needs[i] = w.wanted(v, int64(i))
	}
	plan, err := planNow(ctx, tx, w.order, needs, w.tried, w.set)
	if err != nil {
		return nil, err
	}
	for i, v := range fits {
		nobody := slices.ContainsFunc(plan.Unmet, func(u purchase.Unmet) bool { return u.Line == int64(i) })
		if nobody || len(list) == swapsShown {
			continue
		}
		_, less, err := w.shares(v)
		if err != nil {
			return nil, err
		}
		list = append(list, SwapOption{Product: v.Product.ProductID, Variant: v.Variant.VariantID, Title: v.Product.Title,
			VariantTitle: v.Variant.Title, Price: v.Variant.Price(), Less: money.New(less, w.order.Currency)})
	}
	return list, nil
}

// shares are the allocation after the swap, and what goes back by it.
func (w swapping) shares(v catalog.Sold) (s order.Swapped, less int64, err error) {
	last := w.line.Left()
	s, err = order.Swap(w.units, w.line.LineID, last, w.need.Quantity, v.Variant.PriceMinor, w.order.Currency)
	if err != nil {
		return s, 0, err
	}
	less = order.Share(w.units, w.line.LineID, last-w.need.Quantity+1, last, w.order.TaxIncluded())
	for _, u := range s.New {
		each := u.Price - u.Discount + u.Shipping
		if !w.order.TaxIncluded() {
			each += u.Tax
		}
		less -= each * u.Units
	}
	return s, less, nil
}

// SwapShort is the customer's choice of another article in place of units that nobody sends. It
// is reserved and bought as a new purchase of the same order; what it costs less goes back. It
// is refused where it cannot be sent any more.
func SwapShort(ctx context.Context, tx *db.Tx, s id.Store, name id.Order, line int64, to id.Variant) error {
	return change(ctx, tx, s, name, func(o order.Order) error {
		c, err := ChoiceOf(ctx, tx, s, name)
		if err != nil {
			return err
		}
		w, err := swappingOf(ctx, tx, o, line)
		if err != nil {
			return err
		}
		if !c.Open() || w.need.Quantity == 0 {
			return refuse("not-asked", "Nothing is to be decided about these units of order %s any more.", o.Name())
		}
		sold, err := catalog.SoldAs(ctx, tx, s, []id.Variant{to})
		if errors.Is(err, sql.ErrNoRows) {
			return &Refusal{Code: "variant-unknown", Words: "There is no such article."}
		}
		if err != nil {
			return err
		}
		if err := w.fits(sold[to]); err != nil {
			return err
		}
		if err := inventory.Lock(ctx, tx, s, []id.Variant{w.line.VariantID, to}); err != nil {
			return err
		}
		return w.swap(ctx, tx, sold[to], len(c.Lines)-1)
	})
}

// swap sends another article in place of the line's; left is how many lines nobody sends then.
func (w swapping) swap(ctx context.Context, tx *db.Tx, v catalog.Sold, left int) error {
	o, n := w.order, w.need.Quantity
	if list, err := w.sendable(ctx, tx, []catalog.Sold{v}); err != nil || len(list) == 0 {
		return errors.Join(err, soldOut(v))
	}
	shares, less, err := w.shares(v)
	if err != nil {
		return err
	}
	if err := releaseUnits(ctx, tx, o, w.line.LineID, n); err != nil {
		return err
	}
	if ok, err := inventory.Reserve(ctx, tx, o.StoreID, o.OrderID, w.next, v.Variant.VariantID, n, 0); err != nil || !ok {
		return errors.Join(err, soldOut(v))
	}
	pictures, err := catalog.PicturesOf(ctx, tx, o.StoreID, v)
	if err != nil {
		return err
	}
	line := order.OrderLine{StoreID: o.StoreID, OrderID: o.OrderID, LineID: w.next, VariantID: v.Variant.VariantID, ProductID: v.Product.ProductID,
		Sku: v.Variant.Sku, Title: v.Product.Title, VariantTitle: v.Variant.Title, Image: pictures[v.Variant.VariantID], Quantity: n, UnitPriceMinor: v.Variant.PriceMinor}
	if err := order.SwapUnits(ctx, tx, o, w.line, n, line, shares); err != nil {
		return err
	}
	told := data{"line": w.line.LineID, "from": w.line.Title, "to": line.Title, "to_line": line.LineID, "quantity": n, "left": left}
	if less > 0 {
		told["amount"] = money.New(less, o.Currency)
	}
	if err := note(ctx, tx, o, "order.swapped", string(o.OrderID), "customer", told); err != nil {
		return err
	}
	if err := returnShare(ctx, tx, o, less, cheaper); err != nil {
		return err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	return source(ctx, tx, o.StoreID, o.OrderID, sourcing{wanted: !addressRefused(purchases)})
}
