package importer_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/importer"
	"doorstep/money"
)

const shop = id.Store("st_test")

// open makes a store that sells in a currency.
func open(t testing.TB, d *db.DB, c money.Currency) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO stores (store_id, name, currency, created_at) VALUES ($1, 'x', $2, 1)", shop, c)
		return err
	})
}

func update(t testing.TB, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// products imports files and wants no error.
func products(t testing.TB, d *db.DB, o importer.Options, files ...string) importer.Report {
	t.Helper()
	r, err := importer.Products(t.Context(), d, shop, files, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// shared is the folder of data that nobody here wrote, where it is present.
func shared(t testing.TB) string {
	t.Helper()
	for _, dir := range []string{os.Getenv("DOORSTEP_SHARED"), "../../../shared"} {
		if _, err := os.Stat(filepath.Join(dir, "data", "products")); dir != "" && err == nil {
			return dir
		}
	}
	return ""
}

// TestEveryFile takes our own fixtures, and every file of the shared data where it is there.
func TestEveryFile(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/*.csv")
	if dir := shared(t); dir != "" {
		more, _ := filepath.Glob(filepath.Join(dir, "data", "products", "*", "*.csv"))
		files = append(files, more...)
	}
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d, "EUR")
		for _, file := range files {
			o := importer.Options{Supplier: "Acme"}
			r := products(t, d, o, file)
			if r.Created == 0 || r.Offers == 0 || r.ProblemsTotal > 0 {
				t.Errorf("%s: %+v", filepath.Base(file), r)
			}
			again := products(t, d, o, file)
			if again.Created != 0 || again.Updated != 0 || again.Offers != 0 || again.Unchanged != r.Created {
				t.Errorf("%s again: %+v", filepath.Base(file), again)
			}
		}
	})
}
