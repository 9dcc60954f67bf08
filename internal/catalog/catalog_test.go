package catalog_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/money"
)

const shop = id.Store("st_test")

func update(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// open makes the store and a second one, into which nothing may leak.
func open(t *testing.T, d *db.DB) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) error {
		for _, store := range []id.Store{shop, "st_other"} {
			if _, err := tx.ExecContext(ctx, "INSERT INTO stores (store_id, name, currency, created_at) VALUES ($1, 'x', 'EUR', 1)", store); err != nil {
				return err
			}
		}
		return nil
	})
}

func eur(minor int64) money.Amount { return money.New(minor, "EUR") }

// shirt is a product with two options and three variants.
func shirt() catalog.Draft {
	return catalog.Draft{
		Handle: "shirt", Title: "Shirt", Body: `<p onclick="x()">Soft</p><script>alert(1)</script>`, Vendor: "Loom", Kind: "Tops",
		Options: []string{"Colour", "Size"}, Tags: []string{"linen", "summer", "linen"},
		Images:      []catalog.DraftImage{{URL: "https://img.example/1.jpg", Alt: "front"}, {URL: "https://img.example/2.jpg"}},
		Collections: []catalog.DraftCollection{{Handle: "tops", Title: "Tops"}},
		Variants: []catalog.DraftVariant{
			{SKU: "S-R-M", Values: []string{"Red", "M"}, Price: eur(2500), CompareAt: eur(3000), RequiresShipping: true, Taxable: true, WeightGrams: 200},
			{SKU: "S-R-L", Values: []string{"Red", "L"}, Price: eur(2600), RequiresShipping: true, Taxable: true},
			{SKU: "S-B-M", Values: []string{"Blue", "M"}, Price: eur(2500), RequiresShipping: true, Taxable: true},
		},
	}
}

func put(t *testing.T, d *db.DB, draft catalog.Draft, drop bool) (r catalog.Result) {
	t.Helper()
	update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
		r, err = catalog.Put(ctx, tx, shop, draft, drop)
		return err
	})
	return r
}

func full(t *testing.T, d *db.DB, handle string) (l catalog.Listing) {
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

func TestPutStoresEverything(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		r := put(t, d, shirt(), false)
		if !r.Created || !r.Changed || len(r.Variants) != 3 {
			t.Fatalf("%+v", r)
		}
		l := full(t, d, "shirt")
		if l.Body != "<p>Soft</p>" {
			t.Errorf("body %q", l.Body)
		}
		if diff := cmp.Diff([]string{"linen", "summer"}, l.Tags); diff != "" {
			t.Error(diff)
		}
		if diff := cmp.Diff([]string{"Colour", "Size"}, l.Options()); diff != "" {
			t.Error(diff)
		}
		v := l.Variants[0]
		if v.VariantID != r.Variants[0] || v.Title != "Red / M" || v.Price() != eur(2500) || v.CompareAt() != eur(3000) || !v.Taxable || v.WeightGrams != 200 {
			t.Errorf("%+v", v)
		}
		if len(l.Images) != 2 || l.Images[0].Alt != "front" || len(l.Collections) != 1 || l.Collections[0].Title != "Tops" || l.Status != catalog.Active {
			t.Errorf("%+v %+v %s", l.Images, l.Collections, l.Status)
		}
	})
}

func TestTheSameAgainChangesNothing(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		first := put(t, d, shirt(), false)
		before := full(t, d, "shirt")
		again := put(t, d, shirt(), true)
		if again.Changed || again.Created || !slices.Equal(first.Variants, again.Variants) {
			t.Errorf("%+v", again)
		}
		if diff := cmp.Diff(before, full(t, d, "shirt")); diff != "" {
			t.Error(diff)
		}
	})
}

