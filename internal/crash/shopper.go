//go:build unix

package crash

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/address"
	"doorstep/money"
)

// crowd is the people who shop. What they were told is kept: the verdict asks for it.
type crowd struct {
	lab  *lab
	shop caller

	later sync.WaitGroup // what is done about orders after they were placed

	mu     sync.Mutex
	next   int
	placed []receipt
	failed error
}

// receipt is what a shopper has in hand: the order was placed, and perhaps paid.
type receipt struct {
	Order  string
	Number int64
	Total  money.Amount
	Paid   bool // the bank's page said so
}

// variant is what can be bought.
type variant struct {
	ID        string       `json:"id"`
	Price     money.Amount `json:"price"`
	Available int64        `json:"available"`
}

// browse reads all that is sold.
func (c *crowd) browse(ctx context.Context) ([]variant, error) {
	var all []variant
	for after := ""; ; {
		var page struct {
			Products []struct {
				Variants []variant `json:"variants"`
			} `json:"products"`
			Next string `json:"next"`
		}
		if err := c.shop.do(ctx, http.MethodGet, "/products?limit=100&after="+url.QueryEscape(after), nil, &page, true); err != nil {
			return nil, err
		}
		for _, p := range page.Products {
			all = append(all, p.Variants...)
		}
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// below counts what the shop says it has less than nothing of.
func (c *crowd) below(ctx context.Context) (n int, err error) {
	shelf, err := c.browse(ctx)
	for _, v := range shelf {
		if v.Available < 0 {
			n++
		}
	}
	return n, err
}

// shopTogether places and pays so many orders, several at the same time.
func (c *crowd) shopTogether(ctx context.Context, orders, together int) error {
	shelf, err := c.browse(ctx)
	if err != nil {
		return fmt.Errorf("shelf: %w", err)
	}
	var group sync.WaitGroup
	for range min(together, orders) {
		group.Go(func() {
			for n, ok := c.enter(orders); ok; n, ok = c.enter(orders) {
				c.leave(c.visit(ctx, shelf, n))
			}
		})
	}
	group.Wait()
	c.later.Wait()
	return c.failed
}

// further is how many orders more are placed at most so that vital points are come to.
const further = 300

func (c *crowd) enter(orders int) (n int, ok bool) {
	more := c.lab.points.wanting()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	if c.next%20 == 5 {
		c.loseAnswers()
	}
	return c.next, c.failed == nil && (c.next <= orders || more && c.next <= orders+further)
}

// loseAnswers has the next answers get lost on their way, so that there is something to find.
func (c *crowd) loseAnswers() {
	c.lab.world.CJ.Knobs.Once(emulator.DropAfter, "/order/createOrder")
	c.lab.world.Ali.Knobs.Once(emulator.DropAfter, "ds.order.create")
	c.lab.world.Stripe.Knobs.Once(emulator.DropAfter, "/v1/refunds")
}

func (c *crowd) leave(r receipt, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if r.Order != "" {
		c.placed = append(c.placed, r)
	}
	c.failed = errors.Join(c.failed, err)
}

func (c *crowd) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.placed)
}

// visit is shopper number n, from an empty cart to a paid order. A cart that cannot be had is
// left behind, and another one begun.
func (c *crowd) visit(ctx context.Context, shelf []variant, n int) (r receipt, err error) {
	random := rand.New(rand.NewPCG(c.lab.o.Seed, uint64(n)))
	for range 12 {
		r, err = c.buy(ctx, shelf, random, n)
		var told *refusal
		if err == nil || r.Order != "" || !errors.Is(err, errNothing) && !(errors.As(err, &told) && told.Status < 500) {
			break
		}
	}
	if err != nil {
		err = fmt.Errorf("shopper %d: %w", n, err)
	}
	return r, err
}

var errNothing = errors.New("nothing can be sent there")

// homes are where shoppers live.
func homes() []address.Address {
	return []address.Address{
		{Name: "Ann Mercer", Line1: "14 Larkspur Lane", Locality: "Bristol", PostalCode: "BS8 4QX", Country: "GB", Phone: "+44 117 496 0142"},
		{Name: "Lena Brandt", Line1: "Amselweg 7", Locality: "Berlin", PostalCode: "10437", Country: "DE", Phone: "+49 30 9012345"},
		{Name: "Nora Whitfield", Line1: "480 Juniper Street", Locality: "San Francisco", Region: "CA", PostalCode: "94107", Country: "US", Phone: "+1 415 555 0142"},
	}
}

