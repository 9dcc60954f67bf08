package outside_test

import (
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/internal/catalog"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/message"
	"doorstep/internal/outside"
	"doorstep/internal/purchase"
	"doorstep/internal/seal"
	"doorstep/internal/smtptest"
	"doorstep/money"
)

func TestMailIsSentOnceOrCounted(t *testing.T) {
	t.Parallel()
	for fault, want := range map[smtptest.Fault]struct {
		arrived int
		state   string
	}{
		smtptest.DeferRecipient:  {1, "sent"},
		smtptest.DropBefore:      {1, "sent"},
		smtptest.DeferMessage:    {1, "sent"},
		smtptest.DropAfter:       {1, "uncertain"},
		smtptest.RefuseRecipient: {0, "failed"},
	} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.mail.Once(fault, "ann@example.com")
				h.paid(1)
				h.later(30*time.Second, 30*time.Second) // still in the hold window
				h.later(20*time.Minute, 5*time.Minute)
				confirmed := 0
				for _, subject := range h.mails() {
					if strings.Contains(subject, "confirmed") {
						confirmed++
					}
				}
				if confirmed != want.arrived {
					h.t.Errorf("%d arrived: %q", confirmed, h.mails())
				}
				if state := h.mailState("order-confirmed"); state != want.state {
					h.t.Errorf("it is %s", state)
				}
			})
		})
	}
}

func (h *house) mailState(kind string) (state string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT state FROM mails WHERE kind = $1", kind).Scan(&state)
	})
	return state
}

func TestDyingWhileSendingAMailDoesNotSendItTwice(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"mail.send/before-intent", "mail.send/after-intent", "mail.send/after-call", "mail.send/after-result"} {
		t.Run(strings.ReplaceAll(point, "/", " "), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.dieAt(point)
				h.paid(1)
				h.later(30*time.Second, 10*time.Second)
				state, n := h.mailState("order-confirmed"), len(h.mails())
				switch point {
				case "mail.send/after-intent":
					if n != 0 || state != "uncertain" {
						h.t.Errorf("%d mails, %s", n, state)
					}
				case "mail.send/after-call":
					if n != 1 || state != "uncertain" {
						h.t.Errorf("%d mails, %s", n, state)
					}
				default:
					if n != 1 || state != "sent" {
						h.t.Errorf("%d mails, %s", n, state)
					}
				}
			})
		})
	}
}

func TestMailsWaitForAServer(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.set("mail.smtp_url", "")
		h.paid(1)
		if len(h.mails()) > 0 || h.waiting("mail.send") != 1 {
			h.t.Errorf("mails %q, waiting %d", h.mails(), h.waiting("mail.send"))
		}
		h.set("mail.smtp_url", h.mail.URL())
		h.later(time.Minute, time.Minute)
		if len(h.mails()) == 0 {
			h.t.Error("none left when there was a server")
		}
	})
}

func TestSupplierWhoReadsMail(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.connect(connector.Supplier, "manual", "potter", "email", "potter@example.org")
		h.update(func(ctx context.Context, tx *db.Tx) error {
			sup, err := inventory.SupplierByName(ctx, tx, h.store, "potter")
			if err != nil {
				return err
			}
			sup.Freight = `[{"countries":["DE","AT"],"service":"post","name":"Post","cost":"3.50","currency":"EUR","min_days":2,"max_days":3},
				{"countries":["*"],"service":"post","name":"Post abroad","cost":"9.50","currency":"EUR","min_days":5,"max_days":9}]`
			if err := inventory.ChangeSupplier(ctx, tx, sup); err != nil {
				return err
			}
			if _, err := catalog.Put(ctx, tx, h.store, catalog.Draft{Handle: "bowl", Title: "Bowl", Status: catalog.Active,
				Variants: []catalog.DraftVariant{{SKU: "BOWL", Price: money.New(3990, "EUR"), RequiresShipping: true, Taxable: true}}}, false); err != nil {
				return err
			}
			found, err := catalog.BySKU(ctx, tx, h.store, "BOWL")
			if err != nil {
				return err
			}
			h.variant = found[0].VariantID
			_, _, err = inventory.PutOffer(ctx, tx, sup, inventory.Offer{VariantID: h.variant, SupplierSku: "B-1", CostMinor: 1200,
				Currency: "EUR", Quantity: 3, ShipFrom: "AT", Active: true})
			return err
		})
		placed := h.paid(1)
		if o := h.order(placed); o.ShippingMinor != 350 {
			h.t.Errorf("freight by the table: %d", o.ShippingMinor)
		}
		h.later(2*time.Minute, time.Minute)
		if p := h.purchases(placed)[0]; p.State != purchase.Submitted {
			h.t.Errorf("purchase: %s %s", p.State, p.Words)
		}
		if mails := h.mail.To("potter@example.org"); len(mails) != 1 || !strings.Contains(mails[0].Subject, h.purchases(placed)[0].Number) {
			h.t.Errorf("the potter got %d mails", len(mails))
		}
		h.must(h.out.Schedule(h.t.Context()))
		h.later(2*time.Hour, time.Hour)
		if list := h.stuck(); len(list) > 0 {
			h.t.Errorf("given up: %+v", list)
		}
	})
}

