package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestRightToLeft shows the main pages as a language that is read from the right would: the
// kit gives a page the direction of its language, and nothing may stick out of its window or
// be judged serious by axe.
func TestRightToLeft(t *testing.T) {
	t.Parallel()
	for _, look := range []browser.Look{{Phone: true}, {}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			town := shop(t)
			p := person(t, look)
			fillCart(p, town.Base)
			for _, page := range []string{"/", "/collections", "/collections/kitchen", "/search?q=mug", "/products/insulated-bottle", "/cart", "/checkout", "/policies/returns", "/account/sign-in", "/contact"} {
				turned(p, town.Base+page)
			}
			turned(p, town.Base+"/admin/sign-in")
			signIn(p, town.Base, owner, stage.Password)
			held := "/admin/orders/" + string(firstOrder())
			for _, page := range []string{"/admin", "/admin/orders", held, "/admin/attention", "/admin/products", "/admin/inventory", "/admin/claims", "/admin/suppliers",
				"/admin/customers", "/admin/feeds", "/admin/log", "/admin/settings/checkout", "/admin/start/store", "/admin/mails", "/admin/staff", "/admin/messages", "/admin/messages/canned",
				"/admin/reviews", "/admin/reviews/service", "/admin/discounts", "/admin/discounts/new", "/admin/statements", "/admin/statements/new", "/admin/profit"} {
				turned(p, town.Base+page)
			}
		})
	}
}

// turned opens a page and turns it round.
func turned(p *browser.Tab, at string) {
	p.Helper()
	p.Go(at)
	p.Turn()
	p.Fits()
	p.Axe(axe)
}
