package story_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"doorstep"
	"doorstep/carrier"
	"doorstep/carrier/seventeentrack"
	tracker "doorstep/carrier/seventeentrack/emulator"
	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/smtptest"
	"doorstep/internal/store"
	"doorstep/internal/trace"
	"doorstep/money"
	"doorstep/payment"
	transfer "doorstep/payment/manual"
	"doorstep/payment/stripe"
	bank "doorstep/payment/stripe/emulator"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	ali "doorstep/supplier/aliexpress/emulator"
	"doorstep/supplier/cj"
	factory "doorstep/supplier/cj/emulator"
	"doorstep/supplier/manual"
)

const (
	sealKey  = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
	hookKey  = "whsec_story"
	workshop = "orders@workshop.example"
)

// goods are what the shop sells and who has it, at what cost in US cents: "aliexpress" has
// mugs and rugs, "cj" mugs and lamps, the workshop prints.
var goods = []struct {
	name   string
	price  int64 // euro cents
	offers map[string]offer
}{
	{"mug", 1990, map[string]offer{"aliexpress": {"1005001/14:193#Blue", 300}, "cj": {"1392053744945991600", 900}}},
	{"rug", 4900, map[string]offer{"aliexpress": {"1005002/", 1500}}},
	{"lamp", 3900, map[string]offer{"cj": {"1392053744945991601", 1100}}},
	{"print", 2500, map[string]offer{"workshop": {"PRINT-A3", 600}}},
}

type offer struct {
	sku  string
	cost int64
}

// story is a shop on its first day, and everybody it deals with.
type story struct {
	*doorstep.Program
	t      *testing.T
	clock  *clock.Virtual
	url    string // of the program
	aliURL string
	dsn    string
	world  *emulator.World
	hooks  *emulator.Hooks

	ali   *ali.Server
	cj    *factory.Server
	bank  *bank.Server
	track *tracker.Server
	post  *smtptest.Server

	variants map[string]id.Variant
	terms    terms
	calls    *calls // that CJ got
	boss     account.Staff
}

// terms are what is special about a story's world; the zero value is the usual one.
type terms struct {
	settings   []string      // "key value …" besides the usual ones
	skew       time.Duration // everybody else's clocks are ahead of ours
	known      fs.FS         // what the program knows of the schema, which is the newest one; nil: all of it
	traces     string        // where a collector of traces listens; empty: there is none
	breakAfter int           // failed calls in a row that open a breaker; 0: none does
	dies       func(string)  // is told of each point where dying would hurt; a panic there is death
}

// tell tells a story on each database; settings are "key value …" besides the usual ones.
func tell(t *testing.T, settings []string, what func(s *story)) {
	t.Helper()
	tellSkewed(t, settings, 0, what)
}

// tellSkewed tells a story in which everybody else's clocks are ahead of ours.
func tellSkewed(t *testing.T, settings []string, skew time.Duration, what func(s *story)) {
	t.Helper()
	tellOn(t, terms{settings: settings, skew: skew}, what)
}

// tellOn tells a story on each database.
func tellOn(t *testing.T, how terms, what func(s *story)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		c := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
		s := &story{t: t, clock: c, terms: how, world: emulator.NewWorld(func() time.Time { return c.Now().Add(how.skew) }, emulator.Real()),
			variants: map[string]id.Variant{}, hooks: &emulator.Hooks{Retry: time.Millisecond}, calls: &calls{now: c.Now}}
		if s.terms.breakAfter == 0 {
			s.terms.breakAfter = 1000
		}
		if how.known != nil {
			newest(t, dsn, c.Now)
		}
		s.dsn = dsn
		s.open(dsn)
		s.neighbours()
		s.furnish(how.settings)
		s.must(s.Outside.Schedule(t.Context()))
		s.work()
		what(s)
		s.end()
	})
}

