//go:build unix

package crash

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"doorstep"
	"doorstep/internal/db"
	"doorstep/internal/demo"
	"doorstep/internal/report"
)

// Options of a run.
type Options struct {
	Binary   string // that becomes a child when ChildEnv is set; empty: this program
	Dir      string // for the database and the children's logs; it must exist
	Postgres bool   // else an SQLite file
	Nodes    int    // on PostgreSQL; 1 when 0
	Orders   int
	Shoppers int    // at the same time; 8 when 0
	Seed     uint64 // of the shoppers' choices
	Hasty    bool   // nobody waits a minute for a request whose process died: all press again

	Points   bool          // die once at every named point
	Troubles []Trouble     // what happens in turn
	Every    time.Duration // one trouble; 3 s when 0
	Least    int           // so many troubles at least, even when all orders are placed
	Timeout  time.Duration // after which a run that does not come to rest has failed; 10 min when 0
	Speed    int64         // how much faster than life parcels travel; 150,000 when 0

	Say  func(format string, args ...any) // progress
	Live func(Figures)                    // called twice a second; may be nil
}

// Figures are how a run stands.
type Figures struct {
	Placed, Wanted int
	Deaths         map[string]int // of nodes, and what else happened, by what did it
	Nodes          []string       // where each listens; empty: it is down
}

// lab is a run.
type lab struct {
	o       Options
	front   *front
	world   *demo.World
	program *doorstep.Program // ours, for reading; it works no jobs
	nodes   []*node
	points  *points
	crowd   *crowd
	desk    *desk
	server  *server
	wire    *wire
	dsn     string
	key     string
	began   time.Time

	negative int // stock figures below zero, as shoppers see them

	mu     sync.Mutex
	deaths map[string]int
}

// Run plays a run and judges it. The error says why it did not come to its end; a verdict
// that is not good is no error.
func Run(ctx context.Context, o Options) (Report, error) {
	o = o.filled()
	ctx, cancel := context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("the run took longer than %s", o.Timeout))
	defer cancel()
	l := &lab{o: o, began: time.Now(), deaths: map[string]int{}, points: &points{died: map[string]int{}}}
	if o.Points {
		l.points.left = deadly()
	}
	defer l.clear() //nolint:contextcheck // what is left is cleared away however the run ended
	if err := l.set(ctx); err != nil {
		return Report{}, fmt.Errorf("crash lab: %w", err)
	}
	left, err := l.play(ctx)
	if err != nil {
		return Report{}, fmt.Errorf("crash lab: %w; %s", err, l.whatIsLeft())
	}
	r, err := l.judge(ctx)
	r.Unreached = left
	return r, err
}

func (o Options) filled() Options {
	if o.Nodes < 1 || !o.Postgres {
		o.Nodes = 1
	}
	if o.Shoppers < 1 {
		o.Shoppers = 8
	}
	if o.Every <= 0 {
		o.Every = 3 * time.Second
	}
	if o.Timeout <= 0 {
		o.Timeout = 10 * time.Minute
	}
	if o.Speed <= 0 {
		o.Speed = 150_000
	}
	if o.Say == nil {
		o.Say = func(string, ...any) {}
	}
	return o
}

// set puts everything in its place; nothing runs yet but the neighbours.
func (l *lab) set(ctx context.Context) (err error) {
	if l.o.Binary == "" {
		if l.o.Binary, err = os.Executable(); err != nil {
			return err
		}
	}
	seed := make([]byte, 32)
	_, _ = rand.Read(seed) // it never fails
	l.key = hex.EncodeToString(seed)
	database := filepath.Join(l.o.Dir, "crash.db")
	l.dsn = database
	if l.o.Postgres {
		if l.server, err = openServer(ctx, filepath.Join(l.o.Dir, "postgres")); err != nil {
			return err
		}
		if l.wire, err = lay(ctx, l.server.address()); err != nil {
			return err
		}
		database, l.dsn = dsn(l.server.address()), dsn(l.wire.listener.Addr().String())
	}
	var listener net.Listener
	if l.front, listener, err = openFront(ctx); err != nil {
		return err
	}
	catalogue, err := demo.Catalogue(true)
	if err != nil {
		return err
	}
	if l.world, err = demo.StartLeanWorld(ctx, l.front.base, l.o.Speed, catalogue); err != nil {
		return err
	}
	if l.program, err = doorstep.New(ctx, config(database, l.key, slog.New(slog.DiscardHandler))); err != nil {
		return err
	}
	settings := l.world.Settings(l.front.base, true)
	settings["payment.capture"] = "authorise"
	settings["reserve.minutes"] = "600"
	secret, err := demo.Furnish(ctx, l.program, l.world, catalogue, settings)
	if err != nil {
		return err
	}
	l.people(secret)
	for i := range l.o.Nodes {
		name := fmt.Sprintf("node-%d", i+1)
		l.nodes = append(l.nodes, &node{name: name, binary: l.o.Binary, log: filepath.Join(l.o.Dir, name+".log"), points: l.points,
			armed: l.o.Points, env: []string{databaseEnv + "=" + l.dsn, keyEnv + "=" + l.key}})
	}
	l.front.nodes, l.front.late = l.nodes, l.points.silent
	go func() { _ = l.front.server.Serve(listener) }()
	return nil
}

