package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"
)

const (
	// oldestSQLite is the first release without the bug that could corrupt a database in
	// WAL mode when two connections wrote and reset the log at the same time.
	oldestSQLite  = "3.51.3"
	sqliteReaders = 8
)

// sqliteEngine is the engine for SQLite: one connection that writes (writer.go) and a few that
// read, each with its prepared statements.
type sqliteEngine struct {
	d      *DB
	path   string
	pool   *sql.DB
	writer *writer

	seats  chan struct{} // one per reader that may be at work
	closed chan struct{}
	once   sync.Once
	mu     sync.Mutex
	idle   []*conn // readers at rest, the last one first
}

func openSQLite(ctx context.Context, path string, d *DB) (*sqliteEngine, error) {
	if path == "" || path == ":memory:" {
		return nil, errors.New("the path of a file is needed")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // it holds customers' addresses
	if err != nil {
		return nil, err
	}
	_ = f.Close()
	pool, err := sql.Open("sqlite", sqliteDSN(path))
	if err != nil {
		return nil, err
	}
	pool.SetMaxIdleConns(-1) // a connection given back is closed: we keep our own
	s := &sqliteEngine{d: d, path: path, pool: pool, closed: make(chan struct{})}
	readers := d.opts.MaxReaders
	if readers <= 0 {
		readers = sqliteReaders
	}
	s.seats = make(chan struct{}, readers)
	first, err := s.connect(ctx)
	if err == nil {
		err = errors.Join(checkSQLite(ctx, first), first.Close())
	}
	if err != nil {
		_ = pool.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	s.writer = startWriter(d, s.connectWriter)
	return s, nil
}

// sqliteDSN is the driver's name for the file, with what every connection sets: wait for
// another process instead of failing, write-ahead log, sync at every commit.
func sqliteDSN(path string) string {
	u := url.URL{Scheme: "file", OmitHost: true, Path: filepath.ToSlash(path)}
	q := url.Values{"_pragma": {"busy_timeout(10000)", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)"}}
	u.RawQuery = q.Encode()
	return u.String()
}

// connect opens a connection. Turning a new file into WAL mode does not wait for another
// process that does the same, so it is tried again.
func (s *sqliteEngine) connect(ctx context.Context) (*conn, error) {
	for try := 0; ; try++ {
		c, err := s.pool.Conn(ctx)
		if err == nil {
			return &conn{Conn: c, stmts: map[string]*sql.Stmt{}}, nil
		}
		if !isBusy(err) || try == 20 {
			return nil, err
		}
		select {
		case <-time.After(time.Duration(5*(try+1)) * time.Millisecond):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

// connectWriter opens the connection that writes; the writer waits for its turn by itself. Each
// closure has a savepoint, whose journal would be a file: placing an order was a third slower by
// it. Migrations and copies have connections of their own and sort in files.
func (s *sqliteEngine) connectWriter(ctx context.Context) (*conn, error) {
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	for _, set := range []string{"busy_timeout = 0", "temp_store = MEMORY"} {
		if err := c.control("PRAGMA " + set); err != nil {
			_ = c.Close()
			return nil, err
		}
	}
	return c, nil
}

// checkSQLite refuses a library that is too old and a file that is not in WAL mode.
func checkSQLite(ctx context.Context, c *conn) error {
	var version, mode string
	if err := c.Conn.QueryRowContext(ctx, "SELECT sqlite_version()").Scan(&version); err != nil {
		return err
	}
	if older(version, oldestSQLite) {
		return fmt.Errorf("SQLite is version %s, Doorstep needs %s or later", version, oldestSQLite)
	}
	if err := c.Conn.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if mode != "wal" {
		return fmt.Errorf("the journal mode is %q and cannot be made WAL; is the file on a network drive?", mode)
	}
	return nil
}

// older says whether version a of SQLite is older than b; both look like 3.51.3.
func older(a, b string) bool {
	number := func(v string) (n int) {
		var x, y, z int
		_, _ = fmt.Sscanf(strings.TrimSpace(v), "%d.%d.%d", &x, &y, &z)
		return x*1_000_000 + y*1_000 + z
	}
	return number(a) < number(b)
}

func (s *sqliteEngine) update(ctx context.Context, fn closure) error { return s.writer.update(ctx, fn) }

// view runs the closure on a connection of the readers.
func (s *sqliteEngine) view(ctx context.Context, fn closure) error {
	select {
	case <-s.closed:
		return ErrClosed
	case <-ctx.Done():
		return ctx.Err()
	case s.seats <- struct{}{}:
	}
	defer func() { <-s.seats }()
	c, err := s.reader(ctx)
	if err != nil {
		return fmt.Errorf("open a reader: %w", err)
	}
	if err := c.control("BEGIN"); err != nil {
		_ = c.Close()
		return err
	}
	tx := s.d.newTx(c)
	defer s.release(c)
	if err := tx.run(ctx, fn); err != nil {
		return err
	}
	tx.committed()
	return nil
}

// reader is a connection at rest or a new one that cannot write.
func (s *sqliteEngine) reader(ctx context.Context) (*conn, error) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		c := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return c, nil
	}
	s.mu.Unlock()
	c, err := s.connect(ctx)
	if err != nil {
		return nil, err
	}
	if err := c.control("PRAGMA query_only = 1"); err != nil {
		_ = c.Close()
		return nil, err
	}
	return c, nil
}

// release ends the transaction of a reader and lays it to rest.
func (s *sqliteEngine) release(c *conn) {
	if err := c.control("ROLLBACK"); err != nil {
		_ = c.Close()
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.idle = append(s.idle, c)
}

// close takes every reader's seat, so that none is at work, and closes the file.
func (s *sqliteEngine) close() error {
	var err error
	s.once.Do(func() {
		close(s.closed)
		s.writer.stop()
		for range cap(s.seats) {
			s.seats <- struct{}{}
		}
		for _, c := range s.idle {
			_ = c.Close()
		}
		err = s.pool.Close()
	})
	return err
}
