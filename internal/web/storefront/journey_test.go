package storefront_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/money"
)

func catalogCurrency(c string) money.Currency { return money.Currency(c) }

// each runs fn in a shop on both databases.
func each(t *testing.T, fn func(t *testing.T, m *mall)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) { fn(t, open(t, dsn, "EUR", 3)) })
}

func TestBuyingByCardWithoutScripts(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		m.bank()
		b := m.browser()
		b.get("/products/mug-0")
		b.post("/cart/add", "product", b.field("product"), "key", b.field("key"), "o1", "Oat", "o2", "L", "quantity", "2")
		if b.page.at.Path != "/cart" {
			t.Fatalf("after adding: %s", b.page.at)
		}
		b.says("Stoneware Mug 0", "Oat / L", "€24.00")
		b.post("/cart/lines", "variant", b.field("variant"), "quantity", "1")
		b.says("€12.00")
		b.get("/checkout")
		b.says("Enter your address", "Continue to delivery", "Card and more", "Bank transfer")
		if policy := b.page.header.Get("Content-Security-Policy"); !strings.Contains(policy, "form-action 'self' https:") {
			t.Errorf("forms may not lead to the provider: %s", policy)
		}
		b.post("/checkout", with(ann, "action", "ship")...)
		b.says("Standard", "Arrives 7–10 March (5–8 days)", "€5.00", "Express", "Order and pay €17.00")
		b.post("/checkout", with(ann, "option", "express", "payment", "stripe", "action", "pay")...)
		if !strings.HasPrefix(b.page.at.Path, "/c/pay/") {
			t.Fatalf("not at the provider's page but at %s\n%s", b.page.at, b.page.html)
		}
		b.says("24.00") // 12 and the faster freight
		b.post(b.page.at.String(), "action", "pay")
		if !strings.HasPrefix(b.page.at.Path, "/orders/") || b.page.status != http.StatusOK {
			t.Fatalf("after paying: %s (%d)\n%s", b.page.at, b.page.status, m.log)
		}
		b.says("Thank you, Ann!", "Order placed", "Paid", "Being prepared", "Arriving", "€24.00", "BS8 4QX", "http-equiv=\"refresh\"")
		b.saysNot("Acme Secret", "Waiting for the payment")
		b.get("/cart")
		b.says("Nothing in here yet")
		b.get("/checkout")
		if b.page.at.Path != "/cart" {
			t.Errorf("the checkout of an empty cart: %s", b.page.at)
		}
	})
}

// TestTicksStay: without scripts the page loads anew between the address and the payment, and what
// was ticked or chosen is ticked and chosen still; a link of somebody else's ticks nothing.
func TestTicksStay(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	m.bank()
	m.set("offer.days", "14")
	b := m.browser()
	b.get("/products/mug-0")
	b.post("/cart/add", "product", b.field("product"), "key", b.field("key"), "o1", "Oat", "o2", "L", "quantity", "1")
	const ticked = `name="offers" value="yes" checked`
	b.get("/checkout?ticks=offers&for=anything")
	b.says(`name="offers"`)
	b.saysNot(ticked)
	b.post("/checkout", with(ann, "offers", "yes", "payment", "bank", "action", "ship")...)
	b.says("Standard", ticked)
	kept := b.page.at.RequestURI()
	b.get(kept)
	b.says(ticked)
	other := m.browser()
	other.get("/products/mug-1")
	other.post("/cart/add", "product", other.field("product"), "key", other.field("key"), "o1", "Oat", "o2", "L", "quantity", "1")
	other.get(kept)
	other.says(`name="offers"`)
	other.saysNot(ticked)
	b.post("/checkout", with(ann, "action", "ship")...)
	b.saysNot(ticked)
}

