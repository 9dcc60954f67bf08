package importer

import (
	"context"
	"database/sql"
	"errors"
	"strings"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// variantOf is which of our variants an offer's row is for: by the first of sku, barcode and
// variant that the row fills. Several variants are an answer too: SKUs need not be unique.
func variantOf(ctx context.Context, tx *db.Tx, store id.Store, o row) (column, name string, found []catalog.Variant, err error) {
	column, name = nameOfVariant(o)
	switch column {
	case "sku":
		found, err = catalog.BySKU(ctx, tx, store, name)
	case "barcode":
		found, err = catalog.ByBarcode(ctx, tx, store, name)
	default:
		found, err = byPath(ctx, tx, store, name)
	}
	return column, name, found, err
}

// nameOfVariant is the column that names the variant, and the name; "sku" without a name
// where none does.
func nameOfVariant(o row) (column, name string) {
	for _, column := range []string{"sku", "barcode", "variant"} {
		if name := unquoted(o.get(column)); name != "" {
			return column, name
		}
	}
	return "sku", ""
}

// byPath finds a variant that has neither SKU nor barcode, as many in shops' exports: by its
// product's handle and its option values, "linen-shirt/Blue/M", or by its id. A handle alone
// is every variant of the product.
func byPath(ctx context.Context, tx *db.Tx, store id.Store, name string) ([]catalog.Variant, error) {
	handle, _, _ := strings.Cut(name, "/")
	p, err := catalog.ByHandle(ctx, tx, store, handle)
	if errors.Is(err, sql.ErrNoRows) {
		return byID(ctx, tx, store, id.Variant(name))
	}
	if err != nil {
		return nil, err
	}
	all, err := catalog.VariantsOf(ctx, tx, store, p.ProductID)
	if err != nil || name == handle {
		return all, err
	}
	var found []catalog.Variant
	for _, v := range all {
		if strings.EqualFold(pathOf(handle, v), name) {
			found = append(found, v)
		}
	}
	return found, nil
}

func byID(ctx context.Context, tx *db.Tx, store id.Store, variant id.Variant) ([]catalog.Variant, error) {
	v, err := catalog.GetVariant(ctx, tx, store, variant)
	if errors.Is(err, sql.ErrNoRows) {
		return nil, nil
	}
	return []catalog.Variant{v}, err
}

// pathOf is a variant's name by handle and option values, as articleOf writes it.
func pathOf(handle string, v catalog.Variant) string {
	parts := []string{handle}
	for _, value := range []string{v.Option1, v.Option2, v.Option3} {
		if value != "" {
			parts = append(parts, value)
		}
	}
	return strings.Join(parts, "/")
}
