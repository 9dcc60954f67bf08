package storefront

import (
	"slices"

	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// unpaid says how an order that is not paid gets paid.
func (p *orderPage) unpaid(v *visit, rows []store.Connector) {
	p.Unpaid, p.HowTo, p.Words = p.State == "pending", howTo{}, ""
	if !p.Unpaid || len(p.Payments) == 0 {
		return
	}
	last := p.Payments[len(p.Payments)-1]
	i := slices.IndexFunc(rows, func(c store.Connector) bool { return c.ConnectorID == last.Connector })
	switch {
	case last.State == "pending" && last.Manual && i >= 0:
		p.HowTo = v.howTo(outside.TransferOf(rows[i], p.Number, last.ID), last)
	case last.State == "pending" && last.Manual:
		p.HowTo = howTo{Words: last.Words}
	case last.State == "failed":
		p.Words = v.say("pay_failed_words")
		if base, _ := v.words.Tag.Base(); base.String() == "en" && last.Words != "" { // the provider's own words are English
			p.Words = last.Words
		}
	}
}

// howTo is how to pay by hand: in the merchant's words, or as a list.
type howTo struct {
	Words string
	Facts []ui.SumLine
}

func (h howTo) shown() bool { return h.Words != "" }

func (v *visit) howTo(t outside.Transfer, pay report.Payment) howTo {
	switch {
	case t.Own:
		return howTo{Words: pay.Words}
	case t.Cash:
		return howTo{Words: v.say("howto_cash", "amount", v.price(pay.Amount))}
	}
	h := howTo{Words: v.say("howto_transfer")}
	for _, f := range []ui.SumLine{{Name: v.say("howto_amount"), Value: v.price(pay.Amount)}, {Name: v.say("howto_payee"), Value: t.Payee},
		{Name: "IBAN", Value: t.IBAN}, {Name: "BIC", Value: t.BIC}, {Name: v.say("howto_reference"), Value: t.Reference}} {
		if f.Value != "" {
			h.Facts = append(h.Facts, f)
		}
	}
	return h
}
