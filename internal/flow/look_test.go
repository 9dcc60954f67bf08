package flow_test

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
)

func (s *shop) order(o id.Order) (got order.Order) {
	s.t.Helper()
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		got, err = order.Get(ctx, tx, s.store, o)
		return err
	}))
	return got
}

// expect wants an order's state, its words and the codes of its reasons.
func (s *shop) expect(o id.Order, want string) {
	s.t.Helper()
	got := s.order(o)
	words := []string{string(got.State), got.Goods, got.Money}
	for _, r := range got.Reasons() {
		words = append(words, r.Code)
	}
	if text := strings.Join(words, ", "); text != want {
		s.t.Errorf("order is %s; want %s", text, want)
	}
}

func (s *shop) purchases(o id.Order) (list []purchase.Purchase) {
	s.t.Helper()
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = purchase.OfOrder(ctx, tx, s.store, o)
		return err
	}))
	return list
}

// bought wants an order's purchases: "Ali accepted 2; Bert planned 1".
func (s *shop) buys(o id.Order, want string) []purchase.Purchase {
	s.t.Helper()
	list := s.purchases(o)
	var got []string
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		got = nil
		for _, p := range list {
			by, err := inventory.SupplierByID(ctx, tx, s.store, p.SupplierID)
			if err != nil {
				return err
			}
			lines, err := purchase.LinesOf(ctx, tx, s.store, p.PurchaseID)
			if err != nil {
				return err
			}
			var units int64
			for _, l := range lines {
				units += l.Left()
			}
			got = append(got, fmt.Sprintf("%s %s %d", by.Name, p.State, units))
		}
		return nil
	}))
	if text := strings.Join(got, "; "); text != want {
		s.t.Errorf("purchases are %q; want %q", text, want)
	}
	return list
}

// money wants the balances of an order's accounts: "cash 10, customer 0" in minor units.
func (s *shop) money(o id.Order, want string) {
	s.t.Helper()
	var got []string
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		got = nil
		entries, err := ledger.Entries(ctx, tx, s.store, o)
		for account, minor := range ledger.Balance(entries) {
			if minor != 0 {
				got = append(got, fmt.Sprintf("%s %d", account, minor))
			}
		}
		return err
	}))
	slices.Sort(got)
	if text := strings.Join(got, ", "); text != want {
		s.t.Errorf("the books say %q; want %q", text, want)
	}
}

// stock wants a variant's figures and what the two offers have committed.
func (s *shop) stock(v id.Variant, available, reserved, committed int64) {
	s.t.Helper()
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		st, err := inventory.StockOf(ctx, tx, s.store, v)
		if err != nil {
			return err
		}
		offers, err := inventory.OffersOf(ctx, tx, s.store, v)
		var sum int64
		for _, o := range offers {
			sum += o.Committed
		}
		if st.Available != available || st.Reserved != reserved || sum != committed {
			s.t.Errorf("%s: %d available, %d reserved, %d committed; want %d, %d, %d", s.name(v), st.Available, st.Reserved, sum, available, reserved, committed)
		}
		return err
	}))
}

// mails wants the kinds of an order's mails, in any order.
func (s *shop) mails(o id.Order, want string) {
	s.t.Helper()
	if got := s.column("SELECT kind FROM mails WHERE order_id = $1 ORDER BY kind", string(o)); got != want {
		s.t.Errorf("mails are %q; want %q", got, want)
	}
}

// column is the first column of a query, in one line.
func (s *shop) column(query string, args ...any) string {
	s.t.Helper()
	var got []string
	s.must(s.View(s.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		got = nil
		rows, err := tx.QueryContext(ctx, query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var text string
			if err := rows.Scan(&text); err != nil {
				return err
			}
			got = append(got, text)
		}
		return rows.Err()
	}))
	return strings.Join(got, " ")
}

// lostOf names rows that are under way and that no job will move on, with their orders. A refund
// that a bank has is asked about by the clock; one that waits for a bank's decision goes on with it.
const lostOf = `
	SELECT p.order_id AS order_id, 'purchase ' || p.number || ' ' || p.state AS what FROM purchases p JOIN orders o ON o.store_id = p.store_id AND o.order_id = p.order_id
	WHERE p.state IN ('planned', 'submitting') AND NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'purchase/' || p.purchase_id || '/submit')
	UNION ALL SELECT order_id, 'purchase ' || number || ' uncertain' FROM purchases
	WHERE state = 'uncertain' AND hold_code <> 'ask-person' AND NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'purchase/' || purchase_id || '/find'
		OR hold_code = 'repeated' AND key = 'purchase/' || purchase_id || '/submit')
	UNION ALL SELECT order_id, 'purchase ' || number || ' cancelling' FROM purchases
	WHERE state = 'cancelling' AND hold_code <> 'cancel-by-hand' AND NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'purchase/' || purchase_id || '/cancel')
	UNION ALL SELECT order_id, 'refund ' || refund_id || ' ' || state FROM refunds r
	WHERE (state = 'approved' AND NOT EXISTS (SELECT 1 FROM chargebacks c WHERE c.store_id = r.store_id AND c.order_id = r.order_id AND c.state IN ('inquiry', 'opened', 'answered'))
		OR state = 'sending' AND pending_at = 0) AND NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'refund.send/' || refund_id)
	UNION ALL SELECT order_id, 'refund ' || refund_id || ' uncertain' FROM refunds
	WHERE state = 'uncertain' AND words = '' AND NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'refund.find/' || refund_id)
	UNION ALL SELECT order_id, 'mail ' || mail_key FROM mails
	WHERE state IN ('queued', 'sending') AND NOT EXISTS (SELECT 1 FROM jobs WHERE key = 'mail/' || mail_id)
	UNION ALL SELECT order_id, 'reservation of ' || order_id FROM reservations r
	WHERE EXISTS (SELECT 1 FROM orders o WHERE o.store_id = r.store_id AND o.order_id = r.order_id AND o.state IN ('cancelled', 'closed'))
		AND NOT EXISTS (SELECT 1 FROM exchanges x WHERE x.store_id = r.store_id AND x.order_id = r.order_id AND x.hold_line = r.line_id AND x.state IN ('held', 'waiting'))`

const lost = "SELECT what FROM (" + lostOf + ") AS rows_lost"

// inOrder wants the audit to find nothing and nothing to be lost.
func (s *shop) inOrder() {
	s.t.Helper()
	found, err := flow.Audit(s.t.Context(), s.DB, s.store)
	s.must(err)
	for _, d := range found {
		s.t.Errorf("audit: %s of %s is %s, computed %s", d.What, d.Subject, d.Stored, d.Computed)
	}
	if got := s.column(lost); got != "" {
		s.t.Errorf("lost: %s", got)
	}
}
