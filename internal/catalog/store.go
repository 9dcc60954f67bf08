package catalog

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Get is the product of an id. The error of one that is not there wraps sql.ErrNoRows, here
// and everywhere in this package.
func Get(ctx context.Context, tx *db.Tx, store id.Store, product id.Product) (Product, error) {
	p, err := New(tx).ProductByID(ctx, ProductByIDParams{store, product})
	if err != nil {
		return Product{}, fmt.Errorf("product %s: %w", product, err)
	}
	return p, nil
}

// ByHandle is the product of a handle.
func ByHandle(ctx context.Context, tx *db.Tx, store id.Store, handle string) (Product, error) {
	p, err := New(tx).ProductByHandle(ctx, ProductByHandleParams{store, handle})
	if err != nil {
		return Product{}, fmt.Errorf("product %q: %w", handle, err)
	}
	return p, nil
}

// Full is a product with its variants, pictures, tags and collections.
func Full(ctx context.Context, tx *db.Tx, p Product) (Listing, error) {
	q, l := New(tx), Listing{Product: p}
	var err error
	read := func(what string, e error) {
		if err == nil && e != nil {
			err = fmt.Errorf("%s of product %s: %w", what, p.Handle, e)
		}
	}
	var e error
	l.Variants, e = q.VariantsByProduct(ctx, VariantsByProductParams{p.StoreID, p.ProductID})
	read("variants", e)
	l.Images, e = q.Images(ctx, ImagesParams{p.StoreID, p.ProductID})
	read("images", e)
	l.Tags, e = q.Tags(ctx, TagsParams{p.StoreID, p.ProductID})
	read("tags", e)
	l.Collections, e = q.CollectionsOfProduct(ctx, CollectionsOfProductParams{p.StoreID, p.ProductID})
	read("collections", e)
	return l, err
}

// SetStatus puts a product on sale or takes it off; false when it is so already.
func SetStatus(ctx context.Context, tx *db.Tx, store id.Store, product id.Product, s Status) (bool, error) {
	if !s.Valid() {
		return false, fmt.Errorf("product %s: %w", product, Invalid{{Field: "status", Reason: fmt.Sprintf("%q is not active, draft or archived", s)}})
	}
	n, err := New(tx).SetProductStatus(ctx, SetProductStatusParams{StoreID: store, ProductID: product, Status: s, UpdatedAt: tx.Now})
	if err != nil {
		return false, fmt.Errorf("product %s: status %s: %w", product, s, err)
	}
	return n > 0, nil
}

// Count is how many products the store has.
func Count(ctx context.Context, tx *db.Tx, store id.Store) (int64, error) {
	return New(tx).CountProducts(ctx, store)
}

// GetVariant is the variant of an id.
func GetVariant(ctx context.Context, tx *db.Tx, store id.Store, variant id.Variant) (Variant, error) {
	v, err := New(tx).VariantByID(ctx, VariantByIDParams{store, variant})
	if err != nil {
		return Variant{}, fmt.Errorf("variant %s: %w", variant, err)
	}
	return v, nil
}

// Sold is a variant with the product that it is of.
type Sold struct {
	Variant Variant
	Product Product
}

// soldAtOnce is how many variants one statement names at most.
const soldAtOnce = 400

// SoldAs are the variants of the ids with their products; an unknown one is an error.
func SoldAs(ctx context.Context, tx *db.Tx, store id.Store, variants []id.Variant) (map[id.Variant]Sold, error) {
	sold := make(map[id.Variant]Sold, len(variants))
	for part := range slices.Chunk(variants, soldAtOnce) {
		rows, err := New(db.Among(tx, part)).SoldAmong(ctx, SoldAmongParams{StoreID: store})
		if err != nil {
			return nil, fmt.Errorf("%d variants: %w", len(part), err)
		}
		for _, r := range rows {
			sold[r.Variant.VariantID] = Sold(r)
		}
	}
	for _, v := range variants {
		if _, ok := sold[v]; !ok {
			return nil, fmt.Errorf("variant %s: %w", v, sql.ErrNoRows)
		}
	}
	return sold, nil
}

// Stock is how many units of each variant of a product can be bought now.
type Stock map[id.Variant]int64

// Stocks are the stocks of products that are on sale; what is not on sale has none.
func Stocks(ctx context.Context, tx *db.Tx, store id.Store, products []id.Product) (map[id.Product]Stock, error) {
	stocks := make(map[id.Product]Stock, len(products))
	for part := range slices.Chunk(products, soldAtOnce) {
		rows, err := New(db.Among(tx, part)).FreeByProducts(ctx, FreeByProductsParams{StoreID: store})
		if err != nil {
			return nil, fmt.Errorf("stock of %d products: %w", len(part), err)
		}
		for _, r := range rows {
			if stocks[r.ProductID] == nil {
				stocks[r.ProductID] = Stock{}
			}
			stocks[r.ProductID][r.VariantID] = Variant{Available: r.Available, Reserved: r.Reserved}.Free()
		}
	}
	return stocks, nil
}

