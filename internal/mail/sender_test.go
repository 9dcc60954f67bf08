package mail

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"net/http/httptest"
	"net/mail"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/internal/smtptest"
)

func post(t *testing.T, o smtptest.Options) *smtptest.Server {
	t.Helper()
	s, err := smtptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	return s
}

func sender(t *testing.T, o Options) *Sender {
	t.Helper()
	if o.From.Address == "" {
		o.From = mail.Address{Name: "Käse & Söhne, Ltd", Address: "hello@shop.example"}
	}
	s, err := NewSender(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func hello(s *Sender) connector.Mail {
	return connector.Mail{
		MessageID: s.MessageID("order/7/confirmed"), To: "Анна Ю <anna@kunde.example>", ReplyTo: "help@shop.example",
		Subject: "Ihre Bestellung 1001 – danke, Анна!", Text: "Guten Tag,\nalles da.\n.\n", HTML: "<p>Guten Tag, <b>alles</b> da.</p>",
		Files: []connector.File{{Name: "Zettel № 1/2.pdf", Type: "application/pdf", Data: []byte("%PDF-\x00\xff\r\n.\r\n")}},
	}
}

func TestSendArrivesWhole(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	at := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	s := sender(t, Options{URL: box.URL(), Now: func() time.Time { return at }})
	if err := s.Send(t.Context(), hello(s)); err != nil {
		t.Fatal(err)
	}
	list := box.To("anna@kunde.example")
	if len(list) != 1 || list[0].Problem != nil {
		t.Fatalf("arrived: %+v", list)
	}
	m := list[0]
	for name, pair := range map[string][2]string{
		"subject":  {m.Subject, "Ihre Bestellung 1001 – danke, Анна!"},
		"from":     {m.From, "Käse & Söhne, Ltd <hello@shop.example>"},
		"to":       {m.To, "Анна Ю <anna@kunde.example>"},
		"reply":    {m.ReplyTo, "help@shop.example"},
		"id":       {m.MessageID, s.MessageID("order/7/confirmed")},
		"text":     {m.Text, "Guten Tag,\nalles da.\n.\n"},
		"html":     {m.HTML, "<p>Guten Tag, <b>alles</b> da.</p>"},
		"envelope": {m.Sender, "hello@shop.example"},
		"date":     {m.Date.UTC().String(), at.String()},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s = %q, want %q", name, pair[0], pair[1])
		}
	}
	if len(m.Files) != 1 || m.Files[0].Name != "Zettel № 1-2.pdf" || string(m.Files[0].Data) != "%PDF-\x00\xff\r\n.\r\n" {
		t.Errorf("files = %+v", m.Files)
	}
}

// TestFaults: what each failure means is the mailer's half of the contract.
func TestFaults(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	s := sender(t, Options{URL: box.URL()})
	for _, c := range []struct {
		fault smtptest.Fault
		want  connector.Outcome
		kept  int
	}{
		{smtptest.RefuseRecipient, connector.WasRejected, 0},
		{smtptest.DeferRecipient, connector.WasNotSent, 0},
		{smtptest.DropBefore, connector.WasNotSent, 0},
		{smtptest.RefuseMessage, connector.WasRejected, 0},
		{smtptest.DeferMessage, connector.WasNotSent, 0},
		{smtptest.DropAfter, connector.WasLost, 1},
	} {
		to := string(c.fault) + "@kunde.example"
		m := hello(s)
		m.To, m.MessageID = to, s.MessageID(to)
		box.Once(c.fault, to)
		err := s.Send(t.Context(), m)
		if got := connector.OutcomeOf(err); got != c.want {
			t.Errorf("%s: %s (%v), want %s", c.fault, got, err, c.want)
		}
		if got := len(box.To(to)); got != c.kept {
			t.Errorf("%s: %d kept, want %d", c.fault, got, c.kept)
		}
		if err := s.Send(t.Context(), m); err != nil {
			t.Errorf("again after %s: %v", c.fault, err)
		}
	}
	if got, want := box.Distinct(), 6; got != want || len(box.Messages()) != want+1 {
		t.Errorf("%d distinct of %d messages, want %d of %d", got, len(box.Messages()), want, want+1)
	}
}

func TestNobodyThere(t *testing.T) {
	t.Parallel()
	s := sender(t, Options{URL: "smtp://127.0.0.1:1?tls=none"})
	if err := s.Send(t.Context(), hello(s)); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("nobody there: %v", err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0") // takes the call and says nothing
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = silent.Close() }()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	s = sender(t, Options{URL: "smtp://" + silent.Addr().String() + "?tls=none"})
	if err := s.Send(ctx, hello(s)); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("a silent server: %v", err)
	}
}

