package dashboard

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

const inquiryPath = "/purchases/{purchase}/ask"

// inquiryView is a question to a supplier before it leaves.
type inquiryView struct {
	flow.Inquiry
	Mails bool // the store has a mail server
}

// why says why no mail can leave.
func (p inquiryView) why() string {
	if p.Email == "" {
		return "No mail address of " + p.Supplier + " is known. Ask them where you usually do; the question can be copied."
	}
	return "No mail server is set up. Ask them where you usually do; the question can be copied."
}

// inquiry shows what a supplier would be asked by mail.
func (d *Dashboard) inquiry(v *visit) error {
	var p inquiryView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Inquiry, err = flow.InquiryOf(ctx, tx, v.store, id.Purchase(v.path("purchase"))); err != nil {
			return err
		}
		set, err := store.LoadSettings(ctx, tx, v.store)
		p.Mails = set.SMTP != ""
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Ask the supplier", At: "orders", Back: orderURL(p.Purchase.OrderID)}
	return d.show(v, at, inquiryPage(v, at, p))
}

// askSupplier asks a purchase's supplier at once where that is possible; else it leads to the mail.
func (d *Dashboard) askSupplier(v *visit) error {
	var p purchase.Purchase
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = purchase.Get(ctx, tx, v.store, id.Purchase(v.path("purchase")))
		return err
	})
	if err != nil {
		return err
	}
	if !d.outside.MayAsk(v.r.Context(), p) {
		return v.lead(purchaseURL(p.PurchaseID, "ask"))
	}
	answered, err := d.outside.AskSupplier(v.r.Context(), v.store, p.PurchaseID, v.actor())
	if words, refused := refusal(err); err != nil && refused {
		v.tell(ui.Warn, words)
		return v.lead(localPath(v.form("back"), orderURL(p.OrderID)))
	}
	if err != nil {
		return err
	}
	if !answered {
		v.tell(ui.Warn, "The supplier's system says nothing of it: the timeline tells why. You can write to them.")
		return v.lead(purchaseURL(p.PurchaseID, "ask"))
	}
	v.tell(ui.Good, "The supplier has answered: the timeline tells what, with the raw answer.")
	return v.lead(orderURL(p.OrderID) + "?about=purchases#story")
}

// mailSupplier mails a question to a purchase's supplier.
func (d *Dashboard) mailSupplier(v *visit) error {
	return d.onPurchase(v, "The question is on its way; the timeline keeps it.", func(ctx context.Context, tx *db.Tx, name id.Purchase) error {
		return flow.InquireByMail(ctx, tx, v.store, name, v.form("words"), v.actor())
	})
}