// buy is one cart. Errors after the order was placed leave the order in the receipt.
func (c *crowd) buy(ctx context.Context, shelf []variant, random *rand.Rand, n int) (r receipt, err error) {
	var cart struct {
		Token string `json:"token"`
	}
	if err := c.shop.do(ctx, http.MethodPost, "/carts", map[string]any{"locale": "en-GB"}, &cart, true); err != nil {
		return r, err
	}
	mine := c.shop
	mine.token = cart.Token
	for range 1 + random.IntN(3) {
		v := shelf[random.IntN(len(shelf))]
		if err := mine.do(ctx, http.MethodPut, "/cart/lines/"+v.ID, map[string]any{"quantity": 1}, nil, true); err != nil {
			return r, err
		}
	}
	contact := map[string]any{"email": fmt.Sprintf("shopper+%d@shopper.example", n), "locale": "en-GB", "shipping_address": homes()[random.IntN(3)]}
	if err := mine.do(ctx, http.MethodPut, "/cart/contact", contact, nil, true); err != nil {
		return r, err
	}
	var offered struct {
		Options []struct {
			Key string `json:"key"`
		} `json:"shipping_options"`
	}
	if err := mine.do(ctx, http.MethodPost, "/cart/shipping-options", nil, &offered, true); err != nil {
		return r, err
	}
	if len(offered.Options) == 0 {
		return r, errNothing
	}
	if err := mine.do(ctx, http.MethodPut, "/cart/shipping-option", map[string]any{"key": offered.Options[0].Key}, nil, true); err != nil {
		return r, err
	}
	return c.checkout(ctx, mine, random, n)
}

// checkout presses the last button and pays. Every third shopper waits for the answer under
// the same key however long it takes; the others press again.
func (c *crowd) checkout(ctx context.Context, mine caller, random *rand.Rand, n int) (r receipt, err error) {
	var placed struct {
		Order struct {
			ID     string       `json:"id"`
			Number int64        `json:"number"`
			Token  string       `json:"token"`
			Total  money.Amount `json:"total"`
		} `json:"order"`
		Payment struct {
			URL string `json:"url"`
		} `json:"payment"`
	}
	patient := n%3 == 0 && !c.lab.o.Hasty
	if err := mine.do(ctx, http.MethodPost, "/cart/checkout", map[string]any{"payment": "stripe"}, &placed, !patient); err != nil {
		return r, err
	}
	r = receipt{Order: placed.Order.ID, Number: placed.Order.Number, Total: placed.Order.Total}
	if r.Order == "" || placed.Payment.URL == "" {
		return r, fmt.Errorf("order %d: there is no page to pay at", r.Number)
	}
	if err := c.pay(ctx, placed.Payment.URL); err != nil {
		return r, fmt.Errorf("order %d: %w", r.Number, err)
	}
	r.Paid = true
	switch random.IntN(8) {
	case 0: // changes their mind at once
		return r, c.staff(ctx, r, "cancel", map[string]any{"reason": "The customer changed their mind."}, true)
	case 1: // changes it a little later, when suppliers have the order
		c.later.Go(func() {
			if c.paid(ctx, r) {
				_ = c.staff(ctx, r, "cancel", map[string]any{"reason": "The customer changed their mind."}, true)
			}
		})
	case 2: // finds a scratch and gets something back; nobody presses that button twice
		c.later.Go(func() {
			if c.paid(ctx, r) {
				_ = c.staff(ctx, r, "refund", map[string]any{"reason": "A scratch.", "amount": money.New(100, r.Total.Currency)}, false)
			}
		})
	}
	return r, nil
}

// staff has somebody of the shop do something about an order. They may find that it is too late.
func (c *crowd) staff(ctx context.Context, r receipt, what string, in any, again bool) error {
	err := c.lab.desk.api.do(ctx, http.MethodPost, "/admin/orders/"+r.Order+"/"+what, in, nil, again)
	var told *refusal
	if errors.As(err, &told) {
		return nil
	}
	return err
}

// paid waits until the money was taken; false if it is not after half a minute.
func (c *crowd) paid(ctx context.Context, r receipt) bool {
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); {
		var o struct {
			Money string `json:"money"`
		}
		if c.lab.desk.api.do(ctx, http.MethodGet, "/admin/orders/"+r.Order, nil, &o, true) == nil && o.Money == "paid" {
			return true
		}
		if pause(ctx, 200*time.Millisecond) != nil {
			break
		}
	}
	return false
}

// pay presses the button on the bank's page.
func (c *crowd) pay(ctx context.Context, page string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, page, strings.NewReader("action=pay"))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	stay := *c.shop.http
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := stay.Do(req)
	if err != nil {
		return err
	}
	_ = res.Body.Close()
	if res.StatusCode >= 400 {
		return fmt.Errorf("payment page: %s", res.Status)
	}
	return nil
}
