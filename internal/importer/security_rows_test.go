package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/importer"
)

// TestEndlessRowsAreRefused: a row that never ends, by an open quote or by thousands of lines,
// is a problem of that file, and does not come into the memory whole.
func TestEndlessRowsAreRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	head := "Handle,Title,Body (HTML),Variant SKU,Variant Price\n"
	for name, body := range map[string]string{
		"open quote":    "a,\"" + strings.Repeat("x", 8<<20),
		"many lines":    "a,\"" + strings.Repeat("x\n", 1<<20),
		"many columns":  strings.Repeat("a,", 2<<20),
		"long header":   "",
		"only newlines": strings.Repeat("\n", 2<<20),
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "-")+".csv")
		text := head + body
		if name == "long header" {
			text = strings.Repeat("Handle,", 1<<20) + "\n"
		}
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		dbtest.Each(t, func(t *testing.T, d *db.DB) {
			open(t, d, "EUR")
			r, err := importer.Products(t.Context(), d, shop, []string{file}, importer.Options{Supplier: "Acme"})
			if r.Created > 0 {
				t.Errorf("%s: %+v %v", name, r, err)
			}
			if _, err := importer.LookAt(file, 8); err == nil && name == "long header" {
				t.Errorf("%s: it was taken", name)
			}
		})
	}
}
