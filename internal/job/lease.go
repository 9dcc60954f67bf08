package job

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"doorstep/internal/db"
)

// lease takes up to want due jobs for this worker, in one short transaction. Jobs of a lane
// at its limit are looked past, so that they keep nobody else waiting.
func (w *Worker) lease(ctx context.Context, want int) (jobs []Job, err error) {
	if want == 0 || len(w.kinds) == 0 {
		return nil, nil
	}
	deadline := time.Now().Add(w.o.Lease)
	err = w.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		jobs = nil
		busy := w.lanes()
		for len(jobs) < want {
			due, err := w.due(ctx, tx, want-len(jobs), w.full(busy))
			if err != nil {
				return err
			}
			fit := w.admit(due, busy)
			if err := w.take(ctx, tx, fit); err != nil {
				return err
			}
			jobs = append(jobs, fit...)
			if len(fit) == len(due) {
				return nil // else a lane is full now: look past it
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: lease: %w", err)
	}
	for i := range jobs {
		jobs[i].deadline, jobs[i].done, jobs[i].maxTries = deadline, new(atomic.Bool), w.o.MaxTries
	}
	return jobs, nil
}

// due reads the jobs that are due longest, of this worker's kinds and not in those lanes.
// FOR UPDATE SKIP LOCKED lets the nodes on PostgreSQL lease side by side.
func (w *Worker) due(ctx context.Context, tx *db.Tx, limit int, full []string) ([]Job, error) {
	args := []any{int64(tx.Now), limit}
	query := `SELECT ` + columns + ` FROM jobs
		WHERE parked = FALSE AND run_at <= $1 AND kind IN ` + list(&args, w.kinds)
	if len(full) > 0 {
		query += ` AND lane NOT IN ` + list(&args, full)
	}
	query += ` ORDER BY run_at, created_at LIMIT $2 FOR UPDATE SKIP LOCKED`
	return read(ctx, tx, query, args...)
}

// admit is those of the jobs for which their lanes have room; it counts them in busy.
func (w *Worker) admit(due []Job, busy map[string]int) (fit []Job) {
	for _, j := range due {
		if limit := w.o.Lanes(j.Lane); limit > 0 && busy[j.Lane] >= limit {
			continue
		}
		busy[j.Lane]++
		fit = append(fit, j)
	}
	return fit
}

// full is the lanes that have no room, in order.
func (w *Worker) full(busy map[string]int) (full []string) {
	for lane, n := range busy {
		if limit := w.o.Lanes(lane); limit > 0 && n >= limit {
			full = append(full, lane)
		}
	}
	slices.Sort(full)
	return full
}

// take leases jobs that this transaction has read and locked: run_at moves to the lease's end
// and attempt to the next odd number.
func (w *Worker) take(ctx context.Context, tx *db.Tx, jobs []Job) error {
	if len(jobs) == 0 {
		return nil
	}
	args := []any{int64(tx.Now.Add(w.o.Lease))}
	ids := make([]string, len(jobs))
	for i := range jobs {
		jobs[i].Attempt = nextLease(jobs[i].Attempt)
		ids[i] = string(jobs[i].ID)
	}
	_, err := tx.ExecContext(ctx, `UPDATE jobs SET run_at = $1, attempt = attempt + 1 + attempt % 2
		WHERE job_id IN `+list(&args, ids), args...)
	return err
}

// nextLease is the fence of the next lease. A leased job has an odd one: of all jobs with
// run_at in the future, those are being worked on and the others wait.
func nextLease(attempt int64) int64 { return attempt + 1 + attempt%2 }

// list adds values to args and is their placeholders, in brackets.
func list(args *[]any, values []string) string {
	places := make([]string, len(values))
	for i, v := range values {
		*args = append(*args, v)
		places[i] = "$" + strconv.Itoa(len(*args))
	}
	return "(" + strings.Join(places, ",") + ")"
}
