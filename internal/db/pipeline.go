package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// pipelining makes connections to PostgreSQL that do not wait for answers nobody reads. Most of a
// transaction's time is the way to the server and back: in a transaction of Update or View the
// BEGIN, and each statement that returns no rows, is kept until an answer is needed, and goes out
// with the statement that needs it, or with the COMMIT. Row locks are taken later by it and held
// shorter.
//
// The server runs the statements in their order and none after one that it refuses, so that a
// refused statement is noticed later, but never passed over: Tx spoils a transaction anyway when
// one of its statements was refused.
type pipelining struct{ driver.Connector }

func (p pipelining) Connect(ctx context.Context) (driver.Conn, error) {
	c, err := p.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return &pipe{Conn: c.(*stdlib.Conn)}, nil
}

// pipe is a connection of pipelining. Outside a transaction of ours it is pgx's own.
type pipe struct {
	*stdlib.Conn
	tx *pipedTx // open; nil when none is
}

// pendingStatements is how many statements wait at most, so that a long row of them takes no memory.
const pendingStatements = 64

// pipedTx is a transaction whose statements may wait. It is over when its connection forgets it.
type pipedTx struct {
	c       *pipe
	ctx     context.Context // of BeginTx, as database/sql gives Commit and Rollback none
	pending []*pending
	failed  error // the first refused statement that had waited
	plain   bool  // a statement was prepared by hand, whose runs pass us by: nothing waits any more
}

// pending is a statement that waits, and its own result afterwards.
type pending struct {
	tx    *pipedTx
	query string
	args  []any
	sent  bool
	rows  int64 // how many it changed, once it is sent
}

var errOver = errors.New("transaction: it is over")

// RowsAffected asks the server, when the statement still waits.
func (p *pending) RowsAffected() (int64, error) {
	if !p.sent && p.tx.c.tx != p.tx {
		return 0, errOver
	}
	if !p.sent {
		if err := p.tx.flush(p.tx.ctx); err != nil {
			return 0, err
		}
	}
	return p.rows, nil
}

// LastInsertId is unknown to PostgreSQL.
func (p *pending) LastInsertId() (int64, error) {
	return 0, errors.New("PostgreSQL knows no last inserted id")
}

// BeginTx begins a transaction; one of Update or View with its first statement.
func (c *pipe) BeginTx(ctx context.Context, o driver.TxOptions) (driver.Tx, error) {
	if !InTx(ctx) {
		return c.Conn.BeginTx(ctx, o)
	}
	if c.Conn.Conn().IsClosed() {
		return nil, driver.ErrBadConn
	}
	begin := "BEGIN"
	switch {
	case sql.IsolationLevel(o.Isolation) == sql.LevelRepeatableRead && o.ReadOnly:
		begin = "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
	case o != driver.TxOptions{}:
		return nil, fmt.Errorf("transaction: unsupported options %+v", o)
	}
	c.tx = &pipedTx{c: c, ctx: ctx}
	c.tx.wait(begin, nil)
	return c.tx, nil
}

// ExecContext keeps the statement back in a transaction of ours.
func (c *pipe) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	if c.tx == nil {
		return c.Conn.ExecContext(ctx, query, args)
	}
	p := c.tx.wait(query, args)
	if c.tx.plain || len(c.tx.pending) > pendingStatements {
		return p, c.tx.flush(ctx)
	}
	return p, c.tx.failed
}

// PrepareContext prepares a statement. What is run by it does not come past us.
func (c *pipe) PrepareContext(ctx context.Context, query string) (driver.Stmt, error) {
	if c.tx != nil {
		c.tx.plain = true
		if err := c.tx.flush(ctx); err != nil {
			return nil, err
		}
	}
	return c.Conn.PrepareContext(ctx, query)
}

// QueryContext sends the query behind what waits.
func (c *pipe) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	switch {
	case c.tx == nil:
		return c.Conn.QueryContext(ctx, query, args)
	case c.tx.failed != nil:
		return nil, c.tx.failed
	case len(c.tx.pending) == 0:
		return c.Conn.QueryContext(ctx, query, args)
	}
	results, err := c.tx.send(ctx, query, args)
	if err != nil {
		return nil, err
	}
	rows, err := results.Query()
	if err != nil {
		_ = results.Close() // says the same again
		return nil, c.tx.fail(err)
	}
	return c.tx.behind(rows, results)
}

// wait keeps a statement back.
func (t *pipedTx) wait(query string, args []driver.NamedValue) *pending {
	p := &pending{tx: t, query: query, args: values(args)}
	t.pending = append(t.pending, p)
	return p
}

// values are the arguments, with those bytes copied that the caller may write again.
func values(args []driver.NamedValue) []any {
	all := make([]any, len(args))
	for i, a := range args {
		all[i] = a.Value
		if b, ok := a.Value.([]byte); ok {
			all[i] = slices.Clone(b)
		}
	}
	return all
}

// flush sends what waits and reads the answers.
func (t *pipedTx) flush(ctx context.Context) error {
	if t.failed != nil || len(t.pending) == 0 {
		return t.failed
	}
	results, err := t.send(ctx, "", nil)
	if err != nil {
		return err
	}
	return t.fail(results.Close())
}

// send sends what waits, and behind it the query, whose answer is left to the caller; none when
// it is empty.
func (t *pipedTx) send(ctx context.Context, query string, args []driver.NamedValue) (pgx.BatchResults, error) {
	batch, sent := &pgx.Batch{}, t.pending
	for _, p := range sent {
		batch.Queue(p.query, p.args...)
	}
	if query != "" {
		batch.Queue(query, values(args)...)
	}
	t.pending = nil
	results := t.c.Conn.Conn().SendBatch(ctx, batch)
	for _, p := range sent {
		tag, err := results.Exec()
		if err != nil {
			_ = results.Close() // says the same again
			return nil, t.fail(err)
		}
		p.sent, p.rows = true, tag.RowsAffected()
		if p.query == commit && tag.String() != commit {
			_ = results.Close()
			return nil, t.fail(pgx.ErrTxCommitRollback)
		}
	}
	return results, nil
}

// fail remembers the first error.
func (t *pipedTx) fail(err error) error {
	if err != nil && t.failed == nil {
		t.failed = err
	}
	return err
}

const commit = "COMMIT"

// Commit sends what waits and the COMMIT behind it. An error of a statement that waited comes as
// it is.
func (t *pipedTx) Commit() error {
	if t.untouched() {
		t.c.tx = nil
		return nil
	}
	t.wait(commit, nil)
	if err := t.flush(t.ctx); err != nil {
		return errors.Join(err, t.Rollback())
	}
	t.c.tx = nil
	return nil
}

// Rollback gives up what was sent; the rest never leaves. The connection is closed when the
// server cannot be told: nobody else may find it inside a transaction.
func (t *pipedTx) Rollback() error {
	t.c.tx = nil
	if t.untouched() || t.idle() {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(t.ctx), 5*time.Second)
	defer cancel()
	raw := t.c.Conn.Conn()
	if _, err := raw.Exec(ctx, "ROLLBACK"); err != nil {
		return errors.Join(err, raw.Close(ctx))
	}
	return nil
}

// untouched says whether the server has heard nothing of the transaction that matters to it.
func (t *pipedTx) untouched() bool {
	return len(t.pending) == 1 && t.failed == nil && t.idle()
}

// idle says whether the server holds no transaction of this connection.
func (t *pipedTx) idle() bool {
	raw := t.c.Conn.Conn()
	return raw.IsClosed() || raw.PgConn().TxStatus() == 'I'
}
