package catalog

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strconv"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Put makes the product of the draft's handle, or brings it to what the draft says. A draft
// that says what it said last time touches nothing, also when a person has changed the
// product since. Pictures that were uploaded stay, behind those of the draft. With drop,
// variants that the draft does not have are deleted where no cart, offer or reservation names
// them; otherwise they stay and are listed as Missing.
// An Invalid is the error of a draft that cannot be kept; then nothing was touched.
func Put(ctx context.Context, tx *db.Tx, store id.Store, draft Draft, drop bool) (Result, error) {
	d, err := Clean(draft)
	if err != nil {
		return Result{}, err
	}
	q, sum := New(tx), digest(d)
	old, err := q.LockProductByHandle(ctx, LockProductByHandleParams{store, d.Handle})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return insert(ctx, tx, store, d, sum)
	case err != nil:
		return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
	}
	stored, err := q.VariantsByProduct(ctx, VariantsByProductParams{store, old.ProductID})
	if err != nil {
		return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
	}
	if old.Digest == sum && !drop {
		return unchanged(old, stored, d), nil
	}
	return update(ctx, tx, old, stored, d, sum, drop)
}

// unchanged is the result of a draft that says nothing new.
func unchanged(old Product, stored []Variant, d Draft) Result {
	res := Result{Product: old.ProductID, Variants: make([]id.Variant, len(d.Variants))}
	at := pair(stored, d.Variants)
	used := map[int]bool{}
	for i, j := range at {
		if j >= 0 {
			res.Variants[i], used[j] = stored[j].VariantID, true
		}
	}
	for j, v := range stored {
		if !used[j] {
			res.Missing = append(res.Missing, v.VariantID)
		}
	}
	return res
}

// Add makes a new product of the draft and never touches one that is there: where its handle
// is taken, a number is put behind it. An Invalid is the error of a draft that cannot be kept.
func Add(ctx context.Context, tx *db.Tx, store id.Store, draft Draft) (Result, error) {
	handle := draft.Handle
	for n := 2; ; n++ {
		d, err := Clean(draft)
		if err != nil {
			return Result{}, err
		}
		res, made, err := insertNew(ctx, tx, store, d, digest(d))
		if err != nil || made {
			return res, err
		}
		draft.Handle = handle + "-" + strconv.Itoa(n)
	}
}

func insert(ctx context.Context, tx *db.Tx, store id.Store, d Draft, sum string) (Result, error) {
	res, made, err := insertNew(ctx, tx, store, d, sum)
	if err == nil && !made { // somebody made it this very moment: their row is there now
		return Put(ctx, tx, store, d, false)
	}
	return res, err
}

// insertNew makes a product; made is false where one has its handle.
func insertNew(ctx context.Context, tx *db.Tx, store id.Store, d Draft, sum string) (res Result, made bool, err error) {
	p := wantedProduct(Product{
		StoreID: store, ProductID: id.Product(id.Ordered("pr", tx.Now.Std(), tx.Next())), Handle: d.Handle,
		CreatedAt: tx.Now, UpdatedAt: tx.Now,
	}, d, sum)
	n, err := New(tx).InsertProduct(ctx, InsertProductParams(p))
	if err != nil || n == 0 {
		return Result{}, false, wrapped(d, err)
	}
	res = Result{Product: p.ProductID, Created: true, Changed: true}
	for i, w := range d.Variants {
		v, err := addVariant(ctx, tx, p, w, int64(i)+1)
		if err != nil {
			return Result{}, false, wrapped(d, err)
		}
		res.Variants = append(res.Variants, v)
	}
	return res, true, wrapped(d, putAround(ctx, tx, p, d))
}

// wrapped is the error with the product that it is of; nil stays nil.
func wrapped(d Draft, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("product %s: %w", d.Handle, err)
}

func update(ctx context.Context, tx *db.Tx, old Product, stored []Variant, d Draft, sum string, drop bool) (Result, error) {
	res := unchanged(old, stored, d)
	p := wantedProduct(old, d, sum)
	if p != old {
		res.Changed = true
		p.UpdatedAt = tx.Now
		_, err := New(tx).UpdateProduct(ctx, UpdateProductParams{
			StoreID: p.StoreID, ProductID: p.ProductID, Title: p.Title, Body: p.Body, Vendor: p.Vendor, Kind: p.Kind,
			Status: p.Status, SeoTitle: p.SeoTitle, SeoDescription: p.SeoDescription,
			Option1: p.Option1, Option2: p.Option2, Option3: p.Option3, Digest: p.Digest, UpdatedAt: p.UpdatedAt,
		})
		if err != nil {
			return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
		}
		if err := putVariants(ctx, tx, p, stored, d, &res); err != nil {
			return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
		}
		was, err := New(tx).Images(ctx, ImagesParams{p.StoreID, p.ProductID})
		if err != nil {
			return Result{}, fmt.Errorf("product %s: images: %w", d.Handle, err)
		}
		if err := clearAround(ctx, tx, p); err != nil {
			return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
		}
		d.Images = withUploaded(d.Images, was)
		if err := putAround(ctx, tx, p, d); err != nil {
			return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
		}
	}
	if drop {
		if err := dropMissing(ctx, tx, p, &res); err != nil {
			return Result{}, fmt.Errorf("product %s: %w", d.Handle, err)
		}
	}
	return res, nil
}

