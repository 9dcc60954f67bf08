// Package archive copies a whole database into one file and back: a backup, an export that
// other programs can read, and the way from SQLite to PostgreSQL.
//
// An archive is a zip file. It holds one file per table, <table>.jsonl or <table>.csv, and
// manifest.json, which lists the tables in an order in which they can be loaded (who is
// referred to comes first), their columns, rows and checksums, and the version of the schema.
// It is one moment of the database: taken in one snapshot, while everybody goes on working.
//
// A line of JSON is an object, column by column: texts are strings, numbers and times (in
// microseconds since 1970, UTC) are integers, truths are true and false, what is missing is
// null; a text that is no valid UTF-8 is an object with its bytes in base64. In CSV a truth is
// true or false and what is missing is \N; within texts \r is a carriage return and \\ a
// backslash.
//
// Secrets stay sealed: without the installation's key they do not open. The key is not in
// the archive; keep it elsewhere.
package archive

import (
	"errors"
	"time"
)

// Version is the version of the format that is written.
const Version = 1

// Format is how the rows of an archive are written.
type Format string

// The formats.
const (
	JSONL Format = "jsonl"
	CSV   Format = "csv"
)

// Manifest says what is in an archive.
type Manifest struct {
	Archive  int       `json:"archive"` // version of the format
	Format   Format    `json:"format"`
	Schema   int64     `json:"schema"`   // version of the schema
	Database string    `json:"database"` // sqlite or postgres: where it was taken
	TakenAt  time.Time `json:"taken_at"`
	Tables   []Table   `json:"tables"` // in the order in which they load
}

// Table says what is in one file of an archive.
type Table struct {
	Name    string   `json:"name"`
	Columns []Column `json:"columns"`
	Rows    int64    `json:"rows"`
	SHA256  string   `json:"sha256"` // of the file, in hexadecimal
}

// Column is a column and what it holds: text, integer or boolean.
type Column struct {
	Name string `json:"name"`
	Type string `json:"type"`
	key  bool   // part of the primary key: the rows are sorted by it
}

// The types of columns, the same on both databases.
const (
	text    = "text"
	integer = "integer"
	boolean = "boolean"
)

var (
	// ErrNotEmpty answers a restore into a database that has rows.
	ErrNotEmpty = errors.New("archive: the database is not empty; restore into a new one")
	// ErrDamaged answers an archive that is not whole, or was changed.
	ErrDamaged = errors.New("archive: it is damaged")
)

// Rows is how many rows there are in all tables.
func (m Manifest) Rows() (n int64) {
	for _, t := range m.Tables {
		n += t.Rows
	}
	return n
}
