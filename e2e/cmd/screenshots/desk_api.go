package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"time"

	"doorstep/connector/emulator"
	"doorstep/e2e/stage"
	"doorstep/internal/demo"
)

// people are programs that shop, work at the desk and carry parcels in a town whose staff is idle.
type people struct {
	ctx    context.Context //nolint:containedctx // it is the context of a run
	town   *stage.Town
	asked  int   // requests, for their keys
	posted int64 // parcels, for their numbers
}

// sold is an order as its customer and its merchant know it.
type sold struct{ ID, Token, Payment string }

// page is a page of the order for its customer.
func (o sold) page(rest string) string { return "/orders/" + o.ID + rest + "?token=" + o.Token }

// desk is a page of the order for the staff.
func (o sold) desk() string { return "/admin/orders/" + o.ID }

// wish is a variant and how many of it are wanted.
type wish struct {
	variant string
	units   int
}

// ask makes a request of whoever has the token, and reads the answer into out.
func (p *people) ask(token, method, at string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(p.ctx, method, p.town.Base+"/api/v1"+at, bytes.NewReader(body))
	if err != nil {
		return err
	}
	p.asked++
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", fmt.Sprintf("picture-request-%d", p.asked))
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %s %s: %w", method, at, res.Status, text, errors.Join(err, errRefused))
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(text, out)
}

var errRefused = errors.New("the shop refuses")

// work is what the staff does.
func (p *people) work(at string, in any) error {
	return p.ask(p.town.Key, http.MethodPost, "/admin"+at, in, nil)
}

// variant is the first of an article that is in stock.
func (p *people) variant(handle string) (string, error) {
	var article struct {
		Variants []struct {
			ID        string `json:"id"`
			Available int64  `json:"available"`
		} `json:"variants"`
	}
	if err := p.ask("", http.MethodGet, "/products/"+handle, nil, &article); err != nil {
		return "", err
	}
	for _, v := range article.Variants {
		if v.Available > 0 {
			return v.ID, nil
		}
	}
	return "", fmt.Errorf("%s: sold out: %w", handle, errRefused)
}

// buys places an order, to be paid by "stripe" or by "bank".
func (p *people) buys(name, by string, wishes ...wish) (o sold, err error) {
	var cart struct{ Token string }
	if err := p.ask("", http.MethodPost, "/carts", map[string]any{"locale": "en"}, &cart); err != nil {
		return o, err
	}
	var placed struct {
		Order   struct{ ID, Token string }
		Payment struct{ URL string }
	}
	for _, one := range wishes {
		if err := p.ask(cart.Token, http.MethodPost, "/cart/lines", map[string]any{"variant": one.variant, "quantity": one.units}, nil); err != nil {
			return o, err
		}
	}
	for _, step := range []struct {
		method, at string
		in, out    any
	}{
		{http.MethodPut, "/cart/contact", map[string]any{"email": cart.Token[:8] + "@shopper.example", "shipping_address": map[string]string{
			"name": name, "line1": "Lange Straße 1", "locality": "Berlin", "postal_code": "10115", "country": "DE"}}, nil},
		{http.MethodPost, "/cart/shipping-options", nil, nil},
		{http.MethodPut, "/cart/shipping-option", map[string]any{"key": "standard"}, nil},
		{http.MethodPost, "/cart/checkout", map[string]any{"payment": by}, &placed},
	} {
		if err := p.ask(cart.Token, step.method, step.at, step.in, step.out); err != nil {
			return o, err
		}
	}
	return sold{placed.Order.ID, placed.Order.Token, path.Base(placed.Payment.URL)}, nil
}

// pays places an order that is paid at once.
func (p *people) pays(name, by string, wishes ...wish) (o sold, err error) {
	if o, err = p.buys(name, by, wishes...); err != nil {
		return o, fmt.Errorf("%s: %w", name, err)
	}
	if by == "bank" {
		return o, p.work("/orders/"+o.ID+"/confirm-payment", nil)
	}
	return o, p.town.World.Pays(o.Payment)
}

// bought is a purchase of an order.
type bought struct{ ID, State, Ref string }

// known is what the desk knows of an order.
type known struct {
	Purchases []bought
	Shipments []struct{ ID, State string }
	Attention []struct{ Code string }
}

// until waits until the desk knows something of an order.
func (p *people) until(o sold, what string, there func(known) bool) (k known, err error) {
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	deadline := time.After(time.Minute)
	for {
		k = known{}
		if err := p.ask(p.town.Key, http.MethodGet, "/admin/orders/"+o.ID, nil, &k); err != nil {
			return k, err
		}
		if there(k) {
			return k, nil
		}
		select {
		case <-deadline:
			return k, fmt.Errorf("waited in vain for %s of order %s, %+v: %w", what, o.ID, k, errRefused)
		case <-tick.C:
		}
	}
}

// needs says whether an order waits for a person for one of these reasons.
func needs(codes ...string) func(known) bool {
	return func(k known) bool {
		for _, reason := range k.Attention {
			for _, code := range codes {
				if reason.Code == code {
					return true
				}
			}
		}
		return false
	}
}

// many says whether so many purchases are made.
func many(n int) func(known) bool { return func(k known) bool { return len(k.Purchases) >= n } }

// accepted lets a maker of whom only people know take a purchase.
func (p *people) accepted(purchase, ref string) error {
	at := "/purchases/" + purchase
	if err := p.work(at+"/place-by-hand", map[string]any{"ref": ref}); err != nil {
		return err
	}
	return p.work(at+"/accept", map[string]any{})
}

// posts hands a purchase's parcel to the Royal Mail, which brings it as far as the fate says.
func (p *people) posts(purchase string, fate emulator.Step) error {
	number := p.parcel(fate)
	return p.work("/purchases/"+purchase+"/ship", map[string]any{"number": number, "carrier_name": "Royal Mail"})
}

// parcel puts one on its way that is not anybody's yet.
func (p *people) parcel(fate emulator.Step) (number string) {
	p.posted++
	number = demo.S10("RB", 41_770_000+p.posted, "GB")
	p.town.World.Parcel.Send(emulator.Parcel{Number: number, Carrier: "Royal Mail", From: "GB", To: "DE", City: "Berlin", Label: time.Now(), Fate: fate})
	return number
}
