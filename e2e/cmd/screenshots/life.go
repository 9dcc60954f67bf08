package main

import (
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// live lets people do once what pages then show: a claim, a review, a question, a chargeback,
// a supplier's bill, a discount. A step that fails costs its own pictures only.
func (c *camera) live(chromium *browser.Chromium) {
	c.once(chromium, false, c.complains, c.reviews, c.asks, c.wouldReturn)
	c.once(chromium, true, c.publishes, c.answers, c.settles, c.takesBack, c.bills, c.givesCodes, c.cancels)
	c.once(chromium, false, c.showsReceipt)
	for _, b := range c.town.World.Stripe.Books() {
		if b.Captured > 0 && b.Refunded == 0 {
			if _, err := c.town.World.Stripe.Dispute(b.Intent, b.Captured); err != nil {
				c.Logf("the chargeback: %v", err)
			}
			return
		}
	}
}

// once opens a tab for some steps, one after the other.
func (c *camera) once(chromium *browser.Chromium, staff bool, steps ...func(*browser.Tab)) {
	tab := chromium.Open(c, browser.Look{})
	defer tab.Close()
	if staff {
		signIn(tab, c.town.Base)
	}
	for _, step := range steps {
		done := make(chan struct{})
		go func() {
			defer close(done)
			step(tab)
		}()
		<-done
	}
}

func (c *camera) complains(tab *browser.Tab) {
	photo, err := stage.Photo(c.dir, "crack.jpg")
	if err != nil {
		c.Fatalf("%v", err)
	}
	c.bought = c.town.OrderLinks("delivered")[0]
	tab.Go(c.bought)
	stage.Complain(tab, "It has a crack from the rim to the foot.\nThe box was not damaged.", photo, photo)
	c.claim = tab.At()
}

// beside is a page below the order of which the claim is.
func (c *camera) beside(path string) string { return strings.Replace(c.bought, "?", path+"?", 1) }

func (c *camera) reviews(tab *browser.Tab) {
	tab.Go(c.beside("/review"))
	var first string
	tab.Eval(`document.querySelector("input[type=radio][name^=stars-]").name.slice(6)`, &first)
	tab.Click("input[name=stars-" + first + "][value='4']")
	tab.Type("#words-"+first, "Heavier than it looks, and the glaze has a depth that no photo shows.\nOne star less because the lid sits a little loose.")
	tab.Attach("#photos-"+first, filepath.Join(c.dir, "crack.jpg"))
	tab.Click("input[name=delivery][value='5']")
	tab.Follow("main form .btn--large")
}

func (c *camera) asks(tab *browser.Tab) {
	tab.Go(c.beside("/messages"))
	tab.Follow("#write ul a:last-of-type")
	tab.Type("#talk-words", "Hello, could you tell me whether the blue one comes back before Christmas?\n\nKind regards")
	tab.Follow("#write form .btn--large")
}

func (c *camera) publishes(tab *browser.Tab) {
	tab.Go(c.town.Base + "/admin/reviews")
	tab.Follow("form[action$='/publish']:not(#bulk) button")
}

func (c *camera) answers(tab *browser.Tab) {
	tab.Go(c.town.Base + "/admin/messages")
	first("/admin/messages/cv_")(tab)
	tab.Type("#talk-answer", "Yes, we expect it in the first week of December. Shall we keep one for you?")
	tab.Follow("form[action$='/answer'] .btn--main")
}

// atDesk is a claim in the dashboard, from its customer's page.
func (c *camera) atDesk(claim string) string {
	_, rest, _ := strings.Cut(claim, "/claims/")
	name, _, _ := strings.Cut(rest, "?")
	return c.town.Base + "/admin/claims/" + name
}

// settles pays the claim back, so that the supplier owes it.
func (c *camera) settles(tab *browser.Tab) {
	tab.Go(c.atDesk(c.claim))
	tab.Follow("form:has(input[name=outcome][value=keep]) button")
}

// wouldReturn complains about another order, whose goods are then to be sent back.
func (c *camera) wouldReturn(tab *browser.Tab) {
	tab.Go(c.town.OrderLinks("delivered")[1])
	stage.Complain(tab, "The lid does not close.", filepath.Join(c.dir, "crack.jpg"))
	c.back = tab.At()
}

func (c *camera) takesBack(tab *browser.Tab) {
	tab.Go(c.atDesk(c.back))
	tab.Follow("form:has(input[name=outcome][value=return]) button")
	tab.Fill("link", "https://parcels.example/labels/RT-2041")
	tab.Follow("form[action$='/label'] button")
}

// showsReceipt asks for what sending the goods back cost.
func (c *camera) showsReceipt(tab *browser.Tab) {
	tab.Go(c.back)
	tab.Fill("amount", "4.90")
	tab.Attach("#receipt-photo", filepath.Join(c.dir, "crack.jpg"))
	tab.Follow("form[action*='/receipt'] button")
}

// cancels has a run cancel the first of the seeded orders.
func (c *camera) cancels(tab *browser.Tab) {
	tab.Go(c.town.Base + "/admin/orders?q=Nora")
	tries("cancel")(tab)
	tab.Fill("reason", "The customer ordered it twice.")
	tab.Follow("#run form[action$='/begin'] button")
	tab.SeesOnReload("main a[href*='/export?format=csv']")
}

func (c *camera) bills(tab *browser.Tab) {
	tab.Go(c.town.Base + "/admin/orders")
	file := filepath.Join(c.dir, "invoice-2026-11.csv")
	text := "Order,Goods,Freight,Currency,Description\n1001-1,9.70,4.85,GBP,November\n1002-1,24.00,9.80,GBP,November\n1003-1,4.85,9.80,GBP,November\nHL-9999,12.00,3.00,GBP,Who knows\n1004-1,8.40,9.80,GBP,November\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		c.Fatalf("%v", err)
	}
	tab.Go(c.town.Base + "/admin/statements/new")
	tab.Attach("#file", file)
	tab.Eval(`(() => { const s = document.querySelector("[name=supplier]"); s.selectedIndex = s.options.length - 1; return true })()`, nil)
	tab.Follow("main form .btn--main")
	tab.Follow("form[action='/admin/statements'] .btn--main")
	c.bill = tab.At()
}

