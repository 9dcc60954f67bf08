package flow

import (
	"context"
	"fmt"
	"strings"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
)

// A person asks a supplier how a purchase stands: by its connector, where that can be asked, else
// by a mail that they read before it leaves.

// askedLately is how soon nobody is asked the same again: a second press is no second question.
const askedLately = time.Minute

// mostRaw is how much of a supplier's raw answer the timeline keeps.
const mostRaw = 8 << 10

// Inquiry is a purchase of which its supplier is to be asked.
type Inquiry struct {
	Purchase purchase.Purchase
	Supplier string
	Email    string // where questions go by mail; empty: it is not known
	Subject  string
	Text     string // the question as it is suggested, with the facts of the purchase
}

// InquiryOf gathers what a supplier is asked about a purchase. It changes nothing.
func InquiryOf(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase) (q Inquiry, err error) {
	p, err := purchase.Get(ctx, tx, s, name)
	if isNone(err) {
		return q, refuse("not-found", "There is no purchase %s.", name)
	}
	if err != nil {
		return q, err
	}
	by, err := inventory.SupplierByID(ctx, tx, s, p.SupplierID)
	if err != nil {
		return q, err
	}
	terms, err := claim.TermsOf(ctx, tx, s, p.SupplierID)
	if err != nil {
		return q, err
	}
	lines, err := purchase.LinesOf(ctx, tx, s, name)
	if err != nil {
		return q, err
	}
	set, err := settingsOf(ctx, tx, s)
	if err != nil {
		return q, err
	}
	return Inquiry{Purchase: p, Supplier: by.Name, Email: terms.Email, Subject: "Our purchase order " + p.Number + ": " + asksFor(p),
		Text: inquiryText(p, lines, set)}, nil
}

// asksFor is what is asked, in a few words.
func asksFor(p purchase.Purchase) string {
	switch p.State {
	case purchase.Uncertain, purchase.Submitting:
		return "did you receive it?"
	case purchase.Cancelling:
		return "can you stop it?"
	case purchase.Shipping, purchase.Shipped:
		return "where is it?"
	case purchase.Rejected, purchase.Cancelled:
		return "it is not wanted any more"
	}
	return "when will it leave?"
}

// inquiryText is a question with the facts of a purchase; nothing of its customer is in it.
func inquiryText(p purchase.Purchase, lines []purchase.PurchaseLine, set store.Settings) string {
	facts := []string{"Our purchase order: " + p.Number + " (" + p.Key + ")"}
	if p.Ref != "" {
		facts = append(facts, "Your number: "+p.Ref)
	}
	for _, l := range lines {
		facts = append(facts, fmt.Sprintf("%d x %s (%s)", l.Left(), l.SupplierSku, l.Title))
	}
	for _, d := range []struct {
		words string
		at    clock.Time
	}{{"Sent to you on ", p.SubmittedAt}, {"Shipped on ", p.ShippedAt}, {"Expected to leave on ", p.ExpectAt}} {
		if d.at != 0 {
			facts = append(facts, d.words+dayOf(d.at))
		}
	}
	question := asksFor(p)
	return "Hello,\n\nabout this order: " + question + "\n\n" + strings.Join(facts, "\n") + "\n\nThank you for a short answer to this mail.\n\n" + set.Brand.Name
}

// BeginInquiry returns a purchase whose supplier is to be asked by its connector now. It is refused
// where it was asked a moment ago, and where the supplier does not have it.
func BeginInquiry(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, actor Actor) (sub *Submission, err error) {
	err = onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if !p.Known() || p.ConnectorID == "" {
			return refuse("not-possible", "%s is %s: its supplier cannot be asked by program.", p.Number, p.State)
		}
		if err := notAskedLately(ctx, tx, o, *p); err != nil {
			return err
		}
		if err := note(ctx, tx, o, "purchase.inquired", string(name), actor, data{"number": p.Number}); err != nil {
			return err
		}
		by, err := inventory.SupplierByID(ctx, tx, s, p.SupplierID)
		if err != nil {
			return err
		}
		if err := noteAsked(ctx, tx, o, fmt.Sprintf("%s was asked about our purchase order %s: %s", by.Name, p.Number, asksFor(*p)), actor); err != nil {
			return err
		}
		sub, err = submission(ctx, tx, o, *p)
		return err
	})
	return sub, err
}

