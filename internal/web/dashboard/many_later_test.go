package dashboard_test

import (
	"fmt"
	"html"
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/web/dashboard"
	"doorstep/money"
)

// later are the pages of messages, reviews, discounts, bills, disputes and profit, as far as they
// are of something that exists.
func later(d *desk, placed flow.Placed) map[string]string {
	o := string(placed.Order.OrderID)
	return map[string]string{"order": o, "customer": string(placed.Order.CustomerID), "supplier": string(d.hand.SupplierID), "conversation": "cv_1", "review": "rv_1",
		"discount": "dc_1", "statement": "st_1", "chargeback": "cb_1", "dispute": "di_1", "claim": "cl_1"}
}

// furnishLater makes n of each thing that came after the first pages, with names that are long or
// written from right to left. Rows are written as they are: what the commands make of them is
// tested with the commands.
func (d *desk) furnishLater(placed flow.Placed, n int) {
	d.Helper()
	p, crowd := d.purchaseOf(placed.Order.OrderID), d.paid(longName[:90]) // who has all but one of the claims
	quoted := func(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }
	fill := strings.NewReplacer("$S", quoted(string(d.store)), "$O", quoted(string(placed.Order.OrderID)), "$X", quoted(string(crowd.Order.OrderID)), "$C", quoted(string(placed.Order.CustomerID)),
		"$P", quoted(string(p.PurchaseID)), "$U", quoted(string(p.SupplierID)), "$A", quoted(string(placed.Payment.PaymentID)), "$V", quoted(string(placed.Order.Currency)),
		"$L", quoted(longName), "$R", quoted(arabic), "$T", fmt.Sprint(d.now.Now().UnixMicro()), "$D", quoted(d.productOf(d.mug)),
		"$N", fmt.Sprintf("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)", n))
	for _, text := range []string{
		`INSERT INTO conversations (store_id, conversation_id, order_id, email, name, subject, topic, state, source, asked_at, last_at, preview, search, created_at, updated_at)
			$N SELECT $S, 'cv_' || n.i, CASE n.i WHEN 1 THEN $O ELSE '' END, 'a' || n.i || '@shop.example', CASE n.i % 2 WHEN 0 THEN $L ELSE $R END, $L, 'where', 'open', 'page', $T + n.i % 7, $T + n.i % 9, $L, '', $T, $T FROM n`,
		`INSERT INTO messages (store_id, message_id, conversation_id, kind, via, actor, body, created_at)
			$N SELECT $S, 'ms_' || SUBSTR(CAST(1000000 + n.i AS TEXT), 2), 'cv_1', CASE n.i % 3 WHEN 0 THEN 'staff' WHEN 1 THEN 'customer' ELSE 'note' END, 'page', 'customer', $L || '
' || $R, $T + n.i FROM n WHERE n.i <= 200`,
		`INSERT INTO reviews (store_id, review_id, order_id, line_id, product_id, customer_id, state, stars, words, name, variant, answer, created_at, updated_at, published_at)
			$N SELECT $S, 'rv_' || n.i, $O, n.i, $D, $C, CASE n.i % 3 WHEN 0 THEN 'waiting' WHEN 1 THEN 'published' ELSE 'refused' END, 1 + n.i % 5, $L || $R, $R, $L, $L, $T, $T, $T FROM n`,
		`INSERT INTO service_ratings (store_id, order_id, purchase_id, supplier_id, delivery, packaging, contact, words, created_at, updated_at)
			SELECT $S, $O, $P, $U, 5, 1, 3, $L, $T, $T`,
		`INSERT INTO discounts (store_id, discount_id, code, kind, value, currency, uses, note, created_at, updated_at)
			$N SELECT $S, 'dc_' || n.i, 'SUMMER' || n.i, 'amount', n.i, $V, n.i, $L, $T, $T FROM n`,
		`INSERT INTO statements (store_id, statement_id, supplier_id, number, file_name, print, row_count, actor, created_at)
			$N SELECT $S, 'st_' || n.i, $U, $L, $R, 'p' || n.i, n.i, 'staff:us_1', $T FROM n`,
		`INSERT INTO statement_lines (store_id, statement_id, line_no, supplier_id, ref, our_ref, title, amount_minor, currency, state, reason, purchase_id, order_id, here_minor, expected_minor, updated_at)
			$N SELECT $S, 'st_1', n.i, $U, 'R' || n.i, 'O' || n.i, $L, n.i, $V, CASE n.i % 2 WHEN 0 THEN 'differs' ELSE 'unmatched' END, $R,
			CASE n.i % 2 WHEN 0 THEN $P ELSE '' END, CASE n.i % 2 WHEN 0 THEN $O ELSE '' END, n.i + 2, n.i, $T FROM n`,
		`INSERT INTO claims (store_id, claim_id, order_id, kind, state, words, number, wish, due_at, created_at, updated_at)
			$N SELECT $S, 'cl_' || n.i, CASE n.i WHEN 1 THEN $O ELSE $X END, 'damaged', CASE n.i % 3 WHEN 0 THEN 'settled' WHEN 1 THEN 'opened' ELSE 'waiting' END,
			$L, '1-C' || n.i, 'refund', $T + n.i % 9, $T, $T FROM n`,
		`INSERT INTO disputes (store_id, dispute_id, order_id, claim_id, purchase_id, supplier_id, state, amount_minor, currency, words, due_at, created_at, updated_at)
			$N SELECT $S, 'di_' || n.i, CASE n.i WHEN 1 THEN $O ELSE $X END, 'cl_' || n.i, $P, $U, 'denied', 1234, $V, $L, $T, $T, $T FROM n`,
		`INSERT INTO events (store_id, event_id, kind, subject, actor, at, data)
			$N SELECT $S, 'ev_' || n.i, CASE n.i % 2 WHEN 0 THEN 'setting.changed' ELSE 'product.changed' END, $D, 'system', $T + n.i, '{"name": "x"}' FROM n`,
		`INSERT INTO mails (store_id, mail_id, mail_key, order_id, kind, recipient, subject, state, words, created_at)
			$N SELECT $S, 'ma_' || n.i, 'k' || n.i, $X, 'order-shipped', 'a' || n.i || '@shop.example', $L, 'failed', $R, $T FROM n`,
		`INSERT INTO jobs (job_id, store_id, kind, key, run_at, parked, error, created_at)
			$N SELECT 'jo_' || n.i, $S, 'purchase.submit', 'later/' || n.i, $T, TRUE, $L, $T FROM n`,
		`INSERT INTO feeds (store_id, feed_id, supplier_id, state, reason, seen, changed, created_at)
			$N SELECT $S, 'fe_0' || n.i, $U, 'parked', $L, n.i, n.i, $T FROM n`,
		`INSERT INTO customers (store_id, customer_id, email, name, created_at)
			$N SELECT $S, 'cu_0' || n.i, 'c' || n.i || '@shop.example', CASE n.i % 2 WHEN 0 THEN $L ELSE $R END, $T FROM n`,
		`INSERT INTO chargebacks (store_id, chargeback_id, order_id, payment_id, state, amount_minor, currency, ref, reason, due_at, created_at, updated_at)
			SELECT $S, 'cb_1', $O, $A, 'opened', 1234, $V, 'du_1', 'product_not_received', $T, $T, $T`,
	} {
		d.exec(fill.Replace(text))
	}
}

