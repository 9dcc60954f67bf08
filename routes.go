package doorstep

import (
	"context"
	"fmt"
	"html/template"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/sample"
	"doorstep/internal/web/api"
)

// routes is what is where.
func (p *Program) routes(requests api.Options) (http.Handler, error) {
	requests.DB, requests.Seal, requests.Outside, requests.Log = p.DB, p.Seal, p.Outside, p.Log
	requests.Store = func(*http.Request) (id.Store, error) { return p.Store.StoreID, nil }
	v1, err := api.New(requests)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle(api.Prefix+"/", v1.Handler())
	mux.Handle("POST /webhooks/", p.Outside.Webhooks())
	mux.HandleFunc("GET /healthz", healthy)
	mux.HandleFunc("GET /readyz", p.ready)
	mux.HandleFunc("GET /metrics", p.metrics)
	mux.HandleFunc("GET /sample/{handle}/{picture}", picture)
	mux.HandleFunc("GET /{$}", p.home)
	return mux, nil
}

// healthy says that the process answers.
func healthy(w http.ResponseWriter, _ *http.Request) { fmt.Fprintln(w, "ok") }

// ready says whether the database answers too.
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
	fmt.Fprintln(w, "ready")
}

// metrics is the job table in Prometheus' text form.
func (p *Program) metrics(w http.ResponseWriter, r *http.Request) {
	var c job.Counts
	err := p.DB.View(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = job.Count(ctx, tx)
		return err
	})
	if err != nil {
		p.Log.Error("no metrics", "error", err)
		http.Error(w, "the database does not answer", http.StatusServiceUnavailable)
		return
	}
	w.Header().Set("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
	fmt.Fprintln(w, "# HELP doorstep_jobs Jobs that are not done, by what they wait for.\n# TYPE doorstep_jobs gauge")
	for _, m := range []struct {
		state string
		n     int64
	}{{"due", c.Due}, {"waiting", c.Waiting}, {"leased", c.Leased}, {"parked", c.Parked}} {
		fmt.Fprintf(w, "doorstep_jobs{state=%q} %d\n", m.state, m.n)
	}
}

// picture draws a picture of the sample shop.
func picture(w http.ResponseWriter, r *http.Request) {
	n, err := strconv.Atoi(strings.TrimSuffix(r.PathValue("picture"), ".svg"))
	if err != nil {
		http.NotFound(w, r)
		return
	}
	svg, err := sample.Picture(r.PathValue("handle"), n)
	if err != nil {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "image/svg+xml")
	w.Header().Set("Cache-Control", "public, max-age=86400")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	_, _ = w.Write(svg)
}

var homePage = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("home").Parse(`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>{{.}}</title>
<style>:root{color-scheme:light dark}body{font:17px/1.6 system-ui,sans-serif;max-width:40rem;margin:8vh auto;padding:0 1rem}code{font-size:.95em}li{margin:.4rem 0}</style>
</head><body><main><h1>{{.}}</h1>
<p>Doorstep is running. It speaks to programs for now; the shop and the dashboard for browsers are still to come.</p>
<ul>
<li><a href="/api/v1/openapi.json">/api/v1/openapi.json</a>: the description of the API (OpenAPI 3.1)</li>
<li><a href="/api/v1/products">/api/v1/products</a>: what is sold</li>
<li><code>/webhooks/&lt;kind&gt;/&lt;connector name&gt;</code>: where suppliers, payment providers and tracking services report to</li>
<li><a href="/healthz">/healthz</a>, <a href="/readyz">/readyz</a>, <a href="/metrics">/metrics</a>: for whoever watches over it</li>
</ul></main></body></html>
`))
})

// home says what is there.
func (p *Program) home(w http.ResponseWriter, _ *http.Request) {
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	_ = homePage().Execute(w, p.Store.Name)
}
