package dashboard

import (
	"context"
	"errors"
	"strings"

	"doorstep/connector"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// testOrder is the order that the merchant placed to see one travel.
type testOrder struct {
	ID        id.Order
	Number    int64
	State     string
	Goods     string
	Money     string
	Purchases []purchase.Purchase
	Suppliers map[id.Supplier]string
}

// testArticle is an article that a test order can be of.
type testArticle = report.Sellable

// readTest finds the newest test order, and what one could be of.
func (p *startView) readTest(ctx context.Context, tx *db.Tx, s id.Store) error {
	name, err := store.LastTest(ctx, tx, s)
	if err != nil {
		return err
	}
	if p.Articles, err = report.Sellables(ctx, tx, s, 20); err != nil {
		return err
	}
	if name == "" {
		return nil
	}
	o, err := order.Get(ctx, tx, s, name)
	if err != nil {
		return err
	}
	p.Test = &testOrder{ID: name, Number: o.Number, State: string(o.State), Goods: o.Goods, Money: o.Money, Suppliers: map[id.Supplier]string{}}
	for _, sup := range p.Suppliers {
		p.Test.Suppliers[sup.SupplierID] = sup.Name
	}
	p.Test.Purchases, err = purchase.OfOrder(ctx, tx, s, name)
	return err
}

// testBad is why no test order can be placed yet, and the step that mends it.
func (p startView) testBad() (words, step string) {
	switch {
	case len(p.Suppliers) == 0:
		return "A test order needs a supplier to go to.", "supplier"
	case p.Active == 0:
		return "A test order needs a product on sale.", "products"
	case len(p.Articles) == 0:
		return "Nothing can be sold yet: no product on sale has stock at a supplier. Map one on its page.", "products"
	case !p.Bank:
		return "A test order is paid by your own word, so that no money moves: connect bank transfer, and pause it afterwards if you do not want it.", "payment"
	}
	return "", ""
}

// testHome is an address that holds in a country, for a test order.
func testHome(country string) address.Address {
	a, known := map[string]address.Address{
		"AT": {Line1: "Stephansplatz 1", PostalCode: "1010", Locality: "Wien"},
		"AU": {Line1: "1 Martin Place", PostalCode: "2000", Locality: "Sydney", Region: "NSW"},
		"BR": {Line1: "Avenida Paulista 1000", PostalCode: "01310-100", Locality: "São Paulo", Region: "SP", Sublocality: "Bela Vista"},
		"CA": {Line1: "100 Queen Street West", PostalCode: "M5H 2N2", Locality: "Toronto", Region: "ON"},
		"CH": {Line1: "Bahnhofstrasse 1", PostalCode: "8001", Locality: "Zürich"},
		"DE": {Line1: "Unter den Linden 1", PostalCode: "10117", Locality: "Berlin"},
		"ES": {Line1: "Calle de Alcalá 1", PostalCode: "28014", Locality: "Madrid", Region: "M"},
		"FR": {Line1: "1 Rue de Rivoli", PostalCode: "75001", Locality: "Paris"},
		"GB": {Line1: "1 Trafalgar Square", PostalCode: "WC2N 5DN", Locality: "London"},
		"IT": {Line1: "Via del Corso 1", PostalCode: "00186", Locality: "Roma", Region: "RM"},
		"NL": {Line1: "Dam 1", PostalCode: "1012 JS", Locality: "Amsterdam"},
		"US": {Line1: "350 Fifth Avenue", PostalCode: "10118", Locality: "New York", Region: "NY"},
	}[country]
	if !known {
		a = address.Address{}
	}
	a.Name, a.Country, a.Phone = "Test order", country, ""
	return a
}

// startOrder places a real order by the way that a customer's takes: cart, freight, totals,
// payment. It is marked as a test before the money is confirmed, so that nothing leaves.
func (d *Dashboard) startOrder(v *visit) error {
	p, err := d.startRead(v)
	if err != nil {
		return err
	}
	if words, _ := p.testBad(); words != "" {
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/start/order")
	}
	number, err := d.placeTest(v)
	if err != nil {
		words, ok := refusal(err)
		if bad, is := errors.AsType[*flow.Invalid](err); is {
			words, ok = sentence(bad.Error()), true
		}
		if !ok {
			return err
		}
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/start/order")
	}
	v.tell(ui.Good, "Order "+number+" is placed and paid, as a test. Look where it went.")
	return v.lead(Prefix + "/start/order")
}

// testAddress is where the form says that the test order goes.
func testAddress(v *visit) address.Address {
	return address.Address{Name: v.form("to_name"), Line1: v.form("to_line1"), PostalCode: v.form("to_postal_code"), Locality: v.form("to_locality"),
		Region: v.form("to_region"), Sublocality: v.form("to_sublocality"), Phone: v.form("to_phone"), Country: strings.ToUpper(v.form("to_country"))}
}

func (d *Dashboard) placeTest(v *visit) (number string, err error) {
	var wanted flow.Wanted
	err = d.once(v, func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, v.store, v.settings.Locale)
		if err != nil {
			return err
		}
		if err := flow.PutInCart(ctx, tx, v.store, c.CartID, id.Variant(v.form("variant")), 1, false); err != nil {
			return err
		}
		to := cart.Contact{Email: v.staff.Email, Shipping: testAddress(v)}
		if err := flow.TellCart(ctx, tx, v.store, c.CartID, to); err != nil {
			return err
		}
		wanted, err = flow.WantedOf(ctx, tx, v.store, c.CartID)
		return err
	})
	if err != nil || wanted.Cart.CartID == "" {
		return "", err
	}
	quotes, err := d.outside.QuotesFor(v.r.Context(), wanted) // no transaction is open here
	if err != nil {
		return "", err
	}
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		options, err := flow.OfferShipping(ctx, tx, wanted, quotes)
		if err != nil {
			return err
		}
		if err := flow.ChooseShipping(ctx, tx, v.store, wanted.Cart.CartID, options[0].Key); err != nil {
			return err
		}
		bank, err := bankOf(ctx, tx, v.store)
		if err != nil {
			return err
		}
		placed, err := flow.PlaceOrder(ctx, tx, flow.Placement{Store: v.store, Cart: wanted.Cart.CartID, Connector: bank, Driver: "manual", Manual: true, Actor: v.actor()})
		if err != nil {
			return err
		}
		number = placed.Order.Name()
		if err := flow.MarkTest(ctx, tx, v.store, placed.Order.OrderID, v.actor()); err != nil {
			return err
		}
		return flow.ConfirmManual(ctx, tx, v.store, placed.Order.OrderID, v.actor())
	})
	return number, err
}

// bankOf is the way to pay that a person confirms.
func bankOf(ctx context.Context, tx *db.Tx, s id.Store) (id.Connector, error) {
	all, err := store.Connectors(ctx, tx, s)
	for _, c := range all {
		if c.Kind == string(connector.Payment) && c.Driver == "manual" && c.State == store.Active {
			return c.ConnectorID, nil
		}
	}
	return "", err
}

// startOrderCancel takes the test order back: stock, purchase and money are as before.
func (d *Dashboard) startOrderCancel(v *visit) error {
	return d.do(v, Prefix+"/start/order", "The test order is cancelled: its stock is free again, and its money counts as returned.", func(ctx context.Context, tx *db.Tx) error {
		name, err := store.LastTest(ctx, tx, v.store)
		if err != nil || name == "" {
			return err
		}
		return flow.CancelOrder(ctx, tx, v.store, name, "test order", v.actor())
	})
}
