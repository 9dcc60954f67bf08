package story_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapserver"
	"github.com/emersion/go-imap/v2/imapserver/imapmemserver"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/message"
	"doorstep/internal/smtptest"
	"doorstep/internal/store"
)

const minute = time.Minute

// count is one number of the database.
func (s *story) count(query string) (n int64) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error { return tx.QueryRowContext(ctx, query).Scan(&n) })
	return n
}

// mailbox is the shop's own, on a real server.
type mailbox struct {
	s    *story
	user *imapmemserver.User
	url  string
}

// Mailbox starts a mail server with the shop's mailbox, and tells the shop of it.
func (s *story) Mailbox() mailbox {
	s.t.Helper()
	memory := imapmemserver.New()
	user := imapmemserver.NewUser("hello@mug.example", "p/ss word")
	s.must(user.Create("INBOX", nil))
	memory.AddUser(user)
	server := imapserver.New(&imapserver.Options{InsecureAuth: true, Logger: quiet{}, Caps: imap.CapSet{imap.CapIMAP4rev1: {}},
		NewSession: func(*imapserver.Conn) (imapserver.Session, *imapserver.GreetingData, error) {
			return memory.NewSession(), nil, nil
		}})
	line, err := net.Listen("tcp", "127.0.0.1:0")
	s.must(err)
	go func() { _ = server.Serve(line) }()
	s.t.Cleanup(func() { _ = server.Close() })
	m := mailbox{s: s, user: user, url: "imap://hello%40mug.example:p%2Fss%20word@" + line.Addr().String() + "?tls=none"}
	m.set(m.url)
	s.later()
	return m
}

type quiet struct{}

func (quiet) Printf(string, ...any) {}

func (m mailbox) set(url string) {
	m.s.t.Helper()
	m.s.do(func(ctx context.Context, tx *db.Tx) error {
		return store.Set(ctx, tx, m.s.Store.StoreID, "mail.imap_url", url)
	})
}

// later lets the minute pass in which the mailbox is read.
func (s *story) later() {
	s.t.Helper()
	s.must(s.Outside.Schedule(s.t.Context()))
	s.Later(2 * minute)
}

// gets puts a mail into the mailbox.
func (m mailbox) gets(lines ...string) {
	m.s.t.Helper()
	raw := strings.Join(lines, "\r\n")
	_, err := m.user.Append("INBOX", literal{strings.NewReader(raw)}, &imap.AppendOptions{Time: m.s.clock.Now()})
	m.s.must(err)
}

type literal struct{ *strings.Reader }

func (l literal) Size() int64 { return int64(l.Len()) }

// letter is a mail of somebody's to the shop.
func letter(from, subject, name string, rest ...string) []string {
	return append([]string{"From: " + from, "To: hello@mug.example", "Subject: " + subject, "Message-ID: <" + name + ">", "Date: Mon, 02 Mar 2026 10:00:00 +0000"}, rest...)
}

func (o sale) talk() (v flow.TalkView) {
	o.s.t.Helper()
	o.s.do(func(ctx context.Context, tx *db.Tx) (err error) {
		v, _, err = flow.TalkOfOrder(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	})
	return v
}

// said is what was said in a conversation, notes and all: "customer: words".
func (s *story) said(c id.Conversation) (list []string) {
	s.t.Helper()
	s.do(func(ctx context.Context, tx *db.Tx) error {
		all, err := message.Messages(ctx, tx, s.Store.StoreID, c)
		list = nil
		for _, m := range all {
			list = append(list, m.Kind+": "+m.Body)
		}
		return err
	})
	return list
}

func (s *story) expectSaid(c id.Conversation, want ...string) {
	s.t.Helper()
	if got := s.said(c); strings.Join(got, "\n") != strings.Join(want, "\n") {
		s.t.Errorf("it was said:\n%s", strings.Join(got, "\n"))
	}
}

func (s *story) answers(c id.Conversation, words string) {
	s.t.Helper()
	s.by(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.AnswerMessage(ctx, tx, s.Store.StoreID, c, words, message.ViaDesk, staff)
		return err
	})
	s.work()
}

// last is the last mail to somebody.
func (s *story) last(to string) smtptest.Message {
	s.t.Helper()
	list := s.post.To(to)
	if len(list) == 0 {
		s.t.Fatalf("no mail to %s", to)
	}
	return list[len(list)-1]
}

