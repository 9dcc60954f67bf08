package rows_test

import (
	"context"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/db/rows"
	"doorstep/internal/id"
)

const shop, other = id.Store("st_shop"), id.Store("st_other")

func TestRowsOfAnyTable(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			for _, s := range []id.Store{shop, other} {
				if _, err := tx.ExecContext(ctx, "INSERT INTO stores (store_id, name, currency, created_at) VALUES ($1, 'x', 'EUR', 1)", s); err != nil {
					return err
				}
				for _, name := range []string{"a", "b_", "c%"} {
					if _, err := tx.ExecContext(ctx, "INSERT INTO settings (store_id, name, value, updated_at) VALUES ($1, $2, $3, 7)", s, name, "Value of "+name); err != nil {
						return err
					}
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		err = d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			tables, err := rows.Tables(ctx, tx)
			if err != nil || !tables["settings"] || tables["nonsense"] {
				t.Errorf("%v %v", tables, err)
			}
			found, err := rows.Select(ctx, tx, shop, "settings", "name", []string{"a", "c%", "zz"})
			if err != nil || len(found) != 2 || found[0]["updated_at"] != int64(7) || found[0].Text("value") == "" {
				t.Errorf("%v %v", found, err)
			}
			for text, want := range map[string]int{"VALUE OF": 3, "of b_": 1, "of c%": 1, "%": 1, "_": 1, `\`: 0} {
				if found, err = rows.Holding(ctx, tx, shop, "settings", "value", []string{text}); err != nil || len(found) != want {
					t.Errorf("%q: %v %v", text, found, err)
				}
			}
			found, err = rows.Holding(ctx, tx, shop, "settings", "value", []string{"of b_"})
			if err != nil {
				return err
			}
			if err := rows.Update(ctx, tx, "settings", found[0], []string{"store_id", "name"}, rows.Row{"value": "new"}); err != nil {
				return err
			}
			if n, err := rows.Delete(ctx, tx, shop, "settings", "name", []string{"a"}); err != nil || n != 1 {
				t.Errorf("%d %v", n, err)
			}
			if found, err = rows.Select(ctx, tx, other, "settings", "name", []string{"a", "b_"}); err != nil || len(found) != 2 || found[1].Text("value") == "new" {
				t.Errorf("another store was touched: %v %v", found, err)
			}
			_, err = rows.Select(ctx, tx, shop, "settings; DROP TABLE stores", "name", []string{"a"})
			if err == nil {
				t.Error("a name that is SQL was taken")
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
