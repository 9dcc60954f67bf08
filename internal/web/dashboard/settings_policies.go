package dashboard

import (
	"slices"
	"strings"

	"doorstep/internal/legal"
	"doorstep/internal/store"
	"doorstep/money"
)

// policyForm is a policy in its editor.
type policyForm struct {
	settingRow
	Short     string   // "returns"
	Template  bool     // the text is one of ours, and not stored yet
	Meanwhile []string // what the shop says while nothing is written here, by paragraph
}

// policyForms are all policies for readers of a language, or for all where it is empty; the one
// that is named shows our template instead of its text.
func policyForms(v *visit, given map[string]string, lang, template string) (list []policyForm) {
	for _, r := range policies() {
		f := policyForm{settingRow: r, Short: strings.TrimPrefix(r.Key, "policy.")}
		if lang != "" {
			f.Key += "." + lang
		}
		if f.Value = strings.ReplaceAll(given[f.Key], `\n`, "\n"); f.Short == template {
			f.Value, f.Template = policyBeginning(v.settings, f.Short, lang), true
		}
		f.Meanwhile = strings.Split(meanwhile(v.settings, f.Short, lang).Words, "\n\n")
		list = append(list, f)
	}
	return list
}

// meanwhile is what customers read while nothing is written for their language.
func meanwhile(s store.Settings, name, lang string) legal.Text {
	s.Policies.In = nil
	if lang == "" {
		s.Policies, lang = store.Policies{}, s.Locale
	}
	return legal.Of(s, legal.Kind(name), lang)
}

// policyBeginning is our text to begin with: the long one in English, in other languages what
// follows from the settings.
func policyBeginning(s store.Settings, name, lang string) string {
	if lang == "" || lang == "en" {
		return policyTemplate(s, name)
	}
	s.Policies = store.Policies{}
	return legal.Of(s, legal.Kind(name), lang).Words
}

// wordsLanguage is the language that texts of the shop are edited in; empty is all of them.
func wordsLanguage(asked string) string {
	if slices.Contains(legal.Languages(), asked) {
		return asked
	}
	return ""
}

// policiesWritten says how many policies are written for each language; "" is for all.
func policiesWritten(given map[string]string) map[string]int {
	n := map[string]int{}
	for key := range given {
		if rest, ok := strings.CutPrefix(key, "policy."); ok {
			_, lang, _ := strings.Cut(rest, ".")
			n[lang]++
		}
	}
	return n
}

// policyTemplate is a plain text to begin with, with what is known of the shop filled in. What
// only the merchant can know stands in square brackets.
func policyTemplate(s store.Settings, name string) string {
	switch name {
	case "returns":
		return returnsTemplate(s)
	case "shipping":
		return shippingTemplate(s)
	case "privacy":
		return privacyTemplate(s)
	case "terms":
		return termsTemplate(s)
	}
	return ""
}

func paragraphs(list ...string) string { return strings.Join(list, "\n\n") }

// who is the shop with its address, in a line.
func who(s store.Settings) string {
	at := strings.Join(strings.FieldsFunc(s.Brand.Address, func(r rune) bool { return r == '\n' }), ", ")
	if at == "" {
		at = "[your postal address]"
	}
	return s.Brand.Name + ", " + at
}

func mailOf(s store.Settings) string {
	if s.Brand.Email == "" {
		return "[your mail address]"
	}
	return s.Brand.Email
}

// returnDays is how long goods may be sent back at least: fourteen days are the law in the
// European Union and the United Kingdom, and a good habit elsewhere is thirty.
func returnDays(s store.Settings) string {
	if strings.Contains(" AT BE BG HR CY CZ DK EE FI FR DE GR HU IE IT LV LT LU MT NL PL PT RO SK SI ES SE GB NO IS LI ", " "+s.Country+" ") {
		return "14 days"
	}
	return "30 days"
}

