package emulator_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	world "doorstep/connector/emulator"
	"doorstep/payment/stripe/emulator"
)

const key = "sk_test_emulatorSecretKey1234"

// desk is an emulator with a caller.
type desk struct {
	*emulator.Server
	t   *testing.T
	web *httptest.Server
	mu  sync.Mutex
	at  time.Time
}

func open(t *testing.T, hooks *world.Hooks) *desk {
	t.Helper()
	d := &desk{t: t, at: time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)}
	d.Server = emulator.New(emulator.Options{World: world.NewWorld(d.now, world.Real()), Hooks: hooks, SecretKey: key, WebhookSecret: "whsec_x", Merchant: "Mug <& Co"})
	d.web = httptest.NewServer(d.Handler())
	t.Cleanup(d.web.Close)
	return d
}

func (d *desk) now() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.at
}

func (d *desk) later(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.at = d.at.Add(by)
}

type reply struct {
	status int
	header http.Header
	body   map[string]any
}

func (r reply) text(path ...string) string {
	var at any = r.body
	for _, name := range path {
		inner, _ := at.(map[string]any)
		at = inner[name]
	}
	text, _ := at.(string)
	return text
}

// ask sends a form with an idempotency key ("" = none).
func (d *desk) ask(method, path, idem string, form string) reply {
	d.t.Helper()
	target, body := d.web.URL+path, io.Reader(strings.NewReader(form))
	if method == http.MethodGet && form != "" {
		target, body = target+"?"+form, nil
	}
	req, err := http.NewRequestWithContext(context.Background(), method, target, body)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+key)
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if idem != "" {
		req.Header.Set("Idempotency-Key", idem)
	}
	res, err := d.web.Client().Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	out := reply{status: res.StatusCode, header: res.Header}
	if err := json.NewDecoder(res.Body).Decode(&out.body); err != nil {
		d.t.Fatal(err)
	}
	return out
}

const sessionForm = "mode=payment&success_url=https://shop.example/ok?s={CHECKOUT_SESSION_ID}&cancel_url=https://shop.example/cart&line_items[0][price_data][currency]=eur&line_items[0][price_data][unit_amount]=1250&line_items[0][price_data][product_data][name]=Order+%3C7%3E&line_items[0][quantity]=2&metadata[order]=7"

// TestKeys: idempotency as documented.
func TestKeys(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	first := d.ask("POST", "/v1/payment_intents", "k1", "amount=1000&currency=eur")
	again := d.ask("POST", "/v1/payment_intents", "k1", "currency=eur&amount=1000")
	if first.status != 200 || again.text("id") != first.text("id") || again.header.Get("Idempotent-Replayed") != "true" || first.header.Get("Idempotent-Replayed") != "" {
		t.Errorf("the same request: %d %s %s", again.status, first.text("id"), again.text("id"))
	}
	other := d.ask("POST", "/v1/payment_intents", "k1", "amount=1001&currency=eur")
	if other.status != 400 || other.text("error", "type") != "idempotency_error" {
		t.Errorf("other parameters: %d %v", other.status, other.body)
	}
	bad := d.ask("POST", "/v1/payment_intents", "k2", "amount=x&currency=eur")
	good := d.ask("POST", "/v1/payment_intents", "k2", "amount=1000&currency=eur")
	if bad.status != 400 || good.status != 200 {
		t.Errorf("a refusal at the door was stored: %d, %d", bad.status, good.status)
	}
	d.Break("/v1/payment_intents", false)
	if got := d.ask("POST", "/v1/payment_intents", "k3", "amount=1000&currency=eur"); got.status != 500 || got.text("error", "type") != "api_error" {
		t.Errorf("broken: %d", got.status)
	}
	if got := d.ask("POST", "/v1/payment_intents", "k3", "amount=1000&currency=eur"); got.status != 500 || got.header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the failure was not stored: %d", got.status)
	}
	d.later(25 * time.Hour)
	if got := d.ask("POST", "/v1/payment_intents", "k3", "amount=1000&currency=eur"); got.status != 200 {
		t.Errorf("after a day the key is still known: %d", got.status)
	}
	if n := len(d.Books()); n != 3 {
		t.Errorf("%d payments in the books, want 3", n)
	}
}

