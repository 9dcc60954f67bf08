package db

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"reflect"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"doorstep/internal/clock"
)

// Kind is which of the two databases is open.
type Kind int

// The two databases.
const (
	SQLite Kind = iota + 1
	Postgres
)

// String is "sqlite" or "postgres".
func (k Kind) String() string {
	if k == Postgres {
		return "postgres"
	}
	return "sqlite"
}

var (
	// ErrNested answers an Update or View that was begun inside another one's closure.
	ErrNested = errors.New("database: a transaction was begun inside another transaction; pass the tx on instead")
	// ErrClosed answers whoever asks a database that is closed.
	ErrClosed = errors.New("database: closed")
)

// slow is how long a closure may hold a write transaction before the log names it.
const slow = 20 * time.Millisecond

// Options of Open. The zero value is good.
type Options struct {
	Clock      clock.Clock  // the present; clock.System() when nil
	Log        *slog.Logger // slog.Default() when nil
	MaxReaders int          // SQLite: connections for View; PostgreSQL: all connections; 8 or 24 when 0
	Timed      Timed        // told of every transaction at its end; nil: nobody
	Seen       func(string) // told every statement before it runs, for tests of plans; nil: nobody
	Migrations fs.FS        // *.sql files for Migrate; the embedded ones when nil
}

// Timed is told whether a transaction wrote, how long it took from asking for it to its
// commit, and its error.
type Timed func(wrote bool, took time.Duration, err error)

// DB is an open database. Its methods may be called from many goroutines at once.
type DB struct {
	kind   Kind
	opts   Options
	engine engine
	shared sync.Map // by the private key types of the packages that attach

	changes atomic.Int64 // transactions of this process that wrote lasting tables
}

// engine is what SQLite and PostgreSQL do each in their own way.
type engine interface {
	update(ctx context.Context, fn closure) error
	view(ctx context.Context, fn closure) error
	migrate(ctx context.Context) error
	version(ctx context.Context) (int64, error)
	analyse(ctx context.Context) error
	close() error
}

// closure is what a caller runs in a transaction.
type closure func(ctx context.Context, tx *Tx) error

// Open opens the database that dsn names: a postgres:// or postgresql:// URL, or else the
// path of an SQLite file, which is made (readable by its owner only) when it is not there.
// It refuses an SQLite older than 3.51.3 and a PostgreSQL older than 15.
func Open(ctx context.Context, dsn string, o Options) (*DB, error) {
	if o.Clock == nil {
		o.Clock = clock.System()
	}
	if o.Log == nil {
		o.Log = slog.Default()
	}
	if o.Migrations == nil {
		o.Migrations = Migrations()
	}
	d := &DB{kind: SQLite, opts: o}
	var err error
	if strings.HasPrefix(dsn, "postgres://") || strings.HasPrefix(dsn, "postgresql://") {
		d.kind = Postgres
		d.engine, err = openPostgres(ctx, dsn, d)
	} else {
		d.engine, err = openSQLite(ctx, dsn, d)
	}
	if err != nil {
		return nil, fmt.Errorf("%s database: %w", d.kind, err)
	}
	return d, nil
}

// Update runs fn in a write transaction and commits it when fn returns nil. fn may run
// again, so it touches the database only; what must happen once belongs in tx.AfterCommit.
// An error of fn is returned as it is and nothing of fn stays. A statement that was refused
// by the database spoils the transaction even when fn hides the error.
// A panic in fn is rolled back and goes on to the caller.
func (d *DB) Update(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if InTx(ctx) {
		return ErrNested
	}
	began := time.Now()
	err := d.engine.update(within(ctx), d.timed(fn))
	if d.opts.Timed != nil {
		d.opts.Timed(true, time.Since(began), err)
	}
	return err
}

// View runs fn in a read-only transaction that sees one moment of the database throughout.
func (d *DB) View(ctx context.Context, fn func(ctx context.Context, tx *Tx) error) error {
	if InTx(ctx) {
		return ErrNested
	}
	began := time.Now()
	err := d.engine.view(within(ctx), fn)
	if d.opts.Timed != nil {
		d.opts.Timed(false, time.Since(began), err)
	}
	return err
}

// Kind says which database is open.
func (d *DB) Kind() Kind { return d.kind }

// Now is the present by the clock the database was opened with, in UTC.
func (d *DB) Now() time.Time { return d.opts.Clock().UTC() }

// Close waits for the transactions that run, refuses those that wait, and closes the files
// and connections. It must not be called inside a closure.
func (d *DB) Close() error { return d.engine.close() }

// Attach keeps a value of this process with the database, for those who hold only a Tx of it
// (the bell that wakes the workers), and returns the value that was there first. As in a
// context, the key is of a type of the caller's own.
func (d *DB) Attach(key, value any) any {
	kept, _ := d.shared.LoadOrStore(key, value)
	return kept
}

// newTx is a transaction of this moment over q.
func (d *DB) newTx(q querier) *Tx {
	return &Tx{Now: clock.Of(d.opts.Clock()), d: d, q: q, changes: d.changes.Load(), began: time.Now()}
}

// timed is fn with a line in the log whenever it holds its transaction too long.
func (d *DB) timed(fn closure) closure {
	return func(ctx context.Context, tx *Tx) error {
		start := time.Now()
		err := fn(ctx, tx)
		if took := time.Since(start); took > slow {
			d.opts.Log.Warn("a closure held its transaction long", "took", took, "closure", name(fn))
		}
		return err
	}
}

// name is where fn was written: function, file and line.
func name(fn closure) string {
	pc := reflect.ValueOf(fn).Pointer()
	f := runtime.FuncForPC(pc)
	if f == nil {
		return "unknown"
	}
	file, line := f.FileLine(pc)
	return fmt.Sprintf("%s %s:%d", f.Name(), file, line)
}

// inTx marks a context that was given to a closure.
type inTx struct{}

func within(ctx context.Context) context.Context { return context.WithValue(ctx, inTx{}, true) }

// InTx says whether ctx was given to the closure of an open transaction. Who is about to
// call a provider asks it first: no call may leave while a transaction is open.
func InTx(ctx context.Context) bool { return ctx.Value(inTx{}) != nil }
