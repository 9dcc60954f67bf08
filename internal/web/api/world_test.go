package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/api"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/manual"
)

// world is a shop behind the API: mugs (5 in stock) and one tee, a supplier that only
// people talk to, payment by bank transfer, and a key of every role.
type world struct {
	*testing.T
	d      *db.DB
	store  id.Store
	url    string
	now    *clock.Virtual
	mug    id.Variant
	tee    id.Variant
	keys   map[account.Role]string
	log    *bytes.Buffer
	server *httptest.Server
}

// each runs fn against a fresh world on both databases.
func each(t *testing.T, fn func(w *world)) {
	t.Helper()
	eachWith(t, api.Options{PerAddress: -1, PerKey: -1}, fn)
}

func eachWith(t *testing.T, o api.Options, fn func(w *world)) {
	t.Helper()
	for name, dsn := range map[string]func(testing.TB) string{"sqlite": dbtest.Path, "postgres": dbtest.URL} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			now := clock.NewVirtual(time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC))
			w := &world{T: t, d: dbtest.Open(t, dsn(t), now.Now), now: now, keys: map[account.Role]string{}, log: &bytes.Buffer{}}
			box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
			if err != nil {
				t.Fatal(err)
			}
			box.Attach(w.d)
			out := outside.New(outside.Options{DB: w.d, Seal: box, Log: slog.New(slog.DiscardHandler), Clock: now.Now,
				Drivers: outside.Drivers{Payments: []payment.Driver{manual.Driver()}}})
			w.furnish()
			if _, err := out.Connect(t.Context(), w.store, "payment", "manual", "bank", map[string]string{"payee": "Mugs Ltd", "iban": "DE89370400440532013000"}); err != nil {
				t.Fatal(err)
			}
			o.DB, o.Seal, o.Outside, o.Log = w.d, box, out, slog.New(slog.NewTextHandler(w.log, nil))
			a, err := api.New(o)
			if err != nil {
				t.Fatal(err)
			}
			w.server = httptest.NewServer(a.Handler())
			t.Cleanup(w.server.Close)
			w.url = w.server.URL
			fn(w)
		})
	}
}

// furnish fills the shop.
func (w *world) furnish() {
	w.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) error {
		s, err := store.Create(ctx, tx, "Mugs", "EUR")
		if err != nil {
			return err
		}
		w.store = s.StoreID
		if err := store.Set(ctx, tx, w.store, "tax.rate", "19"); err != nil {
			return err
		}
		for _, role := range account.Roles() {
			_, secret, err := account.AddKey(ctx, tx, w.store, string(role), role)
			if err != nil {
				return err
			}
			w.keys[role] = secret
		}
		acme := inventory.NewSupplier(w.store, "Acme Secret Supplies")
		acme.ShipTo, acme.Freight = "DE,GB", `[{"countries":["*"],"service":"post","name":"Post","cost":"4.90","currency":"EUR","min_days":3,"max_days":6}]`
		if acme, err = inventory.AddSupplier(ctx, tx, acme); err != nil {
			return err
		}
		w.mug, err = sell(ctx, tx, acme, "mug", "Mug", 1000, 5)
		if err != nil {
			return err
		}
		w.tee, err = sell(ctx, tx, acme, "tee", "Tee", 2500, 1)
		return err
	})
}

// sell puts a product of one variant on sale, in stock at the supplier.
func sell(ctx context.Context, tx *db.Tx, s inventory.Supplier, handle, title string, price, quantity int64) (id.Variant, error) {
	r, err := catalog.Put(ctx, tx, s.StoreID, catalog.Draft{Handle: handle, Title: title, Status: catalog.Active, Variants: []catalog.DraftVariant{
		{SKU: strings.ToUpper(handle), Barcode: "4006381333931", Price: money.New(price, "EUR"), RequiresShipping: true, Taxable: true}}}, false)
	if err != nil {
		return "", err
	}
	_, _, err = inventory.PutOffer(ctx, tx, s, inventory.Offer{VariantID: r.Variants[0], SupplierSku: "A-" + handle, CostMinor: price / 2, Currency: "EUR",
		Quantity: quantity, Active: true, Pack: 1, AsOf: tx.Now})
	return r.Variants[0], err
}