// notAskedLately refuses a question that was put a moment ago.
func notAskedLately(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase) error {
	events, err := event.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, e := range events {
		if e.Subject == string(p.PurchaseID) && (e.Kind == "purchase.inquired" || e.Kind == "purchase.inquiry-mailed") && tx.Now < e.At.Add(askedLately) {
			return refuse(already, "The supplier was asked about %s a moment ago.", p.Number)
		}
	}
	return err
}

// noteAsked writes what a supplier is asked among what was said about the order, for the staff
// alone. A conversation that only this begins is closed: its customer waits for nothing.
func noteAsked(ctx context.Context, tx *db.Tx, o order.Order, words string, actor Actor) error {
	c, known, err := message.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	if !known {
		if c, err = conversationOf(ctx, tx, o, "desk"); err != nil {
			return err
		}
		if err := stepTalk(ctx, tx, &c, message.Close, words); err != nil {
			return err
		}
	}
	_, err = message.Add(ctx, tx, message.Message{StoreID: o.StoreID, ConversationID: c.ConversationID, Kind: message.Note, Via: message.ViaDesk,
		Actor: string(actor), Body: words}, nil)
	return err
}

// EndInquiry notes what the supplier answered, with its raw words, and takes it in. Said is nil
// where it says nothing of the purchase.
func EndInquiry(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, out Outcome, said *SupplierSaid, actor Actor) error {
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		words := "it says nothing of this purchase"
		switch {
		case out.Kind != Done:
			words = "no answer: " + orElse(out.Words, out.Kind)
		case said != nil:
			words = strings.TrimSpace(orElse(said.State, "known") + parcelWords(*said) + " " + said.Words)
			out.Raw = said.Raw
		}
		err := note(ctx, tx, o, "purchase.inquiry-answered", string(name), actor,
			data{"number": p.Number, "words": words, "answer": strings.ToValidUTF8(out.Raw[:min(len(out.Raw), mostRaw)], "")})
		if err != nil || said == nil {
			return err
		}
		return applySupplier(ctx, tx, o, p, *said, actor)
	})
}

// InquireByMail mails a question about a purchase to its supplier, in the words of whoever asks.
func InquireByMail(ctx context.Context, tx *db.Tx, s id.Store, name id.Purchase, words string, actor Actor) error {
	words, err := claimWords(words)
	if err != nil {
		return err
	}
	if words == "" {
		return &Refusal{Code: "words", Field: "words", Words: "Please write what the supplier is asked."}
	}
	q, err := InquiryOf(ctx, tx, s, name)
	if err != nil {
		return err
	}
	set, err := settingsOf(ctx, tx, s)
	switch {
	case err != nil:
		return err
	case q.Email == "":
		return refuse("no-address", "%s has no mail address: enter it among what the supplier makes good.", q.Supplier)
	case set.SMTP == "":
		return refuse("no-mail", "No mail can leave yet: set the mail server up first, or copy the question.")
	}
	return onPurchase(ctx, tx, s, name, func(o order.Order, p *purchase.Purchase) error {
		if err := notAskedLately(ctx, tx, o, *p); err != nil {
			return err
		}
		if err := note(ctx, tx, o, "purchase.inquiry-mailed", string(name), actor, data{"number": p.Number, "email": q.Email, "words": words}); err != nil {
			return err
		}
		if err := noteAsked(ctx, tx, o, fmt.Sprintf("%s was asked about our purchase order %s by mail to %s:\n\n%s", q.Supplier, p.Number, q.Email, words), actor); err != nil {
			return err
		}
		// It is none of the order's mails: those are what its customer is told.
		return queueMail(ctx, tx, Mail{StoreID: s, MailKey: fmt.Sprintf("%s/%s/%d", MailInquiry, name, tx.Now), Kind: MailInquiry, Recipient: q.Email},
			About{Purchase: name, What: q.Subject, Words: words})
	})
}
