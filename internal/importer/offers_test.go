package importer_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/importer"
	"doorstep/internal/inventory"
)

const offerText = "variant_sku;barcode;supplier;supplier_sku;cost;currency;quantity;ship_from;handling_days;pack;priority\n" +
	"LS-S-M;;Acme;1005/14:29#M;31,50;CNY;40;cn;3;2;5\n" + // 2
	";4006381333931;Birch;B-1;4,10;usd;;;;;\n" + // 3: by barcode, quantity not known
	"NOPE;;Acme;x;1;CNY;1;;;;\n" + // 4
	";;Acme;x;1;CNY;1;;;;\n" + // 5
	"LS-S-L;;Nobody;x;1;CNY;1;;;;\n" + // 6
	"LS-S-L;;Acme;x;1;XXQ;1;;;;\n" + // 7
	"LS-S-L;;Acme;x;1,005;CNY;1;;;;\n" + // 8
	"LS-S-L;;Acme;x;1;CNY;some;;;;\n" + // 9
	"LS-S-L;;Acme;x;1;CNY;1;China;;;\n" + // 10
	"LS-S-L;;Acme;x;1;CNY;1;;;0;\n" + // 11
	"LS-S-L;;;x;1;CNY;1;;;;\n" // 12

func TestOffers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d, "EUR")
		products(t, d, importer.Options{}, "testdata/shopify.csv")
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, name := range []string{"Acme", "Birch"} {
				if _, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(shop, name)); err != nil {
					return err
				}
			}
			return nil
		})
		path := file(t, "offers.csv", offerText)
		r, err := importer.Offers(t.Context(), d, shop, []string{path}, importer.Options{})
		if err != nil {
			t.Fatal(err)
		}
		want := []string{
			`offers.csv:5: variant_sku: is missing`,
			`offers.csv:7: currency: "XXQ" is not a currency`,
			`offers.csv:8: cost: "1,005" is not an exact amount of CNY`,
			`offers.csv:9: quantity: "some" is not a number`,
			`offers.csv:10: ship_from: "CHINA" is not a country code of two letters`,
			`offers.csv:11: pack: 0 is not between 1 and 1048576`,
			`offers.csv:12: supplier: is missing`,
			`offers.csv:4: variant_sku: no variant has "NOPE"`,
			`offers.csv:6: supplier: there is no supplier "Nobody"`,
		}
		if diff := cmp.Diff(want, lines(r)); diff != "" || r.Offers != 2 || r.Rows != 11 {
			t.Errorf("%+v %s", r, diff)
		}
		list := offersOf(t, d, "LS-S-M")
		if len(list) != 2 {
			t.Fatalf("%+v", list)
		}
		a, b := list[0], list[1]
		if a.SupplierSku != "1005/14:29#M" || a.CostMinor != 3150 || a.Currency != "CNY" || a.Quantity != 40 || a.ShipFrom != "CN" || a.HandlingDays != 3 || a.Pack != 2 || a.Priority != 5 {
			t.Errorf("%+v", a)
		}
		if b.SupplierSku != "B-1" || b.CostMinor != 410 || b.Quantity != 0 || b.AsOf != 0 {
			t.Errorf("%+v", b)
		}
		again, err := importer.Offers(t.Context(), d, shop, []string{path}, importer.Options{})
		if err != nil || again.Offers != 0 {
			t.Errorf("again: %+v %v", again, err)
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			vs, err := catalog.BySKU(ctx, tx, shop, "LS-S-M")
			if vs[0].Available != 40 {
				t.Errorf("%+v", vs[0])
			}
			return err
		})
	})
}

func TestOffersMakeSuppliers(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	products(t, d, importer.Options{}, "testdata/shopify.csv")
	r, err := importer.Offers(t.Context(), d, shop, []string{file(t, "o.csv", "sku,cost,quantity\nCUP-1,4.50,9\n")}, importer.Options{Supplier: "Kiln", CreateSuppliers: true})
	if err != nil || r.Offers != 1 {
		t.Fatalf("%+v %v", r, err)
	}
	if o := offersOf(t, d, "CUP-1")[0]; o.SupplierSku != "CUP-1" || o.Currency != "EUR" || o.CostMinor != 450 || o.Quantity != 9 {
		t.Errorf("%+v", o)
	}
}

// Shops' exports often have neither SKU nor barcode: the offers for them still find their way.
func TestOffersForVariantsWithoutSKU(t *testing.T) {
	t.Parallel()
	d := lite(t, "EUR")
	products(t, d, importer.Options{}, file(t, "p.csv", "Handle,Title,Option1 Name,Option1 Value,Option2 Name,Option2 Value,Variant Price\n"+
		"shirt,Shirt,Colour,Sea / Sky,Size,M,20\nshirt,,,Sea / Sky,,L,20\npot,Pot,Title,Default Title,,,5\n"))
	r, err := importer.Offers(t.Context(), d, shop, []string{file(t, "o.csv", "variant,supplier_sku,cost,quantity\n"+
		"shirt/Sea / Sky/m,V-1,4.50,9\npot,V-2,1.50,3\nshirt,V-3,4.50,9\nshirt/Red/M,V-4,4.50,9\nnone/M,V-5,4.50,9\n,V-6,4.50,9\n")},
		importer.Options{Supplier: "Kiln", CreateSuppliers: true})
	if err != nil || r.Offers != 2 {
		t.Fatalf("%+v %v", r, err)
	}
	want := []string{
		`o.csv:7: sku: is missing`,
		`o.csv:4: variant: 2 variants have "shirt"`,
		`o.csv:5: variant: no variant has "shirt/Red/M"`,
		`o.csv:6: variant: no variant has "none/M"`,
	}
	if diff := cmp.Diff(want, lines(r)); diff != "" {
		t.Error(diff)
	}
	update(t, d, func(ctx context.Context, tx *db.Tx) error {
		p, err := catalog.ByHandle(ctx, tx, shop, "shirt")
		if err != nil {
			return err
		}
		vs, err := catalog.VariantsOf(ctx, tx, shop, p.ProductID)
		if err != nil {
			return err
		}
		if vs[0].Available != 9 || vs[1].Available != 0 {
			t.Errorf("%+v", vs)
		}
		return nil
	})
}
