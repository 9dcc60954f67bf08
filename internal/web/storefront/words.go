package storefront

import (
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// orderHeadline is where an order stands, in a few words.
func orderHeadline(v *visit, p orderPage) string {
	switch {
	case p.State == "cancelled":
		return "This order was cancelled"
	case p.State == "cancelling":
		return "We are stopping your order"
	case p.State == "pending" && p.HowTo != "":
		return "Waiting for your transfer"
	case p.State == "pending":
		return "Waiting for the payment"
	}
	switch p.Goods {
	case "delivered":
		return "Everything has arrived"
	case "partly delivered":
		return "Partly delivered"
	case "shipped":
		return "On its way to you"
	case "partly shipped":
		return "Partly on its way"
	case "returned":
		return "Sent back"
	}
	return "Arriving " + v.between(p.PromisedFrom, p.PromisedTo)
}

// moneyWords are how it is paid.
func moneyWords(p orderPage) (string, ui.Tone) {
	switch p.Money {
	case "paid", "overpaid":
		return "Paid", ui.Good
	case "authorised":
		return "Payment reserved", ui.Good
	case "refunded":
		return "Refunded", ui.Note
	case "partly refunded":
		return "Partly refunded", ui.Note
	case "disputed":
		return "Payment disputed", ui.Warn
	case "partly paid":
		return "Partly paid", ui.Warn
	}
	if p.State == "cancelled" {
		return "Not charged", ui.Plain
	}
	return "Not paid yet", ui.Warn
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
	list := []ui.SumLine{{Name: "Subtotal", Value: v.price(t.Subtotal)}}
	if t.Discount.Minor > 0 {
		list = append(list, ui.SumLine{Name: "Discount", Value: "−" + v.price(t.Discount)})
	}
	shipping := "Free"
	if t.Shipping.Minor > 0 {
		shipping = v.price(t.Shipping)
	}
	list = append(list, ui.SumLine{Name: "Shipping", Value: shipping})
	included := t.Total.Minor == t.Subtotal.Minor-t.Discount.Minor+t.Shipping.Minor
	if t.Tax.Minor > 0 && !included {
		list = append(list, ui.SumLine{Name: "Tax", Value: v.price(t.Tax)})
	}
	list = append(list, ui.SumLine{Name: "Total", Value: v.price(t.Total), Total: true})
	if t.Tax.Minor > 0 && included {
		list = append(list, ui.SumLine{Name: "of which tax", Value: v.price(t.Tax)})
	}
	for _, r := range p.Refunds {
		if r.State == "succeeded" {
			list = append(list, ui.SumLine{Name: "Refunded", Value: "−" + v.price(r.Amount)})
		}
	}
	return list
}