func TestVariantsKeepTheirIds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		first := put(t, d, shirt(), false)
		s := shirt()
		s.Variants[0].Values[0] = "Crimson"                                                 // recognised by SKU
		s.Variants[1].SKU = "S-R-L-2"                                                       // by options
		s.Variants[2] = catalog.DraftVariant{Values: []string{"Green", "S"}, Price: eur(1)} // new
		r := put(t, d, s, false)
		if r.Variants[0] != first.Variants[0] || r.Variants[1] != first.Variants[1] {
			t.Errorf("ids changed: %v, before %v", r.Variants, first.Variants)
		}
		if !slices.Equal(r.Missing, first.Variants[2:]) {
			t.Errorf("missing %v", r.Missing)
		}
		l := full(t, d, "shirt")
		if len(l.Variants) != 4 || l.Variants[3].VariantID != first.Variants[2] || l.Variants[0].Title != "Crimson / M" {
			t.Errorf("%+v", l.Variants)
		}
		if r := put(t, d, s, true); !r.Changed || len(r.Missing) != 0 || len(full(t, d, "shirt").Variants) != 3 {
			t.Errorf("drop: %+v", r)
		}
	})
}

func TestSetStatus(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		r := put(t, d, shirt(), false)
		for _, want := range []bool{true, false} {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				got, err := catalog.SetStatus(ctx, tx, shop, r.Product, catalog.Archived)
				if got != want {
					t.Errorf("changed %v, want %v", got, want)
				}
				return err
			})
		}
		err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			_, err := catalog.SetStatus(ctx, tx, shop, r.Product, "gone")
			return err
		})
		if _, ok := errors.AsType[catalog.Invalid](err); !ok {
			t.Errorf("a status that is none: %v", err)
		}
	})
}

func TestSwappedValuesKeepTheirIds(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		first := put(t, d, shirt(), false)
		s := shirt()
		slices.Reverse(s.Variants)
		r := put(t, d, s, false)
		slices.Reverse(r.Variants)
		if !r.Changed || !slices.Equal(first.Variants, r.Variants) {
			t.Errorf("%v, before %v", r.Variants, first.Variants)
		}
		one := catalog.Draft{Handle: "cup", Title: "Cup", Variants: []catalog.DraftVariant{{Price: eur(5)}}}
		a := put(t, d, one, false)
		one.Options, one.Variants[0].Values = []string{"Size"}, []string{"Small"}
		if b := put(t, d, one, false); b.Variants[0] != a.Variants[0] {
			t.Error("the only variant became another one")
		}
	})
}

func TestInvalidDraftsSayWhere(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", 300)
	cases := map[string]func(*catalog.Draft){
		"handle":             func(d *catalog.Draft) { d.Handle = "A b" },
		"title":              func(d *catalog.Draft) { d.Title = " " },
		"vendor":             func(d *catalog.Draft) { d.Vendor = long },
		"status":             func(d *catalog.Draft) { d.Status = "gone" },
		"options":            func(d *catalog.Draft) { d.Options = []string{"a", "b", "c", "d"} },
		"options[1]":         func(d *catalog.Draft) { d.Options[1] = d.Options[0] },
		"variants":           func(d *catalog.Draft) { d.Variants = nil },
		"variants[1].values": func(d *catalog.Draft) { d.Variants[1].Values = d.Variants[0].Values },
		"variants[0].price":  func(d *catalog.Draft) { d.Variants[0].Price = eur(-1) },
		"variants[2].price":  func(d *catalog.Draft) { d.Variants[2].Price = money.New(1, "XXQ") },
		"variants[0].compare_at": func(d *catalog.Draft) {
			d.Variants[0].CompareAt = money.New(1, "USD")
		},
		"variants[0].image": func(d *catalog.Draft) { d.Variants[0].Image = "javascript:alert(1)" },
		"images[0].url":     func(d *catalog.Draft) { d.Images[0].URL = "ftp://x" },
		"collections[0]":    func(d *catalog.Draft) { d.Collections[0].Handle = "" },
		"body":              func(d *catalog.Draft) { d.Body = strings.Repeat("a", catalog.MaxBody+1) },
	}
	for field, damage := range cases {
		d := shirt()
		damage(&d)
		_, err := catalog.Clean(d)
		invalid, ok := errors.AsType[catalog.Invalid](err)
		if !ok || !slices.ContainsFunc(invalid, func(f catalog.FieldError) bool { return f.Field == field }) {
			t.Errorf("%s: %v", field, err)
		}
	}
}

