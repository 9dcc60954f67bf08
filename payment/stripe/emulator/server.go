package emulator

import (
	"context"
	"encoding/json"
	"net/http"
	"sync"
	"time"

	"doorstep/connector/emulator"
)

// Version is the API version that events carry.
const Version = "2026-07-29.dahlia"

// How long things last, from Stripe's documents.
const (
	sessionLife = 24 * time.Hour     // an open Checkout Session
	holdLife    = 7 * 24 * time.Hour // an authorisation on a card
	keyLife     = 24 * time.Hour     // an idempotency key
	searchLag   = time.Minute        // until the Search API sees an object
)

// Options say how the emulator is reached and who may use it.
type Options struct {
	World         *emulator.World // its clock
	Hooks         *emulator.Hooks // sends the webhooks; nil only records them
	SecretKey     string          // "sk_test_…"
	WebhookSecret string          // "whsec_…"
	WebhookURL    string          // where events go; "" only records them
	PublicURL     string          // of the payment page; "" = the host the request came to
	Merchant      string          // shown on the payment page
}

// Server is the emulated Stripe. It is safe for parallel use.
type Server struct {
	Knobs *emulator.Knobs
	o     Options

	mu       sync.Mutex
	sessions table[*session]
	intents  table[*intent]
	charges  table[*charge]
	refunds  table[*refund]
	disputes table[*dispute]
	moves    table[*move]
	files    table[*file]
	sent     []emulator.Hook
	target   string
	broken   []breakage
	due      time.Time // when the next session or authorisation runs out
	slowBank bool      // refunds stay pending until SettleRefund

	keysMu sync.Mutex
	keys   map[string]*keyed
}

// New is an empty Stripe account.
func New(o Options) *Server {
	if o.Merchant == "" {
		o.Merchant = "Test shop"
	}
	return &Server{Knobs: &emulator.Knobs{}, o: o, target: o.WebhookURL, keys: map[string]*keyed{}}
}

// Deliver sends webhooks to url from now on.
func (s *Server) Deliver(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.target = url
}

// Handler serves the API under /v1/, behind the knobs, and the payment page under /c/pay/.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/v1/", s.Knobs.Wrap(s.api()))
	mux.HandleFunc("GET /c/pay/{id}", s.showPage)
	mux.HandleFunc("POST /c/pay/{id}", s.submitPage)
	return mux
}

func (s *Server) api() http.Handler {
	mux := http.NewServeMux()
	route := func(pattern string, act action) { mux.HandleFunc(pattern, s.serve(act)) }
	route("POST /v1/checkout/sessions", s.createSession)
	route("GET /v1/checkout/sessions", s.listSessions)
	route("GET /v1/checkout/sessions/{id}", s.getSession)
	route("POST /v1/checkout/sessions/{id}/expire", s.expireSession)
	route("POST /v1/payment_intents", s.createIntent)
	route("GET /v1/payment_intents", s.listIntents)
	route("GET /v1/payment_intents/search", s.searchIntents)
	route("GET /v1/payment_intents/{id}", s.getIntent)
	route("POST /v1/payment_intents/{id}/confirm", s.confirmIntent)
	route("POST /v1/payment_intents/{id}/capture", s.captureIntent)
	route("POST /v1/payment_intents/{id}/cancel", s.cancelIntent)
	route("POST /v1/refunds", s.createRefund)
	route("GET /v1/refunds", s.listRefunds)
	route("GET /v1/refunds/{id}", s.getRefund)
	route("GET /v1/charges", s.listCharges)
	route("GET /v1/charges/{id}", s.getCharge)
	route("GET /v1/disputes", s.listDisputes)
	route("GET /v1/disputes/{id}", s.getDispute)
	route("POST /v1/disputes/{id}", s.updateDispute)
	route("POST /v1/disputes/{id}/close", s.closeDispute)
	route("POST /v1/files", s.createFile)
	route("GET /v1/files/{id}", s.getFile)
	route("GET /v1/balance", s.getBalance)
	route("GET /v1/balance_transactions", s.listMoves)
	route("GET /v1/balance_transactions/{id}", s.getMove)
	mux.HandleFunc("/v1/", s.serve(func(c call) (object, *fault) {
		return nil, &fault{status: 404, kind: invalidRequest,
			message: "Unrecognized request URL (" + c.method + ": " + c.path + ")."} //nolint:misspell // the vendor's own words
	}))
	return mux
}

// Tick lets time act: open sessions and authorisations run out. Requests do the same.
func (s *Server) Tick(context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.age()
}

// age ends what has run out by now; each ending emits its events once. s.mu is held.
func (s *Server) age() {
	now := s.o.World.Now()
	if s.due.IsZero() || now.Before(s.due) {
		return // most requests: nothing can have run out yet
	}
	s.due = time.Time{}
	for _, x := range s.sessions.list {
		if x.status != "open" {
			continue
		}
		if !now.Before(x.expires) {
			s.endSession(x)
			continue
		}
		s.expect(x.expires)
	}
	for _, x := range s.intents.list {
		if x.status != "requires_capture" {
			continue
		}
		if !now.Before(x.charge.captureBefore) {
			s.release(x, "automatic")
			continue
		}
		s.expect(x.charge.captureBefore)
	}
}

// expect notes that something runs out at a time.
func (s *Server) expect(at time.Time) {
	if s.due.IsZero() || at.Before(s.due) {
		s.due = at
	}
}

// table keeps objects by name and in the order of their birth.
type table[T interface{ name() string }] struct {
	list []T
	byID map[string]T
}

func (t *table[T]) add(x T) {
	if t.byID == nil {
		t.byID = map[string]T{}
	}
	t.byID[x.name()] = x
	t.list = append(t.list, x)
}

// object is a Stripe object as JSON.
type object = map[string]any

func encode(v any) []byte {
	body, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		panic(err) // only maps of plain values come here
	}
	return body
}
