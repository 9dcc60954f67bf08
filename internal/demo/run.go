package demo

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"doorstep"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/report"
	"doorstep/internal/sample"
)

// Options of a demo.
type Options struct {
	Config  doorstep.Config // database, key, drivers and log; the rest is filled in
	Speed   int64           // how much faster than life the world goes; 0: as fits
	Seed    uint64          // of the shoppers' choices and of the chaos
	Chaos   bool
	Timeout time.Duration // after which a run that does not come to its end has failed
	Listen  string        // where the shop listens; empty: a free port of the loopback
	Say     func(format string, args ...any)
}

// chaosPercent is how many of the calls to others go wrong in a chaotic world.
const chaosPercent = 12

// stage is a running program in a running world.
type stage struct {
	o       Options
	program *doorstep.Program
	world   *World
	base    string
	crowd   *Crowd
	stop    context.CancelFunc
	group   sync.WaitGroup
	failed  atomic.Pointer[error] // of the program
}

// set starts everything. strike ends it.
func set(ctx context.Context, o Options, speed int64, hurried bool) (*stage, error) {
	catalogue, err := Catalogue(hurried)
	if err != nil {
		return nil, err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", cmp.Or(o.Listen, "127.0.0.1:0"))
	if err != nil {
		return nil, err
	}
	s := &stage{o: o, base: "http://" + listener.Addr().String()}
	ctx, s.stop = context.WithCancel(ctx)
	if s.world, err = StartWorld(ctx, s.base, speed, catalogue); err != nil {
		return nil, errors.Join(err, listener.Close())
	}
	s.program, err = doorstep.New(ctx, o.config(hurried))
	if err == nil {
		err = s.empty(ctx)
	}
	var key string
	if err == nil {
		key, err = Furnish(ctx, s.program, s.world, catalogue, s.world.Settings(s.base, hurried))
	}
	if err != nil {
		s.strike()
		return nil, errors.Join(err, listener.Close())
	}
	s.crowd = NewCrowd(s.base, key, s.world, o.Seed, o.Say)
	s.group.Go(func() {
		if err := s.program.Serve(ctx, listener); err != nil {
			s.failed.Store(&err)
		}
	})
	s.group.Go(func() { s.crowd.Work(ctx) })
	if o.Chaos {
		s.world.Chaos(o.Seed, chaosPercent)
	}
	return s, nil
}

// config is the program as the demo needs it: it may call loopback, nobody's limits hold,
// and it is as impatient as the world is fast.
func (o Options) config(hurried bool) doorstep.Config {
	c := o.Config
	c.StoreName, c.Currency, c.AllowPrivate = sample.ShopName, sample.Currency, true
	c.Gallery = true // whoever tries it out may look at every page
	c.API.PerAddress, c.API.PerKey = -1, -1
	if hurried {
		c.Work.Poll, c.Work.Parallel = 50*time.Millisecond, 24
		c.Outside.SlowDown, c.Outside.BreakFor = 200*time.Millisecond, time.Second
		// Others who are slower than this have not answered, though they may have acted.
		c.Outside.Transport = &http.Transport{ResponseHeaderTimeout: time.Second, MaxIdleConnsPerHost: 32, MaxConnsPerHost: 32, IdleConnTimeout: 30 * time.Second}
	}
	return c
}

// empty refuses a database in which somebody has sold before: the verdict counts all orders.
func (s *stage) empty(ctx context.Context) error {
	var page report.OrderPage
	err := s.program.DB.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		page, err = report.Orders(ctx, tx, s.program.Store.StoreID, report.Filter{}, "", 1)
		return err
	})
	if err == nil && len(page.Orders) > 0 {
		err = errors.New("demo: the database has orders already: give it an empty one with --database")
	}
	return err
}

// strike stops the program first, then the world around it.
func (s *stage) strike() {
	s.stop()
	s.group.Wait()
	s.world.Close()
	if s.program != nil {
		if err := s.program.Close(); err != nil {
			s.o.Say("%v", err)
		}
	}
}

