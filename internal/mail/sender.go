package mail

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/tls"
	"encoding/hex"
	"errors"
	"fmt"
	"mime"
	"net/mail"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	gomail "github.com/wneessen/go-mail"
	"golang.org/x/net/idna"

	"doorstep/connector"
)

// timeout is how long one step of the conversation with the mail server may take.
const timeout = 20 * time.Second

var _ connector.Mailer = (*Sender)(nil)

// Options are what a Sender needs to know. URL and From are needed.
type Options struct {
	// URL is smtp://user:password@host:port?tls=starttls|implicit|none; without tls it
	// is starttls, without a port the usual one of the way chosen (587, 465, 25).
	URL string
	// From is who writes, where Sender.As says nothing else.
	From mail.Address
	// Now is the clock for the Date field; nil is the system's.
	Now func() time.Time
	// TLS replaces the default settings of TLS, for servers with a certificate of their own.
	TLS *tls.Config
}

// Sender hands messages to a mail server, one connection each. It is safe for parallel
// use.
type Sender struct {
	host string
	opts []gomail.Option

	implicit *tls.Config // TLS from the first byte; nil: not

	from mail.Address
	now  func() time.Time
}

// NewSender reads the URL; it connects to nobody. Its errors never repeat the password.
func NewSender(o Options) (*Sender, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "smtp" || u.Hostname() == "" {
		return nil, errors.New("mail: the URL is not of the form smtp://user:password@host:port?tls=starttls")
	}
	if _, err := envelopeAddress(o.From.Address); err != nil {
		return nil, fmt.Errorf("mail: the sender's address %q: %w", o.From.Address, err)
	}
	s := &Sender{host: u.Hostname(), from: o.From, now: o.Now}
	if s.now == nil {
		s.now = time.Now
	}
	port, err := s.secure(u.Query().Get("tls"), o.TLS)
	if err != nil {
		return nil, err
	}
	if given := u.Port(); given != "" {
		port, _ = strconv.Atoi(given) // url.Parse saw that it is a number
	}
	s.opts = append(s.opts, gomail.WithPort(port), gomail.WithTimeout(timeout), gomail.WithoutRset())
	if user := u.User.Username(); user != "" {
		password, _ := u.User.Password()
		s.opts = append(s.opts, gomail.WithOpportunisticSMTPAuth(
			gomail.SMTPAuthSCRAMSHA256, gomail.SMTPAuthSCRAMSHA1, gomail.SMTPAuthCramMD5, gomail.SMTPAuthPlain, gomail.SMTPAuthLogin),
			gomail.WithUsername(user), gomail.WithPassword(password))
	}
	if _, err := gomail.NewClient(s.host, s.opts...); err != nil {
		return nil, fmt.Errorf("mail: %w", err)
	}
	return s, nil
}

// secure chooses how the connection is protected and gives the usual port for it.
func (s *Sender) secure(how string, config *tls.Config) (port int, err error) {
	if config != nil {
		s.opts = append(s.opts, gomail.WithTLSConfig(config))
	}
	switch how {
	case "", "starttls":
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.TLSMandatory))
		return 587, nil
	case "implicit":
		s.opts = append(s.opts, gomail.WithSSL())
		s.implicit = &tls.Config{MinVersion: tls.VersionTLS12}
		if config != nil {
			s.implicit = config
		}
		return 465, nil
	case "none":
		s.opts = append(s.opts, gomail.WithTLSPolicy(gomail.NoTLS))
		return 25, nil
	}
	return 0, fmt.Errorf("mail: tls=%s is none of starttls, implicit, none", how)
}

// As is the same sender writing in another name: each store has its own.
func (s *Sender) As(from mail.Address) (*Sender, error) {
	if _, err := envelopeAddress(from.Address); err != nil {
		return nil, fmt.Errorf("mail: the sender's address %q: %w", from.Address, err)
	}
	other := *s
	other.from = from
	return &other, nil
}

// MessageID names a message by its key, the same for ever, at the sender's domain; so a
// message that was sent twice is recognised as one.
func (s *Sender) MessageID(key string) string {
	sum := sha256.Sum256([]byte(key))
	_, domain, _ := strings.Cut(s.from.Address, "@")
	if ascii, err := idna.Lookup.ToASCII(domain); err == nil {
		domain = ascii
	}
	return hex.EncodeToString(sum[:16]) + "@" + domain
}

// Send hands the message to the mail server. NotSent: the server did not take it, and may
// later; Rejected: it refuses it for good; Unauthorised: it does not let us in, or not in
// this name; Uncertain: the connection broke after the end
// of the message, before the answer.
func (s *Sender) Send(ctx context.Context, m connector.Mail) error {
	msg, err := s.compose(m)
	if err != nil {
		return &connector.Rejected{Code: "message", Words: err.Error(), Cause: connector.CauseOther}
	}
	line := &line{implicit: s.implicit}
	defer line.hangUp()
	client, err := gomail.NewClient(s.host, append(slices.Clone(s.opts), gomail.WithDialContextFunc(line.dialer(ctx)))...)
	if err != nil {
		return &connector.NotSent{Err: err}
	}
	if err := client.DialWithContext(ctx); err != nil {
		return judgeSignIn(s.host, err)
	}
	// Whether the farewell is heard says nothing about the message.
	defer func() { _ = client.Close() }()
	return judge(client.Send(msg))
}

