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

// CollectionByID is the collection of an id.
func CollectionByID(ctx context.Context, tx *db.Tx, store id.Store, name id.Collection) (Collection, error) {
	c, err := New(tx).CollectionByID(ctx, CollectionByIDParams{store, name})
	if err != nil {
		return Collection{}, fmt.Errorf("collection %s: %w", name, err)
	}
	return c, nil
}

// CollectionCounts is how many products are in each of the store's collections, of any status.
func CollectionCounts(ctx context.Context, tx *db.Tx, store id.Store) (map[id.Collection]int64, error) {
	rows, err := New(tx).CollectionCounts(ctx, store)
	if err != nil {
		return nil, fmt.Errorf("products in collections: %w", err)
	}
	counts := make(map[id.Collection]int64, len(rows))
	for _, r := range rows {
		counts[r.CollectionID] = r.Products
	}
	return counts, nil
}

// AddCollection makes a collection of a title, with a handle that no other has.
func AddCollection(ctx context.Context, tx *db.Tx, store id.Store, title, body string) (Collection, error) {
	title, body = tidy(title), CleanHTML(body)
	if err := checkCollection(title, body); err != nil {
		return Collection{}, err
	}
	base := Slug(title)
	if base == "" || base == "all" { // "all" is the address of everything
		base = "collection"
	}
	for handle, n := base, 2; ; handle, n = base+"-"+strconv.Itoa(n), n+1 {
		c := Collection{StoreID: store, CollectionID: id.Collection(id.New("co", tx.Now.Std())), Handle: handle, Title: title, Body: body, CreatedAt: tx.Now}
		made, err := New(tx).InsertCollection(ctx, InsertCollectionParams{StoreID: store, CollectionID: c.CollectionID, Handle: handle, Title: title, Body: body, CreatedAt: tx.Now})
		if err != nil || made > 0 {
			return c, err
		}
	}
}

// ChangeCollection writes title and text (HTML, cleaned) of a collection; false when nothing
// was new. Its handle stays, so that links to it go on working.
func ChangeCollection(ctx context.Context, tx *db.Tx, store id.Store, name id.Collection, title, body string) (bool, error) {
	title, body = tidy(title), CleanHTML(body)
	if err := checkCollection(title, body); err != nil {
		return false, err
	}
	if _, err := CollectionByID(ctx, tx, store, name); err != nil {
		return false, err
	}
	n, err := New(tx).UpdateCollection(ctx, UpdateCollectionParams{StoreID: store, CollectionID: name, Title: title, Body: body})
	if err != nil {
		return false, fmt.Errorf("collection %s: %w", name, err)
	}
	return n > 0, nil
}

func checkCollection(title, body string) error {
	var f faults
	f.add(title != "", "title", "is missing")
	short(&f, "title", title)
	f.add(len(body) <= MaxBody, "body", "is longer than %d bytes", MaxBody)
	return f.err()
}

// RemoveCollection takes a collection away; its products stay. False when it is gone already.
func RemoveCollection(ctx context.Context, tx *db.Tx, store id.Store, name id.Collection) (bool, error) {
	q := New(tx)
	if err := q.EmptyCollection(ctx, EmptyCollectionParams{store, name}); err != nil {
		return false, fmt.Errorf("collection %s: empty: %w", name, err)
	}
	n, err := q.DeleteCollection(ctx, DeleteCollectionParams{store, name})
	if err != nil {
		return false, fmt.Errorf("collection %s: %w", name, err)
	}
	return n > 0, nil
}

// MoveCollection puts a collection one place earlier or later among the others; false where
// it stands at that end.
func MoveCollection(ctx context.Context, tx *db.Tx, store id.Store, name id.Collection, later bool) (bool, error) {
	q := New(tx)
	if err := q.NumberCollections(ctx, store); err != nil {
		return false, fmt.Errorf("collections: number: %w", err)
	}
	c, err := CollectionByID(ctx, tx, store, name)
	if err != nil {
		return false, err
	}
	n, err := q.SwapCollections(ctx, SwapCollectionsParams{StoreID: store, Here: c.Position, There: beside(c.Position, later)})
	if err != nil {
		return false, fmt.Errorf("collection %s: move: %w", name, err)
	}
	return n == 2, keepPlace(n, func() error { return q.NumberCollections(ctx, store) })
}

// Append puts a product behind the others of a collection; false when it is in it already.
func Append(ctx context.Context, tx *db.Tx, store id.Store, c id.Collection, product id.Product) (bool, error) {
	n, err := New(tx).AppendToCollection(ctx, AppendToCollectionParams{store, c, product})
	if err != nil {
		return false, fmt.Errorf("product %s into collection %s: %w", product, c, err)
	}
	return n > 0, nil
}

// TakeOut takes a product out of a collection; false when it is not in it.
func TakeOut(ctx context.Context, tx *db.Tx, store id.Store, c id.Collection, product id.Product) (bool, error) {
	n, err := New(tx).TakeFromCollection(ctx, TakeFromCollectionParams{store, c, product})
	if err != nil {
		return false, fmt.Errorf("product %s out of collection %s: %w", product, c, err)
	}
	return n > 0, nil
}

// Move puts a product one place earlier or later in a collection; false where it stands at
// that end, or is not in it.
func Move(ctx context.Context, tx *db.Tx, store id.Store, c id.Collection, product id.Product, later bool) (bool, error) {
	q := New(tx)
	if err := q.NumberProducts(ctx, NumberProductsParams{store, c}); err != nil {
		return false, fmt.Errorf("collection %s: number: %w", c, err)
	}
	here, err := q.PositionInCollection(ctx, PositionInCollectionParams{store, c, product})
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("product %s in collection %s: %w", product, c, err)
	}
	n, err := q.SwapProducts(ctx, SwapProductsParams{StoreID: store, CollectionID: c, Here: here, There: beside(here, later)})
	if err != nil {
		return false, fmt.Errorf("product %s in collection %s: move: %w", product, c, err)
	}
	return n == 2, keepPlace(n, func() error { return q.NumberProducts(ctx, NumberProductsParams{store, c}) })
}

func beside(place int64, later bool) int64 {
	if later {
		return place + 1
	}
	return place - 1
}

// keepPlace numbers anew where one stood at the end: its place was swapped with nobody's.
func keepPlace(swapped int64, number func() error) error {
	if swapped == 2 {
		return nil
	}
	return number()
}
