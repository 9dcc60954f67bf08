package dashboard_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// TestEveryMailPage: each kind can be looked at in each language, light and dark, as HTML
// and as text, with nothing, a made-up order and a real one.
func TestEveryMailPage(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Owner)
		for round := range 2 {
			b.look("/mails")
			b.look("/mails/sent")
			for _, kind := range append(flow.MailKinds(), flow.MailSignIn) {
				b.look("/mails/" + kind)
				b.look("/mails/" + kind + "?lang=pt-BR&order=1001&width=phone&mode=dark&part=text")
				for _, ask := range []string{"", "?lang=de&order=sample&mode=dark", "?part=text&order=1001", "?order=99&lang=xx"} {
					b.get("/admin/mails/" + kind + "/draw" + ask)
					if b.status != http.StatusOK || !strings.Contains(b.html, "<body") || strings.Contains(b.html, "<script") {
						t.Errorf("round %d: %s%s: %d", round, kind, ask, b.status)
					}
				}
			}
			if round == 0 {
				d.furnish("EUR")
				d.paid("Ann <script>")
				d.order(arabic)
			}
		}
		if b.get("/admin/mails/order-confirmed"); !strings.Contains(b.html, `title="Preview: Order 1001 is confirmed"`) {
			t.Error("the newest order is not shown")
		}
		b.get("/admin/mails/order-confirmed/draw").sees("Order 1001 is confirmed", "Thank you for your order, Ann <script>", "Mug", "€43.00")
		b.get("/admin/mails/order-confirmed/draw?order=sample&lang=fr").sees("Votre commande 1042 est confirmée")
		b.get("/admin/mails/nonsense")
		if b.status != http.StatusNotFound {
			t.Errorf("an unknown kind: %d", b.status)
		}
	})
}

// TestMailFrame: the mail is framed by us alone, and can do nothing there.
func TestMailFrame(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Reader)
		b.get("/admin/mails/shipped/draw?mode=dark")
		policy := b.header.Get("Content-Security-Policy")
		for _, want := range []string{"default-src 'none'", "frame-ancestors 'self'", "sandbox allow-popups", "form-action 'none'"} {
			if !strings.Contains(policy, want) {
				t.Errorf("policy %q lacks %s", policy, want)
			}
		}
		if strings.Contains(policy, "script") || b.header.Get("X-Frame-Options") != "SAMEORIGIN" || !strings.Contains(b.html, "@media all {") {
			t.Errorf("policy %q, frame %q", policy, b.header.Get("X-Frame-Options"))
		}
		b.get("/admin/mails/shipped")
		if policy := b.header.Get("Content-Security-Policy"); !strings.Contains(policy, "frame-src 'self'") || !strings.Contains(b.html, `sandbox="allow-popups`) {
			t.Errorf("the page around it: %q", policy)
		}
		b.not("Send me a test mail", "Preview without storing")
	})
}

// TestEditMail: own texts are stored, refused with a reason, shown before they are stored, and
// brought back; the log knows.
func TestEditMail(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		const page = "/admin/mails/order-confirmed"
		b.post(page+"?lang=de", "t:confirmed_subject:other", "Juhu, {number}!").sees("Stored", "Yours", "Bring it back")
		b.get(page + "/draw?lang=de&order=sample").sees("Juhu, 1042!")
		b.get(page + "/draw?order=sample").sees("Order 1042 is confirmed")
		b.get("/admin/mails").sees("1 text of your own")

		b.post(page+"?lang=de", "t:confirmed_subject:other", "{amount}", "t:confirmed_title:other", "Danke sehr").
			sees("{amount} is nothing that this text knows")
		if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, "Danke sehr") {
			t.Errorf("what was typed is lost: %d", b.status)
		}
		b.post(page+"?lang=de", "t:confirmed_subject:other", "a\r\nBcc: x@y.example").sees("must be one line")
		b.post(page+"/draw?lang=de&order=sample", "t:confirmed_subject:other", "Nur zum Ansehen").sees("Nur zum Ansehen")
		b.get(page + "/draw?lang=de&order=sample").sees("Juhu, 1042!")

		b.post(page+"/reset?lang=de", "reset", "confirmed_subject").sees("The built-in text is back").not("Yours")
		b.get(page + "/draw?lang=de&order=sample").sees("Ihre Bestellung 1042 ist bestätigt")
		b.post(page, "t:rest:one", "x", "t:rest:other", "{n} y", "t:questions:other", "Ask {email}").sees("Stored")
		b.get("/admin/log").sees("The text of a mail was changed", "The text of a mail is the usual one again")

		d.update(func(ctx context.Context, tx *db.Tx) error { // as an older version may have stored it
			return flow.ChangeMailTexts(ctx, tx, d.store, "en", map[string]string{"confirmed_say": `{"other":"{gone}"}`}, "staff:us_1")
		})
		b.get(page).sees("1 text cannot be used", "It is not used, the built-in text is", "{gone} is nothing")
		b.get(page + "/draw?order=sample").sees("are getting it ready")
		b.post(page+"/reset", "reset", "all").not("cannot be used")
	})
}

