package flow

import (
	"context"

	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

// AddVariant puts a variant to a product. What is wrong with what was typed is an *Invalid.
func AddVariant(ctx context.Context, tx *db.Tx, s id.Store, product id.Product, a catalog.Addition, actor Actor) (id.Variant, error) {
	c, err := catalog.Currency(ctx, tx, s)
	if err != nil {
		return "", err
	}
	if a.Price.Currency != c || !a.CompareAt.IsZero() && a.CompareAt.Currency != c {
		return "", &Refusal{Code: "currency", Field: "price", Words: "The store sells in " + string(c) + "."}
	}
	name, err := catalog.AddVariant(ctx, tx, s, product, a)
	if err != nil {
		return "", invalidGoods(err)
	}
	return name, Record(ctx, tx, event.Fact{Store: s, Kind: "variant.added", Subject: string(name), Actor: string(actor),
		Data: data{"product": product, "values": a.Values, "sku": a.SKU, "price": a.Price}})
}

// EverSold says whether an order or an exchange names a variant: then it stays for good.
func EverSold(ctx context.Context, tx *db.Tx, s id.Store, v id.Variant) (bool, error) {
	return New(tx).VariantSold(ctx, VariantSoldParams{StoreID: s, VariantID: v})
}

// RemoveVariant takes a variant away with the offers for it, out of carts too. One that was
// sold stays, because orders name it: it is paused, and gone is false.
func RemoveVariant(ctx context.Context, tx *db.Tx, s id.Store, name id.Variant, actor Actor) (gone bool, err error) {
	v, err := catalog.HoldVariant(ctx, tx, s, name) // who orders it now waits, or has ordered it already
	if err != nil {
		return false, invalid(err)
	}
	sold, err := EverSold(ctx, tx, s, name)
	if err != nil {
		return false, err
	}
	if sold {
		return false, PauseVariant(ctx, tx, s, name, "Taken off by hand; it stays because orders name it", actor)
	}
	all, err := catalog.VariantsOf(ctx, tx, s, v.ProductID)
	if err != nil {
		return false, err
	}
	if len(all) == 1 {
		return false, refuse("not-possible", "It is the only variant: archive the product instead.")
	}
	if err := emptyVariant(ctx, tx, v); err != nil {
		return false, err
	}
	if gone, err = catalog.RemoveVariant(ctx, tx, v); err != nil {
		return false, err
	}
	if !gone {
		return false, refuse("not-possible", "A purchase or an exchange names it: stop selling it instead.")
	}
	return true, Record(ctx, tx, event.Fact{Store: s, Kind: "variant.removed", Subject: string(name), Actor: string(actor),
		Data: data{"product": v.ProductID, "title": v.Title, "sku": v.Sku}})
}

// emptyVariant takes away what names a variant that was never sold.
func emptyVariant(ctx context.Context, tx *db.Tx, v catalog.Variant) error {
	offers, err := inventory.OffersOf(ctx, tx, v.StoreID, v.VariantID)
	if err != nil {
		return err
	}
	for _, o := range offers {
		if _, err := inventory.Remove(ctx, tx, o); err != nil {
			return err
		}
	}
	if _, err := inventory.SellAgain(ctx, tx, v.StoreID, v.VariantID); err != nil { // a pause is a row of its own
		return err
	}
	return cart.ForgetVariant(ctx, tx, v.StoreID, v.VariantID)
}
