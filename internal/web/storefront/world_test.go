package storefront_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	world "doorstep/connector/emulator"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/storefront"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/manual"
	"doorstep/payment/stripe"
	bank "doorstep/payment/stripe/emulator"
)

const (
	longName = "A hand-thrown stoneware mug with a wide foot and a reactive glaze that settles a little differently on every single piece, with a handle made for four fingers of either hand on cold winter mornings in the north"
	arabic   = "كوب من الخزف مصنوع يدويًا"
)

// mall is a shop in a browser's reach: the real engine, a supplier with a freight table,
// payment by bank transfer and at Stripe's emulator.
type mall struct {
	*testing.T
	d     *db.DB
	box   *seal.Box
	store id.Store
	acme  inventory.Supplier
	now   *clock.Virtual
	out   *outside.Outside
	url   string
	log   *bytes.Buffer
	stop  chan struct{} // closed, live pages let go
}

// open opens a shop that sells in a currency, with n products.
func open(t *testing.T, dsn string, currency money.Currency, n int) *mall {
	t.Helper()
	m := &mall{T: t, now: clock.NewVirtual(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)), log: &bytes.Buffer{}, stop: make(chan struct{})}
	m.d = dbtest.Open(t, dsn, m.now.Now)
	var err error
	if m.box, err = seal.New(bytes.Repeat([]byte{7}, seal.KeySize)); err != nil {
		t.Fatal(err)
	}
	m.box.Attach(m.d)
	m.out = outside.New(outside.Options{DB: m.d, Seal: m.box, Log: slog.New(slog.DiscardHandler), Clock: m.now.Now, AllowPrivate: true,
		Drivers: outside.Drivers{Payments: []payment.Driver{manual.Driver(), stripe.Driver()}}})
	m.furnish(currency, n)
	h, err := storefront.New(storefront.Options{DB: m.d, Seal: m.box, Outside: m.out, Clock: m.now.Now, Gallery: true, Look: 5 * time.Millisecond, Stopping: m.stop,
		Log: slog.New(slog.NewTextHandler(m.log, nil)), Store: func(*http.Request) (id.Store, error) { return m.store, nil }})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	m.url = server.URL
	return m
}

func (m *mall) update(fn func(ctx context.Context, tx *db.Tx) error) {
	m.Helper()
	if err := m.d.Update(m.Context(), fn); err != nil {
		m.Fatal(err)
	}
}

func (m *mall) set(key, value string) {
	m.Helper()
	m.update(func(ctx context.Context, tx *db.Tx) error { return store.Set(ctx, tx, m.store, key, value) })
}

// furnish fills the shop: article 0 has two options, the others one or none.
func (m *mall) furnish(currency money.Currency, n int) {
	m.Helper()
	m.update(func(ctx context.Context, tx *db.Tx) error {
		s, err := store.Create(ctx, tx, "Mug & Moon", currency)
		if err != nil {
			return err
		}
		m.store = s.StoreID
		acme := inventory.NewSupplier(m.store, "Acme Secret Supplies")
		acme.ShipTo = "DE,GB,JP,KW"
		acme.Freight = fmt.Sprintf(`[{"countries":["*"],"service":"post","name":"Post","cost":"5","currency":%q,"min_days":3,"max_days":6},{"countries":["*"],"service":"fast","name":"Fast","cost":"12","currency":%q,"min_days":1,"max_days":2}]`, currency, currency)
		if m.acme, err = inventory.AddSupplier(ctx, tx, acme); err != nil {
			return err
		}
		for i := 0; i < n && err == nil; i++ {
			err = m.sell(ctx, tx, currency, i)
		}
		return err
	})
	if _, err := m.out.Connect(m.Context(), m.store, "payment", "manual", "bank", map[string]string{"payee": "Mug & Moon", "iban": "DE89370400440532013000"}); err != nil {
		m.Fatal(err)
	}
}

