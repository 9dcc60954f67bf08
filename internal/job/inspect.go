package job

import (
	"context"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Counts is how much there is to do.
type Counts struct {
	Due     int64 // could run now
	Waiting int64 // for their time
	Leased  int64 // being worked on
	Parked  int64 // for a person
}

// Count counts the undone jobs of all stores.
func Count(ctx context.Context, tx *db.Tx) (c Counts, err error) {
	err = tx.QueryRowContext(ctx, `
		SELECT COUNT(*) FILTER (WHERE parked = FALSE AND run_at <= $1),
		       COUNT(*) FILTER (WHERE parked = FALSE AND run_at > $1 AND attempt % 2 = 0),
		       COUNT(*) FILTER (WHERE parked = FALSE AND run_at > $1 AND attempt % 2 = 1),
		       COUNT(*) FILTER (WHERE parked = TRUE)
		FROM jobs`, int64(tx.Now)).Scan(&c.Due, &c.Waiting, &c.Leased, &c.Parked)
	if err != nil {
		return c, fmt.Errorf("jobs: count: %w", err)
	}
	return c, nil
}

// Undone counts the jobs of a kind that a store has, parked ones aside. It reads the whole
// table.
func Undone(ctx context.Context, tx *db.Tx, store id.Store, kind string) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM jobs WHERE store_id = $1 AND kind = $2 AND parked = FALSE`, string(store), kind).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("jobs: count: %w", err)
	}
	return n, nil
}

// Resting counts the jobs of some kinds that were begun and are to be tried again, due or not,
// parked ones aside. It reads the whole table.
func Resting(ctx context.Context, tx *db.Tx, store id.Store, kinds []string) (n int64, err error) {
	args := []any{string(store)}
	query := `SELECT COUNT(*) FROM jobs WHERE store_id = $1 AND attempt > 0 AND parked = FALSE AND kind IN ` + list(&args, kinds)
	err = tx.QueryRowContext(ctx, query, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("jobs: count: %w", err)
	}
	return n, nil
}

// Parked is a store's parked jobs, the oldest first, 200 at most. Their Error says why.
func Parked(ctx context.Context, tx *db.Tx, store id.Store) ([]Job, error) {
	return read(ctx, tx, `SELECT `+columns+` FROM jobs
		WHERE parked = TRUE AND store_id = $1 ORDER BY created_at, job_id LIMIT 200`, string(store))
}

// Unpark lets a parked job of the store run again now, with all its tries before it. It
// answers false when there is no such job.
func Unpark(ctx context.Context, tx *db.Tx, store id.Store, job id.Job) (bool, error) {
	tx.AfterCommit(of(tx).ring)
	return touch(ctx, tx, string(job), `
		UPDATE jobs SET parked = FALSE, tries = 0, run_at = $3
		WHERE store_id = $1 AND job_id = $2 AND parked = TRUE`, string(store), string(job), int64(tx.Now))
}

// columns are what read reads of a row.
const columns = `job_id, store_id, kind, key, lane, payload, attempt, tries, error, created_at, run_at, trace`

// read reads whole jobs.
func read(ctx context.Context, tx *db.Tx, query string, args ...any) (jobs []Job, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("jobs: read: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var j Job
		var payload string
		err := rows.Scan((*string)(&j.ID), (*string)(&j.Store), &j.Kind, &j.Key, &j.Lane, &payload,
			&j.Attempt, &j.Tries, &j.Error, (*int64)(&j.CreatedAt), (*int64)(&j.RunAt), &j.trace)
		if err != nil {
			return nil, fmt.Errorf("jobs: read: %w", err)
		}
		j.Payload = []byte(payload)
		jobs = append(jobs, j)
	}
	return jobs, rows.Err()
}
