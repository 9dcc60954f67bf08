package dashboard_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/importer"
	"doorstep/internal/inventory"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/dashboard"
	"doorstep/internal/web/storefront"
	"doorstep/money"
)

// TestNaughtyWordsStayWords fills every field that somebody imports, sends or types with what
// leaves attributes, elements and scripts, and looks at every page that can be reached, of the
// shop and of the dashboard.
func TestNaughtyWordsStayWords(t *testing.T) {
	t.Parallel()
	list := naughty(t)
	each(t, "EUR", func(d *desk) {
		orders := d.spiteful(list)
		b := d.signedIn(account.Owner)
		first := dashboard.Prefix + "/orders/" + string(orders[0].OrderID)
		b.post(dashboard.Prefix+"/views", "list", "orders", "name", spike[:40], "query", "goods=waiting&q="+spike)
		b.post(first+"/refund", "amount", "1.00", "reason", spike)
		b.post(dashboard.Prefix+"/staff", "name", spike, "email", "spike@example.com", "password", "horse battery 9", "role", "reader")
		b.get(dashboard.Prefix + "/customers")
		d.spitefulLater(orders[0].OrderID, b)
		desk := &crawler{T: d.T, base: d.url, client: b.client, prefix: dashboard.Prefix}
		from := []string{first, first + "/address", dashboard.Prefix + "/find?q=" + "%22%3E%3Cxq-7%3E", dashboard.Prefix + "/orders?q=%22%3E%3Cxq-7%3E",
			dashboard.Prefix + "/sign-in?next=javascript:xq()", dashboard.Prefix + "/log?who=%22%3E%3Cxq-7%3E"}
		for _, p := range pages(d) {
			from = append(from, dashboard.Prefix+p)
		}
		for _, kind := range flow.MailKinds() {
			from = append(from, dashboard.Prefix+"/mails/"+kind, dashboard.Prefix+"/mails/"+kind+"/draw")
		}
		desk.all(from...)
		shop := &crawler{T: d.T, base: d.mall(), client: &http.Client{Jar: newJar()}}
		from = []string{"/", "/search?q=%22%27%3E%3Cxq-7%3E", "/collections", "/sitemap.xml", "/robots.txt", "/feeds/google.xml", "/policies/terms", "/policies/privacy",
			"/policies/shipping", "/policies/returns", "/cart", "/account/sign-in", "/nowhere/%3Cxq-7%3E", "/collections/all?sort=%22%3E%3Cxq-7%3E"}
		for _, o := range orders {
			from = append(from, "/orders/"+string(o.OrderID)+"?token="+o.Token)
		}
		shop.all(from...)
		if desk.pages < 60 || shop.pages < 20 {
			t.Errorf("only %d pages of the dashboard and %d of the shop were reached", desk.pages, shop.pages)
		}
	})
}

// spitefulLater says the same in messages, reviews, discounts and kept answers.
func (d *desk) spitefulLater(o id.Order, b *browser) {
	d.Helper()
	customer := string(d.stateOf(o).CustomerID)
	b.post(dashboard.Prefix+"/messages/canned", "title", spike[:60], "body", spike)
	b.post(dashboard.Prefix+"/orders/"+string(o)+"/write", "words", spike)
	b.post(dashboard.Prefix+"/discounts", "code", "SPIKE", "kind", "percent", "value", "10", "note", spike)
	b.post(dashboard.Prefix+"/customers/"+customer+"/credit", "way", "give", "amount", "1.00", "words", spike)
	product := d.productOf(d.mug)
	for _, text := range []string{
		`INSERT INTO reviews (store_id, review_id, order_id, line_id, product_id, customer_id, state, stars, words, name, variant, answer, created_at, updated_at, published_at)
			VALUES ($1, 'rv_1', $2, 1, $3, $4, 'published', 5, $5, $5, $5, $5, 1, 1, 1)`,
		`INSERT INTO conversations (store_id, conversation_id, email, name, subject, topic, state, source, last_at, preview, created_at, updated_at)
			VALUES ($1, 'cv_1', 'a@shop.example', $5, $5, $5, 'open', 'mail', 1, $5 || $2 || $3 || $4, 1, 1)`,
		`INSERT INTO messages (store_id, message_id, conversation_id, kind, via, actor, email, body, quoted, dropped, created_at)
			VALUES ($1, 'ms_1', 'cv_1', 'customer', 'mail', $5, $5, $5, $5, $5 || $2 || $3 || $4, 1)`,
	} {
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, text, string(d.store), string(o), product, customer, spike)
			return err
		})
	}
}

// mall is the shop of the desk's store, in a browser's reach.
func (d *desk) mall() string {
	d.Helper()
	h, err := storefront.New(storefront.Options{DB: d.d, Seal: d.box(), Outside: d.out, Clock: d.now.Now, Stopping: d.stop,
		Log: slog.New(slog.DiscardHandler), Store: func(*http.Request) (id.Store, error) { return d.store, nil }})
	d.must(err)
	server := httptest.NewServer(h)
	d.Cleanup(server.Close)
	return server.URL
}

// box is what the world seals and signs with.
func (d *desk) box() *seal.Box {
	d.Helper()
	box, err := seal.New(bytes.Repeat([]byte{7}, seal.KeySize))
	d.must(err)
	return box
}

// spoken is an order and the token of its page.
type spoken struct {
	OrderID id.Order
	Token   string
}

