package dashboard_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report/seed"
	"doorstep/internal/web/dashboard"
)

// mostBytes is how large a page may be, however much is in the shop: lists are read page by
// page.
const mostBytes = 400 << 10

// series are the numbers from 1 to 10,000.
const series = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) `

// TestEveryPageWithTenThousand walks every page of the table of routes in a shop with ten
// thousand products, customers and orders, a supplier whose key works no more, and names that
// are long or written from right to left. One database is enough: the queries are tested on
// both elsewhere.
func TestEveryPageWithTenThousand(t *testing.T) {
	t.Parallel()
	opened(t, dbtest.Path(t), "KWD", func(d *desk) {
		d.furnish("KWD")
		placed := d.paid(arabic)
		for range 24 {
			d.paid(longName[:90])
		}
		d.grow()
		d.failSupplier()
		b := d.signedIn(account.Owner)
		b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		known := map[string]string{"order": string(placed.Order.OrderID), "customer": string(placed.Order.CustomerID), "supplier": string(d.hand.SupplierID),
			"variant": string(d.mug), "product": d.productOf(d.mug)}
		for _, row := range dashboard.Rows() {
			if row.Method == http.MethodGet && row.Path != "/events" && !strings.HasSuffix(row.Path, "/export") {
				b.small(row, known)
			}
		}
		b.get("/admin/orders").sees("Next page")
		b.get("/admin/products").sees("Next page")
		b.get("/admin/customers").sees("Next page")
	})
}

// small wants a page that is there and not large; what has no such thing is not found, and
// a door may be shut.
func (b *browser) small(row dashboard.Row, known map[string]string) {
	b.Helper()
	path, whole := row.Path, !row.Open
	for name, value := range known {
		path = strings.ReplaceAll(path, "{"+name+"}", value)
	}
	if path == "/mails/{kind}" || path == "/mails/{kind}/draw" {
		path = strings.ReplaceAll(path, "{kind}", flow.MailShipped)
	}
	if strings.Contains(path, "{") {
		path, whole = strings.TrimPrefix(addressOf(row), dashboard.Prefix), false
	}
	b.get(dashboard.Prefix + path)
	if b.status >= http.StatusInternalServerError || whole && b.status >= http.StatusBadRequest {
		b.Errorf("%s answers %d", path, b.status)
	}
	if len(b.html) > mostBytes {
		b.Errorf("%s has %d bytes", path, len(b.html))
	}
	if strings.Contains(b.html, "%!") {
		b.Errorf("%s: words are badly formatted", path)
	}
}

// grow copies orders, products and customers until there are ten thousand and more.
func (d *desk) grow() {
	d.Helper()
	models, err := seed.Models(d.Context(), d.d, d.store, map[string]int{"open": 25})
	d.must(err)
	d.must(seed.Multiply(d.Context(), d.d, seed.Options{Store: d.store, Models: models, Copies: 400, Every: 2 * time.Hour}))
	for _, text := range []string{
		`INSERT INTO customers (store_id, customer_id, email, name, created_at)
			` + series + `SELECT c.store_id, 'cu_0' || printf('%05d', n.i), n.i || c.email, c.name, c.created_at FROM n, (SELECT * FROM customers LIMIT 1) c`,
		`INSERT INTO products (store_id, product_id, handle, title, status, created_at, updated_at)
			` + series + `SELECT p.store_id, 'pr_0' || printf('%05d', n.i), 'copy-' || n.i, p.title, p.status, p.created_at, p.updated_at
			FROM n, (SELECT * FROM products WHERE handle = 'thing-1') p`,
		`INSERT INTO variants (store_id, variant_id, product_id, position, sku, price_minor, currency, available, created_at, updated_at)
			` + series + `SELECT v.store_id, 'va_0' || printf('%05d', n.i), 'pr_0' || printf('%05d', n.i), 1, 'COPY-' || n.i, v.price_minor, v.currency, n.i % 7, v.created_at, v.updated_at
			FROM n, (SELECT * FROM variants LIMIT 1) v`,
	} {
		d.exec(text)
	}
}

// failSupplier connects a supplier whose key works no more, by a driver of another binary.
func (d *desk) failSupplier() {
	d.Helper()
	d.exec(`INSERT INTO connectors (store_id, connector_id, kind, driver, name, settings, secrets, state, reason, created_at, updated_at)
		SELECT store_id, 'cn_broken', 'supplier', 'elsewhere', name, '{}', '', 'refused', 'the key works no more', created_at, updated_at FROM suppliers LIMIT 1`)
	d.exec(`UPDATE suppliers SET connector_id = 'cn_broken'`)
}

func (d *desk) exec(text string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, text)
		return err
	})
}

// productOf is the product of a variant.
func (d *desk) productOf(v id.Variant) (name string) {
	d.Helper()
	d.must(d.d.View(d.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, `SELECT product_id FROM variants WHERE variant_id = $1`, string(v)).Scan(&name)
	}))
	return name
}
