package outside

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/internal/clock"
	"doorstep/internal/id"
)

func TestPrivateAddressesAreRefused(t *testing.T) {
	t.Parallel()
	for _, a := range []string{
		"127.0.0.1", "127.8.8.8", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "198.18.0.1",
		"192.0.0.8", "224.0.0.1", "255.255.255.255", "240.1.1.1", "::1", "::", "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1",
		"::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2001:0:1::1", "fe80::1%eth0",
	} {
		if public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as public", a)
		}
	}
	for _, a := range []string{"1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "2a00:1450:4001::1"} {
		if !public(netip.MustParseAddr(a)) {
			t.Errorf("%s counts as private", a)
		}
	}
}

// get calls url with a client of the options and gives what connector.Call makes of it.
func get(t *testing.T, o Options, url string) (connector.Answer, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return connector.Call(t.Context(), newClient(o), req)
}

func TestClientStaysOutsideAndWithItsHost(t *testing.T) {
	t.Parallel()
	other := httptest.NewServer(http.NotFoundHandler())
	t.Cleanup(other.Close)
	here := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/away":
			http.Redirect(w, r, other.URL+"/secret", http.StatusFound)
		case "/near":
			http.Redirect(w, r, "/", http.StatusFound)
		case "/round":
			http.Redirect(w, r, "/round", http.StatusFound)
		}
		_, _ = io.WriteString(w, r.UserAgent())
	}))
	t.Cleanup(here.Close)

	_, err := get(t, Options{}, here.URL)
	if !errors.Is(err, errPrivate) || connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("loopback: %v", err)
	}
	byName := strings.Replace(here.URL, "127.0.0.1", "localhost", 1)
	if _, err := get(t, Options{}, byName); !errors.Is(err, errPrivate) {
		t.Errorf("loopback by name: %v", err)
	}
	allowed := Options{AllowPrivate: true, Agent: "Doorstep/1"}
	if answer, err := get(t, allowed, here.URL); err != nil || string(answer.Body) != "Doorstep/1" {
		t.Errorf("allowed: %s %v", answer.Body, err)
	}
	if answer, err := get(t, allowed, here.URL+"/near"); err != nil || answer.Status != http.StatusOK {
		t.Errorf("redirect on the same host: %d %v", answer.Status, err)
	}
	for _, path := range []string{"/away", "/round"} {
		if _, err := get(t, allowed, here.URL+path); err == nil || !strings.Contains(err.Error(), "redirected") {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestBreakerOpensAndTriesAgain(t *testing.T) {
	t.Parallel()
	now := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	o := &Outside{o: Options{BreakAfter: 3, BreakFor: time.Minute, Clock: now.Now}, log: slog.New(slog.DiscardHandler), breakers: map[string]*breaker{}}
	down, asked := errors.New("connection reset"), 0
	call := func(b *breaker, err error) error {
		return b.through(func() error { asked++; return err })
	}
	for _, err := range []error{
		&connector.Rejected{Code: "1"}, &connector.NotSent{After: time.Minute, Err: down}, &connector.Unauthorised{Err: down}, connector.ErrNotFound, nil,
	} {
		b := o.breakerOf(id.Connector("cn_" + string(connector.OutcomeOf(err))))
		for range 10 {
			_ = call(b, err)
		}
		if _, open := b.isOpen(); open {
			t.Errorf("%v opened it", err)
		}
	}
	b := o.breakerOf("cn_down")
	asked = 0
	for range 10 {
		if err := call(b, down); err == nil {
			t.Fatal("a failure passed as success")
		}
	}
	wait, open := b.isOpen()
	if asked != 3 || !open || wait != time.Minute || connector.Wait(call(b, nil)) < time.Minute {
		t.Errorf("asked %d times, open %v for %s", asked, open, wait)
	}
	if same := o.breakerOf("cn_down"); same != b {
		t.Error("a connector has two breakers")
	}
	for _, pause := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute, 5 * time.Minute, 5 * time.Minute} {
		if wait, open := b.isOpen(); !open || wait != pause {
			t.Errorf("open %v for %s; want %s", open, wait, pause)
		}
		now.Advance(pause)
		_ = call(b, down)
	}
	if since, down := b.downSince(); !down || !since.Equal(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)) || asked != 8 {
		t.Errorf("down %v since %s, asked %d times", down, since, asked)
	}
	now.Advance(-24 * time.Hour) // the clock is set back: it is not left alone for a day
	if err := call(b, nil); err != nil {
		t.Errorf("back again: %v", err)
	}
	if _, down := b.downSince(); down {
		t.Error("it counts as down")
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("a panic was swallowed")
			}
		}()
		_ = o.breakerOf("cn_panic").through(func() error { panic("x") })
	}()
}

