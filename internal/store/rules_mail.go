package store

import (
	"errors"
	"net/url"
	"strings"
)

// minSecret is how long a secret is at least that opens a door to the whole world.
const minSecret = 16

// imapURL checks the form of the mailbox's address. Its error does not repeat the value, which
// may hold a password.
func imapURL(s *Settings, _, value string) error {
	u, err := url.Parse(value)
	if err != nil || u.Scheme != "imap" || u.Hostname() == "" || u.User.Username() == "" {
		return errors.New("it is of the form imap://user:password@host:port?tls=implicit&folder=INBOX")
	}
	switch u.Query().Get("tls") {
	case "", "implicit", "starttls", "none":
	default:
		return errors.New("tls is one of implicit, starttls, none")
	}
	if strings.ContainsAny(u.Query().Get("folder"), "\r\n\x00") {
		return errors.New("the folder is one line")
	}
	s.Messages.IMAP = value
	return nil
}

// mailSecret is what whoever hands in mails must know.
func mailSecret(s *Settings, _, value string) error {
	if len(value) < minSecret || len(value) > 200 || strings.ContainsFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) {
		return errors.New("it has 16 to 200 letters, digits and signs, without spaces")
	}
	s.Messages.Secret = value
	return nil
}
