package storefront

import (
	"context"
	"errors"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/cart"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/web/ui"
)

// refusals are the texts for what commands refuse, by code. A text may name the {title} of
// the article and the {country} it should go to.
var refusals = map[string]string{
	"variant-unknown": k("refused_unknown"), "not-for-sale": k("refused_not_for_sale"), "address-missing": k("refused_address"),
	"cannot-ship": k("refused_cannot_ship"), "cart-too-large": k("refused_too_large"), "cart-ordered": k("refused_ordered"),
	"cart-full": k("refused_full"), "quantity": k("refused_quantity"), "option-unknown": k("refused_option"), "option-missing": k("refused_option"),
	"cart-changed": k("refused_changed"), "cart-missing": k("refused_missing"), "cart-empty": k("refused_missing"), "order-over": k("refused_over"),
	"email-missing": k("problem_email_missing"), "sold-out": k("refused_sold_out"), "payment-missing": k("payment_missing"),
	"code-unknown": k("refused_code_unknown"), "code-over": k("refused_code_over"), "code-early": k("refused_code_early"),
	"code-minimum": k("refused_code_minimum"), "code-currency": k("refused_code_currency"), "code-used-up": k("refused_code_used_up"),
	"code-once": k("refused_code_once"), "code-not-yours": k("refused_code_not_yours"), "credit-short": k("refused_credit"),
}

// refused is a refusal in the visit's language. One that is not known stays as it is.
func (v *visit) refused(ctx context.Context, tx *db.Tx, r *flow.Refusal) string {
	key, known := refusals[r.Code]
	if !known {
		return r.Words
	}
	if r.Code == "code-minimum" {
		return v.say(key, "amount", v.price(r.Least))
	}
	title := v.say("this_article")
	if r.Variant != "" {
		if variant, err := catalog.GetVariant(ctx, tx, v.store, r.Variant); err == nil {
			if product, err := catalog.Get(ctx, tx, v.store, variant.ProductID); err == nil {
				title = product.Title
			}
		}
	}
	switch to, _ := v.cart.ShipTo(); { // an address that cannot be read names no country
	case r.Code == "cannot-ship" && r.Variant == "":
		return v.say("refused_cannot_ship_cart", "country", v.theCountry(to.Country))
	case r.Code == "cannot-ship":
		return v.say(key, "title", title, "country", v.theCountry(to.Country))
	}
	return v.say(key, "title", title, "most", itoa(cart.MaxLines))
}

// refusedWords is refused with a look into the database of its own.
func (s *shop) refusedWords(v *visit, r *flow.Refusal) string {
	words := r.Words
	err := s.DB.View(v.ctx, func(ctx context.Context, tx *db.Tx) error {
		words = v.refused(ctx, tx, r)
		return nil
	})
	if err != nil {
		return r.Words
	}
	return words
}

// refusal parts what a customer is told from what is an error.
func (s *shop) refusal(v *visit, err error) (words string, left error) {
	var refused *flow.Refusal
	if errors.As(err, &refused) {
		return s.refusedWords(v, refused), nil
	}
	return "", err
}

// optionName is a way to ship by its name.
func (v *visit) optionName(o flow.Option) string {
	switch o.Key {
	case "standard":
		return v.say("option_standard")
	case "express":
		return v.say("option_express")
	}
	return o.Name
}

// labels are what the fields of addresses are called, by the word that package address has
// for them: a country's own where it has one.
var labels = map[string]string{
	"Full name": k("field_name"), "Company": k("field_company"), "Street and number": k("field_line1"), "Further address line": k("field_line2"),
	"Telephone": k("field_phone"), "Tax number": k("field_tax"), "Postcode": k("field_postcode"), "ZIP code": k("field_zip"), "PIN code": k("field_pin"),
	"Eircode": k("field_eircode"), "City": k("field_city"), "District": k("field_district"), "Post town": k("field_post_town"),
	"Suburb": k("field_suburb"), "Town or city": k("field_town"), "Neighbourhood": k("field_neighbourhood"), "Village or township": k("field_village"),
	"Townland": k("field_townland"), "Area": k("field_area"), "Canton": k("field_canton"), "County": k("field_county"), "Department": k("field_department"),
	"Do or si": k("field_dosi"), "Emirate": k("field_emirate"), "Island": k("field_island"), "Parish": k("field_parish"),
	"Prefecture": k("field_prefecture"), "Region": k("field_region"), "State": k("field_state"), "Province": k("field_province"),
}

// label is what a field of an address is called.
func (v *visit) label(f address.Field) string {
	if key, known := labels[f.Label]; known {
		return v.say(key)
	}
	return f.Label
}

// addressForm is an address as a form in the visit's language.
func (v *visit) addressForm(prefix, section string, value address.Address, problems address.Problems) ui.AddressForm {
	return ui.AddressForm{Prefix: prefix, Section: section, Value: value, Problems: problems, Phone: v.say("phone_help"), Locale: v.locale,
		Label: v.label, CountryName: v.countryName, Words: v.problem}
}

// problem are the words about a field, as a sentence.
func (v *visit) problem(p address.Problem) string { return ended(p.Words) }

// ended is a sentence with its full stop.
func ended(words string) string {
	if words == "" {
		return ""
	}
	switch words[len(words)-1] {
	case '.', '!', '?':
		return words
	}
	return words + "."
}

// problemWords say in the visit's language what is wrong with a field of a contact.
func (v *visit) problemWords(p address.Problem, to cart.Contact) string {
	if p.Field == "email" {
		return v.say("problem_email", "value", to.Email)
	}
	field, a := p.Field, to.Shipping
	if rest, billing := strings.CutPrefix(p.Field, billingPrefix); billing {
		field, a = rest, to.Billing
	} else {
		field, _ = strings.CutPrefix(field, shippingPrefix)
	}
	return v.addressProblem(field, p, a)
}

// addressProblem is what is wrong with a field of an address.
func (v *visit) addressProblem(field string, p address.Problem, a address.Address) string {
	label := field
	rules, _ := address.Of(a.Country)
	for _, f := range rules.Fields {
		if f.Name == field {
			label = v.label(f)
		}
	}
	country := v.theCountry(a.Country)
	switch field + " " + p.Code {
	case "name missing":
		return v.say("problem_name")
	case "country missing", "country unknown":
		return v.say("problem_country")
	case "phone pattern":
		return v.say("problem_phone", "value", a.Phone)
	case "postal_code pattern":
		return v.say("problem_postcode", "value", a.PostalCode, "label", label, "country", country)
	case "region unknown":
		return v.say("problem_region", "value", a.Region, "label", label, "country", country)
	}
	switch p.Code {
	case "missing":
		return v.say("problem_missing", "label", label)
	case "too-long":
		return v.say("problem_long", "label", label)
	}
	return p.Words
}