// While one call finds out whether the other side is back, the others wait.
func TestOneCallTries(t *testing.T) {
	t.Parallel()
	now := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	o := &Outside{o: Options{BreakAfter: 1, BreakFor: time.Minute, Clock: now.Now}, log: slog.New(slog.DiscardHandler), breakers: map[string]*breaker{}}
	b := o.breakerOf("cn_down")
	_ = b.through(func() error { return errors.New("connection reset") })
	now.Advance(time.Minute)
	asked := 0
	err := b.through(func() error {
		asked++
		if err := b.through(func() error { asked++; return nil }); connector.OutcomeOf(err) != connector.WasNotSent {
			t.Errorf("the second one: %v", err)
		}
		return &connector.NotSent{After: time.Minute, Err: errors.New("patience")} // neither health nor sickness
	})
	if _, down := b.downSince(); asked != 1 || !down || err == nil {
		t.Errorf("%d calls, down %v, %v", asked, down, err)
	}
	if err := b.through(func() error { return nil }); err != nil {
		t.Errorf("it is back: %v", err)
	}
}

func TestKeysAndNames(t *testing.T) {
	t.Parallel()
	if key := keyOf("pa_0123456789abcdefghjkmnpqrs"); nameOf("pa", key) != "pa_0123456789abcdefghjkmnpqrs" || strings.Contains(key, "_") || len(key) > 40 {
		t.Errorf("key %s", key)
	}
	for _, foreign := range []string{"", "pa", "pa-", "re-1", "pa-1-2", "pa_1", "order-17"} {
		if got := nameOf("pa", foreign); got != "" {
			t.Errorf("%q is not ours and became %q", foreign, got)
		}
	}
}

func TestTableQuotes(t *testing.T) {
	t.Parallel()
	var p place
	p.from = "AT"
	p.supplier.SupplierID = "su_1"
	p.supplier.Freight = `[{"countries":["*"],"service":"post","name":"Abroad","cost":"9.50","currency":"EUR","min_days":5,"max_days":9},
		{"countries":["DE","AT"],"service":"post","name":"Post","cost":"3.50","currency":"EUR","min_days":2,"max_days":3},
		{"countries":["AT"],"service":"courier","name":"Courier","cost":"12","currency":"EUR","min_days":1,"max_days":1}]`
	for country, want := range map[string]string{"DE": "Post", "AT": "Courier Post", "US": "Abroad"} {
		list, err := tableQuotes(p, country, true)
		var names []string
		for _, q := range list {
			names = append(names, q.Name)
			if !q.Guess || q.Supplier != "su_1" || q.ShipFrom != "AT" || q.Currency != "EUR" {
				t.Errorf("%+v", q)
			}
		}
		if got := strings.Join(names, " "); got != want || err != nil {
			t.Errorf("%s: %s %v", country, got, err)
		}
	}
	for _, bad := range []string{
		`{}`, `[{"countries":[],"cost":"1","currency":"EUR"}]`, `[{"countries":["*"],"cost":"1.234","currency":"EUR"}]`,
		`[{"countries":["*"],"cost":"1","currency":"EURO"}]`, `[{"countries":["*"],"cost":"1","currency":"EUR","min_days":3,"max_days":2}]`,
		`[{"countries":["*"],"cost":"-1","currency":"EUR"}]`,
	} {
		if _, err := ParseFreight(bad); err == nil {
			t.Errorf("%s passed", bad)
		}
	}
	if rows, err := ParseFreight(" "); rows != nil || err != nil {
		t.Errorf("empty: %v %v", rows, err)
	}
}

func TestNothingLeavesInsideATransaction(t *testing.T) {
	t.Parallel()
	o, inside := newLoner(t)
	p := &plug{breaker: o.breakerOf("cn_1")}
	inside(func(ctx context.Context) {
		err := o.call(ctx, p, func(context.Context) error {
			t.Error("it left")
			return nil
		})
		if connector.OutcomeOf(err) != connector.WasNotSent {
			t.Errorf("inside: %v", err)
		}
	})
}