// TestDoor: who may come in and what is refused.
func TestDoor(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	for _, auth := range []string{"", "Bearer sk_test_somebodyElsesKey99", "Basic eDo="} {
		req, _ := http.NewRequestWithContext(context.Background(), http.MethodGet, d.web.URL+"/v1/balance", nil)
		req.Header.Set("Authorization", auth)
		res, err := d.web.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if res.StatusCode != 401 || strings.Contains(string(text), "somebodyElsesKey99") {
			t.Errorf("%q: %d %s", auth, res.StatusCode, text)
		}
	}
	for path, form := range map[string]string{
		"/v1/checkout/sessions": "mode=subscription",
		"/v1/payment_intents":   "amount=49&currency=eur",
		"/v1/refunds":           "amount=1",
	} {
		if got := d.ask("POST", path, "", form); got.status != 400 || got.text("error", "message") == "" {
			t.Errorf("%s %s: %d", path, form, got.status)
		}
	}
	for _, form := range []string{"amount=1234&currency=kwd", "amount=150&currency=isk", "amount=1000&currency=EUR", "amount=100000000&currency=eur", "amount=-1&currency=eur", "currency=eur"} {
		if got := d.ask("POST", "/v1/payment_intents", "", form); got.status != 400 {
			t.Errorf("%s: %d", form, got.status)
		}
	}
	for _, path := range []string{"/v1/payment_intents/pi_none", "/v1/checkout/sessions/cs_none", "/v1/refunds/re_none", "/v1/charges/ch_none", "/v1/disputes/du_none", "/v1/balance_transactions/txn_none", "/v1/nothing"} {
		if got := d.ask("GET", path, "", ""); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	if got := d.ask("GET", "/v1/payment_intents", "", "expand[]=data.nonsense"); got.status != 200 {
		t.Errorf("an empty list has nothing to expand: %d", got.status)
	}
}

// TestPage is a person with a browser: refused, then paid, then too late.
func TestPage(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	session := d.ask("POST", "/v1/checkout/sessions", "k1", sessionForm)
	page := session.text("url")
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	visit := func(action string) (int, string, string) {
		t.Helper()
		var res *http.Response
		var err error
		if action == "" {
			res, err = browser.Get(page)
		} else {
			res, err = browser.PostForm(page, url.Values{"action": {action}})
		}
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		text, _ := io.ReadAll(res.Body)
		return res.StatusCode, string(text), res.Header.Get("Location")
	}
	if status, text, _ := visit(""); status != 200 || !strings.Contains(text, "25.00 EUR") || !strings.Contains(text, "Mug &lt;&amp; Co") || !strings.Contains(text, "Order &lt;7&gt;") || !strings.Contains(text, `value="decline"`) {
		t.Errorf("the page: %d %s", status, text)
	}
	if status, _, to := visit("cancel"); status != 303 || to != "https://shop.example/cart" {
		t.Errorf("cancel: %d %q", status, to)
	}
	if status, text, _ := visit("decline"); status != 200 || !strings.Contains(text, "Your card was declined.") {
		t.Errorf("decline: %d %s", status, text)
	}
	if status, _, _ := visit("steal"); status != 409 {
		t.Errorf("an unknown button: %d", status)
	}
	if status, _, to := visit("pay"); status != 303 || to != "https://shop.example/ok?s="+session.text("id") {
		t.Errorf("pay: %d %q", status, to)
	}
	if status, text, _ := visit("pay"); status != 409 || !strings.Contains(text, "This payment is complete") {
		t.Errorf("pay again: %d %s", status, text)
	}
	if books := d.Books(); len(books) != 1 || books[0].Captured != 2500 || books[0].Captures != 1 {
		t.Errorf("books: %+v", books)
	}
	page = d.web.URL + "/c/pay/cs_none"
	if status, _, _ := visit(""); status != 404 {
		t.Errorf("an unknown page: %d", status)
	}
}

// TestMoney is conserved through refunds, bounces and chargebacks.
func TestMoney(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for i, form := range []string{"amount=10000&currency=eur", "amount=5000&currency=jpy", "amount=7000&currency=eur&capture_method=manual", "amount=9000&currency=eur"} {
		id := d.ask("POST", "/v1/payment_intents", "", form).text("id")
		must(d.Pay(id, emulator.Paid))
		switch i {
		case 0:
			back := d.ask("POST", "/v1/refunds", "", "payment_intent="+id+"&amount=4000")
			must(d.SettleRefund(back.text("id"), false))
			if got := d.ask("POST", "/v1/refunds", "", "payment_intent="+id+"&amount=10001"); got.status != 400 {
				t.Errorf("refunded too much: %d", got.status)
			}
			d.ask("POST", "/v1/refunds", "", "payment_intent="+id)
			if got := d.ask("POST", "/v1/refunds", "", "payment_intent="+id); got.text("error", "code") != "charge_already_refunded" {
				t.Errorf("refunded twice: %v", got.body)
			}
		case 2:
			if got := d.ask("POST", "/v1/payment_intents/"+id+"/capture", "", "amount_to_capture=7001"); got.text("error", "code") != "amount_too_large" {
				t.Errorf("captured too much: %v", got.body)
			}
			d.ask("POST", "/v1/payment_intents/"+id+"/capture", "", "amount_to_capture=6000")
		case 3:
			dispute, err := d.Dispute(id, 0)
			must(err)
			if got := d.ask("POST", "/v1/refunds", "", "payment_intent="+id); got.text("error", "code") != "charge_disputed" {
				t.Errorf("refunded a disputed charge: %v", got.body)
			}
			must(d.Win(dispute))
		}
	}
	lost, err := d.Dispute(d.Books()[2].Intent, 1000)
	must(err)
	must(d.Lose(lost))
	for currency, sum := range d.Totals() {
		if sum.Balance != sum.Captured-sum.Refunded-sum.Fees-sum.Disputed {
			t.Errorf("%s: %+v", currency, sum)
		}
	}
	total := d.Totals()["eur"]
	if total.Captured != 25000 || total.Refunded != 10000 || total.Disputed != 1000 || total.Fees != 175+115+160+2000 {
		t.Errorf("eur: %+v", total)
	}
	if names, states := d.Disputes(); len(names) != 2 || states[lost] != "lost" {
		t.Errorf("disputes: %v", states)
	}
	balance := d.ask("GET", "/v1/balance", "", "")
	if rows, _ := balance.body["available"].([]any); len(rows) != 2 {
		t.Errorf("balance: %v", balance.body)
	}
}

// TestHooks delivers signed events to a subscriber.
func TestHooks(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	got := map[string]string{}
	shop := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		var e struct{ ID, Type string }
		_ = json.Unmarshal(body, &e)
		mu.Lock()
		defer mu.Unlock()
		got[e.Type] = r.Header.Get("Stripe-Signature")
	}))
	t.Cleanup(shop.Close)
	hooks := &world.Hooks{}
	d := open(t, hooks)
	d.Deliver(shop.URL)
	session := d.ask("POST", "/v1/checkout/sessions", "", sessionForm)
	if err := d.Pay(session.text("id"), emulator.Paid); err != nil {
		t.Fatal(err)
	}
	hooks.Wait()
	mu.Lock()
	defer mu.Unlock()
	for _, kind := range []string{"payment_intent.created", "payment_intent.succeeded", "charge.succeeded", "checkout.session.completed"} {
		if !strings.HasPrefix(got[kind], "t=1795348800,v1=") {
			t.Errorf("%s came with %q", kind, got[kind])
		}
	}
}

