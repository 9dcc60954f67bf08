package db_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

// wire stands between us and PostgreSQL. It counts what we send at once, and can cut the
// connection before a word of ours arrives.
type wire struct {
	sent atomic.Int64
	cut  atomic.Pointer[string]
}

// tap gives the database through a wire.
func tap(t *testing.T) (*db.DB, *wire) {
	t.Helper()
	dsn := dbtest.URL(t)
	u, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	w, server := &wire{}, u.Host
	go func() {
		for {
			ours, err := listener.Accept()
			if err != nil {
				return
			}
			theirs, err := net.Dial("tcp", server)
			if err != nil {
				_ = ours.Close()
				return
			}
			go w.forward(theirs, ours)
			go func() {
				_, _ = io.Copy(ours, theirs)
				_ = ours.Close()
			}()
		}
	}()
	u.Host = listener.Addr().String()
	return dbtest.Open(t, u.String(), nil), w
}

func (w *wire) forward(theirs, ours net.Conn) {
	defer theirs.Close()
	buffer := make([]byte, 1<<16)
	for {
		n, err := ours.Read(buffer)
		if word := w.cut.Load(); word != nil && bytes.Contains(buffer[:n], []byte(*word)) {
			_ = ours.Close()
			return
		}
		if n > 0 {
			w.sent.Add(1) // before the server can answer, so that whoever has the answer finds it counted
		}
		if _, wrong := theirs.Write(buffer[:n]); err != nil || wrong != nil {
			return
		}
	}
}

const insertMug = `INSERT INTO mugs (name, n) VALUES ($1, $2)`

// mugs adds mugs and reads one of them in the middle.
func mugs(names ...string) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		for i, name := range names {
			if i == len(names)/2 {
				var n int64
				if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM mugs`).Scan(&n); err != nil {
					return err
				}
			}
			if _, err := tx.ExecContext(ctx, insertMug, name, int64(i)); err != nil {
				return err
			}
		}
		return nil
	}
}

func TestWhatNeedsNoAnswerWaitsForWhatDoes(t *testing.T) {
	t.Parallel()
	d, w := tap(t)
	exec(t, d, `CREATE TABLE mugs (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
	for range 2 { // the first time each statement is prepared, too
		exec(t, d, `DELETE FROM mugs`)
		before := w.sent.Load()
		if err := d.Update(t.Context(), mugs("red", "blue", "green", "white", "black", "grey")); err != nil {
			t.Fatal(err)
		}
		if trips := w.sent.Load() - before; trips > 4 {
			t.Errorf("went to the server %d times", trips)
		}
	}
	before := w.sent.Load()
	if err := d.Update(t.Context(), mugs("pink", "brown")); err != nil {
		t.Fatal(err)
	}
	if trips := w.sent.Load() - before; trips != 2 { // with the question, and with the end
		t.Errorf("went to the server %d times, want 2", trips)
	}
	if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != 8 {
		t.Errorf("%d mugs, want 8", n)
	}
}

func TestAChangedRowIsCountedWhenAsked(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('red'), ('blue')`)
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			first, err := tx.ExecContext(ctx, `UPDATE mugs SET n = 1`)
			if err != nil {
				return err
			}
			second, err := tx.ExecContext(ctx, `UPDATE mugs SET n = 2 WHERE name = 'red'`)
			if err != nil {
				return err
			}
			one, err := second.RowsAffected()
			two, wrong := first.RowsAffected()
			if one != 1 || two != 2 {
				t.Errorf("changed %d and %d rows, want 1 and 2", one, two)
			}
			return errors.Join(err, wrong)
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

// A statement that is refused after its caller went on spoils the transaction, is named by the
// error, and leaves nothing, wherever it is noticed.
func TestAStatementRefusedLateIsNotPassedOver(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('red')`)
		twice := func(then func(ctx context.Context, tx *db.Tx) error) func(context.Context, *db.Tx) error {
			return func(ctx context.Context, tx *db.Tx) error {
				for _, name := range []string{"blue", "red"} {
					if _, err := tx.ExecContext(ctx, insertMug, name, int64(1)); err != nil {
						return err
					}
				}
				return then(ctx, tx)
			}
		}
		for name, then := range map[string]func(ctx context.Context, tx *db.Tx) error{
			"at the end": func(context.Context, *db.Tx) error { return nil },
			"at a write": run(`UPDATE mugs SET n = 3`),
			"at a query": func(ctx context.Context, tx *db.Tx) error {
				var n int64
				_ = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM mugs`).Scan(&n) // hides it
				return nil
			},
			"at a count": func(ctx context.Context, tx *db.Tx) error {
				res, err := tx.ExecContext(ctx, `UPDATE mugs SET n = 3`)
				if err == nil {
					_, _ = res.RowsAffected() // hides it
				}
				return nil
			},
		} {
			after := false
			err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				tx.AfterCommit(func() { after = true })
				return twice(then)(ctx, tx)
			})
			if !db.IsUnique(err) || after {
				t.Errorf("%s: error %v, after the commit %v", name, err, after)
			}
			if n := count(t, d, `SELECT COUNT(*) FROM mugs WHERE n = 0`); n != 1 || count(t, d, `SELECT COUNT(*) FROM mugs`) != 1 {
				t.Errorf("%s: something stayed", name)
			}
		}
	})
}

func TestACutBeforeTheCommitIsAnError(t *testing.T) {
	t.Parallel()
	d, w := tap(t)
	exec(t, d, `CREATE TABLE mugs (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL)`)
	exec(t, d, insertMug, "blue", int64(2)) // prepared
	word := strings.Repeat("r", 20)
	w.cut.Store(&word)
	if err := d.Update(t.Context(), run(insertMug, word, int64(1))); err == nil {
		t.Error("no error, though nothing arrived")
	}
	w.cut.Store(nil)
	if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != 1 {
		t.Errorf("%d mugs, want 1", n)
	}
}
