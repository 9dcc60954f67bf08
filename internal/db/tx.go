package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"doorstep/internal/clock"
)

// Tx is an open transaction. It has the methods that sqlc's generated code wants (DBTX).
// It belongs to the goroutine of its closure and ends with it.
//
// It remembers the first statement the database refused and refuses all that follow: after
// an error PostgreSQL would refuse them anyway and SQLite would not. A unique violation is
// such an error too, so code that expects one says ON CONFLICT DO NOTHING. sql.ErrNoRows is
// no error of the database.
type Tx struct {
	// Now is the moment the closure began, the same during the whole transaction.
	Now clock.Time

	d     *DB
	q     querier
	rows  []*sql.Rows // handed out; closed with the transaction
	known map[any]any // what Remember was told
	held  map[string]bool
	// writes are the statements so far that wrote, by table.
	writes  map[string]int
	changes int64 // of lasting tables, before it began
	began   time.Time
	after   []func()
	err     error // the first refused statement
	ended   bool
	count   uint16
}

// querier is a connection with an open transaction.
type querier interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// Next counts up within the transaction, so that facts recorded at the same moment keep
// their order.
func (t *Tx) Next() uint16 {
	t.count++
	return t.count
}

// Kind says which database the transaction is on.
func (t *Tx) Kind() Kind { return t.d.kind }

// Attached is what was attached to the database under the key, nil when nothing was.
func (t *Tx) Attached(key any) any {
	value, _ := t.d.shared.Load(key)
	return value
}

// Attach is DB's Attach, for those who hold only a Tx of it.
func (t *Tx) Attach(key, value any) any { return t.d.Attach(key, value) }

// Remember keeps a value for the rest of the transaction, so that what was read once need not
// be read again; nil forgets it. As in a context, the key is of a type of the caller's own.
// Whoever changes the rows forgets the value.
func (t *Tx) Remember(key, value any) {
	if t.known == nil {
		t.known = map[any]any{}
	}
	t.known[key] = value
}

// Remembered is what Remember was told; nil when it was told nothing.
func (t *Tx) Remembered(key any) any { return t.known[key] }

// AfterCommit has fn run once in the goroutine of Update after the commit, if it held. In a
// View it runs after the view.
func (t *Tx) AfterCommit(fn func()) { t.after = append(t.after, fn) }

// ExecContext runs a statement that returns no rows.
func (t *Tx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	if err := t.ready(ctx, query); err != nil {
		return nil, err
	}
	res, err := t.q.ExecContext(ctx, query, args...)
	return res, t.note(err)
}

// PrepareContext prepares a statement that the caller closes. There is seldom a need: what
// the other methods run is prepared once per connection. Errors of a statement prepared
// here are not remembered.
func (t *Tx) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	if err := t.ready(ctx, query); err != nil {
		return nil, err
	}
	stmt, err := t.q.PrepareContext(ctx, query)
	return stmt, t.note(err)
}

// QueryContext runs a statement that returns rows. Read them to their end before the next
// statement: PostgreSQL answers one at a time.
func (t *Tx) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if err := t.ready(ctx, query); err != nil {
		return nil, err
	}
	rows, err := t.q.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, t.note(err)
	}
	t.rows = append(t.rows, rows)
	return rows, nil
}

// QueryRowContext runs a statement that returns one row at most. The row must be scanned.
func (t *Tx) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	if err := t.ready(ctx, query); err != nil {
		return refusal(err)
	}
	row := t.q.QueryRowContext(ctx, query, args...)
	_ = t.note(row.Err())
	return row
}

// ready refuses a statement after an error, after the end, or when ctx has ended.
func (t *Tx) ready(ctx context.Context, query string) error {
	if seen := t.d.opts.Seen; seen != nil {
		seen(query)
	}
	switch {
	case t.ended:
		return errors.New("transaction: it is over")
	case t.err != nil:
		return fmt.Errorf("transaction: an earlier statement was refused: %w", t.err)
	}
	t.wrote(query)
	return t.note(ctx.Err())
}

// note remembers the first error.
func (t *Tx) note(err error) error {
	if err != nil && t.err == nil {
		t.err = err
	}
	return err
}

// end closes what the closure left open and returns the first error of the transaction.
func (t *Tx) end() error {
	for _, r := range t.rows {
		_ = r.Close()
		_ = t.note(r.Err())
	}
	t.rows, t.ended = nil, true
	return t.err
}

// run runs fn on the transaction and ends it. A refused statement is an error of the
// closure, even when the closure hid it.
func (t *Tx) run(ctx context.Context, fn closure) error {
	defer func() { _ = t.end() }() // after a panic; the answer below is the one that counts
	err := fn(ctx, t)
	if spoilt := t.end(); err == nil {
		err = spoilt
	}
	return err
}

// committed runs what waits for the commit. That lasting tables have changed is known before
// anybody is woken.
func (t *Tx) committed() {
	if t.changedLasting() {
		t.d.changes.Add(1)
	}
	for _, fn := range t.after {
		fn()
	}
}

// refusal is a row that answers err when it is scanned.
func refusal(err error) *sql.Row {
	db := sql.OpenDB(refuser{err})
	defer db.Close()
	return db.QueryRowContext(context.Background(), "")
}

// refuser is a database that cannot be reached: database/sql has no other way to make a
// row with an error in it.
type refuser struct{ err error }

func (r refuser) Connect(context.Context) (driver.Conn, error) { return nil, r.err }
func (r refuser) Driver() driver.Driver                        { return nil }
