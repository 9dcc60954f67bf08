package outside_test

import (
	"context"
	"crypto/rand"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/carrier"
	"doorstep/carrier/seventeentrack"
	tracks "doorstep/carrier/seventeentrack/emulator"
	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/smtptest"
	"doorstep/internal/store"
	"doorstep/payment"
	paidbyhand "doorstep/payment/manual"
	"doorstep/payment/stripe"
	bank "doorstep/payment/stripe/emulator"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	bazaar "doorstep/supplier/aliexpress/emulator"
	"doorstep/supplier/cj"
	factory "doorstep/supplier/cj/emulator"
	bymail "doorstep/supplier/manual"
)

// stranger is a program that knows nobody yet, for testing connections.
type stranger struct {
	*testing.T
	clock *clock.Virtual
	db    *db.DB
	out   *outside.Outside
	store id.Store
}

// meet runs fn with a program on each of the databases; private says whether it may call
// this machine.
func meet(t *testing.T, private bool, fn func(s *stranger)) {
	t.Helper()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		s := &stranger{T: t, clock: clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
		s.db = dbtest.Open(t, dsn, s.clock.Now)
		box, err := seal.New([]byte(rand.Text() + rand.Text())[:seal.KeySize])
		s.must(err)
		box.Attach(s.db)
		s.out = outside.New(outside.Options{DB: s.db, Seal: box, Clock: s.clock.Now, Log: slog.New(slog.DiscardHandler), AllowPrivate: private, BreakAfter: 1000,
			Drivers: outside.Drivers{
				Suppliers: []supplier.Driver{aliexpress.Driver(), cj.Driver(), bymail.Driver()},
				Payments:  []payment.Driver{stripe.Driver(), paidbyhand.Driver()},
				Carriers:  []carrier.Driver{seventeentrack.Driver()},
			}})
		s.must(s.db.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			row, err := store.Create(ctx, tx, "Mug & Moon", "EUR")
			s.store = row.StoreID
			return err
		}))
		fn(s)
	})
}

func (s *stranger) must(err error) {
	s.Helper()
	if err != nil {
		s.Fatal(err)
	}
}

// probe connects with the given settings and asks whether they work.
func (s *stranger) probe(kind connector.Kind, driver string, given map[string]string) outside.Probe {
	s.Helper()
	_, err := s.out.Connect(s.Context(), s.store, kind, driver, driver, given)
	s.must(err)
	p, err := s.out.ProbeConnector(s.Context(), s.store, kind, driver)
	s.must(err)
	for key, value := range given {
		if strings.Contains(key, "key") && len(value) > 20 && strings.Contains(p.Answer+p.Words+p.Fix, value) {
			s.Errorf("%s: the answer tells the %s", driver, key)
		}
	}
	return p
}

// vendor is one of the other sides, with its settings and what it says to a key without
// rights.
type vendor struct {
	kind      connector.Kind
	driver    string
	handler   http.Handler
	path      string // of the API behind the address
	settings  map[string]string
	secret    string // which of them is the key
	wrong     string // a key of another's
	forbidden string // the answer to a key that may too little
	status    int    // of that answer
}

// vendors are all other sides that have an API, each with its emulator.
func (s *stranger) vendors() []vendor {
	world, hooks := shared.NewWorld(s.clock.Now, shared.Real()), &shared.Hooks{}
	return []vendor{
		{connector.Payment, "stripe", bank.New(bank.Options{World: world, Hooks: hooks, SecretKey: payKey, WebhookSecret: hookKey}).Handler(), "",
			map[string]string{"secret_key": payKey, "webhook_secret": hookKey, "qps": "1000"}, "secret_key", "sk_test_of_somebody_else",
			`{"error":{"type":"invalid_request_error","message":"The provided key does not have the required permissions for this endpoint. Having the 'rak_balance_read' permission would allow this request to continue."}}`, http.StatusForbidden},
		{connector.Supplier, "cj", factory.New(factory.Options{World: world, Hooks: hooks, APIKey: cjKey, OpenID: 1, PlainHTTP: true}).Handler(), factory.Prefix,
			map[string]string{"api_key": cjKey, "qps": "100000"}, "api_key", "CJ7654321@api@00000000000000000000000000000000",
			`{"code":1600001,"result":false,"message":"Invalid API key or access token","data":null,"requestId":"r"}`, http.StatusForbidden},
		{connector.Supplier, "aliexpress", bazaar.New(bazaar.Options{World: world, Hooks: hooks, Limits: map[string]int{}}).Handler(), "",
			map[string]string{"app_key": "123456", "app_secret": "helloworld", "access_token": "at-1", "refresh_token": "rt-1"}, "app_secret", "goodbyeworld",
			`{"error_response":{"code":"InsufficientPermission","type":"ISV","message":"insufficient isv permission","request_id":"r"}}`, http.StatusOK},
		{connector.Carrier, "seventeentrack", tracks.New(tracks.Options{World: world, Hooks: hooks, Key: trkKey}).Handler(), "/track/v2.4",
			map[string]string{"api_key": trkKey, "qps": "1000"}, "api_key", "FEDCBA9876543210FEDCBA9876543210",
			`{"code":-18010002,"data":{}}`, http.StatusForbidden},
	}
}

// front stands before a vendor and gives its answers our clock's time, so far ahead of it.
type front struct {
	http.Handler
	now       func() time.Time
	ahead     atomic.Int64
	forbidden atomic.Bool
	status    int
	answer    string
}

// ServeHTTP answers.
func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Date", f.now().Add(time.Duration(f.ahead.Load())).UTC().Format(http.TimeFormat))
	if f.forbidden.Load() {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(f.status)
		_, _ = w.Write([]byte(f.answer))
		return
	}
	f.Handler.ServeHTTP(w, r)
}