// TestWrongPasswordOfTheMailServer: the mail waits, the desk says why, and when it is mended
// the mail leaves and nobody is bothered any more.
func TestWrongPasswordOfTheMailServer(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		post, err := smtptest.Start(smtptest.Options{User: "shop", Password: "right-word"})
		h.must(err)
		h.t.Cleanup(post.Close)
		h.set("mail.smtp_url", strings.Replace(post.URL(), "right-word", "wrong-word", 1))
		h.paid(1)
		h.later(30*time.Minute, time.Minute)
		if state := h.mailState("order-confirmed"); state != "queued" || len(post.Messages()) > 0 {
			h.t.Errorf("the mail is %s", state)
		}
		trouble := h.trouble()
		if trouble.Kind != flow.MailsRefused || !strings.Contains(trouble.Words, "535") || strings.Contains(trouble.Words, "wrong-word") {
			h.t.Errorf("the desk hears %+v", trouble)
		}
		h.set("mail.smtp_url", post.URL())
		h.later(30*time.Minute, time.Minute)
		if state := h.mailState("order-confirmed"); state != "sent" || h.trouble().Kind != "" {
			h.t.Errorf("the mail is %s, %+v", state, h.trouble())
		}
	})
}

func (h *house) trouble() (m flow.MailTrouble) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		m, err = flow.TroubleOfMails(ctx, tx, h.store)
		return err
	})
	return m
}

// TestNoMailServerIsTold: a store without a mail server hears that its mails wait.
func TestNoMailServerIsTold(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.set("mail.smtp_url", "")
		h.paid(1)
		if got := h.trouble(); got.Kind != flow.MailsUnset || !strings.Contains(got.Words, "mail.smtp_url") {
			h.t.Errorf("the desk hears %+v", got)
		}
		h.set("mail.smtp_url", "smtp://127.0.0.1:1?tls=none")
		h.later(5*time.Minute, time.Minute)
		if got := h.trouble(); got.Kind != flow.MailsUnreachable {
			h.t.Errorf("the desk hears %+v", got)
		}
	})
}

// TestSentAgainByAPerson: what failed is sent again on demand, what may have arrived only by
// whoever says so; also when it is old news.
func TestSentAgainByAPerson(t *testing.T) {
	t.Parallel()
	for fault, state := range map[smtptest.Fault]string{smtptest.RefuseRecipient: "failed", smtptest.DropAfter: "uncertain"} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.mail.Once(fault, "ann@example.com")
				h.paid(1)
				if got := h.mailState("order-confirmed"); got != state {
					h.t.Fatalf("the mail is %s", got)
				}
				h.later(5*24*time.Hour, 12*time.Hour)
				before := h.confirmations()
				again := func(sure bool) error {
					return h.db.Update(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
						return flow.SendMailAgain(ctx, tx, h.store, h.mailOf("order-confirmed"), sure, "staff:us_1")
					})
				}
				if err := again(false); (err != nil) != (state == "uncertain") {
					h.t.Errorf("not sure: %v", err)
				}
				if state == "uncertain" {
					h.must(again(true))
				}
				h.later(time.Second, time.Second)
				if got := h.mailState("order-confirmed"); got != "sent" || h.confirmations() != before+1 {
					h.t.Errorf("the mail is %s, %d arrived after %d", got, h.confirmations(), before)
				}
				if err := again(true); err == nil {
					h.t.Error("a mail that was sent is sent again")
				}
			})
		})
	}
}

func (h *house) confirmations() (n int) {
	for _, subject := range h.mails() {
		if strings.Contains(subject, "confirmed") {
			n++
		}
	}
	return n
}

func (h *house) mailOf(kind string) (name id.Mail) {
	h.t.Helper()
	h.must(h.db.View(h.t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT mail_id FROM mails WHERE kind = $1", kind).Scan((*string)(&name))
	}))
	return name
}

// TestOwnTextsAreSent: customers read what the merchant wrote, and the built-in text where
// that does not fit.
func TestOwnTextsAreSent(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.ChangeMailTexts(ctx, tx, h.store, "en", map[string]string{
				"confirmed_subject": `{"other":"Hooray, {number}"}`, "confirmed_title_name": `{"other":"{gone}"}`}, "staff:us_1")
		})
		h.paid(1)
		if got := h.mails(); len(got) != 1 || got[0] != "Hooray, 1001" {
			h.t.Errorf("mails %q", got)
		}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.SendTrialMail(ctx, tx, h.store, flow.MailConfirmed, "", "de-AT", "me@shop.example", "staff:us_1")
		})
		h.later(time.Second, time.Second)
		if got := h.mail.To("me@shop.example"); len(got) != 1 || got[0].Subject != "[Test] Ihre Bestellung 1042 ist bestätigt" {
			h.t.Errorf("the trial: %+v", got)
		}
	})
}