// compose writes the message; what it refuses can never be sent.
func (s *Sender) compose(m connector.Mail) (*gomail.Msg, error) {
	if m.Text == "" && m.HTML == "" {
		return nil, errors.New("the message is empty")
	}
	if strings.ContainsFunc(m.MessageID, notInID) || !strings.Contains(m.MessageID, "@") {
		return nil, fmt.Errorf("message id %q is not of the form left@right", m.MessageID)
	}
	msg := gomail.NewMsg(gomail.WithNoDefaultUserAgent())
	if err := addresses(msg, s.from, m); err != nil {
		return nil, err
	}
	msg.Subject(oneLine(m.Subject))
	msg.SetMessageIDWithValue(m.MessageID)
	msg.SetDateWithValue(s.now())
	if !m.Personal {
		msg.SetGenHeader("Auto-Submitted", "auto-generated") // RFC 3834: no holiday replies, please
	}
	threaded(msg, m)
	if m.Unsubscribe != "" {
		address := webAddress(m.Unsubscribe)
		if address == "" {
			return nil, fmt.Errorf("%q is no address to unsubscribe at", m.Unsubscribe)
		}
		msg.SetGenHeader("List-Unsubscribe", "<"+address+">")
		msg.SetGenHeader("List-Unsubscribe-Post", "List-Unsubscribe=One-Click")
	}
	switch {
	case m.HTML == "":
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
	case m.Text == "":
		msg.SetBodyString(gomail.TypeTextHTML, m.HTML)
	default:
		msg.SetBodyString(gomail.TypeTextPlain, m.Text)
		msg.AddAlternativeString(gomail.TypeTextHTML, m.HTML)
	}
	for _, f := range m.Files {
		kind := "application/octet-stream"
		if t, params, err := mime.ParseMediaType(f.Type); err == nil {
			kind = mime.FormatMediaType(t, params)
		}
		err := msg.AttachReader(fileName(f.Name), bytes.NewReader(f.Data), gomail.WithFileContentType(gomail.ContentType(kind)))
		if err != nil {
			return nil, fmt.Errorf("attachment %q: %w", f.Name, err)
		}
	}
	return msg, nil
}

// maxRefs is how many earlier mails of a conversation are named.
const maxRefs = 20

// threaded names the mails before this one (RFC 5322, 3.6.4); what is no Message-ID is left
// out, because others wrote it.
func threaded(msg *gomail.Msg, m connector.Mail) {
	valid := func(name string) bool {
		return strings.Contains(name, "@") && len(name) <= 400 && !strings.ContainsFunc(name, notInID)
	}
	if valid(m.InReplyTo) {
		msg.SetGenHeader("In-Reply-To", "<"+m.InReplyTo+">")
	}
	var list []string
	for _, name := range m.References {
		if valid(name) {
			list = append(list, "<"+name+">")
		}
	}
	if len(list) > maxRefs {
		list = append(list[:1:1], list[len(list)-maxRefs+1:]...)
	}
	if len(list) > 0 {
		msg.SetGenHeader("References", strings.Join(list, " "))
	}
}

func addresses(msg *gomail.Msg, from mail.Address, m connector.Mail) error {
	to, err := envelopeAddress(m.To)
	if err != nil {
		return fmt.Errorf("recipient %q: %w", m.To, err)
	}
	sender, err := envelopeAddress(from.Address)
	if err != nil {
		return fmt.Errorf("sender %q: %w", from.Address, err)
	}
	sender.Name = oneLine(from.Name)
	msg.FromMailAddress(sender)
	msg.ToMailAddress(to)
	if m.ReplyTo == "" {
		return nil
	}
	reply, err := envelopeAddress(m.ReplyTo)
	if err != nil {
		return fmt.Errorf("reply address %q: %w", m.ReplyTo, err)
	}
	msg.ReplyToMailAddress(reply)
	return nil
}

// envelopeAddress reads one address, with or without a name. Its domain is written as
// the DNS has it, so that no server needs to know about Unicode for it.
func envelopeAddress(given string) (*mail.Address, error) {
	if strings.ContainsFunc(given, isControl) {
		return nil, errors.New("has control characters")
	}
	a, err := mail.ParseAddress(given)
	if err != nil {
		return nil, errors.New("is not a mail address")
	}
	at := strings.LastIndexByte(a.Address, '@')
	domain, err := idna.Lookup.ToASCII(a.Address[at+1:])
	if err != nil {
		return nil, errors.New("has no valid domain")
	}
	a.Name = oneLine(a.Name)
	a.Address = a.Address[:at+1] + domain
	return a, nil
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f || r == 0x85 || r == 0x2028 || r == 0x2029 }

func notInID(r rune) bool { return r <= ' ' || r > '~' || strings.ContainsRune(`<>()[]\,;:"`, r) }

// oneLine makes text fit for a header: what breaks lines or hides becomes a space.
func oneLine(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return isControl(r) || r == ' ' }), " ")
}

// fileName is a name that is safe in a header and on a disk.
func fileName(name string) string {
	name = strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) {
			return '-'
		}
		return r
	}, oneLine(name))
	if name = strings.Trim(name, ". "); name == "" {
		return "file"
	}
	return name
}
