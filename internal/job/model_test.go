package job_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/job"

	"pgregory.net/rapid"
)

// row is what the model knows of an undone job.
type row struct {
	id             id.Job // known from its first lease on
	runAt          clock.Time
	attempt, tries int64
	parked         bool
}

// model is the table as it should be, beside the one that is.
type model struct {
	b    *bench
	w    *job.Worker
	rows map[string]*row
	held []job.Job // every lease ever given and not ended through it
}

var keys = rapid.SampledFrom([]string{"a", "b", "c", "d", "e", "f"})

func (m *model) now() clock.Time { return clock.Of(m.b.clock.Now()) }

func (m *model) insert(t *rapid.T) {
	key := keys.Draw(t, "key")
	at := m.now().Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "wait")) * time.Second)
	inserted := m.b.insert(job.New{Kind: "work", Key: key, At: at})
	if _, there := m.rows[key]; inserted == there {
		t.Fatalf("insert %s answers %v, in the table already: %v", key, inserted, there)
	}
	if inserted {
		m.rows[key] = &row{runAt: at}
	}
}

func (m *model) lease(t *rapid.T) {
	want := rapid.IntRange(1, 4).Draw(t, "want")
	var due []clock.Time
	for _, r := range m.rows {
		if !r.parked && r.runAt <= m.now() {
			due = append(due, r.runAt)
		}
	}
	slices.Sort(due)
	jobs, err := m.w.Lease(t.Context(), want)
	if err != nil || len(jobs) != min(want, len(due)) {
		t.Fatalf("leased %d of %d due, wanted %d: %v", len(jobs), len(due), want, err)
	}
	for i, j := range jobs {
		r := m.rows[j.Key]
		if r == nil || r.parked || r.runAt != due[i] || j.Attempt <= r.attempt || j.Tries != r.tries {
			t.Fatalf("leased %+v, in the model %+v", j, r)
		}
		r.id, r.attempt, r.runAt = j.ID, j.Attempt, m.now().Add(time.Minute)
		m.held = append(m.held, j)
	}
}

// end ends a lease, perhaps one that was lost long ago.
func (m *model) end(t *rapid.T) {
	if len(m.held) == 0 {
		return
	}
	j := rapid.SampledFrom(m.held).Draw(t, "job")
	how := rapid.SampledFrom([]string{"finish", "again", "round", "fail"}).Draw(t, "how")
	later := m.now().Add(time.Duration(rapid.IntRange(0, 90).Draw(t, "wait")) * time.Second)
	err := m.b.d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		switch how {
		case "finish":
			return job.Finish(ctx, tx, j)
		case "again":
			return job.Again(ctx, tx, j, later, "later")
		case "round":
			return job.Round(ctx, tx, j, later)
		}
		return job.Fail(ctx, tx, j, "trouble")
	})
	r := m.rows[j.Key]
	if r == nil || r.id != j.ID || r.attempt != j.Attempt {
		if !errors.Is(err, job.ErrStale) {
			t.Fatalf("%s of a stale lease: %v", how, err)
		}
		return
	}
	if err != nil {
		t.Fatalf("%s: %v", how, err)
	}
	r.attempt++
	switch how {
	case "finish":
		delete(m.rows, j.Key)
	case "again":
		r.runAt = later
	case "round":
		r.runAt, r.tries = later, 0
	case "fail":
		pause := time.Second << r.tries
		at := clock.Time(m.number(t, `SELECT run_at FROM jobs WHERE key = $1`, j.Key))
		if wait := at.Sub(m.now()); wait <= pause/2-time.Microsecond || wait > pause {
			t.Fatalf("pause %v after failure %d", wait, r.tries+1)
		}
		r.runAt, r.tries = at, r.tries+1
		r.parked = r.tries >= 3
	}
}

func (m *model) sooner(t *rapid.T) {
	key := keys.Draw(t, "key")
	m.b.update(func(ctx context.Context, tx *db.Tx) error { return job.Sooner(ctx, tx, key, tx.Now) })
	if r := m.rows[key]; r != nil && !r.parked && r.attempt%2 == 0 {
		r.runAt = min(r.runAt, m.now())
	}
}

func (m *model) cancel(t *rapid.T) {
	key := keys.Draw(t, "key")
	var done bool
	m.b.update(func(ctx context.Context, tx *db.Tx) (err error) {
		done, err = job.Cancel(ctx, tx, key)
		return err
	})
	r := m.rows[key]
	if want := r != nil && (r.attempt%2 == 0 || r.runAt <= m.now()); done != want {
		t.Fatalf("cancel %s answers %v, in the model %+v", key, done, r)
	}
	if done {
		delete(m.rows, key)
	}
}

func (m *model) unpark(_ *rapid.T) {
	m.b.update(func(ctx context.Context, tx *db.Tx) error {
		stuck, err := job.Parked(ctx, tx, "st_1")
		if err != nil || len(stuck) == 0 {
			return err
		}
		ok, err := job.Unpark(ctx, tx, "st_1", stuck[0].ID)
		if r := m.rows[stuck[0].Key]; !ok || r == nil || !r.parked {
			return fmt.Errorf("unpark answers %v, in the model %+v: %w", ok, r, err)
		}
		*m.rows[stuck[0].Key] = row{id: stuck[0].ID, runAt: tx.Now, attempt: stuck[0].Attempt}
		return err
	})
}

func (m *model) advance(t *rapid.T) {
	m.b.clock.Advance(time.Duration(rapid.IntRange(1, 40).Draw(t, "seconds")) * time.Second)
}

// check compares the counts.
func (m *model) check(t *rapid.T) {
	var want job.Counts
	for _, r := range m.rows {
		switch {
		case r.parked:
			want.Parked++
		case r.runAt <= m.now():
			want.Due++
		case r.attempt%2 == 1:
			want.Leased++
		default:
			want.Waiting++
		}
	}
	if have := m.b.counts(); have != want {
		t.Fatalf("the table has %+v, the model %+v", have, want)
	}
}

func (m *model) number(t *rapid.T, query string, args ...any) (n int64) {
	err := m.b.d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTheTableBehavesAsItsModel does everything in any order, with leases that run out and
// workers that come too late.
func TestTheTableBehavesAsItsModel(t *testing.T) {
	each(t, func(b *bench) {
		w := b.worker(b.finish)
		rapid.Check(b.T, func(t *rapid.T) {
			b.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, `DELETE FROM jobs`)
				return err
			})
			m := &model{b: b, w: w, rows: map[string]*row{}}
			t.Repeat(map[string]func(*rapid.T){
				"": m.check, "insert": m.insert, "lease": m.lease, "lease more": m.lease, "end": m.end, "end more": m.end,
				"sooner": m.sooner, "cancel": m.cancel, "unpark": m.unpark, "advance": m.advance,
			})
		})
	})
}
