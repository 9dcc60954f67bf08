package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"strings"

	"doorstep/internal/account"
	"doorstep/internal/cart"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/metrics"
	"doorstep/internal/report"
	"doorstep/internal/web/api/answer"
)

// maxBody is the largest body that is read where a row says nothing else: addresses and lines
// are small.
const maxBody = 64 << 10

// call is what is known of a request before its handler runs.
type call struct {
	id     string // of the request, in the log and in every problem
	route  string // its pattern
	store  id.Store
	cart   id.Cart           // of the token, where the route wants one
	who    account.Principal // of the key, where the route wants one
	ticket *answer.Ticket    // where the request has an Idempotency-Key
}

// actor is how events name whoever calls.
func (c *call) actor() flow.Actor {
	if c.who.Role == "" {
		return "customer"
	}
	return flow.Actor(c.who.Actor())
}

type callKey struct{}

// callOf is the call of a request; never nil.
func callOf(ctx context.Context) *call {
	if c, ok := ctx.Value(callKey{}).(*call); ok {
		return c
	}
	return &call{}
}

// gate is the mux as huma sees it: whatever is registered stands behind its row of the
// table, and what has no row is not served.
type gate struct{ a *API }

// HandleFunc registers a handler behind the gate.
func (g gate) HandleFunc(pattern string, h func(http.ResponseWriter, *http.Request)) {
	row, ok := g.a.table[pattern]
	if !ok {
		panic("api: " + pattern + " is in no table") // at start, when the code is wrong
	}
	g.a.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) { g.a.enter(w, r, row, h) })
}

// ServeHTTP is there for huma.
func (g gate) ServeHTTP(w http.ResponseWriter, r *http.Request) { g.a.serve(w, r) }

// serve gives every request its id, its headers and its place in the limits, and catches
// what panics.
func (a *API) serve(w http.ResponseWriter, r *http.Request) {
	of := &call{id: "rq_" + id.Token()[:20], route: r.Method + " " + r.URL.Path}
	r = r.WithContext(context.WithValue(r.Context(), callKey{}, of))
	h := w.Header()
	h.Set("X-Request-Id", of.id)
	h.Set("Cache-Control", "no-store")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if r.TLS != nil {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	defer func() {
		if caught := recover(); caught != nil && caught != http.ErrAbortHandler { //nolint:errorlint // the value itself is the signal
			a.log.ErrorContext(r.Context(), "request panicked", "request", of.id, "route", of.route, "panic", caught)
			fail(w, r, problem(http.StatusInternalServerError, "internal", "Something went wrong here. It was noted."))
		}
	}()
	defer func() { metrics.Routed(r.Context(), r.Pattern) }()
	if a.perAddress != nil && a.perAddress.RespondOnLimit(w, r, a.clientIP(r)) {
		return
	}
	a.mux.ServeHTTP(w, r)
}

// enter lets a request through to its handler if its row of the table does.
func (a *API) enter(w http.ResponseWriter, r *http.Request, row route, h http.HandlerFunc) {
	of := callOf(r.Context())
	of.route = row.pattern()
	if err := a.authorise(r, row, of); err != nil {
		fail(w, r, a.problemOf(r.Context(), err))
		return
	}
	if of.who.Key != "" && a.perKey != nil && a.perKey.RespondOnLimit(w, r, string(of.who.Key)) {
		return
	}
	r.Body = http.MaxBytesReader(w, r.Body, row.limit())
	if row.method == http.MethodPost {
		a.once(w, r, row, h)
		return
	}
	h(w, r)
}

// authorise finds out who asks, and refuses those who may not.
func (a *API) authorise(r *http.Request, row route, of *call) (err error) {
	token := bearer(r)
	if row.access.staff() {
		return a.authoriseKey(r.Context(), token, account.Role(row.access), of)
	}
	if of.store, err = a.store(r); err != nil {
		return err
	}
	switch row.access {
	case shopper:
		return a.authoriseCart(r, token, of)
	case customer:
		token = cmp.Or(r.URL.Query().Get("token"), token)
		if token == "" {
			return problem(http.StatusUnauthorized, "token_missing", "The order's token is needed, as Bearer or in the query.")
		}
		// Here, before a kept answer is given again; it is the same whether or not the order is there.
		if !flow.OrderTokenOpens(a.box, token, of.store, id.Order(r.PathValue("id"))) {
			return problem(http.StatusUnauthorized, "token_unknown", "This token does not open this order.")
		}
	}
	return nil
}

func (a *API) authoriseKey(ctx context.Context, secret string, need account.Role, of *call) error {
	if secret == "" {
		return problem(http.StatusUnauthorized, "key_missing", "An API key is needed, as Bearer.")
	}
	err := a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		of.who, err = account.Authenticate(ctx, tx, secret)
		return err
	})
	if errors.Is(err, account.ErrKey) {
		return problem(http.StatusUnauthorized, "key_unknown", "This API key is unknown or revoked.")
	}
	if err != nil {
		return err
	}
	of.store = of.who.Store
	if !of.who.Role.Covers(need) {
		return problem(http.StatusForbidden, "forbidden", "This needs the role %s; the key %q has the role %s.", need, of.who.Name, of.who.Role)
	}
	return nil
}

func (a *API) authoriseCart(r *http.Request, token string, of *call) error {
	if header := r.Header.Get("X-Cart-Token"); header != "" {
		token = header
	}
	if !strings.HasPrefix(token, cart.TokenPrefix) {
		return problem(http.StatusUnauthorized, "token_missing", "The cart's token is needed, as Bearer or in X-Cart-Token.")
	}
	err := a.db.View(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		c, err := cart.ByToken(ctx, tx, of.store, token)
		of.cart = c.CartID
		return err
	})
	if errors.Is(err, report.ErrNone) {
		return problem(http.StatusUnauthorized, "token_unknown", "No cart has this token.")
	}
	return err
}

// bearer is the token of the Authorization header, "" when there is none.
func bearer(r *http.Request) string {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(token)
}
