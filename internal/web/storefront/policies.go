package storefront

import (
	"strings"

	"doorstep/internal/store"
	"doorstep/money"
)

// policyOf is one of the texts that a shop owes its customers.
type policyOf struct {
	name, title string // the title is the key of a text
	given       func(store.Policies) string
	usual       func(*visit) string // what holds where the merchant wrote nothing
}

var policies = []policyOf{
	{"shipping", k("policy_shipping"), func(p store.Policies) string { return p.Shipping }, usualShipping},
	{"returns", k("policy_returns"), func(p store.Policies) string { return p.Returns }, usualReturns},
	{"privacy", k("policy_privacy"), func(p store.Policies) string { return p.Privacy }, usualPrivacy},
	{"terms", k("policy_terms"), func(p store.Policies) string { return p.Terms }, usualTerms},
}

// blocks are paragraphs with an empty line between them.
func blocks(list ...string) string { return strings.Join(list, "\n\n") }

func usualShipping(v *visit) string {
	price := v.say("usual_shipping_freight")
	switch v.set.ShippingPrice.Rule {
	case store.ShippingFree:
		price = v.say("usual_shipping_free")
	case store.ShippingFlat:
		price = v.say("usual_shipping_flat", "price", v.price(money.New(v.set.ShippingPrice.FlatMinor, v.set.Currency)))
	}
	if v.set.ShippingFreeFrom > 0 && v.set.ShippingPrice.Rule != store.ShippingFree {
		price += " " + v.say("usual_shipping_free_from", "price", v.price(money.New(v.set.ShippingFreeFrom, v.set.Currency)))
	}
	return blocks(v.say("usual_shipping_where"), price, v.say("usual_shipping_when"))
}

func usualReturns(v *visit) string {
	first := v.say("usual_returns")
	if v.set.Brand.Email != "" {
		first = v.say("usual_returns_mail", "email", v.set.Brand.Email)
	}
	return blocks(first, v.say("usual_returns_what"), v.say("usual_returns_money"))
}

func usualPrivacy(v *visit) string {
	last := v.say("usual_privacy_ask")
	if v.set.Brand.Email != "" {
		last = v.say("usual_privacy_ask_mail", "email", v.set.Brand.Email)
	}
	return blocks(v.say("usual_privacy_what"), v.say("usual_privacy_cookies"), last)
}

func usualTerms(v *visit) string {
	seller := v.set.Brand.Name
	if v.set.Brand.Address != "" {
		seller += ", " + strings.Join(strings.FieldsFunc(v.set.Brand.Address, func(r rune) bool { return r == '\n' }), ", ")
	}
	tax := v.say("usual_terms_tax")
	if !v.set.TaxIncluded {
		tax = v.say("tax_added")
	}
	return blocks(v.say("usual_terms_seller", "seller", seller), tax+" "+v.say("usual_terms_price", "currency", string(v.set.Currency)), v.say("usual_terms_stock"))
}
