package storefront

import (
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// orderHeadline is where an order stands, in a few words.
func orderHeadline(v *visit, p orderPage) string {
	switch {
	case p.State == "cancelled":
		return v.say("head_cancelled")
	case p.State == "cancelling":
		return v.say("head_cancelling")
	case p.State == "pending" && p.HowTo.shown():
		return v.say("head_transfer")
	case p.State == "pending":
		return v.say("head_pending")
	}
	if p.Wishes.Choice.Open() && p.Wishes.Choice.Answer == "" {
		return v.say("choice_title")
	}
	switch p.Goods {
	case "delivered":
		return v.say("head_delivered")
	case "partly delivered":
		return v.say("head_partly_delivered")
	case "shipped":
		return v.say("head_shipped")
	case "partly shipped":
		return v.say("head_partly_shipped")
	case "returned":
		return v.say("head_returned")
	}
	if window := p.expected(v); window != "" {
		return v.say("head_arriving", "window", window)
	}
	return v.say("step_preparing")
}

// moneyWords are how it is paid.
func moneyWords(v *visit, state, money string) (string, ui.Tone) {
	switch money {
	case "paid", "overpaid":
		return v.say("money_paid"), ui.Good
	case "authorised":
		return v.say("money_authorised"), ui.Good
	case "refunded":
		return v.say("money_refunded"), ui.Note
	case "partly refunded":
		return v.say("money_partly_refunded"), ui.Note
	case "disputed":
		return v.say("money_disputed"), ui.Warn
	case "partly paid":
		return v.say("money_partly_paid"), ui.Warn
	}
	if state == "cancelled" {
		return v.say("money_not_charged"), ui.Plain
	}
	return v.say("money_unpaid"), ui.Warn
}

// goodsWords are where an order stands, as a badge in a list.
func goodsWords(v *visit, o report.OrderRow) (string, ui.Tone) {
	switch o.State {
	case "cancelled":
		return v.say("step_cancelled"), ui.Plain
	case "cancelling":
		return v.say("step_cancelling"), ui.Warn
	case "pending":
		return v.say("step_waiting"), ui.Warn
	}
	switch o.Goods {
	case "delivered":
		return v.say("step_delivered"), ui.Good
	case "partly delivered":
		return v.say("head_partly_delivered"), ui.Note
	case "shipped":
		return v.say("step_shipped"), ui.Note
	case "partly shipped":
		return v.say("head_partly_shipped"), ui.Note
	case "returned":
		return v.say("head_returned"), ui.Warn
	}
	return v.say("step_preparing"), ui.Plain
}

// lineTotal is what a line cost.
func lineTotal(v *visit, l report.Line) string {
	total, err := l.UnitPrice.Times(l.Quantity)
	if err != nil {
		return ""
	}
	return v.price(total)
}

// orderBill is the sum of an order.
func orderBill(v *visit, p orderPage) []ui.SumLine {
	t := p.Totals
	list := []ui.SumLine{{Name: v.say("sum_subtotal"), Value: v.price(t.Subtotal)}}
	if t.Discount.Minor > 0 {
		name := v.say("sum_discount")
		if t.Code != "" {
			name = v.say("sum_discount_code", "code", t.Code)
		}
		list = append(list, ui.SumLine{Name: name, Value: "−" + v.price(t.Discount)})
	}
	shipping := v.say("free")
	if t.Shipping.Minor > 0 {
		shipping = v.price(t.Shipping)
	}
	list = append(list, ui.SumLine{Name: v.say("sum_shipping"), Value: shipping})
	included := t.TaxIncluded()
	if t.Tax.Minor > 0 && !included {
		list = append(list, ui.SumLine{Name: v.say("sum_tax"), Value: v.price(t.Tax)})
	}
	list = append(list, ui.SumLine{Name: v.say("sum_total"), Value: v.price(t.Total), Total: true})
	if t.Tax.Minor > 0 && included {
		list = append(list, ui.SumLine{Name: v.say("sum_tax_included"), Value: v.price(t.Tax)})
	}
	for _, r := range p.Refunds {
		if r.State == "succeeded" {
			list = append(list, ui.SumLine{Name: v.say("money_refunded"), Value: "−" + v.price(r.Amount)})
		}
	}
	return list
}