func (w *world) update(fn func(ctx context.Context, tx *db.Tx) error) {
	w.Helper()
	if err := w.d.Update(w.Context(), fn); err != nil {
		w.Fatal(err)
	}
}

// got is an answer.
type got struct {
	status int
	header http.Header
	text   string
	json   map[string]any
}

// str is a value of the answer by its path: "payment.state", "lines.0.title".
func (g got) str(path string) string {
	var v any = g.json
	for _, key := range strings.Split(path, ".") {
		switch at := v.(type) {
		case map[string]any:
			v = at[key]
		case []any:
			n := int(key[0] - '0')
			if n >= len(at) {
				return ""
			}
			v = at[n]
		}
	}
	switch s := v.(type) {
	case string:
		return s
	case nil:
		return ""
	default:
		b, _ := json.Marshal(s)
		return string(b)
	}
}

// option changes a request.
type option func(*http.Request)

func bearer(token string) option {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func key(name string) option {
	return func(r *http.Request) { r.Header.Set("Idempotency-Key", name) }
}

// call sends a request: "POST /carts", with a body that is sent as JSON, if it is not nil.
func (w *world) call(what string, body any, options ...option) got {
	w.Helper()
	method, path, _ := strings.Cut(what, " ")
	var in io.Reader
	if text, ok := body.(string); ok {
		in = strings.NewReader(text)
	} else if body != nil {
		b, err := json.Marshal(body)
		if err != nil {
			w.Fatal(err)
		}
		in = bytes.NewReader(b)
	}
	if !strings.HasPrefix(path, api.Prefix) {
		path = api.Prefix + path
	}
	r, err := http.NewRequestWithContext(w.Context(), method, w.url+path, in)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	for _, o := range options {
		o(r)
	}
	res, err := w.server.Client().Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		w.Fatal(err)
	}
	g := got{status: res.StatusCode, header: res.Header, text: string(text)}
	_ = json.Unmarshal(text, &g.json)
	return g
}

// ok is call with an answer that must be a success.
func (w *world) ok(what string, body any, options ...option) got {
	w.Helper()
	g := w.call(what, body, options...)
	if g.status < 200 || g.status > 299 {
		w.Fatalf("%s: %d %s", what, g.status, g.text)
	}
	return g
}

// refused is call with an answer that must be a problem of that status and code.
func (w *world) refused(status int, code, what string, body any, options ...option) got {
	w.Helper()
	g := w.call(what, body, options...)
	if g.status != status || g.str("code") != code || g.header.Get("Content-Type") != "application/problem+json" ||
		g.str("detail") == "" || g.str("request_id") != g.header.Get("X-Request-Id") {
		w.Errorf("%s: %d %s %s, not %d %s", what, g.status, g.header.Get("Content-Type"), g.text, status, code)
	}
	return g
}

type object = map[string]any

func address() object {
	return object{"name": "Ann Lee", "line1": "1 High Street", "locality": "Leeds", "postal_code": "ls14dy", "country": "gb"}
}

// filled is the token of a cart that is ready for the checkout.
func (w *world) filled(v id.Variant, quantity int) string {
	w.Helper()
	token := w.ok("POST /carts", nil).str("token")
	w.ok("POST /cart/lines", object{"variant": v, "quantity": quantity}, bearer(token))
	w.ok("PUT /cart/contact", object{"email": "ann@example.com", "shipping_address": address()}, bearer(token))
	w.ok("POST /cart/shipping-options", nil, bearer(token))
	return token
}

// placed is the id and the token of an order.
func (w *world) placed(v id.Variant, quantity int) (order, token string) {
	w.Helper()
	cart := w.filled(v, quantity)
	g := w.ok("POST /cart/checkout", object{"payment": "bank"}, bearer(cart), key("checkout"))
	return g.str("order.id"), g.str("order.token")
}