// TestLaterPagesWithOneAndManyAndFailures walks them with one and with ten thousand, in yen and in
// dinars, in a shop whose supplier lets nobody in.
func TestLaterPagesWithOneAndManyAndFailures(t *testing.T) {
	t.Parallel()
	for currency, n := range map[money.Currency]int{"JPY": 1, "KWD": 10_000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			t.Parallel()
			opened(t, dbtest.Path(t), currency, func(d *desk) {
				d.furnish(currency)
				placed := d.paid(arabic)
				d.furnishLater(placed, n)
				d.failSupplier()
				b := d.signedIn(account.Owner)
				b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
				known := later(d, placed)
				for _, row := range dashboard.Rows() {
					if row.Method == http.MethodGet && row.Path != "/events" && strings.Contains(row.Path, "{") &&
						!strings.HasSuffix(row.Path, "/export") && !strings.Contains(row.Path, "/evidence.") {
						b.small(row, known)
					}
				}
				for _, path := range []string{"/messages?tab=all&sort=oldest", "/messages?tab=all", "/reviews?state=all&sort=worst", "/reviews?state=all", "/claims?all=yes&sort=due", "/claims",
					"/customers?sort=name", "/customers?sort=name-back", "/discounts?sort=name", "/discounts?sort=oldest", "/log", "/log?what=setting&sort=oldest",
					"/mails/sent"} {
					b.look(path)
					if len(b.html) > mostBytes {
						t.Errorf("%s has %d bytes", path, len(b.html))
					}
					if goesOn := nextLink.FindStringSubmatch(b.html); n > 1 {
						if goesOn == nil {
							t.Errorf("%s does not go on", path)
							continue
						}
						b.look(strings.TrimPrefix(html.UnescapeString(goesOn[1]), dashboard.Prefix))
					}
				}
				for _, path := range []string{"/attention", "/attention?only=mails", "/jobs", "/feeds", "/messages?tab=all&words=shop", "/messages/canned", "/reviews?state=published&stars=5", "/reviews?state=", "/reviews/service", "/discounts",
					"/statements", "/statements/st_1?show=differs", "/claims?all=yes", "/profit", "/profit?from=2020-01-01&to=2030-01-01"} {
					b.look(path)
					if len(b.html) > mostBytes {
						t.Errorf("%s has %d bytes", path, len(b.html))
					}
				}
			})
		})
	}
}
