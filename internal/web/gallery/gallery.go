package gallery

import (
	"bytes"
	"context"
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

//go:embed assets
var own embed.FS

// Options are what a gallery rests on; all are needed.
type Options struct {
	DB    *db.DB
	Seal  *seal.Box
	Store func(*http.Request) (id.Store, error)
	// Storefront and Dashboard are the routes of their pages, "/orders/{order}".
	Storefront, Dashboard []string
	// Chapters are the values of parameters that name no thing of a shop, by their routes:
	// "/admin/settings/{section}" to the sections.
	Chapters map[string][]string
	// Mails are the kinds of mails.
	Mails []string
}

// Gallery shows the pages of a shop. It asks nobody who they are: Mount puts a door before it.
type Gallery struct {
	Options
	assets *ui.Assets
}

// New makes a gallery. It fails where a route has a parameter and nobody has said what to show
// for it, nor why there is nothing to.
func New(o Options) (*Gallery, error) {
	files, err := fs.Sub(own, "assets")
	if err != nil {
		return nil, fmt.Errorf("gallery: %w", err)
	}
	assets, err := ui.NewAssets(files)
	if err != nil {
		return nil, fmt.Errorf("gallery: %w", err)
	}
	g := &Gallery{Options: o, assets: assets}
	if unknown, gone := g.strange(); len(unknown)+len(gone) > 0 {
		return nil, fmt.Errorf("gallery: say in several, names or standApart what to show of %v, and no longer of %v", unknown, gone)
	}
	return g, nil
}

// Mount puts the gallery on a mux, behind a door that asks who somebody is, and its files beside
// those of the other doors: names hold a hash of the content, so they never collide.
func (g *Gallery) Mount(mux *http.ServeMux, door func(http.Handler) http.Handler) {
	pages := door(g)
	mux.Handle("GET "+ui.GalleryPages, pages)
	mux.Handle("GET "+ListPath, pages)
	for _, name := range g.assets.Names() {
		mux.Handle("GET "+g.assets.URL(name), g.assets)
	}
}

// ListPath is where programs read what there is to show: {"pages":[{"door":"dashboard",
// "name":"orders-order-delivered","route":"/admin/orders/{order}","state":"delivered","path":"/admin/orders/or_1"}]}.
const ListPath = ui.GalleryPages + "/list.json"

// ServeHTTP shows the pages of a door, or the mails; at ListPath, the list of all pages.
func (g *Gallery) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if err := g.serve(w, r); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
	}
}

func (g *Gallery) serve(w http.ResponseWriter, r *http.Request) error {
	name, err := g.Store(r)
	if err != nil {
		return err
	}
	var set store.Settings
	var pages []Page
	err = g.DB.View(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if set, err = store.LoadSettings(ctx, tx, name); err != nil {
			return err
		}
		pages, err = g.Pages(ctx, tx, name)
		return err
	})
	if err != nil {
		return err
	}
	if r.URL.Path == ListPath {
		w.Header().Set("Content-Type", "application/json")
		return json.NewEncoder(w).Encode(map[string][]Page{"pages": pages})
	}
	theme := ui.NewTheme(set.Brand.Colour)
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", ui.Policy(false, theme.Hash)+"; frame-src 'self'")
	room := g.room(r, pages)
	page := ui.Page{Assets: g.assets, Theme: theme, Mode: room.Mode, Locale: "en", Title: "Every page · " + set.Brand.Name, Robots: "noindex", Scripts: []string{"dress.js"}}
	var out bytes.Buffer // whole or not at all
	if err := roomView(page, room).Render(r.Context(), &out); err != nil {
		return err
	}
	_, _ = w.Write(out.Bytes()) // the browser may be gone
	return nil
}

// room is what is shown at once, and in which light.
type room struct {
	Side  string // "storefront", "dashboard" or "mails"
	Mode  string // "light", "dark"; "auto" as the machine has it
	Turn  string // "rtl" from the right; empty: as each page is
	Lang  string // of mails
	Langs []string
	Pages []Page // of the side
	Apart []apart
	Mails []string
	Count map[string]int // pages by side
}

func (g *Gallery) room(r *http.Request, pages []Page) room {
	q := r.URL.Query()
	at := room{Side: oneOf(q.Get("side"), Storefront, Dashboard, mails), Mode: oneOf(q.Get("mode"), "auto", "light", "dark"),
		Turn: oneOf(q.Get("turn"), "", "rtl"), Langs: mail.TextLanguages(), Mails: g.Mails}
	at.Lang = oneOf(q.Get("lang"), at.Langs...)
	at.Count = map[string]int{mails: len(g.Mails)}
	for _, p := range pages {
		at.Count[p.Door]++
		if p.Door == at.Side {
			at.Pages = append(at.Pages, p)
		}
	}
	for _, a := range standApart() {
		if strings.HasPrefix(a.Route, dashboardPrefix+"/") == (at.Side == Dashboard) {
			at.Apart = append(at.Apart, a)
		}
	}
	return at
}

// with is the address of the room with one thing changed.
func (r room) with(name, value string) string {
	at := map[string]string{"side": r.Side, "mode": r.Mode, "turn": r.Turn, "lang": r.Lang}
	at[name] = value
	return fmt.Sprintf("%s?side=%s&mode=%s&turn=%s&lang=%s", ui.GalleryPages, at["side"], at["mode"], at["turn"], at["lang"])
}

// oneOf is the value if it is known, else the first that is.
func oneOf(value string, known ...string) string {
	if slices.Contains(known, value) {
		return value
	}
	return known[0]
}

// anchor is where a page stands in the gallery.
func anchor(route, state string) string { return "p-" + nameOf(route, state) }

// mailAt is where a mail is drawn with made-up figures.
func mailAt(r room, kind string) string {
	mode := r.Mode
	if mode != "dark" {
		mode = ""
	}
	return dashboardPrefix + "/mails/" + kind + "/draw?order=sample&lang=" + r.Lang + "&mode=" + mode
}

// framed is the address of a page in a frame; mails are drawn for a width.
func framed(path string, mail bool, width string) string {
	if !mail {
		return path
	}
	return path + "&width=" + width
}
