package doorstep

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/sample"
	"doorstep/internal/web/api"
	"doorstep/internal/web/dashboard"
	"doorstep/internal/web/gallery"
	"doorstep/internal/web/storefront"
	"doorstep/internal/web/ui"
)

// routes is what is where.
func (p *Program) routes(c Config) (http.Handler, error) {
	requests := c.API
	requests.DB, requests.Seal, requests.Outside, requests.Log = p.DB, p.Seal, p.Outside, p.Log
	requests.Store = func(*http.Request) (id.Store, error) { return p.Store.StoreID, nil }
	v1, err := api.New(requests)
	if err != nil {
		return nil, err
	}
	shop, err := storefront.New(storefront.Options{DB: p.DB, Seal: p.Seal, Outside: p.Outside, Log: p.Log, Clock: c.Clock, Store: requests.Store,
		Gallery: c.Gallery, Stopping: p.stopping, ClientIP: c.API.ClientIP})
	if err != nil {
		return nil, err
	}
	desk, err := dashboard.New(dashboard.Options{DB: p.DB, Outside: p.Outside, Log: p.Log, Store: requests.Store, ClientIP: c.API.ClientIP,
		Stopping: p.stopping})
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", v1.Handler())
	mux.Handle("/webhooks/", p.Outside.Webhooks())
	mux.Handle("/evidence/", p.Outside.Evidence())
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", p.ready)
	mux.Handle("GET /metrics", p.metrics.Handler(c.MetricsToken))
	rasters := &sample.Rasters{}
	mux.HandleFunc("GET /sample/{handle}/{picture}", picture(rasters))
	mux.HandleFunc("GET /sample/logo.svg", func(w http.ResponseWriter, _ *http.Request) { drawing(w, "image/svg+xml", sample.Logo()) })
	mux.HandleFunc("GET /sample/logo.png", func(w http.ResponseWriter, _ *http.Request) {
		if logo, err := rasters.Logo(); err == nil {
			drawing(w, "image/png", logo)
		}
	})
	mux.Handle(dashboard.Prefix, desk)
	mux.Handle(dashboard.Prefix+"/", desk)
	mux.Handle("/", shop)
	mux.HandleFunc("GET "+ui.AssetPrefix, func(w http.ResponseWriter, r *http.Request) {
		if desk.Owns(r.URL.Path) {
			desk.ServeHTTP(w, r)
			return
		}
		shop.ServeHTTP(w, r)
	})
	if c.Gallery {
		if err := p.showGallery(mux, requests.Store, shop, desk); err != nil {
			return nil, err
		}
		return p.metrics.Count(gallery.Framable(mux)), nil
	}
	return p.metrics.Count(mux), nil
}

// showGallery puts the gallery of all pages on a mux, for owners.
func (p *Program) showGallery(mux *http.ServeMux, whose func(*http.Request) (id.Store, error), shop *storefront.Storefront, desk *dashboard.Dashboard) error {
	g, err := gallery.New(gallery.Options{DB: p.DB, Seal: p.Seal, Store: whose, Storefront: shop.Pages(), Dashboard: desk.Pages(),
		Chapters: desk.Chapters(), Mails: desk.MailKinds()})
	if err != nil {
		return err
	}
	g.Mount(mux, func(page http.Handler) http.Handler { return desk.Only(account.Owner, page) })
	return nil
}

// healthy says that the process answers.
func healthy(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// ready says whether the database answers too, and warns where its schema is newer than the
// program.
func (p *Program) ready(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), 3*time.Second)
	defer cancel()
	err := p.DB.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := job.Count(ctx, tx)
		return err
	})
	if err != nil {
		p.Log.Error("not ready", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	if have, want, err := p.DB.Version(ctx); err == nil && have > want {
		fmt.Fprintf(w, "ready, on a schema of a newer program (%d, this one knows %d): replace this node\n", have, want)
		return
	}
	fmt.Fprintln(w, "ready")
}

// picture draws a picture of the sample shop, as SVG for browsers or as PNG for mail programs.
func picture(rasters *sample.Rasters) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		name, ending, _ := strings.Cut(r.PathValue("picture"), ".")
		n, err := strconv.Atoi(name)
		if err != nil || ending != "svg" && ending != "png" {
			http.NotFound(w, r)
			return
		}
		draw, kind := sample.Picture, "image/svg+xml"
		if ending == "png" {
			draw, kind = rasters.Picture, "image/png"
		}
		drawn, err := draw(r.PathValue("handle"), n)
		if err != nil {
			http.NotFound(w, r)
			return
		}
		drawing(w, kind, drawn)
	}
}

func drawing(w http.ResponseWriter, kind string, drawn []byte) {
	w.Header().Set("Content-Type", kind)
	w.Header().Set("Cache-Control", "public, max-age=31536000") // the shapes are part of the program; loading a page anew asks again
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(drawn) // by our own code, from built-in shapes; a name that is none was refused
}
