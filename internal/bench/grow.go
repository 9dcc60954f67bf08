package bench

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/report/seed"
)

// Size is what things cost with so many orders in the database.
type Size struct {
	Orders   int64   `json:"orders"`
	Startup  float64 `json:"startup_ms"`         // to the first answer, median of three
	Placing  float64 `json:"placing_per_s"`      // with 32 clients
	Journeys float64 `json:"journeys_per_s"`     // from cart to door
	List     float64 `json:"list_first_p95_ms"`  // the first page of the list of orders
	Middle   float64 `json:"list_middle_p95_ms"` // the page in the middle of it
	Idle     float64 `json:"idle_mb"`            // two seconds after the start
}

// copyEvery is the time between two copies of a hundred orders: a shop with 500 a day.
const copyEvery = 288 * time.Minute

// models is how many orders of each state one copy makes: most are long delivered. The open
// ones wait to be sent.
func models() map[string]int {
	return map[string]int{"closed": 82, "pending": 8, "cancelled": 6, "open": 4}
}

// vary sees to it that there are orders of every kind to be copied.
func (b *bench) vary(ctx context.Context) error {
	if err := b.hold(ctx, "48h"); err != nil {
		return err
	}
	if _, err := b.crowd.Shop(ctx, models()["open"]); err != nil {
		return err
	}
	if err := b.settle(ctx, func(p report.OrderRow) bool { return p.State == "open" }, models()["open"]); err != nil {
		return err
	}
	var pending []report.OrderRow
	err := b.d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		page, err := report.Orders(ctx, tx, b.shop.store, report.Filter{State: "pending"}, "", models()["cancelled"])
		pending = page.Orders
		return err
	})
	if err != nil {
		return err
	}
	for _, o := range pending {
		if err := b.post(ctx, "/api/v1/admin/orders/"+string(o.ID)+"/cancel", `{"reason":"another one is cheaper"}`); err != nil {
			return err
		}
	}
	return b.hold(ctx, "0s")
}

// settle waits until so many of the newest orders are as wanted.
func (b *bench) settle(ctx context.Context, is func(report.OrderRow) bool, want int) error {
	for {
		n := 0
		err := b.d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
			page, err := report.Orders(ctx, tx, b.shop.store, report.Filter{}, "", 4*want)
			for n = 0; len(page.Orders) > 0 && is(page.Orders[0]); page.Orders = page.Orders[1:] {
				n++
			}
			return err
		})
		if err != nil || n >= want {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("bench: %d of %d orders came to be open: %w", n, want, context.Cause(ctx))
		}
	}
}

// post gives a command to the API.
func (b *bench) post(ctx context.Context, path, body string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, b.base+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Authorization", "Bearer "+b.shop.key)
	req.Header.Set("Idempotency-Key", id.Token())
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode >= 300 {
		return fmt.Errorf("bench: %s: %s", path, res.Status)
	}
	return nil
}

// grow fills the database up to a size, and measures there.
func (b *bench) grow(ctx context.Context, target int) error {
	if err := b.fill(ctx, target); err != nil {
		return err
	}
	s, err := b.at(ctx)
	b.r.Sizes = append(b.r.Sizes, s)
	return err
}

// fill copies orders while the program does not run.
func (b *bench) fill(ctx context.Context, target int) error {
	have, _, err := b.count(ctx)
	if err != nil {
		return err
	}
	list, err := b.models(ctx)
	if err != nil {
		return err
	}
	copies := (target - int(have)) / len(list)
	if copies <= 0 {
		return nil
	}
	b.Say("filling the database with %d orders", copies*len(list))
	if err := b.child.stop(); err != nil {
		return err
	}
	err = seed.Multiply(ctx, b.d, seed.Options{Store: b.shop.store, Models: list, Copies: copies, Every: copyEvery, Skip: b.copies})
	if err != nil {
		return err
	}
	b.copies += copies
	if err := b.d.Analyse(ctx); err != nil {
		return err
	}
	return b.start(ctx)
}

// models are the orders that are copied, the same each time.
func (b *bench) models(ctx context.Context) ([]id.Order, error) {
	if len(b.copied) > 0 {
		return b.copied, nil
	}
	list, err := seed.Models(ctx, b.d, b.shop.store, models())
	if err == nil && len(list) == 0 {
		err = errors.New("bench: there is no order to copy")
	}
	b.copied = list
	return list, err
}

func (b *bench) count(ctx context.Context) (n int64, middle id.Order, err error) {
	err = b.d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		n, middle, err = seed.Count(ctx, tx, b.shop.store, "closed")
		return err
	})
	return n, middle, err
}

// at measures what things cost at the present size.
func (b *bench) at(ctx context.Context) (s Size, err error) {
	var middle id.Order
	if s.Orders, middle, err = b.count(ctx); err != nil {
		return s, err
	}
	b.Say("measuring with %d orders in the database", s.Orders)
	var took []time.Duration
	for range 3 {
		if err := b.child.stop(); err != nil {
			return s, err
		}
		if err := b.start(ctx); err != nil {
			return s, err
		}
		took = append(took, b.child.ready)
	}
	slices.Sort(took)
	s.Startup = milliseconds(took[1])
	if err := pause(ctx, 2*time.Second); err != nil {
		return s, err
	}
	s.Idle = b.child.memory("VmRSS")
	for path, into := range map[string]*float64{"/admin/orders": &s.List, "/admin/orders?after=" + string(middle): &s.Middle} {
		if *into, err = b.p95(ctx, path); err != nil {
			return s, err
		}
	}
	p, err := b.place(ctx, 32)
	if err != nil {
		return s, err
	}
	s.Placing = p.Rate
	j, err := b.journeys(ctx)
	s.Journeys = j.Rate
	return s, err
}
