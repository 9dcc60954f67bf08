package report_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/money"
)

// shelves is a store with n tees, "tee-00" and so on: the price rises by one each, every
// second comes in red, every fifth stands in the collection "sale", the last one first.
func shelves(t *testing.T, d *db.DB, n int) (s id.Store, sale id.Collection) {
	t.Helper()
	within(t, d, func(ctx context.Context, tx *db.Tx) error {
		made, err := store.Create(ctx, tx, "Tees", "EUR")
		if err != nil {
			return err
		}
		s = made.StoreID
		c, err := catalog.EnsureCollection(ctx, tx, s, catalog.DraftCollection{Handle: "sale", Title: "Sale"})
		sale = c.CollectionID
		for i := 0; i < n && err == nil; i++ {
			err = tee(ctx, tx, s, sale, i, n)
		}
		return err
	})
	return s, sale
}

func tee(ctx context.Context, tx *db.Tx, s id.Store, sale id.Collection, i, n int) error {
	price := money.New(int64(1000+100*i), "EUR")
	draft := catalog.Draft{Handle: fmt.Sprintf("tee-%02d", i), Title: fmt.Sprintf("Tee %02d", n-i), Status: catalog.Active, Options: []string{"Colour"},
		Tags: []string{"cotton", "summer"}, Images: []catalog.DraftImage{{URL: "/a.svg", Alt: "A"}, {URL: "/b.svg"}},
		Variants: []catalog.DraftVariant{{SKU: "B", Values: []string{"Blue"}, Price: price, CompareAt: money.New(price.Minor+500, "EUR")}}}
	if i%2 == 0 {
		draft.Variants = append(draft.Variants, catalog.DraftVariant{SKU: "R", Values: []string{"Red"}, Price: money.New(price.Minor+50, "EUR")})
	}
	r, err := catalog.Put(ctx, tx, s, draft, false)
	if err != nil {
		return err
	}
	if i%5 == 0 {
		if _, err = catalog.Place(ctx, tx, s, sale, r.Product, int64(n-i)); err != nil {
			return err
		}
	}
	if i%3 == 0 {
		_, err = tx.ExecContext(ctx, `UPDATE variants SET available = 3 WHERE store_id = $1 AND variant_id = $2`, string(s), string(r.Variants[0]))
	}
	return err
}

func TestShelvesPageByPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, sale := shelves(t, d, 25)
		all := func(keep func(i int) bool, down bool) (want []string) {
			for i := range 25 {
				at := i
				if down {
					at = 24 - i
				}
				if keep(at) {
					want = append(want, fmt.Sprintf("tee-%02d", at))
				}
			}
			return want
		}
		every := func(int) bool { return true }
		for name, c := range map[string]struct {
			shelf report.Shelf
			want  []string
		}{
			"newest":        {report.Shelf{Sort: report.Newest}, all(every, true)},
			"featured":      {report.Shelf{}, all(every, true)},
			"cheapest":      {report.Shelf{Sort: report.Cheapest}, all(every, false)},
			"dearest":       {report.Shelf{Sort: report.Dearest}, all(every, true)},
			"by title":      {report.Shelf{Sort: report.ByTitle}, all(every, true)},
			"collection":    {report.Shelf{Collection: sale}, all(func(i int) bool { return i%5 == 0 }, true)},
			"in stock":      {report.Shelf{InStock: true, Sort: report.Cheapest}, all(func(i int) bool { return i%3 == 0 }, false)},
			"red":           {report.Shelf{Options: map[string][]string{"Colour": {"Red"}}, Sort: report.Cheapest}, all(func(i int) bool { return i%2 == 0 }, false)},
			"red, in stock": {report.Shelf{Options: map[string][]string{"Colour": {"Red"}}, InStock: true}, nil},
			"red or blue":   {report.Shelf{Options: map[string][]string{"Colour": {"Red", "Blue"}}, Sort: report.Cheapest}, all(every, false)},
			"price":         {report.Shelf{From: 2000, To: 2300, Sort: report.Cheapest}, []string{"tee-10", "tee-11", "tee-12", "tee-13"}},
			"sale, dear":    {report.Shelf{Collection: sale, From: 2500, Sort: report.Dearest}, []string{"tee-20", "tee-15"}},
			"nothing":       {report.Shelf{From: 999_999}, nil},
		} {
			var got []string
			for after, pages := "", 0; pages == 0 || after != ""; pages++ {
				view(t, d, func(ctx context.Context, tx *db.Tx) error {
					page, err := report.OnShelf(ctx, tx, s, c.shelf, after, 4)
					for _, card := range page.Cards {
						got = append(got, card.Handle)
					}
					after = page.Next
					return err
				})
			}
			if strings.Join(got, " ") != strings.Join(c.want, " ") {
				t.Errorf("%s: %v, not %v", name, got, c.want)
			}
		}
	})
}

func TestCardsAndFacets(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s, sale := shelves(t, d, 6)
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			page, err := report.OnShelf(ctx, tx, s, report.Shelf{Sort: report.Cheapest}, "broken~", 200)
			if err != nil || len(page.Cards) != 6 {
				t.Fatalf("an end that cannot be read is the beginning: %d cards, %v", len(page.Cards), err)
			}
			c := page.Cards[0]
			if c.Low != money.New(1000, "EUR") || c.High.Minor != 1050 || c.Was.Minor != 1500 || !c.InStock || c.Variants != 2 || c.Only != "" ||
				c.Image != (report.Picture{URL: "/a.svg", Alt: "A"}) || c.Second.URL != "/b.svg" {
				t.Errorf("card %+v", c)
			}
			if page.Cards[1].Only == "" || page.Cards[1].InStock {
				t.Errorf("card of one variant, sold out: %+v", page.Cards[1])
			}
			swapped, err := report.CardsOf(ctx, tx, s, []id.Product{page.Cards[2].ID, "pr_none", page.Cards[0].ID})
			if err != nil || len(swapped) != 2 || swapped[0].ID != page.Cards[2].ID {
				t.Errorf("cards in their order: %+v %v", swapped, err)
			}
			facets, low, high, err := report.Facets(ctx, tx, s, "")
			if err != nil || len(facets) != 1 || facets[0].Name != "Colour" || len(facets[0].Values) != 2 || facets[0].Values[0].Count != 6 ||
				facets[0].Values[1] != (report.FacetValue{Value: "Red", Count: 3}) || low != 1000 || high != 1500 {
				t.Errorf("facets %+v, %d to %d, %v", facets, low, high, err)
			}
			facets, low, high, err = report.Facets(ctx, tx, s, sale)
			if err != nil || facets[0].Values[0].Count != 2 || low != 1000 || high != 1500 {
				t.Errorf("facets of a collection %+v, %d to %d, %v", facets, low, high, err)
			}
			return nil
		})
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			words, err := report.Words(ctx, tx, s)
			if err != nil || len(words) != 6 || words[5].Tags != "cotton summer " {
				t.Errorf("words %+v %v", words, err)
			}
			n, at, err := report.WordsState(ctx, tx, s)
			if err != nil || n != 6 || at.IsZero() {
				t.Errorf("state of the words: %d %v %v", n, at, err)
			}
			stamps, err := report.Stamps(ctx, tx, s, "tee-02", 2)
			if err != nil || len(stamps) != 2 || stamps[0].Handle != "tee-03" {
				t.Errorf("stamps %+v %v", stamps, err)
			}
			return nil
		})
	})
}
