package storefront_test

import (
	"encoding/json"
	"html"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"doorstep/internal/address"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/web/storefront"
	"doorstep/internal/words"
)

func TestWordsAreWholeInEveryLanguage(t *testing.T) {
	t.Parallel()
	if wrong := words.Check(storefront.Book()); len(wrong) > 0 {
		t.Error(strings.Join(wrong, "\n"))
	}
}

// TestEveryKeyIsThereAndUsed reads the package's own sources.
func TestEveryKeyIsThereAndUsed(t *testing.T) {
	t.Parallel()
	call := regexp.MustCompile(`\b(?:say|count|k)\("([a-z_0-9]+)"`)
	used := map[string]bool{}
	for _, pattern := range []string{"*.go", "*.templ"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if strings.HasSuffix(f, "_test.go") || strings.HasSuffix(f, "_templ.go") {
				continue
			}
			text, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range call.FindAllStringSubmatch(string(text), -1) {
				used[m[1]] = true
			}
		}
	}
	en := storefront.Book().For("en")
	for key := range used {
		if _, there := en.Text(key); !there {
			t.Errorf("the code says %s: words/en.json has no such text", key)
		}
	}
	for _, key := range en.Keys() {
		if key != "language_name" && !used[key] {
			t.Errorf("nothing says %s", key)
		}
	}
	if len(used) < 300 {
		t.Errorf("only %d keys were found: does the pattern still fit?", len(used))
	}
}

func TestEveryFieldOfAnAddressHasAName(t *testing.T) {
	t.Parallel()
	for _, c := range address.Countries() {
		rules, _ := address.Of(c.Code)
		for _, f := range rules.Fields {
			if !storefront.KnowsLabel(f.Label) {
				t.Errorf("%s: nobody translates %q", c.Code, f.Label)
			}
		}
	}
}

// english are the sentences that another language says otherwise.
func english(t *testing.T, tag string) map[string]string {
	t.Helper()
	read := func(tag string) (texts map[string]json.RawMessage) {
		raw, err := os.ReadFile("words/" + tag + ".json")
		if err == nil {
			err = json.Unmarshal(raw, &texts)
		}
		if err != nil {
			t.Fatal(err)
		}
		return texts
	}
	other, list := read(tag), map[string]string{}
	for key, raw := range read("en") {
		var text string
		if json.Unmarshal(raw, &text) != nil || string(raw) == string(other[key]) {
			continue
		}
		for part := range strings.SplitSeq(regexp.MustCompile(`\{[a-z_]+\}`).ReplaceAllString(text, "\x00"), "\x00") {
			if part = strings.Trim(part, " .,:;#"); len(part) >= 8 && strings.Contains(part, " ") {
				list[key] = part
			}
		}
	}
	return list
}

var hidden = regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>|<title>|<[a-zA-Z/!][^>]*>`)

// noEnglish fails where a page says something in English that its language says otherwise.
func (b *browser) noEnglish(sentences map[string]string) {
	b.Helper()
	text := html.UnescapeString(hidden.ReplaceAllString(b.page.html, "\x00"))
	labels := regexp.MustCompile(`(?:aria-label|placeholder|content|alt)="([^"]*)"`).FindAllStringSubmatch(b.page.html, -1)
	for _, l := range labels {
		text += "\x00" + html.UnescapeString(l[1])
	}
	for key, part := range sentences {
		if strings.Contains(text, part) {
			b.Errorf("%s is in English: %q (%s)", b.page.at, part, key)
		}
	}
}

// TestNobodyReadsEnglishWhoAsksForAnother goes from a product to the page of its order.
func TestNobodyReadsEnglishWhoAsksForAnother(t *testing.T) {
	t.Parallel()
	for tag, wants := range map[string][]string{
		"de":    {"In den Warenkorb", "10,00 €", "Deutschland", "Zahlungspflichtig bestellen: 17,00 €", "Vielen Dank, Ann!", "7.–10. März", "So bezahlen Sie", "Kontoinhaber"},
		"fr":    {"Ajouter au panier", "10,00 €", "Allemagne", "Commander et payer 17,00 €", "Merci, Ann !", "7–10 mars", "Comment payer", "Titulaire du compte"},
		"es":    {"Añadir al carrito", "10,00 €", "Alemania", "Pedir y pagar 17,00 €", "¡Gracias, Ann!", "7–10 de marzo", "Cómo pagar", "Titular de la cuenta"},
		"pt-BR": {"Adicionar ao carrinho", "€ 10,00", "Alemanha", "Pedir e pagar € 17,00", "Obrigado, Ann!", "7–10 de março", "Como pagar", "Titular da conta"},
	} {
		t.Run(tag, func(t *testing.T) {
			t.Parallel()
			m := open(t, dbtest.Path(t), "EUR", 3)
			b := m.browser()
			sentences, said := english(t, tag), ""
			look := func(p page) {
				b.noEnglish(sentences)
				if !strings.Contains(p.html, `<html lang="`+tag+`"`) {
					t.Errorf("%s: %s", p.at, p.html[:80])
				}
				said += strings.ReplaceAll(html.UnescapeString(p.html), "\u00a0", " ")
			}
			header := []string{"Accept-Language", tag + ",en;q=0.5"}
			send := func(path string, pairs ...string) page {
				return b.do(http.MethodPost, path, values(pairs...), header...)
			}
			for _, path := range append(everyPage, "/products/mug-0?o1=Oat&o2=L", "/products/mug-0?o1=Ink&o2=S", "/products/mug-0", "/collections/kitchen?stock=yes&from=5", "/nothing") {
				if !strings.Contains(path, ".") && path != "/cart/drawer" && path != "/dev/gallery" {
					look(b.get(path, header...))
				}
			}
			look(send("/cart/add", "product", "mug-0", "o1", "Oat", "o2", "L", "quantity", "9"))
			look(send("/cart/add", "product", "mug-0", "o1", "Oat", "o2", "L", "quantity", "1"))
			look(b.get("/checkout", header...))
			look(send("/checkout", "action", "ship", "email", "ann@", "same", "no", "shipping_address.country", "DE", "shipping_address.postal_code", "1"))
			look(send("/checkout", "action", "refresh", "shipping_address.country", "US"))
			look(send("/checkout", with(ann[:4], "action", "ship", "shipping_address.name", "Marie", "shipping_address.line1", "9 rue des Tilleuls",
				"shipping_address.locality", "Nantes", "shipping_address.postal_code", "44000", "shipping_address.country", "FR")...))
			german := with(ann[:6], "shipping_address.line1", "Lindenweg 4", "shipping_address.locality", "Ulm", "shipping_address.postal_code", "89073", "shipping_address.country", "DE")
			look(send("/checkout", with(german, "action", "ship")...))
			look(send("/checkout", with(german, "action", "pay")...))
			if b.page.at.Path == "/checkout" {
				t.Fatalf("not ordered: %s", b.page.html)
			}
			for _, w := range wants {
				if !strings.Contains(said, w) {
					t.Errorf("nowhere is said %q", w)
				}
			}
			if got := m.order(m.orders()[0]).Locale; got != tag {
				t.Errorf("the order's mails come in %s", got)
			}
		})
	}
}

