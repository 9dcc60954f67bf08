package importer_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"doorstep/internal/catalog"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/importer"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// lite is an SQLite store that sells in a currency: for what does not depend on the database.
func lite(t testing.TB, c money.Currency) *db.DB {
	t.Helper()
	d := dbtest.Open(t, dbtest.Path(t), clock.System())
	open(t, d, c)
	return d
}

// file is a file of the test with this content.
func file(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// listing is the product of a handle with everything around it.
func listing(t testing.TB, d *db.DB, handle string) (l catalog.Listing) {
	t.Helper()
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		p, err := catalog.ByHandle(ctx, tx, shop, handle)
		if err != nil {
			return err
		}
		l, err = catalog.Full(ctx, tx, p)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// offersOf are the offers of the only variant with the SKU.
func offersOf(t testing.TB, d *db.DB, sku string) (list []inventory.Offer) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) error {
		vs, err := catalog.BySKU(ctx, tx, shop, sku)
		if err != nil || len(vs) != 1 {
			return fmt.Errorf("%d variants have %s: %w", len(vs), sku, err)
		}
		list, err = inventory.OffersOf(ctx, tx, shop, vs[0].VariantID)
		return err
	})
	return list
}

func lines(r importer.Report) []string {
	var list []string
	for _, p := range r.Problems {
		list = append(list, p.String())
	}
	return list
}

func TestShopify(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	r := products(t, d, importer.Options{Supplier: "Acme"}, "testdata/shopify.csv")
	if r.Created != 3 || r.Variants != 5 || r.CostUnknown != 2 || r.StockAssumed != 1 || r.ProblemsTotal != 0 || r.Rows != 6 {
		t.Fatalf("%+v", r)
	}
	l := listing(t, d, "linen-shirt")
	if l.Body != "<p>Cool in summer,\nwarm in the &#34;evening&#34;.</p>" && l.Body != "<p>Cool in summer,\nwarm in the \"evening\".</p>" {
		t.Errorf("body %q", l.Body)
	}
	if len(l.Images) != 3 || l.Images[2].Alt != "Detail" || l.SeoTitle != "Linen shirt for summer" || !slices.Equal(l.Tags, []string{"linen", "summer"}) {
		t.Errorf("%+v", l)
	}
	v := l.Variants[0]
	if v.Title != "Sand / M" || v.PriceMinor != 4990 || v.CompareAtMinor != 5990 || v.Available != 12 || v.Barcode != "4006381333931" || v.WeightGrams != 220 {
		t.Errorf("%+v", v)
	}
	if l.Variants[1].Available != 0 || l.Variants[2].Taxable {
		t.Errorf("%+v", l.Variants)
	}
	if o := offersOf(t, d, "LS-S-M")[0]; o.CostMinor != 1825 || o.SupplierSku != "LS-S-M" || o.Quantity != 12 {
		t.Errorf("%+v", o)
	}
	if cup := listing(t, d, "clay-cup"); len(cup.Options()) != 0 || cup.Variants[0].Title != "" || cup.Variants[0].Available != 999 {
		t.Errorf("%+v", cup)
	}
	if lamp := listing(t, d, "old-lamp"); lamp.Status != catalog.Unlisted || lamp.Variants[0].PriceMinor != 129900 || lamp.Variants[0].WeightGrams != 1201 {
		t.Errorf("%+v", lamp)
	}
}

func TestWooCommerce(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	r := products(t, d, importer.Options{Supplier: "Acme", CostPercent: 40}, "testdata/woocommerce.csv")
	if r.Created != 5 || r.Variants != 6 || r.Groups != 1 || r.Drafts != 1 || r.ProblemsTotal != 0 {
		t.Fatalf("%+v", r)
	}
	tea := listing(t, d, "green-tea")
	if tea.Body != "Fresh.\nFirst line\nsecond line" || tea.Variants[0].PriceMinor != 850 || tea.Variants[0].WeightGrams != 100 || tea.Variants[0].Available != 30 {
		t.Errorf("%+v", tea)
	}
	if len(tea.Collections) != 3 || len(tea.Images) != 2 {
		t.Errorf("%+v %+v", tea.Collections, tea.Images)
	}
	bowl := listing(t, d, "bowl")
	if !slices.Equal(bowl.Options(), []string{"Colour", "Size"}) || len(bowl.Variants) != 2 {
		t.Fatalf("%+v", bowl)
	}
	red, blue := bowl.Variants[0], bowl.Variants[1]
	if red.Title != "Red / Small" || red.WeightGrams != 450 || red.Available != 7 || red.Image != "https://img.example/bowl-red.jpg" {
		t.Errorf("%+v", red)
	}
	if blue.Title != "Blue / Any" || blue.RequiresShipping || blue.Taxable || blue.Available != 0 {
		t.Errorf("%+v", blue)
	}
	if o := offersOf(t, d, "BOWL-B")[0]; o.CostMinor != 840 {
		t.Errorf("%+v", o)
	}
	if p := listing(t, d, "course"); p.Status != catalog.Unlisted {
		t.Errorf("%+v", p)
	}
	if p := listing(t, d, "green-tea-tea-2"); p.Status != catalog.Unlisted || p.Title != "Green Tea" {
		t.Errorf("%+v", p)
	}
	again := products(t, d, importer.Options{Supplier: "Acme", CostPercent: 40}, "testdata/woocommerce.csv")
	if again.Unchanged != 5 || again.Created+again.Updated+again.Offers != 0 {
		t.Errorf("again: %+v", again)
	}
}

