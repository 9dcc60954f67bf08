package story_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/store"
)

const mailSecret = "a-secret-of-the-mail-service"

// hands a mail in as a service does, and says how it was answered.
func (s *story) hands(secret, kind string, body io.Reader) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(s.t.Context(), http.MethodPost, s.url+"/webhooks/mail", body)
	s.must(err)
	req.Header.Set("Content-Type", kind)
	if secret != "" {
		req.SetBasicAuth("mail", secret)
	}
	res, err := http.DefaultClient.Do(req)
	s.must(err)
	s.must(res.Body.Close())
	s.work()
	return res.StatusCode
}

// zeros are as many as somebody wants to read.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A service hands mails in: each is one message, however often it comes and however it is
// wrapped. Who does not know the secret hands nothing in, and nobody does while there is none.
func TestMailsAreHandedIn(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		mail := func(name, words string) string {
			return strings.Join(letter("ann@customers.example", "Order 1001", name+"@customers.example", "", words), "\r\n")
		}
		for _, secret := range []string{"", mailSecret} {
			if status := s.hands(secret, "message/rfc822", strings.NewReader(mail("early", "Before anybody set a secret."))); status != http.StatusUnauthorized {
				s.t.Errorf("while there is no secret: %d", status)
			}
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return store.Set(ctx, tx, s.Store.StoreID, "mail.webhook_secret", mailSecret)
		})
		first := mail("one", "First.")
		for range 3 {
			if status := s.hands(mailSecret, "message/rfc822", strings.NewReader(first)); status != http.StatusOK {
				s.t.Errorf("a good one: %d", status)
			}
		}
		s.Later(minute)
		form := url.Values{"email": {mail("two", "Second.")}, "subject": {"Order 1001"}}
		if status := s.hands(mailSecret, "application/x-www-form-urlencoded", strings.NewReader(form.Encode())); status != http.StatusOK {
			s.t.Errorf("in a form: %d", status)
		}
		s.Later(minute)
		wrapped, err := json.Marshal(map[string]string{"RawEmail": mail("three", "Third.")})
		s.must(err)
		if status := s.hands(mailSecret, "application/json", strings.NewReader(string(wrapped))); status != http.StatusOK {
			s.t.Errorf("in JSON: %d", status)
		}
		forged := mail("eve", "Forged.")
		for _, secret := range []string{"", mailSecret[1:], mailSecret + "x", strings.ToUpper(mailSecret)} {
			if status := s.hands(secret, "message/rfc822", strings.NewReader(forged)); status != http.StatusUnauthorized {
				s.t.Errorf("forged with %q: %d", secret, status)
			}
		}
		for want, body := range map[int]io.Reader{http.StatusBadRequest: strings.NewReader(""), http.StatusRequestEntityTooLarge: io.LimitReader(zeros{}, 40<<20)} {
			if status := s.hands(mailSecret, "message/rfc822", body); status != want {
				s.t.Errorf("%d, want %d", status, want)
			}
		}
		s.expectSaid(o.talk().Conversation.ConversationID, "customer: First.", "customer: Second.", "customer: Third.")
		if n := s.count("SELECT COUNT(*) FROM conversations"); n != 1 {
			s.t.Errorf("%d conversations", n)
		}
	})
}

// The program dies after a mail was fetched and before it is stored: it is fetched again, and
// stored once.
func TestDyingBetweenFetchingAMailAndStoringIt(t *testing.T) {
	t.Parallel()
	var wanted, died atomic.Int64
	dies := func(point string) {
		if point == "mailbox.pull/after-call" && wanted.CompareAndSwap(1, 0) {
			died.Add(1)
			panic("killed at " + point)
		}
	}
	tellOn(t, terms{dies: dies}, func(s *story) {
		before := died.Load()
		box := s.Mailbox()
		o := s.Customer("ann").Buys("rug", 1)
		box.gets(letter("ann@customers.example", "Order 1001", "one@customers.example", "", "Is it on its way?")...)
		wanted.Store(1)
		for range 4 {
			s.later()
		}
		if died.Load() == before {
			s.t.Fatal("nobody died")
		}
		s.expectSaid(o.talk().Conversation.ConversationID, "customer: Is it on its way?")
	})
}

// The mailbox does not let us in: attention says so with the server's words, and what was
// written meanwhile comes in when the password is right again.
func TestTheMailboxDoesNotLetUsIn(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		box, key := s.Mailbox(), s.key(account.Reader)
		o := s.Customer("ann").Buys("rug", 1)
		trouble := func() (box struct{ Box, Words string }) {
			var all struct{ Mailbox struct{ Box, Words string } }
			s.api(http.MethodGet, "/admin/attention", key, nil, &all)
			return all.Mailbox
		}
		box.set(strings.Replace(box.url, "p%2Fss%20word", "wrong", 1))
		box.gets(letter("ann@customers.example", "Order 1001", "one@customers.example", "", "Are you there?")...)
		s.later()
		if got := trouble(); got.Words != "" {
			s.t.Errorf("a short silence is told: %+v", got)
		}
		s.Later(15 * minute)
		if got := trouble(); got.Words == "" || !strings.Contains(got.Box, "hello@mug.example") || strings.Contains(got.Words+got.Box, "wrong@") {
			s.t.Errorf("attention says %+v", got)
		}
		if n := s.count("SELECT COUNT(*) FROM events WHERE kind = 'mailbox.trouble'"); n != 1 {
			s.t.Errorf("told %d times", n)
		}
		box.set(box.url)
		s.later()
		if got := trouble(); got.Words != "" {
			s.t.Errorf("it is read again, and attention says %+v", got)
		}
		s.expectSaid(o.talk().Conversation.ConversationID, "customer: Are you there?")
	})
}
