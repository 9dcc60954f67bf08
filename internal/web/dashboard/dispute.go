package dashboard

import (
	"bytes"
	"context"
	"strconv"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/dossier"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// disputeView is a demand on a supplier with all that is known of it.
type disputeView struct {
	claim.Dispute
	Order    order.Order
	Purchase purchase.Purchase
	Supplier inventory.Supplier
	Terms    claim.SupplierTerm
	Takes    bool // the supplier's connector takes demands
	Papers   dossier.Dossier
}

func (v *visit) dispute() id.Dispute { return id.Dispute(v.path("dispute")) }

func (d *Dashboard) readDispute(v *visit) (p disputeView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Dispute, err = claim.GetDispute(ctx, tx, v.store, v.dispute()); err != nil {
			return err
		}
		if p.Order, err = order.Get(ctx, tx, v.store, p.OrderID); err != nil {
			return err
		}
		if p.Purchase, err = purchase.Get(ctx, tx, v.store, p.PurchaseID); err != nil {
			return err
		}
		if p.Supplier, err = inventory.SupplierByID(ctx, tx, v.store, p.SupplierID); err != nil {
			return err
		}
		if p.Terms, err = claim.TermsOf(ctx, tx, v.store, p.SupplierID); err != nil {
			return err
		}
		p.Papers, err = flow.DisputePapers(ctx, tx, v.store, p.DisputeID)
		return err
	})
	return p, err
}

func (d *Dashboard) dispute(v *visit) error {
	p, err := d.readDispute(v)
	if err != nil {
		return err
	}
	p.Takes = d.outside.TakesDemands(v.r.Context(), v.store, p.Purchase.ConnectorID)
	at := frame{Title: "Demand on " + p.Supplier.Name, At: "claims", Back: orderURL(p.OrderID), Live: true}
	return d.show(v, at, disputePage(v, at, p))
}

func (d *Dashboard) disputePDF(v *visit) error {
	p, err := d.readDispute(v)
	if err != nil {
		return err
	}
	return v.pdf(p.Papers, "demand-"+p.Purchase.Number)
}

// pdf answers with papers as a file.
func (v *visit) pdf(papers dossier.Dossier, name string) error {
	body, err := papers.PDF()
	if err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/pdf")
	v.w.Header().Set("Content-Disposition", `inline; filename="`+name+`.pdf"`)
	_, _ = v.w.Write(body) // the browser went away
	return nil
}

func (d *Dashboard) disputeZIP(v *visit) error {
	p, err := d.readDispute(v)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if err := p.Papers.ZIP(&out); err != nil {
		return err
	}
	v.w.Header().Set("Content-Type", "application/zip")
	v.w.Header().Set("Content-Disposition", `attachment; filename="demand-`+p.Purchase.Number+`.zip"`)
	_, _ = v.w.Write(out.Bytes()) // the browser went away
	return nil
}

func disputeURL(name id.Dispute) string { return Prefix + "/disputes/" + string(name) }

// onDispute runs a command on the demand of the address and leads back to its page.
func (d *Dashboard) onDispute(v *visit, done string, fn func(ctx context.Context, tx *db.Tx) error) error {
	return d.do(v, disputeURL(v.dispute()), done, fn)
}

func (d *Dashboard) sendDispute(v *visit) error {
	return d.onDispute(v, "The supplier is being told.", func(ctx context.Context, tx *db.Tx) error {
		return flow.FileDispute(ctx, tx, v.store, v.dispute(), v.form("way"), v.actor())
	})
}

func (d *Dashboard) resolveDispute(v *visit) error {
	return d.onDispute(v, "Noted.", func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveDispute(ctx, tx, v.store, v.dispute(), v.form("found") == "yes", v.form("ref"), v.actor())
	})
}

func (d *Dashboard) waiveDispute(v *visit) error {
	return d.onDispute(v, "What is missing is let be.", func(ctx context.Context, tx *db.Tx) error {
		return flow.WaiveDispute(ctx, tx, v.store, v.dispute(), v.form("words"), v.actor())
	})
}

