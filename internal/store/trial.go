package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// MarkTest notes that an order is the merchant's own test.
func MarkTest(ctx context.Context, tx *db.Tx, store id.Store, order id.Order) error {
	if err := New(tx).MarkTest(ctx, MarkTestParams{StoreID: store, OrderID: order, CreatedAt: tx.Now}); err != nil {
		return fmt.Errorf("order %s: mark as a test: %w", order, err)
	}
	return nil
}

// IsTest says whether an order is the merchant's own test.
func IsTest(ctx context.Context, tx *db.Tx, store id.Store, order id.Order) (bool, error) {
	n, err := New(tx).IsTest(ctx, IsTestParams{StoreID: store, OrderID: order})
	if err != nil {
		return false, fmt.Errorf("order %s: is it a test: %w", order, err)
	}
	return n > 0, nil
}

// LastTest is the newest test order; empty when there is none.
func LastTest(ctx context.Context, tx *db.Tx, store id.Store) (id.Order, error) {
	name, err := New(tx).LastTest(ctx, store)
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("last test order: %w", err)
	}
	return name, nil
}

// SetCurrency has a store sell in another currency. The caller sees to it that nothing has a
// price yet.
func SetCurrency(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency) error {
	tx.Remember(settingsKey{store}, nil)
	if _, err := New(tx).SetCurrency(ctx, SetCurrencyParams{StoreID: store, Currency: c}); err != nil {
		return fmt.Errorf("store %s: currency %s: %w", store, c, err)
	}
	return nil
}
