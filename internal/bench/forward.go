package bench

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/report"
	"doorstep/internal/store"
)

// Pace is how long a paid order waits for its suppliers' word while others come in.
type Pace struct {
	Orders int     `json:"orders"`
	Every  float64 `json:"per_s"`
	P50    float64 `json:"p50_ms"` // from the money to the last supplier's acceptance
	P99    float64 `json:"p99_ms"`
	Late   int     `json:"not_accepted"` // ten seconds after the last one was paid
}

// Backlog is paid orders that have waited, sent to their suppliers as fast as it goes.
type Backlog struct {
	Orders int     `json:"orders"`
	Rate   float64 `json:"orders_per_s"`
	Work   float64 `json:"program_ms"` // the program's processor time for one
}

// perSecondPaid is how many orders are paid a second, and byPerson the supplier who accepts
// by hand, which is not ours to measure.
const (
	perSecondPaid = 20
	byPerson      = "Workshop"
)

// pending are so many orders that wait for their money, placed where there are too few.
func (b *bench) pending(ctx context.Context, n int) (list []report.OrderRow, err error) {
	for {
		list = nil
		err = b.d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
			page, err := report.Orders(ctx, tx, b.shop.store, report.Filter{State: "pending"}, "", n)
			list = page.Orders
			return err
		})
		if err != nil || len(list) >= n {
			return list, err
		}
		if _, err := b.place(ctx, fillers); err != nil {
			return nil, err
		}
	}
}

// pace lets orders be paid at an even pace and looks how long their suppliers take.
func (b *bench) pace(ctx context.Context) error {
	n := int(b.Pace.Seconds()) * perSecondPaid
	if n == 0 {
		return nil
	}
	list, err := b.pending(ctx, n)
	if err != nil {
		return err
	}
	b.Say("%d orders are paid, %d a second", n, perSecondPaid)
	tick := time.NewTicker(time.Second / perSecondPaid)
	defer tick.Stop()
	var group sync.WaitGroup
	failed := make(chan error, n)
	for _, o := range list {
		<-tick.C
		group.Go(func() {
			if err := b.post(ctx, "/api/v1/admin/orders/"+string(o.ID)+"/confirm-payment", "{}"); err != nil {
				failed <- err
			}
		})
	}
	group.Wait()
	if len(failed) > 0 {
		return <-failed
	}
	b.r.Pace = Pace{Orders: n, Every: perSecondPaid}
	return b.accepted(ctx, list)
}

// accepted waits until all suppliers with an API have accepted, and says how long it took
// them since the money came.
func (b *bench) accepted(ctx context.Context, list []report.OrderRow) error {
	var took []time.Duration
	for end := time.Now().Add(10 * time.Second); ; {
		took, b.r.Pace.Late = nil, 0
		for _, o := range list {
			t, all, err := b.acceptance(ctx, o.ID)
			if err != nil {
				return err
			}
			if !all {
				b.r.Pace.Late++
			} else if t > 0 {
				took = append(took, t)
			}
		}
		if b.r.Pace.Late == 0 || time.Now().After(end) {
			break
		}
		if err := pause(ctx, 200*time.Millisecond); err != nil {
			return err
		}
	}
	if len(took) > 0 {
		slices.Sort(took)
		b.r.Pace.P50, b.r.Pace.P99 = milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100])
	}
	return nil
}

// acceptance is the time from an order's money to the last acceptance by a program; 0 when
// only people send it.
func (b *bench) acceptance(ctx context.Context, o id.Order) (took time.Duration, all bool, err error) {
	err = b.d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		doc, err := report.OrderDocument(ctx, tx, b.shop.store, string(o))
		all = err == nil && len(doc.Purchases) > 0
		for _, p := range doc.Purchases {
			if strings.Contains(p.SupplierName, byPerson) || p.State == "rejected" || p.State == "cancelled" {
				continue
			}
			if p.AcceptedAt == 0 {
				all = false
				continue
			}
			took = max(took, p.AcceptedAt.Sub(doc.PaidAt))
		}
		return err
	})
	return took, all, err
}

// backlog lets paid orders wait and then sends them all. Meanwhile the suppliers accept at once and
// pack tomorrow, as they do: parcels that are at the door a second later would be measured along
// with it.
func (b *bench) backlog(ctx context.Context) error {
	if b.Backlog == 0 {
		return nil
	}
	list, err := b.pending(ctx, b.Backlog)
	if err != nil {
		return err
	}
	b.Say("a backlog of %d paid orders", len(list))
	if err := b.hold(ctx, "48h"); err != nil {
		return err
	}
	err = parallel(fillers, len(list), func(i int) error {
		return b.post(ctx, "/api/v1/admin/orders/"+string(list[i].ID)+"/confirm-payment", "{}")
	})
	if err != nil {
		return err
	}
	if err := b.hold(ctx, "0s"); err != nil {
		return err
	}
	if err := b.child.stop(); err != nil {
		return err
	}
	var left int64
	err = b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		left, err = job.Hurry(ctx, tx, b.shop.store, "purchase.submit", tx.Now)
		return err
	})
	if err != nil || left == 0 {
		return fmt.Errorf("bench: %d purchases wait to be sent: %w", left, err)
	}
	pace := b.world.Pace()
	packing := pace
	packing.Ship = 24 * time.Hour
	b.world.SetPace(packing)
	if err := b.start(ctx); err != nil {
		return err
	}
	worked, began := b.child.worked(), time.Now()
	if err := b.until(ctx, func(c context.Context, tx *db.Tx) (bool, error) {
		n, err := job.Undone(c, tx, b.shop.store, "purchase.submit")
		return n == 0, err
	}); err != nil {
		return err
	}
	b.r.Backlog = Backlog{Orders: len(list), Rate: perSecond(len(list), time.Since(began)), Work: each(b.child.worked()-worked, len(list))}
	b.world.SetPace(pace)
	return b.travelled(ctx)
}

// until looks at the database again and again.
func (b *bench) until(ctx context.Context, done func(context.Context, *db.Tx) (bool, error)) error {
	for {
		var ok bool
		err := b.d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
			ok, err = done(ctx, tx)
			return err
		})
		if err != nil || ok {
			return err
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return fmt.Errorf("bench: it does not come to its end: %w", context.Cause(ctx))
		}
	}
}

// hold says how long paid orders wait before they are sent.
func (b *bench) hold(ctx context.Context, value string) error {
	err := b.d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return store.Set(ctx, tx, b.shop.store, "hold", value) })
	if err != nil {
		return err
	}
	return pause(ctx, 2*db.KeptFor)
}

// travelled lets what is under way come to its end.
func (b *bench) travelled(ctx context.Context) error {
	working, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { b.crowd.Work(working) })
	defer group.Wait()
	defer stop()
	return b.until(ctx, func(c context.Context, tx *db.Tx) (bool, error) {
		for _, state := range []string{"open", "cancelling"} {
			page, err := report.Orders(c, tx, b.shop.store, report.Filter{State: state}, "", 1)
			if err != nil || len(page.Orders) > 0 {
				return false, err
			}
		}
		return true, nil
	})
}
