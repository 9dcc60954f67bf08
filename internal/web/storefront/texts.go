package storefront

import (
	"maps"
	"sync"
	"unicode/utf8"

	"doorstep/internal/store"
	"doorstep/internal/words"
)

// TextGroup are sentences of the storefront that a merchant may say in words of their own,
// those of one place.
type TextGroup struct {
	Name, Words string // in English: where they stand, and what is to be known of them
	Texts       []words.Slot
}

// sentence is one that may be said otherwise: the key of a text, or a name of its own where
// nothing is built in, and what it is in English.
type sentence struct{ key, label string }

// ownPlaces are the places with sentences to change. What the law or the course of an order
// hangs on (prices, stock, refusals) is not among them.
func ownPlaces() []struct {
	name, words string
	list        []sentence
} {
	return []struct {
		name, words string
		list        []sentence
	}{
		{"Announcement", "The strip above every page.", []sentence{{ownAnnouncement, "Words of your own, instead of those about shipping"},
			{k("announce_free"), "Where shipping is free"}, {k("announce_free_from"), "Where shipping is free from a sum"}}},
		{"Home page", "", []sentence{{k("tagline"), "Headline"}, {k("home_sub"), "Below the headline"}, {k("shop_everything"), "Button: all products"},
			{k("home_shelves"), "Above the collections"}, {k("home_fresh"), "Above the newest products"}, {k("home_empty"), "While there is nothing to buy"}, {k("home_empty_words"), "Below that"}}},
		{"Promises", "Three on the home page. Promise only what holds.", []sentence{{k("promise_delivery"), "First"}, {k("promise_delivery_words"), "First, below"},
			{k("promise_parcel"), "Second"}, {k("promise_parcel_words"), "Second, below"}, {k("promise_money"), "Third"}, {k("promise_money_words"), "Third, below"}}},
		{"Product pages", "", []sentence{{k("add_to_cart"), "Button: into the cart"}, {k("fact_returns"), "Returns"}, {k("fact_returns_words"), "Returns, below"},
			{k("fact_payment"), "Payment"}, {k("fact_payment_words"), "Payment, below"}, {k("beside"), "Above the products beside it"}, {k("reviews_none"), "While there are no reviews"}}},
		{"Cart", "", []sentence{{k("cart_empty"), "An empty cart"}, {k("cart_empty_words"), "Below that"}, {k("look_around"), "Button: all products"}, {ownCart, "A note of your own above the sum"}}},
		{"Checkout", "", []sentence{{ownCheckout, "A note of your own above the button that orders"}, {k("email_help"), "Below the mail address"}, {k("pay_card_words"), "Below paying by card"},
			{k("pay_transfer_words"), "Below paying by bank transfer"}, {k("pay_cash_words"), "Below paying on delivery"}}},
		{"Foot of every page", "", []sentence{{ownFoot, "A line of your own"}, {k("good_to_know"), "Above the policies"}, {k("prices_included"), "Prices with tax"}, {k("prices_added"), "Prices without tax"}}},
		{"Search and questions", "", []sentence{{k("found_none_words"), "When nothing is found"}, {k("missing_words"), "When a page is not there"}, {k("contact_words"), "Above the contact form"}}},
	}
}

// Sentences that nothing is built in for: they stand where the merchant wrote them, and
// nowhere otherwise.
const (
	ownAnnouncement = "announce_own"
	ownCart         = "cart_note"
	ownCheckout     = "checkout_note"
	ownFoot         = "foot_note"
)

// Languages are the languages in which the storefront's sentences can be changed, as BCP 47
// tags, English first.
func Languages() []string { return book().Languages() }

// Texts are all sentences that a merchant may say otherwise in one of Languages, by place. What
// is built in is what the store says otherwise.
func Texts(set store.Settings, lang string) (list []TextGroup) {
	for _, place := range ownPlaces() {
		g := TextGroup{Name: place.name, Words: place.words}
		for _, one := range place.list {
			g.Texts = append(g.Texts, slotOf(set, lang, one))
		}
		list = append(list, g)
	}
	return list
}

func slotOf(set store.Settings, lang string, one sentence) words.Slot {
	slot := slots()[lang][one.key]
	slot.Label = one.label
	if one.key == "tagline" && set.Brand.Tagline != "" {
		slot.BuiltIn = words.Forms{"other": set.Brand.Tagline}
	}
	return slot
}

// slots are all sentences to change, by language and key.
var slots = sync.OnceValue(func() map[string]map[string]words.Slot {
	all := map[string]map[string]words.Slot{}
	for _, lang := range book().Languages() {
		all[lang] = map[string]words.Slot{}
		for _, place := range ownPlaces() {
			for _, one := range place.list {
				all[lang][one.key] = describe(lang, one.key)
			}
		}
	}
	return all
})

// describe says what may stand in a sentence: as many letters as its place holds.
func describe(lang, key string) words.Slot {
	here, known := book().For(lang).Text(key)
	if !known {
		return words.Slot{Key: key, Most: 240, Long: true, BuiltIn: words.Forms{"other": ""}}
	}
	en, _ := book().All()[0].Text(key)
	slot := words.Slot{Key: key, Names: words.NamesIn(en["other"]), Most: 60, BuiltIn: maps.Clone(here)}
	switch n := utf8.RuneCountInString(en["other"]); {
	case n > 50:
		slot.Most, slot.Long = 240, true
	case n > 24:
		slot.Most = 120
	}
	return slot
}

// ownTexts are the merchant's words for a language; those that do not fit (any more) are left
// out, and the built-in ones are said.
func ownTexts(set store.Settings, lang string) map[string]words.Forms {
	if len(set.Texts) == 0 {
		return nil
	}
	own := map[string]words.Forms{}
	for key, slot := range slots()[lang] {
		text, given := set.Texts[lang+"."+key]
		if forms := (words.Forms{"other": text}); given && slot.Check(forms) == nil {
			own[key] = forms
		}
	}
	return own
}

// own is a sentence that nothing is built in for; empty: the merchant wrote none.
func (v *visit) own(key string) string {
	text, err := v.words.Say(key)
	if err != nil {
		return ""
	}
	return text
}
