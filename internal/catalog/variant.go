package catalog

import (
	"context"
	"fmt"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Addition is a variant that comes to a product which is there.
type Addition struct {
	DraftVariant
	Option  string // what the variants differ in: only for a product that has no options yet
	Present string // the value of the variant that such a product has
}

// AddVariant puts a variant behind those that a product has. A product of one variant without
// options gets its first option with it. The error of one that cannot be kept is an Invalid.
func AddVariant(ctx context.Context, tx *db.Tx, store id.Store, product id.Product, a Addition) (id.Variant, error) {
	p, err := New(tx).LockProduct(ctx, LockProductParams{store, product})
	if err != nil {
		return "", fmt.Errorf("product %s: %w", product, err)
	}
	stored, err := VariantsOf(ctx, tx, store, product)
	if err != nil {
		return "", fmt.Errorf("product %s: %w", p.Handle, err)
	}
	a.SKU, a.Barcode, a.Values = tidy(a.SKU), tidy(a.Barcode), tidyAll(a.Values)
	a.Option, a.Present = tidy(a.Option), tidy(a.Present)
	if err := checkAddition(p, stored, a); err != nil {
		return "", err
	}
	if len(p.Options()) == 0 {
		if p, err = giveOption(ctx, tx, p, stored, a); err != nil {
			return "", fmt.Errorf("product %s: %w", p.Handle, err)
		}
	}
	last := int64(0)
	for _, v := range stored {
		last = max(last, v.Position)
	}
	name, err := addVariant(ctx, tx, p, a.DraftVariant, last+1)
	if err != nil {
		return "", fmt.Errorf("product %s: %w", p.Handle, err)
	}
	_, err = New(tx).TouchProduct(ctx, TouchProductParams{StoreID: store, ProductID: product, UpdatedAt: tx.Now})
	return name, err
}

func checkAddition(p Product, stored []Variant, a Addition) error {
	var f faults
	options := p.Options()
	f.add(len(stored) < MaxVariants, "values", "make more than %d variants", MaxVariants)
	if len(options) == 0 {
		options = []string{a.Option}
		f.add(a.Option != "", "option", "is missing")
		f.add(a.Present != "", "present", "is missing")
		short(&f, "option", a.Option)
		short(&f, "present", a.Present)
		f.add(a.Present == "" || !slices.Equal(a.Values, []string{a.Present}), "values[0]", "is the value of the other variant")
	}
	f.add(len(a.Values) == len(options), "values", "are %d for %d options", len(a.Values), len(options))
	for i, value := range a.Values {
		f.add(value != "", fmt.Sprintf("values[%d]", i), "is missing")
		short(&f, fmt.Sprintf("values[%d]", i), value)
	}
	for _, v := range stored {
		f.add(len(v.Values()) == 0 || !slices.Equal(v.Values(), a.Values), "values[0]", "is there already in this combination: %s", v.Title)
	}
	short(&f, "sku", a.SKU)
	short(&f, "barcode", a.Barcode)
	f.add(a.Price.Minor >= 0, "price", "is negative")
	f.add(a.CompareAt.Minor >= 0, "compare_at", "is negative")
	return f.err()
}

// giveOption names the first option of a product, and the value of what it has.
func giveOption(ctx context.Context, tx *db.Tx, p Product, stored []Variant, a Addition) (Product, error) {
	p.Option1, p.UpdatedAt = a.Option, tx.Now
	_, err := New(tx).UpdateProduct(ctx, UpdateProductParams{
		StoreID: p.StoreID, ProductID: p.ProductID, Title: p.Title, Body: p.Body, Vendor: p.Vendor, Kind: p.Kind, Status: p.Status,
		SeoTitle: p.SeoTitle, SeoDescription: p.SeoDescription, Option1: p.Option1, Option2: p.Option2, Option3: p.Option3,
		Digest: p.Digest, UpdatedAt: p.UpdatedAt,
	})
	for _, v := range stored {
		if err != nil {
			break
		}
		next := v
		next.Option1, next.Title = a.Present, a.Present
		err = changeVariant(ctx, tx, v, next)
	}
	return p, err
}

// HoldVariant is the variant of an id, which nobody else changes until the transaction ends.
func HoldVariant(ctx context.Context, tx *db.Tx, store id.Store, variant id.Variant) (Variant, error) {
	v, err := New(tx).LockVariant(ctx, LockVariantParams{store, variant})
	if err != nil {
		return Variant{}, fmt.Errorf("variant %s: %w", variant, err)
	}
	return v, nil
}

// RemoveVariant takes a variant away that nothing names; false where a cart, an offer or a
// reservation does.
func RemoveVariant(ctx context.Context, tx *db.Tx, v Variant) (bool, error) {
	n, err := New(tx).DeleteVariant(ctx, DeleteVariantParams{v.StoreID, v.VariantID})
	if err == nil && n > 0 {
		_, err = New(tx).TouchProduct(ctx, TouchProductParams{StoreID: v.StoreID, ProductID: v.ProductID, UpdatedAt: tx.Now})
	}
	if err != nil {
		return false, fmt.Errorf("variant %s: %w", v.VariantID, err)
	}
	return n > 0, nil
}
