package job

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
)

// ErrStale answers who ends a job that is no longer his: the lease ran out and another worker
// has it, or it was ended already. The closure returns it, so that its changes roll back too.
var ErrStale = errors.New("job: the lease is no longer ours")

const (
	firstPause = time.Second
	maxPause   = 15 * time.Minute
	maxReason  = 2000 // bytes
)

// Finish deletes the job: it is done, together with the rest of the transaction.
func Finish(ctx context.Context, tx *db.Tx, j Job) error {
	return end(ctx, tx, j, `DELETE FROM jobs WHERE job_id = $1 AND attempt = $2`)
}

// Round gives the job back after it did what it is for, to be run again at the given time. Failures
// before it are forgotten, or work that comes round for years would be parked after its twentieth ever.
func Round(ctx context.Context, tx *db.Tx, j Job, at clock.Time) error {
	j.Tries = 0
	return again(ctx, tx, j, at, "")
}

// Again gives the job back, to be run at the given time (0 is now). That is no failure: the
// provider asked for patience, or there is more to look at later. Nor is it a success: failures
// before it still count.
func Again(ctx context.Context, tx *db.Tx, j Job, at clock.Time, reason string) error {
	return again(ctx, tx, j, at, reason)
}

func again(ctx context.Context, tx *db.Tx, j Job, at clock.Time, reason string) error {
	if at == 0 {
		at = tx.Now
	}
	if at <= tx.Now {
		tx.AfterCommit(of(tx).ring)
	}
	return end(ctx, tx, j, `
		UPDATE jobs SET run_at = $3, error = $4, tries = $5, attempt = attempt + 1
		WHERE job_id = $1 AND attempt = $2`, int64(at), storable(reason), j.Tries)
}

// Fail counts a failure and gives the job back after a pause: about a second after the first
// failure, twice that after each further one, 15 minutes at most. After the worker's MaxTries
// failures it is parked instead and waits for a person.
func Fail(ctx context.Context, tx *db.Tx, j Job, reason string) error {
	at, parked := tx.Now.Add(pause(j.Tries)), j.Tries+1 >= j.maxTries
	return end(ctx, tx, j, `
		UPDATE jobs SET run_at = $3, error = $4, tries = tries + 1, parked = $5, attempt = attempt + 1
		WHERE job_id = $1 AND attempt = $2`, int64(at), storable(reason), parked)
}

// end runs the statement that ends a job, checks that the fence held, and remembers, once the
// commit held too, that the handler came to an end.
func end(ctx context.Context, tx *db.Tx, j Job, query string, args ...any) error {
	touched, err := touch(ctx, tx, j.Key, query, append([]any{string(j.ID), j.Attempt}, args...)...)
	if err != nil {
		return err
	}
	if !touched {
		return ErrStale
	}
	if j.done != nil {
		tx.AfterCommit(func() { j.done.Store(true) })
	}
	return nil
}

// pause is how long to wait after one more failure, when there were so many before it: a
// random time in the upper half of the doubled pause, so that jobs that failed together do
// not come back together.
func pause(tries int64) time.Duration {
	d := min(firstPause<<min(tries, 10), maxPause)
	return d - rand.N(d/2)
}

// storable is a reason as both databases keep it: valid UTF-8 without NUL, and not endless.
func storable(reason string) string {
	reason = reason[:min(len(reason), maxReason)]
	return strings.ToValidUTF8(strings.ReplaceAll(reason, "\x00", ""), "")
}

// touch runs a statement about one job and says whether it changed a row.
func touch(ctx context.Context, tx *db.Tx, key, query string, args ...any) (bool, error) {
	res, err := tx.ExecContext(ctx, query, args...)
	if err != nil {
		return false, fmt.Errorf("job %s: %w", key, err)
	}
	n, err := res.RowsAffected()
	return n > 0, err
}