// open starts the program.
func (s *story) open(dsn string) {
	s.t.Helper()
	var err error
	s.Program, err = doorstep.New(s.t.Context(), doorstep.Config{
		Database: dsn, Key: seal.Source{Key: sealKey}, Clock: s.clock.Now, StoreName: "Mug & Moon", AllowPrivate: true, Migrations: s.terms.known,
		Traces:  trace.Options{URL: s.terms.traces, Every: time.Millisecond},
		Outside: outside.Options{BreakAfter: s.terms.breakAfter, Crash: s.terms.dies},
		Drivers: outside.Drivers{
			Suppliers: []supplier.Driver{aliexpress.Driver(), cj.Driver(), manual.Driver()},
			Payments:  []payment.Driver{stripe.Driver(), transfer.Driver()},
			Carriers:  []carrier.Driver{seventeentrack.Driver()},
		},
	})
	s.must(err)
	s.t.Cleanup(func() { s.must(s.Close()) })
	s.url = s.serve(s.Handler())
}

// neighbours starts everybody else.
func (s *story) neighbours() {
	s.t.Helper()
	hook := func(kind, name string) string { return s.url + "/webhooks/" + kind + "/" + name }
	s.ali = ali.New(ali.Options{World: s.world, Hooks: s.hooks, AppKey: "500100", AppSecret: "secret", AccessToken: "at", RefreshToken: "rt",
		Callback: hook("supplier", "aliexpress"), AutoPay: true, Repeat: ali.RepeatNumber, Limits: map[string]int{}})
	s.cj = factory.New(factory.Options{World: s.world, Hooks: s.hooks, APIKey: "cj-key", OpenID: 7, Balance: 100_000_000, TokenEvery: time.Nanosecond,
		Points: 1 << 40, Inventories: true, PlainHTTP: true, FlatFreight: true})
	s.bank = bank.New(bank.Options{World: s.world, Hooks: s.hooks, SecretKey: "sk_test_story", WebhookSecret: hookKey,
		WebhookURL: hook("payment", "card"), Merchant: "Mug & Moon"})
	s.track = tracker.New(tracker.Options{World: s.world, Hooks: s.hooks, Key: "trk", Callback: hook("carrier", "track")})
	var err error
	s.post, err = smtptest.Start(smtptest.Options{})
	s.must(err)
	s.t.Cleanup(s.post.Close)
	s.t.Cleanup(s.hooks.Wait)
	s.ali.Put(
		ali.Article{ID: 1005001, Title: "Mug", Store: 1, From: "CN", Days: 2, SKUs: []ali.SKU{{ID: 12001, Attr: "14:193#Blue", Cost: money.New(300, "USD"), Stock: 50}}},
		ali.Article{ID: 1005002, Title: "Rug", Store: 1, From: "CN", Days: 2, SKUs: []ali.SKU{{ID: 12002, Cost: money.New(1500, "USD"), Stock: 50}}})
	s.cj.Put(factory.Variant{VID: "1392053744945991600", PID: "P1", Name: "Mug", Cents: 900, Stock: 50, Country: "CN"},
		factory.Variant{VID: "1392053744945991601", PID: "P2", Name: "Lamp", Cents: 1100, Stock: 50, Country: "CN"})
}

// furnish sets the shop up.
func (s *story) furnish(settings []string) {
	s.t.Helper()
	settings = append([]string{"url", s.url, "mail.smtp_url", s.post.URL(), "brand.email", "hello@mug.example", "rate.USD.EUR", "0.9", "rate.GBP.EUR", "1.2",
		"offers.every", "24h"}, settings...) // a story looks for weeks: reading all offers every half hour would be most of its time
	s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		for i := 0; i < len(settings); i += 2 {
			err = errors.Join(err, store.Set(ctx, tx, s.Store.StoreID, settings[i], settings[i+1]))
		}
		return err
	})
	table := `[{"countries":["*"],"service":"post","name":"Post","cost":"4.00","currency":"USD","min_days":2,"max_days":4}]`
	s.aliURL = s.serve(s.ali.Handler())
	s.connect(connector.Supplier, "aliexpress", "aliexpress", doorstep.Supplying{}, "base_url", s.aliURL, "app_key", "500100",
		"app_secret", "secret", "access_token", "at", "refresh_token", "rt", "auto_pay", "true", "target_currency", "USD", "qps", "100000")
	s.connect(connector.Supplier, "cj", "cj", doorstep.Supplying{}, "base_url", s.serve(s.calls.count(s.cj.Handler()))+factory.Prefix, "api_key", "cj-key", "qps", "100000", "settles", "1m")
	s.connect(connector.Supplier, "manual", "workshop", doorstep.Supplying{Freight: &table}, "email", workshop)
	s.connect(connector.Payment, "stripe", "card", doorstep.Supplying{}, "base_url", s.serve(s.bank.Handler()), "secret_key", "sk_test_story", "webhook_secret", hookKey, "qps", "100000")
	s.connect(connector.Payment, "manual", "transfer", doorstep.Supplying{}, "payee", "Mug & Moon", "iban", "DE89 3704 0044 0532 0130 00")
	s.connect(connector.Carrier, "seventeentrack", "track", doorstep.Supplying{}, "base_url", s.serve(s.track.Handler())+"/track/v2.4", "api_key", "trk", "qps", "100000")
	s.do(s.shelve)
}