// TestSaleDays: the sale price counts from its first to its last day.
func TestSaleDays(t *testing.T) {
	t.Parallel()
	const head = "Type,SKU,Name,Regular price,Sale price,Date sale price starts,Date sale price ends\n"
	for days, want := range map[string][2]int64{
		",": {500, 900}, "2017-01-01,2999-01-01 0:00:00": {500, 900}, "2017-01-01,2018-01-01": {900, 0}, "2999-01-01,": {900, 0},
	} {
		d := lite(t, "EUR")
		products(t, d, importer.Options{}, file(t, "woo.csv", head+"simple,A,Thing,9,5,"+days+"\n"))
		if v := listing(t, d, "thing").Variants[0]; [2]int64{v.PriceMinor, v.CompareAtMinor} != want {
			t.Errorf("%s: %d and %d", days, v.PriceMinor, v.CompareAtMinor)
		}
	}
}

// TestEncodings: the same file in every dress gives the same products.
func TestEncodings(t *testing.T) {
	t.Parallel()
	const text = "Handle,Title,Vendor,Tags,Option1 Name,Option1 Value,Variant Price,Variant SKU\n" +
		"möbel,\"Stühle \"\"Größe\"\" – 5 €\nneu\",Häuser,\"rot, grün\",Title,Default Title,12.50,S-1\n"
	semi := strings.NewReplacer(",", ";", "12.50", "12,50", "rot, grün", "rot, grün").Replace(text)
	semi = strings.Replace(semi, "rot; grün", "rot, grün", 1)
	encode := func(e encoding.Encoding, s string) string {
		out, err := e.NewEncoder().String(s)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	var want catalog.Listing
	for i, c := range []struct{ name, text string }{
		{"plain", text},
		{"BOM", "\ufeff" + text},
		{"CRLF", strings.ReplaceAll(text, "\n", "\r\n")},
		{"semicolons", semi},
		{"tabs", strings.NewReplacer(",", "\t", "rot, grün", "rot, grün").Replace(text)},
		{"sep=", "sep=;\r\n" + semi},
		{"CP1252", encode(charmap.Windows1252, text)},
		{"CP1252, semicolons", encode(charmap.Windows1252, semi)},
		{"UTF-16LE", encode(unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), text)},
		{"UTF-16BE", encode(unicode.UTF16(unicode.BigEndian, unicode.UseBOM), text)},
		{"UTF-16LE without BOM", encode(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), text)},
	} {
		d := lite(t, "EUR")
		r := products(t, d, importer.Options{}, file(t, "p.csv", c.text))
		if r.Created != 1 || r.ProblemsTotal != 0 {
			t.Errorf("%s: %+v", c.name, r)
			continue
		}
		got := listing(t, d, "möbel")
		if i == 0 {
			want = got
			if want.Title != `Stühle "Größe" – 5 € neu` || want.Variants[0].PriceMinor != 1250 || len(want.Tags) != 2 {
				t.Fatalf("%+v", want)
			}
		}
		if got.Title != want.Title || got.Vendor != want.Vendor || got.Variants[0].PriceMinor != 1250 || c.name != "tabs" && cmp.Diff(got.Tags, want.Tags) != "" {
			t.Errorf("%s: %+v", c.name, got)
		}
	}
}

