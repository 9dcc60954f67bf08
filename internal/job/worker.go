package job

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"slices"
	"sync"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/trace"
)

// Handler does one job, outside of any transaction, and ends by a transaction of its own that
// commits its changes together with Finish, Again or Fail. An error it returns instead counts
// as a Fail. Its context ends with the lease: from then on another worker may have the job.
type Handler func(ctx context.Context, j Job) error

// Options of a worker. Only Handlers is needed.
type Options struct {
	Handlers map[string]Handler    // by kind; jobs of other kinds are left to other nodes
	Parallel int                   // jobs at once; 16 when 0
	Lease    time.Duration         // 60 seconds when 0
	Poll     time.Duration         // how often to look unasked; 250 milliseconds when 0
	Grace    time.Duration         // for running handlers at the end of Run; 10 seconds when 0
	MaxTries int64                 // failures until a job is parked; 20 when 0
	Lanes    func(lane string) int // how many of a lane this worker runs at once; 0 is any number
	Log      *slog.Logger          // slog.Default() when nil
	Trace    *trace.Tracer         // tells what jobs came of what; nil tells nothing
}

// maxDrain is how many jobs Drain runs before it says that they go round in circles.
const maxDrain = 100_000

// Worker runs the jobs of one database in this process.
type Worker struct {
	d     *db.DB
	o     Options
	kinds []string
	bell  *bell
	slots chan struct{} // one taken per job that runs

	mu   sync.Mutex
	busy map[string]int // running jobs by lane
}

// NewWorker prepares a worker. Run or Drain lets it work.
func NewWorker(d *db.DB, o Options) *Worker {
	o.Parallel = cmp.Or(o.Parallel, 16)
	o.Lease = cmp.Or(o.Lease, time.Minute)
	o.Poll = cmp.Or(o.Poll, 250*time.Millisecond)
	o.Grace = cmp.Or(o.Grace, 10*time.Second)
	o.MaxTries = cmp.Or(o.MaxTries, 20)
	o.Log = cmp.Or(o.Log, slog.Default())
	if o.Lanes == nil {
		o.Lanes = func(string) int { return 0 }
	}
	return &Worker{
		d: d, o: o, kinds: slices.Sorted(maps.Keys(o.Handlers)),
		bell: hang(d), slots: make(chan struct{}, o.Parallel), busy: map[string]int{},
	}
}

// Run works until ctx ends, then lets the running handlers come to their end. Those that are
// still at it after the grace get their context cancelled.
func (w *Worker) Run(ctx context.Context) error {
	work, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	var running sync.WaitGroup
	for ctx.Err() == nil {
		free := w.acquire(ctx)
		jobs, err := w.lease(ctx, free)
		for range free - len(jobs) {
			<-w.slots
		}
		for _, j := range jobs {
			w.hold(j.Lane, 1)
			running.Go(func() {
				defer func() { <-w.slots }()
				w.work(work, j)
			})
		}
		if err != nil && ctx.Err() == nil {
			w.o.Log.Error("no jobs can be leased", "error", err)
			w.rest(ctx, 4*w.o.Poll)
		} else if len(jobs) < free || free == 0 {
			w.rest(ctx, w.o.Poll)
		}
	}
	defer time.AfterFunc(w.o.Grace, cancel).Stop()
	running.Wait()
	return nil
}

// acquire waits for a free slot and takes all that are free; none when ctx ends.
func (w *Worker) acquire(ctx context.Context) int {
	select {
	case w.slots <- struct{}{}:
	case <-ctx.Done():
		return 0
	}
	for n := 1; ; n++ {
		select {
		case w.slots <- struct{}{}:
		default:
			return n
		}
	}
}

// rest waits for the bell, and looks up after a while without it: other nodes insert too, and
// waiting jobs fall due in silence.
func (w *Worker) rest(ctx context.Context, most time.Duration) {
	select {
	case <-w.bell.wake:
	case <-time.After(most):
	case <-ctx.Done():
	}
}

// Drain runs every job that is due by the database's clock, and those they leave that are due
// too, one after the other in the order of their time, until none is due. It is for tests
// whose clock stands still. It answers how many jobs ran; what a handler made of its job is in
// the job's row, not in the error.
func (w *Worker) Drain(ctx context.Context) (n int, err error) {
	for n = 0; n < maxDrain; n++ {
		jobs, err := w.lease(ctx, 1)
		if err != nil || len(jobs) == 0 {
			return n, err
		}
		w.hold(jobs[0].Lane, 1)
		w.work(ctx, jobs[0])
	}
	return n, fmt.Errorf("jobs: still some due after %d", n)
}

// traced calls the handler within a span of what caused the job.
func (w *Worker) traced(ctx context.Context, j Job) error {
	ctx, span := w.o.Trace.Job(ctx, j.trace, j.Kind, string(j.ID), j.Lane, j.Tries)
	err := w.call(ctx, j)
	if err != nil || !j.done.Load() {
		span.End("failed", true)
	} else {
		span.End("done", false)
	}
	return err
}

// work runs the handler of a leased job and sees to it that the job comes to an end.
func (w *Worker) work(ctx context.Context, j Job) {
	defer w.hold(j.Lane, -1)
	inner, cancel := context.WithDeadline(ctx, j.deadline)
	defer cancel()
	log := w.o.Log.With("job", j.ID, "kind", j.Kind, "key", j.Key)
	err := w.traced(inner, j)
	if j.done.Load() || errors.Is(err, ErrStale) {
		if err != nil {
			log.Warn("a handler returned an error after the end of its job, or of its lease", "error", err)
		}
		return
	}
	if err == nil {
		err = errors.New("the handler returned without Finish, Again or Fail")
	}
	stopped := ctx.Err() != nil
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), w.o.Grace)
	defer cancel()
	failed := w.d.Update(after, func(ctx context.Context, tx *db.Tx) error {
		if stopped { // not the job's fault
			return Again(ctx, tx, j, tx.Now, "the program was stopped")
		}
		return Fail(ctx, tx, j, err.Error())
	})
	log.Error("a job failed", "error", err, "tries", j.Tries+1, "parked", !stopped && j.Tries+1 >= w.o.MaxTries)
	if failed != nil {
		log.Error("its failure is not stored; it runs again when its lease has ended", "error", failed)
	}
}

// call runs the handler; a panic becomes an error.
func (w *Worker) call(ctx context.Context, j Job) (err error) {
	defer func() {
		if v := recover(); v != nil {
			w.o.Log.Error("a handler panicked", "job", j.ID, "kind", j.Kind, "panic", v, "stack", string(debug.Stack()))
			err = fmt.Errorf("panic: %v", v)
		}
	}()
	return w.o.Handlers[j.Kind](ctx, j)
}

// hold counts a lane's running jobs. A lane that was at its limit and has room again is a
// reason to look for its jobs.
func (w *Worker) hold(lane string, n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.busy[lane] += n
	if w.busy[lane] == 0 {
		delete(w.busy, lane)
	}
	if n < 0 && w.o.Lanes(lane) > 0 {
		w.bell.ring()
	}
}

// lanes is a copy of the running jobs by lane.
func (w *Worker) lanes() map[string]int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return maps.Clone(w.busy)
}
