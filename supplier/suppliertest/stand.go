package suppliertest

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/supplier"
)

// stand is one law's own emulator, connector and clock.
type stand struct {
	Rig
	t      *testing.T
	bench  Bench
	clock  *Clock
	wire   *wire
	base   string
	vault  *Vault
	log    *safeBuffer
	conn   supplier.Connector
	values connector.Values

	mu     sync.Mutex
	errors []string
}

// set up a law's stand; when the law ends, everything said is searched for secrets.
func newStand(t *testing.T, b Bench) *stand {
	t.Helper()
	s := &stand{t: t, bench: b, clock: NewClock(), vault: &Vault{}, log: &safeBuffer{}}
	world := emulator.NewWorld(s.clock.Now, emulator.Real())
	s.Rig = b.Start(t, world)
	s.wire = newWire(s.Handler)
	server := httptest.NewServer(s.wire)
	t.Cleanup(func() {
		s.Knobs.Delay(0)
		server.CloseClientConnections()
		server.Close()
	})
	s.base = server.URL
	s.values = s.Settings(s.base)
	s.conn = s.open(s.values, 10*time.Second)
	t.Cleanup(s.keptSecrets)
	return s
}

// open makes a connector as another node of the same deployment would have it.
func (s *stand) open(given connector.Values, patience time.Duration) supplier.Connector {
	s.t.Helper()
	values, err := connector.Check(s.bench.Driver.Settings, given)
	if err != nil {
		s.t.Fatalf("settings: %v", err)
	}
	c, err := s.bench.Driver.Open(values, connector.Env{
		Name:  "under-test",
		HTTP:  &http.Client{Timeout: patience, Transport: &http.Transport{MaxIdleConnsPerHost: 32}},
		Log:   slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		Now:   s.clock.Now,
		Vault: s.vault,
		Brand: connector.Brand{Name: "Doorstep Test", Email: "shop@example.com"},
	})
	if err != nil {
		s.t.Fatalf("open: %v", err)
	}
	return c
}

// outcome notes the error for the search of secrets and classifies it.
func (s *stand) outcome(err error) connector.Outcome {
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		text := fmt.Sprintf("%v | %+v", err, err)
		var rejected *connector.Rejected
		if errors.As(err, &rejected) {
			text += string(rejected.Raw)
		}
		s.errors = append(s.errors, text)
	}
	return connector.OutcomeOf(err)
}

// want fails unless the outcome is one of those.
func (s *stand) want(what string, err error, any ...connector.Outcome) {
	s.t.Helper()
	got := s.outcome(err)
	for _, o := range any {
		if got == o {
			return
		}
	}
	s.t.Errorf("%s: outcome %s (%v), want %v", what, got, err, any)
}

// keptSecrets searches all errors, log lines and addresses.
func (s *stand) keptSecrets() {
	s.wire.settle()
	said := strings.Join(s.errors, "\n") + "\n" + s.log.String()
	urls := strings.Join(s.wire.calls(), "\n")
	var secrets []string
	for _, setting := range s.bench.Driver.Settings {
		if setting.Secret {
			secrets = append(secrets, s.values[setting.Key])
		}
	}
	if s.Secrets != nil {
		secrets = append(secrets, s.Secrets()...)
	}
	for i, secret := range secrets {
		if secret == "" {
			continue
		}
		if strings.Contains(said, secret) {
			s.t.Errorf("secret %d of %d is in an error or in the log", i+1, len(secrets))
		}
		if !s.InURL && strings.Contains(urls, secret) {
			s.t.Errorf("secret %d of %d is in an address", i+1, len(secrets))
		}
	}
}

// order is an order for some units of each of the goods given by number.
func (s *stand) order(key string, units ...int64) supplier.Order {
	o := supplier.Order{
		Key: key, Number: "PO-" + key, Email: "buyer@example.com", Note: "Handle with care",
		Address:  s.addresses()[0],
		Currency: s.Goods[0].Cost.Currency,
	}
	for i, n := range units {
		g := s.Goods[i%len(s.Goods)]
		o.Lines = append(o.Lines, supplier.Line{
			ID: fmt.Sprintf("line-%d", i+1), SKU: g.SKU, Title: g.Title, Quantity: n, UnitCost: g.Cost,
		})
	}
	return o
}

// submit places an order that must be taken.
func (s *stand) submit(o supplier.Order) supplier.Status {
	s.t.Helper()
	status, err := s.conn.Submit(s.t.Context(), o)
	s.outcome(err)
	if err != nil {
		s.t.Fatalf("submit %s: %v", o.Key, err)
	}
	if status.Ref.Ref == "" && len(status.Parts) == 0 {
		s.t.Fatalf("submit %s: no reference", o.Key)
	}
	return status
}

// booked is what the supplier wrote down under a key.
func (s *stand) booked(key string) []Book {
	s.wire.settle()
	var out []Book
	for _, b := range s.Books() {
		if b.Key == key {
			out = append(out, b)
		}
	}
	return out
}

func (s *stand) wantBooked(key string, n int) {
	s.t.Helper()
	if got := s.booked(key); len(got) != n {
		s.t.Errorf("the supplier's books have %d orders of key %s, want %d", len(got), key, n)
	}
}

// settled lets as much time pass as a new order may stay invisible.
func (s *stand) settled() {
	s.wire.settle()
	if f, ok := s.conn.(supplier.Finder); ok {
		s.clock.Add(f.Settles() + time.Second)
	}
}

func (s *stand) report(refs ...supplier.Ref) []supplier.Status {
	s.t.Helper()
	list, err := s.conn.Report(s.t.Context(), refs)
	s.outcome(err)
	if err != nil {
		s.t.Fatalf("report: %v", err)
	}
	return list
}

// within runs fn and fails if it does not come back soon.
func (s *stand) within(limit time.Duration, what string, fn func()) {
	s.t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); fn() }()
	select {
	case <-done:
	case <-time.After(limit):
		s.t.Fatalf("%s: still busy after %s", what, limit)
	}
}

// safeBuffer is a log that goroutines may share.
type safeBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *safeBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *safeBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

func isForged(err error) bool { return errors.Is(err, connector.ErrForged) }