// A customer asks on the order's page, a person answers, the customer answers by mail: it is
// one conversation, in the mail program and here.
func TestAConversation(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		box := s.Mailbox()
		o := s.Customer("ann").Buys("rug", 1)
		token := "?token=" + flow.OrderToken(s.Seal, s.Store.StoreID, o.id)
		own := "/orders/" + string(o.id) + "/messages"
		if _, _, page := s.browse(http.MethodGet, own+token+"&topic=where", "", nil); !strings.Contains(page, `name="words"`) || !strings.Contains(page, "We expect it with you") {
			s.t.Errorf("the page says where the order is, then has a form: %d", len(page))
		}
		status, to, page := s.sends(own+token, map[string]string{"topic": "where", "words": "Where is my rug?"}, broken(t))
		if status != http.StatusSeeOther {
			s.t.Fatalf("the message: %d %s", status, page)
		}
		s.Later(minute)
		c := o.talk().Conversation
		if c.State != message.Open || c.Topic != "where" {
			s.t.Errorf("the conversation: %+v", c)
		}
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.NoteMessage(ctx, tx, s.Store.StoreID, c.ConversationID, "This one orders from us for resale.", staff)
		})
		s.Later(minute)
		s.answers(c.ConversationID, "It leaves tomorrow.\n\nMo")
		sent := s.last("ann@customers.example")
		if sent.Subject != "About your order 1001" || !strings.Contains(sent.Text, "It leaves tomorrow.") || sent.Header.Get("Auto-Submitted") != "" || strings.Contains(sent.Text+sent.HTML, "aliexpress") {
			s.t.Errorf("the answer: %q\n%s", sent.Subject, sent.Text)
		}
		if _, _, page := s.browse(http.MethodGet, to, "", nil); !strings.Contains(page, "It leaves tomorrow.") || strings.Contains(page, "resale") {
			s.t.Errorf("the customer's page: %s", page)
		}
		box.gets(letter("Ann <ANN@customers.example>", "Re: "+sent.Subject, "ann1@customers.example", "In-Reply-To: <"+sent.MessageID+">", "", "Thank you!", "", "On Mon, 2 Mar 2026 Mug wrote:", "> It leaves tomorrow.")...)
		s.later()
		s.expectSaid(c.ConversationID, "customer: Where is my rug?", "note: This one orders from us for resale.", "staff: It leaves tomorrow.\n\nMo", "customer: Thank you!")
		s.answers(c.ConversationID, "You are welcome.")
		sent = s.last("ann@customers.example")
		if refs := sent.Header.Get("References"); sent.Header.Get("In-Reply-To") != "<ann1@customers.example>" || !strings.Contains(refs, "<ann1@customers.example>") || sent.Subject != "Re: About your order 1001" {
			s.t.Errorf("the second answer: %q, references %q", sent.Subject, refs)
		}
		for _, m := range s.post.To("ann@customers.example") {
			if strings.Contains(m.Text+m.HTML, "resale") {
				s.t.Error("a note was mailed")
			}
		}
		if o.talk().Conversation.State != message.Waiting {
			s.t.Errorf("the conversation: %+v", o.talk().Conversation)
		}
	})
}