// people come in: they know the shop by its address.
func (l *lab) people(secret string) {
	client := &http.Client{Timeout: 15 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 20 * time.Second}}
	base := l.front.base + "/api/v1"
	l.crowd = &crowd{lab: l, shop: caller{client, base, ""}}
	l.desk = &desk{api: caller{client, base, secret}, world: l.world, open: map[string]bool{}, seen: map[string]time.Time{}}
}

// play lets orders be placed while everything goes wrong, and then waits until all is quiet.
func (l *lab) play(ctx context.Context) (unreached []string, err error) {
	running, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	defer group.Wait()
	defer stop()
	for _, n := range l.nodes {
		group.Go(func() { n.keep(running) })
	}
	if err := l.nodes[len(l.nodes)-1].ready(ctx); err != nil {
		return nil, err
	}
	group.Go(func() { l.desk.work(running) })
	group.Go(func() { l.tell(running) })
	troubled := make(chan struct{})
	placed, done := context.WithCancel(running)
	group.Go(func() {
		defer close(troubled)
		l.trouble(running, placed)
	})
	err = l.crowd.shopTogether(ctx, l.o.Orders, l.o.Shoppers)
	l.o.Say("%d orders are placed", l.crowd.count())
	if err == nil {
		err = l.untilQuiet(ctx, false) // what else there is to die at is come to on the way
	}
	done()
	<-troubled
	unreached = l.points.give()
	if err == nil {
		err = l.untilQuiet(ctx, true)
	}
	if err == nil {
		l.negative, err = l.crowd.below(ctx)
	}
	return unreached, err
}

// untilQuiet waits until no order is under way; at last also until all is quiet.
func (l *lab) untilQuiet(ctx context.Context, last bool) error {
	if last {
		l.world.HooksDone()
	}
	for calm := 0; calm < 4; {
		if err := pause(ctx, 150*time.Millisecond); err != nil {
			return err
		}
		moving, err := demo.Moving(ctx, l.program.DB, l.program.Store.StoreID)
		if err != nil || moving > 0 {
			calm = 0 // the database may be down at this moment
			continue
		}
		if !last {
			return nil
		}
		unquiet, err := demo.Unquiet(ctx, l.program.DB, l.program.Store.StoreID)
		if calm++; err != nil || unquiet != "" {
			calm = 0
		}
	}
	return nil
}

// whatIsLeft says which orders are not at their end.
func (l *lab) whatIsLeft() string {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if l.program == nil {
		return "nothing ran yet"
	}
	left, err := demo.UnderWay(ctx, l.program.DB, l.program.Store.StoreID)
	if err != nil {
		return err.Error()
	}
	words := fmt.Sprintf("%d orders are under way", len(left))
	for i, o := range left[:min(len(left), 5)] {
		words += fmt.Sprintf("; %d is %s, goods %s, money %s %s", o.Number, o.State, o.Goods, o.Money, o.Attention)
		if document, err := l.document(ctx, string(o.ID)); err == nil && i < 2 {
			for _, p := range document.Purchases {
				words += fmt.Sprintf(" [%s %s %s %s]", p.SupplierName, p.Number, p.State, p.Words)
			}
		}
	}
	return words
}

func (l *lab) document(ctx context.Context, order string) (d report.Document, err error) {
	err = l.program.DB.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		d, err = report.OrderDocument(ctx, tx, l.program.Store.StoreID, order)
		return err
	})
	return d, err
}

// clear stops whatever still runs.
func (l *lab) clear() {
	var errs error
	if l.front != nil {
		errs = errors.Join(errs, l.front.server.Close())
	}
	if l.program != nil {
		errs = errors.Join(errs, l.program.Close())
	}
	if l.world != nil {
		l.world.Close()
	}
	if l.wire != nil {
		errs = errors.Join(errs, l.wire.listener.Close())
		l.wire.cut()
	}
	if l.server != nil {
		errs = errors.Join(errs, l.server.crash(context.Background()))
	}
	if errs != nil {
		l.o.Say("clearing up: %v", errs)
	}
}
