package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// shoppers is how many people shop at the same time.
const shoppers = 12

// Crowd is the people of a demo: those who come to shop, and those who work there. They
// know the program by its address only.
type Crowd struct {
	base   string
	client *http.Client
	seed   uint64
	staff  *staff

	once   sync.Once // for Fill
	goods  shelf
	failed error
}

// NewCrowd are people for the program at base, "http://host:port"; the staff has an API key.
// What they cannot decide they say.
func NewCrowd(base, key string, w *World, seed uint64, say func(format string, args ...any)) *Crowd {
	c := &Crowd{base: base, client: newClient(), seed: seed}
	c.staff = &staff{api: caller{c.client, base + "/api/v1", key}, world: w, say: say, begun: map[string]bool{}, decided: map[string]bool{}}
	return c
}

// Work lets the staff work until ctx ends.
func (c *Crowd) Work(ctx context.Context) { c.staff.work(ctx) }

// shop is the store's API as anybody sees it.
func (c *Crowd) shop() caller { return caller{c.client, c.base + "/api/v1", ""} }

// queue hands out visits until enough orders are placed.
type queue struct {
	mu             sync.Mutex
	want           int
	next           int
	placed, inside int
	refused        int
	err            error
}

// enter lets the next visitor in; false when there are enough.
func (q *queue) enter() (number int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.err != nil || q.placed+q.inside >= q.want {
		return 0, false
	}
	q.inside++
	q.next++
	return q.next, true
}

// leave notes how a visit ended.
func (q *queue) leave(err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.inside--
	switch {
	case err == nil:
		q.placed++
	case !errors.Is(err, errNothing):
		q.err = errors.Join(q.err, err)
	default:
		if q.refused++; q.refused > q.want+shoppers {
			q.err = fmt.Errorf("%d visitors in turn: %w", q.refused, errNothing)
		}
	}
}

// Shop lets orders be placed and paid, several at the same time, until there are so many.
// It says how many visitors left with nothing.
func (c *Crowd) Shop(ctx context.Context, orders int) (refused int, err error) {
	goods, err := browse(ctx, c.shop())
	if err != nil {
		return 0, err
	}
	q := &queue{want: orders}
	var group sync.WaitGroup
	for range min(shoppers, orders) {
		group.Go(func() {
			for n, ok := q.enter(); ok; n, ok = q.enter() {
				q.leave(c.welcome(ctx, goods, n))
			}
		})
	}
	group.Wait()
	return q.refused, q.err
}

// welcome is one visit of a batch.
func (c *Crowd) welcome(ctx context.Context, goods shelf, n int) error {
	_, err := c.visit(ctx, goods, n)
	return err
}

// visit is visitor number n: what they want follows from the seed and the number.
func (c *Crowd) visit(ctx context.Context, goods shelf, n int) (Bought, error) {
	v := c.visitor(goods, n)
	b, err := v.visit(ctx)
	if err != nil {
		return b, fmt.Errorf("shopper %d (%s): %w", n, v.who.home.Country, err)
	}
	if b.Transfer {
		c.staff.expect(b)
	}
	return b, nil
}

func (c *Crowd) visitor(goods shelf, n int) *shopper {
	random := rand.New(rand.NewPCG(c.seed, uint64(n)))
	return &shopper{shop: c.shop(), random: random, who: someone(random, n), shelf: goods}
}

// Filled is a cart that only waits for its order to be placed.
type Filled struct {
	by   *shopper
	cart caller
}

// Fill is visitor number n going as far as the last button. Carts that cannot be had are
// begun again with other things.
func (c *Crowd) Fill(ctx context.Context, n int) (*Filled, error) {
	c.once.Do(func() { c.goods, c.failed = browse(ctx, c.shop()) })
	if c.failed != nil {
		return nil, c.failed
	}
	v := c.visitor(c.goods, n)
	for try := 0; ; try++ {
		mine, err := v.fill(ctx)
		if err == nil {
			err = v.chooseShipping(ctx, mine)
		}
		if err == nil || try == 3 {
			return &Filled{v, mine}, err
		}
	}
}

// Place presses the button: the order is to be paid by bank transfer, so that nobody else
// has a part in how long it takes.
func (f *Filled) Place(ctx context.Context) (time.Duration, error) {
	b, err := f.by.place(ctx, f.cart, bankName)
	return b.Placing, err
}
