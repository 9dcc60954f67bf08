package db_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

func open(t *testing.T, dsn string, o db.Options) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// TestACommitThatFailsHurtsOnlyTheGuilty lets closures share a transaction whose commit one
// of them spoils by a deferred constraint.
func TestACommitThatFailsHurtsOnlyTheGuilty(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		const all, guilty = 40, 17
		gate, held := make(chan struct{}), make(chan struct{})
		holding := sync.OnceFunc(func() { close(held) }) // a closure may run again
		var wg sync.WaitGroup
		wg.Go(func() { // the first holds the writer until the others wait behind it
			_ = d.Update(t.Context(), func(context.Context, *db.Tx) error {
				holding()
				<-gate
				return nil
			})
		})
		<-held
		hooks := make([]int, all)
		errs := make([]error, all)
		for i := range all {
			wg.Go(func() {
				errs[i] = d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
					tx.AfterCommit(func() { hooks[i]++ })
					if i == guilty {
						return run(`INSERT INTO spoons (mug) VALUES ('none')`)(ctx, tx)
					}
					return run(`INSERT INTO mugs (name) VALUES ($1)`, fmt.Sprint(i))(ctx, tx)
				})
			})
		}
		close(gate)
		wg.Wait()
		for i, err := range errs {
			if (i == guilty) != db.IsForeign(err) || (err == nil) != (i != guilty) || hooks[i] != b(i != guilty) {
				t.Errorf("closure %d: %v, %d hooks", i, err, hooks[i])
			}
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != all-1 {
			t.Fatalf("%d mugs, want %d", n, all-1)
		}
	})
}

// TestASecondProcessOnTheSameFile opens the database twice, as two processes would.
func TestASecondProcessOnTheSameFile(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		dbs := []*db.DB{dbtest.Open(t, dsn, clock.System()), dbtest.Open(t, dsn, clock.System())}
		exec(t, dbs[0], `CREATE TABLE mugs (n BIGINT NOT NULL)`)
		exec(t, dbs[1], `INSERT INTO mugs (n) VALUES (0)`)
		var wg sync.WaitGroup
		for _, d := range dbs {
			for range 4 {
				wg.Go(func() {
					for range 25 {
						if err := d.Update(t.Context(), run(`UPDATE mugs SET n = n + 1`)); err != nil {
							t.Error(err)
						}
					}
				})
			}
		}
		wg.Wait()
		if n := count(t, dbs[1], `SELECT n FROM mugs`); n != 200 {
			t.Fatalf("counted %d, want 200", n)
		}
	})
}

func TestACancelledCallerLeavesTheQueue(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		gate, held := make(chan struct{}), make(chan struct{})
		first := make(chan error)
		go func() {
			first <- d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				var name string // asked for, so that PostgreSQL has the row by now
				err := tx.QueryRowContext(ctx, `INSERT INTO mugs (name) VALUES ('red') RETURNING name`).Scan(&name)
				close(held)
				<-gate
				return err
			})
		}()
		<-held
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		ran := false
		err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			ran = true // PostgreSQL begins it, and waits at the row
			return run(`INSERT INTO mugs (name) VALUES ('red')`)(ctx, tx)
		})
		if !errors.Is(err, context.DeadlineExceeded) || ran && d.Kind() == db.SQLite {
			t.Errorf("error %v, ran %v", err, ran)
		}
		close(gate)
		if err := <-first; err != nil {
			t.Fatal(err)
		}
		ctx, cancel = context.WithCancel(t.Context())
		err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
			if err := run(`INSERT INTO mugs (name) VALUES ('blue')`)(ctx, tx); err != nil {
				return err
			}
			cancel() // in the middle
			return run(`INSERT INTO mugs (name) VALUES ('green')`)(ctx, tx)
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("cancelled in the middle: %v", err)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != 1 {
			t.Fatalf("%d mugs, want 1", n)
		}
	})
}

