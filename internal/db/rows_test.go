package db_test

import (
	"context"
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

// TestManyRowsAreTheSameAsOneByOne writes lists of any length, with rows that are there already
// and rows that are there twice, and expects what writing each by itself would have left.
func TestManyRowsAreTheSameAsOneByOne(t *testing.T) {
	t.Parallel()
	const insert = `INSERT INTO mugs (name, n) VALUES ($1, $2) ON CONFLICT DO NOTHING`
	each(t, func(t *testing.T, d *db.DB) {
		rapid.Check(t, func(rt *rapid.T) {
			exec(t, d, `DELETE FROM mugs`)
			want := map[string]int64{}
			for range rapid.IntRange(1, 3).Draw(rt, "rounds") {
				rows := make([][]any, rapid.OneOf(rapid.IntRange(0, 8), rapid.IntRange(440, 460), rapid.Just(1000)).Draw(rt, "rows"))
				fresh := int64(0)
				for i := range rows {
					name, n := fmt.Sprint("mug ", rapid.IntRange(0, 1200).Draw(rt, "name")), int64(i)
					rows[i] = []any{name, n}
					if _, ok := want[name]; !ok {
						want[name] = n
						fresh++
					}
				}
				var taken int64
				err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
					batch := db.NewBatch(tx)
					for _, row := range rows {
						if _, err := batch.ExecContext(ctx, insert, row...); err != nil {
							return err
						}
					}
					taken, err = batch.Taken(ctx)
					return err
				})
				if err != nil || taken != fresh {
					rt.Fatalf("%d rows taken, want %d (%v)", taken, fresh, err)
				}
			}
			have, sum := count(t, d, `SELECT COUNT(*) FROM mugs`), int64(0)
			for _, n := range want {
				sum += n
			}
			if total := count(t, d, `SELECT CAST(COALESCE(SUM(n), 0) AS BIGINT) FROM mugs`); have != int64(len(want)) || total != sum {
				rt.Fatalf("%d rows with a sum of %d, want %d and %d", have, total, len(want), sum)
			}
		})
	})
}

func TestOnlyStatementsOfOneRowBecomeMany(t *testing.T) {
	t.Parallel()
	d := dbtest.Open(t, dbtest.Path(t), nil)
	for name, query := range map[string]string{
		"no row":             `INSERT INTO mugs (name, n) SELECT $1, $2`,
		"a place behind it":  `INSERT INTO mugs (name, n) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET n = $2`,
		"a place before it":  `INSERT INTO mugs (name) SELECT $1 UNION VALUES ($2)`,
		"rows of two widths": `INSERT INTO mugs (name, n) VALUES ($1, $2)`,
	} {
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			batch := db.NewBatch(tx)
			for _, row := range [][]any{{"a", 1}, {"b"}} {
				if _, err := batch.ExecContext(ctx, query, row...); err != nil {
					return err
				}
			}
			return batch.Write(ctx)
		})
		if err == nil {
			t.Errorf("%s: it was taken", name)
		}
	}
}

func TestAmongFindsAnyOfAList(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d *db.DB) {
		exec(t, d, `INSERT INTO mugs (name, n) VALUES ('red', 1), ('blue', 2), ('green', 4), ('white', 8)`)
		sum := func(query string, names ...string) (total int64, err error) {
			err = d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				rows, err := db.Among(tx, names).QueryContext(ctx, query, int64(0), "")
				if err != nil {
					return err
				}
				defer rows.Close()
				for rows.Next() {
					var n int64
					if err := rows.Scan(&n); err != nil {
						return err
					}
					total += n
				}
				return rows.Err()
			})
			return total, err
		}
		const query = `SELECT n FROM mugs WHERE n > $1 AND name IN ($2)`
		for want, names := range map[int64][]string{1: {"red"}, 5: {"red", "green"}, 10: {"white", "blue", "pink"}, 0: {"pink"}} {
			if have, err := sum(query, names...); err != nil || have != want {
				t.Errorf("%v: %d (%v), want %d", names, have, err, want)
			}
		}
		for _, wrong := range []string{`SELECT n FROM mugs WHERE name = $2 AND n > $1`, `SELECT n FROM mugs WHERE n IN ($1) AND name = $2`} {
			if _, err := sum(wrong, "red"); err == nil {
				t.Errorf("%s: it was taken", wrong)
			}
		}
		if _, err := sum(query); err == nil {
			t.Error("an empty list was taken")
		}
	})
}
