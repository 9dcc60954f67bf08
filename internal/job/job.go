package job

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"sync/atomic"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/trace"
)

// New is a job to be inserted.
type New struct {
	Store   id.Store
	Kind    string     // names the handler: purchase.submit
	Key     string     // unique among all undone jobs, parked ones included: purchase/<id>/submit/2
	Lane    string     // what shares a limit, e.g. a connector's id; may be empty
	Payload any        // JSON for the handler; nil is {}
	At      clock.Time // not before; 0 is now
}

// Job is a leased job, as its handler gets it.
type Job struct {
	ID        id.Job
	Store     id.Store
	Kind      string
	Key       string
	Lane      string
	Payload   json.RawMessage
	Attempt   int64  // the fence: grows with every lease, Again and Fail; it counts nothing
	Tries     int64  // failures in a row so far
	Error     string // why it was given back the last time
	CreatedAt clock.Time
	RunAt     clock.Time // when it fell due

	trace    string // what caused it: trace.Parent
	maxTries int64
	deadline time.Time    // the lease's end on the machine's clock
	done     *atomic.Bool // whether Finish, Again or Fail was committed
}

// Decode reads the payload.
func (j Job) Decode(v any) error {
	if err := json.Unmarshal(j.Payload, v); err != nil {
		return fmt.Errorf("job %s %s: payload: %w", j.Kind, j.ID, err)
	}
	return nil
}

// Insert adds a job in the caller's transaction. It answers false, and changes nothing, when
// an undone job has the key already. Workers of this process wake when the commit held.
func Insert(ctx context.Context, tx *db.Tx, n New) (inserted bool, err error) {
	res, err := insert(ctx, tx, n)
	if err != nil {
		return false, err
	}
	rows, err := res.RowsAffected()
	return rows > 0, err
}

// Add is Insert for who need not know whether the job is new, for which PostgreSQL would have to
// be asked.
func Add(ctx context.Context, tx *db.Tx, n New) error {
	_, err := insert(ctx, tx, n)
	return err
}

func insert(ctx context.Context, tx *db.Tx, n New) (sql.Result, error) {
	if n.Payload == nil {
		n.Payload = struct{}{}
	}
	payload, err := json.Marshal(n.Payload)
	if err != nil {
		return nil, fmt.Errorf("job %s: payload: %w", n.Key, err)
	}
	at := max(n.At, tx.Now)
	res, err := tx.ExecContext(ctx, `
		INSERT INTO jobs (job_id, store_id, kind, key, lane, payload, run_at, created_at, trace)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (key) DO NOTHING`,
		id.New("jo", tx.Now.Std()), string(n.Store), n.Kind, n.Key, n.Lane, string(payload), int64(at), int64(of(tx).stamp(tx.Now)),
		trace.Parent(ctx))
	if err != nil {
		return nil, fmt.Errorf("job %s: %w", n.Key, err)
	}
	if at == tx.Now {
		tx.AfterCommit(of(tx).ring) // in vain when the job was there already
	}
	return res, nil
}

// InsertMany adds jobs; those whose key an undone job has are passed over.
func InsertMany(ctx context.Context, tx *db.Tx, jobs []New) error {
	for _, n := range jobs {
		if err := Add(ctx, tx, n); err != nil {
			return err
		}
	}
	return nil
}

// Sooner moves a waiting job to an earlier time ("release now"). It leaves alone a job that
// waits for less already, one that is parked, and one that is being worked on: its lease is
// its worker's, and the work that was asked for is under way.
func Sooner(ctx context.Context, tx *db.Tx, key string, at clock.Time) error {
	moved, err := touch(ctx, tx, key, `
		UPDATE jobs SET run_at = $2
		WHERE key = $1 AND parked = FALSE AND attempt % 2 = 0 AND run_at > $2`, key, int64(at))
	if moved && at <= tx.Now {
		tx.AfterCommit(of(tx).ring)
	}
	return err
}

// Hurry moves all waiting jobs of a kind in a store to an earlier time, as Sooner does with
// one, and says how many. It reads the whole table: for a person who cannot wait.
func Hurry(ctx context.Context, tx *db.Tx, store id.Store, kind string, at clock.Time) (int64, error) {
	res, err := tx.ExecContext(ctx, `
		UPDATE jobs SET run_at = $3
		WHERE store_id = $1 AND kind = $2 AND parked = FALSE AND attempt % 2 = 0 AND run_at > $3`, string(store), kind, int64(at))
	if err != nil {
		return 0, fmt.Errorf("jobs %s: %w", kind, err)
	}
	if at <= tx.Now {
		tx.AfterCommit(of(tx).ring)
	}
	return res.RowsAffected()
}

// Cancel deletes an undone job, parked or not. It answers false when there is none, and also
// when the job is being worked on at this moment: what leaves the house cannot be called back
// by deleting a row. A job whose lease ran out is deleted; its late worker gets ErrStale.
func Cancel(ctx context.Context, tx *db.Tx, key string) (bool, error) {
	return touch(ctx, tx, key, `
		DELETE FROM jobs WHERE key = $1 AND (attempt % 2 = 0 OR run_at <= $2)`, key, int64(tx.Now))
}
