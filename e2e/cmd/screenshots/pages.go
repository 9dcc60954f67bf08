package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
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

// ways are where things are that only came to be while the shop was open.
type ways struct {
	delivered, moving string // orders' ids
}

// settle waits until a part of the orders is delivered, and finds things to show.
func (c *camera) settle(town *stage.Town) (w ways, err error) {
	deadline := time.After(90 * time.Second)
	tick := time.NewTicker(500 * time.Millisecond)
	defer tick.Stop()
	for {
		if w, err = look(c.ctx, town); err != nil || w.delivered != "" {
			return w, err
		}
		select {
		case <-deadline:
			return w, fmt.Errorf("nothing was delivered: %s", town.Said())
		case <-tick.C:
		}
	}
}

func look(ctx context.Context, town *stage.Town) (w ways, err error) {
	var page struct {
		Orders []struct{ ID, Goods string }
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, town.Base+"/api/v1/admin/orders?limit=100", nil)
	if err != nil {
		return w, err
	}
	req.Header.Set("Authorization", "Bearer "+town.Key)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return w, err
	}
	defer func() { _ = res.Body.Close() }()
	if err := json.NewDecoder(res.Body).Decode(&page); err != nil {
		return w, err
	}
	for _, o := range page.Orders {
		switch o.Goods {
		case "delivered":
			w.delivered = o.ID
		case "shipped", "ordered", "partly shipped":
			w.moving = o.ID
		}
	}
	return w, nil
}

func (c *camera) storefront(s seeded, town *stage.Town) []shot {
	return []shot{
		{name: "storefront-order-delivered", path: orderLink(town, "delivered")},
		{name: "storefront-order-placed", path: orderLink(town, "Harbour Bowl")},
		{name: "storefront-home", path: "/"},
		{name: "storefront-collections", path: "/collections"},
		{name: "storefront-collection", path: "/collections/kitchen"},
		{name: "storefront-collection-filters", path: "/collections/kitchen", before: openFilters, short: true},
		{name: "storefront-search", path: "/search?q=mug"},
		{name: "storefront-search-typo", path: "/search?q=insulatd+botle"},
		{name: "storefront-search-none", path: "/search?q=zzzz"},
		{name: "storefront-product", path: "/products/insulated-bottle"},
		{name: "storefront-product-soldout", path: "/products/round-mirror?o1=Black&o2=50+cm"},
		{name: "storefront-product-plain", path: "/products/" + s.pottery.Handle},
		{name: "storefront-drawer", path: "/products/stoneware-mug", before: fill, short: true},
		{name: "storefront-cart", path: "/cart"},
		{name: "storefront-checkout", path: "/checkout"},
		{name: "storefront-checkout-ready", path: "/checkout", before: address},
		{name: "storefront-policy", path: "/policies/returns"},
		{name: "storefront-german", path: "/?lang=de"},
		{name: "storefront-german-product", path: "/products/insulated-bottle?lang=de"},
		{name: "storefront-english", path: "/?lang=en", short: true},
		{name: "storefront-missing", path: "/nothing-here"},
		{name: "storefront-sign-in", path: "/account/sign-in"},
		{name: "storefront-code", path: "/account/sign-in", before: func(tab *browser.Tab) { askCode(tab, town) }},
		{name: "storefront-account", path: "/account", before: c.enter},
		{name: "storefront-address", path: "/account/addresses/new"},
		{name: "storefront-order-cancel", path: orderLink(town, "Harbour Bowl"), before: follow("a[href*='/cancel']")},
		{name: "storefront-claim-new", path: c.beside(""), before: follow("a[href*='/claims/new']")},
	}
}

// follow takes a link, where there is one.
func follow(what string) func(*browser.Tab) {
	return func(tab *browser.Tab) {
		if tab.Has(what) {
			tab.Follow(what)
		} else {
			tab.Logf("%s has no %s", tab.At(), what)
		}
	}
}

// orderLink is the page of an order, from the newest mail in English that says a word.
func orderLink(town *stage.Town, word string) string {
	if at := town.OrderLink(word); at != "" {
		return at
	}
	return "/orders/none"
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

func (c *camera) dashboard(s seeded, w ways) []shot {
	order := func(placed flow.Placed) string { return "/admin/orders/" + string(placed.Order.OrderID) }
	return []shot{
		{name: "dashboard-home", path: "/admin"},
		{name: "dashboard-attention", path: "/admin/attention"},
		{name: "dashboard-orders", path: "/admin/orders"},
		{name: "dashboard-orders-none", path: "/admin/orders?q=nobody-of-that-name"},
		{name: "dashboard-order-delivered", path: "/admin/orders/" + w.delivered},
		{name: "dashboard-order-moving", path: "/admin/orders/" + w.moving},
		{name: "dashboard-order-held", path: order(s.orders[0])},
		{name: "dashboard-order-longname", path: order(s.orders[1])},
		{name: "dashboard-order-arabic", path: order(s.orders[2])},
		{name: "dashboard-order-unpaid", path: order(s.unpaid)},
		{name: "dashboard-products", path: "/admin/products"},
		{name: "dashboard-product", path: "/admin/products", before: first("/admin/products/pr_")},
		{name: "dashboard-product-new", path: "/admin/products/new"},
		{name: "dashboard-collections", path: "/admin/collections"},
		{name: "dashboard-collection", path: "/admin/collections", before: first("/admin/collections/co_")},
		{name: "dashboard-customers", path: "/admin/customers"},
		{name: "dashboard-suppliers", path: "/admin/suppliers"},
		{name: "dashboard-supplier", path: "/admin/suppliers", before: first("/admin/suppliers/su")},
		{name: "dashboard-connectors", path: "/admin/connectors"},
		{name: "dashboard-connector", path: "/admin/connectors", before: first("/admin/connectors/cn_")},
		{name: "dashboard-connector-new", path: "/admin/connectors", before: first("/admin/connectors/new/")},
		{name: "dashboard-feeds", path: "/admin/feeds"},
		{name: "dashboard-jobs", path: "/admin/jobs"},
		{name: "dashboard-mails", path: "/admin/mails"},
		{name: "dashboard-log", path: "/admin/log"},
		{name: "dashboard-staff", path: "/admin/staff"},
		{name: "dashboard-settings", path: "/admin/settings"},
		{name: "dashboard-account", path: "/admin/account"},
		{name: "dashboard-messages", path: "/admin/messages"},
		{name: "dashboard-messages-kept", path: "/admin/messages/canned"},
		{name: "dashboard-reviews", path: "/admin/reviews"},
		{name: "dashboard-service", path: "/admin/reviews/service"},
		{name: "dashboard-discounts", path: "/admin/discounts"},
		{name: "dashboard-discount-new", path: "/admin/discounts/new"},
		{name: "dashboard-bills", path: "/admin/statements"},
		{name: "dashboard-bill-new", path: "/admin/statements/new"},
		{name: "dashboard-profit", path: "/admin/profit"},
		{name: "dashboard-customer", path: "/admin/customers", before: first("/admin/customers/cu_")},
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
