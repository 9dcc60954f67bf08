package report

import (
	"context"
	"fmt"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// SupplierPurchase is what we bought from a supplier, in a row.
type SupplierPurchase struct {
	ID     id.Purchase
	Order  id.Order
	Number string
	State  string
	Ref    string       // the supplier's number; empty until it has one
	Cost   money.Amount // goods and freight
	Units  int64
	At     clock.Time
}

// PurchasesOf lists what was bought from a supplier before a purchase (empty: the newest),
// the newest first. next is empty at the end.
func PurchasesOf(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier, before string, limit int) (list []SupplierPurchase, next string, err error) {
	if before == "" {
		before = "pu_zzzzzzzzzzzzzzzzzzzzzzzzzzz"
	}
	list, err = collect(ctx, tx, func(row scanner, p *SupplierPurchase) error {
		return row.Scan((*string)(&p.ID), (*string)(&p.Order), &p.Number, &p.State, &p.Ref, (*string)(&p.Cost.Currency), &p.Cost.Minor, &p.Units, (*int64)(&p.At))
	}, `SELECT p.purchase_id, p.order_id, p.number, p.state, p.ref, p.currency, p.goods_minor + p.freight_minor,
		(SELECT COALESCE(CAST(SUM(l.quantity) AS BIGINT), 0) FROM purchase_lines l WHERE l.store_id = p.store_id AND l.purchase_id = p.purchase_id), p.created_at
		FROM purchases p WHERE p.store_id = $1 AND p.supplier_id = $2 AND p.purchase_id < $3
		ORDER BY p.purchase_id DESC LIMIT $4`, string(store), string(supplier), before, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("purchases of supplier %s: %w", supplier, err)
	}
	if len(list) > limit {
		list = list[:limit]
		next = string(list[limit-1].ID)
	}
	return list, next, nil
}
