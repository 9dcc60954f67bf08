package catalog_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
)

// fieldsOf are the fields that an Invalid names.
func fieldsOf(t *testing.T, err error) (list []string) {
	t.Helper()
	faults, ok := errors.AsType[catalog.Invalid](err)
	if !ok {
		t.Fatalf("%v is no Invalid", err)
	}
	for _, f := range faults {
		list = append(list, f.Field)
	}
	return list
}

func TestChoicesCombine(t *testing.T) {
	t.Parallel()
	clean, variants, err := catalog.Combine([]catalog.Choice{{Name: " Colour ", Values: []string{"Red ", "", "Blue"}}, {Name: "Size", Values: []string{"S", "M", "L"}}})
	if err != nil || len(variants) != 6 || clean[0].Name != "Colour" || !slices.Equal(variants[0], []string{"Red", "S"}) || !slices.Equal(variants[5], []string{"Blue", "L"}) {
		t.Error(clean, variants, err)
	}
	if _, variants, err := catalog.Combine(nil); err != nil || len(variants) != 1 || len(variants[0]) != 0 {
		t.Error(variants, err)
	}
	many := strings.Split(strings.Repeat("x,", 300), ",")
	for i := range many {
		many[i] += strings.Repeat("i", i)
	}
	for want, choices := range map[string][]catalog.Choice{
		"options[0].name":   {{Values: []string{"Red"}}},
		"options[0].values": {{Name: "Colour", Values: []string{" "}}},
		"options[1].name":   {{Name: "Colour", Values: []string{"Red"}}, {Name: "Colour", Values: []string{"S"}}},
		"options[1].values": {{Name: "Colour", Values: []string{"Red"}}, {Name: "Size", Values: []string{"S", "S"}}},
		"options":           {{Name: "1", Values: []string{"x"}}, {Name: "2", Values: []string{"x"}}, {Name: "3", Values: []string{"x"}}, {Name: "4", Values: []string{"x"}}},
		"options[2].values": {{Name: "1", Values: many[:13]}, {Name: "2", Values: many[:13]}, {Name: "3", Values: many[:13]}},
	} {
		_, _, err := catalog.Combine(choices)
		if got := fieldsOf(t, err); len(got) != 1 || got[0] != want {
			t.Errorf("%v, not %s", got, want)
		}
	}
}

func TestSKUsOfVariants(t *testing.T) {
	t.Parallel()
	got := catalog.SKUs("TEE", [][]string{{"Red", "M"}, {"Red M"}, {"Größe 1"}})
	if !slices.Equal(got, []string{"TEE-RED-M", "TEE-RED-M-2", "TEE-GROSSE-1"}) {
		t.Error(got)
	}
	if got := catalog.SKUs("TEE", [][]string{{}}); got[0] != "TEE" {
		t.Error(got)
	}
	if got := catalog.SKUs("", [][]string{{"Red"}}); got[0] != "" {
		t.Error(got)
	}
}

// A product that is added never touches another: the second of a name has a number behind it.
func TestAddNeverTouchesAnother(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		put(t, d, shirt(), false)
		before := full(t, d, "shirt")
		for _, handle := range []string{"shirt-2", "shirt-3"} {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				next := shirt()
				next.Title = "Another"
				r, err := catalog.Add(ctx, tx, shop, next)
				if err != nil || !r.Created || len(r.Variants) != 3 {
					t.Errorf("%+v %v", r, err)
				}
				return err
			})
			if l := full(t, d, handle); l.Title != "Another" || len(l.Variants) != 3 {
				t.Errorf("%+v", l)
			}
		}
		if after := full(t, d, "shirt"); after.Title != before.Title || after.UpdatedAt != before.UpdatedAt {
			t.Errorf("%+v", after)
		}
	})
}

