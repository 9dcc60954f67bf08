package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/promise"
	"doorstep/internal/purchase"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// OrderToken is what opens the customer's view of one order: the signature in the links of
// mails and in the answer to a checkout. It cannot be guessed and does not lapse.
func OrderToken(box *seal.Box, s id.Store, o id.Order) string {
	return box.Sign("order", string(s), string(o))
}

// PreviewToken stands where an order's token would in what only the staff look at: whoever may
// read what a customer is told may not do what a customer may.
const PreviewToken = "preview"

// LiveLinks puts an order's own token into the links of a text that the staff wrote with
// PreviewToken, for the customer's eyes.
func LiveLinks(text string, o id.Order, token string) string {
	page := "/orders/" + string(o) + "?token="
	return strings.ReplaceAll(text, page+PreviewToken, page+token)
}

// OrderTokenOpens says whether a token is the order's, in constant time.
func OrderTokenOpens(box *seal.Box, token string, s id.Store, o id.Order) bool {
	return box.Verify(token, "order", string(s), string(o))
}

// StartCart makes an empty cart in the store's currency, and its token, which is told once.
func StartCart(ctx context.Context, tx *db.Tx, s id.Store, locale string) (cart.Cart, string, error) {
	if p := (cart.Contact{Locale: locale}).Check(); len(p) > 0 {
		return cart.Cart{}, "", &Invalid{Problems: p}
	}
	c, err := catalog.Currency(ctx, tx, s)
	if err != nil {
		return cart.Cart{}, "", err
	}
	return cart.Create(ctx, tx, s, c, locale)
}

// PutInCart says how many units of a variant are wanted, or with add how many more; none
// takes it out. Errors for the customer are *Refusal.
func PutInCart(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart, v id.Variant, quantity int64, add bool) error {
	if quantity > 0 {
		if err := forSale(ctx, tx, s, name, v); err != nil {
			return err
		}
	}
	put := cart.SetLine
	if add {
		put = cart.AddLine
	}
	return cartRefusal(put(ctx, tx, s, name, v, quantity))
}

// forSale refuses a variant that is not there, not shown or not sold in the cart's money.
func forSale(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart, v id.Variant) error {
	c, err := cart.Get(ctx, tx, s, name)
	if err != nil {
		return cartRefusal(err)
	}
	sold, err := catalog.SoldAs(ctx, tx, s, []id.Variant{v})
	if errors.Is(err, sql.ErrNoRows) {
		return &Refusal{Code: "variant-unknown", Field: "variant", Variant: v, Words: fmt.Sprintf("There is no article %s.", v)}
	}
	if err != nil {
		return err
	}
	found, product := sold[v].Variant, sold[v].Product
	if product.Status != catalog.Active || found.Currency != c.Currency {
		return &Refusal{Code: "not-for-sale", Field: "variant", Variant: v, Words: product.Title + " is not for sale."}
	}
	return nil
}

// Invalid is what a person typed and what is wrong with each field.
type Invalid struct{ Problems address.Problems }

// Error gives all words.
func (i *Invalid) Error() string { return i.Problems.Error() }

// TellCart replaces who buys and where it goes. Errors for the customer are *Invalid and
// *Refusal.
func TellCart(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart, to cart.Contact) error {
	to = to.Clean()
	if p := to.Check(); len(p) > 0 {
		return &Invalid{Problems: p}
	}
	return cartRefusal(cart.SetContact(ctx, tx, s, name, to))
}

// Wanted is a cart as freight is quoted for it: read it, ask for quotes with no transaction
// open, and hand it back to OfferShipping.
type Wanted struct {
	Cart       cart.Cart
	ShipTo     order.Address
	Needs      []purchase.Need
	Candidates []purchase.Candidate
	Subtotal   int64
	Settings   store.Settings
}

// WantedOf reads what is to be shipped and who could. Errors for the customer are *Refusal.
func WantedOf(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart) (w Wanted, err error) {
	if w.Cart, err = cart.Get(ctx, tx, s, name); err != nil {
		return w, cartRefusal(err)
	}
	if w.Cart.OrderID != "" {
		return w, cartRefusal(cart.ErrOrdered)
	}
	if w.ShipTo, err = order.ParseAddress(w.Cart.Shipping); err != nil {
		return w, err
	}
	if w.ShipTo.Country == "" {
		return w, &Refusal{Code: "address-missing", Field: "shipping_address", Words: "A delivery address is needed."}
	}
	lines, items, err := linesOf(ctx, tx, s, w.Cart)
	if err != nil {
		return w, err
	}
	variants := make([]id.Variant, len(lines))
	for i, l := range lines {
		variants[i] = l.VariantID
		w.Subtotal += items[i].UnitPrice * items[i].Quantity
		w.Needs = append(w.Needs, purchase.Need{Line: l.LineID, Variant: l.VariantID, Title: l.Title, Quantity: l.Quantity, Price: l.UnitPriceMinor})
	}
	if w.Settings, err = store.LoadSettings(ctx, tx, s); err != nil {
		return w, err
	}
	w.Candidates, err = Candidates(ctx, tx, s, variants, w.ShipTo.Country, w.Cart.Currency, w.Settings)
	return w, err
}

