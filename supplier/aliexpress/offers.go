package aliexpress

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"doorstep/connector"
	"doorstep/supplier"
)

// atOnce is how many calls one Offers, Report or Quote makes side by side.
const atOnce = 8

// each does n things side by side. After the first failure nothing new is begun, and what
// is under way ends in peace: a call that was cut off may still arrive over there.
func each(n int, do func(i int) error) error {
	var failed atomic.Bool
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i := range n {
		group.Go(func() error {
			if failed.Load() {
				return nil
			}
			err := do(i)
			if err != nil {
				failed.Store(true)
			}
			return err
		})
	}
	return group.Wait()
}

// Offers reads cost and stock of the given SKUs, all in one page. The SKUs of a product
// are one call. AliExpress has no list of what a merchant sells, so SKUs must be given.
func (c *Conn) Offers(ctx context.Context, ask supplier.Ask) (supplier.Page, error) {
	switch {
	case len(ask.SKUs) == 0:
		return supplier.Page{}, errors.New("offers: AliExpress reads by SKU only, and none was given")
	case len(ask.SKUs) > 100:
		return supplier.Page{}, fmt.Errorf("offers: %d SKUs, at most 100", len(ask.SKUs))
	case ask.Cursor != "":
		return supplier.Page{}, fmt.Errorf("offers: no page %q", ask.Cursor)
	}
	shipTo := ask.ShipTo
	if shipTo == "" {
		shipTo = c.values["ship_to"]
	}
	ids := products(ask.SKUs)
	found := make([]article, len(ids))
	gone := make([]bool, len(ids))
	err := each(len(ids), func(i int) error {
		a, err := c.product(ctx, ids[i], shipTo, c.lang(ask.Lang))
		if errors.Is(err, errGone) {
			gone[i] = true
			return nil
		}
		found[i] = a
		return err
	})
	if err != nil {
		return supplier.Page{}, err
	}
	byID := map[string]article{}
	for i, id := range ids {
		if !gone[i] {
			byID[id] = found[i]
		}
	}
	return c.page(ask.SKUs, byID)
}

// products is the product ids of SKUs, each once, in their order.
func products(skus []string) []string {
	var out []string
	seen := map[string]bool{}
	for _, sku := range skus {
		id, _, err := split(sku)
		if err == nil && !seen[id] {
			seen[id] = true
			out = append(out, id)
		}
	}
	return out
}

// page answers every SKU: with an offer, as gone, or the page fails.
func (c *Conn) page(skus []string, byID map[string]article) (supplier.Page, error) {
	out := supplier.Page{AsOf: c.env.Now()}
	seen := map[string]bool{}
	for _, sku := range skus {
		if seen[sku] {
			continue
		}
		seen[sku] = true
		id, attr, err := split(sku)
		a, sold := byID[id]
		v, has := a.variant(attr)
		switch {
		case err != nil, !sold, !has:
			out.Gone = append(out.Gone, sku)
			continue
		case v.flaw != nil:
			return supplier.Page{}, &connector.Uncertain{Err: fmt.Errorf("%s: %w", sku, v.flaw)}
		}
		from := v.from
		if from == "" {
			from = a.country
		}
		out.Offers = append(out.Offers, supplier.Offer{
			SKU: sku, Title: a.title, Cost: v.price, Quantity: v.stock,
			ShipFrom: from, Handling: a.days, Pack: 1, AsOf: out.AsOf,
		})
	}
	return out, nil
}

// lang is a BCP 47 tag as AliExpress writes it; the connector's own if it is empty.
func (c *Conn) lang(tag string) string {
	if tag == "" {
		return c.language
	}
	language, region, _ := strings.Cut(tag, "-")
	language = strings.ToLower(language)
	if len(region) != 2 {
		return language
	}
	return language + "_" + strings.ToUpper(region)
}
