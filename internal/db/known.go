package db

import (
	"slices"
	"strings"
)

// Hold notes that the transaction has locked the row of a thing, or has just made it: until it
// ends nobody else changes what belongs to that thing, because everybody locks it first. What
// Known has read of it then stays true. Names are ids, which no two things share.
func (t *Tx) Hold(name string) {
	if t.held == nil {
		t.held = map[string]bool{}
	}
	t.held[name] = true
}

// Written counts the statements of this transaction that may have changed rows of the tables;
// of any table when none is named. It reads the statements themselves, so nobody can forget to
// tell it.
func (t *Tx) Written(tables ...string) (n int) {
	if len(tables) == 0 {
		for _, times := range t.writes {
			n += times
		}
		return n
	}
	for _, table := range tables {
		n += t.writes[table]
	}
	return n + t.writes[""] // of a statement that named none
}

// known is what was read of a thing, and how often its tables had been written by then.
type known struct {
	rows    any
	written int
}

// knownKey is the thing and the tables.
type knownKey struct{ name, tables string }

// Known is what read reads of the thing of that name, from these tables alone. Once the
// transaction holds the thing it is read once, and again after a statement of the transaction
// that wrote one of the tables; before that it is read every time. Two reads of one thing must
// not name the same tables in the same order.
func Known[T any](t *Tx, name string, read func() (T, error), tables ...string) (T, error) {
	if !t.held[name] {
		return read()
	}
	key, written := knownKey{name, strings.Join(tables, " ")}, t.Written(tables...)
	if k, ok := t.known[key].(known); ok && k.written == written {
		return k.rows.(T), nil
	}
	rows, err := read()
	if err == nil {
		t.Remember(key, known{rows, written})
	}
	return rows, err
}

// KnownList is Known for lists: everybody gets a copy to sort and cut as he likes.
func KnownList[T any](t *Tx, name string, read func() ([]T, error), tables ...string) ([]T, error) {
	list, err := Known(t, name, read, tables...)
	return slices.Clone(list), err
}

// wrote notes which table a statement writes.
func (t *Tx) wrote(query string) {
	table, writes := target(query)
	if !writes {
		return
	}
	if t.writes == nil {
		t.writes = map[string]int{}
	}
	t.writes[table]++
}

// target is the table that a statement writes; empty when it writes and does not say where in
// the way that ours do. Statements that begin with SELECT or WITH write nothing in the subset
// of SQL that both databases share.
func target(query string) (table string, writes bool) {
	verb, rest := word(query)
	switch {
	case strings.EqualFold(verb, "SELECT"), strings.EqualFold(verb, "WITH"):
		return "", false
	case strings.EqualFold(verb, "INSERT"), strings.EqualFold(verb, "DELETE"):
		if into, after := word(rest); strings.EqualFold(into, "INTO") || strings.EqualFold(into, "FROM") {
			table, _ = word(after)
		}
	case strings.EqualFold(verb, "UPDATE"):
		table, _ = word(rest)
	}
	return strings.ToLower(table), true
}

// word cuts the first word off a query, comments before it left out.
func word(query string) (first, rest string) {
	query = strings.TrimLeft(query, " \t\r\n(")
	for strings.HasPrefix(query, "--") {
		_, query, _ = strings.Cut(query, "\n")
		query = strings.TrimLeft(query, " \t\r\n(")
	}
	end := strings.IndexFunc(query, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if end < 0 {
		end = len(query)
	}
	return query[:end], query[end:]
}
