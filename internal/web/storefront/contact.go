package storefront

import (
	"net/url"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/cart"
)

// contactForm is who buys and where it goes, as typed.
type contactForm struct {
	Email    string
	Shipping address.Address
	Same     bool // the bill goes there too
	Billing  address.Address
	Option   string // key of the way to ship
	Payment  string // name of the way to pay
	Remember bool   // the address, for the next time
	Offers   bool   // may be sent
	Credit   bool   // pay with store credit first
	Problems address.Problems
}

const (
	shippingPrefix = "shipping_address."
	billingPrefix  = "billing_address."
)

// readContact reads the form of the checkout.
func readContact(form url.Values) contactForm {
	return contactForm{Email: strings.TrimSpace(form.Get("email")), Shipping: readAddress(form, shippingPrefix), Same: form.Get("same") == "yes",
		Billing: readAddress(form, billingPrefix), Option: form.Get("option"), Payment: form.Get("payment"),
		Remember: form.Get("remember") == "yes", Offers: form.Get("offers") == "yes", Credit: form.Get("credit") == "yes"}
}

func readAddress(form url.Values, prefix string) address.Address {
	get := func(name string) string { return form.Get(prefix + name) }
	return address.Address{Name: get("name"), Company: get("company"), Line1: get("line1"), Line2: get("line2"), Line3: get("line3"),
		Sublocality: get("sublocality"), Locality: get("locality"), Region: get("region"), PostalCode: get("postal_code"),
		Country: get("country"), Phone: get("phone"), TaxID: get("tax_id")}
}

// contact is the form as a command takes it.
func (f contactForm) contact(locale string) cart.Contact {
	to := cart.Contact{Email: f.Email, Locale: locale, Shipping: f.Shipping}
	if !f.Same {
		to.Billing = f.Billing
	}
	return to.Clean()
}

// check says what is wrong. Before the end (strict is false) nothing is amiss about what
// has not been typed yet.
func (f contactForm) check(v *visit, strict bool) address.Problems {
	to := f.contact(v.locale)
	var list address.Problems
	if strict && to.Email == "" {
		list = append(list, problem("email", v.say("problem_email_missing")))
	}
	if strict && !f.Same && to.Billing.IsEmpty() {
		list = append(list, problem(billingPrefix+"name", v.say("problem_billing")))
	}
	for _, p := range to.Check() {
		if strict || p.Code != "missing" {
			p.Words = v.problemWords(p, to)
			list = append(list, p)
		}
	}
	return list
}

// complete says whether the delivery address is one that freight can be quoted for.
func (f contactForm) complete(locale string) bool {
	to := f.contact(locale)
	return !to.Shipping.IsEmpty() && len(address.Check(to.Shipping)) == 0
}

// emptied is an address without the fields that its country does not have, so that a
// changed country leaves nothing behind that nobody sees.
func emptied(a address.Address) address.Address {
	rules, ok := address.Of(a.Country)
	if !ok {
		return a
	}
	has := map[string]bool{}
	for _, f := range rules.Fields {
		has[f.Name] = true
		if f.Name == "region" && len(f.Choices) > 0 && !known(f.Choices, a.Region) {
			has[f.Name] = false
		}
	}
	for name, value := range map[string]*string{"sublocality": &a.Sublocality, "region": &a.Region, "postal_code": &a.PostalCode, "locality": &a.Locality} {
		if !has[name] {
			*value = ""
		}
	}
	return a
}

func known(list []address.Choice, code string) bool {
	for _, c := range list {
		if c.Code == code {
			return true
		}
	}
	return false
}
