package job_test

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
)

// Thousands of mails may wait behind a mail server that takes a few at a time: while that lane is
// full, no query walks along the due jobs, which are mostly its own.
func TestABacklogBehindAFullLaneIsNotRead(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]bool{}
	d, err := db.Open(t.Context(), dbtest.Path(t), db.Options{Log: quiet(), Seen: func(query string) {
		mu.Lock()
		defer mu.Unlock()
		seen[query] = true
	}})
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	began, quick, release := make(chan struct{}, 3), make(chan struct{}), make(chan struct{})
	w := job.NewWorker(d, job.Options{
		Poll: time.Hour, Log: quiet(), Lanes: func(lane string) int { return map[string]int{"mail": 1}[lane] },
		Handlers: map[string]job.Handler{
			"slow":  func(ctx context.Context, j job.Job) error { began <- struct{}{}; <-release; return finish(d)(ctx, j) },
			"quick": func(ctx context.Context, j job.Job) error { close(quick); return finish(d)(ctx, j) },
		},
	})
	stop := running(t, w)
	insert(t, d, job.New{Store: "st_1", Kind: "slow", Key: "1", Lane: "mail"}, job.New{Store: "st_1", Kind: "slow", Key: "2", Lane: "mail"})
	<-began
	mu.Lock()
	clear(seen)
	mu.Unlock()
	insert(t, d, job.New{Store: "st_1", Kind: "quick", Key: "3", Lane: "supplier"})
	<-quick
	mu.Lock()
	queries := []string{}
	for query := range seen {
		if strings.Contains(query, "FROM jobs") {
			queries = append(queries, query)
		}
	}
	mu.Unlock()
	close(release)
	for _, query := range queries {
		if plan := planOf(t, d, query); strings.Contains(plan, "jobs_due") || strings.Contains(plan, "SCAN jobs") {
			t.Errorf("it walks along all due jobs:\n%s\n%s", plan, query)
		}
	}
	if len(queries) < 2 {
		t.Errorf("the lanes were not asked one by one: %q", queries)
	}
	<-began // the second one, now that there is room
	stop()
}

// planOf is how SQLite would run a query.
func planOf(t *testing.T, d *db.DB, query string) (plan string) {
	t.Helper()
	args := make([]any, strings.Count(query, "$"))
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		rows, err := tx.QueryContext(ctx, "EXPLAIN QUERY PLAN "+query, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var node, parent, rest int
			var line string
			if err := rows.Scan(&node, &parent, &rest, &line); err != nil {
				return err
			}
			plan += line + "\n"
		}
		return rows.Err()
	})
	if err != nil {
		t.Fatal(err)
	}
	return plan
}