func TestAVariantIsAddedAndRemoved(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		made := put(t, d, catalog.Draft{Handle: "mug", Title: "Mug", Variants: []catalog.DraftVariant{{Price: eur(900)}}}, false)
		add := func(a catalog.Addition) (name id.Variant, err error) {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				name, err = catalog.AddVariant(ctx, tx, shop, made.Product, a)
				return nil
			})
			return name, err
		}
		blue := catalog.Addition{DraftVariant: catalog.DraftVariant{Values: []string{"Blue"}, Price: eur(1000), RequiresShipping: true}}
		_, err := add(blue)
		if got := fieldsOf(t, err); !slices.Equal(got, []string{"option", "present"}) {
			t.Error(got)
		}
		blue.Option, blue.Present = "Colour", "Blue"
		_, err = add(blue)
		if got := fieldsOf(t, err); !slices.Equal(got, []string{"values[0]"}) {
			t.Error(got)
		}
		blue.Present = "Red"
		name, err := add(blue)
		l := full(t, d, "mug")
		if err != nil || len(l.Variants) != 2 || l.Variants[0].Title != "Red" || l.Variants[1].Title != "Blue" || l.Variants[1].Position != 2 || l.Option1 != "Colour" {
			t.Errorf("%v %+v", err, l.Variants)
		}
		_, err = add(blue)
		if got := fieldsOf(t, err); !slices.Equal(got, []string{"values[0]"}) {
			t.Error("the same once more:", got)
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			v, err := catalog.HoldVariant(ctx, tx, shop, name)
			if err != nil {
				return err
			}
			gone, err := catalog.RemoveVariant(ctx, tx, v)
			if !gone {
				t.Error("it stays")
			}
			return err
		})
		if l := full(t, d, "mug"); len(l.Variants) != 1 || l.Variants[0].VariantID != made.Variants[0] {
			t.Errorf("%+v", l.Variants)
		}
	})
}

func TestCollectionsAreArrangedByHand(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		open(t, d)
		var tops, bags catalog.Collection
		shirts := put(t, d, shirt(), false).Product
		update(t, d, func(ctx context.Context, tx *db.Tx) (err error) {
			if tops, err = catalog.CollectionByHandle(ctx, tx, shop, "tops"); err != nil {
				return err
			}
			bags, err = catalog.AddCollection(ctx, tx, shop, " Tops ", "<script>x</script>Good")
			return err
		})
		if bags.Handle != "tops-2" || bags.Title != "Tops" || bags.Body != "Good" {
			t.Errorf("%+v", bags)
		}
		names := func() (list []string) {
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				all, err := catalog.Collections(ctx, tx, shop, 10)
				for _, c := range all {
					list = append(list, c.Handle)
				}
				return err
			})
			return list
		}
		move := func(name id.Collection, later, want bool) {
			t.Helper()
			update(t, d, func(ctx context.Context, tx *db.Tx) error {
				if moved, err := catalog.MoveCollection(ctx, tx, shop, name, later); err != nil || moved != want {
					t.Errorf("moved %v %v", moved, err)
				}
				return nil
			})
		}
		first := names()
		move(tops.CollectionID, first[0] == "tops", true)
		if got := names(); got[0] != first[1] || got[1] != first[0] {
			t.Error(first, got)
		}
		last := map[string]id.Collection{"tops": tops.CollectionID, "tops-2": bags.CollectionID}[first[0]]
		move(last, true, false) // it stands at the end
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := catalog.AddCollection(ctx, tx, shop, "All", "")
			return err
		})
		if got := names(); !slices.Equal(got, []string{first[1], first[0], "collection"}) {
			t.Error(got)
		}
		products := []id.Product{shirts}
		for _, handle := range []string{"b", "c"} {
			products = append(products, put(t, d, catalog.Draft{Handle: handle, Title: handle, Variants: []catalog.DraftVariant{{Price: eur(1)}}}, false).Product)
		}
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, p := range products[1:] {
				if put, err := catalog.Append(ctx, tx, shop, tops.CollectionID, p); err != nil || !put {
					t.Error(put, err)
				}
			}
			if put, err := catalog.Append(ctx, tx, shop, tops.CollectionID, products[1]); err != nil || put {
				t.Error("twice", put, err)
			}
			if moved, err := catalog.Move(ctx, tx, shop, tops.CollectionID, products[2], false); err != nil || !moved {
				t.Error(moved, err)
			}
			if moved, err := catalog.Move(ctx, tx, shop, tops.CollectionID, products[0], false); err != nil || moved {
				t.Error("before the first", moved, err)
			}
			page, _, err := catalog.List(ctx, tx, shop, catalog.Filter{Collection: tops.CollectionID}, catalog.Cursor{}, 10)
			if err != nil || len(page) != 3 || page[0].ProductID != products[0] || page[1].ProductID != products[2] || page[2].ProductID != products[1] {
				t.Errorf("%+v %v", page, err)
			}
			counts, err := catalog.CollectionCounts(ctx, tx, shop)
			if err != nil || counts[tops.CollectionID] != 3 || counts[bags.CollectionID] != 0 {
				t.Error(counts, err)
			}
			if out, err := catalog.TakeOut(ctx, tx, shop, tops.CollectionID, products[2]); err != nil || !out {
				t.Error(out, err)
			}
			gone, err := catalog.RemoveCollection(ctx, tx, shop, tops.CollectionID)
			if !gone {
				t.Error("it stays")
			}
			return err
		})
		if l := full(t, d, "shirt"); len(l.Collections) != 0 {
			t.Errorf("%+v", l.Collections)
		}
	})
}
