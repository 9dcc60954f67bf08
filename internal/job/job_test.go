package job_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
)

// bench is a database whose clock the test turns, and a worker whose handlers it gives.
type bench struct {
	*testing.T
	d     *db.DB
	clock *clock.Virtual
	ran   []string // keys, in order
}

func each(t *testing.T, fn func(t *bench)) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		v := clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
		fn(&bench{T: t, d: dbtest.Open(t, dsn, v.Now), clock: v})
	})
}

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func (b *bench) update(fn func(ctx context.Context, tx *db.Tx) error) {
	b.Helper()
	if err := b.d.Update(b.Context(), fn); err != nil {
		b.Fatal(err)
	}
}

func (b *bench) insert(n job.New) (inserted bool) {
	b.Helper()
	n.Store = "st_1"
	b.update(func(ctx context.Context, tx *db.Tx) (err error) {
		inserted, err = job.Insert(ctx, tx, n)
		return err
	})
	return inserted
}

func (b *bench) counts() (c job.Counts) {
	b.Helper()
	err := b.d.View(b.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = job.Count(ctx, tx)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return c
}

// worker handles the kind "work" and notes what ran.
func (b *bench) worker(h job.Handler) *job.Worker {
	return job.NewWorker(b.d, job.Options{MaxTries: 3, Log: quiet(), Handlers: map[string]job.Handler{
		"work": func(ctx context.Context, j job.Job) error {
			b.ran = append(b.ran, j.Key)
			return h(ctx, j)
		},
	}})
}

func (b *bench) drain(w *job.Worker, want ...string) {
	b.Helper()
	b.ran = nil
	n, err := w.Drain(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	if n > len(b.ran) || strings.Join(b.ran, " ") != strings.Join(want, " ") {
		b.Fatalf("%d ran: %v, want %v", n, b.ran, want)
	}
}

// finish ends a job and nothing else.
func (b *bench) finish(ctx context.Context, j job.Job) error {
	return b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return job.Finish(ctx, tx, j) })
}

func TestAKeyIsUniqueWhileUndone(t *testing.T) {
	each(t, func(b *bench) {
		w := b.worker(b.finish)
		n := job.New{Kind: "work", Key: "purchase/1/submit/1"}
		if !b.insert(n) || b.insert(n) {
			b.Fatal("the second insert of an undone key was no duplicate")
		}
		b.drain(w, n.Key)
		if !b.insert(n) {
			b.Fatal("the key of a finished job is not free")
		}
		b.drain(w, n.Key)
	})
}

func TestAPeriodicKeyMakesOneJobPerSlot(t *testing.T) {
	each(t, func(b *bench) {
		w := b.worker(b.finish)
		tick := func() {
			slot := b.clock.Now().Truncate(time.Minute)
			b.insert(job.New{Kind: "work", Key: "tick/pull/" + slot.Format("15:04"), At: clock.Of(slot.Add(time.Minute))})
		}
		for range 7 { // three nodes' worth of asking
			tick()
			b.clock.Advance(20 * time.Second)
		}
		b.drain(w, "tick/pull/08:00", "tick/pull/08:01")
		b.clock.Advance(time.Minute)
		b.drain(w, "tick/pull/08:02")
	})
}

func TestDrainRunsFollowUpsInOrder(t *testing.T) {
	each(t, func(b *bench) {
		w := b.worker(func(ctx context.Context, j job.Job) error {
			return b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				var depth int
				if err := j.Decode(&depth); err != nil {
					return err
				}
				if depth > 0 {
					next := []job.New{
						{Store: "st_1", Kind: "work", Key: j.Key + "a", Payload: depth - 1},
						{Store: "st_1", Kind: "work", Key: j.Key + "b", Payload: depth - 1, At: tx.Now.Add(time.Hour)},
						{Store: "st_1", Kind: "work", Key: j.Key + "c", Payload: depth - 1},
					}
					if err := job.InsertMany(ctx, tx, next); err != nil {
						return err
					}
				}
				return job.Finish(ctx, tx, j)
			})
		})
		b.insert(job.New{Kind: "work", Key: "x", Payload: 2})
		b.insert(job.New{Kind: "work", Key: "y", Payload: 0})
		b.insert(job.New{Kind: "other", Key: "z"}) // another node's
		b.drain(w, "x", "y", "xa", "xc", "xaa", "xac", "xca", "xcc")
		b.clock.Advance(time.Hour)
		b.drain(w, "xb", "xab", "xcb", "xba", "xbc")
		b.clock.Advance(time.Hour)
		b.drain(w, "xbb")
		if c := b.counts(); c != (job.Counts{Due: 1}) {
			b.Fatalf("left %+v", c)
		}
	})
}

