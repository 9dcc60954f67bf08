package storefront

import (
	"embed"
	"net/http"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"doorstep/internal/web/ui"
	"doorstep/internal/words"
)

//go:embed words
var wordFiles embed.FS

// book holds all that the storefront says, in every language.
var book = sync.OnceValue(func() *words.Book {
	b, err := words.Read(wordFiles, "words")
	if err != nil {
		panic(err.Error()) // a test reads them
	}
	return b
})

const (
	langCookie = "lang"
	langParam  = "lang" // of an address: a link may carry its language
)

// tongue is one language to choose.
type tongue struct {
	Tag  string // BCP 47
	Name string // in itself
}

// tongues are the languages to choose from, each once.
func tongues() (list []tongue) {
	for _, w := range book().All() {
		name, err := w.Say("language_name")
		known := slices.ContainsFunc(list, func(t tongue) bool { return t.Name == name })
		if err == nil && !known { // a region of a language has its name
			list = append(list, tongue{w.Tag.String(), name})
		}
	}
	return list
}

// speaks finds the language of a tag among ours by its base: de-AT is German. False where
// we have none.
func speaks(tag language.Tag) (tongue, bool) {
	base, sure := tag.Base()
	for _, t := range tongues() {
		if own, _ := language.Make(t.Tag).Base(); own == base && sure != language.No {
			return t, true
		}
	}
	return tongue{}, false
}

// speak chooses the language of a visit: what the visitor chose, here or in the account, else
// what the browser asks for, else the store's. Amounts and dates are written as in the visitor's region, where it
// is known.
func (v *visit) speak(storeLocale string) {
	var asked []language.Tag
	for _, wish := range []string{v.chosenLanguage(), v.customer.Locale, v.r.Header.Get("Accept-Language")} {
		tags, _, _ := language.ParseAcceptLanguage(wish) // what cannot be read is not asked for
		asked = append(asked, tags...)
	}
	own, err := language.Parse(storeLocale)
	if err != nil {
		own = language.English
	}
	if i := slices.IndexFunc(asked, func(t language.Tag) bool { _, ours := speaks(t); return ours }); i >= 0 {
		asked = asked[i:]
	} else {
		asked = nil // the store's language, whether we have words for it or not
	}
	asked = append(asked, own)
	v.locale = regional(asked)
	v.words = book().For(v.locale).With(ownTexts(v.set, book().Language(v.locale)))
}

// regional is the first language, with the region of the first tag of that language that
// names one.
func regional(tags []language.Tag) string {
	base, script, region := tags[0].Raw()
	for _, t := range tags {
		b, s, r := t.Raw()
		if b == base && r != (language.Region{}) && (s == script || s == language.Script{}) {
			region = r
			break
		}
	}
	tag, err := language.Compose(base, script, region)
	if err != nil {
		return tags[0].String()
	}
	return tag.String()
}

// chosenLanguage is what the visitor chose: in the address, else earlier; empty: nothing.
func (v *visit) chosenLanguage() string {
	choice := v.lang
	if c, err := v.r.Cookie(langCookie); choice == "" && err == nil {
		choice = c.Value
	}
	tag, err := language.Parse(choice)
	if err != nil {
		return ""
	}
	t, _ := speaks(tag)
	return t.Tag
}

// takeLanguage takes the language out of the address, so that nothing else meets it there,
// and remembers it for the pages that follow.
func (v *visit) takeLanguage() {
	q := v.r.URL.Query()
	if v.r.Method != http.MethodGet || !q.Has(langParam) {
		return
	}
	v.lang = q.Get(langParam)
	q.Del(langParam)
	address := *v.r.URL
	address.RawQuery = q.Encode()
	r := *v.r
	r.URL = &address
	v.r = &r
	if v.lang = v.chosenLanguage(); v.lang != "" {
		v.rememberLanguage(v.lang)
	}
}

func (v *visit) rememberLanguage(tag string) { v.setCookie(langCookie, tag, 12*month) }

// inLanguage is an address of ours that carries a language; the store's own needs none.
func (v *visit) inLanguage(url, tag string) string {
	if t, ours := speaks(language.Make(v.set.Locale)); tag == "" || ours && t.Tag == tag {
		return url
	}
	if strings.Contains(url, "?") {
		return url + "&" + langParam + "=" + tag
	}
	return url + "?" + langParam + "=" + tag
}

// alternates are a public page in all languages, and for everybody else as the store has it.
func (v *visit) alternates(url string) []ui.Alternate {
	var list []ui.Alternate
	for _, t := range tongues() {
		list = append(list, ui.Alternate{Lang: t.Tag, URL: v.inLanguage(url, t.Tag)})
	}
	return append(list, ui.Alternate{Lang: "x-default", URL: url})
}

// say is a text in the visit's language; pairs are name, value, name, value. A text that is
// not there would be its own key: a test finds those.
func (v *visit) say(key string, pairs ...string) string {
	text, err := v.words.Say(key, pairs...)
	if err != nil {
		return key
	}
	return text
}

// count is a text for n things, in the language's plural form.
func (v *visit) count(key string, n int64, pairs ...string) string {
	text, err := v.words.Count(key, n, pairs...)
	if err != nil {
		return key
	}
	return text
}

// k marks the key of a text in a table, so that the test of keys finds it.
func k(key string) string { return key }

// kit are the words that components say by themselves.
func (v *visit) kit() ui.Words {
	return ui.Words{Skip: v.say("kit_skip"), Theme: v.say("kit_theme"), Breadcrumb: v.say("kit_breadcrumb"), Beginning: v.say("kit_beginning"),
		Next: v.say("kit_next"), Pages: v.say("kit_pages"), Optional: v.say("kit_optional"), Choose: v.say("kit_choose"), Close: v.say("kit_close"),
		Loading: v.say("kit_loading"), SoldOut: v.say("kit_sold_out"), Fewer: v.say("kit_fewer"), More: v.say("kit_more"), Now: v.say("kit_now"),
		Before: v.say("kit_before"), From: v.say("kit_from", "price", "{price}"), Country: v.say("kit_country")}
}
