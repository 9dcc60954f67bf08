package api

import (
	"context"
	"slices"

	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/money"
)

// NewCart is a cart that was just made.
type NewCart struct {
	ID    id.Cart `json:"id"`
	Token string  `json:"token" doc:"Opens the cart; told only now"`
}

type cartWish struct {
	Body *struct {
		Locale string `json:"locale,omitempty" doc:"Language of mails and amounts, BCP 47" example:"de-AT"`
	}
}

func (a *API) createCart(ctx context.Context, c *call, in *cartWish) (out NewCart, err error) {
	err = a.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		made, token, err := flow.StartCart(ctx, tx, c.store, orZero(in.Body).Locale)
		out = NewCart{made.CartID, token}
		return err
	})
	return out, err
}

// orZero is what a body says, or nothing where there is none.
func orZero[T any](body *T) (zero T) {
	if body == nil {
		return zero
	}
	return *body
}

// Cart is a cart at today's prices.
type Cart struct {
	ID              id.Cart          `json:"id"`
	Currency        string           `json:"currency"`
	Locale          string           `json:"locale"`
	Email           string           `json:"email,omitempty"`
	ShippingAddress *address.Address `json:"shipping_address,omitempty"`
	BillingAddress  *address.Address `json:"billing_address,omitempty" doc:"Missing: the same as the shipping address"`
	Lines           []CartLine       `json:"lines"`
	Subtotal        money.Amount     `json:"subtotal"`
	ShippingOptions []ShippingOption `json:"shipping_options" doc:"As last quoted; empty when they must be asked for (again)"`
	ShippingOption  string           `json:"shipping_option,omitempty" doc:"Key of the one that is chosen"`
	Order           id.Order         `json:"order,omitempty" doc:"What the cart has become"`
	UpdatedAt       clock.Time       `json:"updated_at"`
}

// CartLine is units of a variant.
type CartLine struct {
	Variant      id.Variant   `json:"variant"`
	Product      id.Product   `json:"product"`
	Handle       string       `json:"handle"`
	SKU          string       `json:"sku,omitempty"`
	Title        string       `json:"title"`
	VariantTitle string       `json:"variant_title,omitempty"`
	Image        string       `json:"image,omitempty"`
	Quantity     int64        `json:"quantity"`
	Available    int64        `json:"available" doc:"How many units can still be promised"`
	ForSale      bool         `json:"for_sale" doc:"false: take the line out"`
	UnitPrice    money.Amount `json:"unit_price"`
	Total        money.Amount `json:"total"`
}

// ShippingOption is a way to ship.
type ShippingOption struct {
	Key          string       `json:"key"`
	Name         string       `json:"name"`
	Price        money.Amount `json:"price"`
	FromDays     int          `json:"from_days"`
	ToDays       int          `json:"to_days"`
	DeliveryFrom string       `json:"delivery_from" format:"date" doc:"If it is paid today"`
	DeliveryTo   string       `json:"delivery_to" format:"date"`
}

func (a *API) getCart(ctx context.Context, c *call, _ *nothing) (out Cart, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = cartView(ctx, tx, c.store, c.cart)
		return err
	})
	return out, err
}

// change runs a command on the caller's cart and shows what it is then.
func (a *API) change(ctx context.Context, c *call, command func(ctx context.Context, tx *db.Tx) error) (out Cart, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) (err error) {
		if err := command(ctx, tx); err != nil {
			return err
		}
		out, err = cartView(ctx, tx, c.store, c.cart)
		return err
	})
	return out, err
}

// update runs a command and, in the same transaction, settles the request's key: whatever
// happens to the answer, the command is not carried out again.
func (a *API) update(ctx context.Context, c *call, command func(ctx context.Context, tx *db.Tx) error) error {
	return a.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := command(ctx, tx); err != nil || c.ticket == nil {
			return err
		}
		return c.ticket.Done(ctx, tx)
	})
}

type lineWish struct {
	Body struct {
		Variant  id.Variant `json:"variant" doc:"Id of the variant"`
		Quantity int64      `json:"quantity" minimum:"1" maximum:"999" doc:"How many more"`
	}
}

