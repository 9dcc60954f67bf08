package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/store"
	"doorstep/internal/web/api"
)

// document is the served description, parsed as far as the tests look at it.
type document struct {
	OpenAPI string `json:"openapi"`
	Paths   map[string]map[string]struct {
		OperationID string                `json:"operationId"`
		Description string                `json:"description"`
		Security    []map[string][]string `json:"security"`
	} `json:"paths"`
}

func TestOpenAPIIsCommitted(t *testing.T) {
	t.Parallel()
	now, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join("..", "..", "..", "api", "openapi.json")
	if os.Getenv("DOORSTEP_UPDATE") != "" {
		if err := os.WriteFile(path, now, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	committed, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(bytes.TrimSpace(now), bytes.TrimSpace(committed)) {
		t.Error("api/openapi.json is old: make generate")
	}
	var d document
	if err := json.Unmarshal(now, &d); err != nil || !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Fatalf("%q: %v", d.OpenAPI, err)
	}
	ids := map[string]string{}
	for path, methods := range d.Paths {
		for method, op := range methods {
			if other := ids[op.OperationID]; other != "" {
				t.Errorf("%s %s is named as %s", method, path, other)
			}
			ids[op.OperationID] = method + " " + path
		}
	}
	if strings.Contains(string(now), "ErrorModel") || !strings.Contains(string(now), `"request_id"`) {
		t.Error("problems are not described")
	}
}

func TestTheDocumentIsServed(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		want, _ := api.Document()
		if g := w.ok("GET /openapi.json", nil); g.text != string(want) || !strings.Contains(g.header.Get("Content-Type"), "json") {
			w.Errorf("%.80s", g.text)
		}
	})
}

// who may call each route, and what those who may not are told; every route must be here.
var who = map[string]string{
	"get /products": "anyone", "get /products/{handle}": "anyone", "get /countries": "anyone", "get /countries/{code}": "anyone",
	"get /payment-methods": "anyone", "post /carts": "anyone",
	"get /cart": "cart", "post /cart/lines": "cart", "put /cart/lines/{variant}": "cart", "put /cart/contact": "cart",
	"post /cart/shipping-options": "cart", "put /cart/shipping-option": "cart", "get /cart/totals": "cart", "post /cart/checkout": "cart",
	"get /orders/{id}": "order", "post /orders/{id}/cancel": "order",
	"post /admin/orders/{order}/address": "support", "post /admin/orders/{order}/refunds/{refund}/retry": "manager",
	"post /admin/purchases/{purchase}/reroute": "manager", "post /admin/claims/{claim}/send": "manager",
	"get /admin/purchases/{purchase}/ask": "support", "post /admin/purchases/{purchase}/ask": "support", "post /admin/purchases/{purchase}/ask-mail": "support",
	"get /admin/orders": "reader", "get /admin/orders/{order}": "reader", "get /admin/attention": "reader", "get /admin/products": "reader",
	"get /admin/suppliers": "reader", "get /admin/connectors": "reader", "get /admin/feeds": "reader", "get /admin/jobs": "reader",
	"post /admin/orders/{order}/confirm-payment": "manager", "post /admin/orders/{order}/pay-on-delivery": "manager",
	"post /admin/orders/{order}/cancel": "support", "post /admin/orders/{order}/refund": "manager",
	"post /admin/purchases/{purchase}/release": "manager", "post /admin/purchases/{purchase}/hold": "manager",
	"post /admin/purchases/{purchase}/place-by-hand": "manager", "post /admin/purchases/{purchase}/resolve": "manager",
	"post /admin/purchases/{purchase}/accept": "support", "post /admin/purchases/{purchase}/reject": "support",
	"post /admin/orders/{order}/source": "manager", "post /admin/purchases/{purchase}/ship": "support", "post /admin/shipments/{shipment}/event": "support",
	"post /admin/purchases/{purchase}/cancel-answer": "support",
	"post /admin/connectors/{kind}/{name}/test":      "manager", "post /admin/feeds/{feed}/believe": "manager",
	"post /admin/feeds/{feed}/refuse": "manager", "post /admin/jobs/{job}/retry": "manager",

	"get /products/{handle}/reviews": "anyone", "get /admin/reviews": "reader", "post /admin/reviews/{review}/publish": "support",
	"post /admin/reviews/{review}/refuse": "support", "post /admin/reviews/{review}/answer": "support",
	"get /admin/messages": "reader", "get /admin/messages/{conversation}": "reader",
	"post /admin/messages/{conversation}/answer": "support", "post /admin/messages/{conversation}/note": "support",
	"get /admin/suppliers/{supplier}/scorecard": "reader",
	// Money: what is demanded, billed and proved is the manager's; what was earned may be looked at.
	"get /admin/claims": "reader", "get /admin/claims/{claim}": "reader", "post /admin/claims/{claim}/approve": "manager", "post /admin/claims/{claim}/exchange": "manager",
	"post /admin/claims/{claim}/tracking": "support", "post /admin/claims/{claim}/receive": "support", "post /admin/claims/{claim}/inspect": "manager",
	"get /admin/disputes/{dispute}": "reader", "post /admin/disputes/{dispute}/file": "manager", "post /admin/disputes/{dispute}/news": "manager",
	"get /admin/chargebacks/{chargeback}": "manager", "post /admin/chargebacks/{chargeback}/submit": "manager",
	"get /admin/statements": "manager", "post /admin/statements": "manager", "get /admin/statements/{statement}": "manager",
	"post /admin/statements/{statement}/lines/{line}": "manager",
	// Codes and credit are money that is given away.
	"put /cart/code": "cart", "get /admin/discounts": "reader", "get /admin/discounts/{discount}": "reader",
	"post /admin/products": "manager", "post /admin/discounts": "manager", "post /admin/discounts/{discount}/end": "manager",
	"get /admin/customers/{customer}/credit": "reader", "post /admin/customers/{customer}/credit": "manager",
	"get /admin/profit": "reader", "get /admin/orders/{order}/profit": "reader",
	"post /admin/products/{product}/images": "manager",
}

