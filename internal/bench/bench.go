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
}

// Placing is how orders are placed by so many clients at once: POST /cart/checkout, with all
// that makes an order good on the disk.
type Placing struct {
	Clients int     `json:"clients"`
	Orders  int     `json:"orders"`
	Rate    float64 `json:"orders_per_s"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
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

// Run measures everything, one thing after the other.
func Run(ctx context.Context, o Options) (r Report, err error) {
	r.CPUs = runtime.GOMAXPROCS(0)
	base, err := freeAddress(ctx)
	if err != nil {
		return r, err
	}
	catalogue, err := demo.Catalogue(true)
	if err != nil {
		return r, err
	}
	world, err := demo.StartWorld(ctx, "http://"+base, noDistance, catalogue)
	if err != nil {
		return r, err
	}
	defer world.Close()
	shop, err := o.prepare(ctx, world, catalogue, base, &r)
	if err != nil {
		return r, err
	}
	child, err := o.startUp(ctx, base, &r)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, child.stop()) }()
	if err := pause(ctx, 2*time.Second); err != nil { // it reads all offers once
		return r, err
	}
	r.Memory.Idle = child.memory("VmRSS")
	crowd := demo.NewCrowd("http://"+base, shop.key, world, 1, o.Say)
	if err := o.load(ctx, crowd, shop, &r); err != nil {
		return r, err
	}
	r.Memory.Load = child.memory("VmHWM")
	return r, nil
}

// shop is what the measurement knows of the program's database.
type shop struct {
	key   string // of the API, for the staff
	store id.Store
}

// prepare furnishes the database and measures what it can do by itself.
func (o Options) prepare(ctx context.Context, w *demo.World, c sample.Catalogue, base string, r *Report) (s shop, err error) {
	config := o.Config
	config.StoreName, config.Currency, config.AllowPrivate = sample.ShopName, sample.Currency, true
	p, err := doorstep.New(ctx, config)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, p.Close()) }()
	s.store, r.Database = p.Store.StoreID, p.DB.Kind().String()
	err = p.DB.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		page, err := report.Orders(ctx, tx, s.store, report.Filter{}, "", 1)
		if err == nil && len(page.Orders) > 0 {
			err = errors.New("bench: the database has orders already: give it an empty one with --database")
		}
		return err
	})
	if err != nil {
		return s, err
	}
	o.Say("furnishing the shop")
	if s.key, err = demo.Furnish(ctx, p, w, c, w.Settings("http://"+base, true)); err != nil {
		return s, err
	}
	o.Say("measuring raw commits")
	r.Commits, err = commits(ctx, p.DB, s.store)
	return s, err
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
func (o Options) startUp(ctx context.Context, base string, r *Report) (*child, error) {
	o.Say("starting the program %d times", starts)
	var took []time.Duration
	for {
		c, ready, err := o.spawn(ctx, base)
		if err != nil {
			return nil, err
		}
		if took = append(took, ready); len(took) == starts {
			slices.Sort(took)
			r.Startup = milliseconds(took[len(took)/2])
			return c, nil
		}
		if err := c.stop(); err != nil {
			return nil, fmt.Errorf("bench: the program: %w", err)
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