// OfferShipping makes the ways to ship from the quotes and keeps them with the cart, if it
// is still the one that was quoted. The only way there is, is chosen. Nobody who could
// send it all is a *Refusal that says why.
func OfferShipping(ctx context.Context, tx *db.Tx, w Wanted, quotes []Quote) ([]Option, error) {
	in := OptionsInput{Currency: w.Cart.Currency, Needs: w.Needs, Candidates: w.Candidates, Quotes: quotes, Subtotal: w.Subtotal, Settings: w.Settings,
		Country: w.ShipTo.Country}
	var err error
	if in.Lanes, err = promise.LanesTo(ctx, tx, w.Cart.StoreID, in.Country); err != nil {
		return nil, err
	}
	options, err := Options(in)
	if err != nil {
		return nil, err
	}
	if len(options) == 0 {
		return nil, cannotShip(in, w.ShipTo.Country)
	}
	text, err := toJSON(options)
	if err != nil {
		return nil, err
	}
	only := ""
	if len(options) == 1 {
		only = options[0].Key
	}
	return options, cartRefusal(cart.SetOptions(ctx, tx, w.Cart, text, only))
}

// cannotShip says which article keeps the cart here. Which supplier has how many is not a
// customer's business.
func cannotShip(in OptionsInput, country string) error {
	freights, err := freightsOf(in.Quotes, in.Currency, in.Settings)
	if err != nil {
		return err
	}
	plan := purchase.Source(in.Needs, in.Candidates, freights, policy(in.Settings, in.Currency))
	if len(plan.Unmet) == 0 {
		return refuse("cannot-ship", "This cart cannot be delivered to %s at present.", country)
	}
	u := plan.Unmet[0]
	n := in.Needs[slices.IndexFunc(in.Needs, func(n purchase.Need) bool { return n.Line == u.Line })]
	words := fmt.Sprintf("%s cannot be delivered to %s at present.", n.Title, country)
	if u.Quantity < n.Quantity {
		words = fmt.Sprintf("Only %d of %d units of %s can be delivered to %s at present.", n.Quantity-u.Quantity, n.Quantity, n.Title, country)
	}
	return &Refusal{Code: "cannot-ship", Variant: n.Variant, Words: words}
}

// ChooseShipping picks one of the ways to ship that were offered.
func ChooseShipping(ctx context.Context, tx *db.Tx, s id.Store, name id.Cart, key string) error {
	return cartRefusal(cart.Choose(ctx, tx, s, name, key))
}

// CartTotals are the sums of a cart at today's prices, as an order placed now would have
// them; shipping is nothing and option nil until a way to ship is chosen.
func CartTotals(ctx context.Context, tx *db.Tx, c cart.Cart) (order.Totals, *Option, error) {
	set, err := store.LoadSettings(ctx, tx, c.StoreID)
	if err != nil {
		return order.Totals{}, nil, err
	}
	_, items, err := linesOf(ctx, tx, c.StoreID, c)
	if err != nil {
		return order.Totals{}, nil, err
	}
	shipTo, err := order.ParseAddress(c.Shipping)
	if err != nil {
		return order.Totals{}, nil, err
	}
	options, err := ParseOptions(c.Options)
	if err != nil {
		return order.Totals{}, nil, err
	}
	var chosen *Option
	var shipping int64
	if i := slices.IndexFunc(options, func(o Option) bool { return o.Key == c.OptionKey }); i >= 0 && c.QuotedAt != 0 {
		chosen, shipping = &options[i], options[i].PriceMinor
	}
	_, off, err := takenOff(ctx, tx, c, bagOf(tx, c, items, shipping))
	if err != nil {
		return order.Totals{}, nil, err
	}
	num, den := set.Tax(shipTo.Country)
	totals, err := order.Sum(c.Currency, items, shipping-off.Shipping, off.Goods, order.TaxRule{Num: num, Den: den, Included: set.TaxIncluded})
	if err != nil {
		err = refuse("cart-too-large", "%s", err)
	}
	return totals, chosen, err
}

// cartRefusal turns what package cart refuses into words for people and programs.
func cartRefusal(err error) error {
	say := func(code, field string) error {
		words := err.Error()
		return &Refusal{Code: code, Field: field, Words: strings.ToUpper(words[:1]) + words[1:] + "."}
	}
	switch {
	case errors.Is(err, cart.ErrOrdered):
		return say("cart-ordered", "")
	case errors.Is(err, cart.ErrLines):
		return say("cart-full", "")
	case errors.Is(err, cart.ErrQuantity):
		return say("quantity", "quantity")
	case errors.Is(err, cart.ErrOption):
		return say("option-unknown", "key")
	case errors.Is(err, cart.ErrChanged):
		return say("cart-changed", "")
	case errors.Is(err, sql.ErrNoRows):
		return refuse("cart-missing", "There is no such cart.")
	}
	return err
}
