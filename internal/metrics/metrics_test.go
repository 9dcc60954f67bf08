package metrics_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
	"doorstep/internal/metrics"
)

// read is what a program of this machine sees.
func read(t *testing.T, m *metrics.Metrics) string {
	t.Helper()
	r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
	r.RemoteAddr = "127.0.0.1:4711"
	w := httptest.NewRecorder()
	m.Handler("").ServeHTTP(w, r)
	if w.Code != http.StatusOK {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return w.Body.String()
}

func TestRequestsAreCountedByRoute(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	inner := http.NewServeMux()
	inner.HandleFunc("GET /orders/{order}", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) })
	outer := http.NewServeMux()
	outer.HandleFunc("GET /plain/{x}", func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "ok") })
	outer.HandleFunc("GET /live", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		if err := http.NewResponseController(w).Flush(); err != nil {
			t.Error(err)
		}
	})
	outer.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), ctxKey{}, 1)) // a copy, as guards make
		defer func() { metrics.Routed(r.Context(), r.Pattern) }()
		inner.ServeHTTP(w, r)
	})
	h := m.Count(outer)
	for _, path := range []string{"/plain/1", "/plain/2", "/orders/or_1", "/orders/or_2", "/nowhere/or_3", "/live"} {
		h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, path, nil))
	}
	h.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest("EVIL", "/plain/1", nil))
	text := read(t, m)
	for _, want := range []string{`route="/plain/{x}",status="200"} 2`, `route="/orders/{order}",status="418"} 2`, `method="OTHER"`,
		`doorstep_http_requests_total{method="GET",route="/",status="404"} 1`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is not in %s", want, text)
		}
	}
	if strings.Contains(text, "or_1") || strings.Contains(text, "EVIL") || strings.Contains(text, `request_seconds_count{method="GET",route="/live"`) {
		t.Errorf("labels: %s", text)
	}
}

type ctxKey struct{}

func TestMetricsAreNotForEverybody(t *testing.T) {
	t.Parallel()
	m := metrics.New()
	for name, c := range map[string]struct {
		from, token, given, header string
		want                       int
	}{
		"this machine":            {"127.0.0.1:1", "", "", "", 200},
		"this machine, by IPv6":   {"[::1]:1", "", "", "", 200},
		"another":                 {"192.0.2.1:1", "", "", "", 404},
		"by a proxy":              {"127.0.0.1:1", "", "", "X-Forwarded-For", 404},
		"by a newer proxy":        {"127.0.0.1:1", "", "", "Forwarded", 404},
		"with the token":          {"192.0.2.1:1", "s3cret", "Bearer s3cret", "", 200},
		"with the token by proxy": {"127.0.0.1:1", "s3cret", "Bearer s3cret", "X-Forwarded-For", 200},
		"with another token":      {"127.0.0.1:1", "s3cret", "Bearer other", "", 404},
		"without the token":       {"127.0.0.1:1", "s3cret", "", "", 404},
		"with a bare token":       {"127.0.0.1:1", "s3cret", "s3cret", "", 404},
		"from nowhere":            {"@", "", "", "", 404},
	} {
		r := httptest.NewRequest(http.MethodGet, "/metrics", nil)
		r.RemoteAddr = c.from
		if c.given != "" {
			r.Header.Set("Authorization", c.given)
		}
		if c.header != "" {
			r.Header.Set(c.header, "203.0.113.9")
		}
		w := httptest.NewRecorder()
		m.Handler(c.token).ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%s: %d", name, w.Code)
		}
	}
}

func TestWhatWaitsIsTold(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, q := range []string{
				"INSERT INTO stores (store_id, name, currency, created_at) VALUES ('st_1', 'x', 'EUR', 1)",
				"INSERT INTO suppliers (store_id, supplier_id, name, connector_id, created_at, updated_at) VALUES ('st_1', 'su_1', 'Acme', 'cn_1', 1, 1)",
			} {
				if _, err := tx.ExecContext(ctx, q); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO feeds (store_id, feed_id, supplier_id, state, seen, changed, created_at) VALUES ('st_1', 'fe_1', 'su_1', 'applied', 1, 1, $1)",
				tx.Now.Add(-time.Hour)); err != nil {
				return err
			}
			for _, key := range []string{"a", "b"} {
				if _, err := job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "purchase.submit", Key: key}); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, "UPDATE jobs SET run_at = run_at - 60000000"); err != nil { // due for a minute
				return err
			}
			_, err := job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "mail.send", Key: "c", At: tx.Now.Add(time.Hour)})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		m := metrics.New()
		if err := m.Register(metrics.NewWaiting(d, slog.New(slog.DiscardHandler))); err != nil {
			t.Fatal(err)
		}
		m.Call("supplier", "acme", "done", time.Second)
		m.Transaction(true, time.Millisecond, nil)
		m.Transaction(false, time.Millisecond, errors.New("no"))
		text := read(t, m)
		for _, want := range []string{`doorstep_jobs{kind="purchase.submit",state="due"} 2`, `doorstep_jobs{kind="mail.send",state="waiting"} 1`, `doorstep_job_oldest_due_seconds{kind="purchase.submit"} 6`,
			`doorstep_feed_age_seconds{supplier="Acme"} 36`, "doorstep_purchases_uncertain 0", "doorstep_stock_reserved_units 0", "doorstep_database_up 1", "doorstep_jobs_parked 0",
			`doorstep_connector_call_seconds_count{connector="acme",kind="supplier",outcome="done"} 1`,
			`doorstep_db_transaction_seconds_count{mode="read",outcome="rolled-back"} 1`, "go_goroutines", "process_cpu_seconds_total"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s is not there", want)
			}
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		dead := metrics.New()
		if err := dead.Register(metrics.NewWaiting(d, slog.New(slog.DiscardHandler))); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(read(t, dead), "doorstep_database_up 0") {
			t.Error("a dead database is not told")
		}
	})
}
