package dashboard_test

import (
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/store"
	"doorstep/money"
)

// Every setting that there is can be found on a page by an owner, once.
func TestEverySettingHasItsPlace(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		var all strings.Builder
		for _, s := range []string{"shop", "brand", "checkout", "orders", "stock", "claims", "feedback", "texts", "policies", "mails", "security", "data"} {
			if b.get("/admin/settings/" + s); b.status != http.StatusOK {
				t.Errorf("%s: %d", s, b.status)
			}
			all.WriteString(b.html)
		}
		for _, k := range store.AllKnown() {
			if strings.HasPrefix(k.Key, "staff.") || strings.HasPrefix(k.Key, "start.") || k.Key == "text.*" || k.Key == "policy.*" {
				continue // on the pages of staff and of the first steps; the last two stand there by language
			}
			name := `name="set:` + k.Key + `"`
			if family, is := strings.CutSuffix(k.Key, "*"); is {
				name = `name="new_start" value="` + family + `"`
			}
			if n := strings.Count(all.String(), name); n != 1 {
				t.Errorf("%s stands on %d pages", k.Key, n)
			}
		}
		if b.get("/admin/settings/nonsense"); b.status != http.StatusNotFound {
			t.Error(b.status)
		}
	})
}

// A setting is stored where it stands; what is wrong is told at its field.
func TestSettingsOfAMerchant(t *testing.T) {
	t.Parallel()
	for _, currency := range []money.Currency{"EUR", "JPY", "KWD"} {
		each(t, currency, func(d *desk) {
			b := d.signedIn(account.Owner)
			b.post("/admin/settings", "section", "shop", "set:brand.address", "Lange Straße 1\r\n10115 Berlin", "set:brand.name", arabic).sees("The settings are stored")
			if b.get("/admin/settings"); !strings.Contains(b.html, "Lange Straße 1\n10115 Berlin</textarea>") {
				t.Error("the address lost its lines")
			}
			b.post("/admin/settings", "section", "checkout", "set:shipping.price", "flat", "flat_price", "4").sees("The settings are stored", "Always the same")
			if !strings.Contains(b.html, `name="flat_price" type="text" value="4"`) && !strings.Contains(b.html, `value="4"`) {
				t.Error("the flat price is not shown")
			}
			b.post("/admin/settings", "section", "checkout", "set:shipping.price", "flat", "flat_price", "dear").sees("is no price in " + string(currency))
			if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, `value="dear"`) {
				t.Errorf("%d: what was typed is gone", b.status)
			}
			b.post("/admin/settings", "section", "stock", "new_start", "rate.", "new_key", "gbp", "new_value", "1.15").sees("1 GBP in " + string(currency))
			b.post("/admin/settings", "section", "brand", "set:brand.colour", "#ffee00").sees("less than the 4.5 : 1 of WCAG AA")
			b.post("/admin/settings", "section", "brand", "set:brand.colour", "#123456").sees("Very easy to read")

			b.get("/admin/settings/policies").not("no legal advice")
			for _, name := range []string{"returns", "shipping", "privacy", "terms"} {
				b.get("/admin/settings/policies?template="+name).sees("A starting point, no legal advice", arabic+", Lange Straße 1, 10115 Berlin")
			}
			b.post("/admin/settings", "section", "policies", "set:policy.returns", "One.\r\n\r\nTwo.").sees("The settings are stored")
			if !strings.Contains(b.html, "One.\n\nTwo.</textarea>") {
				t.Error("the policy lost its paragraphs")
			}
			m := d.signedIn(account.Manager)
			m.get("/admin/settings/security").sees("An owner can change it")
			m.get("/admin/settings/mails").not("Mail server")
		})
	}
}