// TestDrawMail: a mail is drawn from an order as it would be sent, or from made-up figures.
func TestDrawMail(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		o := h.paid(1)
		ofAnyOrder := []string{flow.MailConfirmed, flow.MailCancelled, flow.MailDelayed, flow.MailChoice, flow.MailReview, flow.MailOffer, flow.MailGoodwill}
		for _, kind := range flow.MailKinds() {
			got, err := h.out.DrawMail(h.t.Context(), h.store, outside.MailDraft{Kind: kind, Language: "fr"})
			if err != nil || got.Subject == "" || got.Number != 0 || got.Nothing {
				h.t.Errorf("%s: %+v, %v", kind, got, err)
			}
			got, err = h.out.DrawMail(h.t.Context(), h.store, outside.MailDraft{Kind: kind, Language: "fr", Order: o.Order.OrderID})
			has := slices.Contains(ofAnyOrder, kind)
			if err != nil || got.Subject == "" || has != (got.Number == 1001) || has == got.Nothing {
				h.t.Errorf("%s of the order: %s %d %v, %v", kind, got.Subject, got.Number, got.Nothing, err)
			}
		}
	})
}

// What the staff look at opens nothing: a preview, or a test mail, is for readers too, and who
// holds an order's token may do what its customer may.
func TestLooksAtMailsOpenNothing(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		o := h.paid(1)
		h.later(20*24*time.Hour, 6*time.Hour)
		name := o.Order.OrderID
		var token string
		h.update(func(_ context.Context, tx *db.Tx) error {
			token = flow.OrderToken(seal.Of(tx), h.store, name)
			return nil
		})
		h.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.OpenClaim(ctx, tx, h.store, name, flow.ClaimSaid{Kind: claim.Damaged, Wish: claim.Refund, Units: map[int64]int64{1: 1}, Words: "It is broken", Actor: "staff:us_1"})
			return err
		})
		drawn := 0
		for _, kind := range flow.MailKinds() {
			got, err := h.out.DrawMail(h.t.Context(), h.store, outside.MailDraft{Kind: kind, Language: "en", Order: name})
			h.must(err)
			if got.Number > 0 { // what is made up opens nothing anyway
				h.opensNothing(kind, got.HTML+got.Text, token)
				drawn++
			}
			h.update(func(ctx context.Context, tx *db.Tx) error {
				err := flow.SendTrialMail(ctx, tx, h.store, kind, name, "en", "me@shop.example", "staff:us_1")
				if _, ok := errors.AsType[*flow.Refusal](err); ok {
					return nil // there is nothing to tell of such a kind
				}
				return err
			})
		}
		h.later(time.Second, time.Second)
		tests := h.mail.To("me@shop.example")
		if len(tests) != drawn || drawn < 15 {
			h.t.Fatalf("%d mails are drawn, %d sent as tests", drawn, len(tests))
		}
		for _, m := range tests {
			h.opensNothing(m.Subject, m.HTML+m.Text, token)
		}
		if told := h.mail.To("ann@example.com"); len(told) == 0 || !strings.Contains(told[0].Text, token) {
			h.t.Error("the customer's own mail opens nothing either")
		}
	})
}

// A kept answer shows the staff a link that opens nothing; the customer's mail has the real one.
func TestKeptAnswersOpenNothing(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		o := h.paid(1)
		name := o.Order.OrderID
		var token string
		var talk id.Conversation
		h.update(func(ctx context.Context, tx *db.Tx) error {
			token = flow.OrderToken(seal.Of(tx), h.store, name)
			m, err := flow.WriteToUs(ctx, tx, h.store, name, flow.Wrote{Words: "Where is it?", Topic: message.TopicWhere})
			talk = m.ConversationID
			return err
		})
		draft, open, err := h.out.FillCanned(h.t.Context(), h.store, talk, "Look here: {link}")
		h.must(err)
		h.opensNothing("the draft", draft, token)
		if len(open) > 0 || !strings.Contains(draft, "token=") {
			h.t.Fatalf("the draft is %q, open %v", draft, open)
		}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			m, err := flow.AnswerMessage(ctx, tx, h.store, talk, draft, message.ViaDesk, "staff:us_1")
			if err == nil {
				h.opensNothing("what is kept of it", m.Body, token)
			}
			return err
		})
		h.later(time.Minute, time.Second)
		sent := h.mail.To("ann@example.com")
		if last := sent[len(sent)-1].Text; !strings.Contains(last, "Look here") || strings.Contains(last, "token=preview") || !strings.Contains(last, token) {
			h.t.Errorf("the customer was told: %s", last)
		}
	})
}

// opensNothing wants only previews of tokens in a mail.
func (h *house) opensNothing(what, words, token string) {
	h.t.Helper()
	for _, m := range regexp.MustCompile(`token=([\w.~%-]+)`).FindAllStringSubmatch(words, -1) {
		if m[1] != "preview" {
			h.t.Errorf("%s carries the token %s", what, m[1])
		}
	}
	if strings.Contains(words, token) {
		h.t.Errorf("%s opens the order", what)
	}
}
