package discount

import (
	"context"
	"database/sql"
	"errors"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Insert writes a new code; false when the store has one that reads the same, or one that
// makes good for the same order.
func Insert(ctx context.Context, tx *db.Tx, d Discount) (bool, error) {
	n, err := New(tx).InsertDiscount(ctx, InsertDiscountParams{StoreID: d.StoreID, DiscountID: d.DiscountID, Code: d.Code, Kind: d.Kind, Value: d.Value,
		Currency: d.Currency, MinMinor: d.MinMinor, FromAt: d.FromAt, UntilAt: d.UntilAt, Once: d.Once, MostUses: d.MostUses, Email: Fold(d.Email),
		OrderID: d.OrderID, Active: d.Active, Note: d.Note, CreatedAt: tx.Now})
	return n > 0, err
}

// Get reads a code by its name; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, s id.Store, name id.Discount) (Discount, error) {
	return New(tx).GetDiscount(ctx, GetDiscountParams{StoreID: s, DiscountID: name})
}

// Lock reads a code and keeps others from changing it.
func Lock(ctx context.Context, tx *db.Tx, s id.Store, name id.Discount) (Discount, error) {
	return New(tx).LockDiscount(ctx, LockDiscountParams{StoreID: s, DiscountID: name})
}

// Find reads a code as a customer types it; ErrUnknown when there is none.
func Find(ctx context.Context, tx *db.Tx, s id.Store, typed string) (Discount, error) {
	d, err := New(tx).DiscountOfCode(ctx, DiscountOfCodeParams{StoreID: s, Code: Code(typed)})
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrUnknown
	}
	return d, err
}

// OfOrder is the code that makes good for an order; false when there is none.
func OfOrder(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (Discount, bool, error) {
	list, err := New(tx).DiscountsOfOrder(ctx, DiscountsOfOrderParams{StoreID: s, OrderID: o})
	if err != nil || len(list) == 0 {
		return Discount{}, false, err
	}
	return list[0], true, nil
}

// Save writes all that may change of a code: not its letters, and not who it is for.
func Save(ctx context.Context, tx *db.Tx, d Discount) error {
	return New(tx).SaveDiscount(ctx, SaveDiscountParams{StoreID: d.StoreID, DiscountID: d.DiscountID, Kind: d.Kind, Value: d.Value, Currency: d.Currency,
		MinMinor: d.MinMinor, FromAt: d.FromAt, UntilAt: d.UntilAt, Once: d.Once, MostUses: d.MostUses, Active: d.Active, Note: d.Note, UpdatedAt: tx.Now})
}

// UsedBefore says whether somebody has used a code that each may use once.
func UsedBefore(ctx context.Context, tx *db.Tx, d Discount, email string) (bool, error) {
	if !d.Once || email == "" {
		return false, nil
	}
	n, err := New(tx).UsedBy(ctx, UsedByParams{StoreID: d.StoreID, DiscountID: d.DiscountID, Email: Fold(email)})
	return n > 0, err
}

// Use counts a code for an order. ErrUsedUp when others were quicker, ErrOnce when the
// customer has used it before; then nothing has changed that a rollback would not undo.
func Use(ctx context.Context, tx *db.Tx, d Discount, o id.Order, email string, off Off, b Bag) error {
	q := New(tx)
	n, err := q.CountUse(ctx, CountUseParams{StoreID: d.StoreID, DiscountID: d.DiscountID})
	if err != nil {
		return err
	}
	if n == 0 {
		return ErrUsedUp
	}
	n, err = q.InsertUse(ctx, InsertUseParams{StoreID: d.StoreID, DiscountID: d.DiscountID, OrderID: o, Email: Fold(email), Once: d.Once,
		GivenMinor: off.Sum(), Currency: b.Currency, UsedAt: tx.Now})
	if err == nil && n == 0 {
		err = ErrOnce
	}
	return err
}

// Release gives an order's use back; false when it has none.
func Release(ctx context.Context, tx *db.Tx, s id.Store, o id.Order) (bool, error) {
	q := New(tx)
	list, err := q.UsesOfOrder(ctx, UsesOfOrderParams{StoreID: s, OrderID: o})
	released := false
	for _, u := range list {
		var n int64
		if err == nil {
			n, err = q.ReleaseUse(ctx, ReleaseUseParams{StoreID: s, DiscountID: u.DiscountID, OrderID: o, ReleasedAt: tx.Now})
		}
		if err == nil && n > 0 {
			released = true
			err = q.UncountUse(ctx, UncountUseParams{StoreID: s, DiscountID: u.DiscountID})
		}
	}
	return released, err
}

// newest sorts after every name of a code.
const newest = "dc_~"

// List is a page of a store's codes, newest first. after is the last one of the page before;
// empty: from the beginning.
func List(ctx context.Context, tx *db.Tx, s id.Store, after id.Discount, limit int32) ([]Discount, error) {
	if after == "" {
		after = newest
	}
	return New(tx).ListDiscounts(ctx, ListDiscountsParams{StoreID: s, DiscountID: after, Limit: limit})
}

// Given is what codes between two names, both included, gave in all, by code and currency.
func Given(ctx context.Context, tx *db.Tx, s id.Store, first, last id.Discount) ([]GivenByRow, error) {
	return New(tx).GivenBy(ctx, GivenByParams{StoreID: s, DiscountID: first, DiscountID_2: last})
}

// Uses are the newest orders that a code was used for.
func Uses(ctx context.Context, tx *db.Tx, s id.Store, name id.Discount, limit int32) ([]DiscountUse, error) {
	return New(tx).UsesOf(ctx, UsesOfParams{StoreID: s, DiscountID: name, Limit: limit})
}
