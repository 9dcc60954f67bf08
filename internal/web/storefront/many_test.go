package storefront_test

import (
	"context"
	"net/http"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

// mostBytes is how large a page may be, however much is in the shop: shelves are read page
// by page.
const mostBytes = 250 << 10

// TestEveryPageWithTenThousand walks the shop's pages with ten thousand products of a long
// name on one shelf. One database is enough: the queries are tested on both elsewhere.
func TestEveryPageWithTenThousand(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "JPY", 4)
	const series = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10000) `
	for _, text := range []string{
		`INSERT INTO products (store_id, product_id, handle, title, status, created_at, updated_at)
			` + series + `SELECT p.store_id, 'pr_0' || printf('%05d', n.i), 'copy-' || n.i, p.title, p.status, p.created_at, p.updated_at
			FROM n, (SELECT * FROM products WHERE handle = 'mug-1') p`,
		`INSERT INTO variants (store_id, variant_id, product_id, position, sku, price_minor, currency, available, created_at, updated_at)
			` + series + `SELECT v.store_id, 'va_0' || printf('%05d', n.i), 'pr_0' || printf('%05d', n.i), 1, 'COPY-' || n.i, 1000 + n.i, v.currency, n.i % 7, v.created_at, v.updated_at
			FROM n, (SELECT * FROM variants LIMIT 1) v`,
		`INSERT INTO collection_products (store_id, collection_id, product_id, position)
			` + series + `SELECT c.store_id, c.collection_id, 'pr_0' || printf('%05d', n.i), n.i FROM n, (SELECT * FROM collections LIMIT 1) c`,
	} {
		m.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, text)
			return err
		})
	}
	b := m.browser()
	list := append([]string{"/products/copy-77", "/products/mug-2", "/collections/kitchen", "/collections/kitchen?sort=price&stock=yes", "/search?q=stoneware",
		"/checkout", "/account/sign-in", "/favicon.ico"}, everyPage...)
	for _, path := range list {
		if path == "/favicon.ico" {
			b.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
		}
		p := b.get(path)
		if p.status >= http.StatusBadRequest {
			t.Errorf("%s answers %d\n%s", path, p.status, m.log)
		}
		if len(p.html) > mostBytes && path != "/sitemap.xml" && path != "/feeds/google.xml" { // they hold all there is
			t.Errorf("%s has %d bytes", path, len(p.html))
		}
		b.client.CheckRedirect = nil
	}
	b.get("/collections/all")
	b.says(longName, `rel="next"`)
}