func (m *mall) sell(ctx context.Context, tx *db.Tx, currency money.Currency, i int) error {
	draft := catalog.Draft{Handle: fmt.Sprintf("mug-%d", i), Title: fmt.Sprintf("Stoneware Mug %d", i), Status: catalog.Active, Vendor: "Acme", Kind: "Mugs", Tags: []string{"coffee"},
		Body: "<p>A mug &amp; more.</p>", Images: []catalog.DraftImage{{URL: "/a.svg", Alt: "A mug"}, {URL: "https://img.example/b.jpg"}},
		Collections: []catalog.DraftCollection{{Handle: "kitchen", Title: "Kitchen"}}}
	variant := func(price int64, values ...string) catalog.DraftVariant {
		return catalog.DraftVariant{SKU: strings.Join(append([]string{draft.Handle}, values...), "-"), Values: values, Price: money.New(price, currency),
			CompareAt: money.New(price*2, currency), WeightGrams: 1380, RequiresShipping: true, Taxable: true}
	}
	switch i {
	case 0:
		draft.Options = []string{"Colour", "Size"}
		draft.Variants = []catalog.DraftVariant{variant(1000, "Oat", "S"), variant(1200, "Oat", "L"), variant(1000, "Ink", "S")}
	case 1:
		draft.Title, draft.Variants = longName, []catalog.DraftVariant{variant(2500)}
	case 2:
		draft.Title, draft.Variants, draft.Images = arabic, []catalog.DraftVariant{variant(3000)}, nil
	default:
		draft.Variants = []catalog.DraftVariant{variant(int64(1000 + 10*i))}
	}
	r, err := catalog.Put(ctx, tx, m.store, draft, false)
	for n, v := range r.Variants {
		if err != nil {
			return err
		}
		quantity := int64(5)
		if i == 0 && n == 2 {
			quantity = 0 // Ink is sold out
		}
		_, _, err = inventory.PutOffer(ctx, tx, m.acme, inventory.Offer{VariantID: v, SupplierSku: draft.Variants[n].SKU, CostMinor: 400, Currency: currency,
			Quantity: quantity, Active: true, Pack: 1, ShipFrom: "CN", HandlingDays: 2, AsOf: tx.Now})
	}
	return err
}

// bank connects Stripe's emulator and answers its address.
func (m *mall) bank() {
	m.Helper()
	s := bank.New(bank.Options{World: world.NewWorld(m.now.Now, world.Real()), SecretKey: "sk_test_x", WebhookSecret: "whsec_x", Merchant: "Mug & Moon"})
	server := httptest.NewServer(s.Handler())
	m.Cleanup(server.Close)
	if _, err := m.out.Connect(m.Context(), m.store, "payment", "stripe", "stripe",
		map[string]string{"secret_key": "sk_test_x", "webhook_secret": "whsec_x", "base_url": server.URL, "qps": "100000"}); err != nil {
		m.Fatal(err)
	}
}

// browser is somebody's, with cookies and without scripts.
type browser struct {
	*mall
	client *http.Client
	page   page
}

// page is what a browser shows.
type page struct {
	status int
	header http.Header
	at     *url.URL
	html   string
}

func (m *mall) browser() *browser {
	jar, err := cookiejar.New(nil)
	if err != nil {
		m.Fatal(err)
	}
	return &browser{mall: m, client: &http.Client{Jar: jar}}
}

func (b *browser) do(method, path string, form url.Values, header ...string) page {
	b.Helper()
	if strings.HasPrefix(path, "/") {
		path = b.url + path
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.Context(), method, path, body)
	if err != nil {
		b.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.Fatal(err)
	}
	b.page = page{res.StatusCode, res.Header, res.Request.URL, string(text)}
	return b.page
}

func (b *browser) get(path string, header ...string) page {
	b.Helper()
	return b.do(http.MethodGet, path, nil, header...)
}

func (b *browser) post(path string, pairs ...string) page {
	b.Helper()
	return b.do(http.MethodPost, path, values(pairs...))
}

func values(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// says fails unless the page has all the words.
func (b *browser) says(words ...string) {
	b.Helper()
	text := html.UnescapeString(b.page.html)
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Errorf("%s (%d) does not say %q", b.page.at, b.page.status, w)
		}
	}
}

// says not fails if the page has any of the words.
func (b *browser) saysNot(words ...string) {
	b.Helper()
	text := html.UnescapeString(b.page.html)
	for _, w := range words {
		if strings.Contains(text, w) {
			b.Errorf("%s says %q", b.page.at, w)
		}
	}
}

// field is the value of an input of the page.
func (b *browser) field(name string) string {
	b.Helper()
	m := regexp.MustCompile(`<input[^>]*name="` + regexp.QuoteMeta(name) + `"[^>]*value="([^"]*)"`).FindStringSubmatch(b.page.html)
	if m == nil {
		b.Fatalf("%s has no field %s", b.page.at, name)
	}
	return html.UnescapeString(m[1])
}

var ann = []string{"email", "ann@example.com", "same", "yes", "shipping_address.name", "Ann Mercer", "shipping_address.line1", "14 Larkspur Lane",
	"shipping_address.locality", "Bristol", "shipping_address.postal_code", "bs84qx", "shipping_address.country", "GB"}

func with(pairs []string, more ...string) []string {
	return append(append([]string{}, pairs...), more...)
}

func itoa(n int64) string { return fmt.Sprint(n) }
