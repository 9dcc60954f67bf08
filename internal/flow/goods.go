package flow

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// EditProduct stores what a person says of a product, its variants aside.
func EditProduct(ctx context.Context, tx *db.Tx, s id.Store, name id.Product, e catalog.Edit, actor Actor) error {
	changed, err := catalog.Change(ctx, tx, s, name, e)
	if err != nil {
		return invalid(err)
	}
	if !changed {
		return nil
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "product.changed", Subject: string(name), Actor: string(actor),
		Data: data{"title": e.Title, "status": e.Status}})
}

// PriceVariant stores SKU, barcode and prices of a variant.
func PriceVariant(ctx context.Context, tx *db.Tx, s id.Store, name id.Variant, say catalog.Pricing, actor Actor) error {
	was, changed, err := catalog.Price(ctx, tx, s, name, say)
	if err != nil {
		return invalid(err)
	}
	if !changed {
		return nil
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "variant.changed", Subject: string(name), Actor: string(actor),
		Data: data{"sku": say.SKU, "from": was.Price(), "to": money.New(say.Price, was.Currency)}})
}

// Rate is a change of many prices or buffers at once.
type Rate struct {
	Percent       int64 // of the price, signed: -10 is a tenth off; 0: prices stay
	Nines         bool  // prices end in .99, where the currency has cents
	SetBuffer     bool
	BufferUnits   int64
	BufferPercent int64
}

// ChangeMany changes prices and buffers of variants; it says how many it changed.
func ChangeMany(ctx context.Context, tx *db.Tx, s id.Store, variants []id.Variant, r Rate, actor Actor) (int, error) {
	if r.Percent < -90 || r.Percent > 900 {
		return 0, &Refusal{Code: "invalid", Field: "percent", Words: "Prices change by -90 to 900 per cent at once."}
	}
	changed := 0
	for _, name := range variants {
		did, err := changeOne(ctx, tx, s, name, r, actor)
		if err != nil {
			return 0, err
		}
		if did {
			changed++
		}
	}
	return changed, nil
}

func changeOne(ctx context.Context, tx *db.Tx, s id.Store, name id.Variant, r Rate, actor Actor) (bool, error) {
	v, err := catalog.GetVariant(ctx, tx, s, name)
	if err != nil {
		return false, invalid(err)
	}
	did := false
	if r.Percent != 0 {
		price := r.price(v.Price())
		did = price != v.PriceMinor
		say := catalog.Pricing{SKU: v.Sku, Barcode: v.Barcode, Price: price, CompareAt: v.CompareAtMinor}
		if err := PriceVariant(ctx, tx, s, name, say, actor); err != nil {
			return false, err
		}
	}
	if !r.SetBuffer {
		return did, nil
	}
	offers, err := inventory.OffersOf(ctx, tx, s, name)
	if err != nil {
		return false, err
	}
	for _, o := range offers {
		if !o.Active || o.BufferUnits == r.BufferUnits && o.BufferPercent == r.BufferPercent {
			continue
		}
		o.BufferUnits, o.BufferPercent = r.BufferUnits, r.BufferPercent
		if err := inventory.Revise(ctx, tx, o); err != nil {
			return false, invalid(err)
		}
		did = true
		if err := Record(ctx, tx, event.Fact{Store: s, Kind: "offer.changed", Subject: string(o.OfferID), Actor: string(actor),
			Data: data{"sku": o.SupplierSku, "buffer_units": r.BufferUnits, "buffer_percent": r.BufferPercent}}); err != nil {
			return false, err
		}
	}
	return did, nil
}

// price is the new price of one that was; rounded to the nearest minor unit.
func (r Rate) price(was money.Amount) int64 {
	n := (was.Minor*(100+r.Percent) + 50) / 100
	if unit := pow10(was.Currency.Digits()); r.Nines && unit >= 100 && n > 0 {
		n = (n+unit-1)/unit*unit - unit/100
	}
	return n
}

func pow10(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
}

// Found is an article of a supplier that is to become a product of its own.
type Found struct {
	SKU, Title string
	CostMinor  int64
	Currency   money.Currency
	Quantity   int64
	ShipFrom   string
	Price      money.Amount
}

// AddFound makes a product of a supplier's article, not on sale yet: it has no picture.
func AddFound(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, f Found, actor Actor) (id.Product, error) {
	title := orElse(strings.TrimSpace(f.Title), f.SKU)
	d := catalog.Draft{Handle: catalog.Slug(title + "-" + f.SKU), Title: title, Status: catalog.Unlisted,
		Variants: []catalog.DraftVariant{{SKU: f.SKU, Price: f.Price, RequiresShipping: true, Taxable: true}}}
	put, err := catalog.Put(ctx, tx, s, d, false)
	if err != nil {
		return "", invalid(err)
	}
	if !put.Created {
		return put.Product, nil
	}
	if err := Record(ctx, tx, event.Fact{Store: s, Kind: "product.added", Subject: string(put.Product), Actor: string(actor), Data: data{"title": title}}); err != nil {
		return "", err
	}
	_, err = MapOffer(ctx, tx, s, Mapping{Supplier: supplier, Variant: put.Variants[0], SKU: f.SKU, CostMinor: f.CostMinor, Currency: f.Currency,
		Quantity: f.Quantity, Counted: true, ShipFrom: f.ShipFrom, Pack: 1, Active: true}, actor)
	return put.Product, err
}

// invalid is an error for people where it is about what they typed.
func invalid(err error) error {
	if list, ok := errors.AsType[catalog.Invalid](err); ok && len(list) > 0 {
		return &Refusal{Code: "invalid", Field: list[0].Field, Words: "The " + list[0].Field + " " + list[0].Reason + "."}
	}
	if errors.Is(err, inventory.ErrInvalid) {
		return &Refusal{Code: "invalid", Words: err.Error()}
	}
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such thing here any more.")
	}
	return err
}
