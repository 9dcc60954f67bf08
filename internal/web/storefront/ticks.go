package storefront

import (
	"net/url"
	"strings"
)

// ticksPurpose keeps the ticks' signature apart from others.
const ticksPurpose = "checkout-ticks"

// ticks are what the checkout's boxes say, for the address of the page that follows the form: the
// cart does not keep them. They are signed for the cart, so that no link of somebody else's gives
// a consent.
func (s *shop) ticks(v *visit, f contactForm) string {
	var list []string
	for _, one := range []struct {
		name string
		on   bool
	}{{"offers", f.Offers}, {"credit", f.Credit}, {"once", !f.Remember && v.signedIn()}} {
		if one.on {
			list = append(list, one.name)
		}
	}
	if f.Payment != "" {
		list = append(list, "pay="+f.Payment)
	}
	if len(list) == 0 {
		return ""
	}
	said := strings.Join(list, ",")
	return "?" + url.Values{"ticks": {said}, "for": {s.Seal.Sign(ticksPurpose, string(v.store), string(v.cart.CartID), said)}}.Encode()
}

// ticked sets the boxes as the form before had them.
func (s *shop) ticked(v *visit, f *contactForm) {
	q := v.r.URL.Query()
	said := q.Get("ticks")
	if said == "" || !s.Seal.Verify(q.Get("for"), ticksPurpose, string(v.store), string(v.cart.CartID), said) {
		return
	}
	for _, one := range strings.Split(said, ",") {
		switch name, value, _ := strings.Cut(one, "="); name {
		case "offers":
			f.Offers = true
		case "credit":
			f.Credit = true
		case "once":
			f.Remember = false
		case "pay":
			f.Payment = value
		}
	}
}