// Whoever quotes an order's number is not its customer: their mail waits for a person. So does
// one of the customer's from elsewhere; linked, it joins the conversation.
func TestAStrangerQuotesAnOrder(t *testing.T) {
	t.Parallel()
	tell(t, []string{"message.plus_addressing", "true"}, func(s *story) {
		box := s.Mailbox()
		o := s.Customer("ann").Buys("rug", 1)
		box.gets(letter("eve@else.example", "Order 1001: change the address", "eve1@else.example", "", "Please send it to me.")...)
		s.later()
		box.gets(letter("ann@customers.example", "Order #1001", "ann1@customers.example", "", "From my own address.")...)
		box.gets(append([]string{"Delivered-To: hello+" + strings.Repeat("0", 26) + "-" + strings.Repeat("0", 20) + "@mug.example"}, letter("eve@else.example", "1001", "eve2@else.example", "", "A tag made up.")...)...)
		s.later()
		v := o.talk()
		s.expectSaid(v.Conversation.ConversationID, "customer: From my own address.")
		if n := s.count("SELECT COUNT(*) FROM conversations WHERE unsorted"); n != 2 {
			s.t.Errorf("%d mails wait for a person", n)
		}
		_, signed, _ := strings.Cut(s.last("ann@customers.example").ReplyTo, "hello")
		signed = "hello" + signed
		box.gets(letter("ann@work.example", "hello", "ann2@work.example", "Cc: "+strings.ToUpper(signed), "", "From work, to your signed address.")...)
		s.later()
		s.expectSaid(v.Conversation.ConversationID, "customer: From my own address.", "customer: From work, to your signed address.")
		s.answers(v.Conversation.ConversationID, "Here we are.")
		if n := len(s.post.To("ann@work.example")); n != 0 {
			s.t.Error("the answer went to an address that only the mail names")
		}
		name := id.Conversation(s.column("SELECT conversation_id FROM conversations WHERE unsorted ORDER BY conversation_id")[0])
		s.by(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.LinkMessages(ctx, tx, s.Store.StoreID, name, 1001, staff)
			return err
		})
		s.expectSaid(v.Conversation.ConversationID, "customer: Please send it to me.", "customer: From my own address.", "customer: From work, to your signed address.", "staff: Here we are.")
	})
}

// Programs that answer by themselves are heard, and never answered; what comes back is told.
func TestAutomaticMailsDoNotLoop(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		box := s.Mailbox()
		o := s.Customer("ann").Buys("rug", 1)
		s.by(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.WriteToCustomer(ctx, tx, s.Store.StoreID, o.id, "Which colour?", message.ViaDesk, staff)
			return err
		})
		sent, mails := s.last("ann@customers.example"), len(s.post.Messages())
		for i := range 3 {
			box.gets(letter("ann@customers.example", "Out of office", fmt.Sprintf("away%d@customers.example", i), "In-Reply-To: <"+sent.MessageID+">", "Auto-Submitted: auto-replied", "", "I am away.")...)
			box.gets(letter("hello@mug.example", "copy", fmt.Sprintf("own%d@mug.example", i), "", "A mail of our own.")...)
			s.later()
		}
		c := o.talk().Conversation
		if n := len(s.post.Messages()); n != mails || c.State != message.Waiting || c.AskedAt != 0 {
			s.t.Errorf("%d mails left, the conversation is %s", n-mails, c.State)
		}
		box.gets(letter("MAILER-DAEMON@customers.example", "Undeliverable", "dsn@customers.example", "Content-Type: multipart/report; report-type=delivery-status; boundary=A", "",
			"--A", "Content-Type: text/plain", "", "Nobody lives here.", "--A", "Content-Type: text/rfc822-headers", "", "Message-ID: <"+sent.MessageID+">", "--A--")...)
		s.later()
		if c := o.talk().Conversation; c.State != message.Open || s.count("SELECT COUNT(*) FROM mails WHERE state = 'failed'") != 1 {
			s.t.Errorf("the mail that came back: the conversation is %s", c.State)
		}
		if n := len(s.post.Messages()); n != mails {
			s.t.Errorf("%d mails left", n-mails)
		}
	})
}

// Whoever waits too long is attention, until somebody answers.
func TestAMessageWaitsTooLong(t *testing.T) {
	t.Parallel()
	tell(t, []string{"message.answer_within", "3h"}, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		s.by(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.WriteToUs(ctx, tx, s.Store.StoreID, o.id, flow.Wrote{Topic: "where", Words: "Hello?"})
			return err
		})
		c := o.talk().Conversation
		s.Later(2 * 60 * minute)
		s.Expect(o, "open, ordered, paid")
		s.Later(2 * 60 * minute)
		s.Expect(o, "open, ordered, paid, message-unanswered")
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.SnoozeMessages(ctx, tx, s.Store.StoreID, c.ConversationID, tx.Now.Add(6*60*minute), staff)
		})
		s.Expect(o, "open, ordered, paid")
		s.Later(7 * 60 * minute)
		s.Expect(o, "open, ordered, paid, message-unanswered")
		s.answers(c.ConversationID, "Yes?")
		s.Expect(o, "open, ordered, paid")
	})
}
