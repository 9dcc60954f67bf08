package inventory

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Recount makes the variants' available what their active and believable offers add up to.
// Whoever changes offers by the functions of this package need not call it.
func Recount(ctx context.Context, tx *db.Tx, store id.Store, variants ...id.Variant) error {
	list := distinct(variants)
	if err := lock(ctx, tx, store, list); err != nil {
		return err
	}
	for _, v := range list {
		if err := recount(ctx, tx, store, v); err != nil {
			return err
		}
	}
	return nil
}

// Lock keeps others from planning on the variants' offers until the transaction ends, so
// that what Candidates shows is still free when it is committed.
func Lock(ctx context.Context, tx *db.Tx, store id.Store, variants []id.Variant) error {
	return lock(ctx, tx, store, distinct(variants))
}

// lock holds the variants' rows until the end of the transaction, in order of their ids.
// PostgreSQL reads the offers at the start of the counting statement, so nobody else may
// be changing them then: everybody who does holds the variant.
func lock(ctx context.Context, tx *db.Tx, store id.Store, sorted []id.Variant) error {
	for part := range slices.Chunk(sorted, atOnce) {
		held, err := New(db.Among(tx, part)).LockVariants(ctx, LockVariantsParams{StoreID: store})
		if err != nil {
			return fmt.Errorf("%d variants: %w", len(part), err)
		}
		for _, v := range part {
			if !slices.Contains(held, v) {
				return fmt.Errorf("variant %s: %w", v, sql.ErrNoRows)
			}
		}
	}
	return nil
}

// recount counts a variant whose row the transaction holds.
func recount(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant) error {
	if _, err := New(tx).RecountVariant(ctx, RecountVariantParams{StoreID: store, VariantID: v, Now: tx.Now}); err != nil {
		return fmt.Errorf("stock of variant %s: %w", v, err)
	}
	return nil
}

// recountSupplier counts all variants of a supplier.
func recountSupplier(ctx context.Context, tx *db.Tx, s Supplier) error {
	after := id.Variant("")
	for {
		page, err := New(tx).VariantsOfSupplier(ctx, VariantsOfSupplierParams{s.StoreID, s.SupplierID, after, 500})
		if err != nil {
			return fmt.Errorf("variants of supplier %s: %w", s.Name, err)
		}
		if len(page) == 0 {
			return nil
		}
		if err := Recount(ctx, tx, s.StoreID, page...); err != nil {
			return err
		}
		after = page[len(page)-1]
	}
}

// ForgetOld counts the variants again of which an offer has become too old to be believed
// since the given moment (the last time this was called), and says how many.
func ForgetOld(ctx context.Context, tx *db.Tx, store id.Store, since clock.Time) (int, error) {
	list, err := New(tx).VariantsWithOldOffers(ctx, VariantsWithOldOffersParams{StoreID: store, Now: int64(tx.Now), Since: int64(since)})
	if err != nil {
		return 0, fmt.Errorf("offers that have become too old: %w", err)
	}
	return len(list), Recount(ctx, tx, store, list...)
}

// Stock is what there is of a variant and what of it is promised.
type Stock struct {
	Available int64
	Reserved  int64
}

// StockOf is the stock of a variant.
func StockOf(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant) (Stock, error) {
	s, err := New(tx).StockOf(ctx, StockOfParams{store, v})
	if err != nil {
		return Stock{}, fmt.Errorf("stock of variant %s: %w", v, err)
	}
	return Stock(s), nil
}
