package aliexpress

import (
	"fmt"
	"regexp"
	"strings"
	"sync"
	"time"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/supplier"
)

// Interfaces that the connector fulfils.
var (
	_ supplier.Connector  = (*Conn)(nil)
	_ supplier.Repeatable = (*Conn)(nil)
	_ supplier.Quoter     = (*Conn)(nil)
	_ supplier.Receiver   = (*Conn)(nil)
	_ supplier.Checker    = (*Conn)(nil)
)

// DefaultBase is where the API is.
const DefaultBase = "https://api-sg.aliexpress.com"

// defaultPay is the page where a buyer pays for an order; the order's number follows.
const defaultPay = "https://www.aliexpress.com/p/order/detail.html?orderId="

// Driver describes the connector for the list of suppliers.
func Driver() supplier.Driver {
	return supplier.Driver{
		Name:     "aliexpress",
		Title:    "AliExpress (dropshipping API)",
		Settings: settings(),
		Open: func(v connector.Values, env connector.Env) (supplier.Connector, error) {
			return Open(v, env)
		},
	}
}

func settings() []connector.Setting {
	return []connector.Setting{
		{Key: "app_key", Title: "App key", Help: "App Console of openservice.aliexpress.com, App Overview.", Type: connector.Text, Required: true},
		{Key: "app_secret", Title: "App secret", Help: "Beside the app key.", Type: connector.Text, Secret: true, Required: true},
		{Key: "access_token", Title: "Access token", Help: "From the consent of your AliExpress buyer account.", Type: connector.Text, Secret: true},
		{Key: "refresh_token", Title: "Refresh token", Help: "Comes with the access token; the connection renews itself with it for about 60 days.", Type: connector.Text, Secret: true},
		{Key: "auto_pay", Title: "Pay orders at once", Help: "Only after AliExpress has put your app and a bound PayPal account on its list; otherwise you pay each order on the website.", Type: connector.Boolean, Default: "false"},
		{Key: "ship_to", Title: "Usual country of delivery", Help: "Two letters; decides price and stock where an order does not.", Type: connector.Text, Default: "US"},
		{Key: "target_currency", Title: "Currency of costs", Help: "Three letters; AliExpress converts to it.", Type: connector.Text, Default: "USD"},
		{Key: "language", Title: "Language", Help: "Of titles and tracking, such as en_US or de_DE.", Type: connector.Text, Default: "en_US"},
		{Key: "service", Title: "Usual shipping service", Help: "A logistics_service_name such as CAINIAO_STANDARD; empty lets AliExpress choose.", Type: connector.Text},
		{Key: "verify_push", Title: "Signature of push messages", Help: "AliExpress does not document one; \"if-present\" checks it where it is sent, \"always\" refuses messages without it.", Type: connector.Choice, Default: "if-present", Options: []string{"if-present", "always"}},
		{Key: "pay_url", Title: "Where orders are paid", Help: "The order's number is put at its end.", Type: connector.URL, Default: defaultPay},
		{Key: "base_url", Title: "API address", Help: "Only for tests and practice.", Type: connector.URL, Default: DefaultBase},
		{Key: "qps", Title: "Calls per second", Help: "Per method; 0 keeps to what AliExpress documents.", Type: connector.Integer, Default: "0"},
	}
}

// Conn is a connection to one AliExpress app and buyer account. It is safe for parallel
// use.
type Conn struct {
	values   connector.Values
	env      connector.Env
	base     string
	currency money.Currency
	language string
	limits   limits
	renewing chan struct{} // holds one: one refresh at a time in this process

	mu       sync.Mutex
	products map[string]article // what product.get said, by product id
	places   map[string]atlas   // what address.get said, by country
}

// kept is how long answers that hardly change are kept in memory.
const kept = 24 * time.Hour

// Open makes a connection from checked settings; it makes no call.
func Open(v connector.Values, env connector.Env) (*Conn, error) {
	c := &Conn{
		values: v, env: env,
		base:     strings.TrimRight(v["base_url"], "/"),
		currency: money.Currency(strings.ToUpper(v["target_currency"])),
		language: v["language"],
		limits:   newLimits(v.Int("qps")),
		renewing: make(chan struct{}, 1),
		products: map[string]article{},
		places:   map[string]atlas{},
	}
	if !c.currency.Valid() {
		return nil, fmt.Errorf("target_currency: %q is no currency", v["target_currency"])
	}
	if !regexp.MustCompile(`^[A-Za-z]{2}$`).MatchString(v["ship_to"]) {
		return nil, fmt.Errorf("ship_to: %q is no country of two letters", v["ship_to"])
	}
	if !regexp.MustCompile(`^[a-z]{2}_[A-Z]{2}$`).MatchString(c.language) {
		return nil, fmt.Errorf("language: %q is not like en_US", c.language)
	}
	return c, nil
}

// Repeats is how long the same Order.Key may be sent again without a second order: the
// documented 24 hours of out_order_id, less an hour for clocks and queues.
func (c *Conn) Repeats() time.Duration { return 23 * time.Hour }
