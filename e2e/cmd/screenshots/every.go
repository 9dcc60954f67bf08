package main

import (
	"encoding/json"
	"strings"

	"doorstep/e2e/browser"
	"doorstep/internal/web/gallery"
)

// asksGallery asks the shop which pages it has, and where each can be seen: it knows them from
// its own tables of routes.
func (c *camera) asksGallery(tab *browser.Tab) {
	var list struct{ Pages []gallery.Page }
	var text string
	tab.Go(c.town.Base + gallery.ListPath)
	tab.Eval("document.body.innerText", &text)
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		c.Fatalf("the gallery's list: %v", err)
	}
	for _, page := range list.Pages {
		if page.Path == "" {
			c.Logf("nothing to show of %s %s", page.Route, page.State)
		}
	}
	c.pagesKnown = list.Pages
}

// everyPage is each page of a door that needs nothing done on it first.
func (c *camera) everyPage(door string) (list []shot) {
	for _, page := range c.pagesKnown {
		filled := page.Route == "/cart" || page.Route == "/checkout" // taken with something in
		if page.Door != door || page.Path == "" || filled {
			continue
		}
		s := shot{name: door + "-" + page.Name, path: page.Path}
		if page.Route == "/account" || strings.HasPrefix(page.Route, "/account/addresses") {
			s.before = func(tab *browser.Tab) {
				c.enter(tab)
				tab.Go(c.town.Base + page.Path)
			}
		}
		list = append(list, s)
	}
	return list
}
