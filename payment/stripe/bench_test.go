package stripe_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	world "doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/paymenttest"
	"doorstep/payment/stripe"
	"doorstep/payment/stripe/emulator"
)

const (
	secretKey     = "sk_test_51Nq0wYdoorstepSecretKey7890"
	webhookSecret = "whsec_doorstepTestSecret12345"
)

// rig is a connector on a fresh emulator.
type rig struct {
	*emulator.Server
	conn  payment.Connector
	clock *paymenttest.Clock
	web   *httptest.Server
	out   *http.Client
	log   *syncBuffer
}

// syncBuffer is a log that may be read while it is written.
type syncBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *syncBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func start(t testing.TB, set connector.Values) *rig {
	t.Helper()
	r := &rig{clock: paymenttest.NewClock(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)), log: &syncBuffer{}}
	r.Server = emulator.New(emulator.Options{World: world.NewWorld(r.clock.Now, world.Real()), SecretKey: secretKey, WebhookSecret: webhookSecret, Merchant: "Mug & Co"})
	r.web = httptest.NewServer(r.Handler())
	// On a kept connection net/http itself repeats a request that carries an Idempotency-Key.
	r.out = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second}
	t.Cleanup(func() { r.out.CloseIdleConnections(); r.web.Close() })
	r.conn = connect(t, r, set)
	return r
}

// connect opens a connector on the rig's emulator, with settings changed.
func connect(t testing.TB, r *rig, set connector.Values) payment.Connector {
	t.Helper()
	values := connector.Values{"secret_key": secretKey, "webhook_secret": webhookSecret, "base_url": r.web.URL, "qps": "100000"}
	for key, value := range set {
		values[key] = value
	}
	driver := stripe.Driver()
	checked, err := connector.Check(driver.Settings, values)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := driver.Open(checked, connector.Env{
		Name: "stripe", HTTP: r.out, Now: r.clock.Now, Vault: &paymenttest.Vault{},
		Log: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

// stripeDigits is written here anew: the books are not read with the connector's table.
func stripeDigits(currency string) int {
	switch currency {
	case "jpy", "mga":
		return 0
	case "kwd":
		return 3
	}
	return 2
}

func (r *rig) minor(t testing.TB, n int64, currency string) int64 {
	c := money.Currency(strings.ToUpper(currency))
	if stripeDigits(currency) != c.Digits() {
		t.Errorf("%s: the suite uses no such currency", currency)
	}
	return n
}

func (r *rig) entries(t testing.TB) []paymenttest.Entry {
	var out []paymenttest.Entry
	for _, b := range r.Books() {
		e := paymenttest.Entry{
			Key: b.Metadata["doorstep_key"], Currency: money.Currency(strings.ToUpper(b.Currency)), Captures: b.Captures,
			Authorised: r.minor(t, b.Authorised, b.Currency), Captured: r.minor(t, b.Captured, b.Currency), Voided: b.State == "canceled",
		}
		for _, f := range b.Refunds {
			if f.State != "failed" {
				e.Refunds = append(e.Refunds, paymenttest.EntryRefund{Key: f.Metadata["doorstep_key"], Minor: f.Amount})
			}
		}
		out = append(out, e)
	}
	return out
}

func (r *rig) resign(secret string, at time.Time) func(world.Hook) world.Hook {
	return func(h world.Hook) world.Hook {
		header := h.Header.Clone()
		header.Set("Stripe-Signature", emulator.Sign(secret, at, h.Body))
		return world.Hook{URL: h.URL, Header: header, Body: h.Body}
	}
}

func bench(set connector.Values, paths paymenttest.Paths) paymenttest.Bench {
	return paymenttest.Bench{Paths: paths, Step: 10, Start: func(t *testing.T) *paymenttest.Stage {
		r := start(t, set)
		return &paymenttest.Stage{
			Connector: r.conn, Knobs: r.Knobs, Clock: r.clock, Sent: r.Sent,
			Close: func() { r.web.Close(); r.out.CloseIdleConnections() },
			Books: func() []paymenttest.Entry { return r.entries(t) },
			Pay: func(ref string, success bool) error {
				if success {
					return r.Pay(ref, emulator.Paid)
				}
				return r.Pay(ref, emulator.Declined)
			},
			Forge:   r.resign("whsec_another", r.clock.Now()),
			Age:     r.resign(webhookSecret, r.clock.Now().Add(-301*time.Second)),
			Oppose:  func(ref string) error { _, err := r.Dispute(ref, 0); return err },
			Secrets: []string{secretKey, webhookSecret},
			Log:     r.log.String,
		}
	}}
}

// TestLaws holds both modes to the laws of the contract.
func TestLaws(t *testing.T) {
	t.Parallel()
	for _, mode := range []string{"checkout", "intent"} {
		begin := map[string]string{"checkout": "/v1/checkout/sessions", "intent": "/v1/payment_intents"}[mode]
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			paymenttest.Run(t, bench(connector.Values{"mode": mode}, paymenttest.Paths{
				Begin: begin, Capture: "/capture", Refund: "/v1/refunds", Void: "/cancel",
			}))
		})
	}
}

func itoa(n int) string { return strconv.Itoa(n) }