func TestChangingOnesMindAtTheProvider(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		m.bank()
		b := m.browser()
		b.post("/cart/add", "product", "mug-1", "quantity", "1")
		b.post("/checkout", with(ann, "action", "ship")...)
		b.post("/checkout", with(ann, "payment", "stripe", "action", "pay")...)
		order := m.orders()[0]
		own := "/orders/" + string(order) + "?token=" + flow.OrderToken(m.box, m.store, order)
		b.get(own + "&paid=no")
		b.says("Nothing was charged", "Waiting for the payment", "Pay €30.00")
		b.post("/orders/"+string(order)+"/pay", "token", flow.OrderToken(m.box, m.store, order), "payment", "stripe")
		if !strings.HasPrefix(b.page.at.Path, "/c/pay/") {
			t.Fatalf("to pay again: %s", b.page.at)
		}
		b.post(b.page.at.String(), "action", "pay")
		b.says("Paid")
		if n := len(m.orders()); n != 1 {
			t.Errorf("%d orders", n)
		}
		b.post("/orders/"+string(order)+"/pay", "token", "forged", "payment", "stripe")
		if b.page.status != http.StatusNotFound {
			t.Errorf("a forged token: %d", b.page.status)
		}
	})
}

func TestBankTransferTellsHowToPay(t *testing.T) {
	t.Parallel()
	each(t, func(_ *testing.T, m *mall) {
		b := m.browser()
		b.post("/cart/add", "product", "mug-1", "quantity", "1")
		b.post("/checkout", with(ann, "action", "ship")...)
		b.post("/checkout", with(ann, "action", "pay")...) // the only way to pay is chosen
		b.says("Thank you, Ann!", "Waiting for your transfer", "DE89 3704 0044 0532 0130 00", "Not paid yet", "RF", "€30.00")
		order := m.orders()[0]
		m.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, m.store, order, "staff:us_1")
		})
		b.get(b.page.at.String())
		b.says("Paid", "Arriving")
		b.saysNot("How to pay")
	})
}

func TestFormsSayWhatIsWrong(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	b := m.browser()
	b.post("/cart/add", "product", "mug-1", "quantity", "1")
	p := b.post("/checkout", "action", "ship", "email", "ann@", "same", "yes", "shipping_address.country", "DE", "shipping_address.postal_code", "1")
	if p.status != http.StatusUnprocessableEntity {
		t.Errorf("status %d", p.status)
	}
	b.says(`“ann@” is no mail address.`, `Postcode: “1” does not fit Germany.`, "the name is missing.", `aria-invalid="true"`, `value="ann@"`, "autofocus")
	p = b.post("/checkout", "action", "refresh", "email", "", "same", "yes", "shipping_address.country", "US")
	b.says("State", "ZIP code")
	b.saysNot(`aria-invalid`)
	b.post("/checkout", "action", "refresh", "email", "ann@", "same", "yes", "shipping_address.country", "US")
	b.says(`aria-invalid="true"`)
	b.saysNot("autofocus") // while somebody types, the focus stays
	p = b.post("/checkout", "action", "refresh", "email", "", "same", "yes", "shipping_address.country", "US")
	if p.status != http.StatusOK && p.at.Path != "/checkout" {
		t.Errorf("a changed country: %d %s", p.status, p.at)
	}
	b.post("/checkout", with(ann[:4], "action", "ship", "shipping_address.name", "Marie", "shipping_address.line1", "9 rue des Tilleuls", "shipping_address.locality", "Nantes",
		"shipping_address.postal_code", "44000", "shipping_address.country", "FR")...)
	b.says("cannot be delivered to France in this quantity at present")
	other := with(ann, "action", "pay")
	other[3] = "no" // the bill goes elsewhere, and nobody says where
	b.post("/checkout", other...)
	b.says("Please give the billing address.")
}

func TestOneClickIsOneCommand(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		b.post("/cart/add", "product", "mug-1", "quantity", "1", "key", "first")
		b.post("/cart/add", "product", "mug-1", "quantity", "1", "key", "twice")
		b.post("/cart/add", "product", "mug-1", "quantity", "1", "key", "twice")
		b.says("€50.00")
		m.now.Advance(11e9) // much later the same page is a new wish
		b.post("/cart/add", "product", "mug-1", "quantity", "1", "key", "twice")
		b.says("€75.00")
		b.post("/cart/add", "product", "mug-1", "quantity", "3")
		b.says("There are only 5 left, and 3 of them are in your cart.")
		b.post("/checkout", with(ann, "action", "ship")...)
		for range 2 { // Back, and the button again
			b.post("/checkout", with(ann, "action", "pay")...)
		}
		if n := len(m.orders()); n != 1 {
			t.Errorf("%d orders", n)
		}
	})
}

