package importer_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// TestStringsThatBreakPrograms: whatever stands in a field, the row goes in or is reported,
// and the import goes on, on both databases.
func TestStringsThatBreakPrograms(t *testing.T) {
	t.Parallel()
	list := []string{"'; DROP TABLE products; --", "\u202etest", "Ω≈ç√∫", "\x00nul", strings.Repeat("x", 5000), "<script>alert(1)</script>", "=1+1", "\ufeff", "😀", "$1", "%s%n", "NULL", " "}
	if dir := shared(t); dir != "" {
		text, err := os.ReadFile(filepath.Join(dir, "data", "addresses", "naughty", "blns.json"))
		if err == nil {
			err = json.Unmarshal(text, &list)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"Handle", "Title", "Body (HTML)", "Vendor", "Tags", "Option1 Name", "Option1 Value", "Variant SKU", "Variant Price"})
	for i, s := range list {
		_ = w.Write([]string{fmt.Sprintf("p-%d", i), "T " + s, s, s, s, "Option" + s, "Value" + s, s, "1"})
	}
	w.Flush()
	path := file(t, "naughty.csv", b.String())
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d, "EUR")
		r := products(t, d, importer.Options{Supplier: "Acme"}, path)
		if r.Created+r.ProblemsTotal < len(list) || r.Created < len(list)*9/10-2 {
			t.Errorf("%d strings: %+v", len(list), r)
		}
		if again := products(t, d, importer.Options{Supplier: "Acme"}, path); again.Unchanged != r.Created {
			t.Errorf("again: %+v", again)
		}
	})
}