func (a *API) addLine(ctx context.Context, c *call, in *lineWish) (Cart, error) {
	return a.change(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.PutInCart(ctx, tx, c.store, c.cart, in.Body.Variant, in.Body.Quantity, true)
	})
}

type lineSetting struct {
	Variant id.Variant `path:"variant"`
	Body    struct {
		Quantity int64 `json:"quantity" minimum:"0" maximum:"999"`
	}
}

func (a *API) setLine(ctx context.Context, c *call, in *lineSetting) (Cart, error) {
	return a.change(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.PutInCart(ctx, tx, c.store, c.cart, in.Variant, in.Body.Quantity, false)
	})
}

type contactWish struct {
	Body struct {
		Email           string           `json:"email,omitempty"`
		ShippingAddress *address.Address `json:"shipping_address,omitempty"`
		BillingAddress  *address.Address `json:"billing_address,omitempty" doc:"Missing: the same as the shipping address"`
		Locale          string           `json:"locale,omitempty" doc:"Missing: as it is"`
	}
}

func (a *API) setContact(ctx context.Context, c *call, in *contactWish) (Cart, error) {
	to := cart.Contact{Email: in.Body.Email, Locale: in.Body.Locale}
	if in.Body.ShippingAddress != nil {
		to.Shipping = *in.Body.ShippingAddress
	}
	if in.Body.BillingAddress != nil {
		to.Billing = *in.Body.BillingAddress
	}
	return a.change(ctx, c, func(ctx context.Context, tx *db.Tx) error { return flow.TellCart(ctx, tx, c.store, c.cart, to) })
}

// ShippingOptions are the ways to ship a cart.
type ShippingOptions struct {
	Options []ShippingOption `json:"shipping_options"`
	Chosen  string           `json:"shipping_option,omitempty" doc:"Key of the one that is chosen: the only one, or the one chosen before"`
}

// quoteShipping asks the suppliers with no transaction open, and keeps what they say only
// if the cart is still the one that they were asked about.
func (a *API) quoteShipping(ctx context.Context, c *call, _ *nothing) (out ShippingOptions, err error) {
	var wanted flow.Wanted
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		wanted, err = flow.WantedOf(ctx, tx, c.store, c.cart)
		return err
	})
	if err != nil {
		return out, err
	}
	articles := make([]outside.Wanted, len(wanted.Needs))
	for i, n := range wanted.Needs {
		articles[i] = outside.Wanted{Variant: n.Variant, Quantity: n.Quantity, Title: n.Title}
	}
	quotes, err := a.outside.Quotes(ctx, c.store, articles, wanted.ShipTo, wanted.Cart.Currency)
	if err != nil {
		return out, err
	}
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		options, err := flow.OfferShipping(ctx, tx, wanted, quotes)
		if err != nil {
			return err
		}
		after, err := cart.Get(ctx, tx, c.store, c.cart)
		out = ShippingOptions{Options: optionsView(options, wanted.Cart.Currency, tx.Now), Chosen: after.OptionKey}
		return err
	})
	return out, err
}

type optionWish struct {
	Body struct {
		Key string `json:"key" doc:"Of one of the shipping options"`
	}
}

func (a *API) chooseShipping(ctx context.Context, c *call, in *optionWish) (Cart, error) {
	return a.change(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		return flow.ChooseShipping(ctx, tx, c.store, c.cart, in.Body.Key)
	})
}

// CartTotals are the sums of a cart.
type CartTotals struct {
	Subtotal    money.Amount    `json:"subtotal"`
	Discount    money.Amount    `json:"discount"`
	Shipping    *money.Amount   `json:"shipping" doc:"null until a way to ship is chosen"`
	Tax         money.Amount    `json:"tax"`
	TaxIncluded bool            `json:"tax_included" doc:"The tax is contained in the prices"`
	Total       money.Amount    `json:"total"`
	Option      *ShippingOption `json:"shipping_option,omitempty"`
	Ready       bool            `json:"ready" doc:"Nothing is missing for the checkout but the way to pay"`
}