func (d *Dashboard) moveDispute(v *visit) error {
	var found claim.Dispute
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		found, err = claim.GetDispute(ctx, tx, v.store, v.dispute())
		return err
	})
	if err != nil {
		return err
	}
	return d.onDispute(v, "Noted.", func(ctx context.Context, tx *db.Tx) error {
		news := flow.DisputeNews{Event: claim.DisputeEvent(v.path("event")), Ref: v.form("ref"), Words: v.form("words"), Actor: v.actor()}
		if news.Event == claim.LapseDispute {
			return &flow.Refusal{Code: "event", Words: "A dispute lapses by itself, when the supplier's window is over."}
		}
		if text := v.form("amount"); text != "" {
			a, err := money.Parse(text, found.Currency)
			if err != nil {
				return &flow.Refusal{Code: "amount", Field: "amount", Words: "Please write the amount as 12.90."}
			}
			news.AmountMinor = a.Minor
		}
		if seen, err := strconv.ParseInt(v.form("seen"), 10, 64); err == nil {
			news.Seen = &seen
		}
		return flow.MoveDispute(ctx, tx, v.store, v.dispute(), news)
	})
}

// answerView is a bank's demand and our answer to it.
type answerView struct {
	flow.AnswerView
	Error string
}

func chargebackURL(name id.Chargeback) string { return Prefix + "/chargebacks/" + string(name) }

func (v *visit) chargeback() id.Chargeback { return id.Chargeback(v.path("chargeback")) }

func (d *Dashboard) readChargeback(v *visit) (p answerView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.AnswerView, err = flow.LookAtChargeback(ctx, tx, v.store, v.chargeback())
		return err
	})
	return p, err
}

func (d *Dashboard) chargeback(v *visit) error {
	p, err := d.readChargeback(v)
	if err != nil {
		return err
	}
	return d.showChargeback(v, p)
}

func (d *Dashboard) showChargeback(v *visit, p answerView) error {
	at := frame{Title: "Chargeback of order #" + plainNumber(p.Order.Number), At: "orders", Back: orderURL(p.Order.OrderID)}
	if p.Error != "" {
		at.Status = 422
	}
	return d.show(v, at, chargebackPage(v, at, p))
}

func (d *Dashboard) chargebackPDF(v *visit) error {
	var papers dossier.Dossier
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		look, err := flow.LookAtChargeback(ctx, tx, v.store, v.chargeback())
		if err != nil {
			return err
		}
		papers, err = flow.AnswerPapers(ctx, tx, v.store, v.chargeback(), look.Defence)
		return err
	})
	if err != nil {
		return err
	}
	return v.pdf(papers, "evidence")
}

// defence is what the form says.
func (v *visit) defence() flow.Defence {
	return flow.Defence{Product: v.form("product"), CustomerName: v.form("customer_name"), CustomerEmail: v.form("customer_email"), Billing: v.form("billing"),
		Shipping: v.form("shipping"), ShippedOn: v.form("shipped_on"), Carrier: v.form("carrier"), Tracking: v.form("tracking"), Policy: v.form("policy"),
		Refusal: v.form("refusal"), Words: v.form("words")}
}

func (d *Dashboard) keepAnswer(v *visit) error {
	return d.answer(v, "Kept. Hand it in when it is right.", flow.KeepAnswer)
}

func (d *Dashboard) submitAnswer(v *visit) error {
	return d.answer(v, "The evidence is on its way to the bank.", flow.SubmitAnswer)
}

// answer stores or hands in what the form says; the page keeps what was typed where it is refused.
func (d *Dashboard) answer(v *visit, done string, fn func(context.Context, *db.Tx, id.Store, id.Chargeback, flow.Defence, flow.Actor) error) error {
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		return fn(ctx, tx, v.store, v.chargeback(), v.defence(), v.actor())
	})
	if words, ok := refusal(err); err != nil && ok {
		p, err := d.readChargeback(v)
		if err != nil {
			return err
		}
		p.Defence, p.Error = v.defence(), words
		return d.showChargeback(v, p)
	}
	if err != nil {
		return err
	}
	v.tell(ui.Good, done)
	return v.lead(chargebackURL(v.chargeback()))
}

// open says whether evidence can still be handed in.
func (p answerView) open() bool {
	return p.Answer.Editable() && (p.Chargeback.State == ledger.ChargebackInquiry || p.Chargeback.State == ledger.ChargebackOpened)
}

// answerWords says where our answer is.
func answerWords(p answerView) string {
	switch p.Answer.State {
	case ledger.AnswerQueued, ledger.AnswerSending:
		return "It is on its way to the bank."
	case ledger.AnswerUnsure:
		return "The provider's answer was lost; it is being asked whether it has the evidence."
	case ledger.AnswerSent:
		return "The bank has it, and decides."
	case ledger.AnswerRefused:
		return "The provider did not take it: " + p.Answer.Words
	}
	return "Look at it, correct what is wrong, then hand it in. Banks read it once: there is no second answer."
}