func TestSignInAndTLS(t *testing.T) {
	t.Parallel()
	borrowed := httptest.NewTLSServer(nil) // for its certificate
	t.Cleanup(borrowed.Close)
	trust := x509.NewCertPool()
	trust.AddCert(borrowed.Certificate())
	client := &tls.Config{RootCAs: trust, ServerName: "example.com", MinVersion: tls.VersionTLS12}
	for _, implicit := range []bool{false, true} {
		box := post(t, smtptest.Options{
			User: "shop", Password: "s3cret-word", Implicit: implicit,
			TLS: &tls.Config{Certificates: borrowed.TLS.Certificates, MinVersion: tls.VersionTLS12},
		})
		s := sender(t, Options{URL: box.URL(), TLS: client})
		if err := s.Send(t.Context(), hello(s)); err != nil {
			t.Errorf("implicit %v: %v", implicit, err)
		}
		for name, url := range map[string]string{
			"wrong password": strings.Replace(box.URL(), "s3cret-word", "s3cret-wrong", 1),
			"no password":    strings.Replace(box.URL(), "shop:s3cret-word@", "", 1),
		} {
			s := sender(t, Options{URL: url, TLS: client})
			err := s.Send(t.Context(), hello(s))
			if err == nil || len(box.Messages()) != 1 {
				t.Errorf("%s is let in", name)
			}
			if err != nil && strings.Contains(err.Error(), "s3cret") {
				t.Errorf("%s: the password is shown: %v", name, err)
			}
			if connector.OutcomeOf(err) != connector.WasNotLetIn {
				t.Errorf("%s: %v", name, err)
			}
		}
		s = sender(t, Options{URL: box.URL()}) // a certificate that nobody vouches for
		if err := s.Send(t.Context(), hello(s)); connector.OutcomeOf(err) != connector.WasNotSent {
			t.Errorf("unknown certificate: %v", err)
		}
	}
}

// TestSignInOnLoopback: without TLS a password goes to this machine only.
func TestSignInOnLoopback(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{User: "shop", Password: "s3cret-word"})
	s := sender(t, Options{URL: box.URL()})
	if err := s.Send(t.Context(), hello(s)); err != nil {
		t.Error(err)
	}
}

func TestPlainServerIsRefused(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	s := sender(t, Options{URL: "smtp://" + box.Addr()}) // starttls is the default
	if err := s.Send(t.Context(), hello(s)); connector.OutcomeOf(err) != connector.WasNotSent || len(box.Messages()) > 0 {
		t.Errorf("without TLS: %v", err)
	}
}

