package job_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
)

// BenchmarkJobs runs orders of four jobs each; every job's finish, a row of its effect and
// the next job are one transaction. Beside it stand the raw commits of one row each that the
// same machine makes with as many goroutines. DOORSTEP_PG_SAFE=1 scripts/pg.sh run … measures
// a PostgreSQL that syncs.
func BenchmarkJobs(b *testing.B) {
	for _, on := range []struct {
		name string
		dsn  func(testing.TB) string
	}{{"sqlite", dbtest.Path}, {"postgres", dbtest.URL}} {
		b.Run(on.name, func(b *testing.B) {
			d := dbtest.Open(b, on.dsn(b), clock.System())
			benchExec(b, d, `CREATE TABLE effects (name TEXT NOT NULL PRIMARY KEY, step BIGINT NOT NULL)`)
			const raw = 2000
			start := time.Now()
			var wg sync.WaitGroup
			for w := range 16 {
				wg.Go(func() {
					for i := range raw / 16 {
						benchExec(b, d, `INSERT INTO effects (name, step) VALUES ($1, 0)`, fmt.Sprintf("raw-%d-%d", w, i))
					}
				})
			}
			wg.Wait()
			commits := raw / time.Since(start).Seconds()
			b.ResetTimer()
			start = time.Now()
			chains(b, d, b.N)
			jobs := float64(4*b.N) / time.Since(start).Seconds()
			b.ReportMetric(commits, "commits/s")
			b.ReportMetric(jobs, "jobs/s")
			b.ReportMetric(jobs/4/commits, "orders/commit")
		})
	}
}

// chains places n orders and returns when their fourth jobs are done.
func chains(b *testing.B, d *db.DB, n int) {
	var left atomic.Int64
	left.Store(int64(n))
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	step := func(ctx context.Context, j job.Job) error {
		var at int
		if err := j.Decode(&at); err != nil {
			return err
		}
		err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO effects (name, step) VALUES ($1, $2)`, j.Key, at)
			if err == nil && at < 4 {
				_, err = job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "step", Key: fmt.Sprintf("%s/%d", j.Key, at+1), Payload: at + 1})
			}
			if err != nil {
				return err
			}
			return job.Finish(ctx, tx, j)
		})
		if err == nil && at == 4 && left.Add(-1) == 0 {
			cancel()
		}
		return err
	}
	w := job.NewWorker(d, job.Options{Handlers: map[string]job.Handler{"step": step}})
	var wg sync.WaitGroup
	wg.Go(func() { _ = w.Run(ctx) })
	var next atomic.Int64
	for range 8 {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				err := d.Update(b.Context(), func(ctx context.Context, tx *db.Tx) error {
					_, err := job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "step", Key: fmt.Sprintf("order/%d", i), Payload: 1})
					return err
				})
				if err != nil {
					b.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func benchExec(b *testing.B, d *db.DB, query string, args ...any) {
	err := d.Update(b.Context(), func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	})
	if err != nil {
		b.Error(err)
	}
}