// spiteful fills a store with naughty words in every field.
func (d *desk) spiteful(list []string) (orders []spoken) {
	d.Helper()
	d.furnish("EUR")
	d.update(func(ctx context.Context, tx *db.Tx) error {
		for key, value := range map[string]string{"brand.name": spike, "brand.tagline": spike, "brand.address": spike, "policy.terms": "<p>" + spike, "policy.privacy": spike,
			"policy.shipping": `<a href="javascript:xq()" onclick=xq()>x</a>` + spike, "policy.returns": strings.Join(list, "\n")} {
			if err := store.Set(ctx, tx, d.store, key, strings.ReplaceAll(value, "\x00", "")); err != nil {
				return fmt.Errorf("%s: %w", key, err)
			}
		}
		_, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(d.store, spike))
		return err
	})
	d.imported(list)
	d.unusual()
	for i, words := range []string{spike, "'><xq-7>", "Ann"} {
		placed := d.spokenOrder(words)
		orders = append(orders, spoken{placed.Order.OrderID, flow.OrderToken(d.box(), d.store, placed.Order.OrderID)})
		if i == 2 {
			continue // it stays unpaid
		}
		d.travels(placed.Order.OrderID, list)
	}
	return orders
}

// imported brings the strings in as a merchant's file does.
func (d *desk) imported(list []string) {
	d.Helper()
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"Handle", "Title", "Body (HTML)", "Vendor", "Type", "Tags", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price", "Image Src", "Image Alt Text", "SEO Title", "SEO Description", "Status"})
	for i, s := range list {
		_ = w.Write([]string{fmt.Sprintf("p-%d", i), "T " + s, "<p>" + s + "</p>", s, s, s, "Option" + s, "Value" + s, s, "1", "https://img.example/" + s, s, s, s, "active"})
	}
	w.Flush()
	file := filepath.Join(d.TempDir(), "naughty.csv")
	d.must(os.WriteFile(file, []byte(b.String()), 0o600))
	r, err := importer.Products(d.Context(), d.d, d.store, []string{file}, importer.Options{Supplier: spike})
	d.must(err)
	if r.Created < len(list)*9/10-2 {
		d.Errorf("of %d products came %+v", len(list), r)
	}
}

// unusual is a product with words in fields that no file has.
func (d *desk) unusual() {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		_, err := catalog.Put(ctx, tx, d.store, catalog.Draft{Handle: "unusual", Title: spike, Body: spike, Vendor: spike, Kind: spike, Status: catalog.Active, Tags: []string{spike},
			Images:      []catalog.DraftImage{{URL: "https://img.example/x.jpg?" + "a=1", Alt: spike}},
			Collections: []catalog.DraftCollection{{Handle: "unusual", Title: spike}}, SEOTitle: spike, SEODescription: spike,
			Variants: []catalog.DraftVariant{{SKU: spike[:60], Barcode: "<xq-7>", Price: money.New(100, "EUR"), RequiresShipping: true}}}, false)
		return err
	})
}

// spokenOrder is an order whose customer wrote words everywhere.
func (d *desk) spokenOrder(words string) (placed flow.Placed) {
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
		home := address.Address{Name: words, Company: words, Line1: words, Line2: words, Line3: words, Sublocality: words, Locality: words, Region: words,
			PostalCode: "10115", Country: "DE", Phone: words, TaxID: words}
		if err := cart.SetContact(ctx, tx, d.store, c.CartID, cart.Contact{Email: fmt.Sprintf(`"%d<xq-7>"@shop.example`, d.carts), Shipping: home, Billing: home}); err != nil {
			return err
		}
		w, err := flow.WantedOf(ctx, tx, d.store, c.CartID)
		if err != nil {
			return err
		}
		quote := flow.Quote{Supplier: d.hand.SupplierID, Service: words, Name: words, CostMinor: 300, Currency: w.Cart.Currency, MinDays: 5, MaxDays: 9}
		if _, err := flow.OfferShipping(ctx, tx, w, []flow.Quote{quote}); err != nil {
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

// travels takes an order to its parcel, while the supplier and the carrier say naughty words.
func (d *desk) travels(o id.Order, list []string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ConfirmManual(ctx, tx, d.store, o, "staff:us_test")
	})
	p := d.purchaseOf(o)
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.PlaceByHand(ctx, tx, d.store, p.PurchaseID, `HL"><xq-7>`+string(o[len(o)-4:]), "staff:us_test")
	})
	number := "RB12345678" + string(o[len(o)-2:])
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return flow.ShipByHand(ctx, tx, d.store, p.PurchaseID, flow.ParcelSaid{Number: strings.ToUpper(number), CarrierName: spike, URL: "javascript:xq()", At: tx.Now}, "supplier:x")
	})
	said := flow.TrackSaid{Number: strings.ToUpper(number), Carrier: "x", CarrierName: spike, Source: spike, Actor: "carrier:x"}
	for i, s := range list {
		s = strings.ReplaceAll(s, "\x00", "")
		at := d.now.Now().Add(time.Duration(i) * time.Second)
		said.Events = append(said.Events, flow.TrackingSaid{At: clock.Of(at), Kind: "in-transit", Words: s, Location: s, Country: "DE",
			Latitude: int64(40+i%20) * 1_000_000, Longitude: int64(i%90) * 1_000_000})
	}
	d.update(func(ctx context.Context, tx *db.Tx) error {
		found, err := flow.TrackSaidSo(ctx, tx, d.store, said)
		if err == nil && !found {
			return fmt.Errorf("parcel %s: nobody knows it", said.Number)
		}
		return err
	})
}