func (c *camera) givesCodes(tab *browser.Tab) {
	for _, code := range []string{"SUMMER10", "WELCOME-TO-HEARTH-AND-HARBOUR-2026"} {
		tab.Go(c.town.Base + "/admin/discounts/new")
		tab.Fill("code", code, "value", "10")
		tab.Follow("main form .btn--main")
	}
}

// lived are the pages that show what live did.
func (c *camera) lived() []shot {
	return []shot{
		{name: "lived-review", path: c.beside("/review")},
		{name: "lived-messages", path: c.beside("/messages")},
		{name: "lived-order", path: c.bought},
		{name: "lived-product", path: "/products", before: c.reviewed},
		{name: "lived-rtl", path: "/", before: turn},
		{name: "lived-rtl-order", path: c.bought, before: turn},
		{name: "lived-rtl-checkout", path: "/products/stoneware-mug", before: func(tab *browser.Tab) {
			fill(tab)
			tab.Go(c.town.Base + "/checkout")
			turn(tab)
		}},
	}
}

// reviewed is the product that somebody wrote of.
func (c *camera) reviewed(tab *browser.Tab) {
	tab.Go(c.bought)
	var title string
	tab.Eval(`document.querySelector(".sum-line .strong").textContent`, &title)
	tab.Go(c.town.Base + "/search?q=" + url.QueryEscape(title))
	first("/products/")(tab)
}

// turn shows a page from right to left.
func turn(tab *browser.Tab) {
	tab.Eval(`(() => { document.documentElement.dir = "rtl"; return true })()`, nil)
}

// livedAtDesk are the same things for the staff.
func (c *camera) livedAtDesk() []shot {
	turned := func(before func(*browser.Tab)) func(*browser.Tab) {
		return func(tab *browser.Tab) {
			if before != nil {
				before(tab)
			}
			turn(tab)
		}
	}
	return []shot{
		{name: "desk-talks-all", path: "/admin/messages?tab=all"},
		{name: "desk-canned", path: "/admin/messages/canned"},
		{name: "desk-claims", path: "/admin/claims?all=yes"},
		{name: "desk-rtl-home", path: "/admin", before: turned(nil)},
		{name: "desk-rtl-orders", path: "/admin/orders", before: turned(nil)},
		{name: "desk-rtl-order", path: "/admin/orders", before: turned(first("/admin/orders/or_"))},
		{name: "desk-rtl-talk", path: "/admin/messages?tab=all", before: turned(first("/admin/messages/cv_"))},
		{name: "desk-rtl-bill", path: strings.TrimPrefix(c.bill, c.town.Base), before: turned(nil)},
	}
}

// throttled is what who tries too often sees.
func (c *camera) throttled() []shot {
	return []shot{{name: "door-throttled", path: "/admin/sign-in", before: func(tab *browser.Tab) {
		for range 12 {
			tab.Fill("email", "nobody@hearthandharbour.example", "password", "not the password")
			tab.Follow("form[action='/admin/sign-in'] .btn--main")
		}
	}}}
}
