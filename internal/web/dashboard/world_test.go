package dashboard_test

import (
	"bytes"
	"context"
	"fmt"
	"html"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/dashboard"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/manual"
	"doorstep/payment/stripe"
)

const (
	longName = "A hand-thrown stoneware mug with a wide foot and a reactive glaze that settles a little differently on every single piece, with a handle made for four fingers of either hand on cold winter mornings in the north"
	arabic   = "كوب من الخزف مصنوع يدويًا"
)

// desk is a dashboard in a browser's reach, with its shop. Nobody works jobs: nothing leaves.
type desk struct {
	*testing.T
	d     *db.DB
	out   *outside.Outside
	store id.Store
	hand  inventory.Supplier // whom only people talk to
	mug   id.Variant
	now   *clock.Virtual
	url   string
	stop  chan struct{}
	log   *bytes.Buffer
	carts int
	// quotes are what further suppliers ask for freight, beside the one whom only people talk to.
	quotes []flow.Quote
}

// each runs fn with an empty store in a currency, on each of the databases.
func each(t *testing.T, currency money.Currency, fn func(d *desk)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) { opened(t, dsn, currency, fn) })
}

// opened runs fn with an empty store in a currency, on one database.
func opened(t *testing.T, dsn string, currency money.Currency, fn func(d *desk)) {
	t.Helper()
	d := &desk{T: t, now: clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)), stop: make(chan struct{}), log: &bytes.Buffer{}}
	d.d = dbtest.Open(t, dsn, d.now.Now)
	box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
	d.must(err)
	box.Attach(d.d)
	d.out = outside.New(outside.Options{DB: d.d, Seal: box, Log: slog.New(slog.DiscardHandler), Clock: d.now.Now,
		Drivers: outside.Drivers{Payments: []payment.Driver{manual.Driver(), stripe.Driver()}}})
	d.update(func(ctx context.Context, tx *db.Tx) error {
		s, err := store.Create(ctx, tx, "Mug & Moon", currency)
		d.store = s.StoreID
		return err
	})
	h, err := dashboard.New(dashboard.Options{DB: d.d, Outside: d.out, Log: slog.New(slog.NewTextHandler(d.log, nil)), Stopping: d.stop})
	d.must(err)
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	d.url = server.URL
	fn(d)
	if strings.Contains(d.log.String(), "failed") {
		t.Error(d.log.String())
	}
}

func (d *desk) must(err error) {
	d.Helper()
	if err != nil {
		d.Fatal(err)
	}
}

// update runs fn a moment after the one before: names sort by their time.
func (d *desk) update(fn func(ctx context.Context, tx *db.Tx) error) {
	d.Helper()
	d.now.Advance(time.Millisecond)
	d.must(d.d.Update(d.Context(), fn))
}

// furnish puts a mug, a thing of a long name and one in Arabic on sale, which a person orders
// by hand.
func (d *desk) furnish(currency money.Currency) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		if d.hand, err = inventory.AddSupplier(ctx, tx, inventory.NewSupplier(d.store, "Hearth <b>& Loom")); err != nil {
			return err
		}
		for i, title := range []string{"Mug", longName, arabic} {
			put, err := catalog.Put(ctx, tx, d.store, catalog.Draft{Handle: fmt.Sprint("thing-", i), Title: title, Status: catalog.Active,
				Variants: []catalog.DraftVariant{{SKU: fmt.Sprint("THING-", i), Price: money.New(2000, currency), RequiresShipping: true, Taxable: true}}}, false)
			if err != nil {
				return err
			}
			if i == 0 {
				d.mug = put.Variants[0]
			}
			_, _, err = inventory.PutOffer(ctx, tx, d.hand, inventory.Offer{VariantID: put.Variants[0], SupplierSku: fmt.Sprint("H-", i), CostMinor: 500,
				Currency: currency, Quantity: 1000, Active: true, AsOf: tx.Now})
			if err != nil {
				return err
			}
		}
		return nil
	})
}