// TestNoInjection: nothing that a shopper types becomes a header.
func TestNoInjection(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	s := sender(t, Options{URL: box.URL()})
	evil := "x\r\nBcc: victim@elsewhere.example\r\n\r\n<script>\x00\u2028\xff"
	m := hello(s)
	m.Subject, m.Files[0].Name = evil, evil
	if err := s.Send(t.Context(), m); err != nil {
		t.Fatal(err)
	}
	got := box.Messages()[0]
	if got.Header.Get("Bcc") != "" || strings.Contains(got.Text, "Bcc") || !strings.HasPrefix(got.Subject, "x Bcc:") {
		t.Errorf("injected: %q, bcc %q", got.Subject, got.Header.Get("Bcc"))
	}
	for name, spoil := range map[string]func(*connector.Mail){
		"to":        func(m *connector.Mail) { m.To = "a@b.example\r\nBcc: c@d.example" },
		"two":       func(m *connector.Mail) { m.To = "a@b.example, c@d.example" },
		"no domain": func(m *connector.Mail) { m.To = "anna" },
		"reply":     func(m *connector.Mail) { m.ReplyTo = "a@b.example\nX: y" },
		"id":        func(m *connector.Mail) { m.MessageID = "a@b>\r\nX: y" },
		"empty":     func(m *connector.Mail) { m.Text, m.HTML = "", "" },
	} {
		m := hello(s)
		spoil(&m)
		if err := s.Send(t.Context(), m); connector.OutcomeOf(err) != connector.WasRejected {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n := len(box.Messages()); n != 1 {
		t.Errorf("%d messages", n)
	}
}

func TestSettings(t *testing.T) {
	t.Parallel()
	from := mail.Address{Address: "a@käse.example"}
	for _, bad := range []string{"", "http://x", "smtp://", "smtp://u:topsecret@h:x", "smtp://h?tls=maybe"} {
		_, err := NewSender(Options{URL: bad, From: from})
		if err == nil || strings.Contains(err.Error(), "topsecret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if _, err := NewSender(Options{URL: "smtp://h", From: mail.Address{Address: "nobody"}}); err == nil {
		t.Error("a sender without address is taken")
	}
	s := sender(t, Options{URL: "smtp://mail.example", From: from})
	if id := s.MessageID("k"); !strings.HasSuffix(id, "@xn--kse-qla.example") || id != s.MessageID("k") || id == s.MessageID("l") {
		t.Errorf("message id = %q", id)
	}
	other, err := s.As(mail.Address{Name: "B", Address: "b@other.example"})
	if err != nil || !strings.HasSuffix(other.MessageID("k"), "@other.example") || s.from.Address != from.Address {
		t.Errorf("as = %+v, %v", other, err)
	}
}

func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	s := sender(t, Options{URL: box.URL()})
	var group sync.WaitGroup
	for i := range 20 {
		group.Go(func() {
			m := hello(s)
			m.MessageID = s.MessageID(strings.Repeat("x", i))
			if err := s.Send(t.Context(), m); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if box.Distinct() != 20 {
		t.Errorf("%d arrived", box.Distinct())
	}
}

// TestUnsubscribeHeaders: a message that nobody must get says how to end such messages by one
// click (RFC 8058); the others do not, and what is no address of the web is refused.
func TestUnsubscribeHeaders(t *testing.T) {
	t.Parallel()
	box := post(t, smtptest.Options{})
	s := sender(t, Options{URL: box.URL()})
	for _, c := range []struct{ address, want string }{
		{"", ""}, {"https://shop.example/unsubscribe/cu_1?token=abc", "<https://shop.example/unsubscribe/cu_1?token=abc>"},
	} {
		m := hello(s)
		m.To, m.Unsubscribe = "anna@kunde.example", c.address
		if err := s.Send(t.Context(), m); err != nil {
			t.Fatal(err)
		}
		list := box.To("anna@kunde.example")
		head := list[len(list)-1].Header
		if got := head.Get("List-Unsubscribe"); got != c.want || (head.Get("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click") != (c.want != "") {
			t.Errorf("%q: %q, %q", c.address, got, head.Get("List-Unsubscribe-Post"))
		}
	}
	m := hello(s)
	m.Unsubscribe = "javascript:alert(1)"
	if connector.OutcomeOf(s.Send(t.Context(), m)) != connector.WasRejected {
		t.Error("a strange address was sent")
	}
}
