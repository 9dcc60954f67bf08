package e2e

import (
	"testing"

	"doorstep/e2e/browser"
)

// TestInbox: every mail of the demo can be read, as people see it and as plain text.
func TestInbox(t *testing.T) {
	t.Parallel()
	d := demo(t)
	for _, look := range []browser.Look{{Phone: true, Dark: true}, {}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			p := person(t, look)
			p.Go(d.Inbox + "/")
			p.SeesOnReload("#list a")
			p.Follow("#list a")
			p.Sees("article iframe")
			p.Follow("article a[href*='show=text']")
			p.Sees("article pre >> order")
		})
	}
}

// TestLanguages: the shop speaks German to who asks for it, and says so to browsers.
func TestLanguages(t *testing.T) {
	t.Parallel()
	d := demo(t)
	p := person(t, browser.Look{Phone: true})
	p.Go(d.Base + "/?lang=de")
	p.Sees("html[lang^=de] main")
	p.Axe(axe)
	p.Go(d.Base + "/products/insulated-bottle")
	p.Sees("html[lang^=de] main")
	p.Go(d.Base + "/products/insulated-bottle?lang=en")
	p.Sees("html[lang^=en] main")
}
