// Package metrics counts what the program does, for Prometheus: requests by route, calls to
// suppliers and their outcomes, transactions, and what waits in the database. docs/operate.md
// and deploy/ say what to look at.
//
// Nothing here names a person or an order: labels are routes as templates, kinds and the
// merchant's own names of connectors.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"doorstep/internal/trace"
)

// Metrics are the figures of one process. It is safe for parallel use.
type Metrics struct {
	registry     *prometheus.Registry
	requests     *prometheus.CounterVec
	durations    *prometheus.HistogramVec
	inFlight     prometheus.Gauge
	calls        *prometheus.HistogramVec
	transactions *prometheus.HistogramVec
	tracer       *trace.Tracer
}

// waits are the buckets of everything that takes time, in seconds.
func waits() []float64 {
	return []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30}
}

// New has all figures at nought.
func New() *Metrics {
	m := &Metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "doorstep_http_requests_total", Help: "Requests that were answered, by route and status."}, []string{"route", "method", "status"}),
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "doorstep_http_request_seconds", Help: "How long answers took; live pages aside.", Buckets: waits()}, []string{"route", "method"}),
		inFlight: prometheus.NewGauge(prometheus.GaugeOpts{Name: "doorstep_http_requests_in_flight", Help: "Requests that are being answered."}),
		calls: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "doorstep_connector_call_seconds", Help: "How long calls to suppliers, payment and tracking services took, and what came of them.",
			Buckets: waits()}, []string{"kind", "connector", "outcome"}),
		transactions: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "doorstep_db_transaction_seconds", Help: "How long transactions took from asking to commit.", Buckets: waits()}, []string{"mode", "outcome"}),
	}
	m.registry.MustRegister(m.requests, m.durations, m.inFlight, m.calls, m.transactions,
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// Trace lets every request that is counted from now on be the span of a trace, too; nil lets none.
func (m *Metrics) Trace(t *trace.Tracer) { m.tracer = t }

// Register adds a collector, such as Waiting.
func (m *Metrics) Register(c prometheus.Collector) error { return m.registry.Register(c) }

// Call counts a call to a connector: outcome is "done", or how it failed.
func (m *Metrics) Call(kind, connector, outcome string, took time.Duration) {
	m.calls.WithLabelValues(kind, connector, outcome).Observe(took.Seconds())
}

// Transaction counts a transaction that wrote, or only read.
func (m *Metrics) Transaction(wrote bool, took time.Duration, err error) {
	mode, outcome := "read", "done"
	if wrote {
		mode = "write"
	}
	if err != nil {
		outcome = "rolled-back"
	}
	m.transactions.WithLabelValues(mode, outcome).Observe(took.Seconds())
}

type routeKey struct{}

// Routed tells the request's counter by which route it was answered: a pattern, as a mux names
// it. Who hands a copy of the request to a mux of their own says so after it.
func Routed(ctx context.Context, pattern string) {
	if at, ok := ctx.Value(routeKey{}).(*string); ok && pattern != "" {
		*at = pattern
	}
}

// Count counts what a handler answers: how many, how they ended, how long they took.
func (m *Metrics) Count(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		m.inFlight.Inc()
		defer m.inFlight.Dec()
		pattern, began := "", time.Now()
		ctx, span := m.tracer.Request(r)
		r = r.WithContext(context.WithValue(ctx, routeKey{}, &pattern))
		out := &answer{ResponseWriter: w, status: http.StatusOK}
		defer func() {
			if pattern == "" {
				pattern = r.Pattern
			}
			route, method := routeOf(pattern), methodOf(r.Method)
			m.requests.WithLabelValues(route, method, strconv.Itoa(out.status)).Inc()
			span.Answered(method, route, out.status)
			if !strings.HasPrefix(out.Header().Get("Content-Type"), "text/event-stream") {
				m.durations.WithLabelValues(route, method).Observe(time.Since(began).Seconds())
			}
		}()
		next.ServeHTTP(out, r)
	})
}

// routeOf is a pattern without its method; what no route knows is one route.
func routeOf(pattern string) string {
	if _, path, found := strings.Cut(pattern, " "); found {
		pattern = path
	}
	if pattern == "" {
		return "none"
	}
	return pattern
}

// methodOf keeps made-up methods from becoming labels.
func methodOf(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "OTHER"
}

// answer notes the status of an answer.
type answer struct {
	http.ResponseWriter
	status int
	told   bool
}

// WriteHeader notes the first status.
func (a *answer) WriteHeader(status int) {
	if !a.told && status >= http.StatusOK {
		a.status, a.told = status, true
	}
	a.ResponseWriter.WriteHeader(status)
}

// Write is a 200 where no status was told.
func (a *answer) Write(b []byte) (int, error) {
	a.told = true
	return a.ResponseWriter.Write(b)
}

// Flush sends what there is: live pages need it.
func (a *answer) Flush() { _ = http.NewResponseController(a.ResponseWriter).Flush() }

// Unwrap gives http.ResponseController the writer below.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

// Handler shows the figures to who may see them: a token as Bearer, where one is set, else
// programs of the same machine. A request that came by way of a proxy is not of this machine.
func (m *Metrics) Handler(token string) http.Handler {
	show := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !mayLook(r, token) {
			http.NotFound(w, r)
			return
		}
		show.ServeHTTP(w, r)
	})
}
