package storefront

import (
	"strings"

	"github.com/a-h/templ"

	"doorstep/internal/clock"
	"doorstep/internal/web/ui"
)

// errorOf are the words about a field.
func (p checkoutPage) errorOf(field string) string {
	for _, one := range p.Form.Problems {
		if one.Field == field {
			return strings.TrimSuffix(one.Words, ".") + "."
		}
	}
	return ""
}

// topProblem is what is wrong and belongs to no field.
func (p checkoutPage) topProblem() string {
	if p.Problem != "" {
		return p.Problem
	}
	return p.errorOf("")
}

// firstBad is the field to be mended first, after a button was pressed: while somebody types,
// nothing takes the focus away.
func (p checkoutPage) firstBad() string {
	if !p.Strict || len(p.Form.Problems) == 0 {
		return ""
	}
	return p.Form.Problems[0].Field
}

// addressForm is one of the two addresses as a form.
func (p checkoutPage) addressForm(prefix, section string) ui.AddressForm {
	f := ui.AddressForm{Prefix: prefix, Section: section, Value: p.Form.Shipping, Problems: p.Form.Problems, Focus: p.firstBad(),
		Phone: "Only for the carrier, if there is a question at the door."}
	if prefix == billingPrefix {
		f.Value, f.Phone = p.Form.Billing, ""
		if f.Value.Country == "" {
			f.Value.Country = p.Form.Shipping.Country
		}
		if p.Form.Same { // hidden fields must not keep the form from being sent
			f.Every = templ.Attributes{"required": false}
		}
	}
	return f
}

// payOptions are the ways to pay as the form shows them.
func (p checkoutPage) payOptions() []ui.Option {
	list := make([]ui.Option, len(p.Ways))
	for i, w := range p.Ways {
		list[i] = ui.Option{Value: w.Name, Name: w.Title, Words: w.Words, Icon: w.Icon, Chosen: w.Name == p.Form.Payment}
	}
	return list
}

// bill is the sum at the side.
func (p checkoutPage) bill(v *visit) []ui.SumLine {
	list := []ui.SumLine{{Name: "Subtotal", Value: v.price(p.Cart.Subtotal)}}
	if p.Totals == nil {
		return append(list, ui.SumLine{Name: "Shipping", Value: "after the address"})
	}
	t := p.Totals
	shipping := "Free"
	if t.Shipping.Minor > 0 {
		shipping = v.price(t.Shipping)
	}
	list = append(list, ui.SumLine{Name: "Shipping", Value: shipping})
	if !t.TaxIncluded && t.Tax.Minor > 0 {
		list = append(list, ui.SumLine{Name: "Tax", Value: v.price(t.Tax)})
	}
	list = append(list, ui.SumLine{Name: "Total", Value: v.price(t.Total), Total: true})
	if t.TaxIncluded && t.Tax.Minor > 0 {
		list = append(list, ui.SumLine{Name: "of which tax", Value: v.price(t.Tax)})
	}
	return list
}

// clockTime is the visit's moment as it is stored.
func clockTime(v *visit) clock.Time { return clock.Of(v.now) }
