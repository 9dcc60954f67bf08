package e2e

import (
	"strings"
	"testing"

	"doorstep/e2e/browser"
)

// TestExchange: the customer would rather have something else, chooses it, sees what it costs
// more or less, and the merchant approves. What costs more is paid on the claim's page.
func TestExchange(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		look   browser.Look
		dearer bool
	}{{browser.Look{Phone: true}, true}, {browser.Look{}, false}} {
		t.Run(c.look.String(), func(t *testing.T) {
			t.Parallel()
			d := demo(t)
			p := shopper{person(t, c.look)}
			p.Go(d.Base + "/products/insulated-bottle")
			p.choose()
			p.checkout("exa+" + c.look.String() + "@shopper.example")
			p.pay()
			number := p.watch()
			order := p.At()

			p.Follow("a[href*='/claims/new']")
			article := p.wishes(c.dearer)
			mine := p.At()

			desk := signedIn(t, p.Tab, d)
			desk.Go(d.Base + "/admin/claims")
			desk.Follow("#claims a >> " + number + "-C1")
			desk.Sees("main >> " + article)
			desk.Axe(axe)
			desk.Fits()
			desk.Follow("form:has(input[name=outcome][value=exchange]) button")
			desk.Sees("#exchange-title")
			desk.Axe(axe)
			desk.Fits()

			p.Go(mine)
			if c.dearer {
				p.paysMore()
			}
			p.Sees("main .strong >> " + article)
			p.Sees("main dl >> " + article)
			p.SeesOnReload("main .badge >> Settled")
			p.Axe(axe)
			p.Fits()
			p.Go(order)
			p.SeesOnReload(".parcel >> " + article)
			p.Fits()
		})
	}
}

// wishes chooses another article, which costs more or less, and sends the claim. It answers what
// was chosen.
func (s shopper) wishes(dearer bool) (article string) {
	s.Helper()
	s.Follow("a[href*='/exchange']")
	s.Axe(axe)
	s.Fits()
	want := "You get"
	if dearer {
		want = "You pay"
	}
	s.Click("label.choice >> " + want)
	article = strings.TrimSpace(s.Text("label.choice:has(:checked) .choice__name"))
	s.Follow("form[action*='/claims/new'] .btn--main")
	s.Sees(".notice >> " + want)
	s.Sees("form >> " + article)
	s.Axe(axe)
	s.Fits()
	s.Click("input[name=kind][value='not-as-described']")
	s.Type("#claim-words", "The other one suits me better.")
	s.Follow("form[action*='/claims'] .btn--main")
	s.AtURL("/claims/cl")
	return article
}

// paysMore pays the difference on the claim's page, at the provider's own.
func (s shopper) paysMore() {
	s.Helper()
	s.SeesOnReload(".notice >> Please pay the difference")
	s.Axe(axe)
	s.Fits()
	s.Click("input[name=payment][value=stripe]")
	s.Follow("form[action*='/pay'] .btn--main")
	s.AtURL("/c/pay/")
	s.Follow("button[value=pay]")
	s.AtURL("/claims/cl")
	s.SeesNot(".notice >> Please pay the difference")
}
