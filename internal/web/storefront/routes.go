package storefront

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/go-chi/httprate"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/seal"
	"doorstep/internal/web/ui"
)

//go:embed assets
var own embed.FS

// Options are what a storefront rests on.
type Options struct {
	DB      *db.DB
	Seal    *seal.Box
	Outside *outside.Outside
	// Store says whose shop a request is for.
	Store func(*http.Request) (id.Store, error)
	Log   *slog.Logger // nil: nothing is logged
	Clock clock.Clock  // nil: the machine's
	// Gallery shows every component at /dev/gallery: not in production.
	Gallery bool
	// ClientIP says who calls, for counting tries to sign in; the peer's address when nil.
	ClientIP func(*http.Request) string
	// Stopping is closed when the process is about to end: live pages let go, so that nobody
	// waits for them. Nil: never.
	Stopping <-chan struct{}
	// Look is how often a live page looks for news; a second when 0.
	Look time.Duration
}

// shop is the storefront of a process.
type shop struct {
	Options
	assets *ui.Assets
	found  sync.Map // id.Store to *index, for searching
	sieves sync.Map // shelfKey to *sieve
	themes sync.Map // "#rrggbb" to ui.Theme

	stocks  *stocks   // of the products that somebody looks at
	readers *ui.Seats // of orders' pages that are live

	guesses *httprate.RateLimiter // of orders' links, by address
	pages   []string              // routes of what is asked for by GET
}

// Storefront is the customers' door. It is safe for parallel use.
type Storefront struct {
	handler http.Handler
	pages   []string
}

// ServeHTTP answers everything below the root of a host.
func (s *Storefront) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// Pages are the routes of everything that is asked for by GET, "/orders/{order}", in the order
// of the table.
func (s *Storefront) Pages() []string { return s.pages }

// New is the storefront. It is mounted at the root of a host.
func New(o Options) (*Storefront, error) {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Look == 0 {
		o.Look = time.Second
	}
	if o.DB == nil || o.Seal == nil || o.Outside == nil || o.Store == nil {
		return nil, errors.New("storefront: it needs a database, a key, the door to the outside and a store")
	}
	files, err := fs.Sub(own, "assets")
	if err != nil {
		return nil, err
	}
	assets, err := ui.NewAssets(files)
	if err != nil {
		return nil, fmt.Errorf("storefront: %w", err)
	}
	s := &shop{Options: o, assets: assets, stocks: newStocks(o.DB, o.Look, o.Stopping), readers: ui.NewSeats(readersMost, readersOfOneMost),
		guesses: httprate.NewRateLimiter(guessesMost, guessesEvery)}
	guard := ui.Guard{Log: o.Log, Crash: s.crashed}
	handler := guard.Wrap(s.routes())
	return &Storefront{handler: handler, pages: s.pages}, nil
}

// routes is the table of contents.
func (s *shop) routes() http.Handler {
	mux := http.NewServeMux()
	page := func(pattern string, h handler) {
		mux.Handle(pattern, s.page(h))
		if path, asked := strings.CutPrefix(pattern, "GET "); asked {
			s.pages = append(s.pages, path)
		}
	}

	// Looking around.
	page("GET /{$}", s.home)
	page("GET /collections", s.collections)
	page("GET /collections/{handle}", s.collection)
	page("GET /search", s.search)
	page("GET /products/{handle}", s.product)
	page("GET /products/{handle}/live", s.stockNews)
	page("GET /policies/{name}", s.policy)
	page("POST /preferences", s.preferences)

	// Buying.
	page("GET /cart", s.cart)
	page("GET /cart/drawer", s.drawer)
	page("POST /cart/add", s.addToCart)
	page("POST /cart/lines", s.setLine)
	page("POST /cart/code", s.enterDiscount)
	page("GET /checkout", s.checkout)
	page("POST /checkout", s.submitCheckout)
	page("GET /checkout/return", s.payReturn)

	// Waiting for it.
	page("GET /orders/{order}", s.order)
	page("GET /orders/{order}/live", s.live)
	page("POST /orders/{order}/pay", s.payAgain)
	page("GET /orders/{order}/cancel", s.cancelPage)
	page("POST /orders/{order}/cancel", s.cancelOrder)
	page("GET /orders/{order}/choice", s.choicePage)
	page("POST /orders/{order}/choice", s.choose)

	// Something is wrong with it.
	page("GET /orders/{order}/claims/new", s.newClaim)
	mux.Handle("POST /orders/{order}/claims", s.pageUpTo(maxClaimForm, s.openClaim))
	page("GET /orders/{order}/exchange", s.exchange)
	page("GET /orders/{order}/claims/{claim}", s.claim)
	page("POST /orders/{order}/claims/{claim}/pay", s.payExchange)
	page("GET /orders/{order}/claims/{claim}/paid", s.exchangePaid)
	page("GET /orders/{order}/claims/{claim}/photos/{photo}", s.claimPhoto)
	page("GET /orders/{order}/claims/{claim}/slip", s.returnSlip)
	mux.Handle("POST /orders/{order}/claims/{claim}/{what}", s.pageUpTo(maxClaimForm, s.actOnClaim))

	// What they think of it.
	page("GET /orders/{order}/review", s.reviewPage)
	mux.Handle("POST /orders/{order}/review", s.pageUpTo(maxClaimForm, s.giveReview))
	page("GET /orders/{order}/reviews/{review}/photos/{photo}", s.ownReviewPhoto)
	page("GET /reviews/{review}/photos/{photo}", s.reviewPhoto)
	page("GET /unsubscribe/{customer}", s.unsubscribe)
	page("POST /unsubscribe/{customer}", s.endMails)
	// Somebody has a question.
	page("GET /orders/{order}/messages", s.talk)
	mux.Handle("POST /orders/{order}/messages", s.pageUpTo(maxClaimForm, s.write))
	page("GET /orders/{order}/messages/{message}/photos/{photo}", s.talkPhoto)
	page("GET /contact", s.contactPage)
	page("POST /contact", s.contactUs)

	// A customer's own.
	page("GET /account", s.account)
	page("GET /account/sign-in", s.signIn)
	page("POST /account/sign-in", s.askCode)
	page("GET /account/code", s.code)
	page("POST /account/code", s.enterCode)
	page("POST /account/sign-out", s.signOut)
	page("POST /account/wishes", s.setWishes)
	page("GET /account/addresses/{address}", s.address)
	page("POST /account/addresses/{address}", s.saveAddress)

	// For machines.
	page("GET /sitemap.xml", s.sitemap)
	page("GET /robots.txt", s.robots)
	page("GET /feeds/google.xml", s.merchantFeed)
	page("GET /favicon.ico", s.favicon)
	mux.Handle("GET "+ui.AssetPrefix, s.assets)
	mux.HandleFunc("GET "+catalog.PicturePrefix+"{picture}", s.uploadedPicture)
	if s.Gallery {
		page("GET /dev/gallery", s.gallery)
	}
	page("/", func(*visit) error { return errMissing })
	return mux
}
