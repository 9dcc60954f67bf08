package stage

import (
	"context"
	"fmt"

	"doorstep"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// Pottery is a supplier that only people talk to, with one article that nobody else has.
type Pottery struct {
	Supplier inventory.Supplier
	Bowl     id.Variant
	Handle   string // of the article in the shop
}

// freight is what the pottery asks for a parcel.
const freight = `[{"countries":["*"],"service":"post","name":"Post","cost":"3","currency":"EUR","min_days":2,"max_days":4}]`

// AddPottery puts the pottery's bowl on sale.
func AddPottery(ctx context.Context, p *doorstep.Program) (Pottery, error) {
	made := Pottery{Handle: "harbour-bowl"}
	err := p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		supplier := inventory.NewSupplier(p.Store.StoreID, "Harbour Pottery")
		supplier.Freight = freight
		if made.Supplier, err = inventory.AddSupplier(ctx, tx, supplier); err != nil {
			return err
		}
		put, err := catalog.Put(ctx, tx, p.Store.StoreID, catalog.Draft{Handle: made.Handle, Title: "Harbour Bowl", Status: catalog.Active,
			Body: "<p>Thrown by hand, ten minutes from here.</p>", Images: []catalog.DraftImage{{URL: "/sample/mixing-bowls/1.svg", Alt: "A bowl"}},
			Variants: []catalog.DraftVariant{{SKU: "BOWL-1", Price: money.New(24_00, p.Store.Currency), RequiresShipping: true, Taxable: true}}}, false)
		if err != nil {
			return err
		}
		made.Bowl = put.Variants[0]
		_, _, err = inventory.PutOffer(ctx, tx, made.Supplier, inventory.Offer{VariantID: made.Bowl, SupplierSku: "HP-1", CostMinor: 7_00,
			Currency: p.Store.Currency, Quantity: 5000, Active: true, AsOf: tx.Now})
		return err
	})
	return made, err
}

// Order places an order for bowls, to be paid by transfer, and confirms the money where paid
// says so.
func (m Pottery) Order(ctx context.Context, p *doorstep.Program, name string, quantity int64, paid bool) (flow.Placed, error) {
	var placed flow.Placed
	err := p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, p.Store.StoreID, "en")
		if err == nil {
			err = flow.PutInCart(ctx, tx, p.Store.StoreID, c.CartID, m.Bowl, quantity, false)
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
		placed, err = flow.PlaceOrder(ctx, tx, flow.Placement{Store: p.Store.StoreID, Cart: c.CartID, Connector: "cn_bank", Driver: "manual", Manual: true, Actor: "customer"})
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
