package dashboard

import (
	"context"
	"database/sql"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// mailKind is a kind of mail in words for the merchant.
type mailKind struct{ Kind, Name, When, Icon string }

// mailKinds says when each kind of mail is sent, in the order of an order's life.
func mailKinds() []mailKind {
	return []mailKind{
		{flow.MailConfirmed, "Order confirmed", "When an order is paid, or its payment is promised.", "circle-check"},
		{flow.MailHowToPay, "How to pay", "When a customer wants to pay by bank transfer. It says to which account.", "banknote"},
		{flow.MailShipped, "Parcel shipped", "When a supplier says that a parcel has left; once for each parcel.", "package"},
		{flow.MailOut, "Out for delivery", "When the carrier says that a parcel comes today.", "truck"},
		{flow.MailDelivered, "Parcel delivered", "When the carrier says that a parcel has arrived.", "house"},
		{flow.MailDelayed, "Order is late", "When a supplier says that it sends later than promised.", "hourglass"},
		{flow.MailChoice, "Wait, or something else?", "When you ask the customer about articles that nobody can send now.", "circle-help"},
		{flow.MailRefunded, "Money refunded", "When money has gone back to the customer.", "wallet"},
		{flow.MailCancelled, "Order cancelled", "When an order is cancelled after it was paid or promised.", "ban"},
		{flow.MailClaimOpened, "Complaint received", "When a customer says that something is not right. It says what happens next.", "inbox"},
		{flow.MailClaimAsked, "A question about a complaint", "When you ask the customer for a word or a picture.", "circle-help"},
		{flow.MailClaimApproved, "Complaint accepted", "When you accept a complaint. It says what is done, or where to send things.", "circle-check"},
		{flow.MailClaimWayBack, "About a return", "When you attach a label for a return, or pay what sending it back cost.", "undo-2"},
		{flow.MailClaimReturned, "Return received", "When what was sent back has arrived.", "package"},
		{flow.MailClaimDeclined, "Complaint declined", "When you decline a complaint. It says why.", "ban"},
		{flow.MailClaimAppealed, "Complaint looked at again", "When a customer does not agree that a complaint was declined. It says that a person looks again.", "inbox"},
		{flow.MailClaimEnded, "Complaint withdrawn", "When a customer takes a complaint back. It confirms that.", "undo-2"},
		{flow.MailClaimRunOut, "Complaint ended", "When the customer neither answered nor sent anything back in time, or the order was cancelled and paid back.", "hourglass"},
		{flow.MailExchangeWaiting, "Difference of an exchange", "When another article costs more than what it replaces. It says until when to pay, and where.", "banknote"},
		{flow.MailExchangeDone, "Exchange on its way", "When the other article is bought. It says what goes back, if it costs less.", "package"},
		{flow.MailExchangeLapsed, "Exchange ended", "When the difference was not paid in time, or nobody can send the other article.", "hourglass"},
		{flow.MailReview, "What do you think?", "Some days after the delivery, once for each order. Not while a complaint is open, and not to who has unsubscribed.", "heart"},
		{flow.MailOffer, "Offer for the next time", "Some days after the delivery, only to who agreed to it at the checkout. Off until you set the days.", "tag"},
		{flow.MailGoodwill, "Sorry for the wait", "When the promised day has passed and the order is not there. Off until you set a share in the settings.", "tag"},
		{flow.MailMessage, "Answer to a customer", "When somebody of the staff writes to a customer about an order. It holds their words.", "mail"},
		{flow.MailContact, "Answer to a question", "When somebody of the staff answers who wrote without an order. It holds their words.", "mail"},
		{flow.MailSignIn, "Code to sign in", "When a customer wants to sign in to the shop. It carries a code, and a link that does the same.", "key-round"},
	}
}

func mailKindOf(kind string) (mailKind, bool) {
	all := mailKinds()
	at := slices.IndexFunc(all, func(k mailKind) bool { return k.Kind == kind })
	if at < 0 {
		return mailKind{}, false
	}
	return all[at], true
}

// mailList is the page of all kinds.
type mailList struct {
	Kinds   []mailKind
	Own     map[string]int // own texts by kind, in all languages
	Trouble *report.MailTrouble
}

func (d *Dashboard) mails(v *visit) error {
	p := mailList{Kinds: mailKinds(), Own: map[string]int{}}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		clear(p.Own)
		for _, lang := range mail.TextLanguages() {
			stored, err := flow.MailTexts(ctx, tx, v.store, lang)
			if err != nil {
				return err
			}
			for _, t := range stored {
				for _, k := range p.Kinds {
					if slices.ContainsFunc(mail.TextsOf(outside.DrawnKind(k.Kind), lang), func(x mail.Text) bool { return x.Key == t.TextKey }) {
						p.Own[k.Kind]++
					}
				}
			}
		}
		p.Trouble, err = report.TroubleOfMails(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Mails", At: "mails"}
	return d.show(v, at, mailsPage(v, at, d.address(v), p))
}

// baseAddress is where links in mails lead, and whether somebody has set it.
type baseAddress struct {
	URL   string
	Known bool
}

func (d *Dashboard) address(v *visit) baseAddress {
	url, known := d.outside.BaseURL(v.settings)
	return baseAddress{url, known}
}

// mailAsk is what of a mail somebody wants to see.
type mailAsk struct {
	Kind, Lang, Order, Width, Mode, Part string
}

func mailAskOf(v *visit) (mailAsk, error) {
	a := mailAsk{Kind: v.path("kind"), Lang: v.query("lang"), Order: v.query("order"), Width: v.query("width"), Mode: v.query("mode"), Part: v.query("part")}
	if _, known := mailKindOf(a.Kind); !known {
		return a, sql.ErrNoRows
	}
	if !slices.Contains(mail.TextLanguages(), a.Lang) {
		a.Lang = mail.TextLanguage(v.settings.Locale)
	}
	return a, nil
}

// with is the ask with one thing changed, as a query.
func (a mailAsk) with(name, value string) string {
	q := url.Values{}
	for key, v := range map[string]string{"lang": a.Lang, "order": a.Order, "width": a.Width, "mode": a.Mode, "part": a.Part} {
		if v != "" {
			q.Set(key, v)
		}
	}
	if name != "" {
		q.Set(name, value)
	}
	return "?" + q.Encode()
}

func (a mailAsk) url() string { return Prefix + "/mails/" + a.Kind }

// madeUp is the order that stands for made-up figures.
const madeUp = "sample"

// orderToShow is the order that is asked for by its number; when none is, the one that was
// last told such news. Empty: made-up figures.
func orderToShow(ctx context.Context, tx *db.Tx, s id.Store, a mailAsk) (id.Order, error) {
	number, err := strconv.ParseInt(strings.TrimPrefix(a.Order, "#"), 10, 64)
	if a.Order == "" {
		return flow.NewestToTell(ctx, tx, s, a.Kind)
	}
	if err != nil || a.Order == madeUp {
		return "", nil //nolint:nilerr // what is no number has made-up figures
	}
	page, err := report.Orders(ctx, tx, s, report.Filter{Number: number}, "", 1)
	if err != nil || len(page.Orders) == 0 {
		return "", err
	}
	return page.Orders[0].ID, nil
}

// languageChoices are the languages of mails, by their English names.
func languageChoices() []ui.Choice {
	var out []ui.Choice
	for _, tag := range mail.TextLanguages() {
		out = append(out, ui.Choice{Value: tag, Name: display.English.Tags().Name(language.Make(tag))})
	}
	return out
}