func (a *API) cartTotals(ctx context.Context, c *call, _ *nothing) (out CartTotals, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		found, err := cart.Get(ctx, tx, c.store, c.cart)
		if err != nil {
			return err
		}
		totals, option, err := flow.CartTotals(ctx, tx, found)
		if err != nil {
			return err
		}
		out = totalsView(found, totals, option, tx.Now)
		return nil
	})
	return out, err
}

func totalsView(c cart.Cart, t order.Totals, option *flow.Option, now clock.Time) CartTotals {
	in := func(minor int64) money.Amount { return money.New(minor, c.Currency) }
	out := CartTotals{Subtotal: in(t.Subtotal), Discount: in(t.Discount), Tax: in(t.Tax), Total: in(t.Total),
		TaxIncluded: t.Total == t.Subtotal-t.Discount+t.Shipping}
	if option != nil {
		shipping := in(t.Shipping)
		out.Shipping, out.Option = &shipping, &optionsView([]flow.Option{*option}, c.Currency, now)[0]
	}
	out.Ready = option != nil && c.Email != "" && c.Shipping != "" && c.OrderID == ""
	return out
}

// optionsView leaves out what only the merchant may see: who ships and what it costs.
func optionsView(options []flow.Option, c money.Currency, now clock.Time) []ShippingOption {
	list := []ShippingOption{}
	for _, o := range options {
		list = append(list, ShippingOption{Key: o.Key, Name: o.Name, Price: money.New(o.PriceMinor, c), FromDays: o.FromDays, ToDays: o.ToDays,
			DeliveryFrom: now.Std().AddDate(0, 0, o.FromDays).Format("2006-01-02"), DeliveryTo: now.Std().AddDate(0, 0, o.ToDays).Format("2006-01-02")})
	}
	return list
}

// cartView reads a cart as its shopper sees it.
func cartView(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart) (Cart, error) {
	c, err := cart.Get(ctx, tx, s, name)
	if err != nil {
		return Cart{}, err
	}
	out := Cart{ID: c.CartID, Currency: string(c.Currency), Locale: c.Locale, Email: c.Email, Lines: []CartLine{}, ShippingOptions: []ShippingOption{},
		Subtotal: money.Zero(c.Currency), Order: c.OrderID, UpdatedAt: c.UpdatedAt}
	for _, part := range []struct {
		read func() (address.Address, error)
		into **address.Address
	}{{c.ShipTo, &out.ShippingAddress}, {c.BillTo, &out.BillingAddress}} {
		found, err := part.read()
		if err != nil {
			return out, err
		}
		if !found.IsEmpty() {
			*part.into = &found
		}
	}
	if out.Lines, err = cartLines(ctx, tx, c); err != nil {
		return out, err
	}
	for _, l := range out.Lines {
		if out.Subtotal, err = out.Subtotal.Add(l.Total); err != nil {
			return out, err
		}
	}
	options, err := flow.ParseOptions(c.Options)
	if err == nil && c.QuotedAt != 0 {
		out.ShippingOptions, out.ShippingOption = optionsView(options, c.Currency, tx.Now), c.OptionKey
	}
	return out, err
}

func cartLines(ctx context.Context, tx *db.Tx, c cart.Cart) ([]CartLine, error) {
	lines, err := cart.Lines(ctx, tx, c.StoreID, c.CartID)
	if err != nil {
		return nil, err
	}
	list := make([]CartLine, 0, len(lines))
	for _, l := range lines {
		v, err := catalog.GetVariant(ctx, tx, c.StoreID, l.VariantID)
		if err != nil {
			return nil, err
		}
		p, err := catalog.Get(ctx, tx, c.StoreID, v.ProductID)
		if err != nil {
			return nil, err
		}
		forSale := p.Status == catalog.Active && v.Currency == c.Currency
		one := CartLine{Variant: v.VariantID, Product: p.ProductID, Handle: p.Handle, SKU: v.Sku, Title: p.Title, VariantTitle: v.Name(), Image: v.Image,
			Quantity: l.Quantity, Available: v.Free(), ForSale: forSale, UnitPrice: v.Price(), Total: money.Zero(c.Currency)}
		if forSale {
			if one.Total, err = v.Price().Times(l.Quantity); err != nil {
				return nil, err
			}
		}
		list = append(list, one)
	}
	return slices.Clip(list), nil
}