func TestEveryRouteKnowsWhoMayCallIt(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		var d document
		if err := json.Unmarshal([]byte(w.ok("GET /openapi.json", nil).text), &d); err != nil {
			w.Fatal(err)
		}
		session, elsewhere := w.strangers()
		callers := map[string][]option{
			"session": {bearer(session)}, "cookie": {func(r *http.Request) { r.Header.Set("Cookie", "doorstep_admin="+session) }}, "none": nil, "junk": {bearer("dsk_junk")}, "cart": {bearer(w.ok("POST /carts", nil).str("token"))},
		}
		for role, secret := range w.keys {
			callers[string(role)] = []option{bearer(secret)}
		}
		seen := 0
		for path, methods := range d.Paths {
			for method := range methods {
				name := method + " " + strings.TrimPrefix(path, api.Prefix)
				need, ok := who[name]
				if !ok {
					w.Errorf("%s is in no table of the tests", name)
					continue
				}
				seen++
				for caller, options := range callers {
					w.mayCall(name, need, caller, options)
				}
			}
		}
		if seen != len(who) {
			w.Errorf("%d routes are served, %d are expected", seen, len(who))
		}
		// A key opens its own store, wherever it is shown: of this one it sees nothing.
		mine, theirs := bearer(w.keys[account.Owner]), bearer(elsewhere)
		for _, list := range []string{"/admin/products", "/admin/suppliers", "/admin/connectors"} {
			if g := w.ok("GET "+list, nil, theirs); strings.Contains(strings.ToLower(g.text), "mug") || strings.Contains(g.text, "Acme") || strings.Contains(g.text, "bank") {
				w.Errorf("another store's key sees %s: %s", list, g.text)
			}
			if a, b := w.ok("GET "+list, nil, mine).text, w.ok("GET "+list, nil, theirs).text; a == b {
				w.Errorf("%s is the same in both stores", list)
			}
		}
	})
}

