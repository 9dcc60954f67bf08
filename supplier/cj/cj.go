// Package cj is CJ Dropshipping, by its API 2.0.
//
// Our key goes out as orderNumber, which CJ keeps unique for ever (code 1603003), and
// getOrderDetail finds an order by it: that is what Find asks after a lost answer. An
// order is paid from the CJ balance in the same call that creates it (payType 2), unless
// the setting payment says otherwise; one that was left unpaid is paid by Pay, step by
// step, each step only after asking where the order is:
//
//	CREATED -- addCart --> IN_CART -- addCartConfirm --> UNPAID
//	        -- saveGenerateParentOrder, payBalanceV2 --> UNSHIPPED --> SHIPPED --> DELIVERED
//
// Tokens live 15 days, are refreshed a day before their end, and lie in the vault for all
// nodes; getAccessToken may be called only once in five minutes.
//
// Messages are signed with the account's number (openId), which getAccessToken tells: it
// is kept in the vault with the tokens, read from there on the first message (a database
// read, no call to CJ) and remembered. CJ probes an address when it is subscribed: the
// HTTP side has to answer every message, also one that is ErrIgnored, within 3 seconds
// with 200 and a JSON body such as {"success":true}.
//
// Source: https://developers.cjdropshipping.com/en/api/api2/; where the live service was
// seen to differ, what was seen is done (platform must be a shop's, orderNum in reads).
package cj

import (
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/time/rate"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// usd is the only currency that CJ knows.
const usd money.Currency = "USD"

// Driver is this connector for the list of drivers.
func Driver() supplier.Driver {
	return supplier.Driver{Name: "cj", Title: "CJ Dropshipping", Settings: settings(), Open: open}
}

func settings() []connector.Setting {
	return []connector.Setting{
		{Key: "api_key", Title: "API key", Help: "My CJ, Authorization, API: generate the key there.",
			Type: connector.Text, Secret: true, Required: true},
		{Key: "payment", Title: "Payment", Help: "How orders are paid: at once from the CJ balance, by a person on CJ's page, or only created and paid later.",
			Type: connector.Choice, Default: payBalance, Options: []string{payBalance, payPage, payLater}},
		{Key: "logistic_name", Title: "Freight service", Help: "The service where the shop chose none, by CJ's name.",
			Type: connector.Text, Default: "CJPacket Ordinary"},
		{Key: "from_country", Title: "Ships from", Help: "The country of the CJ warehouse, as a two-letter code.",
			Type: connector.Text, Default: "CN"},
		{Key: "platform", Title: "Platform", Help: "The kind of shop that CJ notes on orders; CJ refuses \"api\".",
			Type: connector.Text, Default: "shopify"},
		{Key: "ioss", Title: "IOSS", Help: "For parcels into the EU: declare without, with your own number, or with CJ's.",
			Type: connector.Choice, Options: []string{"none", "own", "cj"}},
		{Key: "ioss_number", Title: "IOSS number", Help: "Your own number, if you declare with it.", Type: connector.Text},
		{Key: "sandbox", Title: "Test orders", Help: "Orders are marked as tests: nothing is charged or sent.",
			Type: connector.Boolean, Default: "false"},
		{Key: "low_balance", Title: "Low balance", Help: "Warn in the log when the CJ balance is below this, in US dollars.",
			Type: connector.Text, Default: "50.00"},
		{Key: "open_id", Title: "Account number", Help: "CJ's openId; learned by itself, needed only to move an installation.",
			Type: connector.Text, Secret: true},
		{Key: "order_api", Title: "Order interface", Help: "The version of CJ's order call.",
			Type: connector.Choice, Default: "V2", Options: []string{"V2", "V3"}},
		{Key: "settles", Title: "Settling time", Help: "How long a new order may stay invisible to a look-up.",
			Type: connector.Duration, Default: "10s"},
		{Key: "qps", Title: "Calls a second", Help: "1 for new accounts, 2, 4 or 6 for higher levels.",
			Type: connector.Integer, Default: "1"},
		{Key: "base_url", Title: "Address of the API", Help: "Only changed for tests.",
			Type: connector.URL, Default: "https://developers.cjdropshipping.com/api2.0/v1"},
	}
}

// The values of the setting payment.
const (
	payBalance = "balance"
	payPage    = "page"
	payLater   = "create-only"
)

// conn is one open account.
type conn struct {
	values   connector.Values
	http     *http.Client
	log      *slog.Logger
	now      func() time.Time
	vault    connector.Vault
	settles  time.Duration
	low      money.Amount
	limit    *rate.Limiter
	batch    *rate.Limiter // getOrderDetailBatch has its own
	signing  chan struct{} // holds one: a node asks for tokens once at a time
	openID   atomic.Pointer[string]
	identity string // which account the vault's tokens belong to
	refusals refusals
}

// refusals remembers what CJ refused without saying for certain that there is no order: a
// look-up that finds none gives the reason with its "no".
type refusals struct {
	mu    sync.Mutex
	byKey map[string]*refusal
}

// refusalsMost bounds what is remembered; forgetting one only means that its order is sent
// again under its key and refused again.
const refusalsMost = 10_000

func (r *refusals) put(key string, why *refusal) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.byKey == nil || len(r.byKey) >= refusalsMost {
		r.byKey = map[string]*refusal{}
	}
	r.byKey[key] = why
}

// forget is for an order that is sent again.
func (r *refusals) forget(key string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.byKey, key)
}

// get is why an order was refused; nil when it was not.
func (r *refusals) get(key string) *refusal {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.byKey[key]
}

var (
	_ supplier.Connector  = (*conn)(nil)
	_ supplier.Finder     = (*conn)(nil)
	_ supplier.Canceller  = (*conn)(nil)
	_ supplier.Quoter     = (*conn)(nil)
	_ supplier.Payer      = (*conn)(nil)
	_ supplier.Receiver   = (*conn)(nil)
	_ supplier.Subscriber = (*conn)(nil)
	_ supplier.Checker    = (*conn)(nil)
)

// highest is the most calls a second that CJ grants to any account; more is a test.
const highest = 6

func open(values connector.Values, env connector.Env) (supplier.Connector, error) {
	low, err := money.Parse(orElse(values["low_balance"], "0"), usd)
	if err != nil {
		return nil, fmt.Errorf("low_balance: %w", err)
	}
	qps := max(1, values.Int("qps"))
	perBatch := min(2, qps)
	if qps > highest {
		perBatch = qps
	}
	c := &conn{
		values: values, log: env.Log, now: env.Now, vault: env.Vault,
		settles: values.Duration("settles"), low: low,
		limit: rate.NewLimiter(rate.Limit(qps), int(qps)), batch: rate.NewLimiter(rate.Limit(perBatch), int(perBatch)),
		signing:  make(chan struct{}, 1),
		identity: identity(values["base_url"], values["api_key"]),
	}
	c.http = direct(env.HTTP)
	if c.log == nil {
		c.log = slog.New(slog.DiscardHandler)
	}
	if c.now == nil {
		c.now = time.Now
	}
	if id := values["open_id"]; id != "" {
		c.openID.Store(&id)
	}
	return c, nil
}

// direct is the client without following redirects: they would carry the token to
// wherever they point.
func direct(client *http.Client) *http.Client {
	if client == nil {
		client = http.DefaultClient
	}
	own := *client
	own.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &own
}

func orElse(value, otherwise string) string {
	if value == "" {
		return otherwise
	}
	return value
}
