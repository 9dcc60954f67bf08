package inventory_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

// catalogue is a world with one supplier who has ten of each of eight articles.
func catalogue(t *testing.T, d *db.DB) *world {
	w := newWorld(t, d, 8, 1)
	for i, v := range w.variants {
		w.offer(w.suppliers[0], v, fmt.Sprintf("a%d", i), 500, 10)
	}
	return w
}

// says is a page with the same quantity of the first n articles.
func says(n int, quantity int64) (p inventory.Page) {
	for i := range n {
		p.Offers = append(p.Offers, inventory.Offered{SKU: fmt.Sprintf("a%d", i), CostMinor: 500, Currency: "USD", Quantity: quantity, Pack: 1})
	}
	return p
}

func (w *world) parked() (list []inventory.Feed) {
	w.t.Helper()
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = inventory.ParkedFeeds(ctx, tx, shop, w.suppliers[0].SupplierID)
		return err
	})
	return list
}

func TestBelievedPageIsApplied(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := catalogue(t, d)
		page := says(8, 9)
		page.Offers[2].ShipFrom, page.Offers[2].Handling, page.Offers[2].Pack = "US", 4, 6
		page.Offers = append(page.Offers, inventory.Offered{SKU: "not ours", Quantity: 0})
		v := w.apply(w.suppliers[0], page)
		if !v.Believe || v.Seen != 9 || v.Known != 8 || v.Changed != 8 || v.Feed == "" {
			t.Fatalf("%+v", v)
		}
		if s := w.stock(w.variants[2]); s.Available != 9 {
			t.Errorf("%+v", s)
		}
		w.update(func(ctx context.Context, tx *db.Tx) error {
			list, err := inventory.OffersOf(ctx, tx, shop, w.variants[2])
			if o := list[0]; o.ShipFrom != "US" || o.HandlingDays != 4 || o.Pack != 6 || o.Quantity != 9 || o.CostMinor != 500 {
				t.Errorf("%+v", o)
			}
			feeds, err2 := inventory.Feeds(ctx, tx, shop, w.suppliers[0].SupplierID, "", 10)
			if len(feeds) != 1 || feeds[0].State != inventory.Applied || feeds[0].Changed != 8 {
				t.Errorf("%+v", feeds)
			}
			return errors.Join(err, err2)
		})
		if again := w.apply(w.suppliers[0], page); !again.Believe || again.Changed != 0 || again.Feed != "" {
			t.Errorf("the same again: %+v", again)
		}
	})
}

func TestUnbelievablePageIsParked(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := catalogue(t, d)
		v := w.apply(w.suppliers[0], says(8, 0))
		if v.Believe || v.Feed == "" || v.Again || w.stock(w.variants[0]).Available != 10 {
			t.Fatalf("%+v", v)
		}
		feeds := w.parked()
		page, err := feeds[0].Page()
		if len(feeds) != 1 || len(page) != 8 || err != nil || !strings.Contains(feeds[0].Reason, "80 of 80 units") {
			t.Errorf("%+v %v", feeds, err)
		}
		w.ok(false, "another store's", func(ctx context.Context, tx *db.Tx) (bool, error) {
			_, err := inventory.Believe(ctx, tx, "st_other", v.Feed)
			if err == nil {
				t.Error("another store believes it")
			}
			return false, nil
		})
		w.ok(true, "believe", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Believe(ctx, tx, shop, v.Feed) })
		w.ok(false, "believe twice", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Believe(ctx, tx, shop, v.Feed) })
		w.ok(false, "refuse after", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Refuse(ctx, tx, shop, v.Feed) })
		if w.stock(w.variants[0]).Available != 0 || len(w.parked()) != 0 {
			t.Error("believed, but not applied")
		}
		w.update(func(ctx context.Context, tx *db.Tx) error {
			f, err := inventory.FeedByID(ctx, tx, shop, v.Feed)
			if f.State != inventory.Believed || f.Changed != 8 || f.Offers != "" || f.Reason == "" {
				t.Errorf("%+v", f)
			}
			return err
		})
	})
}

