package bench

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"doorstep/internal/demo"
)

// fillers is how many carts are filled at the same time, which is not measured.
const fillers = 8

// load lets clients place orders, then lets orders travel.
func (b *bench) load(ctx context.Context) error {
	for _, clients := range []int{1, 8, 32} {
		b.Say("placing %d orders with %d clients", b.Orders, clients)
		p, err := b.place(ctx, clients)
		if err != nil {
			return err
		}
		p.Ratio = ratio(p.Rate, b.r.Commits)
		b.r.Placing = append(b.r.Placing, p)
	}
	b.Say("%d whole journeys", b.Journeys)
	j, err := b.journeys(ctx)
	j.Ratio = ratio(j.Rate, b.r.Commits)
	b.r.Journeys = j
	return err
}

// place fills carts, and then measures how they become orders.
func (b *bench) place(ctx context.Context, clients int) (Placing, error) {
	orders, first := b.Orders, b.visitor
	b.visitor += orders
	p := Placing{Clients: clients, Orders: orders}
	carts := make([]*demo.Filled, orders)
	err := parallel(fillers, orders, func(i int) (err error) {
		carts[i], err = b.crowd.Fill(ctx, first+i+1)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("bench: filling carts: %w", err)
	}
	took := make([]time.Duration, orders)
	worked, began := b.child.worked(), time.Now()
	err = parallel(clients, orders, func(i int) (err error) {
		took[i], err = carts[i].Place(ctx)
		return err
	})
	if err != nil {
		return p, fmt.Errorf("bench: placing: %w", err)
	}
	p.Rate, p.Work = perSecond(orders, time.Since(began)), each(b.child.worked()-worked, orders)
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
func (b *bench) journeys(ctx context.Context) (j Journeys, err error) {
	j.Orders = b.Journeys
	working, stop := context.WithCancel(ctx)
	var group sync.WaitGroup
	group.Go(func() { b.crowd.Work(working) })
	defer group.Wait()
	defer stop()
	began := time.Now()
	if _, err := b.crowd.Shop(ctx, b.Journeys); err != nil {
		return j, err
	}
	for {
		moving, err := b.moving(ctx, began)
		if err != nil {
			return j, err
		}
		if moving == 0 {
			j.Rate = perSecond(b.Journeys, time.Since(began))
			return j, nil
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return j, fmt.Errorf("bench: %d journeys are not at their end: %w", moving, context.Cause(ctx))
		}
	}
}

// moving counts the paid orders since a moment that are not at their end, 200 at most.
func (b *bench) moving(ctx context.Context, since time.Time) (n int, err error) {
	left, err := demo.UnderWay(ctx, b.d, b.shop.store)
	for _, o := range left {
		if o.State != "pending" && o.PlacedAt.Std().After(since) {
			n++
		}
	}
	return n, err
}