// OnSale are the variants of products that are on sale, product by product in the order of the
// ids, each product's variants in their own order.
func OnSale(ctx context.Context, tx *db.Tx, store id.Store, products []id.Product) (list []Sold, err error) {
	for part := range slices.Chunk(products, soldAtOnce) {
		rows, err := New(db.Among(tx, part)).SoldByProducts(ctx, SoldByProductsParams{StoreID: store})
		if err != nil {
			return nil, fmt.Errorf("variants of %d products: %w", len(part), err)
		}
		for _, r := range rows {
			if r.Product.Status == Active {
				list = append(list, Sold(r))
			}
		}
	}
	place := make(map[id.Product]int, len(products))
	for i, p := range products {
		place[p] = i
	}
	slices.SortStableFunc(list, func(a, b Sold) int { return cmp.Compare(place[a.Product.ProductID], place[b.Product.ProductID]) })
	return list, nil
}

// VariantsOf are the variants of a product by position.
func VariantsOf(ctx context.Context, tx *db.Tx, store id.Store, product id.Product) ([]Variant, error) {
	return New(tx).VariantsByProduct(ctx, VariantsByProductParams{store, product})
}

// BySKU are the variants with a SKU. SKUs are the merchant's own and need not be unique.
func BySKU(ctx context.Context, tx *db.Tx, store id.Store, sku string) ([]Variant, error) {
	if sku == "" {
		return nil, nil
	}
	return New(tx).VariantsBySKU(ctx, VariantsBySKUParams{store, sku})
}

// ByBarcode are the variants with a barcode.
func ByBarcode(ctx context.Context, tx *db.Tx, store id.Store, barcode string) ([]Variant, error) {
	if barcode == "" {
		return nil, nil
	}
	return New(tx).VariantsByBarcode(ctx, VariantsByBarcodeParams{store, barcode})
}

// Currency is what the store sells in: the currency of every price.
func Currency(ctx context.Context, tx *db.Tx, store id.Store) (money.Currency, error) {
	c, err := New(tx).StoreCurrency(ctx, store)
	if err != nil {
		return "", fmt.Errorf("store %s: %w", store, err)
	}
	return c, nil
}

// CollectionByHandle is the collection of a handle.
func CollectionByHandle(ctx context.Context, tx *db.Tx, store id.Store, handle string) (Collection, error) {
	c, err := New(tx).CollectionByHandle(ctx, CollectionByHandleParams{store, handle})
	if err != nil {
		return Collection{}, fmt.Errorf("collection %q: %w", handle, err)
	}
	return c, nil
}

// Collections are the store's collections by title.
func Collections(ctx context.Context, tx *db.Tx, store id.Store, limit int) ([]Collection, error) {
	return New(tx).Collections(ctx, CollectionsParams{store, int32(limit)})
}

// EnsureCollection is the collection of the handle, made when it is missing. The title of
// one that is there stays.
func EnsureCollection(ctx context.Context, tx *db.Tx, store id.Store, want DraftCollection) (Collection, error) {
	q := New(tx)
	for range 2 {
		c, err := q.CollectionByHandle(ctx, CollectionByHandleParams{store, want.Handle})
		if err == nil {
			return c, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return Collection{}, fmt.Errorf("collection %q: %w", want.Handle, err)
		}
		if want.Title == "" {
			want.Title = want.Handle
		}
		_, err = q.InsertCollection(ctx, InsertCollectionParams{
			StoreID: store, CollectionID: id.Collection(id.New("co", tx.Now.Std())), Handle: want.Handle, Title: want.Title, CreatedAt: tx.Now,
		})
		if err != nil {
			return Collection{}, fmt.Errorf("collection %q: %w", want.Handle, err)
		}
	}
	return CollectionByHandle(ctx, tx, store, want.Handle)
}

// SetCollection writes title and text (HTML, cleaned) of a collection, made when it is
// missing.
func SetCollection(ctx context.Context, tx *db.Tx, store id.Store, want DraftCollection, body string) (Collection, error) {
	c, err := EnsureCollection(ctx, tx, store, want)
	if err != nil {
		return Collection{}, err
	}
	c.Title, c.Body = tidy(want.Title), CleanHTML(body)
	if c.Title == "" {
		c.Title = c.Handle
	}
	_, err = New(tx).UpdateCollection(ctx, UpdateCollectionParams{StoreID: store, CollectionID: c.CollectionID, Title: c.Title, Body: c.Body})
	if err != nil {
		return Collection{}, fmt.Errorf("collection %q: %w", want.Handle, err)
	}
	return c, nil
}

// Place puts a product into a collection, at a position from 0: lower ones come first.
func Place(ctx context.Context, tx *db.Tx, store id.Store, c id.Collection, product id.Product, position int64) (bool, error) {
	n, err := New(tx).PlaceInCollection(ctx, PlaceInCollectionParams{store, c, product, max(0, position)})
	if err != nil {
		return false, fmt.Errorf("product %s into collection %s: %w", product, c, err)
	}
	return n > 0, nil
}

// Survey has PostgreSQL look at the tables of this package again, as is due while many
// rows come into a store that was empty: its plans were made for empty tables, where every
// index looks as good as the right one. SQLite's planner needs no telling.
func Survey(ctx context.Context, tx *db.Tx) error {
	if tx.Kind() != db.Postgres {
		return nil
	}
	if err := New(tx).SurveyProducts(ctx); err != nil {
		return fmt.Errorf("survey of products: %w", err)
	}
	if err := New(tx).SurveyVariants(ctx); err != nil {
		return fmt.Errorf("survey of variants: %w", err)
	}
	return nil
}
