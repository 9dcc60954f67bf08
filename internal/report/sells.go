package report

import (
	"context"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Sells says whether a product is on sale.
func Sells(ctx context.Context, tx *db.Tx, store id.Store) (yes bool, err error) {
	err = tx.QueryRowContext(ctx, `SELECT EXISTS (SELECT 1 FROM products WHERE store_id = $1 AND status = 'active')`, string(store)).Scan(&yes)
	if err != nil {
		return false, fmt.Errorf("products on sale: %w", err)
	}
	return yes, nil
}
