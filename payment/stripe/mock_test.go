package stripe_test

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-mock/embedded"
	"github.com/stripe/stripe-mock/server"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/paymenttest"
	"doorstep/payment/stripe/emulator"
)

// official is Stripe's own stateless server: it checks every parameter against the
// published OpenAPI description.
func official(t *testing.T) *httptest.Server {
	t.Helper()
	spec, err := server.LoadSpec(embedded.OpenAPISpec, "")
	if err != nil {
		t.Fatal(err)
	}
	fixtures, err := server.LoadFixtures(embedded.OpenAPIFixtures, "")
	if err != nil {
		t.Fatal(err)
	}
	stub, err := server.NewStubServer(fixtures, spec, false, false)
	if err != nil {
		t.Fatal(err)
	}
	web := httptest.NewServer(http.HandlerFunc(stub.HandleRequest))
	t.Cleanup(web.Close)
	return web
}

// recorder keeps the requests that pass.
type recorder struct {
	mu   sync.Mutex
	kept []recorded
}

type recorded struct {
	method, path, query string
	header              http.Header
	body                []byte
}

func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		req.Body = io.NopCloser(bytes.NewReader(body))
		r.mu.Lock()
		r.kept = append(r.kept, recorded{req.Method, req.URL.Path, req.URL.RawQuery, req.Header.Clone(), body})
		r.mu.Unlock()
		next.ServeHTTP(w, req)
	})
}

// TestOfficialMock lets the connector live through everything it can do against the
// emulator, and replays each of its requests at Stripe's own server: none may be refused.
func TestOfficialMock(t *testing.T) {
	t.Parallel()
	var all recorder
	for _, mode := range []string{"checkout", "intent"} {
		r := start(t, nil)
		front := httptest.NewServer(all.wrap(r.Handler()))
		t.Cleanup(front.Close)
		r.conn = connect(t, r, connector.Values{"mode": mode, "base_url": front.URL, "statement_suffix": "{order}"})
		liveThrough(t, r)
	}
	mock := official(t)
	// The control: the mock does refuse what the description does not know.
	if got := replay(t, mock.URL, recorded{method: "POST", path: "/v1/refunds", header: http.Header{}, body: []byte("doorstep=1")}); got < 400 {
		t.Fatalf("the mock took an unknown parameter: %d", got)
	}
	seen := map[string]int{}
	for _, k := range all.kept {
		if got := replay(t, mock.URL, k); got >= 400 {
			t.Errorf("%s %s?%s %s: %d", k.method, k.path, k.query, k.body, got)
		}
		if k.method == http.MethodPost && k.header.Get("Idempotency-Key") == "" {
			t.Errorf("%s %s has no Idempotency-Key", k.method, k.path)
		}
		if k.header.Get("X-Stripe-Client-Telemetry") != "" {
			t.Errorf("%s %s carries telemetry", k.method, k.path)
		}
		seen[k.method]++
	}
	if seen["POST"] < 10 || seen["GET"] < 10 {
		t.Errorf("only %v requests were replayed", seen)
	}
}

// replay sends a recorded request to the mock with a key that it takes.
func replay(t *testing.T, base string, k recorded) int {
	t.Helper()
	url := base + k.path
	if k.query != "" {
		url += "?" + k.query
	}
	req, err := http.NewRequestWithContext(context.Background(), k.method, url, bytes.NewReader(k.body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header = k.header.Clone()
	req.Header.Set("Authorization", "Bearer sk_test_123")
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Del("Accept-Encoding")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode >= 400 {
		t.Logf("%s", body)
	}
	return res.StatusCode
}

// liveThrough uses every method of the connector.
func liveThrough(t *testing.T, r *rig) {
	t.Helper()
	ctx := context.Background()
	finder, voider := r.conn.(payment.Finder), r.conn.(payment.Voider)
	ok := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	ok(r.conn.(payment.Checker).Check(ctx))
	for i, capture := range []bool{true, false} {
		key := "p-" + itoa(i)
		begun, err := r.conn.Begin(ctx, paymenttest.Request(key, money.New(5000, "EUR"), capture))
		ok(err)
		ok(r.Pay(begun.Ref, emulator.Declined))
		_, err = finder.Find(ctx, begun.Ref, key)
		ok(err)
		ok(r.Pay(begun.Ref, emulator.Paid))
		found, err := finder.Find(ctx, "", key)
		ok(err)
		if !capture {
			_, err = r.conn.Capture(ctx, begun.Ref, "c-"+key, money.New(4000, "EUR"))
			ok(err)
		}
		_, err = r.conn.Refund(ctx, found.Ref, "r-"+key, money.New(1000, "EUR"))
		ok(err)
		for _, ref := range []string{begun.Ref, found.Ref, ""} {
			back, err := finder.FindRefund(ctx, ref, "r-"+key)
			ok(err)
			_, err = finder.FindRefund(ctx, back.Ref, "")
			ok(err)
		}
	}
	for _, pay := range []bool{true, false} {
		begun, err := r.conn.Begin(ctx, paymenttest.Request("v-"+time.Duration(len(r.Books())).String(), money.New(5000, "JPY"), false))
		ok(err)
		if pay {
			ok(r.Pay(begun.Ref, emulator.Paid))
		}
		_, err = voider.Void(ctx, begun.Ref, "v"+begun.Ref)
		ok(err)
	}
	_, err := finder.Find(ctx, "", "never-was") // lists, then searches
	if connector.OutcomeOf(err) != connector.WasNeverThere {
		t.Fatal(err)
	}
}
