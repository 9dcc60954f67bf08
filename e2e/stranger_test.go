package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestStrangersGuessLinks: who has no link of an order, a wrong one, or that of another order, reads
// the same page everywhere, and nothing of the order on it.
func TestStrangersGuessLinks(t *testing.T) {
	t.Parallel()
	r, other := &town.after.own, &town.after.old
	town := shop(t)
	comes(t, town, *r, "HPOWN1", time.Now().Add(-24*time.Hour))
	look := browser.Look{Phone: true}
	p := person(t, look)
	p.Go(town.Base + r.path("/claims/new"))
	stage.FillClaim(p, "not-as-described", "1", "money", "It is blue.")
	mine, _, _ := strings.Cut(strings.TrimPrefix(p.At(), town.Base), "?")

	stranger := suite.chromium.Open(t, look) // the customer's seat: they only wait meanwhile
	t.Cleanup(stranger.Close)
	stranger.Expect(http.StatusNotFound, "/orders/")
	order := "/orders/" + string(r.Order.OrderID)
	for i, guess := range []string{order, order + "?token=guess", order + "?token=" + other.token, order + "/claims/new?token=" + other.token,
		mine, mine + "?token=guess", mine + "?token=" + other.token} {
		stranger.Go(town.Base + guess)
		stranger.Sees("main h1 >> This page is not here")
		var page string
		stranger.Eval("document.documentElement.outerHTML", &page)
		for _, told := range []string{"Own Bowl", "Harbour Bowl", "Lange Straße", "It is blue", r.Order.Email, "HPOWN1", "-C1", r.token} {
			if strings.Contains(page, told) {
				t.Errorf("%s tells a stranger %q", guess, told)
			}
		}
		if i == 0 {
			stranger.Axe(axe)
			stranger.Fits()
		}
	}
	p.Go(p.At()) // the customer is let in all the same
	p.Sees("main >> It is blue.")
}