func TestWorkThatComesRoundForgetsItsFailures(t *testing.T) {
	each(t, func(b *bench) {
		rounds := 0
		w := b.worker(func(ctx context.Context, j job.Job) error {
			if rounds++; rounds%3 != 0 { // twice in a row, and three times are too often
				return errors.New("the database was restarted")
			}
			return b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return job.Round(ctx, tx, j, tx.Now.Add(time.Hour)) })
		})
		b.insert(job.New{Kind: "work", Key: "tick"})
		for range 12 {
			b.drain(w, "tick")
			b.clock.Advance(time.Hour)
		}
		if c := b.counts(); c != (job.Counts{Due: 1}) {
			b.Fatalf("left %+v", c)
		}
		b.insert(job.New{Kind: "work", Key: "never tried"})
		b.update(func(ctx context.Context, tx *db.Tx) error {
			for kind, want := range map[string]int64{"work": 1, "play": 0} {
				if n, err := job.Resting(ctx, tx, "st_1", []string{kind}); err != nil || n != want {
					return fmt.Errorf("%d of %s rest: %w", n, kind, err)
				}
			}
			return nil
		})
	})
}

// A job that is given back between failures did not succeed: it is parked in the end.
func TestGivenBackJobRemembersItsFailures(t *testing.T) {
	each(t, func(b *bench) {
		rounds := 0
		w := b.worker(func(ctx context.Context, j job.Job) error {
			if rounds++; rounds%2 == 0 {
				return b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
					return job.Again(ctx, tx, j, tx.Now.Add(time.Minute), "muted")
				})
			}
			return errors.New("trouble")
		})
		b.insert(job.New{Kind: "work", Key: "k"})
		for range 5 {
			b.drain(w, "k")
			b.clock.Advance(time.Hour)
		}
		if c := b.counts(); c != (job.Counts{Parked: 1}) {
			b.Fatalf("left %+v", c)
		}
	})
}

func TestFailuresPauseLongerAndLongerAndPark(t *testing.T) {
	each(t, func(b *bench) {
		trouble := errors.New("the supplier's server is \x00 down")
		w := b.worker(func(context.Context, job.Job) error { return trouble })
		b.insert(job.New{Kind: "work", Key: "k"})
		b.drain(w, "k")
		b.clock.Advance(499 * time.Millisecond)
		b.drain(w)
		b.clock.Advance(501 * time.Millisecond)
		b.drain(w, "k")
		b.clock.Advance(999 * time.Millisecond)
		b.drain(w)
		b.clock.Advance(1001 * time.Millisecond)
		b.drain(w, "k")
		b.clock.Advance(24 * time.Hour)
		b.drain(w)
		if c := b.counts(); c != (job.Counts{Parked: 1}) {
			b.Fatalf("after three failures: %+v", c)
		}
		if b.insert(job.New{Kind: "work", Key: "k"}) {
			b.Fatal("a parked job's key is free")
		}
		trouble = nil
		b.update(func(ctx context.Context, tx *db.Tx) error {
			stuck, err := job.Parked(ctx, tx, "st_1")
			if err != nil || len(stuck) != 1 || stuck[0].Error != "the supplier's server is  down" || stuck[0].Tries != 3 {
				return fmt.Errorf("parked %+v: %w", stuck, err)
			}
			if ok, err := job.Unpark(ctx, tx, "st_2", stuck[0].ID); ok || err != nil {
				return fmt.Errorf("another store's job was unparked: %w", err)
			}
			if ok, err := job.Unpark(ctx, tx, "st_1", stuck[0].ID); !ok || err != nil {
				return fmt.Errorf("not unparked: %w", err)
			}
			return nil
		})
		b.drain(b.worker(b.finish), "k")
	})
}

