package api

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"github.com/go-chi/httprate"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// Prefix is where the API lives. Mount Handler at Prefix + "/".
const Prefix = "/api/v1"

// Options of New. DB, Seal and Outside are needed.
type Options struct {
	DB      *db.DB
	Seal    *seal.Box
	Outside *outside.Outside
	Log     *slog.Logger // slog.Default() when nil

	// Store says whose shop a public request is for; the first store when nil.
	Store func(r *http.Request) (id.Store, error)
	// ClientIP says who calls, for the limit; the peer's address when nil. Behind a proxy it
	// must read the header that the proxy sets.
	ClientIP func(r *http.Request) string
	// PerAddress and PerKey are how many requests a minute an address and an API key have;
	// 1200 and 3000 when 0, no limit when negative.
	PerAddress, PerKey int
}

// API is the door for programs. It is safe for parallel use.
type API struct {
	db         *db.DB
	box        *seal.Box
	outside    *outside.Outside
	log        *slog.Logger
	store      func(r *http.Request) (id.Store, error)
	clientIP   func(r *http.Request) string
	perAddress *httprate.RateLimiter // nil: no limit
	perKey     *httprate.RateLimiter
	mux        *http.ServeMux
	table      map[string]route // by pattern
	document   []byte
}

// New makes the API; it fails only when the code's own description of itself does.
func New(o Options) (*API, error) {
	a := &API{db: o.DB, box: o.Seal, outside: o.Outside, log: o.Log, store: o.Store, clientIP: o.ClientIP, mux: http.NewServeMux(),
		table: map[string]route{}}
	if a.log == nil {
		a.log = slog.Default()
	}
	if a.store == nil {
		a.store = a.firstStore
	}
	if a.clientIP == nil {
		a.clientIP = peer
	}
	a.perAddress, a.perKey = limiter(o.PerAddress, 1200), limiter(o.PerKey, 3000)
	if err := a.build(); err != nil {
		return nil, fmt.Errorf("api: %w", err)
	}
	return a, nil
}

// limiter allows so many requests a minute.
func limiter(perMinute, standard int) *httprate.RateLimiter {
	switch {
	case perMinute < 0:
		return nil
	case perMinute == 0:
		perMinute = standard
	}
	return httprate.NewRateLimiter(perMinute, time.Minute, httprate.WithLimitHandler(func(w http.ResponseWriter, r *http.Request) {
		fail(w, r, problem(http.StatusTooManyRequests, "too_many_requests", "Too many requests; please wait as long as Retry-After says."))
	}))
}

// Handler answers everything below Prefix.
func (a *API) Handler() http.Handler { return http.HandlerFunc(a.serve) }

// build registers every route of the table and nothing else.
func (a *API) build() error {
	routes := a.routes()
	for _, r := range routes {
		if _, twice := a.table[r.pattern()]; twice {
			return fmt.Errorf("route %s stands twice", r.pattern())
		}
		a.table[r.pattern()] = r
	}
	h := humago.New(gate{a}, config())
	for _, r := range routes {
		r.register(h)
	}
	delete(h.OpenAPI().Components.Schemas.Map(), "ErrorModel") // huma's; ours is Problem
	document, err := json.Marshal(h.OpenAPI())
	if err != nil {
		return err
	}
	var pretty bytes.Buffer
	if err := json.Indent(&pretty, document, "", "  "); err != nil {
		return err
	}
	a.document = append(pretty.Bytes(), '\n')
	a.mux.HandleFunc("GET "+Prefix+"/openapi.json", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/openapi+json")
		w.Header().Set("Cache-Control", "public, max-age=300")
		_, _ = w.Write(a.document)
	})
	a.mux.HandleFunc(Prefix+"/", a.nowhere)
	return nil
}

// Document is the OpenAPI description, as api/openapi.json has it.
func Document() ([]byte, error) {
	a, err := New(Options{})
	if err != nil {
		return nil, err
	}
	return a.document, nil
}

// nowhere answers what no route answers: 405 where another method would do, else 404.
func (a *API) nowhere(w http.ResponseWriter, r *http.Request) {
	var allowed []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		other := r.Clone(r.Context())
		other.Method = method
		if _, pattern := a.mux.Handler(other); pattern != Prefix+"/" {
			allowed = append(allowed, method)
		}
	}
	if len(allowed) == 0 || slices.Contains(allowed, r.Method) {
		fail(w, r, problem(http.StatusNotFound, "not_found", "Nothing is at this address."))
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	fail(w, r, problem(http.StatusMethodNotAllowed, "method_not_allowed", "This address takes %s.", strings.Join(allowed, ", ")))
}

func (a *API) firstStore(r *http.Request) (s id.Store, err error) {
	err = a.db.View(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		first, err := store.First(ctx, tx)
		s = first.StoreID
		return err
	})
	return s, err
}

// peer is the address that the connection comes from; of IPv6 the network, because one
// customer has billions of addresses in it.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return httprate.CanonicalizeIP(host)
}

// config is huma with our errors and types, and without its own pages.
func config() huma.Config {
	c := huma.DefaultConfig("Doorstep", "1")
	c.OpenAPIPath, c.DocsPath, c.SchemasPath, c.CreateHooks = "", "", "", nil
	c.Info.Description = "The store API: products, carts, checkout and orders for shoppers' programs; orders, purchases and " +
		"what needs a person for the merchant's. Amounts are decimal strings with a currency, times RFC 3339."
	c.Transformers = []huma.Transformer{translate}
	c.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	c.Components.SecuritySchemes = securitySchemes()
	aliases(c.Components.Schemas)
	return c
}
