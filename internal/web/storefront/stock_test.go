package storefront_test

import (
	"bufio"
	"context"
	"html"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
)

// has sets what the supplier has of an article.
func (m *mall) has(sku string, quantity int64) {
	m.Helper()
	m.update(func(ctx context.Context, tx *db.Tx) error {
		variants, err := catalog.BySKU(ctx, tx, m.store, sku)
		if err != nil {
			return err
		}
		offers, err := inventory.OffersOf(ctx, tx, m.store, variants[0].VariantID)
		if err != nil {
			return err
		}
		offers[0].Quantity, offers[0].AsOf = quantity, tx.Now
		return inventory.Revise(ctx, tx, offers[0])
	})
}

var liveAt = regexp.MustCompile(`hx-sse:connect="([^"]+)"`)

// TestStockIsLive: what a page says of its stock comes with it, and is told anew while it is
// open: the line, the options and the button. Who opens too many is not told.
func TestStockIsLive(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		b.get("/products/mug-0")
		b.says("Oat / S: Only 5 left", "2 of 3 variants are in stock", "Add to cart")
		connect := func() *http.Response {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, m.url+html.UnescapeString(liveAt.FindStringSubmatch(b.page.html)[1]), nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			return res
		}
		res := connect()
		defer func() { _ = res.Body.Close() }()
		if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
			t.Fatalf("kind %s", kind)
		}
		for n := range 12 {
			more := connect()
			t.Cleanup(func() { _ = more.Body.Close() })
			if refused := more.StatusCode == http.StatusTooManyRequests && more.Header.Get("Retry-After") == "30"; refused != (n == 11) {
				t.Fatalf("page %d of one address: %d", n+2, more.StatusCode)
			}
		}
		m.has("mug-0-Oat-S", 0)
		lines := bufio.NewScanner(res.Body)
		told := listen(lines, "</hx-partial>", 3)
		for _, want := range []string{"Oat / S: Sold out", "1 of 3 variants is in stock", `id="buy-button" disabled`, `hx-target="#options"`, "(sold out)"} {
			if !strings.Contains(told, want) {
				t.Errorf("the page is not told %q: %s", want, told)
			}
		}
		m.has("mug-0-Oat-S", 2)
		if told := listen(lines, "</hx-partial>", 3); !strings.Contains(told, "Only 2 left") || strings.Contains(told, "disabled") {
			t.Errorf("it is there again: %s", told)
		}
		b.get("/products/mug-0?o1=Ink&o2=L")
		b.says("Not made in this combination")
		b.saysNot("hx-sse:connect")
	})
}

// listen reads until a word has come so many times.
func listen(lines *bufio.Scanner, word string, times int) string {
	var told strings.Builder
	for times > 0 && lines.Scan() {
		told.WriteString(lines.Text() + "\n")
		times -= strings.Count(lines.Text(), word)
	}
	return told.String()
}
