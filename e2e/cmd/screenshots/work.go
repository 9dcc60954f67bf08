package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"doorstep"
	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/account"
	"doorstep/internal/web/gallery"
)

const owner = "robin@hearthandharbour.example"

// shot is one page to take.
type shot struct {
	name, path string
	before     func(*browser.Tab) // brings it into the state that is wanted
	short      bool               // the window only
}

// looks are how every page is taken.
func looks() []browser.Look {
	return []browser.Look{{Phone: true}, {Phone: true, Dark: true}, {}, {Dark: true}}
}

// work is all pictures, state by state.
func (c *camera) work() error {
	dir, err := os.MkdirTemp("", "doorstep-screenshots-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	c.dir = dir
	binary, err := stage.Build(c.ctx, dir)
	if err != nil {
		return err
	}
	chromium, err := browser.Start(c.ctx)
	if err != nil {
		return err
	}
	defer chromium.Close()
	if c.wants("normal") {
		if err := c.normal(chromium, binary, dir); err != nil {
			return err
		}
	}
	if c.wants("slow") {
		if err := c.slow(chromium, binary, dir); err != nil {
			return err
		}
	}
	if c.wants("empty") {
		return c.empty(chromium, binary, dir)
	}
	return nil
}

func (c *camera) wants(state string) bool { return c.only == "" || strings.Contains(c.only, state) }

// wantsPage says whether a page is wanted, where a part of a state is asked for by its pages.
func (c *camera) wantsPage(name string) bool { return c.pages.MatchString(name) }

// normal is a shop that has been running for a while.
func (c *camera) normal(chromium *browser.Chromium, binary, dir string) error {
	var made seeded
	town, err := stage.Open(c.ctx, stage.TownOptions{Binary: binary, Database: filepath.Join(dir, "normal.db"), Speed: 60_000, Gallery: true,
		Settings: map[string]string{"claim.return_to": "Harbour Street 1\\nBremen", "claim.keep_below": "100.00"}, // so that some goods may stay and others go back
		Staff:    map[string]account.Role{owner: account.Owner, "mila@hearthandharbour.example": account.Support, "jon@hearthandharbour.example": account.Reader},
		Before:   func(ctx context.Context, p *doorstep.Program) (err error) { made, err = seed(ctx, p); return err }})
	if err != nil {
		return err
	}
	defer town.Close()
	c.town = town
	if _, err := town.Crowd.Shop(c.ctx, 40); err != nil {
		return fmt.Errorf("the shoppers: %w", err)
	}
	if err := c.settle(town); err != nil {
		return err
	}
	c.live(chromium)
	for _, look := range looks() {
		c.once(chromium, true, c.asksGallery) // the shop goes on: there is more to show each time
		c.take(chromium, "normal", look, town.Base, nil, c.storefront(made, town))
		c.take(chromium, "normal", look, town.Base, nil, c.everyPage(gallery.Storefront))
		c.take(chromium, "normal", look, town.Base, nil, c.lived())
		c.take(chromium, "normal", look, town.Base, nil, c.doors())
		c.take(chromium, "normal", look, town.Base, signIn, c.everyPage(gallery.Dashboard))
		c.take(chromium, "normal", look, town.Base, signIn, c.dashboard(made))
		c.take(chromium, "normal", look, town.Base, signIn, c.further(made))
		c.take(chromium, "normal", look, town.Base, signIn, c.livedAtDesk())
		c.take(chromium, "normal", look, town.Base, nil, c.throttled())
		c.take(chromium, "mails", look, town.Inbox(), nil, c.mails(town))
	}
	return nil
}

// empty is the first minute: no owner yet, then a shop without anything.
func (c *camera) empty(chromium *browser.Chromium, binary, dir string) error {
	for _, look := range looks() {
		p, err := stage.Serve(c.ctx, binary, filepath.Join(dir, "empty"+look.String()+".db"), "127.0.0.1:0")
		if err != nil {
			return err
		}
		c.take(chromium, "empty", look, p.Base, nil, []shot{{name: "storefront-home", path: "/"}, {name: "storefront-collection", path: "/collections/all"},
			{name: "storefront-cart", path: "/cart"}, {name: "storefront-search", path: "/search"}, {name: "storefront-missing", path: "/products/nothing"},
			{name: "dashboard-welcome", path: "/admin/welcome"}})
		c.take(chromium, "empty", look, p.Base, stage.Welcome, c.emptyDashboard())
		p.Stop()
	}
	return nil
}

// take opens a tab, lets somebody in, and takes its pages one after the other.
func (c *camera) take(chromium *browser.Chromium, state string, look browser.Look, base string, enter func(*browser.Tab, string), list []shot) {
	if !c.views.MatchString(look.String()) || !slices.ContainsFunc(list, func(s shot) bool { return c.wantsPage(s.name) }) {
		return
	}
	tab := chromium.Open(c, look)
	defer tab.Close()
	tab.Expect(404, "") // pages that are not there are pages too
	tab.Expect(403, "")
	tab.Expect(401, "")
	tab.Expect(410, "")
	tab.Expect(422, "")
	tab.Expect(429, "")
	if enter != nil {
		enter(tab, base)
	}
	for _, s := range list {
		if !c.wantsPage(s.name) {
			continue
		}
		done := make(chan struct{})
		go func() { // a step that fails ends its own picture only
			defer close(done)
			c.page(tab, s, base, filepath.Join(c.out, state, s.name+"_"+look.String()+".png"))
		}()
		<-done
	}
}

// page takes one picture.
func (c *camera) page(tab *browser.Tab, s shot, base, path string) {
	at := s.path
	if !strings.HasPrefix(at, "http") {
		at = base + at
	}
	tab.Go(at)
	if s.before != nil {
		s.before(tab)
	}
	tab.Rest()
	picture, err := tab.Shot(!s.short)
	if err != nil {
		c.Fatalf("%s: %v", s.name, err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		c.Fatalf("%v", err)
	}
	if err := os.WriteFile(path, picture, 0o600); err != nil {
		c.Fatalf("%v", err)
	}
	c.taken++
}

// signIn is the owner coming in.
func signIn(tab *browser.Tab, base string) { stage.SignIn(tab, base, owner, stage.Password) }
