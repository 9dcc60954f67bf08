package promise

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// LanesTo reads what is known of parcels to a country: a few rows.
func LanesTo(ctx context.Context, tx *db.Tx, s id.Store, country string) (Known, error) {
	rows, err := New(tx).LanesTo(ctx, LanesToParams{StoreID: s, Country: country})
	return rows, err
}

// Lanes reads all that is known.
func Lanes(ctx context.Context, tx *db.Tx, s id.Store) (Known, error) {
	rows, err := New(tx).AllLanes(ctx, s)
	return rows, err
}

// LanesOf reads what is known of a supplier by country, the busiest first.
func LanesOf(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, limit int32) ([]Lane, error) {
	return New(tx).LanesOfSupplier(ctx, LanesOfSupplierParams{StoreID: s, SupplierID: supplier, Limit: limit})
}

// KeepLanes replaces what was learned before.
func KeepLanes(ctx context.Context, tx *db.Tx, s id.Store, list []Lane) error {
	q := New(tx)
	if err := q.DropLanes(ctx, s); err != nil {
		return err
	}
	for _, l := range list {
		l.StoreID = s
		if err := q.InsertLane(ctx, InsertLaneParams(l)); err != nil {
			return err
		}
	}
	return nil
}

// Make keeps what an order's customer was promised; nothing happens where it was kept before.
func Make(ctx context.Context, tx *db.Tx, s id.Store, o id.Order, from, to clock.Time) error {
	_, err := New(tx).InsertPromise(ctx, InsertPromiseParams{StoreID: s, OrderID: o, FromAt: from, ToAt: to, MovedAt: tx.Now})
	return err
}

// Of reads an order's promise; false where none was made.
func Of(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (Promise, bool, error) {
	p, err := New(tx).GetPromise(ctx, GetPromiseParams{StoreID: s, OrderID: o})
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	return p, err == nil, err
}

// Save writes how a promise stands.
func Save(ctx context.Context, tx *db.Tx, p Promise) error {
	return New(tx).SavePromise(ctx, SavePromiseParams{StoreID: p.StoreID, OrderID: p.OrderID, ExpectFromAt: p.ExpectFromAt, ExpectToAt: p.ExpectToAt,
		Why: p.Why, ToldAt: p.ToldAt, DoneAt: p.DoneAt, MovedAt: tx.Now})
}
