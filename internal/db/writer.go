package db

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

const (
	maxBatch  = 128                   // closures in one transaction at most
	maxWait   = 10 * time.Second      // for another process's transaction
	batchTime = 10 * time.Millisecond // and no new one is begun after this
)

// writer owns the connection that writes. Its goroutine takes closures from the queue, lends
// the transaction to one after the other, commits once for all and then answers them.
type writer struct {
	d       *DB
	conn    *conn // nil until the first transaction, and after it broke
	connect func(context.Context) (*conn, error)
	queue   chan *request // unbuffered: who is not taken yet may still leave
	closing chan struct{}
	stopped chan struct{}
}

// request is a closure that waits, runs, or waits for its commit.
type request struct {
	ctx   context.Context
	state atomic.Int32 // waiting, taken or dropped
	turn  chan turn    // from the writer
	ran   chan bool    // to the writer: keep what the closure did?
}

const (
	waiting int32 = iota
	taken
	dropped
)

// turn is the writer's word to a caller: run the closure on tx, or, without a tx, the end.
type turn struct {
	tx  *Tx
	err error
}

func startWriter(d *DB, connect func(context.Context) (*conn, error)) *writer {
	w := &writer{
		d: d, connect: connect,
		queue: make(chan *request), closing: make(chan struct{}), stopped: make(chan struct{}),
	}
	go w.loop()
	return w
}

// update runs in the caller's goroutine: it queues, runs the closure at its turn (again, if
// the shared transaction broke), and waits for the commit.
func (w *writer) update(ctx context.Context, fn closure) error {
	r := &request{ctx: ctx, turn: make(chan turn, 1), ran: make(chan bool, 1)}
	select {
	case w.queue <- r:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.closing:
		return ErrClosed
	}
	var tx *Tx
	var failed error
	for {
		t, ok := r.await()
		switch {
		case !ok:
			return ctx.Err()
		case t.tx != nil:
			tx = t.tx
			failed = r.run(tx, fn)
			continue
		case failed != nil:
			return failed
		case t.err != nil:
			return t.err
		}
		tx.committed()
		return nil
	}
}

// await is the writer's next word; false when the context ended before the closure began.
func (r *request) await() (turn, bool) {
	select {
	case t := <-r.turn:
		return t, true
	case <-r.ctx.Done():
	}
	if r.state.CompareAndSwap(waiting, dropped) {
		return turn{}, false
	}
	return <-r.turn, true
}

// run runs the closure and hands the transaction back, also when the closure panics.
func (r *request) run(tx *Tx, fn closure) error {
	keep := false
	defer func() { r.ran <- keep }()
	err := tx.run(r.ctx, fn)
	keep = err == nil
	return err
}

// loop serves the queue until the database is closed.
func (w *writer) loop() {
	defer close(w.stopped)
	for {
		select {
		case r := <-w.queue:
			w.serve(r)
		case <-w.closing:
			return
		}
	}
}

// stop ends the writer after the transaction that runs.
func (w *writer) stop() {
	close(w.closing)
	<-w.stopped
	if w.conn != nil {
		_ = w.conn.Close()
	}
}

// serve runs first and those who wait behind it. When their shared transaction breaks, each
// is run once more by itself, so that one closure's misfortune is not everybody's.
func (w *writer) serve(first *request) {
	if err := w.begin(); err != nil {
		first.turn <- turn{err: err}
		return
	}
	batch, err := w.together(first)
	if err == nil || len(batch) == 1 {
		answer(batch, err)
		return
	}
	w.d.opts.Log.Warn("a shared transaction broke; its closures run again one by one", "closures", len(batch), "error", err)
	for _, r := range batch {
		err := w.begin()
		if err == nil {
			err = w.alone(r)
		}
		r.turn <- turn{err: err}
	}
}

func answer(batch []*request, err error) {
	for _, r := range batch {
		r.turn <- turn{err: err}
	}
}

// begin opens the transaction. While another process writes it tries again every millisecond
// or so: SQLite's own waiting sleeps ever longer and loses against a busy neighbour.
func (w *writer) begin() (err error) {
	if w.conn == nil {
		if w.conn, err = w.connect(context.Background()); err != nil {
			return fmt.Errorf("open the writer: %w", err)
		}
	}
	for end := time.Now().Add(maxWait); ; {
		err := w.conn.control("BEGIN IMMEDIATE")
		switch {
		case err == nil:
			return nil
		case !isBusy(err):
			w.abandon()
			return err
		case time.Now().After(end):
			return fmt.Errorf("another process writes all the time: %w", err)
		}
		pause := time.NewTimer(200*time.Microsecond + rand.N(1500*time.Microsecond))
		<-pause.C
	}
}

// together runs the closures that wait in the open transaction and commits it.
func (w *writer) together(first *request) (batch []*request, err error) {
	start := time.Now()
	for r := first; r != nil; r = w.next(len(batch), start) {
		if r.ctx.Err() != nil || !r.state.CompareAndSwap(waiting, taken) {
			continue // its caller leaves, or has left
		}
		batch = append(batch, r)
		if err := w.one(r); err != nil {
			w.abandon()
			return batch, err
		}
	}
	return batch, w.commit()
}

// alone runs one closure again, in the open transaction, and commits it.
func (w *writer) alone(r *request) error {
	if err := w.one(r); err != nil {
		w.abandon()
		return err
	}
	return w.commit()
}

// next is a request that waits right now, unless the batch is big or old enough.
func (w *writer) next(size int, start time.Time) *request {
	if size >= maxBatch || time.Since(start) > batchTime {
		return nil
	}
	select {
	case r := <-w.queue:
		return r
	default:
		return nil
	}
}

// one lends the transaction to one closure, inside a savepoint. An error means that the
// whole transaction is lost.
func (w *writer) one(r *request) error {
	if err := w.conn.control("SAVEPOINT closure"); err != nil {
		return err
	}
	r.turn <- turn{tx: w.d.newTx(patient{w.conn})}
	if keep := <-r.ran; !keep {
		if err := w.conn.control("ROLLBACK TO closure"); err != nil {
			return err
		}
	}
	return w.conn.control("RELEASE closure")
}

func (w *writer) commit() error {
	if err := w.conn.control("COMMIT"); err != nil {
		w.abandon()
		return err
	}
	return nil
}

// abandon closes a connection in an unknown state, which rolls back whatever was open.
func (w *writer) abandon() {
	_ = w.conn.control("ROLLBACK")
	_ = w.conn.Close()
	w.conn = nil
}