// TestBadRowsAreReported with file, line, column and reason, while the good ones go in.
func TestBadRowsAreReported(t *testing.T) {
	t.Parallel()
	const text = "Handle,Title,Body (HTML),Option1 Name,Option1 Value,Variant Price,Image Src\n" + // 1
		"a,A,,Size,S,10,\n" + // 2
		"a,,,,M,ten,\n" + // 3: a price that is none
		"a,,,,,12,\n" + // 4: no option value
		"b,,,Title,Default Title,10,\n" + // 5: no title
		"c,C,,Title,Default Title,,\n" + // 6: no price
		"d,D,say \"hi\",Title,Default Title,10,\n" + // 7: lone quotes
		"e,E,\"two\nlines\",Title,Default Title,10,\n" + // 8 and 9
		"f,F,\"x\"y,Title,Default Title,10,\n" + // 10: text after the quote
		",G,,Title,Default Title,10,\n" + // 11: no handle
		"h,H,,Title,Default Title,10,javascript:x\n" + // 12
		"i,I,,Title,Default Title,10,,,,more\n" + // 13: too many fields
		"a,A again,,Title,Default Title,10,\n" + // 14: rows apart
		"j,J,,Title,Default Title,10.005,\n" + // 15: inexact
		"k,K,,Title,Default Title,10\n" + // 16: a short row is good
		"\n;;\n" + // 17, 18
		"l,L,\"never closed,Title,Default Title,10,\n" + // 19
		"m,M,,Title,Default Title,10,\n" // 20
	d := lite(t, "EUR")
	r := products(t, d, importer.Options{}, file(t, "bad.csv", text))
	want := []string{
		`bad.csv:3: Variant Price: "ten" is not an exact amount of EUR`,
		`bad.csv:4: Option1 Value: is missing: the product has an option Size`,
		`bad.csv:5: Title: the first row of a product has its title: is it missing, or do the rows of b not stand together?`,
		`bad.csv:6: Variant Price: is missing`,
		`bad.csv:7: a quote in the middle of field 3: a field with quotes begins and ends with one and doubles those inside`,
		`bad.csv:10: text after the closing quote of field 3: quotes inside a field are doubled`,
		`bad.csv:11: Handle: is missing`,
		`bad.csv:13: the row has 10 fields, the header 7`,
		`bad.csv:14: Handle: a is the product of line 2 already: the rows of a product stand together`,
		`bad.csv:15: Variant Price: "10.005" is not an exact amount of EUR`,
		`bad.csv:18: Title: the first row of a product has its title: is it missing, or do the rows of ;; not stand together?`,
		`bad.csv:19: the quote that opens field 3 is never closed`,
		`bad.csv:12: Image Src: "javascript:x" is not a web address`,
	}
	if diff := cmp.Diff(want, lines(r)); diff != "" {
		t.Error(diff)
	}
	if r.Created != 4 || r.ProblemsTotal != len(want) {
		t.Errorf("%+v", r)
	}
	for _, handle := range []string{"a", "e", "k", "m"} {
		listing(t, d, handle)
	}
	if l := listing(t, d, "a"); len(l.Variants) != 1 {
		t.Errorf("%+v", l.Variants)
	}
}

func TestWooProblems(t *testing.T) {
	t.Parallel()
	const text = "Type,SKU,Name,Regular price,Stock,Parent,Attribute 1 name,Attribute 1 value(s)\n" +
		"variation,,,5,1,NOBODY,Size,S\n" + // 2
		"variable,,Nameless,,,,Size,S\n" + // 3: nothing can call it
		"variable,V,Alone,,,,Size,S\n" + // 4: no variations
		"variable,W,Well,,,,Size,\"S, M\"\n" + // 5
		"variation,W-S,,5,1,W,Size,S\n" + // 6
		"variation,W-M,,,1,W,Size,M\n" + // 7: no price
		"variable,W,Other,,,,Size,S\n" + // 8: the name is taken
		"bundle,X,Bundle,5,1,,,\n" + // 9
		"simple,Y,,5,1,,,\n" + // 10: no name
		"simple,Z,Zed,5,many,,,\n" // 11
	d := lite(t, "EUR")
	r := products(t, d, importer.Options{}, file(t, "woo.csv", text))
	var got []string
	for _, p := range r.Problems {
		got = append(got, fmt.Sprintf("%d %s", p.Line, p.Column))
	}
	slices.Sort(got)
	want := []string{"10 Name", "11 Stock", "2 Parent", "3 SKU", "4 Type", "7 Regular price", "8 SKU", "9 Type"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s\n%v", diff, lines(r))
	}
	if r.Created != 1 || len(listing(t, d, "well").Variants) != 1 {
		t.Errorf("%+v", r)
	}
}

