package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	"doorstep/internal/flow"
)

// TestManualWay is an order for a supplier that only people talk to: a person orders it,
// hears that it will be shipped, and enters the parcel's number.
func TestManualWay(t *testing.T) {
	t.Parallel()
	for _, look := range looks() {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			place := orderOfOnesOwn(t)
			p := person(t, look)
			base := shop(t).Base
			signIn(p, base, manager, stage.Password)
			openOrder(p, base, place)
			p.Fits()
			p.Click("details[id^='fix-place-'] > summary")
			p.Fits()
			p.Type("details[id^='fix-place-'] input[name=ref]", "HP-2024-"+look.String())
			p.Follow("details[id^='fix-place-'] form button")
			p.Sees("#order dl >> HP-2024-" + look.String())
			p.Click("details[id^='hand-'] > summary")
			p.Follow("form[action$='/accept'] button")
			p.Click("details[id^='hand-'] > summary")
			p.Type("form[action$='/ship'] input[name=number]", "RB123456785GB")
			p.Follow("form[action$='/ship'] button")
			p.Sees(".parcel >> RB123456785GB")
		})
	}
}

// TestRefusedByTheSupplier is an exception solved by its button: the supplier will not ship,
// the order asks for a person, and the person calls it off.
func TestRefusedByTheSupplier(t *testing.T) {
	t.Parallel()
	for _, look := range []browser.Look{{Phone: true, Dark: true}, {}} {
		t.Run(look.String(), func(t *testing.T) {
			t.Parallel()
			place := orderOfOnesOwn(t)
			p := person(t, look)
			base := shop(t).Base
			signIn(p, base, manager, stage.Password)
			openOrder(p, base, place)
			p.Click("details[id^='fix-place-'] > summary")
			p.Type("details[id^='fix-place-'] input[name=ref]", "HP-NO")
			p.Follow("details[id^='fix-place-'] form button")
			p.Click("details[id^='hand-'] > summary")
			p.Type("form[action$='/reject'] input[name=words]", "The kiln broke")
			p.Follow("form[action$='/reject'] button")
			p.Go(base + "/admin/attention")
			p.Sees("#inbox section .reason--person")
			openOrder(p, base, place)
			p.Sees(".reason--person")
			p.Click("#cancel > summary")
			p.Type("#cancel [name=reason]", "Nobody can make it")
			p.Follow("#cancel form button")
			p.SeesOnReload("#order h1 >> cancelled")
			p.SeesNot(".reason >> kiln")
		})
	}
}

// openOrder opens an order's page in the dashboard.
func openOrder(p *browser.Tab, base string, place flow.Placed) {
	p.Helper()
	p.Go(base + "/admin/orders/" + string(place.Order.OrderID))
	p.Sees("#order h1")
}
