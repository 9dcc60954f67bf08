package dashboard_test

import (
	"html"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db/dbtest"
)

// Where the head of a column leads, where the next page is, and how a view of one's own is forgotten.
var (
	nextLink = regexp.MustCompile(`<a [^>]*rel="next" href="([^"]+)"`)
	sortLink = regexp.MustCompile(`<th scope="col"[^>]*><a class="sort" href="([^"]+)"`)
	ownDrop  = regexp.MustCompile(`/admin/views/vw_[a-z0-9]+/drop`)
)

// TestEveryListIsSortedAndKept: each list sorts by the heads of its columns, tells which one it is
// sorted by, and is kept under a name of its own, whatever other lists have of that name.
func TestEveryListIsSortedAndKept(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		placed := d.paid("Ann")
		d.furnishLater(placed, 3)
		b, other := d.signedIn(account.Manager), d.signedIn(account.Reader)
		for _, l := range []struct{ key, path, query string }{
			{"orders", "/orders", "money=paid&sort=cheapest"}, {"products", "/products", "q=thing&sort=name-back"}, {"inventory", "/inventory", "show=low&sort=name"},
			{"customers", "/customers", "sort=name"}, {"claims", "/claims", "kind=damaged&sort=due"}, {"messages", "/messages", "sort=waiting&who=nobody"},
			{"reviews", "/reviews", "sort=worst&state=all"}, {"discounts", "/discounts", "sort=name&state=active"}, {"attention", "/attention", "only=orders&sort=oldest"},
			{"log", "/log", "sort=oldest&what=order"},
		} {
			b.post("/admin/views", "list", l.key, "name", "Every Monday", "query", l.query+"&evil=1&after=x").sees("The view is saved.", "Every Monday")
			if want := "/admin" + l.path + "?" + l.query; b.at != want {
				t.Errorf("%s: the view leads to %s, want %s", l.key, b.at, want)
			}
			if !strings.Contains(b.html, `aria-current="page"`) || !ownDrop.MatchString(b.html) {
				t.Errorf("%s: the page does not know its view", l.key)
			}
			for _, m := range sortLink.FindAllStringSubmatch(b.html, -1) {
				b.get(html.UnescapeString(m[1]))
				if !strings.Contains(b.html, "aria-sort=") {
					t.Errorf("%s: %s is sorted by nothing", l.key, m[1])
				}
			}
			other.get("/admin" + l.path).not("Every Monday")
		}
		b.get("/admin/claims?kind=damaged&sort=due")
		b.post(ownDrop.FindString(b.html)).sees("The view is removed.").not("Every Monday")
		b.undoes().sees("The view is saved.", "Every Monday")
		b.get("/admin/orders").sees("Every Monday")
		b.post("/admin/views", "list", "nothing", "name", "x", "query", "").sees("did not arrive whole")
	})
}

// TestListsGoOnInEverySort: page after page, each row of a list comes once, whatever it is sorted
// by and however many rows are the same there.
func TestListsGoOnInEverySort(t *testing.T) {
	t.Parallel()
	row := regexp.MustCompile(`<tr data-href="([^"]+)"|<section class="card stack stack--s" id="(rv_[^"]+)"|<p class="strong"><a href="(/admin/messages/cv_[^"]+)"`)
	opened(t, dbtest.Path(t), "JPY", func(d *desk) {
		d.furnish("JPY")
		d.furnishLater(d.paid("Ann"), 120)
		b := d.signedIn(account.Manager)
		for path, sorts := range map[string]string{"/claims?all=yes": " oldest due", "/messages?tab=all": " oldest waiting", "/reviews?state=all": " oldest worst best",
			"/reviews?state=waiting": "worst", "/discounts?state=": " oldest name name-back"} {
			for _, sort := range strings.Split(sorts, " ") {
				seen, want := map[string]int{}, 120
				if path == "/reviews?state=waiting" {
					want = 40
				}
				at := "/admin" + path + "&sort=" + sort
				for range 9 {
					b.get(at)
					for _, m := range row.FindAllStringSubmatch(b.html, -1) {
						seen[m[1]+m[2]+m[3]]++
					}
					m := nextLink.FindStringSubmatch(b.html)
					if m == nil {
						break
					}
					at = html.UnescapeString(m[1])
				}
				for name, n := range seen {
					if n != 1 {
						t.Errorf("%s sorted by %q has %s %d times", path, sort, name, n)
					}
				}
				if len(seen) != want {
					t.Errorf("%s sorted by %q has %d rows, want %d", path, sort, len(seen), want)
				}
			}
		}
	})
}
