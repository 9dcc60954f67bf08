package e2e

import (
	"fmt"
	"strings"
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
)

// TestPageTellsOfStock is a page that stays open while its article sells out: it says so by
// itself, goes on with the variant that is chosen next, and a line that was taken out of the
// cart by mistake comes back.
func TestPageTellsOfStock(t *testing.T) {
	t.Parallel()
	town := shop(t)
	p, desk := person(t, browser.Look{Phone: true}), person(t, browser.Look{})
	signIn(desk, town.Base, manager, stage.Password)
	p.Go(town.Base + "/products/insulated-bottle")
	p.Click("#product input[type=radio][value='Slate']")
	p.Sees("#product legend >> Slate")
	p.Sees("#buy-button:not([disabled])")
	sellOut(p, desk, town, 0)
	p.Sees("#stock >> Sold out")
	p.Sees("#buy-button[disabled]")
	p.Sees("#options .swatch--out input[value='Slate']")
	p.Axe(axe)
	p.Fits()
	sellOut(p, desk, town, 900)
	p.Sees("#stock >> In stock")

	p.Click("#product input[type=radio][value='750 ml']")
	p.Sees("#product legend >> 750 ml")
	p.Sees("#stock >> 750 ml")
	sellOut(p, desk, town, 2)
	p.Sees("#stock >> Only")
	p.Sees("#options input[value='750 ml']:checked")
	p.Click("#buy-button")
	p.Sees("dialog#cart .line >> 750 ml")
	p.Click("dialog#cart .line__remove")
	p.Sees("dialog#cart .toast >> is removed")
	p.Axe(axe)
	p.Click("dialog#cart .toast__button")
	p.Sees("dialog#cart .line >> 750 ml")
	p.SeesNot("dialog#cart .toast")
	sellOut(p, desk, town, 900)
}

// sellOut has the merchant say how many each supplier has of the variant that a page shows.
func sellOut(p, desk *browser.Tab, town *stage.Town, quantity int64) {
	var variant string
	p.Eval(`document.querySelector("#product [id^=live-]").id`, &variant)
	at := town.Base + "/admin/variants/" + strings.TrimPrefix(variant, "live-")
	desk.Go(at)
	for i := range count(desk, "details[id^='change-']") {
		if i > 0 {
			desk.Go(at)
		}
		var form string
		desk.Eval(fmt.Sprintf(`document.querySelectorAll("details[id^='change-']")[%d].id`, i), &form)
		desk.Click("#" + form + " > summary")
		desk.Type("#"+form+" input[name=quantity]", fmt.Sprint(quantity))
		desk.Follow("#" + form + " form .btn--main")
	}
}
