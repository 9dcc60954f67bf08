package job

import (
	"context"
	"fmt"
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
	err = w.d.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		busy := w.lanes()
		if w.full(busy) {
			jobs, err = w.besides(ctx, tx, want, busy)
			return err
		}
		due, err := w.due(ctx, tx, want, "")
		if err != nil {
			return err
		}
		jobs = w.admit(due, busy)
		if err := w.take(ctx, tx, jobs); err != nil || len(jobs) == len(due) {
			return err
		}
		more, err := w.besides(ctx, tx, want-len(jobs), busy) // a lane is full now
		jobs = append(jobs, more...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("jobs: lease: %w", err)
	}
	for i := range jobs {
		jobs[i].deadline, jobs[i].done, jobs[i].maxTries = deadline, new(atomic.Bool), w.o.MaxTries
	}
	return jobs, nil
}

// due reads the jobs of this worker's kinds that are due longest, of all lanes or as narrowed. FOR UPDATE SKIP LOCKED lets the nodes on PostgreSQL lease side by side.
func (w *Worker) due(ctx context.Context, tx *db.Tx, limit int, narrowed string, args ...any) ([]Job, error) {
	args = append([]any{int64(tx.Now), limit}, args...)
	return read(ctx, tx, `SELECT `+columns+` FROM jobs
		WHERE parked = FALSE `+narrowed+` AND run_at <= $1 AND kind IN `+list(&args, w.kinds)+`
		ORDER BY run_at, created_at LIMIT $2 FOR UPDATE SKIP LOCKED`, args...)
}

// besides takes due jobs while a lane is full. It goes lane by lane, the one that waits longest
// first: a backlog behind a full lane is never read.
func (w *Worker) besides(ctx context.Context, tx *db.Tx, want int, busy map[string]int) (jobs []Job, err error) {
	waiting, err := waitingLanes(ctx, tx)
	if err != nil {
		return nil, err
	}
	for _, lane := range waiting {
		room := want - len(jobs)
		if limit := w.o.Lanes(lane); limit > 0 {
			room = min(room, limit-busy[lane])
		}
		if room <= 0 {
			continue
		}
		due, err := w.due(ctx, tx, room, "AND lane = $3", lane)
		if err != nil {
			return nil, err
		}
		if err := w.take(ctx, tx, due); err != nil {
			return nil, err
		}
		jobs = append(jobs, due...)
	}
	return jobs, nil
}

// waitingLanes is the lanes that have due jobs, the one that waits longest first. It leaps from
// lane to lane in the index, whatever their lengths.
func waitingLanes(ctx context.Context, tx *db.Tx) (lanes []string, err error) {
	rows, err := tx.QueryContext(ctx, `WITH RECURSIVE names (lane) AS (
			SELECT (SELECT lane FROM jobs WHERE parked = FALSE ORDER BY lane LIMIT 1)
			UNION ALL
			SELECT (SELECT j.lane FROM jobs j WHERE j.parked = FALSE AND j.lane > names.lane ORDER BY j.lane LIMIT 1)
			FROM names WHERE names.lane IS NOT NULL)
		SELECT lane FROM (
			SELECT lane, (SELECT MIN(j.run_at) FROM jobs j WHERE j.parked = FALSE AND j.lane = names.lane) AS since
			FROM names WHERE lane IS NOT NULL) AS first
		WHERE since <= $1 ORDER BY since, lane`, int64(tx.Now))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var lane string
		if err := rows.Scan(&lane); err != nil {
			return nil, err
		}
		lanes = append(lanes, lane)
	}
	return lanes, rows.Err()
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

// full says whether a lane has no room.
func (w *Worker) full(busy map[string]int) bool {
	for lane, n := range busy {
		if limit := w.o.Lanes(lane); limit > 0 && n >= limit {
			return true
		}
	}
	return false
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
