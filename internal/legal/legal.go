package legal

import (
	"embed"
	"slices"
	"strings"
	"sync"

	"doorstep/internal/message"
	"doorstep/internal/store"
	"doorstep/internal/words"
	"doorstep/money"
)

// Kind is one of the texts that a shop owes its customers. It is the end of its address in the
// shop (/policies/returns), and of its setting (policy.returns).
type Kind string

// The kinds.
const (
	Shipping Kind = "shipping"
	Returns  Kind = "returns"
	Privacy  Kind = "privacy"
	Terms    Kind = "terms"
)

// Kinds are all of them, in the order in which a shop lists them.
func Kinds() []Kind { return []Kind{Shipping, Returns, Privacy, Terms} }

// Text is a text as a customer is shown it.
type Text struct {
	Words string // HTML as the merchant wrote it, or plain text with an empty line between paragraphs; never empty
	Lang  string // the language that the words are in, BCP 47
	Own   bool   // the merchant wrote it; else it follows from the settings
}

// Of is the text of a kind as a customer who reads a language (BCP 47, such as an order's
// locale) is shown it now: the merchant's words for that language, else the merchant's words
// for every other language, else what follows from the settings, in the customer's language. A
// kind that there is not has no words.
func Of(set store.Settings, kind Kind, reader string) Text {
	lang := Language(reader)
	if own := strings.TrimSpace(set.Policies.In[string(kind)+"."+lang]); own != "" {
		return Text{Words: own, Lang: lang, Own: true}
	}
	if own := strings.TrimSpace(everywhere(set.Policies, kind)); own != "" {
		return Text{Words: own, Lang: set.Locale, Own: true}
	}
	s := speaker{set: set, words: book().For(reader)}
	return Text{Words: s.usual(kind), Lang: s.words.Tag.String()}
}

// Agreement is what the checkout says beside the button that places an order, before the links to
// the policies, to a customer who reads a language (BCP 47).
func Agreement(reader string) string { return speaker{words: book().For(reader)}.say("agree") }

// Plain is a merchant's text for papers that know no HTML: paragraphs stay apart, and a list has a line for
// each of its points.
func Plain(text string) string {
	if !IsHTML(text) {
		return text
	}
	return message.HTMLText(text)
}

// IsHTML says whether a merchant's text is shown as HTML; else what stands in it is shown letter
// by letter.
func IsHTML(text string) bool { return strings.Contains(text, "</") }

// Languages are the languages in which a merchant may write them apart, as BCP 47 tags.
func Languages() []string { return book().Languages() }

// Language is the one of Languages that a reader of the given language gets.
func Language(reader string) string { return book().Language(reader) }

// everywhere is what the merchant wrote for every language that has no words of its own.
func everywhere(p store.Policies, kind Kind) string {
	switch kind {
	case Shipping:
		return p.Shipping
	case Returns:
		return p.Returns
	case Privacy:
		return p.Privacy
	case Terms:
		return p.Terms
	}
	return ""
}

//go:embed words
var wordFiles embed.FS

var book = sync.OnceValue(func() *words.Book {
	b, err := words.Read(wordFiles, "words")
	if err != nil {
		panic(err.Error()) // a test reads them
	}
	return b
})

// speaker says what follows from a store's settings, in one language.
type speaker struct {
	set   store.Settings
	words words.Words
}

// say is a text with its names replaced. A text that is not there would be its own key: a test
// finds those.
func (s speaker) say(key string, pairs ...string) string {
	text, err := s.words.Say(key, pairs...)
	if err != nil {
		return key
	}
	return text
}

func (s speaker) price(minor int64) string {
	return money.New(minor, s.set.Currency).Format(s.words.Tag.String())
}

func (s speaker) usual(kind Kind) string {
	switch kind {
	case Shipping:
		return s.shipping()
	case Returns:
		return s.orMail("returns", "returns_mail") + s.also("returns_what", "returns_money")
	case Privacy:
		return s.say("privacy_what") + s.also("privacy_cookies") + "\n\n" + s.orMail("privacy_ask", "privacy_ask_mail")
	case Terms:
		return s.terms()
	}
	return ""
}

// also are more paragraphs.
func (s speaker) also(keys ...string) (out string) {
	for _, key := range keys {
		out += "\n\n" + s.say(key)
	}
	return out
}

// orMail is a sentence that names the shop's mail address, where there is one.
func (s speaker) orMail(without, with string) string {
	if s.set.Brand.Email == "" {
		return s.say(without)
	}
	return s.say(with, "email", s.set.Brand.Email)
}

func (s speaker) shipping() string {
	price := s.say("shipping_freight")
	switch s.set.ShippingPrice.Rule {
	case store.ShippingFree:
		price = s.say("shipping_free")
	case store.ShippingFlat:
		price = s.say("shipping_flat", "price", s.price(s.set.ShippingPrice.FlatMinor))
	}
	if s.set.ShippingFreeFrom > 0 && s.set.ShippingPrice.Rule != store.ShippingFree {
		price += " " + s.say("shipping_free_from", "price", s.price(s.set.ShippingFreeFrom))
	}
	return s.say("shipping_where") + "\n\n" + price + s.also("shipping_when")
}

func (s speaker) terms() string {
	seller := s.set.Brand.Name
	if lines := strings.FieldsFunc(s.set.Brand.Address, func(r rune) bool { return r == '\n' }); len(lines) > 0 {
		seller += ", " + strings.Join(lines, ", ")
	}
	tax := s.say("terms_tax")
	if !s.set.TaxIncluded {
		tax = s.say("terms_tax_added")
	}
	return s.say("terms_seller", "seller", seller) + "\n\n" + tax + " " + s.say("terms_price", "currency", string(s.set.Currency)) + s.also("terms_stock")
}

// IsKind says whether there is such a kind.
func IsKind(name string) bool { return slices.Contains(Kinds(), Kind(name)) }
