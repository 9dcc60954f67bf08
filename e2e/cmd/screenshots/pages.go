package main

import (
	"context"
	"fmt"
	"time"

	"doorstep"
	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/flow"
)

// seeded is what was brought in by hand beside the sample shop.
type seeded struct {
	pottery stage.Maker
	orders  []flow.Placed // paid; held for a person
	unpaid  flow.Placed
}

const (
	longName   = "Wilhelmina Featherstonehaugh-Cholmondeley of Upper Wolverhampton-on-the-Marsh"
	arabicName = "ليلى درويش"
)

// seed brings in the pottery, and orders of people with names of all kinds.
func seed(ctx context.Context, p *doorstep.Program) (s seeded, err error) {
	if s.pottery, err = stage.AddPottery(ctx, p); err != nil {
		return s, err
	}
	for _, name := range []string{"Nora Whitfield", longName, arabicName, "Jörg Kühnel"} {
		placed, err := s.pottery.Order(ctx, p, name, 2, true)
		if err != nil {
			return s, err
		}
		s.orders = append(s.orders, placed)
	}
	s.unpaid, err = s.pottery.Order(ctx, p, "Theo Marsh", 1, false)
	return s, err
}

// settle waits until a part of the orders is delivered.
func (c *camera) settle(town *stage.Town) error {
	deadline := time.After(90 * time.Second)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for len(town.OrderLinks("delivered")) < 2 {
		select {
		case <-deadline:
			return fmt.Errorf("nothing was delivered: %s", town.Said())
		case <-tick.C:
		}
	}
	return nil
}

func (c *camera) storefront(s seeded, town *stage.Town) []shot {
	return []shot{
		{name: "storefront-collection-filters", path: "/collections/kitchen", before: openFilters, short: true},
		{name: "storefront-product-soldout", path: "/products/round-mirror?o1=Black&o2=50+cm"},
		{name: "storefront-product-plain", path: "/products/" + s.pottery.Handle},
		{name: "storefront-drawer", path: "/products/stoneware-mug", before: fill, short: true},
		{name: "storefront-cart", path: "/cart"},
		{name: "storefront-checkout", path: "/checkout"},
		{name: "storefront-checkout-ready", path: "/checkout", before: address},
		{name: "storefront-german", path: "/?lang=de"},
		{name: "storefront-german-product", path: "/products/insulated-bottle?lang=de"},
		{name: "storefront-english", path: "/?lang=en", short: true},
		{name: "storefront-missing", path: "/nothing-here"},
		{name: "storefront-code", path: "/account/sign-in", before: func(tab *browser.Tab) { askCode(tab, town) }},
		{name: "storefront-account", path: "/account", before: c.enter},
	}
}

func openFilters(tab *browser.Tab) {
	if tab.Phone {
		tab.Click("#filters > summary")
	}
	tab.Click("#filters details.filter:first-of-type > summary")
}

func fill(tab *browser.Tab) {
	tab.Click("#product .buy__button")
	tab.Sees("dialog#cart .line")
}

func address(tab *browser.Tab) {
	tab.Choose("[name='shipping_address.country']", "DE")
	tab.Sees("[name='shipping_address.postal_code']")
	tab.Fill("email", "lena.brandt@shopper.example", "shipping_address.name", "Lena Brandt", "shipping_address.line1", "Amselweg 7",
		"shipping_address.postal_code", "10437", "shipping_address.locality", "Berlin")
	tab.Leave()
	tab.Sees("button[name=action][value=pay]")
}

// first opens the first page that a list leads to.
func first(link string) func(*browser.Tab) {
	return func(tab *browser.Tab) {
		var at string
		tab.Eval(fmt.Sprintf("document.querySelector(%q)?.href || ''", "main a[href*='"+link+"']"), &at)
		if at != "" {
			tab.Go(at)
		} else {
			tab.Logf("%s leads to no %s", tab.At(), link)
		}
	}
}

// dashboard are orders of people whose names break careless layouts.
func (c *camera) dashboard(s seeded) []shot {
	order := func(placed flow.Placed) string { return "/admin/orders/" + string(placed.Order.OrderID) }
	return []shot{
		{name: "dashboard-order-longname", path: order(s.orders[1])},
		{name: "dashboard-order-arabic", path: order(s.orders[2])},
	}
}

func (c *camera) emptyDashboard() []shot {
	var list []shot
	for _, page := range []string{"", "attention", "orders", "products", "customers", "suppliers", "connectors", "feeds", "jobs", "log", "staff", "settings", "messages",
		"reviews", "discounts", "statements", "profit"} {
		name, path := "dashboard-"+page, "/admin/"+page
		if page == "" {
			name, path = "dashboard-home", "/admin"
		}
		list = append(list, shot{name: name, path: path})
	}
	return list
}

// mails are the newest of each subject, as the inbox shows them.
func (c *camera) mails(town *stage.Town) []shot {
	list := []shot{{name: "inbox", path: "/", short: true}}
	seen := map[string]bool{}
	messages := town.World.Post.Messages()
	for i := len(messages) - 1; i >= 0; i-- {
		kind := plain(messages[i].Subject)
		if seen[kind] || len(seen) > 16 {
			continue
		}
		seen[kind] = true
		list = append(list, shot{name: "mail-" + kind, path: fmt.Sprintf("/html?m=%d", messages[i].ID)})
	}
	return list
}

// plain is a subject without its numbers and names, as part of a file's name.
func plain(subject string) string {
	var kept []rune
	for _, r := range subject {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z':
			kept = append(kept, r)
		case len(kept) > 0 && kept[len(kept)-1] != '-':
			kept = append(kept, '-')
		}
	}
	return string(kept[:min(len(kept), 40)])
}
