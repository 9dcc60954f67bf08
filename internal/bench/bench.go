// Package bench measures how fast the program is on this machine and this database: the
// real binary as a process of its own, spoken to over HTTP, in the demo's emulated world.
//
// The raw commit rate of the same database is measured in the same run, because figures of
// different machines cannot be compared, but their ratios to it can. The emulated world and
// the clients share the machine with the program, so all figures are lower bounds.
package bench

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"doorstep"
	"doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/demo"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/sample"
	"doorstep/internal/store"
)

// Options of a measurement.
type Options struct {
	Config   doorstep.Config // database and key; the database must hold no orders
	Binary   string          // the program
	Env      []string        // of the program's process: where its database and key are
	Orders   int             // placed with each number of clients
	Journeys int             // from cart to door
	Sizes    []int           // orders in the database, growing, at which everything is measured again
	Backlog  int             // paid orders that are forwarded at once
	Pace     time.Duration   // how long orders come in at 20 a second
	Say      func(format string, args ...any)
}

// Report is what was measured.
type Report struct {
	Database string    `json:"database"` // sqlite or postgres
	CPUs     int       `json:"cpus"`
	Commits  float64   `json:"raw_commits_per_s"` // of one writer with a tiny transaction each time
	Placing  []Placing `json:"placing"`
	Journeys Journeys  `json:"journeys"`
	Memory   Memory    `json:"memory_mb"`
	Startup  float64   `json:"startup_ms"` // from the start of the process to the first answer, median of five
	Feed     Feed      `json:"feed"`
	Pace     Pace      `json:"pace"`
	Backlog  Backlog   `json:"backlog"`
	Sizes    []Size    `json:"sizes"`
	Pages    []Web     `json:"pages"` // at the largest size
	Lists    []List    `json:"lists"` // at the largest size
	Goals    []Goal    `json:"goals"`
}

