package outside

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	"doorstep/internal/store"
	"doorstep/internal/words"
)

// MailDraft asks for a mail to be drawn without being sent.
type MailDraft struct {
	Kind     string                 // one of flow.MailKinds
	Order    id.Order               // whose figures it shows; empty: made-up ones
	Language string                 // BCP 47 of the reader
	Texts    map[string]words.Forms // in the place of the stored own texts; nil: those
}

// MailDrawn is a mail as it would be sent.
type MailDrawn struct {
	mail.Rendered
	From    string
	Number  int64 // of the order that it shows; 0: made-up figures
	Nothing bool  // the order has nothing to tell in it, so that the figures are made up
}

// DrawMail draws a mail as it would be sent.
func (o *Outside) DrawMail(ctx context.Context, s id.Store, d MailDraft) (out MailDrawn, err error) {
	var set store.Settings
	var call *flow.MailCall
	var more mailMore
	texts := d.Texts
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if set, err = store.LoadSettings(ctx, tx, s); err != nil {
			return err
		}
		if texts == nil {
			if texts, err = ownTexts(ctx, tx, s, d.Language); err != nil {
				return err
			}
		}
		if d.Order == "" {
			return nil
		}
		if call, err = flow.ShowMail(ctx, tx, s, d.Kind, d.Order); err != nil || call == nil {
			return err
		}
		if more, err = gatherMore(ctx, tx, call); errors.Is(err, sql.ErrNoRows) || errors.Is(err, store.ErrUnknown) {
			call, err = nil, nil // what it was paid by is gone
		}
		return err
	})
	if err != nil {
		return out, err
	}
	brand := o.brandOf(set, d.Language)
	brand.Texts = texts
	view := o.sampleOf(set, d.Kind)
	if call != nil {
		view, out.Number = o.viewOf(set, call, more), call.Order.Number
	}
	out.From, out.Nothing = set.MailFrom, call == nil && d.Order != ""
	out.Rendered, err = mail.Render(brand, view)
	return out, err
}

// sampleOf is a mail of that kind with made-up figures.
func (o *Outside) sampleOf(set store.Settings, kind string) mail.View {
	list := mail.Samples(o.baseOf(set), "", o.o.Clock())
	at := slices.IndexFunc(list, func(v mail.View) bool { return v.Kind() == DrawnKind(kind) })
	return list[max(at, 0)]
}

// DrawnKind is a kind of mail (flow.MailKinds) in the words of package mail.
func DrawnKind(kind string) mail.Kind {
	switch kind {
	case flow.MailConfirmed:
		return mail.KindConfirmed
	case flow.MailHowToPay:
		return mail.KindPaymentDue
	}
	return mail.Kind(kind)
}

// ownTexts are the merchant's own texts for a reader; those that do not fit any more are
// left out when the mail is written.
func ownTexts(ctx context.Context, tx *db.Tx, s id.Store, reader string) (map[string]words.Forms, error) {
	language := mail.TextLanguage(reader)
	stored, err := flow.MailTexts(ctx, tx, s, language)
	if err != nil {
		return nil, err
	}
	own := map[string]words.Forms{}
	for _, t := range stored {
		if forms, err := mail.ReadText(t.TextKey, language, t.Forms); err == nil {
			own[t.TextKey] = forms
		}
	}
	return own, nil
}

// letterOf writes the mail of a call.
func (o *Outside) letterOf(set store.Settings, c *flow.MailCall, more mailMore) (mail.Rendered, error) {
	if c.Mail.Kind == flow.MailInquiry {
		return mail.Rendered{Subject: c.Inquiry[0], Text: c.Inquiry[1]}, nil
	}
	brand := o.brandOf(set, readerOf(c))
	brand.Texts = more.texts
	if c.Trial == nil {
		return mail.Render(brand, o.viewOf(set, c, more))
	}
	view := o.sampleOf(set, c.Mail.Kind)
	if c.Order.OrderID != "" {
		view = o.viewOf(set, c, more)
	}
	r, err := mail.Render(brand, view)
	r.Subject = "[Test] " + r.Subject
	return r, err
}

// readerOf is the language of whoever reads the mail.
func readerOf(c *flow.MailCall) string {
	if c.Trial != nil {
		return c.Trial.Language
	}
	if c.Code != nil {
		return c.Code.Locale
	}
	if c.Talk != nil && c.Order.OrderID == "" {
		return c.Talk.Conversation.Locale
	}
	return c.Order.Locale
}

// isStale says whether a mail is news no longer: so long after it was due, or after a person
// last wanted it sent.
func (o *Outside) isStale(c *flow.MailCall) bool {
	return o.now().Sub(max(c.Mail.CreatedAt, c.Mail.AskedAt)) > staleMail
}

// noteServer notes what a conversation with the mail server says about the server itself.
func noteServer(ctx context.Context, tx *db.Tx, s id.Store, failure error) error {
	switch connector.OutcomeOf(failure) {
	case connector.Done:
		return flow.MailsLeave(ctx, tx, s)
	case connector.WasNotLetIn:
		return flow.MailsStuck(ctx, tx, s, flow.MailsRefused, failure.Error())
	case connector.WasNotSent:
		if connector.Wait(failure) == 0 { // it did not ask for patience: it is not there
			return flow.MailsStuck(ctx, tx, s, flow.MailsUnreachable, failure.Error())
		}
	}
	return nil
}

// unsetWords says why there is no way to a mail server.
func unsetWords(err error) string {
	if errors.Is(err, errNoServer) || errors.Is(err, errNoSender) {
		return err.Error()
	}
	return fmt.Sprintf("the mail server's setting cannot be used: %v", err)
}

// ServedAt says at which address the program listens: what links lead to in a store that has
// no url setting.
func (o *Outside) ServedAt(address string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.served = strings.TrimRight(address, "/")
}

// BaseURL is the address under which people reach the program, and whether somebody has set
// it; when not, it is only where the program listens, which others may not reach.
func (o *Outside) BaseURL(set store.Settings) (address string, known bool) {
	return o.baseOf(set), set.PublicURL != "" || o.o.PublicURL != ""
}