// Run lets so many orders be placed, waits until all are delivered, and judges. An error
// says why the run did not come to its end.
func Run(ctx context.Context, o Options, orders int) (Report, error) {
	if o.Speed == 0 {
		o.Speed = fullSpeed
	}
	ctx, cancel := context.WithTimeoutCause(ctx, o.Timeout, fmt.Errorf("the run took longer than %s", o.Timeout))
	defer cancel()
	began := time.Now()
	s, err := set(ctx, o, o.Speed, true)
	if err != nil {
		return Report{}, err
	}
	defer s.strike()
	refused, err := s.crowd.Shop(ctx, orders)
	if err == nil {
		err = s.untilDelivered(ctx)
	}
	if err != nil && context.Cause(ctx) != nil {
		err = fmt.Errorf("%w; %s", context.Cause(ctx), s.whatIsLeft())
	}
	if err != nil {
		return Report{}, fmt.Errorf("demo: %w", err)
	}
	r, err := s.judge(ctx)
	r.Refused, r.Seconds, r.Faults = refused, float64(time.Since(began).Milliseconds())/1000, s.world.Faults()
	return r, err
}

// untilDelivered waits until no order is on its way any more.
func (s *stage) untilDelivered(ctx context.Context) error {
	tick := time.NewTicker(100 * time.Millisecond)
	defer tick.Stop()
	for {
		left, err := UnderWay(ctx, s.program.DB, s.program.Store.StoreID)
		if err != nil || len(left) == 0 {
			return err
		}
		if failure := s.failed.Load(); failure != nil {
			return *failure
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// UnderWay lists some of a store's orders that are not at their end.
func UnderWay(ctx context.Context, d *db.DB, s id.Store) (left []report.OrderRow, err error) {
	err = d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		left = nil
		for _, state := range []string{"pending", "open", "cancelling"} {
			page, err := report.Orders(ctx, tx, s, report.Filter{State: state}, "", 100)
			if err != nil {
				return err
			}
			left = append(left, page.Orders...)
		}
		return nil
	})
	return left, err
}

// Moving counts the paid orders that are not at their end, a hundred at most.
func Moving(ctx context.Context, d *db.DB, s id.Store) (int, error) {
	left, err := UnderWay(ctx, d, s)
	n := 0
	for _, o := range left {
		if o.State != "pending" {
			n++
		}
	}
	return n, err
}

// judge waits until nothing more is to be said, and compares all books.
func (s *stage) judge(ctx context.Context) (Report, error) {
	s.world.Calm()
	s.world.hooks.Wait()
	orders, err := s.settled(ctx)
	if err != nil {
		return Report{}, err
	}
	r := Judge(orders, s.world.Books())
	differences, err := flow.Audit(ctx, s.program.DB, s.program.Store.StoreID)
	if err != nil {
		return Report{}, err
	}
	r.AuditOK = len(differences) == 0
	for _, d := range differences {
		r.problem("audit: %s of %s is stored as %q and should be %q", d.What, d.Subject, d.Stored, d.Computed)
	}
	return r, nil
}

// settled is all orders, once all is quiet.
func (s *stage) settled(ctx context.Context) ([]report.Document, error) {
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for calm := 0; ; {
		left, err := Unquiet(ctx, s.program.DB, s.program.Store.StoreID)
		if err != nil {
			return nil, err
		}
		if calm++; left != "" {
			calm = 0
		}
		if calm >= 3 {
			return documents(ctx, s.program.DB, s.program.Store.StoreID)
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("%w; %s", context.Cause(ctx), left)
		case <-tick.C:
		}
	}
}

// leaves are the kinds of work by which money and mails leave: between two tries such a job may be
// neither due nor at work, and yet nothing is settled.
var leaves = []string{"payment.capture", "payment.void", "refund.send", "refund.find", "mail.send"}

// Unquiet says in words what has yet to be done at once, or to leave; empty when all is quiet.
func Unquiet(ctx context.Context, d *db.DB, s id.Store) (words string, err error) {
	err = d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := job.Count(ctx, tx)
		if err != nil {
			return err
		}
		leaving, err := job.Resting(ctx, tx, s, leaves)
		if err != nil {
			return err
		}
		if words = ""; c.Due+c.Leased+leaving > 0 {
			words = fmt.Sprintf("%d jobs are due, %d at work; %d wait for another try at money or a mail", c.Due, c.Leased, leaving)
		}
		return nil
	})
	return words, err
}

// whatIsLeft says in words which orders are not at their end, and why if that is known.
func (s *stage) whatIsLeft() string {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	left, err := UnderWay(ctx, s.program.DB, s.program.Store.StoreID)
	if err != nil {
		return err.Error()
	}
	words := fmt.Sprintf("%d orders are not delivered", len(left))
	for i, o := range left {
		if i == 5 {
			return words + " …"
		}
		words += fmt.Sprintf("; %d is %s, goods %s, money %s %s", o.Number, o.State, o.Goods, o.Money, o.Attention)
	}
	return words
}
