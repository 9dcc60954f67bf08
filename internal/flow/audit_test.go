package flow_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
)

// Every kind of damage is found, named, and nothing else is.
func TestAuditFindsEveryDamage(t *testing.T) {
	t.Parallel()
	damages := []struct{ statement, back, want string }{
		{"UPDATE orders SET goods = 'delivered' WHERE number = 1001", "UPDATE orders SET goods = 'shipped' WHERE number = 1001", "order goods"},
		{"UPDATE orders SET money = 'refunded' WHERE number = 1001", "UPDATE orders SET money = 'partly refunded' WHERE number = 1001", "order money"},
		{"UPDATE orders SET attention = '[]'", "UPDATE orders SET attention = ''", "order attention"},
		{"UPDATE orders SET needs_person = TRUE", "UPDATE orders SET needs_person = FALSE", "order needs a person"},
		{"UPDATE orders SET subtotal_minor = subtotal_minor + 1", "UPDATE orders SET subtotal_minor = subtotal_minor - 1", "order subtotal"},
		{"UPDATE orders SET discount_minor = 1", "UPDATE orders SET discount_minor = 0", "order discount"},
		{"UPDATE orders SET tax_minor = tax_minor + 1", "UPDATE orders SET tax_minor = tax_minor - 1", "order tax"},
		{"UPDATE orders SET shipping_minor = shipping_minor + 1", "UPDATE orders SET shipping_minor = shipping_minor - 1", "order shipping"},
		{"UPDATE orders SET total_minor = total_minor + 1", "UPDATE orders SET total_minor = total_minor - 1", "order total"},
		{"UPDATE order_units SET price_minor = price_minor + 1", "UPDATE order_units SET price_minor = price_minor - 1", "order subtotal"},
		{"UPDATE payments SET captured_minor = captured_minor + 1", "UPDATE payments SET captured_minor = captured_minor - 1", "ledger captured"},
		{"UPDATE refunds SET state = 'approved'", "UPDATE refunds SET state = 'succeeded'", "ledger refunded"},
		{"UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE kind = 'capture'", "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE kind = 'capture'", "ledger captured"},
		{"UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE kind = 'sale'", "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE kind = 'sale'", "ledger sale"},
		{"UPDATE ledger_entries SET amount_minor = amount_minor + 1 WHERE kind = 'cost'", "UPDATE ledger_entries SET amount_minor = amount_minor - 1 WHERE kind = 'cost'", "ledger cost"},
		{"UPDATE purchases SET state = 'rejected' WHERE state = 'shipped'", "UPDATE purchases SET state = 'shipped' WHERE state = 'rejected'", "order attention"},
		{"UPDATE chargebacks SET withdrawn = FALSE", "UPDATE chargebacks SET withdrawn = TRUE", "ledger disputed"},
		{"UPDATE shipments SET state = 'delivered'", "UPDATE shipments SET state = 'in-transit'", "parcel state"},
		{"UPDATE variants SET reserved = reserved + 1 WHERE sku = 'Mug'", "UPDATE variants SET reserved = reserved - 1 WHERE sku = 'Mug'", "variant reserved"},
		{"UPDATE offers SET committed = committed + 1 WHERE supplier_sku = 'Ali-mug'", "UPDATE offers SET committed = committed - 1 WHERE supplier_sku = 'Ali-mug'", "offer committed"},
		{"UPDATE offers SET committed = 0", "UPDATE offers SET committed = 2 WHERE supplier_sku = 'Ali-mug'", "offer committed"},
		{"DELETE FROM tracking_events WHERE kind = 'in-transit'", "", "parcel state"},
		{"DELETE FROM reservations", "", "variant reserved"},
	}
	eachShop(t, "tax.rate=19", func(s *shop) {
		p := s.bought(1, 0)
		s.give(p.Order.OrderID, 300)
		s.refunded()
		s.acknowledged()
		s.says(s.purchases(p.Order.OrderID)[0], parcel("P1"))
		s.tracked("P1", "in-transit", time.Hour)
		s.dispute(p, "lost", true)
		s.bought(2, 0)
		s.inOrder()
		for _, d := range damages {
			s.exec(d.statement)
			s.damaged(d.statement, d.want)
			if d.back != "" {
				s.exec(d.back)
				s.inOrder()
			}
		}
	})
}

func (s *shop) exec(statement string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, statement)
		return err
	})
}

// damaged wants the audit to name a difference.
func (s *shop) damaged(statement, want string) {
	s.t.Helper()
	found, err := flow.Audit(s.t.Context(), s.DB, s.store)
	s.must(err)
	if !slices.ContainsFunc(found, func(d flow.Difference) bool { return d.What == want && d.Subject != "" && d.Stored != d.Computed }) {
		s.t.Errorf("%s: the audit finds %+v and no %s", statement, found, want)
	}
}
