package inventory

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Why a variant is not sold for a while.
const (
	PausedByPerson = "person" // until a person resumes it
	PausedByCost   = "cost"   // every offer costs more than the guard allows: resumed by itself
)

// StopSelling keeps a variant from being sold; false when it is paused like that already. Its
// stock counts as none, what orders have reserved stays.
func StopSelling(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant, code, reason string) (bool, error) {
	if err := lock(ctx, tx, store, []id.Variant{v}); err != nil {
		return false, err
	}
	n, err := New(tx).PauseVariant(ctx, PauseVariantParams{StoreID: store, VariantID: v, Code: code, Reason: reason, CreatedAt: tx.Now})
	if err != nil || n == 0 {
		return false, err
	}
	return true, recount(ctx, tx, store, v)
}

// SellAgain lets a paused variant be sold again; false when it is not paused.
func SellAgain(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant) (bool, error) {
	if err := lock(ctx, tx, store, []id.Variant{v}); err != nil {
		return false, err
	}
	n, err := New(tx).ResumeVariant(ctx, ResumeVariantParams{StoreID: store, VariantID: v})
	if err != nil || n == 0 {
		return false, err
	}
	return true, recount(ctx, tx, store, v)
}

// PauseOf is why a variant is not sold; false when it is.
func PauseOf(ctx context.Context, tx *db.Tx, store id.Store, v id.Variant) (Pause, bool, error) {
	p, err := New(tx).PauseOf(ctx, PauseOfParams{StoreID: store, VariantID: v})
	if errors.Is(err, sql.ErrNoRows) {
		return p, false, nil
	}
	if err != nil {
		return p, false, fmt.Errorf("variant %s: pause: %w", v, err)
	}
	return p, true, nil
}

// Cheapest is the least cost of a variant among the offers with stock, per currency.
type Cheapest = CheapestOffersRow

// CheapestOffers lists up to limit of them, by variant, after a known one.
func CheapestOffers(ctx context.Context, tx *db.Tx, store id.Store, after id.Variant, limit int32) ([]Cheapest, error) {
	return New(tx).CheapestOffers(ctx, CheapestOffersParams{StoreID: store, VariantID: after, Limit: limit})
}