// TestParkedPagesAreOvertaken: a broken feed that comes every quarter of an hour waits
// once, and a good page after it clears the table.
func TestParkedPagesAreOvertaken(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := catalogue(t, d)
		first := w.apply(w.suppliers[0], says(8, 0))
		other := w.apply(w.suppliers[0], inventory.Page{})
		second := w.apply(w.suppliers[0], says(8, 0))
		if second.Believe || !second.Again || first.Again || other.Believe {
			t.Errorf("%+v", second)
		}
		if list := w.parked(); len(list) != 2 || list[1].FeedID != second.Feed {
			t.Errorf("%+v", list)
		}
		if v := w.apply(w.suppliers[0], says(8, 11)); !v.Believe || len(w.parked()) != 0 {
			t.Errorf("%+v, parked %v", v, w.parked())
		}
		w.ok(false, "refuse what was overtaken", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Refuse(ctx, tx, shop, first.Feed) })
	})
}

func TestRefusedPageIsForgotten(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := catalogue(t, d)
		v := w.apply(w.suppliers[0], says(8, 0))
		w.ok(true, "refuse", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Refuse(ctx, tx, shop, v.Feed) })
		w.ok(false, "believe after", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Believe(ctx, tx, shop, v.Feed) })
		if w.stock(w.variants[0]).Available != 10 {
			t.Error("a refused page was applied")
		}
	})
}

func TestGoneArticlesSellOut(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := catalogue(t, d)
		page := says(7, 10)
		page.Gone = []string{"a7"}
		v := w.apply(w.suppliers[0], page)
		if !v.Believe || v.Changed != 1 || w.stock(w.variants[7]).Available != 0 {
			t.Errorf("%+v", v)
		}
	})
}

// TestTimeGoesForward: words of a supplier may come in any order, the newest counts; and a
// word from the future does not make the supplier dumb until then.
func TestTimeGoesForward(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		virtual := clock.NewVirtual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		w := catalogue(t, dbtest.Open(t, dsn, virtual.Now))
		start := clock.Of(virtual.Now())
		virtual.Advance(time.Hour)
		word := func(sku string, quantity int64, at clock.Time) inventory.Verdict {
			return w.apply(w.suppliers[0], inventory.Page{Offers: []inventory.Offered{
				{SKU: sku, CostMinor: 500, Currency: "USD", Quantity: quantity, AsOf: at},
				{SKU: "a1", CostMinor: 500, Currency: "USD", Quantity: 10, AsOf: start.Add(time.Hour)},
			}})
		}
		newest := word("a0", 7, start.Add(30*time.Minute))
		late := word("a0", 9, start.Add(20*time.Minute))
		if newest.Changed != 1 || late.Changed != 0 || w.stock(w.variants[0]).Available != 7 {
			t.Errorf("%+v, then %+v: %+v", newest, late, w.stock(w.variants[0]))
		}
		word("a2", 6, start.Add(1000*time.Hour))
		virtual.Advance(time.Minute)
		if v := word("a2", 5, clock.Of(virtual.Now())); v.Changed != 1 || w.stock(w.variants[2]).Available != 5 {
			t.Errorf("after a word from the future: %+v", v)
		}
	})
}

// TestOneArticleForTwoVariants: both get the word.
func TestOneArticleForTwoVariants(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 2, 1)
		var offers []id.Offer
		for _, v := range w.variants {
			offers = append(offers, w.offer(w.suppliers[0], v, "a0", 500, 10).OfferID)
		}
		if v := w.apply(w.suppliers[0], says(1, 4)); v.Changed != 2 || v.Known != 1 {
			t.Errorf("%+v", v)
		}
		for _, o := range offers {
			if got := w.offerNow(o).Quantity; got != 4 {
				t.Errorf("%d", got)
			}
		}
	})
}
