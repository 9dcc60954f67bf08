package dashboard

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	"doorstep/internal/outside"
	"doorstep/internal/report"
)

// drawPolicy is what the frame of a mail may do: look like one.
const drawPolicy = "default-src 'none'; style-src 'unsafe-inline'; img-src data: http: https:; base-uri 'none'; form-action 'none'; " +
	"frame-ancestors 'self'; sandbox allow-popups allow-popups-to-escape-sandbox"

// drawMail is the mail itself, for a frame: as it is stored, or with the texts of a form that
// nobody has stored yet.
func (d *Dashboard) drawMail(v *visit) error {
	a, err := mailAskOf(v)
	if err != nil {
		return err
	}
	draft := outside.MailDraft{Kind: a.Kind, Language: a.Lang}
	if v.r.Method == http.MethodPost {
		if err := v.r.ParseForm(); err != nil {
			return err
		}
		draft.Texts, _ = typedTexts(v, a)
	}
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		draft.Order, err = orderToShow(ctx, tx, v.store, a)
		return err
	})
	if err != nil {
		return err
	}
	drawn, err := d.outside.DrawMail(v.r.Context(), v.store, draft)
	if err != nil {
		return err
	}
	page, err := drawn.Show(mail.Look{From: fromLine(v, drawn.From), Dark: a.Mode == "dark", Plain: a.Part == "text"})
	if err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", drawPolicy)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	_, _ = v.w.Write([]byte(page)) // the browser may be gone
	return nil
}

func fromLine(v *visit, address string) string {
	if address == "" {
		return v.settings.Brand.Name
	}
	return fmt.Sprintf("%s <%s>", v.settings.Brand.Name, address)
}

// tryMail sends whoever asks a mail of that kind.
func (d *Dashboard) tryMail(v *visit) error {
	a, err := mailAskOf(v)
	if err != nil {
		return err
	}
	done := "A test of this mail is on its way to " + v.staff.Email + "."
	if v.settings.SMTP == "" {
		done = "The test waits: no mail server is set yet."
	}
	return d.do(v, a.url()+a.with("", ""), done, func(ctx context.Context, tx *db.Tx) error {
		shown, err := orderToShow(ctx, tx, v.store, a)
		if err != nil {
			return err
		}
		if _, known, err := flow.AboutOrder(ctx, tx, v.store, a.Kind, shown); err != nil || !known {
			shown = ""
		}
		return flow.SendTrialMail(ctx, tx, v.store, a.Kind, shown, a.Lang, v.staff.Email, v.actor())
	})
}

// --- mails that were sent

// sentList is a page of mails.
type sentList struct {
	List        []report.MailRow
	Filter      report.MailFilter
	After, Next string
	Trouble     *report.MailTrouble
}

func (d *Dashboard) sentMails(v *visit) error {
	p := sentList{Filter: report.MailFilter{State: v.query("state"), Kind: v.query("kind"), To: strings.ToLower(v.query("to"))}, After: v.query("after")}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.List, p.Next, err = report.Mails(ctx, tx, v.store, p.Filter, p.After, pageSize); err != nil {
			return err
		}
		p.Trouble, err = report.TroubleOfMails(ctx, tx, v.store)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Sent mails", At: "mails", Back: Prefix + "/mails", Live: true}
	return d.show(v, at, sentPage(v, at, p))
}

func (d *Dashboard) mailAgain(v *visit) error {
	return d.do(v, Prefix+"/mails/sent", "It is sent again now.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SendMailAgain(ctx, tx, v.store, id.Mail(v.path("mail")), v.form("sure") == "yes", v.actor())
	})
}
