package dashboard_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/store"
)

// TestEditTextsOfTheShop: own sentences are said in their language and nowhere else, escaped;
// what does not fit is refused with a reason, and what was stored otherwise is not said.
func TestEditTextsOfTheShop(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b, visitor := d.signedIn(account.Manager), d.shop()
		shop := func(path, lang string) string { return visitor.get(path + "?lang=" + lang).html }
		const page = "/admin/settings/texts"
		b.get(page+"?lang=de").sees("Below the headline", "German")
		if !strings.Contains(b.html, `placeholder="Noch nichts im Warenkorb"`) {
			t.Error("the built-in words are no placeholder")
		}
		b.post(page, "lang", "de", "t:home_sub:other", "Aus <b>Ulm</b> & um Ulm herum.", "t:announce_own:other", "Bis Freitag bestellt", "t:tagline:other", "", "t:fact_returns:other", "30 Tage Zeit").
			sees("Stored", "Yours", "German (")
		for _, one := range []struct{ lang, words string }{{"de", "Aus &lt;b&gt;Ulm&lt;/b&gt; &amp; um Ulm herum."}, {"de", "Bis Freitag bestellt"}} {
			if !strings.Contains(shop("/", one.lang), one.words) {
				t.Errorf("the shop does not say %q in %s", one.words, one.lang)
			}
		}
		if in := shop("/", "fr"); strings.Contains(in, "Ulm") || strings.Contains(in, "Freitag") {
			t.Error("French readers read German")
		}

		b.post(page, "lang", "de", "t:announce_free_from:other", "Frei ab {sum}", "t:home_sub:other", "Ganz neu").sees("{sum} is nothing that this text knows; it knows {price}")
		if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, "Ganz neu") || strings.Contains(shop("/", "de"), "Ganz neu") {
			t.Errorf("%d: what was typed is lost, or a half was stored", b.status)
		}
		b.post(page, "lang", "de", "t:promise_money:other", strings.Repeat("x", 200)).sees("longer than")

		b.post(page+"/reset", "lang", "de", "reset", "home_sub").sees("The built-in words are back")
		if strings.Contains(shop("/", "de"), "Ulm") || !strings.Contains(shop("/", "de"), "Bis Freitag bestellt") {
			t.Error("one sentence was to be brought back")
		}
		d.update(func(ctx context.Context, tx *db.Tx) error { // as the command line stores it
			return store.Set(ctx, tx, d.store, "text.de.home_sub", "{gone} {")
		})
		b.get(page+"?lang=de").sees("1 text cannot be used", "It is not used, the built-in text is")
		if strings.Contains(shop("/", "de"), "{gone}") {
			t.Error("the shop says what does not fit")
		}
		b.post(page+"/reset", "lang", "de", "reset", "all").not("Yours", "cannot be used")
		if strings.Contains(shop("/", "de"), "Freitag") {
			t.Error("all was to be brought back")
		}
	})
}

// TestPoliciesByLanguage: a policy is written for all languages or for one, and the page of the
// settings stays with the language that was edited.
func TestPoliciesByLanguage(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		b.post("/admin/settings", "section", "policies", "set:policy.returns", "All of it.").sees("The settings are stored", "All languages (1)")
		b.get("/admin/settings/policies?lang=pt-BR").sees("For readers of Brazilian Portuguese", "All of it.")
		b.post("/admin/settings", "section", "policies", "lang", "pt-BR", "set:policy.returns.pt-BR", "Tudo.").sees("Brazilian Portuguese (1)", "Tudo.")
		b.get("/admin/settings/policies?lang=de&template=terms").sees("no legal advice", "Der Vertrag kommt zustande")
		b.post("/admin/settings", "section", "policies", "lang", "xx", "set:policy.imprint.de", "x").sees("the name is shipping, returns, privacy or terms")
	})
}
