package job_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
)

// running runs workers until the test ends and reports what Run says.
func running(t *testing.T, workers ...*job.Worker) (stop func()) {
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for _, w := range workers {
		wg.Go(func() {
			if err := w.Run(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	stop = sync.OnceFunc(func() { cancel(); wg.Wait() })
	t.Cleanup(stop)
	return stop
}

func finish(d *db.DB) job.Handler {
	return func(ctx context.Context, j job.Job) error {
		return d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return job.Finish(ctx, tx, j) })
	}
}

func insert(t *testing.T, d *db.DB, jobs ...job.New) {
	t.Helper()
	err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error { return job.InsertMany(ctx, tx, jobs) })
	if err != nil {
		t.Fatal(err)
	}
}

func left(t *testing.T, d *db.DB) (c job.Counts) {
	t.Helper()
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		c, err = job.Count(ctx, tx)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestACommitWakesTheWorkerWithoutPolling(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		done := make(chan string)
		running(t, job.NewWorker(d, job.Options{Poll: time.Hour, Handlers: map[string]job.Handler{
			"work": func(ctx context.Context, j job.Job) error {
				defer func() { done <- j.Key }()
				return finish(d)(ctx, j)
			},
		}}))
		for _, key := range []string{"first", "second", "third"} {
			insert(t, d, job.New{Store: "st_1", Kind: "work", Key: key})
			if have := <-done; have != key {
				t.Fatalf("%s ran, not %s", have, key)
			}
		}
	})
}

func TestAFullLaneStarvesNobody(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		var mu sync.Mutex
		busy, most := 0, 0
		release, quick := make(chan struct{}), make(chan string, 100)
		var slow sync.WaitGroup
		slow.Add(12)
		w := job.NewWorker(d, job.Options{
			Parallel: 4, Poll: time.Hour,
			Lanes: func(lane string) int { return map[string]int{"crawler": 2}[lane] },
			Handlers: map[string]job.Handler{
				"slow": func(ctx context.Context, j job.Job) error {
					defer slow.Done()
					mu.Lock()
					busy++
					most = max(most, busy)
					mu.Unlock()
					<-release
					mu.Lock()
					busy--
					mu.Unlock()
					return finish(d)(ctx, j)
				},
				"quick": func(ctx context.Context, j job.Job) error {
					defer func() { quick <- j.Key }()
					return finish(d)(ctx, j)
				},
			},
		})
		var jobs []job.New
		for i := range 12 {
			jobs = append(jobs, job.New{Store: "st_1", Kind: "slow", Key: fmt.Sprint("slow/", i), Lane: "crawler"})
		}
		for i := range 10 {
			jobs = append(jobs, job.New{Store: "st_1", Kind: "quick", Key: fmt.Sprint("quick/", i), Lane: "hare"})
		}
		insert(t, d, jobs...)
		stop := running(t, w)
		for range 10 {
			<-quick // while the slow lane is full and has ten more that came first
		}
		close(release)
		slow.Wait()
		stop()
		if most != 2 || left(t, d) != (job.Counts{}) {
			t.Fatalf("%d of the lane ran at once, left %+v", most, left(t, d))
		}
	})
}

func TestTheEndWaitsForHandlersAndThenInterruptsThem(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		began := make(chan struct{}, 2)
		w := job.NewWorker(d, job.Options{Grace: 500 * time.Millisecond, Log: quiet(), Handlers: map[string]job.Handler{
			"work": func(ctx context.Context, j job.Job) error {
				began <- struct{}{}
				if j.Key == "endless" {
					<-ctx.Done()
					return ctx.Err()
				}
				return finish(d)(context.WithoutCancel(ctx), j)
			},
		}})
		insert(t, d, job.New{Store: "st_1", Kind: "work", Key: "endless"}, job.New{Store: "st_1", Kind: "work", Key: "quick"})
		stop := running(t, w)
		<-began
		<-began
		stop()
		if c := left(t, d); c != (job.Counts{Due: 1}) { // for another node, at once, without a failure
			t.Fatalf("left %+v", c)
		}
	})
}

func TestAHandlersContextEndsWithItsLease(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := job.NewWorker(d, job.Options{Lease: 30 * time.Millisecond, Log: quiet(), Handlers: map[string]job.Handler{
			"work": func(ctx context.Context, _ job.Job) error {
				<-ctx.Done()
				if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
					t.Errorf("ended by %v", ctx.Err())
				}
				return ctx.Err()
			},
		}})
		insert(t, d, job.New{Store: "st_1", Kind: "work", Key: "k"})
		if n, err := w.Drain(t.Context()); n != 1 || err != nil || left(t, d) != (job.Counts{Waiting: 1}) {
			t.Fatalf("%d ran, %v, left %+v", n, err, left(t, d))
		}
	})
}

// TestTwoNodesShareTheWork lets two nodes, each with its own connections, race for the same
// jobs: each job's handler runs on one of them, once.
func TestTwoNodesShareTheWork(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		const jobs = 400
		var mu sync.Mutex
		var all sync.WaitGroup
		all.Add(jobs)
		runs, byNode := map[string]int{}, [2]int{}
		var both sync.WaitGroup // until each node has a job in its hands
		both.Add(2)
		var nodes []*db.DB
		var workers []*job.Worker
		for n := range 2 {
			d := dbtest.Open(t, dsn, clock.System())
			nodes = append(nodes, d)
			workers = append(workers, job.NewWorker(d, job.Options{Parallel: 4, Poll: 5 * time.Millisecond, Handlers: map[string]job.Handler{
				"work": func(ctx context.Context, j job.Job) error {
					mu.Lock()
					runs[j.Key]++
					if byNode[n]++; byNode[n] == 1 {
						both.Done()
					}
					mu.Unlock()
					both.Wait()
					err := finish(d)(ctx, j)
					all.Done()
					return err
				},
			}}))
		}
		stop := running(t, workers...)
		var wg sync.WaitGroup
		for n, d := range nodes { // both ask for every job
			wg.Go(func() {
				for i := range jobs {
					err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						_, err := tx.ExecContext(ctx, `INSERT INTO stores (store_id, name, currency, created_at) VALUES ($1, '', 'EUR', 0)`, fmt.Sprint("st_", i))
						if err != nil {
							return err
						}
						_, err = job.Insert(ctx, tx, job.New{Store: "st_1", Kind: "work", Key: fmt.Sprint("job/", i)})
						return err
					})
					if err != nil && !db.IsUnique(err) {
						t.Errorf("node %d: %v", n, err)
					}
				}
			})
		}
		wg.Wait()
		all.Wait()
		stop()
		for key, n := range runs {
			if n != 1 {
				t.Errorf("%s ran %d times", key, n)
			}
		}
		if len(runs) != jobs || byNode[0]+byNode[1] != jobs || left(t, nodes[0]) != (job.Counts{}) {
			t.Fatalf("%d jobs, by node %v, left %+v", len(runs), byNode, left(t, nodes[0]))
		}
	})
}