func returnsTemplate(s store.Settings) string {
	return paragraphs(
		"You may send goods back within "+returnDays(s)+" of the day on which they reached you. You need not say why.",
		"How it works: write to "+mailOf(s)+" with the number of your order. We tell you where to send the goods; some of them go back to the supplier who shipped them. Please wait for our answer before you send anything.",
		"The goods should be as you got them: complete, and not used more than was needed to try them. Made to measure goods, and sealed goods of hygiene that were opened, cannot come back.",
		"Who pays for sending back: [you / we].",
		"Your money: we pay back the price, and the standard shipping of the order if all of it comes back. It goes the way you paid, at the latest 14 days after the goods have reached us.",
		"Damaged, wrong or missing goods: write to us with a picture within 30 days. We send new ones or pay you back, and you pay nothing for it.",
		who(s))
}

func shippingTemplate(s store.Settings) string {
	price := "What shipping costs depends on where the goods leave and where they go. You see it at the checkout, before you pay."
	switch s.ShippingPrice.Rule {
	case store.ShippingFree:
		price = "Shipping is free."
	case store.ShippingFlat:
		price = "Shipping costs " + amountWords(money.New(s.ShippingPrice.FlatMinor, s.Currency)) + " for each order."
	}
	if s.ShippingFreeFrom > 0 && s.ShippingPrice.Rule != store.ShippingFree {
		price += " From " + amountWords(money.New(s.ShippingFreeFrom, s.Currency)) + " it is free."
	}
	window := "Your order is passed on as soon as it is paid."
	if s.Hold > 0 {
		window = "Your order is passed on " + span(s.Hold) + " after it is paid. Until then you can still cancel it on your order page."
	}
	return paragraphs(
		"Our suppliers ship your goods straight to you. Goods of several suppliers come in several parcels, on different days.",
		window+" Each product page says from which country it leaves and between which days it arrives.",
		price,
		"Each parcel has a number where its carrier gives one. Your order page shows where it is.",
		"From abroad: customs may ask you for duty or tax. [Say here who pays them.]",
		"If a parcel is late or does not come, write to "+mailOf(s)+". We look for it, and send it again or pay you back.",
		who(s))
}

func amountWords(a money.Amount) string { return a.Decimal() + " " + string(a.Currency) }

func privacyTemplate(s store.Settings) string {
	return paragraphs(
		"Who is responsible: "+who(s)+". Write to "+mailOf(s)+" about anything on this page.",
		"What we keep: your name, your mail address, your postal address and telephone number if you give them, what you ordered, and what was paid. We need it to deliver your order and to keep our books.",
		"Who else gets it: the supplier who ships your goods (name, address, telephone), the carrier, and the payment provider (amount and what you enter there). Some of them work in other countries: [name them]. We do not see or keep the number of your card, and we sell nothing of it to anybody.",
		"Cookies: those that the shop needs: for your cart, your account and your order page. No advertising, and nobody follows you from site to site. [Name here whatever you add.]",
		"How long: what belongs to an order is kept as long as tax law wants it: [number of years]. An account is kept until you ask us to end it.",
		"Your rights: you may ask what we have of you, have it corrected or deleted, take it with you, and object. You may also complain to the authority of your country.",
		"Last changed: [date]")
}

func termsTemplate(s store.Settings) string {
	tax := "Prices are in " + string(s.Currency) + " and contain the tax that the law asks of us."
	if !s.TaxIncluded {
		tax = "Prices are in " + string(s.Currency) + ". Tax is added at the checkout, before you pay."
	}
	return paragraphs(
		"Who sells: "+who(s)+", "+mailOf(s)+". [Add what your law asks for, such as register and tax numbers.]",
		"Order: with “pay” you make us an offer. The contract is made when we confirm your order by mail.",
		"Prices: "+tax+" Shipping is shown before you pay.",
		"Payment: your order waits "+span(s.OrderExpire)+" for a card payment, and "+span(s.OrderExpireManual)+" for a bank transfer. After that it ends by itself and costs you nothing.",
		"Delivery: within the days that the checkout tells you. If a supplier turns out to have no stock, we tell you at once and pay you back.",
		"Sending back: see our page on returns. Nothing here takes away a right that the law gives you.",
		"If we cannot agree: write to us first. [Name the court, the law and the dispute body that hold for you.]",
		"Last changed: [date]")
}