// wantedProduct is p with the draft's own fields.
func wantedProduct(p Product, d Draft, sum string) Product {
	p.Title, p.Body, p.Vendor, p.Kind, p.Status = d.Title, d.Body, d.Vendor, d.Kind, d.Status
	p.SeoTitle, p.SeoDescription, p.Digest = d.SEOTitle, d.SEODescription, sum
	p.Option1, p.Option2, p.Option3 = three(d.Options)
	return p
}

// putVariants writes the draft's variants; those the draft lacks move behind them.
func putVariants(ctx context.Context, tx *db.Tx, p Product, stored []Variant, d Draft, res *Result) error {
	byID := map[id.Variant]Variant{}
	for _, v := range stored {
		byID[v.VariantID] = v
	}
	for i, w := range d.Variants {
		old, known := byID[res.Variants[i]]
		if !known {
			v, err := addVariant(ctx, tx, p, w, int64(i)+1)
			if err != nil {
				return err
			}
			res.Variants[i] = v
			continue
		}
		if err := changeVariant(ctx, tx, old, wantedVariant(old, w, int64(i)+1)); err != nil {
			return err
		}
	}
	for i, missing := range res.Missing {
		old := byID[missing]
		behind := old
		behind.Position = int64(len(d.Variants) + i + 1)
		if err := changeVariant(ctx, tx, old, behind); err != nil {
			return err
		}
	}
	return nil
}

func addVariant(ctx context.Context, tx *db.Tx, p Product, w DraftVariant, position int64) (id.Variant, error) {
	v := wantedVariant(Variant{VariantID: id.Variant(id.Ordered("va", tx.Now.Std(), tx.Next()))}, w, position)
	err := New(tx).InsertVariant(ctx, InsertVariantParams{
		StoreID: p.StoreID, VariantID: v.VariantID, ProductID: p.ProductID, Position: v.Position, Sku: v.Sku, Barcode: v.Barcode,
		Title: v.Title, Option1: v.Option1, Option2: v.Option2, Option3: v.Option3,
		PriceMinor: v.PriceMinor, CompareAtMinor: v.CompareAtMinor, Currency: v.Currency, WeightGrams: v.WeightGrams,
		RequiresShipping: v.RequiresShipping, Taxable: v.Taxable, Image: v.Image, CreatedAt: tx.Now, UpdatedAt: tx.Now,
	})
	if err != nil {
		return "", fmt.Errorf("variant %d: %w", position, err)
	}
	return v.VariantID, nil
}

// changeVariant writes v where it differs from what is stored.
func changeVariant(ctx context.Context, tx *db.Tx, old, v Variant) error {
	if v == old {
		return nil
	}
	_, err := New(tx).UpdateVariant(ctx, UpdateVariantParams{
		StoreID: v.StoreID, VariantID: v.VariantID, Position: v.Position, Sku: v.Sku, Barcode: v.Barcode,
		Title: v.Title, Option1: v.Option1, Option2: v.Option2, Option3: v.Option3,
		PriceMinor: v.PriceMinor, CompareAtMinor: v.CompareAtMinor, Currency: v.Currency, WeightGrams: v.WeightGrams,
		RequiresShipping: v.RequiresShipping, Taxable: v.Taxable, Image: v.Image, UpdatedAt: tx.Now,
	})
	if err != nil {
		return fmt.Errorf("variant %d: %w", v.Position, err)
	}
	return nil
}

// dropMissing deletes the variants that the draft lacks and nothing names.
func dropMissing(ctx context.Context, tx *db.Tx, p Product, res *Result) error {
	var kept []id.Variant
	for _, v := range res.Missing {
		n, err := New(tx).DeleteVariant(ctx, DeleteVariantParams{p.StoreID, v})
		if err != nil {
			return fmt.Errorf("variant %s: %w", v, err)
		}
		if n == 0 {
			kept = append(kept, v)
			continue
		}
		res.Changed = true
	}
	res.Missing = kept
	return nil
}

// clearAround takes away what putAround is about to write. Collections stay: a shelf may
// have been filled by hand.
func clearAround(ctx context.Context, tx *db.Tx, p Product) error {
	q := New(tx)
	if err := q.DeleteImages(ctx, DeleteImagesParams{p.StoreID, p.ProductID}); err != nil {
		return fmt.Errorf("images: %w", err)
	}
	if err := q.DeleteTags(ctx, DeleteTagsParams{p.StoreID, p.ProductID}); err != nil {
		return fmt.Errorf("tags: %w", err)
	}
	return nil
}

// putAround writes pictures, tags and places in collections.
func putAround(ctx context.Context, tx *db.Tx, p Product, d Draft) error {
	q := New(tx)
	for i, img := range d.Images {
		if err := q.InsertImage(ctx, InsertImageParams{p.StoreID, p.ProductID, int64(i) + 1, img.URL, img.Alt}); err != nil {
			return fmt.Errorf("image %d: %w", i+1, err)
		}
	}
	for _, tag := range d.Tags {
		if err := q.InsertTag(ctx, InsertTagParams{p.StoreID, p.ProductID, tag}); err != nil {
			return fmt.Errorf("tag %q: %w", tag, err)
		}
	}
	for _, want := range d.Collections {
		c, err := EnsureCollection(ctx, tx, p.StoreID, want)
		if err != nil {
			return err
		}
		if err := q.InsertCollectionProduct(ctx, InsertCollectionProductParams{p.StoreID, c.CollectionID, p.ProductID, 0}); err != nil {
			return fmt.Errorf("collection %q: %w", want.Handle, err)
		}
	}
	return nil
}
