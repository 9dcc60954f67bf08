package importer_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"doorstep/internal/db"
	"doorstep/internal/importer"
)

// fuzzFile tries rows under each of the heads, in a database of its own that keeps nothing.
func fuzzFile(f *testing.F, heads ...string) {
	f.Helper()
	d, err := db.Open(context.Background(), filepath.Join(f.TempDir(), "fuzz.db"), db.Options{})
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(context.Background()); err != nil {
		f.Fatal(err)
	}
	open(f, d, "EUR")
	f.Fuzz(func(t *testing.T, rows string) {
		for _, head := range heads {
			file := filepath.Join(t.TempDir(), "x.csv")
			if err := os.WriteFile(file, []byte(head+"\n"+rows), 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := importer.Products(t.Context(), d, shop, []string{file}, importer.Options{Supplier: "Acme", DryRun: true})
			if err != nil && strings.Contains(err.Error(), "panic") || r.Created > strings.Count(rows, "\n")+strings.Count(rows, "\r")+1 {
				t.Errorf("%q makes %+v, %v", rows, r, err)
			}
		}
	})
}

// FuzzShopify: rows under Shopify's header are products or problems, never a panic.
func FuzzShopify(f *testing.F) {
	f.Add("mug,Mug,<p>x,Red,1.50,5\nmug,,,Blue,2,1")
	f.Add("mug,Mug,,,,\n,,,,\n\"")
	f.Add("a,b,c,d,-1,9999999999999999999\nA,b,c,D,1e9,x")
	fuzzFile(f, "Handle,Title,Body (HTML),Option1 Value,Variant Price,Variant Inventory Qty", "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Variant Price")
}

// FuzzWooCommerce: the same for WooCommerce's, whose rows refer to each other.
func FuzzWooCommerce(f *testing.F) {
	f.Add("1,simple,M1,Mug,1.50,,\n2,variable,V,Bowl,,,\n3,variation,V-1,,2,V,Red")
	f.Add("1,variation,X,,1,id:1,a\n2,variation,Y,,1,Y,b")
	f.Add("x,\"simple, virtual\",,,,,\n,,,,,,")
	fuzzFile(f, "ID,Type,SKU,Name,Regular price,Parent,Attribute 1 value(s)", "ID,Type,SKU,Name,Sale price,Parent,Stock")
}