// TestDryRunKeepsNothing, but reports the same.
func TestDryRunKeepsNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d, "EUR")
		for _, name := range []string{"testdata/shopify.csv", "testdata/woocommerce.csv"} {
			dry := products(t, d, importer.Options{Supplier: "Acme", DryRun: true}, name)
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				if n, err := catalog.Count(ctx, tx, shop); n != 0 || err != nil {
					t.Errorf("%d products: %v", n, err)
				}
				return nil
			})
			dry.Notes = nil
			wet := lite(t, "EUR")
			real := products(t, wet, importer.Options{Supplier: "Acme"}, name)
			real.Notes = nil
			if diff := cmp.Diff(real, dry); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
	})
}

// TestTheSameFileDoesNotBringStockBack: what was sold since stays sold.
func TestTheSameFileDoesNotBringStockBack(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	o := importer.Options{Supplier: "Acme"}
	products(t, d, o, "testdata/shopify.csv")
	offer := offersOf(t, d, "LS-S-M")[0]
	update(t, d, func(ctx context.Context, tx *db.Tx) error {
		_, err := inventory.Settle(ctx, tx, shop, offer.OfferID, "or_1", 1, 5)
		return err
	})
	products(t, d, o, "testdata/shopify.csv")
	if got := offersOf(t, d, "LS-S-M")[0].Quantity; got != 7 {
		t.Errorf("%d units, want the 7 that are left", got)
	}
	text, err := os.ReadFile("testdata/shopify.csv")
	if err != nil {
		t.Fatal(err)
	}
	r := products(t, d, o, file(t, "new.csv", strings.Replace(string(text), "shopify,12,", "shopify,20,", 1)))
	if got := offersOf(t, d, "LS-S-M")[0].Quantity; got != 20 || r.Updated != 1 || r.Unchanged != 2 {
		t.Errorf("%d units after a new file: %+v", got, r)
	}
}

// TestDropMissing takes variants off sale that the file no longer has.
func TestDropMissing(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	const head = "Handle,Title,Option1 Name,Option1 Value,Variant Price,Variant Inventory Qty\n"
	o := importer.Options{Supplier: "Acme", DropMissing: true}
	products(t, d, o, file(t, "a.csv", head+"a,A,Size,S,1,5\na,,,M,1,5\n"))
	products(t, d, importer.Options{Supplier: "Acme"}, file(t, "b.csv", head+"a,A,Size,S,1,5\n"))
	if l := listing(t, d, "a"); len(l.Variants) != 2 || l.Variants[1].Available != 5 {
		t.Errorf("without the option: %+v", l.Variants)
	}
	products(t, d, o, file(t, "c.csv", head+"a,A,Size,S,1,5\na,,,M,wrong,5\n"))
	if l := listing(t, d, "a"); l.Variants[1].Available != 5 {
		t.Error("a row with a mistake took a variant off sale")
	}
	products(t, d, o, file(t, "d.csv", head+"a,A,Size,S,1,5\n"))
	if l := listing(t, d, "a"); l.Variants[0].Available != 5 || l.Variants[1].Available != 0 {
		t.Errorf("%+v", l.Variants)
	}
}

func TestNotProducts(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	for name, c := range map[string]string{"empty": "", "only a BOM": "\ufeff", "other columns": "a,b\n1,2\n", "no text": "\x00\x01\x02"} {
		if _, err := importer.Products(t.Context(), d, shop, []string{file(t, "x.csv", c)}, importer.Options{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := importer.Products(t.Context(), d, shop, []string{"nowhere.csv"}, importer.Options{}); err == nil {
		t.Error("a file that is not there: no error")
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d, "EUR")
		r, err := importer.Sample(t.Context(), d, shop)
		if err != nil || r.Created < 60 || r.Offers < r.Variants {
			t.Fatalf("%+v %v", r, err)
		}
		again, err := importer.Sample(t.Context(), d, shop)
		if err != nil || again.Unchanged != r.Created || again.Created+again.Updated+again.Offers != 0 {
			t.Errorf("again: %+v %v", again, err)
		}
		mug := listing(t, d, "stoneware-mug")
		if len(mug.Variants) < 3 || mug.Variants[0].Available == 0 || len(mug.Collections) == 0 || len(mug.Images) == 0 {
			t.Errorf("%+v", mug)
		}
	})
	d := lite(t, "USD")
	if _, err := importer.Sample(t.Context(), d, shop); err == nil {
		t.Error("a store of another currency took the sample")
	}
}
