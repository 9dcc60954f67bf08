package dashboard_test

import (
	"context"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/store"
)

// An order's page shows the policies that it was placed under, not those of today; what a
// merchant writes in HTML cannot do harm there.
func TestAnOrderShowsWhatWasAgreedTo(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		terms := func(words string) {
			d.update(func(ctx context.Context, tx *db.Tx) error { return store.Set(ctx, tx, d.store, "policy.terms", words) })
		}
		before := d.paid("Ann")
		terms(`<p>Ours of March.</p><script>alert(1)</script>`)
		placed := d.paid("Ben")
		terms("Ours of April.")
		b := d.signedIn(account.Reader)
		b.get("/admin/orders/"+string(placed.Order.OrderID)).sees("What the customer agreed to", "Terms of sale", "Ours of March.").not("Ours of April.", "alert(1)")
		b.get("/admin/orders/" + string(before.Order.OrderID)).sees("The contract is made when we confirm your order by mail.").not("Ours of")
		d.update(func(ctx context.Context, tx *db.Tx) error { // as one from before they were kept
			_, err := tx.ExecContext(ctx, `UPDATE orders SET agreed_to = '' WHERE order_id = $1`, string(before.Order.OrderID))
			return err
		})
		b.get("/admin/orders/" + string(before.Order.OrderID)).sees("before the shop kept its policies of the day").not("Ours of")
	})
}
