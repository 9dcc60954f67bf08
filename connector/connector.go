// Package connector is what every contract with the outside shares: how a driver says
// which settings it wants, what it is handed when it is opened, and what its errors mean.
package connector

import (
	"context"
	"log/slog"
	"net/http"
	"time"
)

// Kind is which contract a driver fulfils.
type Kind string

// The kinds of connector.
const (
	Supplier Kind = "supplier"
	Payment  Kind = "payment"
	Carrier  Kind = "carrier"
	Channel  Kind = "channel"
)

// Type is how a setting is entered and checked.
type Type string

// The types of settings.
const (
	Text     Type = "text"
	URL      Type = "url"
	Email    Type = "email"
	Integer  Type = "integer"
	Boolean  Type = "boolean" // "true" or "false"
	Duration Type = "duration"
	Choice   Type = "choice" // one of Setting.Options
)

// Setting is one thing that a driver wants to know; the dashboard draws its form from it.
type Setting struct {
	Key      string // lower_snake_case, as in --set key=value
	Title    string
	Help     string // one sentence: where to find it
	Type     Type
	Secret   bool // sealed at rest, never shown nor logged
	Required bool
	Default  string
	Options  []string // for Choice
}

// Values are the settings of one connector, checked against its driver's list, defaults
// filled in.
type Values map[string]string

// Env is what a connector is handed when it is opened.
type Env struct {
	Name   string           // the connector's name, as in /webhooks/<kind>/<name>
	HTTP   *http.Client     // keeps off private addresses unless allowed; has time-outs
	Log    *slog.Logger     // never give it a secret
	Now    func() time.Time // the program's clock
	Vault  Vault
	Mailer Mailer
	Brand  Brand
}

// Vault keeps what a connector learns and must not forget, such as refreshed OAuth
// tokens: sealed, shared by all nodes, written before it is used.
type Vault interface {
	// Load is the kept value and its version; empty and 0 when there is none.
	Load(ctx context.Context, key string) (value string, version int64, err error)
	// Store keeps value if the version is still the one loaded; false when another node
	// was quicker: load again and use theirs.
	Store(ctx context.Context, key, value string, version int64) (bool, error)
}

// Mailer sends one message to a supplier who has no API.
type Mailer interface {
	// Send hands the message to the mail server. Its errors are of this package's kinds:
	// NotSent before the server took it, Uncertain when the answer was lost.
	Send(ctx context.Context, m Mail) error
}

// Mail is a message with both bodies and files.
type Mail struct {
	MessageID string // without angle brackets; the same for a repeat of the same message
	To        string
	ReplyTo   string
	Subject   string
	Text      string
	HTML      string
	Files     []File

	// Unsubscribe is where one POST ends messages of this kind, for mail programs that offer a
	// button (RFC 8058); empty for messages that nobody can do without.
	Unsubscribe string
	InReplyTo   string   // Message-ID of the mail that this one answers; may be empty
	References  []string // of all earlier ones, oldest first
	Personal    bool     // a person wrote it: it does not say that it was made by a program
}

// File is an attachment.
type File struct {
	Name string
	Type string // media type
	Data []byte
}

// Brand is the merchant's name on papers.
type Brand struct {
	Name    string
	Email   string
	Address string // one or more lines
	URL     string
}

// Check validates values against settings: unknown keys, missing and malformed ones are
// named; defaults are filled in. The result is a new map.
func Check(settings []Setting, given Values) (Values, error) { return check(settings, given) }
