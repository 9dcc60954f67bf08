// Package smtptest is a real mail server on the local machine that keeps what it is sent:
// tests ask it what arrived and make it fail as servers do, and the demo shows its inbox
// in the browser. It delivers to nobody.
package smtptest

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
)

// Fault is one way in which the server fails a sender.
type Fault string

// The faults, in the order of a conversation.
const (
	RefuseRecipient Fault = "refuse-recipient" // 550: no such mailbox
	DeferRecipient  Fault = "defer-recipient"  // 451: grey-listed
	DropBefore      Fault = "drop-before"      // hangs up at the recipient
	RefuseMessage   Fault = "refuse-message"   // 554 after the text, not kept
	DeferMessage    Fault = "defer-message"    // 452 after the text, not kept
	DropAfter       Fault = "drop-after"       // kept, and hangs up without an answer
	Slow            Fault = "slow"             // kept, and answers after Options.Delay
)

// Options are how a Server is; the zero value is a server without sign-in or TLS on a free
// port of the loopback.
type Options struct {
	Addr     string           // host:port; empty = 127.0.0.1:0
	User     string           // with it, nobody sends without signing in
	Password string           //
	TLS      *tls.Config      // offers STARTTLS; with Implicit, TLS from the first byte
	Implicit bool             //
	Now      func() time.Time // when messages came; nil = time.Now
	Delay    time.Duration    // of Slow
	Keep     int              // at most so many messages, the oldest go first; 0 = 2,000
	Lean     bool             // keep envelopes, ids and subjects only: for very many messages
}

// Server is a running mail server. It is safe for parallel use.
type Server struct {
	o      Options
	server *smtp.Server
	listen net.Listener
	done   chan struct{}

	mu     sync.Mutex
	next   int
	list   []Message
	once   []planned
	counts map[Fault]int
}

type planned struct {
	fault Fault
	match string
}

// Start listens and serves until Close.
func Start(o Options) (*Server, error) {
	if o.Addr == "" {
		o.Addr = "127.0.0.1:0"
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Keep == 0 {
		o.Keep = 2000
	}
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", o.Addr)
	if err != nil {
		return nil, fmt.Errorf("smtptest: %w", err)
	}
	s := &Server{o: o, listen: listener, done: make(chan struct{}), counts: map[Fault]int{}}
	s.server = smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return &session{s: s, conn: c, signedIn: o.User == ""}, nil
	}))
	s.server.Domain = "mail.localhost"
	s.server.EnableSMTPUTF8 = true
	s.server.AllowInsecureAuth = true // it is for this machine alone
	s.server.MaxMessageBytes = 32 << 20
	s.server.ReadTimeout, s.server.WriteTimeout = time.Minute, time.Minute
	s.server.ErrorLog = log.New(io.Discard, "", 0)
	if o.TLS != nil && !o.Implicit {
		s.server.TLSConfig = o.TLS
	}
	if o.TLS != nil && o.Implicit {
		listener = tls.NewListener(listener, o.TLS)
	}
	go func() {
		defer close(s.done)
		_ = s.server.Serve(listener) // ends with ErrServerClosed
	}()
	return s, nil
}

// Close stops the server and hangs up on everybody.
func (s *Server) Close() {
	_ = s.server.Close()
	_ = s.listen.Close()
	<-s.done
}

// Addr is the host and port that it listens on.
func (s *Server) Addr() string { return s.listen.Addr().String() }

// URL is how a sender is told to come here: smtp://user:password@host:port?tls=….
func (s *Server) URL() string {
	how, user := "none", ""
	switch {
	case s.o.TLS != nil && s.o.Implicit:
		how = "implicit"
	case s.o.TLS != nil:
		how = "starttls"
	}
	if s.o.User != "" {
		user = s.o.User + ":" + s.o.Password + "@"
	}
	return "smtp://" + user + s.Addr() + "?tls=" + how
}

// Once makes the next message to a recipient containing match suffer the fault.
func (s *Server) Once(f Fault, match string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.once = append(s.once, planned{f, match})
}

