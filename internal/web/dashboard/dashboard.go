package dashboard

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"net/http"
	"slices"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// Prefix is where the dashboard lives: mount it at Prefix and at Prefix + "/".
const Prefix = "/admin"

//go:embed assets
var own embed.FS

// Options of New. DB and Outside are needed.
type Options struct {
	DB      *db.DB
	Outside *outside.Outside
	Log     *slog.Logger // slog.Default() when nil

	// Store says whose dashboard a request is for; the first store when nil.
	Store func(r *http.Request) (id.Store, error)
	// ClientIP says who calls, for counting tries to sign in; the peer's address when nil.
	ClientIP func(r *http.Request) string
	// Stopping is closed when the process is about to end: live pages let go, so that nobody
	// waits for them. nil: never.
	Stopping <-chan struct{}
}

// Dashboard is the merchant's door. It is safe for parallel use.
type Dashboard struct {
	db       *db.DB
	outside  *outside.Outside
	log      *slog.Logger
	store    func(r *http.Request) (id.Store, error)
	clientIP func(r *http.Request) string
	password *account.Gate
	assets   *ui.Assets
	imports  importDesk
	live     *hub
	handler  http.Handler
}

// New makes the dashboard.
func New(o Options) (*Dashboard, error) {
	d := &Dashboard{db: o.DB, outside: o.Outside, log: o.Log, store: o.Store, clientIP: o.ClientIP, live: newHub(o.DB, o.Stopping)}
	if d.log == nil {
		d.log = slog.Default()
	}
	if d.store == nil {
		d.store = d.firstStore
	}
	if d.clientIP == nil {
		d.clientIP = peer
	}
	files, err := fs.Sub(own, "assets")
	if err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	if d.assets, err = ui.NewAssets(files); err != nil {
		return nil, fmt.Errorf("dashboard: %w", err)
	}
	d.password = account.NewGate()
	mux := http.NewServeMux()
	for _, r := range d.routes() {
		mux.Handle(r.pattern(), d.gate(r))
	}
	mux.Handle("GET "+ui.AssetPrefix, d.assets)
	mux.Handle(Prefix+"/", d.gate(route{need: account.Reader, page: d.nowhere}))
	mux.Handle("GET "+Prefix+"/{$}", http.RedirectHandler(Prefix, http.StatusSeeOther))
	d.handler = ui.Guard{Log: d.log, Crash: d.crashed}.Wrap(mux)
	return d, nil
}

// ServeHTTP answers everything below Prefix.
func (d *Dashboard) ServeHTTP(w http.ResponseWriter, r *http.Request) { d.handler.ServeHTTP(w, r) }

// Owns says whether a path is that of one of the dashboard's own files. Other doors keep
// theirs below the same prefix; names hold a hash of the content, so they never collide.
func (d *Dashboard) Owns(path string) bool {
	return slices.ContainsFunc(d.assets.Names(), func(name string) bool { return d.assets.URL(name) == path })
}

func (d *Dashboard) firstStore(r *http.Request) (s id.Store, err error) {
	err = d.db.View(r.Context(), func(ctx context.Context, tx *db.Tx) error {
		first, err := store.First(ctx, tx)
		s = first.StoreID
		return err
	})
	return s, err
}

// peer is the address that the connection comes from.
func peer(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	return host
}
