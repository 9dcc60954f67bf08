package flow

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// NewProduct is a product as a person says it: every combination of the values of its options
// becomes a variant, and all have one price.
type NewProduct struct {
	Title     string
	Body      string // HTML, cleaned
	Options   []catalog.Choice
	Price     money.Amount
	CompareAt money.Amount // zero: none
	SKU       string       // what the article numbers begin with; empty: they have none
	Supplier  id.Supplier  // whom only people talk to; empty: nobody offers it yet
	Cost      money.Amount // of one unit at the supplier, in any currency
	Quantity  int64        // that the supplier has of each variant
}

// skuMost is how long the beginning of article numbers may be.
const skuMost = 60

// quantityMost is the greatest stock that a person can type.
const quantityMost = 1 << 40

// Check is everything that is wrong with the product in a store that sells in a currency. The
// fields are those of the API: "title", "options[0].values", "price" and so on.
func (n NewProduct) Check(c money.Currency) (list address.Problems) {
	wrong := func(ok bool, field, words string) {
		if !ok {
			list = append(list, address.Problem{Field: field, Code: "invalid", Words: words})
		}
	}
	title := strings.TrimSpace(n.Title)
	wrong(title != "", "title", "The title is missing.")
	wrong(len([]rune(title)) <= catalog.MaxText, "title", "The title is longer than 255 characters.")
	wrong(len(n.Body) <= catalog.MaxBody, "body", "The description is too long.")
	if _, _, err := catalog.Combine(n.Options); err != nil {
		list = append(list, problemsOf(err)...)
	}
	wrong(n.Price.Currency == c, "price", "The price is in "+string(c)+", as the store's are.")
	wrong(n.Price.Minor >= 0, "price", "The price is negative.")
	wrong(n.CompareAt.IsZero() || n.CompareAt.Currency == c && n.CompareAt.Minor > n.Price.Minor, "compare_at", "The price before is higher than the price, or there is none.")
	wrong(len([]rune(n.SKU)) <= skuMost, "sku_prefix", "Article numbers begin with 60 characters at most.")
	if n.Supplier == "" {
		return list
	}
	wrong(n.Cost.Currency.Valid() && n.Cost.Minor >= 0, "cost", "The cost is a sum such as 5.00.")
	wrong(n.Quantity >= 0 && n.Quantity <= quantityMost, "stock", "The stock is a whole number.")
	return list
}

// problemsOf is what a draft that cannot be kept is wrong in, field by field.
func problemsOf(err error) (list address.Problems) {
	faults, _ := errors.AsType[catalog.Invalid](err)
	for _, f := range faults {
		name := f.Field[strings.LastIndex(f.Field, ".")+1:]
		list = append(list, address.Problem{Field: f.Field, Code: "invalid", Words: "The " + strings.ReplaceAll(name, "_", " ") + " " + f.Reason + "."})
	}
	return list
}

// invalidGoods is an error as *Invalid where it is about what somebody typed.
func invalidGoods(err error) error {
	if list := problemsOf(err); len(list) > 0 {
		return &Invalid{Problems: list}
	}
	return invalid(err)
}

// MakeProduct makes a product with its variants, not on sale yet, and has the supplier offer
// each of them. What is wrong with what was typed is an *Invalid.
func MakeProduct(ctx context.Context, tx *db.Tx, s id.Store, n NewProduct, actor Actor) (id.Product, error) {
	c, err := catalog.Currency(ctx, tx, s)
	if err != nil {
		return "", err
	}
	wrong := n.Check(c)
	if err := n.checkSupplier(ctx, tx, s, &wrong); err != nil {
		return "", err
	}
	if len(wrong) > 0 {
		return "", &Invalid{Problems: wrong}
	}
	choices, values, err := catalog.Combine(n.Options)
	if err != nil {
		return "", invalidGoods(err)
	}
	d := n.draft(choices, values)
	put, err := catalog.Add(ctx, tx, s, d)
	if err != nil {
		return "", invalidGoods(err)
	}
	if err := Record(ctx, tx, event.Fact{Store: s, Kind: "product.added", Subject: string(put.Product), Actor: string(actor),
		Data: data{"title": d.Title, "variants": len(values)}}); err != nil || n.Supplier == "" {
		return put.Product, err
	}
	for i, v := range put.Variants {
		m := Mapping{Supplier: n.Supplier, Variant: v, SKU: articleNumber(d, i), CostMinor: n.Cost.Minor, Currency: n.Cost.Currency,
			Quantity: n.Quantity, Counted: true, Pack: 1, Active: true}
		_, err := MapOffer(ctx, tx, s, m, actor)
		if r, refused := errors.AsType[*Refusal](err); refused {
			return "", &Invalid{Problems: address.Problems{{Field: "supplier", Code: r.Code, Words: r.Words}}}
		}
		if err != nil {
			return "", err
		}
	}
	return put.Product, nil
}

// checkSupplier refuses suppliers with a connection: their articles have numbers of their own.
func (n NewProduct) checkSupplier(ctx context.Context, tx *db.Tx, s id.Store, wrong *address.Problems) error {
	if n.Supplier == "" {
		return nil
	}
	supplier, err := inventory.SupplierByID(ctx, tx, s, n.Supplier)
	words := ""
	switch {
	case errors.Is(err, sql.ErrNoRows):
		words = "There is no such supplier."
	case err != nil:
		return err
	case supplier.ConnectorID != "":
		words = supplier.Name + " is asked by its own article numbers: map them on the page of each variant."
	default:
		return nil
	}
	*wrong = append(*wrong, address.Problem{Field: "supplier", Code: "invalid", Words: words})
	return nil
}

func (n NewProduct) draft(choices []catalog.Choice, values [][]string) catalog.Draft {
	title := strings.TrimSpace(n.Title)
	d := catalog.Draft{Handle: orElse(catalog.Slug(title), "product"), Title: title, Body: n.Body, Status: catalog.Unlisted}
	for _, c := range choices {
		d.Options = append(d.Options, c.Name)
	}
	skus := catalog.SKUs(strings.TrimSpace(n.SKU), values)
	for i, one := range values {
		d.Variants = append(d.Variants, catalog.DraftVariant{SKU: skus[i], Values: one, Price: n.Price, CompareAt: n.CompareAt, RequiresShipping: true, Taxable: true})
	}
	return d
}

// articleNumber is what a variant is called at a supplier whom only people talk to: its SKU,
// or else what it is.
func articleNumber(d catalog.Draft, i int) string {
	names := catalog.SKUs(d.Handle, [][]string{d.Variants[i].Values})
	return orElse(d.Variants[i].SKU, names[0])
}