func TestCloseLeavesNobodyWaiting(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		d := open(t, dsn, db.Options{Log: slog.New(slog.DiscardHandler)})
		gate, held := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = d.Update(t.Context(), func(context.Context, *db.Tx) error {
				close(held)
				<-gate
				return nil
			})
		})
		<-held
		for range 20 {
			wg.Go(func() {
				_ = d.Update(t.Context(), run(`UPDATE stores SET name = ''`))
				_ = d.View(t.Context(), run(`SELECT 1`))
			})
		}
		closed := make(chan error)
		go func() { closed <- d.Close() }()
		close(gate)
		wg.Wait()
		if err := <-closed; err != nil {
			t.Fatal(err)
		}
		if d.Update(t.Context(), run(`SELECT 1`)) == nil || d.View(t.Context(), run(`SELECT 1`)) == nil {
			t.Fatal("a closed database answers")
		}
		_ = d.Close() // twice does no harm
	})
}

func TestALongClosureIsNamedInTheLog(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		var out strings.Builder
		d := open(t, dsn, db.Options{Log: slog.New(slog.NewTextHandler(&out, nil))})
		quick := d.Update(t.Context(), func(context.Context, *db.Tx) error { return nil })
		if quick != nil || strings.Contains(out.String(), "sqlite_test.go") {
			t.Fatalf("%v, %s", quick, out.String())
		}
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			<-time.After(25 * time.Millisecond)
			return nil
		})
		if err != nil || !strings.Contains(out.String(), "sqlite_test.go") {
			t.Fatalf("%v, log %q", err, out.String())
		}
	})
}

func migration(table string) *fstest.MapFile {
	return &fstest.MapFile{Data: []byte("-- +goose Up\nCREATE TABLE " + table + " (n BIGINT NOT NULL);\nINSERT INTO " + table + " (n) VALUES (7);\n")}
}

func TestMigrate(t *testing.T) {
	t.Parallel()
	one := fstest.MapFS{"0001_mugs.sql": migration("mugs")}
	three := fstest.MapFS{"0001_mugs.sql": migration("mugs"), "0002_cups.sql": migration("cups"), "0003_jugs.sql": migration("jugs")}
	check := func(t *testing.T, dsn string) {
		with := func(files fs.FS) *db.DB {
			return open(t, dsn, db.Options{Migrations: files, Log: slog.New(slog.DiscardHandler)})
		}
		version := func(d *db.DB, have, want int64) {
			t.Helper()
			if h, w, err := d.Version(t.Context()); h != have || w != want || err != nil {
				t.Fatalf("version %d of %d, %v; want %d of %d", h, w, err, have, want)
			}
		}
		old := with(one)
		version(old, 0, 1)
		for range 2 {
			if err := old.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		version(old, 1, 1)
		var wg sync.WaitGroup
		for range 3 { // nodes of the next release start together
			d := with(three)
			wg.Go(func() {
				if err := d.Migrate(t.Context()); err != nil {
					t.Error(err)
				}
			})
			if d.Kind() == db.SQLite {
				wg.Wait()
			}
		}
		wg.Wait()
		version(with(three), 3, 3)
		if err := old.Migrate(t.Context()); err == nil || !strings.Contains(err.Error(), "newer program") {
			t.Fatalf("an old program: %v", err)
		}
		if n := count(t, old, `SELECT SUM(n) FROM (SELECT n FROM mugs UNION ALL SELECT n FROM cups UNION ALL SELECT n FROM jugs) AS all_of_them`); n != 21 {
			t.Fatalf("sum %d", n)
		}
	}
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		path := filepath.Join(t.TempDir(), "a shop?50%#1.db") // a name that no URL likes
		check(t, path)
		copies, _ := filepath.Glob(filepath.Join(filepath.Dir(path), "*.bak"))
		if len(copies) != 1 || copies[0] != path+".before-0002.bak" {
			t.Fatalf("copies %q", copies)
		}
		before := open(t, copies[0], db.Options{Migrations: one})
		if n := count(t, before, `SELECT n FROM mugs`); n != 7 {
			t.Fatalf("the copy has %d", n)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Fatalf("%v %v: others may read the customers' addresses", info.Mode(), err)
		}
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		check(t, dbtest.EmptyURL(t))
	})
}

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{"", ":memory:", t.TempDir(), "/nowhere/at/all.db", "postgres://%zz", "postgres://doorstep:s3cret@127.0.0.1:1/x?connect_timeout=1"} {
		d, err := db.Open(t.Context(), dsn, db.Options{})
		if err == nil {
			_ = d.Close()
			t.Errorf("%q opens", dsn)
		} else if strings.Contains(err.Error(), "s3cret") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}
