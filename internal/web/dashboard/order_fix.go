package dashboard

import (
	"context"
	"errors"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// --- what mends what holds an order up, besides what its page offers anyway

// refundUnplaced gives the money back for units that nobody sends.
func (d *Dashboard) refundUnplaced(v *visit) error {
	name := id.Order(v.path("order"))
	return d.do(v, orderURL(name), "What nobody sends is taken off the order, and its money goes back.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RefundUnplaced(ctx, tx, v.store, name, v.actor())
	})
}

// askCustomer mails the customer the choice between waiting, another article and the money back.
func (d *Dashboard) askCustomer(v *visit) error {
	name := id.Order(v.path("order"))
	return d.do(v, orderURL(name), "The customer is asked by mail. The answer appears here.", func(ctx context.Context, tx *db.Tx) error {
		return flow.AskCustomerAboutShort(ctx, tx, v.store, name, v.actor())
	})
}

// waitPurchase notes the day that a supplier named.
func (d *Dashboard) waitPurchase(v *visit) error {
	return d.onPurchase(v, "Noted: the customer is told the new day, and nothing is late before it.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		day, err := time.ParseInLocation(time.DateOnly, v.form("until"), v.zone)
		if err != nil {
			return &flow.Refusal{Code: "until", Field: "until", Words: "Please say the day that the supplier named."}
		}
		return flow.WaitUntil(ctx, tx, v.store, name, clock.Of(day.Add(12*time.Hour)), v.actor())
	})
}

// settleGhost notes that a person has spoken with a supplier that ships what was stopped.
func (d *Dashboard) settleGhost(v *visit) error {
	return d.onPurchase(v, "Noted: you have spoken with the supplier.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.SettleGhost(ctx, tx, v.store, name, v.form("words"), v.actor())
	})
}

// askPayment asks the provider how a payment stands.
func (d *Dashboard) askPayment(v *visit) error {
	return d.askProvider(v, d.outside.AskPayment(v.r.Context(), v.store, id.Payment(v.path("payment"))))
}

// askRefund asks the provider how a refund stands.
func (d *Dashboard) askRefund(v *visit) error {
	return d.askProvider(v, d.outside.AskRefund(v.r.Context(), v.store, id.Refund(v.path("refund"))))
}

// askProvider says what came of asking, and leads back to the order.
func (d *Dashboard) askProvider(v *visit, err error) error {
	trouble, failed := errors.AsType[*outside.Trouble](err)
	switch {
	case failed:
		v.tell(ui.Warn, "The provider did not answer: "+cut(trouble.Error(), 200))
	case err != nil:
		return err
	default:
		v.tell(ui.Good, "The provider is asked: what it says appears below. Where nothing changes, ask it in its own dashboard.")
	}
	return v.lead(localPath(v.form("back"), orderURL(id.Order(v.path("order")))))
}

// pauseVariant keeps a variant from being sold.
func (d *Dashboard) pauseVariant(v *visit) error {
	name := id.Variant(v.path("variant"))
	v.undo = undoing("sell", string(name))
	return d.do(v, Prefix+"/variants/"+string(name), "Paused: it is sold out in the shop until you resume it.", func(ctx context.Context, tx *db.Tx) error {
		return flow.PauseVariant(ctx, tx, v.store, name, v.form("reason"), v.actor())
	})
}

// resumeVariant lets it be sold again.
func (d *Dashboard) resumeVariant(v *visit) error {
	name := id.Variant(v.path("variant"))
	return d.do(v, Prefix+"/variants/"+string(name), "It is sold again.", func(ctx context.Context, tx *db.Tx) error {
		return flow.ResumeVariant(ctx, tx, v.store, name, v.actor())
	})
}

// parcel is one of the order's parcels by its id; nil when it is none.
func (p orderDoc) parcel(name string) *report.Shipment {
	at := slices.IndexFunc(p.Shipments, func(s report.Shipment) bool { return string(s.ID) == name })
	if at < 0 {
		return nil
	}
	return &p.Shipments[at]
}

// askURL asks the provider about the payment or refund that a reason is about.
func askURL(p orderDoc, r order.Reason) string {
	if slices.ContainsFunc(p.Refunds, func(b report.Refund) bool { return string(b.ID) == r.Subject }) {
		return orderURL(p.ID) + "/refunds/" + r.Subject + "/ask"
	}
	return orderURL(p.ID) + "/payments/" + r.Subject + "/ask"
}

// providerURL is the connection to the provider through which the order was paid, or where
// all of them are.
func providerURL(p orderDoc, r order.Reason) string {
	to := Prefix + "/connectors"
	for _, m := range p.Payments {
		if m.Connector != "" && (m.Captured.Minor > 0 || string(m.ID) == r.Subject) {
			to = Prefix + "/connectors/" + string(m.Connector)
		}
	}
	return to
}

// choiceWords say what became of asking the customer about what nobody sends.
func choiceWords(v *visit, c flow.Choice) string {
	switch {
	case c.Asked.IsZero():
		return ""
	case c.Answer == flow.ChooseWait:
		return "The customer would rather wait. They can still ask for the money, or for something else."
	}
	return "The customer was asked " + v.ago(c.Asked) + " and has not answered yet."
}
