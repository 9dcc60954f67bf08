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

	"doorstep/internal/address"
	"doorstep/money"
)

// crowd is the people who shop. What they were told is kept: the verdict asks for it.
type crowd struct {
	lab  *lab
	shop caller

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
	return c.failed
}

func (c *crowd) enter(orders int) (n int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.next++
	return c.next, c.failed == nil && c.next <= orders
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
	random := rand.New(rand.NewPCG(c.lab.o.Seed, uint64(n))) //nolint:gosec // choices, not secrets
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
	if random.IntN(9) == 0 { // changes their mind
		customer := c.shop
		customer.token = placed.Order.Token
		err := customer.do(ctx, http.MethodPost, "/orders/"+r.Order+"/cancel", nil, nil, true)
		var told *refusal
		if err != nil && !errors.As(err, &told) {
			return r, fmt.Errorf("order %d: cancel: %w", r.Number, err)
		}
	}
	return r, nil
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
