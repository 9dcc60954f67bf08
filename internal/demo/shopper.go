package demo

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"time"

	"doorstep/money"
)

// shelf is what a shopper sees of the shop.
type shelf []article

// article is a product in the shop.
type article struct {
	Handle   string `json:"handle"`
	Title    string `json:"title"`
	Variants []struct {
		ID        string       `json:"id"`
		Price     money.Amount `json:"price"`
		Available int64        `json:"available"`
	} `json:"variants"`
}

// browse reads the whole shop, page by page.
func browse(ctx context.Context, shop caller) (shelf, error) {
	var all shelf
	for after := ""; ; {
		var page struct {
			Products shelf  `json:"products"`
			Next     string `json:"next"`
		}
		if err := shop.do(ctx, http.MethodGet, "/products?limit=100&after="+url.QueryEscape(after), nil, &page); err != nil {
			return nil, err
		}
		all = append(all, page.Products...)
		if after = page.Next; after == "" {
			return all, nil
		}
	}
}

// Bought is an order that somebody placed.
type Bought struct {
	ID, Token string
	Number    int64
	Total     money.Amount
	Who       string // name and country
	Transfer  bool   // waits for a bank transfer
	PayURL    string
	Placing   time.Duration // how long the checkout request took
}

// errNothing says that everything this shopper wanted was gone or cannot be sent there.
var errNothing = errors.New("found nothing that could be bought and sent")

// shopper is one person's visit.
type shopper struct {
	shop   caller
	random *rand.Rand
	who    person
	shelf  shelf
}

// visit fills a cart, goes through the checkout and pays. A cart that cannot be had is
// begun again with other things, three times.
func (s *shopper) visit(ctx context.Context) (Bought, error) {
	for range 4 {
		b, err := s.buy(ctx)
		var told *problem
		if errors.As(err, &told) && (told.Status == http.StatusConflict || told.Code == "cannot_ship") {
			continue
		}
		return b, err
	}
	return Bought{}, errNothing
}

// buy is from an empty cart to a paid order.
func (s *shopper) buy(ctx context.Context) (Bought, error) {
	mine, err := s.fill(ctx)
	if err != nil {
		return Bought{}, err
	}
	if err := s.chooseShipping(ctx, mine); err != nil {
		return Bought{}, err
	}
	b, err := s.place(ctx, mine, s.method())
	if err != nil || b.Transfer {
		return b, err
	}
	if err := s.payOnline(ctx, b.PayURL); err != nil {
		return b, fmt.Errorf("order %d: %w", b.Number, err)
	}
	return b, nil
}

// fill puts one to four things into a new cart and says where they go.
func (s *shopper) fill(ctx context.Context) (mine caller, err error) {
	var cart struct {
		Token string `json:"token"`
	}
	if err := s.shop.do(ctx, http.MethodPost, "/carts", map[string]any{"locale": s.who.locale}, &cart); err != nil {
		return mine, err
	}
	mine = s.shop
	mine.token = cart.Token
	for _, line := range s.choose() {
		if err := mine.do(ctx, http.MethodPost, "/cart/lines", line, nil); err != nil {
			return mine, err
		}
	}
	return mine, mine.do(ctx, http.MethodPut, "/cart/contact", map[string]any{
		"email": s.who.email, "locale": s.who.locale, "shipping_address": s.who.home}, nil)
}

// choose is one to four different things, mostly one of each.
func (s *shopper) choose() []map[string]any {
	var lines []map[string]any
	taken := map[string]bool{}
	for wanted, tries := 1+s.random.IntN(4), 0; len(lines) < wanted && tries < 50; tries++ {
		a := s.shelf[s.random.IntN(len(s.shelf))]
		v := a.Variants[s.random.IntN(len(a.Variants))]
		quantity := int64(1 + s.random.IntN(8)/6)
		if v.Available < quantity || taken[v.ID] {
			continue
		}
		taken[v.ID] = true
		lines = append(lines, map[string]any{"variant": v.ID, "quantity": quantity})
	}
	return lines
}

// chooseShipping asks for the ways to ship and takes one, mostly the first.
func (s *shopper) chooseShipping(ctx context.Context, mine caller) error {
	var offered struct {
		Options []struct {
			Key string `json:"key"`
		} `json:"shipping_options"`
	}
	if err := mine.do(ctx, http.MethodPost, "/cart/shipping-options", nil, &offered); err != nil {
		return err
	}
	if len(offered.Options) == 0 {
		return errNothing
	}
	chosen := offered.Options[0].Key
	if s.random.IntN(5) == 0 {
		chosen = offered.Options[len(offered.Options)-1].Key
	}
	return mine.do(ctx, http.MethodPut, "/cart/shipping-option", map[string]any{"key": chosen}, nil)
}

// method is how somebody pays: by card mostly.
func (s *shopper) method() string {
	if s.random.IntN(12) == 0 {
		return bankName
	}
	return stripeName
}

// place presses the last button.
func (s *shopper) place(ctx context.Context, mine caller, method string) (Bought, error) {
	var placed struct {
		Order struct {
			ID     string       `json:"id"`
			Token  string       `json:"token"`
			Number int64        `json:"number"`
			Total  money.Amount `json:"total"`
		} `json:"order"`
		Payment struct {
			URL string `json:"url"`
		} `json:"payment"`
	}
	began := time.Now()
	if err := mine.do(ctx, http.MethodPost, "/cart/checkout", map[string]any{"payment": method}, &placed); err != nil {
		return Bought{}, err
	}
	o := placed.Order
	return Bought{ID: o.ID, Token: o.Token, Number: o.Number, Total: o.Total, Transfer: method == bankName, PayURL: placed.Payment.URL,
		Who: s.who.home.Name + ", " + s.who.home.Country, Placing: time.Since(began)}, nil
}

// payOnline is a person on the provider's page: look, perhaps fail once, pay. Where the
// page leads back to is not visited; the provider tells the shop by itself.
func (s *shopper) payOnline(ctx context.Context, page string) error {
	if page == "" {
		return errors.New("there is no page to pay at")
	}
	if err := s.press(ctx, http.MethodGet, page, ""); err != nil {
		return err
	}
	if s.random.IntN(20) == 0 {
		if err := s.press(ctx, http.MethodPost, page, "decline"); err != nil {
			return err
		}
	}
	return s.press(ctx, http.MethodPost, page, "pay")
}

// press opens the page, or presses a button on it.
func (s *shopper) press(ctx context.Context, method, page, action string) error {
	req, err := http.NewRequestWithContext(ctx, method, page, strings.NewReader(url.Values{"action": {action}}.Encode()))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	stay := *s.shop.http
	stay.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := stay.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode >= 400 {
		return fmt.Errorf("payment page: %s", res.Status)
	}
	return nil
}
