package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// maxPlaces is how many bound values one statement has at most.
const maxPlaces = 900

var (
	// oneRow finds the row of an INSERT of ours.
	oneRow = regexp.MustCompile(`(?is)\bVALUES\s*(\([^()]*\))`)
	// place finds a bound value.
	place = regexp.MustCompile(`\$(\d+)`)
	// oneOf finds a list of which a query names only one.
	oneOf = regexp.MustCompile(`(?i)\bIN\s*\(\s*(\$\d+)\s*\)`)
)

// insertRows runs an INSERT … VALUES ($1, …) that is written for one row with many: one
// statement for as many as it can hold. Each row has the values of $1 and so on, in order.
func insertRows(ctx context.Context, t *Tx, query string, rows [][]any) (results []sql.Result, err error) {
	for len(rows) > 0 {
		chunk := rows[:min(len(rows), max(1, maxPlaces/max(1, len(rows[0]))))]
		text, err := manyRows(query, len(chunk[0]), len(chunk))
		if err != nil {
			return nil, err
		}
		args := make([]any, 0, len(chunk)*len(chunk[0]))
		for _, row := range chunk {
			if len(row) != len(chunk[0]) {
				return nil, fmt.Errorf("insert: a row has %d values, the first one %d", len(row), len(chunk[0]))
			}
			args = append(args, row...)
		}
		res, err := t.ExecContext(ctx, text, args...)
		if err != nil {
			return nil, err
		}
		results, rows = append(results, res), rows[len(chunk):]
	}
	return results, nil
}

// Batch collects the rows that generated code inserts, one call for each, and writes them
// together. It is a transaction for that one kind of INSERT and for nothing else.
type Batch struct {
	*Tx
	query string
	rows  [][]any
}

// NewBatch is an empty batch of the transaction.
func NewBatch(t *Tx) *Batch { return &Batch{Tx: t} }

// ExecContext keeps the row; Write or Taken writes it. The result knows nothing yet.
func (b *Batch) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	if b.query != "" && b.query != query {
		return nil, errors.New("insert: a batch is of one statement")
	}
	b.query, b.rows = query, append(b.rows, args)
	return driver.RowsAffected(0), nil
}

// Write writes the rows with as few statements as can hold them.
func (b *Batch) Write(ctx context.Context) error {
	_, err := insertRows(ctx, b.Tx, b.query, b.rows)
	b.rows = nil
	return err
}

// Taken is Write that says how many rows the database took: with ON CONFLICT DO NOTHING, those
// that are new. PostgreSQL has to be asked, which costs the way there and back.
func (b *Batch) Taken(ctx context.Context) (taken int64, err error) {
	results, err := insertRows(ctx, b.Tx, b.query, b.rows)
	b.rows = nil
	for _, res := range results {
		n, err := res.RowsAffected()
		if err != nil {
			return taken, err
		}
		taken += n
	}
	return taken, err
}

// manyRows is query with n rows of so many places.
func manyRows(query string, places, n int) (string, error) {
	at := oneRow.FindStringSubmatchIndex(query)
	if at == nil {
		return "", errors.New("insert: the statement has no row that begins with VALUES (")
	}
	head, row, tail := query[:at[2]], query[at[2]:at[3]], query[at[3]:]
	if place.MatchString(head) || place.MatchString(tail) {
		return "", errors.New("insert: the statement binds values outside of its row")
	}
	if n == 1 {
		return query, nil
	}
	var text strings.Builder
	text.WriteString(head)
	for i := range n {
		if i > 0 {
			text.WriteString(", ")
		}
		text.WriteString(place.ReplaceAllStringFunc(row, func(p string) string {
			number, _ := strconv.Atoi(p[1:]) // it matched
			return "$" + strconv.Itoa(number+i*places)
		}))
	}
	text.WriteString(tail)
	return text.String(), nil
}

// Among is the transaction for one query of ours that looks for one of a list, "x IN ($2)": it
// then looks for any of the values. The list is the query's last place, and whatever is given
// for it is replaced by the values, of which there are at least one and at most 800.
func Among[T ~string](t *Tx, values []T) *Amid {
	list := make([]any, len(values))
	for i, v := range values {
		list[i] = string(v)
	}
	return &Amid{Tx: t, values: list}
}

// Amid is a transaction whose queries look for any of some values.
type Amid struct {
	*Tx
	values []any
}

// QueryContext runs the query with all the values.
func (a *Amid) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	text, err := among(query, len(args), len(a.values))
	if err != nil {
		return nil, err
	}
	return a.Tx.QueryContext(ctx, text, append(args[:len(args)-1:len(args)-1], a.values...)...)
}

// among is query with a list of n instead of its last place.
func among(query string, last, n int) (string, error) {
	at := oneOf.FindAllStringSubmatchIndex(query, -1)
	if len(at) != 1 || query[at[0][2]:at[0][3]] != "$"+strconv.Itoa(last) || n == 0 || n+last > maxPlaces {
		return "", fmt.Errorf("a list of %d: the query has no single IN ($%d)", n, last)
	}
	var list strings.Builder
	for i := range n {
		if i > 0 {
			list.WriteString(", ")
		}
		list.WriteString("$" + strconv.Itoa(last+i))
	}
	return query[:at[0][2]] + list.String() + query[at[0][3]:], nil
}
