package catalog

import (
	"context"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Filter says which products are listed. Collection and Tag are not combined: with both,
// Collection counts.
type Filter struct {
	Status     Status        // empty: any
	Collection id.Collection // empty: any; listed in the collection's order
	Tag        string        // empty: any
}

// Cursor is where a list goes on: after the product of this id, at this position of the
// collection. The zero value is the beginning, and also the answer at the end.
type Cursor struct {
	Position int64
	Product  id.Product
}

// List is one page of at most limit products, the oldest first or in the collection's
// order, and where the next page begins: zero when there is none.
func List(ctx context.Context, tx *db.Tx, store id.Store, f Filter, after Cursor, limit int) ([]Product, Cursor, error) {
	list, next, err := list(ctx, New(tx), store, f, after, int32(limit))
	if err != nil {
		return nil, Cursor{}, fmt.Errorf("list of products: %w", err)
	}
	if len(list) == 0 || len(list) < limit {
		return list, Cursor{}, nil
	}
	next.Product = list[len(list)-1].ProductID
	return list, next, nil
}

func list(ctx context.Context, q *Queries, store id.Store, f Filter, after Cursor, limit int32) (page []Product, last Cursor, err error) {
	switch {
	case f.Collection != "" && f.Status != "":
		rows, err := q.ProductsByCollectionAndStatus(ctx, ProductsByCollectionAndStatusParams{
			StoreID: store, CollectionID: f.Collection, AfterPosition: after.Position, AfterProduct: after.Product, Status: f.Status, AtMost: limit,
		})
		for _, r := range rows {
			page, last.Position = append(page, r.Product), r.Position
		}
		return page, last, err
	case f.Collection != "":
		rows, err := q.ProductsByCollection(ctx, ProductsByCollectionParams{
			StoreID: store, CollectionID: f.Collection, AfterPosition: after.Position, AfterProduct: after.Product, AtMost: limit,
		})
		for _, r := range rows {
			page, last.Position = append(page, r.Product), r.Position
		}
		return page, last, err
	case f.Tag != "" && f.Status != "":
		page, err = q.ProductsByTagAndStatus(ctx, ProductsByTagAndStatusParams{store, f.Tag, after.Product, f.Status, limit})
	case f.Tag != "":
		page, err = q.ProductsByTag(ctx, ProductsByTagParams{store, f.Tag, after.Product, limit})
	case f.Status != "":
		page, err = q.ProductsByStatus(ctx, ProductsByStatusParams{store, f.Status, after.Product, limit})
	default:
		page, err = q.Products(ctx, ProductsParams{store, after.Product, limit})
	}
	return page, last, err
}
