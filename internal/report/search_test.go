package report_test

import (
	"context"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/report"
)

func TestOrdersByANameThatThousandsHave(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 25) // of ANN and BOB in turn
		list := func(name string) (pages int, ids []string) {
			view(t, d, func(ctx context.Context, tx *db.Tx) error {
				for after := ""; pages == 0 || after != ""; pages++ {
					page, err := report.Orders(ctx, tx, s, report.Filter{Name: name}, after, 5)
					if err != nil {
						return err
					}
					for _, o := range page.Orders {
						ids = append(ids, string(o.ID))
					}
					after = page.Next
				}
				return nil
			})
			return pages, ids
		}
		_, before := list("ann")
		within(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO customers (store_id, customer_id, email, name, created_at)
				WITH RECURSIVE many(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM many WHERE n < 3000)
				SELECT $1, 'cu_' || CAST(n AS TEXT), CAST(n AS TEXT) || '@example.com', 'Lee Anna', 0 FROM many`, string(s))
			return err
		})
		pages, after := list("ann")
		if len(after) != 13 || pages != 3 || after[0] != string(orderID(24)) || after[12] != string(orderID(0)) {
			t.Errorf("%d pages of %v", pages, after)
		}
		if len(before) != len(after) {
			t.Errorf("%d orders, %d when thousands have the name", len(before), len(after))
		}
		if _, none := list("lee"); len(none) != 0 { // thousands, without orders
			t.Errorf("orders of nobody: %v", none)
		}
	})
}
