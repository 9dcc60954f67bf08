// Package doorstep is the whole program, wired in one place: a database, the door to the
// outside, the workers of the job table, and the HTTP side. cmd/doorstep gives it flags
// and drivers; tests and the demo start it in process.
//
//	HTTP ──▶ web/api ──▶ flow ──▶ domain ──▶ db
//	                      │ jobs                ▲
//	                      ▼                     │
//	         job.Worker ─▶ outside ─▶ suppliers, payment providers, tracking, mail
package doorstep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/http"
	"sync"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/job"
	"doorstep/internal/metrics"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/trace"
	"doorstep/internal/web/api"
	"doorstep/money"
)

// Config says how the program is to be. Database is needed.
type Config struct {
	Database string          // path of an SQLite file, or a postgres:// URL
	Key      seal.Source     // where the key is that seals secrets
	Drivers  outside.Drivers // the connectors of this binary
	Clock    clock.Clock     // nil: the machine's
	Log      *slog.Logger    // nil: nothing is logged

	StoreName string         // of the store that is made when there is none; "My store" when empty
	Currency  money.Currency // that it sells in; EUR when empty

	// AllowPrivate lets connectors reach private and loopback addresses: for emulators, and
	// for suppliers in the same house.
	AllowPrivate bool
	// Outside changes how the door behaves (patience, breakers, crash points); its DB, Seal,
	// Drivers, Log, Clock and AllowPrivate are filled in from above.
	Outside outside.Options
	// Work changes how jobs are worked; its Handlers, Lanes and Log are filled in.
	Work job.Options
	// API changes the API's limits and how it finds out who calls; the rest is filled in.
	API api.Options
	// Migrations are the schema that the program knows; nil: its own. Tests of upgrades take the
	// last ones away.
	Migrations fs.FS
	// Gallery shows every component of the pages at /dev/gallery: for those who work on them.
	Gallery bool
	// MetricsToken opens /metrics to who sends it as Bearer. Empty: only programs of the same
	// machine see it, and nobody by way of a proxy.
	MetricsToken string
	// Traces says where to tell of requests, jobs and calls; nowhere when its URL is empty. Its Log
	// is filled in.
	Traces trace.Options
}

// Program is an open program. Close it at the end.
type Program struct {
	DB      *db.DB
	Seal    *seal.Box
	Store   store.Store // the one store that the command line and the API speak for
	Outside *outside.Outside
	Log     *slog.Logger

	metrics  *metrics.Metrics
	tracer   *trace.Tracer // nil: nothing is traced
	worker   *job.Worker
	handler  http.Handler
	stopping chan struct{} // closed when Serve ends: live pages let go
	stopOnce sync.Once
}

// New opens the database, brings its schema up to date, finds the store or makes it, and
// wires everything together. Nothing runs yet.
func New(ctx context.Context, c Config) (*Program, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.DiscardHandler)
	}
	box, err := seal.Load(c.Key)
	if err != nil {
		return nil, err
	}
	figures := metrics.New()
	d, err := Open(ctx, c.Database, db.Options{Clock: c.Clock, Log: c.Log, Timed: figures.Transaction, Migrations: c.Migrations})
	if err != nil {
		return nil, err
	}
	box.Attach(d)
	report.Attach(d)
	p := &Program{DB: d, Seal: box, Log: c.Log, metrics: figures, stopping: make(chan struct{})}
	if p.Store, err = theStore(ctx, d, c); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	if err := p.wire(c); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return p, nil
}

// Open opens a database and brings its schema up to date.
func Open(ctx context.Context, dsn string, o db.Options) (*db.DB, error) {
	d, err := db.Open(ctx, dsn, o)
	if err != nil {
		return nil, err
	}
	if err := d.Migrate(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (p *Program) wire(c Config) (err error) {
	c.Traces.Log = c.Log
	if p.tracer, err = trace.New(c.Traces); err != nil {
		return err
	}
	p.metrics.Trace(p.tracer)
	door := c.Outside
	door.Called, door.Trace = p.metrics.Call, p.tracer
	door.DB, door.Seal, door.Drivers, door.Log, door.AllowPrivate = p.DB, p.Seal, c.Drivers, c.Log, c.AllowPrivate
	if c.Clock != nil {
		door.Clock = c.Clock
	}
	p.Outside = outside.New(door)
	work := c.Work
	work.Handlers, work.Lanes, work.Log, work.Trace = p.Outside.Handlers(), p.Outside.Lanes, c.Log, p.tracer
	p.worker = job.NewWorker(p.DB, work)
	if err := p.metrics.Register(metrics.NewWaiting(p.DB, c.Log)); err != nil {
		return err
	}
	p.handler, err = p.routes(c)
	return err
}

// theStore is the store that was made first; the first start makes it.
func theStore(ctx context.Context, d *db.DB, c Config) (s store.Store, err error) {
	name, currency := c.StoreName, c.Currency
	if name == "" {
		name = "My store"
	}
	if currency == "" {
		currency = "EUR"
	}
	err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if s, err = store.First(ctx, tx); err == nil || !errors.Is(err, store.ErrUnknown) {
			return err
		}
		s, err = store.Create(ctx, tx, name, currency)
		return err
	})
	if err != nil {
		return s, fmt.Errorf("the store of this database: %w", err)
	}
	return s, nil
}

// Handler is the HTTP side.
func (p *Program) Handler() http.Handler { return p.handler }

// Drain works every job that is due and all that follow at once: for tests whose clock
// stands still. It says how many ran.
func (p *Program) Drain(ctx context.Context) (int, error) { return p.worker.Drain(ctx) }

// Close hands over the last traces and closes the database.
func (p *Program) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), lastTraces)
	defer cancel()
	if err := p.tracer.Close(ctx); err != nil { // nobody's business is lost by it
		p.Log.Warn("the last traces were not handed over", "error", err)
	}
	return p.DB.Close()
}
