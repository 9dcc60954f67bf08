package dashboard_test

import (
	"context"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// What customers told the store of the service stands on the supplier's card, and what it made
// good there and on the first page, each with the way to look closer.
func TestServiceAndMoneyMadeGoodAreShown(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		placed := d.paid("Ann")
		b, reader := d.signedIn(account.Manager), d.signedIn(account.Reader)
		at := "/admin/suppliers/" + string(d.hand.SupplierID)
		b.get(at).sees("Scorecard").not("Customers on the delivery", "Made good")
		b.get("/admin").not("Made good")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO service_ratings (store_id, order_id, purchase_id, supplier_id, delivery, packaging, contact, created_at, updated_at)
				SELECT store_id, order_id, purchase_id, supplier_id, 4, 0, 5, $2, $2 FROM purchases WHERE order_id = $1`, string(placed.Order.OrderID), int64(tx.Now))
			if err != nil {
				return err
			}
			for i, credited := range map[uint16]int64{0: 450, 1: 0} {
				_, err := tx.ExecContext(ctx, `INSERT INTO disputes (store_id, dispute_id, order_id, claim_id, purchase_id, supplier_id, state, amount_minor, credited_minor, currency, due_at, line, created_at, updated_at)
					SELECT store_id, $2, order_id, '', purchase_id, supplier_id, $3, 1000, $4, 'EUR', 1, $5, 1, 1 FROM purchases WHERE order_id = $1`,
					string(placed.Order.OrderID), id.Ordered("di", tx.Now.Std(), i), []string{"credited", "due"}[i], credited, []string{"st/1", "st/2"}[i])
				if err != nil {
					return err
				}
			}
			return nil
		})
		b.get(at).sees("Customers on the delivery", "4.0 of 5", "1 answer", "What customers said of the service", "Made good, 90 days", "€4.50 of €20.00, 1 demand open").
			not("Customers on the packaging")
		b.get("/admin").sees("Made good in 90 days: €4.50 of €20.00, 1 demand open")
		reader.get("/admin").sees("Made good in 90 days")
		if look := `href="/admin/statements">Look closer`; !strings.Contains(b.html, look) || strings.Contains(reader.html, look) || !strings.Contains(reader.html, `href="/admin/suppliers">Look closer`) {
			t.Error("the way to look closer is not the one of their role")
		}
		reader.get("/admin/reviews/service").sees("4.0 of 5, by 1")
	})
}
