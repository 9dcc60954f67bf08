package stage

import (
	"context"
	"fmt"
	"strings"

	"doorstep"
	"doorstep/connector"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/store"
	"doorstep/money"
)

// Maker is a supplier with one article that nobody else has.
type Maker struct {
	Supplier inventory.Supplier
	Variant  id.Variant
	Handle   string // of the article in the shop
	Code     string // of the discount that Order enters, where there is one
}

// freight is what makers ask for a parcel.
const freight = `[{"countries":["*"],"service":"post","name":"Post","cost":"3","currency":"EUR","min_days":2,"max_days":4}]`

// AddPottery puts the bowl of a pottery on sale that only people talk to: it has no connector.
func AddPottery(ctx context.Context, p *doorstep.Program) (made Maker, err error) {
	if made, err = addByHand(ctx, p, "Harbour Pottery"); err == nil {
		err = made.sell(ctx, p, "Harbour Bowl", "mixing-bowls", 24_00)
	}
	return made, err
}

// AddGlassworks puts the jug of a glassworks on sale, which only people talk to either, and which
// makes good what came broken.
func AddGlassworks(ctx context.Context, p *doorstep.Program) (made Maker, err error) {
	if made, err = addByHand(ctx, p, "Harbour Glassworks"); err == nil {
		err = made.sell(ctx, p, "Harbour Jug", "glass-storage-jar", 39_95)
	}
	if err != nil {
		return made, err
	}
	err = p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: p.Store.StoreID, SupplierID: made.Supplier.SupplierID, Days: 30, Accepts: "refund", Evidence: "photo"}, flow.System)
	})
	return made, err
}

func addByHand(ctx context.Context, p *doorstep.Program, name string) (made Maker, err error) {
	err = p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		supplier := inventory.NewSupplier(p.Store.StoreID, name)
		supplier.Freight = freight
		made.Supplier, err = inventory.AddSupplier(ctx, tx, supplier)
		return err
	})
	return made, err
}

// AddMill puts the flour of a mill on sale that takes orders by mail, each of which a person
// releases.
func AddMill(ctx context.Context, p *doorstep.Program) (made Maker, err error) {
	return addByMail(ctx, p, "Harbour Mill", "mill", "Stone-Ground Flour", "glass-storage-jar")
}

// DairyMail is where the dairy takes orders.
const DairyMail = "orders@dairy.example"

// AddDairy puts the butter of a dairy on sale that takes orders by mail, as the mill does.
func AddDairy(ctx context.Context, p *doorstep.Program) (made Maker, err error) {
	return addByMail(ctx, p, "Harbour Dairy", "dairy", "Salted Butter", "acacia-serving-board")
}

func addByMail(ctx context.Context, p *doorstep.Program, name, connectorName, article, picture string) (made Maker, err error) {
	terms, byHand := freight, false
	_, err = p.Connect(ctx, connector.Supplier, "manual", connectorName, map[string]string{"email": "orders@" + connectorName + ".example", "name": "Ute"},
		doorstep.Supplying{Supplier: name, Freight: &terms, Automatic: &byHand})
	if err != nil {
		return made, err
	}
	err = p.DB.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		made.Supplier, err = inventory.SupplierByName(ctx, tx, p.Store.StoreID, name)
		return err
	})
	if err == nil {
		err = made.sell(ctx, p, article, picture, 24_00)
	}
	return made, err
}

// sell puts a maker's article on sale, with the picture of another.
func (m *Maker) sell(ctx context.Context, p *doorstep.Program, title, picture string, price int64) error {
	m.Handle = strings.ToLower(strings.ReplaceAll(title, " ", "-"))
	return p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		put, err := catalog.Put(ctx, tx, p.Store.StoreID, catalog.Draft{Handle: m.Handle, Title: title, Status: catalog.Active,
			Body: "<p>Made by hand, ten minutes from here.</p>", Images: []catalog.DraftImage{{URL: "/sample/" + picture + "/1.svg", Alt: title}},
			Variants: []catalog.DraftVariant{{SKU: strings.ToUpper(m.Handle), Price: money.New(price, p.Store.Currency), RequiresShipping: true, Taxable: true}}}, false)
		if err != nil {
			return err
		}
		m.Variant = put.Variants[0]
		_, _, err = inventory.PutOffer(ctx, tx, m.Supplier, inventory.Offer{VariantID: m.Variant, SupplierSku: "M-1", CostMinor: 7_00,
			Currency: p.Store.Currency, Quantity: 5000, Active: true, AsOf: tx.Now})
		return err
	})
}

// Order places an order for the maker's article, to be paid by transfer, and confirms the money where paid
// says so.
func (m Maker) Order(ctx context.Context, p *doorstep.Program, name string, quantity int64, paid bool) (flow.Placed, error) {
	var placed flow.Placed
	err := p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, p.Store.StoreID, "en")
		if err == nil {
			err = flow.PutInCart(ctx, tx, p.Store.StoreID, c.CartID, m.Variant, quantity, false)
		}
		if err == nil && m.Code != "" {
			err = flow.EnterDiscount(ctx, tx, p.Store.StoreID, c.CartID, m.Code)
		}
		if err != nil {
			return err
		}
		home := address.Address{Name: name, Line1: "Lange Straße 1", Locality: "Berlin", PostalCode: "10115", Country: "DE"}
		mail := fmt.Sprintf("%s@shopper.example", c.CartID)
		if err := cart.SetContact(ctx, tx, p.Store.StoreID, c.CartID, cart.Contact{Email: mail, Shipping: home}); err != nil {
			return err
		}
		w, err := flow.WantedOf(ctx, tx, p.Store.StoreID, c.CartID)
		if err != nil {
			return err
		}
		quote := flow.Quote{Supplier: m.Supplier.SupplierID, Service: "post", Name: "Post", CostMinor: 300, Currency: w.Cart.Currency, MinDays: 2, MaxDays: 4}
		if _, err := flow.OfferShipping(ctx, tx, w, []flow.Quote{quote}); err != nil {
			return err
		}
		if err := flow.ChooseShipping(ctx, tx, p.Store.StoreID, c.CartID, "standard"); err != nil {
			return err
		}
		bank, err := store.ConnectorCalled(ctx, tx, p.Store.StoreID, string(connector.Payment), "bank")
		if err != nil {
			return err
		}
		placed, err = flow.PlaceOrder(ctx, tx, flow.Placement{Store: p.Store.StoreID, Cart: c.CartID, Connector: bank.ConnectorID, Driver: "manual", Manual: true, Actor: "customer"})
		if err != nil || !paid {
			return err
		}
		return flow.ConfirmManual(ctx, tx, p.Store.StoreID, placed.Order.OrderID, "customer")
	})
	if err != nil {
		return placed, fmt.Errorf("an order of %s: %w", name, err)
	}
	return placed, nil
}
