package job_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
	"doorstep/internal/trace"
)

// A job keeps what caused it in the statement that inserts it: being traced costs no further one,
// and off there is nothing to keep.
func TestAJobKeepsWhatCausedIt(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		var statements atomic.Int64
		d, err := db.Open(t.Context(), dsn, db.Options{Log: quiet(), Seen: func(string) { statements.Add(1) }})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		collector := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
		defer collector.Close()
		tracer, err := trace.New(trace.Options{URL: collector.URL})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tracer.Close(context.WithoutCancel(t.Context())) }()
		traced, span := tracer.Request(httptest.NewRequest(http.MethodPost, "/checkout", nil))
		cost := func(ctx context.Context, key string) (n int64, kept string) {
			before := statements.Load()
			err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				_, err := job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "k", Key: key})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			n = statements.Load() - before
			err = d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRowContext(ctx, "SELECT trace FROM jobs WHERE key = $1", key).Scan(&kept)
			})
			if err != nil {
				t.Fatal(err)
			}
			return n, kept
		}
		off, nothing := cost(t.Context(), "off")
		on, parent := cost(traced, "on")
		if off != on || nothing != "" || parent != trace.Parent(traced) || parent == "" {
			t.Errorf("%d statements and %q, traced %d and %q", off, nothing, on, parent)
		}
		span.End("done", false)
	})
}
