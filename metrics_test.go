package doorstep_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestPagesAreCountedByTheirTemplate: shop, dashboard and API each have a mux of their own, and
// a copy of the request; their patterns are the labels all the same.
func TestPagesAreCountedByTheirTemplate(t *testing.T) {
	t.Parallel()
	url, _ := serve(t)
	for _, path := range []string{"/products/secret-handle", "/admin/orders/or_secret", "/api/v1/products/secret", "/nowhere/secret", "/webhooks/supplier/secret"} {
		ask(t, http.MethodGet, url, path, nil)
	}
	_, text := ask(t, http.MethodGet, url, "/metrics", nil)
	for _, want := range []string{`route="/products/{handle}"`, `route="/admin/orders/{order}"`, `route="/webhooks/"`, `doorstep_db_transaction_seconds_count{mode="read"`, "doorstep_database_up 1"} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %.3000s", want, text)
		}
	}
	if strings.Contains(text, "secret") {
		t.Error("an address stands in a label")
	}
	if answer, _ := ask(t, http.MethodGet, url, "/metrics", nil, "X-Forwarded-For", "203.0.113.9"); answer.StatusCode != http.StatusNotFound {
		t.Errorf("by way of a proxy: %d", answer.StatusCode)
	}
}
