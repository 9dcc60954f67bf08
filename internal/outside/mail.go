package outside

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	netmail "net/mail"
	"strings"
	"time"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/mail"
	"doorstep/internal/store"
)

const (
	mailLane = "mail"
	// staleMail is how old news may be when it leaves: nobody wants to hear after days without
	// a mail server that something was shipped.
	staleMail = 3 * 24 * time.Hour
)

var (
	errNoServer = errors.New("no mail server is set: set mail.smtp_url")
	errNoSender = errors.New("nobody is set who writes the mails: set mail.from or brand.email")
)

// mailSender is an open way to a store's mail server.
type mailSender struct {
	print  string // of what it was made from
	sender *mail.Sender
}

// senderOf is the store's way to its mail server.
func (o *Outside) senderOf(set store.Settings) (*mail.Sender, error) {
	if set.SMTP == "" {
		return nil, errNoServer
	}
	if set.MailFrom == "" {
		return nil, errNoSender
	}
	print := strings.Join([]string{set.SMTP, set.MailFrom, set.Brand.Name}, "\n")
	o.mu.Lock()
	defer o.mu.Unlock()
	if known := o.senders[string(set.StoreID)]; known.print == print {
		return known.sender, nil
	}
	s, err := mail.NewSender(mail.Options{URL: set.SMTP, From: netmail.Address{Name: set.Brand.Name, Address: set.MailFrom}, Now: o.o.Clock})
	if err != nil {
		return nil, err
	}
	o.senders[string(set.StoreID)] = mailSender{print, s}
	return s, nil
}

// storeMailer is the store's mail server for connectors that write to people.
type storeMailer struct {
	o     *Outside
	store id.Store
}

var _ connector.Mailer = storeMailer{}

// Send hands a message to the store's mail server. Without one, and where it does not let
// the store in, it is NotSent.
func (m storeMailer) Send(ctx context.Context, message connector.Mail) error {
	set, err := m.o.settings(ctx, m.store)
	if err != nil {
		return &connector.NotSent{Err: err}
	}
	sender, err := m.o.senderOf(set)
	if err != nil {
		return &connector.NotSent{After: whenPaused, Err: err}
	}
	err = sender.Send(ctx, message)
	if connector.OutcomeOf(err) == connector.WasNotLetIn { // the server refuses the store, not the connector that writes
		return &connector.NotSent{After: whenPaused, Err: err}
	}
	return err
}

// settings are a store's settings, read in a view of its own where they are not kept.
func (o *Outside) settings(ctx context.Context, s id.Store) (set store.Settings, err error) {
	if kept, ok := store.SettingsNow(o.db, s); ok {
		return kept, nil
	}
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		set, err = store.LoadSettings(ctx, tx, s)
		return err
	})
	return set, err
}

// sendMail tells a customer: job mail.send. A mail whose answer was lost is not repeated by
// itself: it is counted, and a person may have it sent again.
func (o *Outside) sendMail(ctx context.Context, j job.Job) error {
	var payload flow.MailJob
	if err := j.Decode(&payload); err != nil {
		return err
	}
	set, err := o.settings(ctx, j.Store)
	if err != nil {
		return err
	}
	sender, err := o.senderOf(set)
	if err != nil {
		return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := flow.MailsStuck(ctx, tx, j.Store, flow.MailsUnset, unsetWords(err)); err != nil {
				return err
			}
			return job.Again(ctx, tx, j, tx.Now.Add(whenPaused), err.Error())
		})
	}
	server := &plug{row: store.Connector{Kind: mailLane, Name: "server", State: store.Active}, breaker: o.breakerOf(id.Connector("mail/" + j.Store))}
	var call *flow.MailCall
	var more mailMore
	var subject string
	var failure error
	return o.converse(ctx, j, conversation{
		plug: server,
		intent: func(ctx context.Context, tx *db.Tx) (_ bool, err error) {
			if call, err = flow.MailToSend(ctx, tx, j.Store, payload.Mail); err != nil || call == nil {
				return false, err
			}
			more, err = gatherMore(ctx, tx, call)
			return true, err
		},
		call: func(ctx context.Context) error {
			if o.isStale(call) {
				failure = &connector.Rejected{Code: "stale", Words: "it could not be sent for days and is news no longer", Cause: connector.CauseOther}
				return failure
			}
			letter, err := o.letterOf(set, call, more)
			if err != nil {
				failure = &connector.Rejected{Code: "words", Words: err.Error(), Cause: connector.CauseOther}
				return failure
			}
			subject = letter.Subject
			message := o.addressed(set, sender, call, letter)
			if call.Trial == nil {
				message.Unsubscribe = o.unsubscribeURL(set, call)
			}
			failure = sender.Send(ctx, message)
			return failure
		},
		result: func(ctx context.Context, tx *db.Tx, out flow.Outcome) (bool, error) {
			if err := noteServer(ctx, tx, j.Store, failure); err != nil {
				return false, err
			}
			return flow.EndMail(ctx, tx, j.Store, payload.Mail, out, subject)
		},
	})
}

// brandOf is how the store shows itself in a mail.
func (o *Outside) brandOf(set store.Settings, language string) mail.Brand {
	b := mail.Brand{
		Name: set.Brand.Name, URL: set.Brand.URL, LogoURL: set.Brand.LogoURL, Colour: set.Brand.Colour, Email: set.Brand.Email, Language: language,
	}
	for line := range strings.SplitSeq(set.Brand.Address, "\n") {
		if line = strings.TrimSpace(line); line != "" {
			b.Address = append(b.Address, line)
		}
	}
	if b.URL == "" {
		b.URL = o.baseOf(set)
	}
	if strings.HasPrefix(b.LogoURL, "/") { // it was uploaded
		b.LogoURL = o.baseOf(set) + b.LogoURL
	}
	if zone, err := time.LoadLocation(set.TimeZone); err == nil {
		b.Zone = zone
	}
	return b
}

// baseOf is the address under which people reach the program.
func (o *Outside) baseOf(set store.Settings) string {
	if set.PublicURL != "" {
		return set.PublicURL
	}
	if o.o.PublicURL != "" {
		return strings.TrimRight(o.o.PublicURL, "/")
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	return cmp.Or(o.served, "http://localhost")
}

// orderPage is a page of an order, or one below it, with what opens it.
func (o *Outside) orderPage(set store.Settings, order id.Order, below, token string) string {
	return fmt.Sprintf("%s/orders/%s%s?token=%s", o.baseOf(set), order, below, token)
}
