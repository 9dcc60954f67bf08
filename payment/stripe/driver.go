// Package stripe moves money through Stripe (stripe-go v86, API 2026-07-29.dahlia).
//
// Names. A hosted payment begins as a Checkout Session (cs_…); Stripe makes its
// PaymentIntent (pi_…) when the customer pays. Status.Ref is the newest name: cs_… first,
// pi_… as soon as there is one. Every method takes either, but refunds and chargebacks are
// told under pi_…, so callers keep the newest Ref that they were given.
//
// Keys. Our key travels as Idempotency-Key, which Stripe keeps for a day, and as metadata
// (doorstep_key), which it keeps for ever: the first makes repeats harmless, the second
// makes payments and refunds findable. Capture, refund and void add their own ending,
// because Stripe binds a key to one endpoint. Nothing in a request depends on the time, so
// that a repeat is the same request.
//
// A stored failure. Stripe stores an answer 500 under its key and repeats it for a day. A
// repeated 500 is therefore looked up, and if nothing came of it the request is sent under
// the key's next generation (…-2, …-3): without this an order would be stuck for a day.
//
// Declines. A refused card leaves a payment Pending with the reason in Words: the customer
// may try another. Failed is final: a bank debit that bounced after the page was left.
package stripe

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	api "github.com/stripe/stripe-go/v86"
	"golang.org/x/time/rate"

	"doorstep/connector"
	"doorstep/payment"
)

// The metadata that we put on everything.
const (
	metaKey     = "doorstep_key"     // the payment's or refund's key
	metaOrder   = "order"            // our order's number
	metaCapture = "doorstep_capture" // the key of the capture
)

// The modes of paying.
const (
	modeCheckout = "checkout"
	modeIntent   = "intent"
)

// Driver is the Stripe connector.
func Driver() payment.Driver {
	return payment.Driver{Name: "stripe", Title: "Stripe", Settings: settings(), Open: open}
}

func settings() []connector.Setting {
	return []connector.Setting{
		{Key: "secret_key", Title: "Secret key", Help: "sk_… or a restricted key rk_…: Stripe dashboard, Developers, API keys.", Type: connector.Text, Secret: true, Required: true},
		{Key: "webhook_secret", Title: "Webhook signing secret", Help: "whsec_…: Stripe dashboard, Developers, Webhooks; two separated by a comma while it is being rolled.", Type: connector.Text, Secret: true},
		{Key: "mode", Title: "How customers pay", Help: "checkout sends them to Stripe's page; intent gives programs a client secret.", Type: connector.Choice, Options: []string{modeCheckout, modeIntent}, Default: modeCheckout},
		{Key: "item_text", Title: "Text on the payment page", Help: "What is being paid for; {order} is the order's number.", Type: connector.Text, Default: "Order {order}"},
		{Key: "statement_suffix", Title: "Statement suffix", Help: "At most 10 characters after your name on card statements; {order} is the order's number.", Type: connector.Text},
		{Key: "base_url", Title: "API address", Help: "Another address only for a practice server.", Type: connector.URL, Default: api.APIURL},
		{Key: "qps", Title: "Requests a second", Help: "Stripe allows 25 in its sandbox and 100 live.", Type: connector.Integer, Default: "25"},
	}
}

// client is an open connector; it keeps no state but its rate limiter.
type client struct {
	api     *api.Client
	env     connector.Env
	mode    string
	item    string
	suffix  string
	secrets []string // of the webhook endpoint
	hidden  []string // what no error may show
}

// What a Stripe connector can do.
var (
	_ payment.Connector = (*client)(nil)
	_ payment.Voider    = (*client)(nil)
	_ payment.Finder    = (*client)(nil)
	_ payment.Receiver  = (*client)(nil)
	_ payment.Checker   = (*client)(nil)
)

func open(v connector.Values, env connector.Env) (payment.Connector, error) {
	if env.HTTP == nil || env.Now == nil {
		return nil, errors.New("stripe: Env.HTTP and Env.Now are needed")
	}
	qps := v.Int("qps")
	if qps < 1 {
		return nil, fmt.Errorf("qps: %d is less than 1", qps)
	}
	c := &client{env: env, mode: v["mode"], item: v["item_text"], suffix: v["statement_suffix"]}
	for secret := range strings.SplitSeq(v["webhook_secret"], ",") {
		if secret = strings.TrimSpace(secret); secret != "" {
			c.secrets = append(c.secrets, secret)
		}
	}
	c.hidden = append([]string{v["secret_key"]}, c.secrets...)
	c.api = dial(v["secret_key"], strings.TrimSuffix(v["base_url"], "/"), env.HTTP, rate.NewLimiter(rate.Limit(qps), int(qps)))
	return c, nil
}

// dial makes the library's client: our transport, no retries (the job table retries), no
// telemetry, no logging (its messages can hold answers).
func dial(key, base string, outside *http.Client, limiter *rate.Limiter) *api.Client {
	config := &api.BackendConfig{
		HTTPClient:        &http.Client{Transport: &transport{outside: outside, limiter: limiter}},
		URL:               api.String(base),
		MaxNetworkRetries: api.Int64(0),
		EnableTelemetry:   api.Bool(false),
		LeveledLogger:     &api.LeveledLogger{Level: api.LevelNull},
	}
	uploads := *config
	if base == api.APIURL { // files have a host of their own
		uploads.URL = api.String(api.UploadsURL)
	}
	return api.NewClient(key, api.WithBackends(&api.Backends{
		API:         api.GetBackendWithConfig(api.APIBackend, config),
		Connect:     api.GetBackendWithConfig(api.ConnectBackend, config),
		Uploads:     api.GetBackendWithConfig(api.UploadsBackend, &uploads),
		MeterEvents: api.GetBackendWithConfig(api.MeterEventsBackend, config),
	}))
}

func (c *client) now() time.Time { return c.env.Now().UTC() }

// hide removes secrets from a text, should the other side repeat them.
func (c *client) hide(text string) string {
	for _, secret := range c.hidden {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "***")
		}
	}
	return text
}
