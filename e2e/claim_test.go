package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestClaimWithPhotos: something came broken. The customer says so on the order's page, with
// photos; the merchant sees them and pays it back; the customer sees that.
func TestClaimWithPhotos(t *testing.T) {
	t.Parallel()
	for _, look := range []browser.Look{{Phone: true}, {}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			d := demo(t)
			photo, err := stage.Photo(t.TempDir(), "crack.jpg")
			if err != nil {
				t.Fatal(err)
			}
			p := shopper{person(t, look)}
			p.Go(d.Base + "/products/insulated-bottle")
			p.choose()
			p.checkout("cleo+" + look.String() + "@shopper.example")
			p.pay()
			number := p.watch()
			order := p.At()

			stage.Complain(p.Tab, "It has a crack from the rim to the foot.", photo, photo)
			mine := p.At()
			p.Sees("main img[src*='/photos/']")
			p.Axe(axe)
			p.Fits()

			desk := signedIn(t, p.Tab, d)
			desk.Go(d.Base + "/admin/claims")
			desk.Follow("#claims a >> " + number + "-C1")
			desk.Sees("main >> crack from the rim")
			desk.Sees("main img[src*='/photos/']")
			desk.Axe(axe)
			desk.Fits()
			desk.Follow("form:has(input[name=outcome][value=keep]) button")
			desk.SeesOnReload("main .badge >> Settled")

			p.Go(mine)
			p.Sees("main .badge >> Settled")
			p.Sees("main .strong >> back")
			p.Go(order)
			p.SeesOnReload("main >> refunded")
			p.Fits()
		})
	}
}