// TestTryMail: whoever asks gets a mail of their own, which is none of a customer's.
func TestTryMail(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o := d.paid("Ann")
		b := d.signedIn(account.Support)
		b.post("/admin/mails/order-confirmed/try?lang=es").sees("The test waits: no mail server is set yet")
		b.post("/admin/mails/refunded/try?order=1001").sees("The test waits")
		b.get("/admin/mails/sent?to="+b.staff.Email).sees(b.staff.Email, "Test", "Order confirmed", "Money refunded")
		b.get("/admin/mails/sent?kind=order-confirmed&state=queued").sees("ann1@shop.example", "Order 1001")
		if b.get("/admin/orders/" + string(o.Order.OrderID)); strings.Contains(b.html, "<b dir=\"auto\">Money refunded") {
			t.Error("the test is among the customer's mails")
		}
	})
}

// TestSendAgainAtTheDesk: what failed goes out again by a button; what may have arrived only
// after a warning.
func TestSendAgainAtTheDesk(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		d.paid("Ann")
		b := d.signedIn(account.Support)
		for _, state := range []string{"failed", "uncertain"} {
			name := d.mailBecomes(state)
			b.get("/admin/attention").sees("Mails that did not leave", "Send again")
			b.get("/admin/mails/sent?state="+state).sees("550 no such mailbox", "Send again")
			if again := "/admin/mails/sent/" + string(name) + "/again"; state == "uncertain" {
				b.post(again).sees("It may have arrived already")
				b.post(again, "sure", "yes").sees("It is sent again now")
			} else {
				b.post(again).sees("It is sent again now")
				b.post(again).sees("only one that failed")
			}
			b.get("/admin/mails/sent?state=" + state).sees("No mail here")
		}
		b.get("/admin/log").sees("A mail was sent again")
	})
}

// mailBecomes is what a mail server made of the only mail.
func (d *desk) mailBecomes(state string) (name id.Mail) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		if err := tx.QueryRowContext(ctx, `SELECT mail_id FROM mails WHERE store_id = $1`, string(d.store)).Scan((*string)(&name)); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM jobs WHERE kind = 'mail.send'`); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `UPDATE mails SET state = $1, words = '550 no such mailbox' WHERE mail_id = $2`, state, string(name))
		return err
	})
	return name
}

// TestMailServerAtTheDesk: what keeps mails from leaving is told where people look.
func TestMailServerAtTheDesk(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		stuck := func(kind, words string) {
			d.update(func(ctx context.Context, tx *db.Tx) error { return flow.MailsStuck(ctx, tx, d.store, kind, words) })
		}
		b.get("/admin/attention").sees("Nothing needs you")
		stuck(flow.MailsUnreachable, "connection refused")
		b.get("/admin/attention").sees("Nothing needs you")
		d.now.Advance(11 * time.Minute)
		for _, page := range []string{"/attention", "/mails", "/mails/sent"} {
			b.get("/admin"+page).sees("the mail server does not answer", "Connection refused", "0 mails wait")
		}
		stuck(flow.MailsRefused, "535 authentication failed")
		b.get("/admin/attention").sees("does not let us in", "535 authentication failed", "An owner can mend it in the settings").not("Nothing needs you")
		b.get("/admin/log").sees("the mail server refuses us")
		d.update(func(ctx context.Context, tx *db.Tx) error { return flow.MailsLeave(ctx, tx, d.store) })
		b.get("/admin/attention").sees("Nothing needs you")
	})
}

// TestAddressIsAsked: while nobody has said where people reach the shop, the desk asks.
func TestAddressIsAsked(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.out.ServedAt("http://127.0.0.1:8080/")
		b := d.signedIn(account.Manager)
		for _, page := range []string{"/mails", "/settings"} {
			b.get("/admin"+page).sees("Where do people reach this shop?", "http://127.0.0.1:8080")
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			return store.Set(ctx, tx, d.store, "url", "https://shop.example")
		})
		b.get("/admin/mails").not("Where do people reach")
		b.get("/admin/mails/order-confirmed/draw?part=text").sees("https://shop.example/")
	})
}

// TestMailboxAtTheDesk: what keeps mails from coming in is told where people look, with the way to mend it.
func TestMailboxAtTheDesk(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b, other := d.signedIn(account.Owner), d.signedIn(account.Manager)
		const box = "hello@mug.example at imap.example:993, INBOX"
		d.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.MailboxTrouble(ctx, tx, d.store, box, "authentication failed")
		})
		b.get("/admin/attention").sees("Nothing needs you")
		d.now.Advance(11 * time.Minute)
		b.get("/admin/attention").sees("The mailbox cannot be read", box, "Authentication failed", "To the settings").not("Nothing needs you")
		if !strings.Contains(b.html, `href="/admin/settings/mails#set-mail-imap_url"`) {
			t.Error("no way to the setting")
		}
		other.get("/admin/attention").sees("The mailbox cannot be read", "An owner can mend it").not("To the settings")
		b.get("/admin/settings/mails")
		if !strings.Contains(b.html, `id="set-mail-imap_url"`) {
			t.Error("the way leads nowhere")
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			f, err := flow.MailboxAt(ctx, tx, d.store, box)
			if err != nil {
				return err
			}
			return flow.MailboxStands(ctx, tx, f)
		})
		b.get("/admin/attention").sees("Nothing needs you")
	})
}
