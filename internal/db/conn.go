package db

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
)

// maxStmts bounds the prepared statements of one connection. Our queries are a few
// hundred fixed texts; only a list of unusual length in a query makes a new one.
const maxStmts = 1000

// locking finds the row locks of PostgreSQL. SQLite has one writer and knows no such words.
var locking = regexp.MustCompile(`(?i)\s+FOR\s+(NO\s+KEY\s+UPDATE|UPDATE|KEY\s+SHARE|SHARE)\b(\s+OF\s+\w+(\s*,\s*\w+)*)?(\s+SKIP\s+LOCKED|\s+NOWAIT)?`)

// conn is one connection to SQLite with its prepared statements by the text of their query.
// It serves one goroutine at a time.
type conn struct {
	*sql.Conn
	stmts map[string]*sql.Stmt
}

// stmt is query prepared, without row locks; at the first time only it costs something.
func (c *conn) stmt(query string) (*sql.Stmt, error) {
	if s, ok := c.stmts[query]; ok {
		return s, nil
	}
	s, err := c.Conn.PrepareContext(context.Background(), plain(query))
	if err != nil {
		return nil, err
	}
	if len(c.stmts) >= maxStmts {
		for _, old := range c.stmts {
			_ = old.Close()
		}
		clear(c.stmts)
	}
	c.stmts[query] = s
	return s, nil
}

// limited finds limits that are bound. SQLite looks at their values when it prepares, and so
// prepares the statement again each time that one is bound; behind a CAST it does not look.
var limited = regexp.MustCompile(`(?i)\bLIMIT\s+(\$\d+)`)

// plain is query as SQLite is to read it: without FOR UPDATE and its kin, and with limits that
// do not cost a preparation.
func plain(query string) string {
	return limited.ReplaceAllString(locking.ReplaceAllString(query, ""), "LIMIT CAST($1 AS INTEGER)")
}

// ExecContext runs the prepared query.
func (c *conn) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	s, err := c.stmt(query) //nolint:sqlclosecheck // cached: closed with its connection
	if err != nil {
		return nil, err
	}
	return s.ExecContext(ctx, args...)
}

// QueryContext runs the prepared query.
func (c *conn) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	s, err := c.stmt(query) //nolint:sqlclosecheck // cached: closed with its connection
	if err != nil {
		return nil, err
	}
	return s.QueryContext(ctx, args...)
}

// QueryRowContext runs the prepared query.
func (c *conn) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	s, err := c.stmt(query) //nolint:sqlclosecheck // cached: closed with its connection
	if err != nil {
		return refusal(err)
	}
	return s.QueryRowContext(ctx, args...)
}

// PrepareContext prepares a statement of the caller's own.
func (c *conn) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	return c.Conn.PrepareContext(ctx, plain(query))
}

// control runs a statement that steers the transaction; it is never interrupted.
func (c *conn) control(query string) error {
	if _, err := c.ExecContext(context.Background(), query); err != nil {
		return fmt.Errorf("%s: %w", query, err)
	}
	return nil
}

// patient is a connection whose statements are not interrupted when a context ends: SQLite
// answers an interrupted write by rolling back the whole transaction, and with it the
// closures of others that share it. Tx looks at the context before each statement.
type patient struct{ *conn }

func (p patient) ExecContext(_ context.Context, query string, args ...any) (sql.Result, error) {
	return p.conn.ExecContext(context.Background(), query, args...)
}

func (p patient) QueryContext(_ context.Context, query string, args ...any) (*sql.Rows, error) {
	return p.conn.QueryContext(context.Background(), query, args...)
}

func (p patient) QueryRowContext(_ context.Context, query string, args ...any) *sql.Row {
	return p.conn.QueryRowContext(context.Background(), query, args...)
}

func (p patient) PrepareContext(_ context.Context, query string) (*sql.Stmt, error) {
	return p.conn.PrepareContext(context.Background(), query)
}
