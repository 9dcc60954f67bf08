// Package config is what a person may set when the program starts: by flag, by an
// environment variable DOORSTEP_…, or in a file of lines name=value, in this order.
//
// What belongs to a store (prices, mail, suppliers) is no part of it: that is set with
// `doorstep set` and `doorstep connect` and lives in the database.
package config

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"doorstep/internal/seal"
	"doorstep/money"
)

// DefaultDatabase is where the data is when nobody says otherwise.
const DefaultDatabase = "./doorstep.db"

// Base is what every command that opens the database can be told.
type Base struct {
	Database string `default:"./doorstep.db" placeholder:"FILE|URL" help:"Path of an SQLite file, or postgres://user:password@host/name."`
	Key      string `placeholder:"HEX" help:"Key that seals secrets in the database: 32 bytes in hex or base64. The same on every node."`
	KeyFile  string `placeholder:"FILE" help:"File with that key; made when it is not there. Default: beside the SQLite file."`

	StoreName string `default:"My store" help:"Name of the store, when it is made on first use."`
	Currency  string `default:"EUR" help:"Currency the store sells in (ISO 4217), when it is made on first use."`

	LogLevel  string `default:"" enum:",debug,info,warn,error" placeholder:"LEVEL" help:"How much is written to the log: debug, info, warn or error. Default: info for serve, error for demo and bench, else warn."`
	LogFormat string `default:"text" enum:"text,json" help:"How the log is written: text or json."`
}

// IsPostgres says whether the database is a server, not a file.
func (b Base) IsPostgres() bool {
	return strings.HasPrefix(b.Database, "postgres://") || strings.HasPrefix(b.Database, "postgresql://")
}

// Check says what is wrong with what was given.
func (b Base) Check() error {
	switch {
	case strings.TrimSpace(b.Database) == "":
		return errors.New("database: it is empty: give --database FILE or --database postgres://user:password@host/name")
	case !b.IsPostgres() && strings.Contains(b.Database, "://"):
		scheme, _, _ := strings.Cut(b.Database, "://")
		return fmt.Errorf("database: %s:// is not known: give a file path or postgres://user:password@host/name", scheme)
	case !money.Currency(b.Currency).Valid():
		return fmt.Errorf("currency: %q is none of ISO 4217: give one such as EUR, USD or JPY", b.Currency)
	}
	return nil
}

// Sealing is where the key is looked for.
func (b Base) Sealing() seal.Source {
	s := seal.Source{Key: b.Key, File: b.KeyFile}
	if !b.IsPostgres() {
		s.Database = b.Database
	}
	return s
}

// ForOnce is Sealing, with a key of its own where none is to be had: for a database that
// nobody keeps, such as the demo's. The second value is that new key, empty where one was
// there.
func (b Base) ForOnce() (seal.Source, string) {
	s := b.Sealing()
	if s.Key != "" || s.File != "" || s.Database != "" {
		return s, ""
	}
	var key [seal.KeySize]byte
	_, _ = rand.Read(key[:]) // never an error since Go 1.24
	s.Key = hex.EncodeToString(key[:])
	return s, s.Key
}

// Logger writes to w as was asked for, or from the usual level on.
func (b Base) Logger(w io.Writer, usual slog.Level) *slog.Logger {
	level := usual
	if b.LogLevel != "" {
		_ = level.UnmarshalText([]byte(b.LogLevel)) // the flag's list knows the words
	}
	o := &slog.HandlerOptions{Level: level}
	if b.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// Pairs reads KEY=VALUE arguments. A key that comes twice, or an argument without =, is an
// error.
func Pairs(args []string) (map[string]string, error) {
	out := map[string]string{}
	for _, a := range args {
		key, value, ok := strings.Cut(a, "=")
		key = strings.TrimSpace(key)
		if !ok || key == "" {
			return nil, fmt.Errorf("%q: write it as KEY=VALUE", a)
		}
		if _, twice := out[key]; twice {
			return nil, fmt.Errorf("%s: it is given twice", key)
		}
		out[key] = value
	}
	return out, nil
}
