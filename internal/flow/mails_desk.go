package flow

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// MailKinds are the kinds of mail that customers get, in the order of an order's life.
func MailKinds() []string {
	return []string{MailConfirmed, MailHowToPay, MailShipped, MailOut, MailDelivered, MailDelayed, MailChoice, MailRefunded, MailCancelled,
		MailClaimOpened, MailClaimAsked, MailClaimApproved, MailClaimWayBack, MailClaimReturned, MailClaimDeclined, MailClaimAppealed, MailClaimEnded, MailClaimRunOut, MailExchangeWaiting, MailExchangeDone, MailExchangeLapsed, MailReview, MailOffer, MailGoodwill,
		MailMessage, MailContact}
}

// MailTexts are the merchant's own texts of a language, as they were stored.
func MailTexts(ctx context.Context, tx *db.Tx, s id.Store, language string) ([]MailText, error) {
	return New(tx).ListMailTexts(ctx, ListMailTextsParams{StoreID: s, Language: language})
}

// ChangeMailTexts stores own texts of a language, by key: JSON of plural forms, or empty to
// bring the built-in text back. The caller has checked them (mail.CheckText).
func ChangeMailTexts(ctx context.Context, tx *db.Tx, s id.Store, language string, forms map[string]string, actor Actor) error {
	stored, err := MailTexts(ctx, tx, s, language)
	if err != nil {
		return err
	}
	before := map[string]string{}
	for _, t := range stored {
		before[t.TextKey] = t.Forms
	}
	for _, key := range slices.Sorted(maps.Keys(forms)) {
		now, was := forms[key], before[key]
		if now == was {
			continue
		}
		if now == "" {
			err = New(tx).DropMailText(ctx, DropMailTextParams{StoreID: s, Language: language, TextKey: key})
		} else {
			err = New(tx).PutMailText(ctx, PutMailTextParams{StoreID: s, Language: language, TextKey: key, Forms: now,
				ChangedAt: tx.Now, ChangedBy: string(actor)})
		}
		if err != nil {
			return err
		}
		kind := "mail.text-changed"
		if now == "" {
			kind = "mail.text-reset"
		}
		err := Record(ctx, tx, event.Fact{Store: s, Kind: kind, Subject: language + "/" + key, Actor: string(actor), Data: data{"from": was, "to": now}})
		if err != nil {
			return err
		}
	}
	return nil
}

// SendMailAgain queues a mail once more that failed, or whose fate is not known; the latter
// may arrive twice, so whoever asks must be sure.
func SendMailAgain(ctx context.Context, tx *db.Tx, s id.Store, name id.Mail, sure bool, actor Actor) error {
	m, err := New(tx).GetMail(ctx, GetMailParams{StoreID: s, MailID: name})
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return refuse("not-found", "There is no such mail.")
	case err != nil:
		return err
	case m.State == "uncertain" && !sure:
		return &Refusal{Code: "unsure", Field: "sure", Words: "It may have arrived already. Say that it may arrive twice, and it is sent again."}
	case m.State != "uncertain" && m.State != "failed":
		return refuse("not-possible", "This mail is %s: only one that failed, or may not have arrived, can be sent again.", m.State)
	}
	was := m.State
	m.AskedAt = tx.Now
	if err := markMail(ctx, tx, m, "queued", ""); err != nil {
		return err
	}
	if err := sendMailSoon(ctx, tx, m); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Order: m.OrderID, Kind: "mail.sent-again", Subject: string(name), Actor: string(actor),
		Data: data{"kind": m.Kind, "email": m.Recipient, "state": was}})
}

// SendTrialMail sends a member of staff a mail of that kind in a language, with the figures
// of an order or, where it is empty, with made-up ones.
func SendTrialMail(ctx context.Context, tx *db.Tx, s id.Store, kind string, o id.Order, language, to string, actor Actor) error {
	about := About{}
	if o != "" {
		found, known, err := AboutOrder(ctx, tx, s, kind, o)
		if err != nil {
			return err
		}
		if !known {
			return refuse("not-possible", "This order has nothing to tell in such a mail.")
		}
		about = found
	}
	about.Trial = &Trial{Order: o, Language: language}
	key := "trial/" + id.New("ma", tx.Now.Std())
	if err := queueMail(ctx, tx, Mail{StoreID: s, MailKey: key, Kind: kind, Recipient: to}, about); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "mail.tried", Subject: kind, Actor: string(actor), Data: data{"email": to, "kind": kind}})
}