// with is a vendor's settings with some of them changed.
func (v vendor) with(pairs ...string) map[string]string {
	given := map[string]string{}
	for key, value := range v.settings {
		given[key] = value
	}
	for i := 0; i < len(pairs); i += 2 {
		given[pairs[i]] = pairs[i+1]
	}
	return given
}

// Every way in which the test of a connection ends, at every other side.
func TestProbe(t *testing.T) {
	t.Parallel()
	meet(t, true, func(s *stranger) {
		for _, v := range s.vendors() {
			s.Run(v.driver, func(t *testing.T) {
				s := &stranger{t, s.clock, s.db, s.out, s.store}
				f := &front{Handler: v.handler, now: s.clock.Now, status: v.status, answer: v.forbidden}
				server := httptest.NewServer(f)
				defer server.Close()
				base := server.URL + v.path

				p := s.probe(v.kind, v.driver, v.with(v.secret, v.wrong, "base_url", base))
				s.expect("wrong key", p, false, "does not let us in", "enter it below")
				if len(p.Calls) == 0 || p.Answer == "" {
					t.Errorf("wrong key: no calls or no answer: %+v", p)
				}
				p = s.probe(v.kind, v.driver, v.with("base_url", base))
				s.expect("right key", p, true, "It works", "")
				if !p.Asked || len(p.Calls) == 0 || p.Calls[0].Status != http.StatusOK || strings.Contains(p.Calls[0].Path, "?") {
					t.Errorf("right key: %+v", p)
				}
				f.forbidden.Store(true)
				s.expect("missing rights", s.probe(v.kind, v.driver, v.with("base_url", base)), false, "does not allow", "rights")
				f.ahead.Store(int64(20 * time.Minute))
				p = s.probe(v.kind, v.driver, v.with("base_url", base))
				s.expect("clock skew", p, false, "", "clock is 20m")
				f.forbidden.Store(false)
				if p = s.probe(v.kind, v.driver, v.with("base_url", base)); !p.OK || p.Skew < 19*time.Minute {
					t.Errorf("a skew that does no harm yet: %+v", p)
				}
				server.Close()
				for range 2 { // a connection that was kept open only says that it was cut
					s.probe(v.kind, v.driver, v.with("base_url", base))
				}
				s.expect("nobody there", s.probe(v.kind, v.driver, v.with("base_url", base)), false, "Nobody answers there", "API address")
				s.expect("no such name", s.probe(v.kind, v.driver, v.with("base_url", "http://nobody.invalid"+v.path)), false, "could not be found", "Internet")
			})
		}
	})
}

func (s *stranger) expect(what string, p outside.Probe, ok bool, words, fix string) {
	s.Helper()
	if p.OK != ok || !strings.Contains(p.Words, words) || !strings.Contains(p.Fix, fix) {
		s.Errorf("%s: %v %q, %q (%s) %+v", what, p.OK, p.Words, p.Fix, p.Answer, p.Calls)
	}
}

// A program that may not call private addresses says so, and how to allow it.
func TestProbeOfAPrivateAddress(t *testing.T) {
	t.Parallel()
	meet(t, false, func(s *stranger) {
		for _, v := range s.vendors() {
			server := httptest.NewServer(v.handler)
			s.Cleanup(server.Close)
			p := s.probe(v.kind, v.driver, v.with("base_url", server.URL+v.path))
			s.expect(v.driver, p, false, "private network", "--allow-private")
		}
	})
}

// Who is reached by mail is tested at the mail server; who is not reached at all, not at all.
func TestProbeOfThoseWithoutAnAPI(t *testing.T) {
	t.Parallel()
	meet(t, true, func(s *stranger) {
		s.expect("bank transfer", s.probe(connector.Payment, "manual", map[string]string{"payee": "Loam", "iban": "DE89370400440532013000"}), true, "nothing to call here", "")
		by := map[string]string{"email": "orders@hearth.example"}
		s.expect("no mail server", s.probe(connector.Supplier, "manual", by), false, "", "mail server under Settings")

		server, err := smtptest.Start(smtptest.Options{User: "loam", Password: "right"})
		s.must(err)
		s.Cleanup(server.Close)
		set := func(address string) {
			s.must(s.db.Update(s.Context(), func(ctx context.Context, tx *db.Tx) error {
				if err := store.Set(ctx, tx, s.store, "brand.email", "hello@loam.example"); err != nil {
					return err
				}
				return store.Set(ctx, tx, s.store, "mail.smtp_url", address)
			}))
		}
		set(strings.Replace(server.URL(), ":right@", ":wrong@", 1))
		s.expect("wrong password", s.probe(connector.Supplier, "manual", by), false, "does not let us in", "mail server under Settings")
		set(server.URL())
		s.expect("right password", s.probe(connector.Supplier, "manual", by), true, "It works", "")
	})
}

// A name belongs to one driver: another one under it would read the first one's orders.
func TestANameBelongsToOneDriver(t *testing.T) {
	t.Parallel()
	meet(t, true, func(s *stranger) {
		_, err := s.out.Connect(s.Context(), s.store, connector.Supplier, "manual", "east", map[string]string{"email": "a@east.example"})
		s.must(err)
		_, err = s.out.Connect(s.Context(), s.store, connector.Supplier, "cj", "east", map[string]string{"api_key": cjKey})
		if err == nil || !strings.Contains(err.Error(), "choose another name") {
			s.Errorf("taken over: %v", err)
		}
		_, err = s.out.Connect(s.Context(), s.store, connector.Payment, "manual", "east", map[string]string{"payee": "Loam", "iban": "DE89370400440532013000"})
		s.must(err) // names are of a kind
	})
}
