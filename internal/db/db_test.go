package db_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

// each gives a database with one small table.
func each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `CREATE TABLE mugs (name TEXT NOT NULL PRIMARY KEY, n BIGINT NOT NULL DEFAULT 0 CHECK (n >= 0))`)
		exec(t, d, `CREATE TABLE spoons (mug TEXT NOT NULL REFERENCES mugs (name) DEFERRABLE INITIALLY DEFERRED)`)
		fn(t, d)
	})
}

func exec(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.Update(t.Context(), run(query, args...)); err != nil {
		t.Fatal(err)
	}
}

func run(query string, args ...any) func(context.Context, *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, query, args...)
		return err
	}
}

func count(t *testing.T, d *db.DB, query string, args ...any) (n int64) {
	t.Helper()
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, query, args...).Scan(&n)
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestParametersBindByNumber(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name, n) VALUES ($2, $1)`, int64(7), "red")
		exec(t, d, `UPDATE mugs SET n = n + $3 WHERE name = $1 AND name <> $2 AND name = $1`, "red", "blue", int64(2))
		if n := count(t, d, `SELECT n FROM mugs WHERE CAST($2 AS BIGINT) > CAST($1 AS BIGINT) AND name = $3`, int64(1), int64(2), "red"); n != 9 {
			t.Fatalf("n = %d, want 9", n)
		}
	})
}

func TestErrorAndPanicRollBack(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		own := errors.New("sold out")
		hooks := 0
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			tx.AfterCommit(func() { hooks++ })
			if err := run(`INSERT INTO mugs (name) VALUES ('red')`)(ctx, tx); err != nil {
				return err
			}
			return own
		})
		if !errors.Is(err, own) {
			t.Fatalf("error %v, want the closure's own", err)
		}
		caught := func() (v any) {
			defer func() { v = recover() }()
			return d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				tx.AfterCommit(func() { hooks++ })
				_ = run(`INSERT INTO mugs (name) VALUES ('blue')`)(ctx, tx)
				panic("broken mug")
			})
		}()
		if caught != "broken mug" {
			t.Fatalf("caught %v", caught)
		}
		left := make(chan struct{})
		go func() { // as t.FailNow does
			defer close(left)
			_ = d.Update(context.WithoutCancel(t.Context()), func(ctx context.Context, tx *db.Tx) error {
				_ = run(`INSERT INTO mugs (name) VALUES ('green')`)(ctx, tx)
				runtime.Goexit()
				return nil
			})
		}()
		<-left
		exec(t, d, `INSERT INTO mugs (name) VALUES ('white')`) // the writer lives
		if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != 1 || hooks != 0 {
			t.Fatalf("%d mugs, %d hooks", n, hooks)
		}
	})
}

func TestRefusedStatementSpoilsTheTransaction(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('red')`)
		var second error
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if err := run(`INSERT INTO mugs (name) VALUES ('blue')`)(ctx, tx); err != nil {
				return err
			}
			_ = run(`INSERT INTO mugs (name) VALUES ('red')`)(ctx, tx) // hidden
			var n int64
			second = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM mugs`).Scan(&n)
			return nil
		})
		if !db.IsUnique(err) || !db.IsUnique(second) {
			t.Fatalf("update: %v; next statement: %v", err, second)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != 1 {
			t.Fatalf("%d mugs, want 1", n)
		}
		err = d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			var name string
			err := tx.QueryRowContext(ctx, `INSERT INTO mugs (name) VALUES ('red') ON CONFLICT DO NOTHING RETURNING name`).Scan(&name)
			if !errors.Is(err, sql.ErrNoRows) {
				return fmt.Errorf("want no rows, have %w", err)
			}
			return run(`INSERT INTO mugs (name) VALUES ('blue')`)(ctx, tx)
		})
		if err != nil {
			t.Fatalf("no row is no error: %v", err)
		}
	})
}

func TestKindsOfErrors(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('red')`)
		for _, c := range []struct {
			query string
			is    func(error) bool
		}{
			{`INSERT INTO mugs (name) VALUES ('red')`, db.IsUnique},
			{`INSERT INTO mugs (name, n) VALUES ('blue', -1)`, db.IsCheck},
			{`INSERT INTO spoons (mug) VALUES ('none')`, db.IsForeign}, // refused at the commit
		} {
			err := d.Update(t.Context(), run(c.query))
			if n := b(db.IsUnique(err)) + b(db.IsCheck(err)) + b(db.IsForeign(err)); !c.is(err) || n != 1 {
				t.Errorf("%s: %v", c.query, err)
			}
		}
		if db.IsUnique(nil) || db.IsUnique(errors.New("unique")) {
			t.Error("IsUnique of another error")
		}
	})
}

func b(v bool) int {
	if v {
		return 1
	}
	return 0
}