// ShowMail gathers what a mail of that kind to that order's customer would be written from;
// nil when the order has nothing to tell in it. Nothing is sent.
func ShowMail(ctx context.Context, tx *db.Tx, s id.Store, kind string, o id.Order) (*MailCall, error) {
	about, known, err := AboutOrder(ctx, tx, s, kind, o)
	if err != nil || !known {
		return nil, err
	}
	return gatherMail(ctx, tx, Mail{StoreID: s, OrderID: o, Kind: kind, CreatedAt: tx.Now}, about)
}

// NewestToTell is the order that was last told such news; empty when none was.
func NewestToTell(ctx context.Context, tx *db.Tx, s id.Store, kind string) (id.Order, error) {
	m, err := New(tx).NewestMailOfKind(ctx, NewestMailOfKindParams{StoreID: s, Kind: kind})
	if errors.Is(err, sql.ErrNoRows) {
		return "", nil
	}
	return m.OrderID, err
}

// AboutOrder is what a mail of that kind would tell of an order besides itself; known is
// false when there is no such thing.
func AboutOrder(ctx context.Context, tx *db.Tx, s id.Store, kind string, o id.Order) (a About, known bool, err error) {
	switch kind {
	case MailConfirmed, MailCancelled, MailChoice, MailReview, MailOffer, MailGoodwill:
		return a, true, nil
	case MailShipped, MailOut, MailDelivered:
		all, err := shipment.OfOrder(ctx, tx, s, o)
		for _, one := range all {
			if a.Shipment == "" || kind == MailDelivered && one.State == shipment.Delivered {
				a.Shipment = one.ShipmentID
			}
		}
		return a, a.Shipment != "", err
	case MailHowToPay:
		all, err := ledger.PaymentsOf(ctx, tx, s, o)
		for _, one := range all {
			if one.Manual {
				a.Payment = one.PaymentID
			}
		}
		return a, a.Payment != "", err
	case MailRefunded:
		all, err := ledger.RefundsOf(ctx, tx, s, o)
		for _, one := range all {
			a.Refund = one.RefundID
		}
		return a, a.Refund != "", err
	case MailClaimOpened, MailClaimAsked, MailClaimApproved, MailClaimWayBack, MailClaimReturned, MailClaimDeclined, MailClaimAppealed, MailClaimEnded, MailClaimRunOut:
		a.Claim, err = newestClaim(ctx, tx, s, o)
		return a, a.Claim != "", err
	case MailExchangeWaiting, MailExchangeDone, MailExchangeLapsed:
		a.Claim, err = newestExchange(ctx, tx, s, o)
		return a, a.Claim != "", err
	case MailMessage:
		a.Message, err = newestAnswer(ctx, tx, s, o)
		return a, a.Message != "", err
	case MailDelayed:
		all, err := purchase.OfOrder(ctx, tx, s, o)
		for _, one := range all {
			if a.Purchase == "" || one.ExpectAt > 0 {
				a.Purchase = one.PurchaseID
			}
		}
		return a, a.Purchase != "", err
	}
	return a, false, nil
}

// What keeps a store's mails from leaving.
const (
	MailsUnset       = "unset"       // no server is set, or nobody who writes
	MailsRefused     = "refused"     // the server does not let us in
	MailsUnreachable = "unreachable" // the server does not answer
)

// MailsStuck notes why a store's mails do not leave.
func MailsStuck(ctx context.Context, tx *db.Tx, s id.Store, kind, words string) error {
	was, err := New(tx).GetMailTrouble(ctx, s)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if err := New(tx).PutMailTrouble(ctx, PutMailTroubleParams{StoreID: s, Kind: kind, Words: words, SinceAt: tx.Now}); err != nil {
		return err
	}
	if was.Kind == kind || kind == MailsUnreachable {
		return nil
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "mail.server-" + kind, Subject: string(s), Actor: string(System), Data: data{"words": words}})
}

// MailsLeave notes that they do again.
func MailsLeave(ctx context.Context, tx *db.Tx, s id.Store) error {
	_, err := New(tx).DropMailTrouble(ctx, s)
	return err
}

// TroubleOfMails is why a store's mails do not leave; its Kind is empty while they do.
func TroubleOfMails(ctx context.Context, tx *db.Tx, s id.Store) (MailTrouble, error) {
	m, err := New(tx).GetMailTrouble(ctx, s)
	if errors.Is(err, sql.ErrNoRows) {
		return MailTrouble{}, nil
	}
	return m, err
}