// strangers are a session of this store's dashboard, which opens no API, and an owner's key
// of another store.
func (w *world) strangers() (session, elsewhere string) {
	w.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) error {
		ann, err := account.AddStaff(ctx, tx, w.store, "ann@example.com", "Ann", account.Owner, "no hash")
		if err != nil {
			return err
		}
		if _, session, err = account.StartSession(ctx, tx, ann, account.ByPasskey, "Firefox", "192.0.2.1"); err != nil {
			return err
		}
		s, err := store.Create(ctx, tx, "Lamps", "EUR")
		if err != nil {
			return err
		}
		_, elsewhere, err = account.AddKey(ctx, tx, s.StoreID, "lamps", account.Owner)
		return err
	})
	return session, elsewhere
}

// mayCall sends an empty request: whoever may call gets any answer but 401 and 403.
func (w *world) mayCall(name, need, caller string, options []option) {
	w.Helper()
	method, path, _ := strings.Cut(name, " ")
	path = strings.NewReplacer("{kind}", "payment", "{code}", "DE").Replace(path)
	path = strings.NewReplacer("{", "", "}", "").Replace(path)
	g := w.call(strings.ToUpper(method)+" "+path, nil, options...)
	want := "in"
	switch role := account.Role(caller); {
	case need == "anyone", need == "cart" && caller == "cart":
	case need == "cart", need == "order":
		want = "401"
	case !role.Valid():
		want = "401"
	case !role.Covers(account.Role(need)):
		want = "403"
	}
	is := "in"
	if g.status == http.StatusUnauthorized || g.status == http.StatusForbidden {
		is = g.str("status")
	}
	if is != want {
		w.Errorf("%s by %s: %s, not %s: %s", name, caller, is, want, g.text)
	}
	if g.status == http.StatusUnauthorized && g.header.Get("WWW-Authenticate") == "" {
		w.Errorf("%s: no WWW-Authenticate", name)
	}
	if g.status >= 500 {
		w.Errorf("%s by %s: %s", name, caller, g.text)
	}
}

func TestHeadersAndStrayAddresses(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		w.refused(404, "not_found", "GET /nothing", nil)
		if g := w.refused(405, "method_not_allowed", "PUT /carts", nil); g.header.Get("Allow") != "POST" {
			w.Error(g.header)
		}
		g := w.ok("GET /products", nil, func(r *http.Request) { r.Header.Set("Origin", "https://evil.example") })
		for name, want := range map[string]string{"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
			"Access-Control-Allow-Origin": "", "Set-Cookie": ""} {
			if g.header.Get(name) != want {
				w.Errorf("%s: %q", name, g.header.Get(name))
			}
		}
		cart := bearer(w.ok("POST /carts", nil).str("token"))
		large := object{"email": strings.Repeat("x", 70<<10)}
		w.refused(413, "too_large", "PUT /cart/contact", large, cart)
		w.refused(413, "too_large", "POST /cart/lines", large, cart)
		w.refused(413, "too_large", "POST /cart/lines", large, cart, key("k"))
		w.ok("GET /cart", nil, func(r *http.Request) { r.Header.Set("X-Cart-Token", w.ok("POST /carts", nil).str("token")) })
	})
}

func TestAddressesAndKeysHaveLimits(t *testing.T) {
	t.Parallel()
	eachWith(t, api.Options{PerAddress: 8, PerKey: 3}, func(w *world) {
		for range 3 {
			w.ok("GET /admin/suppliers", nil, bearer(w.keys["reader"]))
		}
		w.refused(429, "too_many_requests", "GET /admin/suppliers", nil, bearer(w.keys["reader"]))
		w.ok("GET /admin/suppliers", nil, bearer(w.keys["owner"]))
		for range 3 {
			w.ok("GET /countries/DE", nil)
		}
		if g := w.refused(429, "too_many_requests", "GET /countries/DE", nil); g.header.Get("Retry-After") == "" {
			w.Error(g.header)
		}
	})
}

func TestInsidesStayInside(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		if err := w.d.Close(); err != nil {
			w.Fatal(err)
		}
		g := w.refused(500, "internal", "GET /products", nil)
		if strings.Contains(g.text, "closed") || strings.Contains(g.text, "database") || !strings.Contains(w.log.String(), g.str("request_id")) {
			w.Errorf("%s; the log has %s", g.text, w.log)
		}
	})
}