// TestLists: newest first, in pages; the search index lags.
func TestLists(t *testing.T) {
	t.Parallel()
	d := open(t, nil)
	var made []string
	for range 5 {
		made = append(made, d.ask("POST", "/v1/payment_intents", "", "amount=1000&currency=eur&metadata[order]=7").text("id"))
		d.later(time.Second)
	}
	ids := func(r reply) (out []string) {
		rows, _ := r.body["data"].([]any)
		for _, row := range rows {
			out = append(out, row.(map[string]any)["id"].(string))
		}
		return out
	}
	first := d.ask("GET", "/v1/payment_intents", "", "limit=2")
	if got := ids(first); len(got) != 2 || got[0] != made[4] || first.body["has_more"] != true {
		t.Errorf("first page: %v", got)
	}
	rest := d.ask("GET", "/v1/payment_intents", "", "limit=10&starting_after="+made[3])
	if got := ids(rest); len(got) != 3 || got[2] != made[0] || rest.body["has_more"] != false {
		t.Errorf("the rest: %v", got)
	}
	if got := ids(d.ask("GET", "/v1/payment_intents", "", "created[gte]=1795348802&created[lt]=1795348804")); len(got) != 2 {
		t.Errorf("a range: %v", got)
	}
	query := "query=" + url.QueryEscape("metadata['order']:'7' AND status:'requires_payment_method'")
	if got := ids(d.ask("GET", "/v1/payment_intents/search", "", query)); len(got) != 0 {
		t.Errorf("the index is too quick: %v", got)
	}
	d.later(time.Minute)
	if got := ids(d.ask("GET", "/v1/payment_intents/search", "", query)); len(got) != 5 {
		t.Errorf("search: %v", got)
	}
	if got := d.ask("GET", "/v1/payment_intents/search", "", "query=nonsense"); got.status != 400 {
		t.Errorf("nonsense: %d", got.status)
	}
	if got := d.ask("GET", "/v1/payment_intents", "", "limit=101"); got.status != 400 {
		t.Errorf("limit 101: %d", got.status)
	}
}

// FuzzForm feeds any form to the endpoints that read most: never a panic or an answer
// that is not JSON.
func FuzzForm(f *testing.F) {
	s := emulator.New(emulator.Options{World: world.NewWorld(time.Now, world.Real()), SecretKey: key})
	handler := s.Handler()
	f.Add(sessionForm)
	f.Add("amount=1000&currency=eur&expand[]=latest_charge&confirm=true&payment_method=pm_card_visa")
	f.Add("line_items[0][quantity]=9223372036854775807&line_items[0][price_data][unit_amount]=2&line_items[0][price_data][currency]=eur&mode=payment&success_url=x")
	f.Add("expand[0]=a.b.c.d.e&limit=0&created[gte]=x")
	f.Fuzz(func(t *testing.T, form string) {
		for _, path := range []string{"/v1/checkout/sessions", "/v1/payment_intents", "/v1/refunds"} {
			req := httptest.NewRequest(http.MethodPost, path, strings.NewReader(form))
			req.Header.Set("Authorization", "Bearer "+key)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, req)
			if !json.Valid(w.Body.Bytes()) {
				t.Errorf("%s: %s", path, w.Body)
			}
		}
	})
}