func TestOnlyOurCookieOpensACart(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	b := m.browser()
	b.post("/cart/add", "product", "mug-1", "quantity", "1")
	at, err := url.Parse(m.url)
	if err != nil {
		t.Fatal(err)
	}
	token := b.client.Jar.Cookies(at)[0].Value
	if !strings.HasPrefix(token, cart.TokenPrefix) {
		t.Fatalf("cookie %s", token)
	}
	bare, _, _ := strings.Cut(token, ".")
	for _, forged := range []string{bare, bare + ".x", "x" + token, ""} {
		b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "cart", Value: forged, Path: "/"}})
		b.get("/cart")
		b.says("Nothing in here yet")
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: "cart", Value: token, Path: "/"}})
	b.get("/cart")
	b.saysNot("Nothing in here yet")
}

func TestPartsForScripts(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	b := m.browser()
	p := b.do(http.MethodPost, "/cart/add", values("product", "mug-1", "quantity", "2"), "HX-Request", "true")
	b.says("is in your cart", "hx-partial", "Cart, 2 articles")
	if strings.Contains(p.html, "<html") || p.header.Get("HX-Trigger") == "" {
		t.Error("a part is a whole page, or opens nothing")
	}
	p = b.do(http.MethodPost, "/cart/add", values("product", "mug-1", "quantity", "9"), "HX-Request", "true")
	if p.header.Get("HX-Retarget") != "#product" || p.status != http.StatusUnprocessableEntity {
		t.Errorf("%d %v", p.status, p.header)
	}
	b.do(http.MethodPost, "/checkout", values(with(ann, "action", "refresh")...), "HX-Request", "true")
	b.says(`<form class="checkout"`, "Standard", "Express")
	b.saysNot("<html")
	p = b.do(http.MethodGet, "/nothing", nil, "HX-Request", "true")
	if p.header.Get("HX-Retarget") != "#news" {
		t.Errorf("a missing part: %v", p.header)
	}
}

func TestOrderPagesAreLive(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		b.post("/cart/add", "product", "mug-1", "quantity", "1")
		b.post("/checkout", with(ann, "action", "ship")...)
		b.post("/checkout", with(ann, "action", "pay")...)
		order := m.orders()[0]
		var since int64
		if err := m.d.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			since, err = report.OrderStamp(ctx, tx, m.store, order)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		address := m.url + "/orders/" + string(order) + "/live?token=" + flow.OrderToken(m.box, m.store, order) + "&since=" + itoa(since)
		connect := func() *http.Response {
			r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = res.Body.Close() })
			return res
		}
		res := connect()
		for n := range 12 { // whoever opens too many is not told, and may ask again
			more := connect()
			refused := more.StatusCode == http.StatusTooManyRequests && more.Header.Get("Retry-After") == "30"
			if refused != (n == 11) {
				t.Fatalf("page %d of one order: %d", n+2, more.StatusCode)
			}
		}
		if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
			t.Fatalf("kind %s", kind)
		}
		m.now.Advance(1e9)
		m.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, m.store, order, "staff:us_1")
		})
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		changed := false
		for lines.Scan() {
			if strings.Contains(lines.Text(), "Arriving") && !changed {
				changed = true
				close(m.stop) // and the line ends by itself
			}
		}
		if !changed {
			t.Errorf("the page never changed: %v", lines.Err())
		}
	})
}

// orders are the ids of all orders.
func (m *mall) orders() (list []id.Order) {
	m.Helper()
	err := m.d.View(m.Context(), func(ctx context.Context, tx *db.Tx) error {
		page, err := report.Orders(ctx, tx, m.store, report.Filter{}, "", 50)
		for _, o := range page.Orders {
			list = append(list, o.ID)
		}
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return list
}

// order reads an order as its page does.
func (m *mall) order(name id.Order) (o report.Order) {
	m.Helper()
	err := m.d.View(m.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		o, err = report.TheOrder(ctx, tx, m.store, name)
		return err
	})
	if err != nil {
		m.Fatal(err)
	}
	return o
}
