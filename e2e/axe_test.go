package e2e

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// most is how many pages of one kind (two orders are one kind) a crawl looks at.
const most = 1

// TestAxe looks at every page that can be reached by links, on the phone and at the desk, by
// day and by night, and lets axe judge it.
func TestAxe(t *testing.T) {
	t.Parallel()
	for _, look := range []browser.Look{{Phone: true}, {Dark: true}} {
		t.Run("storefront-"+look.String(), func(t *testing.T) {
			t.Parallel()
			p := person(t, look)
			base := shop(t).Base
			fillCart(p, base)
			crawl(p, base, "/", "/cart", "/checkout", "/search", "/search?q=mug", "/search?q=nothinglikethis", "/products/"+town.pottery.Handle)
		})
		t.Run("dashboard-"+look.String(), func(t *testing.T) {
			t.Parallel()
			p := person(t, look)
			base := shop(t).Base
			p.Go(base + "/admin/sign-in")
			p.Axe(axe)
			signIn(p, base, owner, stage.Password)
			crawl(p, base, "/admin", "/admin/orders?goods=delivered&q=nobody", "/admin/account")
		})
	}
}

// fillCart puts something into the cart, so that its pages have something to show.
func fillCart(p *browser.Tab, base string) {
	p.Helper()
	p.Go(base + "/products/stoneware-mug")
	p.Click("#product .buy__button")
	p.Sees("dialog#cart .line")
	p.Axe(axe)
}

// crawl follows links from page to page within its half of the shop, one page of each kind.
func crawl(p *browser.Tab, base string, from ...string) {
	p.Helper()
	todo := slices.Clone(from)
	seen, kinds := map[string]bool{}, map[string]int{}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if kinds[kind(at)]++; seen[at] || kinds[kind(at)] > most && !slices.Contains(from, at) {
			continue
		}
		seen[at] = true
		p.Go(base + at)
		p.Axe(axe)
		p.Fits()
		var links []string
		p.Eval(`[...document.querySelectorAll("a[href]")].filter((a) => !a.hasAttribute("download") && a.origin === location.origin).map((a) => a.pathname + a.search)`, &links)
		for _, link := range links {
			if follows(from[0], link) {
				todo = append(todo, link)
			}
		}
	}
	if len(seen) < 8 {
		p.Errorf("the crawl from %v found %d pages only", from, len(seen))
	}
	p.Logf("looked at %d pages", len(seen))
}

// follows says whether a crawl that began at first takes a link.
func follows(first, link string) bool {
	desk := strings.HasPrefix(first, "/admin")
	if desk != strings.HasPrefix(link, "/admin") || strings.Contains(link, "/export") || strings.Contains(link, "/assets/") || strings.Contains(link, "/sign-") {
		return false
	}
	return !strings.Contains(link, "/evidence.") && !strings.Contains(link, "/photos/") // they are no pages
}

var names = regexp.MustCompile(`/[a-z]{2,3}_[0-9a-z]+`)

// kind is what a page has in common with others: the names of things and the filters are left
// out.
func kind(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return link
	}
	path := names.ReplaceAllString(u.Path, "/…")
	for _, shelf := range []string{"/products/", "/collections/", "/policies/"} {
		if strings.HasPrefix(path, shelf) {
			path = shelf
		}
	}
	keys := make([]string, 0, len(u.Query()))
	for key := range u.Query() {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	if strings.HasPrefix(path, "/admin") {
		keys = nil
	}
	return path + "?" + strings.Join(keys, "&")
}
