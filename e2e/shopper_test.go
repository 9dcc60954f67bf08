package e2e

import (
	"strings"
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestShopperBuys is the whole journey of somebody who buys something: from the front page to
// the parcel at the door, on the phone and at the desk, by day and by night, and without
// scripts.
func TestShopperBuys(t *testing.T) {
	t.Parallel()
	for _, look := range append(looks(), browser.Look{Phone: true, Script: browser.WithoutScript}) {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			shop := demo(t)
			p := shopper{person(t, look)}
			p.look(shop.Base)
			p.choose()
			p.checkout("ann+" + look.String() + "@shopper.example")
			p.pay()
			number := p.watch()
			desk := signedIn(t, p.Tab, shop)
			desk.Type(".bar__search input[type=search], main input[name=q]", number)
			desk.leaveByEnter() // a number leads to its order
			desk.AtURL("/admin/orders/or_")
			desk.Sees("#order h1 >> " + number)
		})
	}
}

// shopper is a person who buys.
type shopper struct{ *browser.Tab }

func (s shopper) scripts() bool { return s.Script == browser.WithScript }

// look goes through the shop: a shelf, its filters, and a search with a slip of the finger.
func (s shopper) look(base string) {
	s.Helper()
	s.Go(base + "/")
	s.Follow("main a[href='/collections']")
	s.Follow("main a[href='/collections/kitchen']")
	s.AtURL("/collections/kitchen")
	before := count(s.Tab, "#shelf .product-card")
	if s.Phone {
		s.Click("#filters > summary")
	}
	s.Click("#filters details:has(input[name='o.Colour']) > summary")
	s.Click("#filters input[name='o.Colour'][value='Slate']")
	if !s.scripts() {
		s.Follow("#filters button.without-script")
	}
	s.Sees("#shelf a.chip >> Slate")
	if after := count(s.Tab, "#shelf .product-card"); after == 0 || after >= before {
		s.Errorf("the filter leaves %d of %d articles", after, before)
	}
	if s.Phone {
		s.Follow("header a[href='/search']")
		s.Type("#q", "insulatd botle")
	} else {
		s.Type("#find", "insulatd botle")
	}
	s.leaveByEnter()
	s.AtURL("/search?q=insulatd")
	s.Follow("main a[href='/products/insulated-bottle']")
}

// choose takes the large grey bottle, twice, and puts it into the cart.
func (s shopper) choose() {
	s.Helper()
	s.Click("#product input[type=radio][value='Slate']")
	s.Click("#product input[type=radio][value='750 ml']")
	if s.scripts() {
		s.Sees("#product legend >> Slate")
		s.Sees("#product legend >> 750 ml")
		s.Click("#product button[data-step='1']")
		s.Click("#product .buy__button")
		s.Sees("dialog#cart .line >> 750 ml")
		s.Follow("dialog#cart a[href='/checkout']")
		return
	}
	s.Type("#quantity", "2")
	s.Follow("#product .buy__button")
	s.AtURL("/cart")
	s.Sees(".line >> Slate / 750 ml")
	s.Follow("main a[href='/checkout']")
}

// checkout gives an address with a wrong postcode, is told, mends it, and goes to pay.
func (s shopper) checkout(email string) {
	s.Helper()
	s.AtURL("/checkout")
	s.Choose("[name='shipping_address.country']", "DE")
	if !s.scripts() {
		s.Expect(422, "/checkout")
		s.Follow("button[name=action][value=refresh]")
	}
	s.Sees("[name='shipping_address.postal_code']")
	s.Fill("email", email, "shipping_address.name", "Ann Mercer", "shipping_address.line1", "Amselweg 7",
		"shipping_address.postal_code", "104", "shipping_address.locality", "Berlin")
	if s.scripts() {
		s.Expect(422, "/checkout")
		s.Leave()
	} else {
		s.Follow("button[name=action][value=ship]:not(.hide-text)")
	}
	s.Sees("[name='shipping_address.postal_code'][aria-invalid='true']")
	s.Fill("shipping_address.postal_code", "10437")
	if s.scripts() {
		s.Leave()
	} else {
		s.Follow("button[name=action][value=ship]:not(.hide-text)")
	}
	s.SeesNot("[aria-invalid='true']")
	s.Sees("#delivery input[name=option]")
	s.Click("input[name=payment][value=stripe]")
	s.Sees("button[name=action][value=pay]")
	s.Follow("button[name=action][value=pay]")
}

// pay is at the provider's own page.
func (s shopper) pay() {
	s.Helper()
	s.AtURL("/c/pay/")
	s.Follow("button[value=pay]")
	s.AtURL("/orders/")
}

// watch looks on until the order is delivered, without touching anything, and answers its
// number.
func (s shopper) watch() string {
	s.Helper()
	s.Sees("h1")
	first := s.At()
	s.Eval("document.documentElement.setAttribute('data-watching', '')", nil)
	const delivered = "section[aria-labelledby=state-title] .timeline__item--done:last-child"
	if s.scripts() {
		s.Sees(delivered)
	} else { // the page reloads itself every half minute; a person is quicker
		s.SeesOnReload(delivered)
	}
	s.Sees(".parcel")
	if at := s.At(); !sameOrder(first, at) {
		s.Errorf("the page went from %s to %s by itself", first, at)
	}
	if s.scripts() && !s.Has("html[data-watching]") {
		s.Errorf("the page was loaded anew instead of changing by itself")
	}
	words := s.Text("main")
	_, rest, _ := strings.Cut(words, "#")
	return rest[:strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })]
}

func sameOrder(a, b string) bool {
	a, _, _ = strings.Cut(a, "?")
	b, _, _ = strings.Cut(b, "?")
	return a == b
}

func (s shopper) leaveByEnter() { s.Helper(); enter(s.Tab) }

// signedIn is the owner of the demo at the same browser.
func signedIn(t *testing.T, tab *browser.Tab, d *stage.Demo) shopper {
	t.Helper()
	signIn(tab, d.Base, d.Owner, d.Password)
	return shopper{tab}
}