// Counts says how often each fault struck.
func (s *Server) Counts() map[Fault]int {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := map[Fault]int{}
	for f, n := range s.counts {
		out[f] = n
	}
	return out
}

// Messages are those kept, oldest first.
func (s *Server) Messages() []Message {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// To are the messages kept for a recipient, oldest first.
func (s *Server) To(address string) []Message {
	var out []Message
	for _, m := range s.Messages() {
		if slices.ContainsFunc(m.Recipients, func(r string) bool { return strings.EqualFold(r, address) }) {
			out = append(out, m)
		}
	}
	return out
}

// Distinct counts the message ids kept: a message that came twice counts once.
func (s *Server) Distinct() int {
	ids := map[string]bool{}
	for _, m := range s.Messages() {
		ids[m.MessageID] = true
	}
	return len(ids)
}

// Clear forgets all messages.
func (s *Server) Clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.list = nil
}

// keep stores a message and gives it its number.
func (s *Server) keep(m Message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next++
	m.ID, m.At = s.next, s.o.Now()
	if s.o.Lean {
		m = Message{ID: m.ID, At: m.At, Sender: m.Sender, Recipients: m.Recipients, MessageID: m.MessageID, Subject: m.Subject}
	}
	s.list = append(s.list, m)
	if over := len(s.list) - s.o.Keep; over > 0 {
		s.list = slices.Delete(s.list, 0, over)
	}
}

// strikes takes the first planned fault for a recipient that is one of the given.
func (s *Server) strikes(recipients []string, of ...Fault) Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.once {
		hit := slices.ContainsFunc(recipients, func(r string) bool { return strings.Contains(r, p.match) })
		if hit && slices.Contains(of, p.fault) {
			s.once = slices.Delete(s.once, i, i+1)
			s.counts[p.fault]++
			return p.fault
		}
	}
	return ""
}

// session is one connection's conversation.
type session struct {
	s        *Server
	conn     *smtp.Conn
	signedIn bool
	from     string
	to       []string
}

var _ smtp.AuthSession = (*session)(nil)

func (c *session) AuthMechanisms() []string {
	if c.s.o.User == "" {
		return nil
	}
	return []string{sasl.Plain}
}

func (c *session) Auth(string) (sasl.Server, error) {
	return sasl.NewPlainServer(func(_, user, password string) error {
		if user != c.s.o.User || password != c.s.o.Password {
			return smtp.ErrAuthFailed
		}
		c.signedIn = true
		return nil
	}), nil
}

func (c *session) Reset()        { c.from, c.to = "", nil }
func (c *session) Logout() error { return nil }

func (c *session) Mail(from string, _ *smtp.MailOptions) error {
	if !c.signedIn {
		return smtp.ErrAuthRequired
	}
	c.from = from
	return nil
}

func (c *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch c.s.strikes([]string{to}, RefuseRecipient, DeferRecipient, DropBefore) {
	case RefuseRecipient:
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox here"}
	case DeferRecipient:
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, come back later"}
	case DropBefore:
		return c.hangUp()
	}
	c.to = append(c.to, to)
	return nil
}

func (c *session) Data(r io.Reader) error {
	raw, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	fault := c.s.strikes(c.to, RefuseMessage, DeferMessage, DropAfter, Slow)
	switch fault {
	case RefuseMessage:
		return &smtp.SMTPError{Code: 554, EnhancedCode: smtp.EnhancedCode{5, 7, 1}, Message: "Refused by policy"}
	case DeferMessage:
		return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 3, 1}, Message: "Out of space, try later"}
	}
	m := parse(raw)
	m.Sender, m.Recipients = c.from, slices.Clone(c.to)
	c.s.keep(m)
	switch fault {
	case DropAfter:
		return c.hangUp()
	case Slow:
		<-time.After(c.s.o.Delay)
	}
	return nil
}

// hangUp closes the connection without a word.
func (c *session) hangUp() error {
	_ = c.conn.Conn().Close()
	return errors.New("hung up on purpose")
}
