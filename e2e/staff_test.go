package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestSupportStaff may cancel, but neither release nor give money back; who only reads sees
// all of it and can do nothing.
func TestSupportStaff(t *testing.T) {
	t.Parallel()
	for _, look := range []browser.Look{{Phone: true}, {Dark: true}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			place := orderOfOnesOwn(t)
			p := person(t, look)
			base := shop(t).Base

			signIn(p, base, reader, stage.Password)
			openOrder(p, base, place)
			for _, what := range []string{"form[action$='/cancel']", "form[action$='/refund']", "form[action*='/purchases/']"} {
				if p.Has(what) || count(p, what) > 0 {
					t.Errorf("a reader is offered %s", what)
				}
			}
			p.Expect(403, "/admin/settings")
			p.Go(base + "/admin/settings")
			p.SeesNot("form[action='/admin/settings']")
			signOut(p)

			signIn(p, base, support, stage.Password)
			openOrder(p, base, place)
			for _, what := range []string{"form[action$='/refund']", "form[action$='/release']", "form[action$='/place']"} {
				if count(p, what) > 0 {
					t.Errorf("support staff is offered %s", what)
				}
			}
			p.Click("#cancel > summary")
			p.Type("#cancel [name=reason]", "The customer changed their mind")
			p.Follow("#cancel form button")
			p.SeesOnReload("#order h1 >> cancelled")
			p.Expect(403, "/admin/staff")
			p.Go(base + "/admin/staff")
			p.SeesNot("form[action='/admin/staff']")
		})
	}
}

// TestSignInAndOut: the wrong password is refused, the door leads back to where one wanted to
// go, and who has signed out is out.
func TestSignInAndOut(t *testing.T) {
	t.Parallel()
	p := person(t, browser.Look{Phone: true})
	base := shop(t).Base
	p.Go(base + "/admin/orders")
	p.AtURL("/admin/sign-in")
	p.Expect(422, "/admin/sign-in")
	p.Expect(401, "/admin/sign-in")
	p.Fill("email", owner, "password", "not the password")
	p.Follow("form[action='/admin/sign-in'] button")
	p.Sees("form[action='/admin/sign-in'] .notice")
	p.Fill("password", stage.Password)
	p.Follow("form[action='/admin/sign-in'] button")
	p.AtURL("/admin/orders")
	signOut(p)
	p.Go(base + "/admin/orders")
	p.AtURL("/admin/sign-in")
}

// signOut leaves by the menu of one's own face.
func signOut(p *browser.Tab) {
	p.Helper()
	p.Click("details.who > summary")
	p.Follow("form[action='/admin/sign-out'] button")
	p.AtURL("/admin/sign-in")
}
