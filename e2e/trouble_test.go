package e2e

import (
	"testing"

	"doorstep/e2e/browser"
	"doorstep/e2e/stage"
	world "doorstep/internal/demo"
	"doorstep/internal/sample"
	"doorstep/internal/smtptest"
)

// TestParkedFeed is a supplier's list on which an article costs nine times as much: it is
// parked, a person looks at what it would change, and believes it.
func TestParkedFeed(t *testing.T) {
	t.Parallel()
	town := shop(t)
	catalogue, err := world.Catalogue(true)
	if err != nil {
		t.Fatal(err)
	}
	article := offerOf(catalogue, "cj-us")
	town.World.CJUS.SetCost(article.SKU, 9*article.Cost)
	town.World.HooksDone()
	p := person(t, browser.Look{Phone: true})
	signIn(p, town.Base, manager, stage.Password)
	p.Go(town.Base + "/admin/suppliers")
	p.Follow("main a >> CJ Dropshipping (US)")
	if p.Has("form[action$='/refresh'] button") {
		p.Follow("form[action$='/refresh'] button")
	}
	believed := ".story--log .story__item >> A person believed the supplier's list"
	for looked := false; ; { // the supplier tells it by a message and on its list: the newest one counts
		p.Go(town.Base + "/admin/feeds")
		p.SeesOnReload("main a[href*='/admin/feeds/']")
		if !looked {
			p.Axe(axe)
		}
		p.Follow("main a[href*='/admin/feeds/']")
		if !p.Has("#believe > summary") {
			continue
		}
		p.Sees("main >> Why it was not believed")
		if !looked {
			p.Axe(axe)
			p.Fits()
		}
		looked = true
		p.Click("#believe > summary")
		p.Fits()
		p.Follow("#believe form button")
		p.Go(town.Base + "/admin/log?what=feed")
		if p.Has(believed) {
			break
		}
	}
	p.Sees(believed)
}

// TestUncertainPurchase is a mail to a supplier whose answer was lost. Nobody but a person can
// find out whether it arrived: they look there, and say what they found.
func TestUncertainPurchase(t *testing.T) {
	t.Parallel()
	town := shop(t)
	place := townButter()
	town.World.Post.Once(smtptest.DropAfter, stage.DairyMail)
	p := person(t, browser.Look{Dark: true})
	signIn(p, town.Base, manager, stage.Password)
	openOrder(p, town.Base, place)
	p.Follow("form[action$='/release'] button")
	p.SeesOnReload("details[id^='fix-resolve-'] > summary")
	p.Axe(axe)
	p.Click("details[id^='fix-resolve-'] > summary")
	p.Fits()
	p.Type("details[id^='fix-resolve-'] input[name=ref]", "BUTTER-77")
	p.Follow("details[id^='fix-resolve-'] form .btn--main")
	p.Sees("#order dl >> BUTTER-77")
	p.SeesNot("details[id^='fix-resolve-']")
	p.Sees("#story .story__item >> The supplier's answer was lost")
	p.Sees("#story .story__item >> The supplier has received the purchase order")
}

// offerOf is the first article that a supplier of the sample shop has.
func offerOf(c sample.Catalogue, supplier string) (found sample.Offer) {
	for _, product := range c.Products {
		for _, v := range product.Variants {
			for _, o := range v.Offers {
				if o.Supplier == supplier && o.Quantity > 0 {
					return o
				}
			}
		}
	}
	return found
}