func (s *story) connect(kind connector.Kind, driver, name string, how doorstep.Supplying, pairs ...string) {
	s.t.Helper()
	given := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		given[pairs[i]] = pairs[i+1]
	}
	_, err := s.Connect(s.t.Context(), kind, driver, name, given, how)
	s.must(err)
}

// shelve puts the goods into the shop.
func (s *story) shelve(ctx context.Context, tx *db.Tx) error {
	for _, g := range goods {
		put, err := catalog.Put(ctx, tx, s.Store.StoreID, catalog.Draft{Handle: g.name, Title: g.name, Status: catalog.Active,
			Variants: []catalog.DraftVariant{{SKU: g.name, Price: money.New(g.price, "EUR"), RequiresShipping: true, Taxable: true}}}, false)
		if err != nil {
			return err
		}
		s.variants[g.name] = put.Variants[0]
		for by, o := range g.offers {
			sup, err := inventory.SupplierByName(ctx, tx, s.Store.StoreID, by)
			if err != nil {
				return err
			}
			_, _, err = inventory.PutOffer(ctx, tx, sup, inventory.Offer{VariantID: put.Variants[0], SupplierSku: o.sku, CostMinor: o.cost, Currency: "USD",
				Quantity: 50, ShipFrom: map[bool]string{true: "GB", false: "CN"}[by == "workshop"], Active: true, AsOf: tx.Now})
			if err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *story) serve(h http.Handler) string {
	server := httptest.NewServer(h)
	s.t.Cleanup(server.Close)
	return server.URL
}

func (s *story) must(err error) {
	s.t.Helper()
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *story) do(fn func(ctx context.Context, tx *db.Tx) error) {
	s.t.Helper()
	s.must(s.DB.Update(s.t.Context(), fn))
}

// work does everything that is due now, ours and theirs, until nothing moves.
func (s *story) work() {
	s.t.Helper()
	for range 30 {
		s.ali.Tick(s.t.Context())
		s.cj.Tick(s.t.Context())
		s.bank.Tick(s.t.Context())
		s.track.Tick(s.t.Context())
		s.hooks.Wait()
		n, err := s.Drain(s.t.Context())
		s.must(err)
		if n == 0 {
			return
		}
	}
	s.t.Fatal("it does not come to rest")
}

// Later lets time pass in steps, with all that happens meanwhile.
func (s *story) Later(d time.Duration) {
	s.t.Helper()
	step := max(min(d/40, 4*time.Hour), time.Minute) // a parcel is out for delivery six hours
	for ; d > 0; d -= step {
		s.clock.Advance(min(step, d))
		s.work()
	}
}

// api makes a request to the store's API as a customer does, or a program of the merchant's.
func (s *story) api(method, path, token string, in, out any) {
	s.t.Helper()
	status, answer := s.tries(method, path, token, in)
	if status >= 300 {
		s.t.Fatalf("%s %s: %d %s", method, path, status, answer)
	}
	if out != nil {
		s.must(json.Unmarshal(answer, out))
	}
}

// tries is api with an answer that may be a refusal.
func (s *story) tries(method, path, token string, in any) (status int, answer []byte) {
	s.t.Helper()
	body, err := json.Marshal(in)
	s.must(err)
	req, err := http.NewRequestWithContext(s.t.Context(), method, s.url+"/api/v1"+path, bytes.NewReader(body))
	s.must(err)
	req.Header.Set("Content-Type", "application/json")
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", id.Token())
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	defer func() { _ = res.Body.Close() }()
	answer, err = io.ReadAll(res.Body)
	s.must(err)
	return res.StatusCode, answer
}