func TestRowLocksOnBoth(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('red')`)
		for _, lock := range []string{"FOR UPDATE", "for update skip locked", "\n FOR  UPDATE\n OF mugs NOWAIT", "FOR NO KEY UPDATE", "FOR SHARE"} {
			exec(t, d, `SELECT name FROM mugs WHERE name = $1 ORDER BY name LIMIT 1 `+lock, "red")
		}
		exec(t, d, `UPDATE mugs SET n = 1 WHERE name IN (SELECT name FROM mugs ORDER BY name LIMIT 5 FOR UPDATE SKIP LOCKED)`)
		if n := count(t, d, `SELECT n FROM mugs`); n != 1 {
			t.Fatalf("n = %d", n)
		}
	})
}

func TestNestedIsRefused(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		nothing := func(context.Context, *db.Tx) error { return nil }
		for _, outer := range []func(context.Context, func(context.Context, *db.Tx) error) error{d.Update, d.View} {
			err := outer(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				if !db.InTx(ctx) || db.InTx(t.Context()) {
					t.Error("InTx is wrong")
				}
				return errors.Join(d.Update(ctx, nothing), d.View(ctx, nothing))
			})
			if want := db.ErrNested.Error(); !errors.Is(err, db.ErrNested) || err.Error() != want+"\n"+want {
				t.Errorf("error %v", err)
			}
		}
	})
}

func TestViewIsOneMomentAndReadsOnly(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('red')`)
		err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			var before, after int64
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM mugs`).Scan(&before); err != nil {
				return err
			}
			exec(t, d, `INSERT INTO mugs (name) VALUES ('blue')`)
			if err := tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM mugs`).Scan(&after); err != nil {
				return err
			}
			if before != 1 || after != 1 {
				t.Errorf("saw %d, then %d", before, after)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := d.View(t.Context(), run(`INSERT INTO mugs (name) VALUES ('green')`)); err == nil {
			t.Fatal("a view wrote")
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != 2 {
			t.Fatalf("%d mugs", n)
		}
	})
}

func TestTimeStandsStillInATransaction(t *testing.T) {
	t.Parallel()
	v := clock.NewVirtual(time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC))
	dbtest.EachWith(t, v.Now, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if tx.Now != clock.Of(v.Now()) || tx.Kind() != d.Kind() || tx.Kind().String() != t.Name()[len("TestTimeStandsStillInATransaction/"):] {
				t.Errorf("now %v, kind %v", tx.Now, tx.Kind())
			}
			return nil
		})
		if err != nil || !d.Now().Equal(v.Now()) {
			t.Fatal(err, d.Now())
		}
	})
}

func TestATransactionEndsWithItsClosure(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		var kept *db.Tx
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			kept = tx
			_, err := tx.QueryContext(ctx, `SELECT name FROM mugs`) //nolint:gocritic,rowserrcheck,sqlclosecheck // left open on purpose
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := run(`INSERT INTO mugs (name) VALUES ('late')`)(t.Context(), kept); err == nil || !strings.Contains(err.Error(), "over") {
			t.Fatalf("a transaction outlived its closure: %v", err)
		}
	})
}

func TestManyWritersAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name) VALUES ('all')`)
		var hooks, refused atomic.Int64
		var wg sync.WaitGroup
		const writers, rounds = 16, 20
		for w := range writers {
			wg.Go(func() {
				for i := range rounds {
					err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
						tx.AfterCommit(func() { hooks.Add(1) })
						if err := run(`UPDATE mugs SET n = n + 1 WHERE name = 'all'`)(ctx, tx); err != nil {
							return err
						}
						if i%5 == 4 { // every fifth fails on a statement of its own
							return run(`INSERT INTO mugs (name) VALUES ('all')`)(ctx, tx)
						}
						return run(`INSERT INTO mugs (name) VALUES ($1)`, fmt.Sprintf("%d-%d", w, i))(ctx, tx)
					})
					if db.IsUnique(err) {
						refused.Add(1)
					} else if err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		want := int64(writers * rounds * 4 / 5)
		if n := count(t, d, `SELECT n FROM mugs WHERE name = 'all'`); n != want || hooks.Load() != want || refused.Load() != want/4 {
			t.Fatalf("counted %d, hooks %d, refused %d, want %d", n, hooks.Load(), refused.Load(), want)
		}
		if n := count(t, d, `SELECT COUNT(*) FROM mugs`); n != want+1 {
			t.Fatalf("%d mugs, want %d", n, want+1)
		}
	})
}

// TestAnalyse looks again at what has grown, and at nothing else.
func TestAnalyse(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for i := range 300 {
				if err := run(`INSERT INTO mugs (name) VALUES ($1)`, fmt.Sprint(i))(ctx, tx); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := d.Analyse(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		err = d.View(t.Context(), func(ctx context.Context, _ *db.Tx) error { return d.Analyse(ctx) })
		if !errors.Is(err, db.ErrNested) {
			t.Errorf("inside a transaction: %v", err)
		}
	})
}
