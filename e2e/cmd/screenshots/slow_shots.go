package main

import (
	"strings"

	"doorstep/e2e/browser"
)

// storefront is what customers see of it.
func (s *scene) storefront() []shot {
	var list []shot
	for _, as := range []string{"part", "out", "ordered", "uncertain", "rejected", "address", "margin", "choice", "chargeback"} {
		list = append(list, shot{name: "customer-" + as, path: s.orders[as].page("")})
	}
	return append(list,
		shot{name: "customer-choice-page", path: s.orders["choice"].page("/choice")},
		shot{name: "customer-claim", path: s.claim},
		shot{name: "customer-return", path: s.back},
		shot{name: "customer-choice-page-de", path: s.orders["choice"].page("/choice") + "&lang=de"},
		shot{name: "customer-out-fr", path: s.orders["out"].page("") + "&lang=fr"},
		shot{name: "customer-return-pt", path: s.back + "&lang=pt-BR"},
	)
}

// dashboard is what the staff see of it.
func (s *scene) dashboard() []shot {
	open := func(what ...string) func(*browser.Tab) {
		return func(tab *browser.Tab) {
			for _, one := range what {
				tab.Click(one)
			}
		}
	}
	claim := func(at string) string { return strings.TrimPrefix(s.camera.atDesk(at), s.town.Base) }
	list := []shot{
		{name: "desk-uncertain-open", path: s.orders["uncertain"].desk(), before: open("details[id^='fix-resolve-'] > summary")},
		{name: "desk-unplaced-open", path: s.orders["unplaced"].desk(), before: open("details[id^='unplaced-'] > summary")},
		{name: "desk-agreed-open", path: s.orders["part"].desk(), before: open("#agreed details:first-of-type > summary")},
		{name: "desk-claim-sender", path: claim(s.claim), before: open("#again-why > summary")},
		{name: "desk-return", path: claim(s.back)},
		{name: "desk-feed", path: "/admin/feeds", before: first("/admin/feeds/")},
		{name: "desk-feeds", path: "/admin/feeds"},
		{name: "desk-chargeback-page", path: s.orders["chargeback"].desk(), before: first("/admin/chargebacks/")},
		{name: "desk-attention", path: "/admin/attention"},
		{name: "desk-home", path: "/admin"},
		{name: "desk-connectors", path: "/admin/connectors"},
		{name: "desk-suppliers", path: "/admin/suppliers"},
		{name: "desk-orders", path: "/admin/orders"},
		{name: "desk-claims", path: "/admin/claims"},
	}
	for _, as := range []string{"part", "out", "ordered", "uncertain", "rejected", "address", "margin", "choice", "unplaced", "chargeback", "broken", "back", "down3"} {
		list = append(list, shot{name: "desk-order-" + as, path: s.orders[as].desk()})
	}
	return list
}
