package storefront_test

import (
	"net/http"
	"regexp"
	"testing"
)

// TestRemovedLineComesBack: what was taken out of the cart is named once, with the way back that
// brings as many; with scripts in the part that is answered, without on the page that follows.
func TestRemovedLineComesBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, m *mall) {
		b := m.browser()
		b.post("/cart/add", "product", "mug-0", "o1", "Oat", "o2", "L", "quantity", "3")
		b.saysNot("is removed")
		variant := b.field("variant")
		p := b.do(http.MethodPost, "/cart/lines", values("variant", variant, "quantity", "0"), "HX-Request", "true", "HX-Target", "div#cart-page")
		b.says("Stoneware Mug 0 is removed.", "Undo", "Nothing in here yet", `hx-target="#cart-page"`)
		if p.at.Path != "/cart/lines" || b.field("quantity") != "3" {
			t.Errorf("%s: %s", p.at, b.field("quantity"))
		}
		b.post("/cart/lines", "variant", variant, "quantity", "3")
		b.says("€36.00")
		b.saysNot("is removed")

		b.post("/cart/lines", "variant", variant, "quantity", "0")
		b.says("Stoneware Mug 0 is removed.", "Undo")
		removed := b.page.at.String()
		b.post("/cart/lines", "variant", b.field("variant"), "quantity", b.field("quantity"))
		b.says("€36.00")
		b.get(removed)
		b.saysNot("is removed")
		for _, forged := range []string{"?removed=va_x&of=1", "?removed=%3Cb%3E&of=x", "?removed=" + variant + "&of=99999999"} {
			if b.get("/cart"+forged).status != http.StatusOK {
				t.Errorf("%s: %d", forged, b.page.status)
			}
			b.saysNot("is removed")
		}
		if n := len(regexp.MustCompile(`id="line-`).FindAllString(b.page.html, -1)); n != 1 {
			t.Errorf("%d lines", n)
		}
	})
}
