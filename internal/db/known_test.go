package db_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

func TestKnownIsReadAgainAfterAWrite(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name, n) VALUES ('red', 1)`)
		reads := 0
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			reads = 0
			look := func(want int64, times int) {
				t.Helper()
				n, err := db.Known(tx, "red", func() (n int64, err error) {
					reads++
					return n, tx.QueryRowContext(ctx, `SELECT n FROM mugs WHERE name = 'red'`).Scan(&n)
				}, "mugs")
				if err != nil || n != want || reads != times {
					t.Errorf("%d after %d reads (%v), want %d after %d", n, reads, err, want, times)
				}
			}
			look(1, 1)
			look(1, 2) // not held: others may have changed it
			tx.Hold("red")
			look(1, 3)
			look(1, 3)
			if err := run("-- name: Fill :exec\nUPDATE mugs SET n = 5 WHERE name = 'red'")(ctx, tx); err != nil {
				return err
			}
			look(5, 4)
			if err := run(`INSERT INTO spoons (mug) VALUES ('red')`)(ctx, tx); err != nil {
				return err
			}
			look(5, 4) // another table
			if err := run(`DELETE FROM mugs WHERE name = 'blue'`)(ctx, tx); err != nil {
				return err
			}
			look(5, 5)
			look(5, 5)
			if tx.Written() != 3 || tx.Written("mugs") != 2 || tx.Written("spoons", "forks") != 1 || tx.Written("forks") != 0 {
				t.Errorf("written: %d, mugs %d, spoons %d", tx.Written(), tx.Written("mugs"), tx.Written("spoons", "forks"))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestKnownListsAreEverybodysOwn(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Path(t), nil)
	err := d.Update(t.Context(), func(_ context.Context, tx *db.Tx) error {
		tx.Hold("x")
		read := func() ([]int, error) { return []int{1, 2, 3}, nil }
		for range 3 {
			list, err := db.KnownList(tx, "x", read, "mugs")
			if err != nil || len(list) != 3 || list[0] != 1 {
				t.Errorf("%v (%v)", list, err)
			}
			list[0] = 7
		}
		wrong := errors.New("no")
		if _, err := db.Known(tx, "x", func() (int, error) { return 0, wrong }, "spoons"); !errors.Is(err, wrong) {
			t.Errorf("the error is %v", err)
		}
		if n, err := db.Known(tx, "x", func() (int, error) { return 4, nil }, "spoons"); n != 4 || err != nil {
			t.Errorf("an error was kept: %d, %v", n, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

type storeName struct{}

// TestKeptIsNeverOlderThanOurOwnChange reads a kept value all the time while it is changed: who
// begins after a change has ended must see it.
func TestKeptIsNeverOlderThanOurOwnChange(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO stores (store_id, name, currency, created_at) VALUES ('st_1', 'a', 'EUR', 0)`)
		read := func() (name string) {
			err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				name, err = db.Kept(tx, storeName{}, func() (s string, err error) {
					return s, tx.QueryRowContext(ctx, `SELECT name FROM stores WHERE store_id = 'st_1'`).Scan(&s)
				})
				return err
			})
			if err != nil {
				t.Error(err)
			}
			return name
		}
		stop := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-stop:
					return
				default:
					read()
				}
			}
		}()
		for i := range 50 {
			name := string(rune('a' + i%26))
			exec(t, d, `UPDATE stores SET name = $1 WHERE store_id = 'st_1'`, name)
			if have := read(); have != name {
				t.Fatalf("the name is %q, and was changed to %q before", have, name)
			}
		}
		close(stop)
		<-ended
		for try := 0; ; try++ { // a busy machine may take longer than it is kept
			read()
			name, ok := db.KeptNow[string](d, storeName{})
			if ok && name == "x" {
				break
			}
			if ok || try == 100 {
				t.Fatalf("kept: %q, %v", name, ok)
			}
		}
		exec(t, d, `DELETE FROM settings`)
		if _, ok := db.KeptNow[string](d, storeName{}); ok {
			t.Error("it is kept after a change")
		}
	})
}

// TestKeptForgetsInTime lets another process change what this one keeps.
func TestKeptForgetsInTime(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		here, there := dbtest.Open(t, dsn, clock.System()), dbtest.Open(t, dsn, clock.System())
		exec(t, here, `INSERT INTO stores (store_id, name, currency, created_at) VALUES ('st_1', 'a', 'EUR', 0)`)
		deadline := time.Now().Add(20 * time.Second)
		for first := true; ; first = false {
			var name string
			err := here.View(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
				name, err = db.Kept(tx, storeName{}, func() (s string, err error) {
					return s, tx.QueryRowContext(ctx, `SELECT name FROM stores WHERE store_id = 'st_1'`).Scan(&s)
				})
				return err
			})
			switch {
			case err != nil:
				t.Fatal(err)
			case name == "b":
				return
			case time.Now().After(deadline):
				t.Fatal("the other process's change was never seen")
			case first:
				exec(t, there, `UPDATE stores SET name = 'b' WHERE store_id = 'st_1'`)
			}
		}
	})
}