// order is a new order that waits for a bank transfer.
func (d *desk) order(name string) (placed flow.Placed) {
	d.Helper()
	d.carts++
	d.update(func(ctx context.Context, tx *db.Tx) error {
		c, _, err := flow.StartCart(ctx, tx, d.store, "en")
		if err != nil {
			return err
		}
		if err := flow.PutInCart(ctx, tx, d.store, c.CartID, d.mug, 2, false); err != nil {
			return err
		}
		home := address.Address{Name: name, Line1: "Lange Straße 1", Locality: "Berlin", PostalCode: "10115", Country: "DE"}
		err = cart.SetContact(ctx, tx, d.store, c.CartID, cart.Contact{Email: fmt.Sprintf("ann%d@shop.example", d.carts), Shipping: home})
		if err != nil {
			return err
		}
		w, err := flow.WantedOf(ctx, tx, d.store, c.CartID)
		if err != nil {
			return err
		}
		quote := flow.Quote{Supplier: d.hand.SupplierID, Service: "POST", Name: "Post", CostMinor: 300, Currency: w.Cart.Currency, MinDays: 5, MaxDays: 9}
		if _, err := flow.OfferShipping(ctx, tx, w, append([]flow.Quote{quote}, d.quotes...)); err != nil {
			return err
		}
		if err := flow.ChooseShipping(ctx, tx, d.store, c.CartID, "standard"); err != nil {
			return err
		}
		placed, err = flow.PlaceOrder(ctx, tx, flow.Placement{Store: d.store, Cart: c.CartID, Connector: "cn_bank", Driver: "manual", Manual: true, Actor: "customer"})
		return err
	})
	return placed
}

// paid is an order whose money a person saw.
func (d *desk) paid(name string) flow.Placed {
	d.Helper()
	p := d.order(name)
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ConfirmManual(ctx, tx, d.store, p.Order.OrderID, "staff:us_test")
	})
	return p
}

// browser is somebody's, without scripts; an empty role is a stranger's.
type browser struct {
	*desk
	client *http.Client
	staff  account.Staff
	status int
	at     string // path and query, after all leading on
	header http.Header
	html   string
	runAt  string // of the file that was sent
}

func (d *desk) stranger() *browser {
	return &browser{desk: d, client: &http.Client{Jar: newJar()}}
}

// signedIn is a member of staff of that role.
func (d *desk) signedIn(role account.Role) *browser {
	d.Helper()
	b := d.stranger()
	var token string
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		b.staff, err = account.AddStaff(ctx, tx, d.store, fmt.Sprintf("%s%d@example.com", role, d.carts), "Ann "+string(role), role, "no hash")
		if err != nil {
			return err
		}
		token, err = flow.SignIn(ctx, tx, b.staff, "Mozilla/5.0 (X11; Linux) Firefox/140", "192.0.2.1")
		return err
	})
	b.client.Jar.SetCookies(mustParse(d.url), []*http.Cookie{{Name: "doorstep_admin", Value: token, Path: "/admin"}})
	return b
}

func (b *browser) do(method, path string, form url.Values) *browser {
	b.Helper()
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.Context(), method, b.url+path, body)
	b.must(err)
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin") // as every browser says
	}
	answer, err := b.client.Do(r)
	b.must(err)
	b.take(answer)
	return b
}

// take keeps an answer.
func (b *browser) take(answer *http.Response) {
	b.Helper()
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	b.must(err)
	b.status, b.at, b.header, b.html = answer.StatusCode, answer.Request.URL.RequestURI(), answer.Header, string(text)
}

func (b *browser) get(path string) *browser { b.Helper(); return b.do(http.MethodGet, path, nil) }

var formKeys = regexp.MustCompile(`name="key" value="([^"]+)"`)

// post sends a form with a key of its own, as every page gives one.
func (b *browser) post(path string, pairs ...string) *browser {
	b.Helper()
	form := url.Values{"key": {fmt.Sprint("k", b.now.Now().UnixNano(), len(pairs), path)}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	b.now.Advance(time.Millisecond)
	return b.do(http.MethodPost, path, form)
}

// sees wants words on the page, as people read them.
func (b *browser) sees(words ...string) *browser {
	b.Helper()
	text := plainText(b.html)
	for _, w := range words {
		if !strings.Contains(text, w) {
			b.Errorf("%s (%d) does not say %q: %s", b.at, b.status, w, text)
		}
	}
	return b
}

func (b *browser) not(words ...string) *browser {
	b.Helper()
	text := plainText(b.html)
	for _, w := range words {
		if strings.Contains(text, w) {
			b.Errorf("%s says %q", b.at, w)
		}
	}
	return b
}

var (
	tags   = regexp.MustCompile(`(?s)<(script|style)\b.*?</(script|style)>|<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

func plainText(page string) string {
	return spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(page, " ")), " ")
}