func TestLanguageIsChosen(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 1)
	m.set("url", m.url)
	lang := func(p page) string {
		return regexp.MustCompile(`<html lang="([^"]*)"`).FindStringSubmatch(p.html)[1]
	}
	b := m.browser()
	for header, want := range map[string]string{"": "en", "de-AT,de;q=0.9,en;q=0.5": "de-AT", "ja,zh;q=0.9": "en", "pt": "pt", "en-US,en;q=0.9": "en-US", "ja,fr;q=0.2": "fr", ";;q": "en"} {
		if got := lang(b.get("/", "Accept-Language", header)); got != want {
			t.Errorf("%q reads %s, not %s", header, got, want)
		}
	}
	p := b.get("/collections/all?lang=fr&sort=newest", "Accept-Language", "de-AT")
	if lang(p) != "fr" || !strings.Contains(p.header.Get("Vary"), "Accept-Language") {
		t.Errorf("the address asks for French: %s %s", lang(p), p.header["Vary"])
	}
	b.saysNot("lang=fr&")
	if got := lang(b.get("/cart", "Accept-Language", "de-AT")); got != "fr" {
		t.Errorf("the choice is forgotten: %s", got)
	}
	b.post("/preferences", "lang", "de", "back", "/collections")
	if got := lang(b.page); got != "de" || b.page.at.Path != "/collections" {
		t.Errorf("the picker: %s %s", got, b.page.at)
	}
	b.post("/preferences", "lang", "xx", "back", "/collections")
	if got := lang(b.page); got != "de" {
		t.Errorf("a language that we do not speak: %s", got)
	}
	b = m.browser()
	b.get("/products/mug-0?lang=de&variant=x")
	b.says(`<link rel="canonical" href="`+m.url+`/products/mug-0?lang=de"`, `hreflang="pt-BR" href="`+m.url+`/products/mug-0?lang=pt-BR"`,
		`hreflang="en" href="`+m.url+`/products/mug-0"`, `hreflang="x-default" href="`+m.url+`/products/mug-0"`)
	m.set("locale", "de-AT")
	b = m.browser()
	if got := lang(b.get("/")); got != "de-AT" {
		t.Errorf("the store's language: %s", got)
	}
	b.says(`hreflang="de" href="`+m.url+`/"`, `hreflang="en" href="`+m.url+`/?lang=en"`)
}

func TestPagesFromRightToLeft(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "KWD", 3)
	m.set("locale", "ar-KW")
	b := m.browser()
	for _, path := range []string{"/", "/products/mug-2", "/cart", "/dev/gallery?dir=rtl"} {
		b.get(path)
		b.says(`dir="rtl"`)
	}
	b.get("/", "Accept-Language", "de")
	b.says(`lang="de" dir="ltr"`)
}

func TestDatesAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	for tag, want := range map[string]string{
		"en": "Mon 2 March, 12:00 UTC|7–10 March|28 February – 1 March", "en-US": "Mon, March 2, 12:00 PM UTC|March 7–10|February 28 – March 1",
		"de": "Mo. 2. März, 12:00 Uhr UTC|7.–10. März|28. Februar – 1. März", "fr": "lun. 2 mars à 12:00 UTC|7–10 mars|28 février – 1er mars",
		"es": "lun, 2 de marzo, 12:00 UTC|7–10 de marzo|28 de febrero – 1 de marzo", "pt-BR": "seg., 2 de março, 12:00 UTC|7–10 de março|28 de fevereiro – 1º de março",
	} {
		if got := storefront.Dates(tag); got != want {
			t.Errorf("%s: %s, not %s", tag, got, want)
		}
	}
}
