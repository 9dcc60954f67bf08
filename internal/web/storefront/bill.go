package storefront

import (
	"github.com/a-h/templ"

	"doorstep/internal/clock"
	"doorstep/internal/web/ui"
)

// errorOf are the words about a field.
func (p checkoutPage) errorOf(v *visit, field string) string {
	for _, one := range p.Form.Problems {
		if one.Field == field {
			return v.problem(one)
		}
	}
	return ""
}

// topProblem is what is wrong and belongs to no field.
func (p checkoutPage) topProblem(v *visit) string {
	if p.Problem != "" {
		return p.Problem
	}
	return p.errorOf(v, "")
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
func (p checkoutPage) addressForm(v *visit, prefix, section string) ui.AddressForm {
	f := v.addressForm(prefix, section, p.Form.Shipping, p.Form.Problems)
	f.Focus = p.firstBad()
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
func payOptions(v *visit, ways []payWay, chosen string) []ui.Option {
	list := make([]ui.Option, len(ways))
	for i, w := range ways {
		list[i] = ui.Option{Value: w.Name, Name: v.say(w.Title), Words: v.say(w.Words), Icon: w.Icon, Chosen: w.Name == chosen}
	}
	return list
}

// bill is the sum at the side.
func (p checkoutPage) bill(v *visit) []ui.SumLine {
	list := []ui.SumLine{{Name: v.say("sum_subtotal"), Value: v.price(p.Cart.Subtotal)}}
	if p.Totals == nil {
		return append(list, ui.SumLine{Name: v.say("sum_shipping"), Value: v.say("sum_shipping_later")})
	}
	t := p.Totals
	if t.Discount.Minor > 0 {
		list = append(list, ui.SumLine{Name: v.say("sum_discount_code", "code", p.Cart.Code), Value: "−" + v.price(t.Discount)})
	}
	shipping := v.say("free")
	if t.Shipping.Minor > 0 {
		shipping = v.price(t.Shipping)
	}
	list = append(list, ui.SumLine{Name: v.say("sum_shipping"), Value: shipping})
	if !t.TaxIncluded && t.Tax.Minor > 0 {
		list = append(list, ui.SumLine{Name: v.say("sum_tax"), Value: v.price(t.Tax)})
	}
	list = append(list, ui.SumLine{Name: v.say("sum_total"), Value: v.price(t.Total), Total: true})
	if t.TaxIncluded && t.Tax.Minor > 0 {
		list = append(list, ui.SumLine{Name: v.say("sum_tax_included"), Value: v.price(t.Tax)})
	}
	if t.Credit.Minor > 0 {
		list = append(list, ui.SumLine{Name: v.say("sum_credit"), Value: "−" + v.price(t.Credit)},
			ui.SumLine{Name: v.say("sum_due"), Value: v.price(t.due()), Total: true})
	}
	return list
}

// free says whether nothing is left to pay.
func (p checkoutPage) free() bool { return p.Totals != nil && p.Totals.due().Minor == 0 }

// clockTime is the visit's moment as it is stored.
func clockTime(v *visit) clock.Time { return clock.Of(v.now) }
