package cj_test

import (
	"bytes"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/supplier"
	"doorstep/supplier/cj"
	"doorstep/supplier/cj/emulator"
	"doorstep/supplier/suppliertest"
)

// desk is an emulated account, a clock, a vault, and connectors on them.
type desk struct {
	*emulator.Server
	t     *testing.T
	clock *suppliertest.Clock
	world *shared.World
	vault *suppliertest.Vault
	base  string
	log   *logged
}

type logged struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logged) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func newDesk(t *testing.T, change func(*emulator.Options)) *desk {
	t.Helper()
	clock := suppliertest.NewClock()
	world := shared.NewWorld(clock.Now, shared.Real())
	d := &desk{t: t, clock: clock, world: world, vault: &suppliertest.Vault{}, log: &logged{}}
	d.Server = account(world, func(o *emulator.Options) {
		o.Hide, o.PlainHTTP, o.Hooks = 0, true, &shared.Hooks{Retry: time.Millisecond}
		if change != nil {
			change(o)
		}
	})
	server := httptest.NewServer(d.Handler())
	t.Cleanup(server.Close)
	d.base = server.URL
	return d
}

// open is a connector with further settings.
func (d *desk) open(more ...string) supplier.Connector {
	return openAt(d.t, d.vault, d.clock.Now, d.log, values(d.base, more...))
}

func openAt(t *testing.T, vault connector.Vault, now func() time.Time, log *logged, given connector.Values) supplier.Connector {
	t.Helper()
	c, err := openWith(vault, now, log, given)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func openWith(vault connector.Vault, now func() time.Time, log *logged, given connector.Values) (supplier.Connector, error) {
	checked, err := connector.Check(cj.Driver().Settings, given)
	if err != nil {
		return nil, err
	}
	return cj.Driver().Open(checked, connector.Env{Name: "cj", HTTP: &http.Client{Timeout: 10 * time.Second}, Now: now, Vault: vault,
		Log: slog.New(slog.NewTextHandler(log, nil))})
}

// sale is an order for units of the first articles.
func sale(key string, units ...int64) supplier.Order {
	o := supplier.Order{Key: key, Currency: "USD", Email: "a@example.com", Address: supplier.Address{Name: "Ann Example",
		Line1: "12 Mill Lane", Locality: "Springfield", Region: "Illinois", PostalCode: "62704", Country: "US", Phone: "5555550100"}}
	for i, n := range units {
		g := goods()[i]
		o.Lines = append(o.Lines, supplier.Line{ID: g.SKU[:10] + key, SKU: g.SKU, Quantity: n, UnitCost: g.Cost})
	}
	return o
}

func (d *desk) submit(c supplier.Connector, o supplier.Order) supplier.Status {
	d.t.Helper()
	s, err := c.Submit(d.t.Context(), o)
	if err != nil {
		d.t.Fatalf("submit %s: %v", o.Key, err)
	}
	return s
}

func (d *desk) report(c supplier.Connector, refs ...supplier.Ref) []supplier.Status {
	d.t.Helper()
	list, err := c.Report(d.t.Context(), refs)
	if err != nil {
		d.t.Fatalf("report: %v", err)
	}
	return list
}

func usd(cents int64) money.Amount { return money.New(cents, "USD") }