func TestAHandlerThatPanicsOrForgetsFails(t *testing.T) {
	each(t, func(b *bench) {
		w := b.worker(func(_ context.Context, j job.Job) error {
			if j.Key == "panics" {
				panic("nil map")
			}
			return nil
		})
		b.insert(job.New{Kind: "work", Key: "panics"})
		b.insert(job.New{Kind: "work", Key: "forgets"})
		for range 3 {
			b.drain(w, "panics", "forgets")
			b.clock.Advance(time.Hour)
			if b.counts().Due == 2 {
				b.order("panics")
			}
		}
		b.update(func(ctx context.Context, tx *db.Tx) error {
			stuck, err := job.Parked(ctx, tx, "st_1")
			if err != nil || len(stuck) != 2 || stuck[0].Error != "panic: nil map" || !strings.Contains(stuck[1].Error, "without Finish") {
				return fmt.Errorf("parked %+v: %w", stuck, err)
			}
			return nil
		})
	})
}

// order lets the job with the key run first of those that are due.
func (b *bench) order(key string) {
	b.update(func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, `UPDATE jobs SET run_at = 1 WHERE key = $1`, key)
		return err
	})
}

func TestAgainIsNoFailure(t *testing.T) {
	each(t, func(b *bench) {
		rounds := 0
		w := b.worker(func(ctx context.Context, j job.Job) error {
			if rounds++; rounds > 10 || j.Tries > 0 {
				return b.finish(ctx, j)
			}
			return b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				return job.Again(ctx, tx, j, tx.Now.Add(time.Minute), "asked for a minute")
			})
		})
		b.insert(job.New{Kind: "work", Key: "k"})
		for range 10 {
			b.drain(w, "k")
			if c := b.counts(); c != (job.Counts{Waiting: 1}) {
				b.Fatalf("given back: %+v", c)
			}
			b.clock.Advance(time.Minute)
		}
		b.drain(w, "k")
		if rounds != 11 {
			b.Fatalf("%d rounds", rounds)
		}
	})
}

func TestAStaleFinishRollsBack(t *testing.T) {
	each(t, func(b *bench) {
		late := true
		w := b.worker(func(ctx context.Context, j job.Job) error {
			if late { // the process sleeps through its lease, and another one takes the job
				late = false
				b.clock.Advance(2 * time.Minute)
				if n, err := b.worker(b.finish).Drain(ctx); n != 1 || err != nil {
					return fmt.Errorf("%d ran elsewhere: %w", n, err)
				}
			}
			err := b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
				if _, err := job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "work", Key: "next"}); err != nil {
					return err
				}
				return job.Finish(ctx, tx, j)
			})
			if !errors.Is(err, job.ErrStale) {
				b.Errorf("a stale finish: %v", err)
			}
			return err
		})
		b.insert(job.New{Kind: "work", Key: "k"})
		b.drain(w, "k", "k")
		if c := b.counts(); c != (job.Counts{}) {
			b.Fatalf("left %+v", c)
		}
	})
}

func TestNothingStaysOfAnInsertThatRollsBack(t *testing.T) {
	each(t, func(b *bench) {
		no := errors.New("no")
		err := b.d.Update(b.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "work", Key: "k"}); err != nil {
				return err
			}
			return no
		})
		if !errors.Is(err, no) || b.counts() != (job.Counts{}) {
			b.Fatalf("%v, %+v", err, b.counts())
		}
	})
}

func TestSoonerAndCancelSpareALiveLease(t *testing.T) {
	each(t, func(b *bench) {
		sooner := func(key string) {
			b.update(func(ctx context.Context, tx *db.Tx) error { return job.Sooner(ctx, tx, key, tx.Now) })
		}
		cancel := func(key string) (ok bool) {
			b.update(func(ctx context.Context, tx *db.Tx) (err error) {
				ok, err = job.Cancel(ctx, tx, key)
				return err
			})
			return ok
		}
		w := b.worker(func(ctx context.Context, j job.Job) error {
			sooner(j.Key)
			if cancel(j.Key) {
				b.Error("a job was cancelled under its worker's hands")
			}
			return b.finish(ctx, j)
		})
		b.insert(job.New{Kind: "work", Key: "held", At: clock.Of(b.clock.Now().Add(time.Hour))})
		b.insert(job.New{Kind: "work", Key: "doomed", At: clock.Of(b.clock.Now().Add(time.Hour))})
		b.drain(w)
		sooner("held")
		if !cancel("doomed") || cancel("doomed") {
			b.Fatal("a waiting job is cancelled once")
		}
		b.drain(w, "held")
	})
}
