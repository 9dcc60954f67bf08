package storefront

import (
	"fmt"
	"strings"

	"doorstep/internal/store"
	"doorstep/money"
)

// policyOf is one of the texts that a shop owes its customers.
type policyOf struct {
	name, title string
	given       func(store.Policies) string
	usual       func(*visit) string // what holds where the merchant wrote nothing
}

var policies = []policyOf{
	{"shipping", "Shipping", func(p store.Policies) string { return p.Shipping }, usualShipping},
	{"returns", "Returns and refunds", func(p store.Policies) string { return p.Returns }, usualReturns},
	{"privacy", "Privacy", func(p store.Policies) string { return p.Privacy }, usualPrivacy},
	{"terms", "Terms of sale", func(p store.Policies) string { return p.Terms }, usualTerms},
}

func usualShipping(v *visit) string {
	price := "What shipping costs depends on what you order and where it goes; the price is shown at checkout, before you pay."
	switch v.set.ShippingPrice.Rule {
	case store.ShippingFree:
		price = "Shipping is free."
	case store.ShippingFlat:
		price = fmt.Sprintf("Shipping costs %s per order.", v.price(money.New(v.set.ShippingPrice.FlatMinor, v.set.Currency)))
	}
	if v.set.ShippingFreeFrom > 0 && v.set.ShippingPrice.Rule != store.ShippingFree {
		price += fmt.Sprintf(" From %s on it is free.", v.price(money.New(v.set.ShippingFreeFrom, v.set.Currency)))
	}
	return "Our articles are shipped straight from the makers and warehouses that stock them, so an order may reach you in more than one parcel and from more than one country.\n\n" +
		price + "\n\nEach product's page says where it ships from and how long that usually takes. When you order, we tell you the days in which we expect every parcel, and you can follow each of them on the page of your order."
}

func usualReturns(v *visit) string {
	return "If something is not right, write to us" + v.contact() + " within 30 days of delivery. Tell us the number of your order and what is wrong; a picture helps.\n\n" +
		"If an article arrived damaged, is not what you ordered or never arrived, we replace it or give your money back, as you prefer, and you pay nothing for sending it back.\n\n" +
		"Refunds go to the way you paid, usually within 5 to 10 working days. Your rights as a consumer under the law of your country remain as they are."
}

func usualPrivacy(v *visit) string {
	return "We keep what we need to deliver your order: your name, your addresses, your mail address and, if you give it, your telephone number. " +
		"The suppliers who ship your order and the carriers who bring it receive the delivery address. The payment provider takes your payment on its own page; we never see your card.\n\n" +
		"This site sets one cookie for your cart and, if you choose it, one for a light or dark page. There is no advertising and nobody follows you from here.\n\n" +
		"Ask us" + v.contact() + " what we know of you, and have it corrected or deleted where the law does not make us keep it."
}

func usualTerms(v *visit) string {
	seller := v.set.Brand.Name
	if v.set.Brand.Address != "" {
		seller += ", " + strings.Join(strings.FieldsFunc(v.set.Brand.Address, func(r rune) bool { return r == '\n' }), ", ")
	}
	tax := "Prices contain the taxes that apply."
	if !v.set.TaxIncluded {
		tax = "Taxes are added at checkout, where they apply."
	}
	return "You buy from " + seller + ". The contract is made when we confirm your order by mail.\n\n" + tax +
		" Prices are in " + string(v.set.Currency) + "; shipping is shown before you pay.\n\n" +
		"If an article turns out not to be available after you have ordered it, we tell you at once and give back what you paid for it."
}

// contact is how to reach the shop, after a verb.
func (v *visit) contact() string {
	if v.set.Brand.Email == "" {
		return ""
	}
	return " at " + v.set.Brand.Email
}
