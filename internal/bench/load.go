package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/demo"
)

// fillers is how many carts are filled at the same time, which is not measured.
const fillers = 8

// load lets clients place orders, then lets orders travel.
func (o Options) load(ctx context.Context, crowd *demo.Crowd, s shop, r *Report) error {
	visitor := 0
	for _, clients := range []int{1, 8, 32} {
		o.Say("placing %d orders with %d clients", o.Orders, clients)
		p, err := place(ctx, crowd, clients, o.Orders, visitor)
		if err != nil {
			return err
		}
		visitor += o.Orders
		p.Ratio = ratio(p.Rate, r.Commits)
		r.Placing = append(r.Placing, p)
	}
	o.Say("%d whole journeys", o.Journeys)
	j, err := o.journeys(ctx, crowd, s)
	j.Ratio = ratio(j.Rate, r.Commits)
	r.Journeys = j
	return err
}

// place fills carts, and then measures how they become orders.
func place(ctx context.Context, crowd *demo.Crowd, clients, orders, first int) (Placing, error) {
	p := Placing{Clients: clients, Orders: orders}
	carts := make([]*demo.Filled, orders)
	err := parallel(fillers, orders, func(i int) (err error) {
		carts[i], err = crowd.Fill(ctx, first+i+1)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("bench: filling carts: %w", err)
	}
	took := make([]time.Duration, orders)
	began := time.Now()
	err = parallel(clients, orders, func(i int) (err error) {
		took[i], err = carts[i].Place(ctx)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("bench: placing: %w", err)
	}
	p.Rate = perSecond(orders, time.Since(began))
	slices.Sort(took)
	p.P50, p.P99 = milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100])
	return p, nil
}

// parallel does n things with so many hands, until one fails.
func parallel(hands, n int, do func(i int) error) error {
	var next atomic.Int64
	var mu sync.Mutex
	var failed error
	var group sync.WaitGroup
	for range hands {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := do(i); err != nil {
					mu.Lock()
					failed = errors.Join(failed, err)
					mu.Unlock()
					next.Store(int64(n))
				}
			}
		})
	}
	group.Wait()
	return failed
}

// journeys lets orders be placed, paid, bought, sent, followed and delivered, and measures
// from the first cart to the last door.
func (o Options) journeys(ctx context.Context, crowd *demo.Crowd, s shop) (j Journeys, err error) {
	j.Orders = o.Journeys
	d, err := db.Open(ctx, o.Config.Database, db.Options{Log: o.Config.Log})
	if err != nil {
		return j, err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	working, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { crowd.Work(working) })
	defer group.Wait()
	defer stop()
	began := time.Now()
	if _, err := crowd.Shop(ctx, o.Journeys); err != nil {
		return j, err
	}
	for {
		moving, err := demo.Moving(ctx, d, s.store)
		if err != nil {
			return j, err
		}
		if moving == 0 {
			j.Rate = perSecond(o.Journeys, time.Since(began))
			return j, nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return j, fmt.Errorf("bench: %d journeys are not at their end: %w", moving, context.Cause(ctx))
		}
	}
}
