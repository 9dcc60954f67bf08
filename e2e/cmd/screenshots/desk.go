package main

import (
	"regexp"
	"strings"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// doors are the pages of who is not in yet.
func (c *camera) doors() []shot {
	return []shot{
		{name: "door-sign-in", path: "/admin/sign-in"},
		{name: "door-sign-in-wrong", path: "/admin/sign-in", before: func(tab *browser.Tab) {
			tab.Fill("email", owner, "password", "not the password")
			tab.Follow("form[action='/admin/sign-in'] .btn--main")
		}},
		{name: "door-forgot-sent", path: "/admin/forgot", before: func(tab *browser.Tab) {
			tab.Fill("email", "jon@hearthandharbour.example")
			tab.Follow("form[action='/admin/forgot'] button")
		}},
		{name: "door-password", path: "/admin/forgot", before: c.reset},
	}
}

var resetLinks = regexp.MustCompile(`http://127\.0\.0\.1:\d+/admin/password[^\s>)]+`)

// reset follows the newest link for a new password.
func (c *camera) reset(tab *browser.Tab) {
	for _, m := range c.town.World.Post.To("jon@hearthandharbour.example") {
		if at := resetLinks.FindString(m.Text); at != "" {
			tab.Go(at)
			return
		}
	}
	tab.Logf("no mail with a link for a new password has come")
}

// further are pages of the dashboard that something is done on first.
func (c *camera) further(s seeded) []shot {
	return []shot{
		{name: "more-run", path: "/admin/orders?q=Nora", before: tries("release")},
		{name: "more-order-log", path: "/admin/orders/" + string(s.orders[0].Order.OrderID), before: func(tab *browser.Tab) {
			tab.Click("#story details > summary")
			tab.Click("#story .story__more details > summary")
		}},
		{name: "more-gallery-components", path: "/dev/gallery"},
		{name: "more-texts-de", path: "/admin/settings/texts?lang=de"},
		{name: "more-policies-fr", path: "/admin/settings/policies?lang=fr"},
		{name: "more-missing", path: "/admin/nothing-here"},
		{name: "more-palette", path: "/admin", short: true, before: func(tab *browser.Tab) {
			if !tab.Phone {
				tab.Click(".bar__search")
			}
		}},
	}
}

// tries shows what would come of doing something with the first order of a list.
func tries(action string) func(*browser.Tab) {
	return func(tab *browser.Tab) {
		tab.Click("#orders input[data-row]")
		tab.Follow("[data-bulk] button[value=" + action + "]")
		tab.AtURL("/admin/runs/")
		tab.Sees("#run")
	}
}

var codeLinks = regexp.MustCompile(`http://127\.0\.0\.1:\d+/account/code[^\s>)]+`)

// buyer is the mail address of a customer who has bought.
func buyer(town *stage.Town) string {
	for _, m := range town.World.Post.Messages() {
		if strings.Contains(m.Text, "/orders/or_") {
			return m.To
		}
	}
	return ""
}

// askCode has a code mailed to that customer.
func askCode(tab *browser.Tab, town *stage.Town) {
	tab.Fill("email", buyer(town))
	tab.Follow("form[action='/account/sign-in'] button")
}

// enter signs that customer in by the link of the newest mail.
func (c *camera) enter(tab *browser.Tab) {
	tab.Go(c.town.Base + "/account/sign-in")
	askCode(tab, c.town)
	used := c.used
	for range 200 {
		for _, m := range c.town.World.Post.To(buyer(c.town)) {
			if at := codeLinks.FindString(m.Text); at != "" && m.ID > c.used {
				c.used = m.ID
				tab.Go(at)
			}
		}
		if c.used != used {
			tab.Follow("form[action='/account/code'] button")
			tab.Go(c.town.Base + "/account")
			return
		}
		tab.Go(c.town.Base + "/account/sign-in")
	}
	tab.Logf("no code has come for %s", buyer(c.town))
}