// Placing is how orders are placed by so many clients at once: POST /cart/checkout, with all
// that makes an order good on the disk.
type Placing struct {
	Clients int     `json:"clients"`
	Orders  int     `json:"orders"`
	Rate    float64 `json:"orders_per_s"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Work    float64 `json:"program_ms"`           // the program's processor time for one, with all that it causes meanwhile
	Ratio   float64 `json:"ratio_to_raw_commits"` // orders per second to raw commits per second
}

// Journeys is whole ways from a paid cart to a delivered parcel in a world without distances.
type Journeys struct {
	Orders int     `json:"orders"`
	Rate   float64 `json:"per_s"`
	Ratio  float64 `json:"ratio_to_raw_commits"`
}

// Memory is what the program's process holds, in MiB; 0 where the system does not tell.
type Memory struct {
	Idle float64 `json:"idle"`
	Load float64 `json:"under_load"` // the highest
}

// noDistance makes the world's parcels arrive at once.
const noDistance = 100_000_000

// starts is how often the program is started for the median.
const starts = 5

// bench is a measurement under way.
type bench struct {
	Options
	r       *Report
	base    string // where the program listens: "http://host:port"
	address string
	handle  string // of a product
	crowd   *demo.Crowd
	world   *emulator.World
	shop    shop
	d       *db.DB // the program's database, seen from here
	child   *child
	browser *browser
	visitor int        // how many there have been
	copied  []id.Order // what is copied to fill the database
	copies  int
}

// Run measures everything, one thing after the other.
func Run(ctx context.Context, o Options) (r Report, err error) {
	r.CPUs = runtime.GOMAXPROCS(0)
	b := &bench{Options: o, r: &r}
	if b.address, err = freeAddress(ctx); err != nil {
		return r, err
	}
	b.base = "http://" + b.address
	catalogue, err := demo.Catalogue(true)
	if err != nil {
		return r, err
	}
	b.handle = catalogue.Products[0].Handle
	world, err := demo.StartWorld(ctx, b.base, noDistance, catalogue)
	if err != nil {
		return r, err
	}
	defer world.Close()
	b.world = world.Parcel
	if err := b.prepare(ctx, world, catalogue); err != nil {
		return r, err
	}
	b.d, err = db.Open(ctx, o.Config.Database, db.Options{Log: o.Config.Log})
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, b.d.Close()) }()
	b.crowd = demo.NewCrowd(b.base, b.shop.key, world, 1, o.Say)
	if err := b.startUp(ctx); err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, b.child.stop()) }()
	err = b.measure(ctx)
	r.judge()
	return r, err
}

// measure measures what a running program does.
func (b *bench) measure(ctx context.Context) error {
	if err := pause(ctx, 2*time.Second); err != nil { // it reads all offers once
		return err
	}
	b.r.Memory.Idle = b.child.memory("VmRSS")
	if err := b.load(ctx); err != nil {
		return err
	}
	b.r.Memory.Load = b.child.memory("VmHWM")
	steps := []func(context.Context) error{b.feed, b.pace, b.backlog, b.vary, b.signIn}
	for _, size := range b.Sizes {
		steps = append(steps, func(ctx context.Context) error { return b.grow(ctx, size) })
	}
	for _, step := range append(steps, b.pages, b.lists) {
		if err := step(ctx); err != nil {
			return err
		}
		b.r.Memory.Load = max(b.r.Memory.Load, b.child.memory("VmHWM"))
	}
	return nil
}

// start starts the program, once.
func (b *bench) start(ctx context.Context) (err error) {
	b.child, err = b.spawn(ctx, b.address)
	return err
}

// signIn opens the dashboard for somebody who is hired for it.
func (b *bench) signIn(ctx context.Context) error {
	token, err := hire(ctx, b.d, b.shop.store)
	if err != nil {
		return err
	}
	if b.browser, err = newBrowser(b.base); err != nil {
		return err
	}
	return b.browser.signIn(ctx, token)
}

// shop is what the measurement knows of the program's database.
type shop struct {
	key   string // of the API, for the staff
	store id.Store
}

// prepare furnishes the database and measures what it can do by itself.
func (b *bench) prepare(ctx context.Context, w *demo.World, c sample.Catalogue) (err error) {
	config := b.Config
	config.StoreName, config.Currency, config.AllowPrivate = sample.ShopName, sample.Currency, true
	p, err := doorstep.New(ctx, config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	b.shop.store, b.r.Database = p.Store.StoreID, p.DB.Kind().String()
	err = p.DB.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		page, err := report.Orders(ctx, tx, b.shop.store, report.Filter{}, "", 1)
		if err == nil && len(page.Orders) > 0 {
			err = errors.New("bench: the database has orders already: give it an empty one with --database")
		}
		return err
	})
	if err != nil {
		return err
	}
	b.Say("furnishing the shop")
	if b.shop.key, err = demo.Furnish(ctx, p, w, c, w.Settings(b.base, true)); err != nil {
		return err
	}
	b.Say("measuring raw commits")
	b.r.Commits, err = commits(ctx, p.DB, b.shop.store)
	return err
}

// commits is how many tiny transactions one writer commits in a second.
func commits(ctx context.Context, d *db.DB, s id.Store) (float64, error) {
	const lasting = 2 * time.Second
	began, n := time.Now(), 0
	for ; time.Since(began) < lasting; n++ {
		err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			_, err := store.Next(ctx, tx, s, "bench", 1)
			return err
		})
		if err != nil {
			return 0, err
		}
	}
	return perSecond(n, time.Since(began)), nil
}

// startUp starts the program several times; the last one stays.
func (b *bench) startUp(ctx context.Context) error {
	b.Say("starting the program %d times", starts)
	var took []time.Duration
	for {
		if err := b.start(ctx); err != nil {
			return err
		}
		if took = append(took, b.child.ready); len(took) == starts {
			slices.Sort(took)
			b.r.Startup = milliseconds(took[len(took)/2])
			return nil
		}
		if err := b.child.stop(); err != nil {
			return fmt.Errorf("bench: the program: %w", err)
		}
	}
}

func perSecond(n int, d time.Duration) float64 { return rounded(float64(n) / d.Seconds()) }

func milliseconds(d time.Duration) float64 { return rounded(float64(d.Microseconds()) / 1000) }

// rounded is a figure with two decimals: more would only look exact.
func rounded(x float64) float64 { return float64(int64(x*100+0.5)) / 100 }

// ratio is a figure to the raw commits of the same run, with four decimals.
func ratio(rate, commits float64) float64 {
	if commits == 0 {
		return 0
	}
	return float64(int64(rate/commits*10_000+0.5)) / 10_000
}

func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