func TestListsPageThrough(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		var tops id.Collection
		var want []string
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			c, err := catalog.SetCollection(ctx, tx, shop, catalog.DraftCollection{Handle: "tops", Title: "Tops"}, "<p>x</p>")
			tops = c.CollectionID
			for i := range 7 {
				p := catalog.Draft{Handle: fmt.Sprintf("p%d", i), Title: "P", Tags: []string{"red"}, Variants: []catalog.DraftVariant{{Price: eur(1)}}}
				if i == 3 {
					p.Status = catalog.Unlisted
				} else {
					want = append(want, p.Handle)
				}
				r, e := catalog.Put(ctx, tx, shop, p, false)
				err = errors.Join(err, e)
				_, e = catalog.Place(ctx, tx, shop, tops, r.Product, int64(3-i/2))
				err = errors.Join(err, e)
			}
			return err
		})
		for name, f := range map[string]catalog.Filter{
			"all": {}, "active": {Status: catalog.Active}, "tag": {Tag: "red"}, "tag and active": {Tag: "red", Status: catalog.Active},
			"collection": {Collection: tops}, "collection and active": {Collection: tops, Status: catalog.Active},
		} {
			got := walk(t, d, f)
			size := 7
			if f.Status != "" {
				size = 6
			}
			if f.Collection != "" && got[0] != "p6" || f.Collection == "" && got[0] != "p0" {
				t.Errorf("%s begins with %s", name, got[0])
			}
			slices.Sort(got)
			if len(got) != size || len(slices.Compact(got)) != size || f.Status != "" && !slices.Equal(got, want) {
				t.Errorf("%s: %v", name, got)
			}
		}
	})
}

// walk lists all handles of a filter, two at a time.
func walk(t *testing.T, d *db.DB, f catalog.Filter) (handles []string) {
	t.Helper()
	err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		var at catalog.Cursor
		for {
			page, next, err := catalog.List(ctx, tx, shop, f, at, 2)
			if err != nil {
				return err
			}
			for _, p := range page {
				handles = append(handles, p.Handle)
			}
			if at = next; at == (catalog.Cursor{}) {
				return nil
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	return handles
}

func TestStoresAreApart(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		r := put(t, d, shirt(), false)
		err := d.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := catalog.GetVariant(ctx, tx, "st_other", r.Variants[0]); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("another store sees the variant: %v", err)
			}
			if list, err := catalog.BySKU(ctx, tx, "st_other", "S-R-M"); len(list) != 0 || err != nil {
				t.Errorf("another store sees the SKU: %v %v", list, err)
			}
			list, err := catalog.BySKU(ctx, tx, shop, "S-R-M")
			if len(list) != 1 || list[0].VariantID != r.Variants[0] {
				t.Errorf("%v", list)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}

func TestCleanHTML(t *testing.T) {
	t.Parallel()
	for html, want := range map[string]string{
		"plain": "plain",
		`<p id="cart" class="x" style="x">a<br>b</p>`:            "<p>a<br>b</p>",
		`<a href="javascript:alert(1)">x</a>`:                    "x",
		`<a href="https://x.example/">x</a>`:                     `<a href="https://x.example/" rel="nofollow noreferrer">x</a>`,
		`<img src="data:image/png;base64,AAAA">`:                 "",
		`<img src="https://x.example/a.png" onerror="alert(1)">`: `<img src="https://x.example/a.png">`,
		`<form action="/pay"><input name="card"></form>ok`:       "ok",
		`<svg/onload=alert(1)>`:                                  "",
		`5 < 6`:                                                  "5 &lt; 6",
		`<iframe src="https://x.example"></iframe>`:              "",
	} {
		got := catalog.CleanHTML(html)
		if got != want || catalog.CleanHTML(got) != got {
			t.Errorf("%s: %s, want %s", html, got, want)
		}
	}
}

func TestSlug(t *testing.T) {
	t.Parallel()
	for title, want := range map[string]string{
		"Crème brûlée (2 Stück)": "creme-brulee-2-stuck", "  A -- B  ": "a-b", "Smørrebrød & Łódź": "smorrebrod-lodz",
		"Men's": "mens", "日本の 茶碗": "日本の-茶碗", "!!!": "", "WooCommerce Product CSV Suite": "woocommerce-product-csv-suite",
	} {
		if got := catalog.Slug(title); got != want {
			t.Errorf("%s: %q, want %q", title, got, want)
		}
	}
}
