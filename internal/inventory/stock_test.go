package inventory_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

// TestHundredBuyersOneUnit is the race that oversells other shops.
func TestHundredBuyersOneUnit(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 1, 1)
		w.offer(w.suppliers[0], w.variants[0], "sku", 100, 1)
		var won atomic.Int64
		var wg sync.WaitGroup
		for i := range 100 {
			wg.Go(func() {
				var got bool
				err := d.Update(context.Background(), func(ctx context.Context, tx *db.Tx) (err error) {
					got, err = inventory.Reserve(ctx, tx, shop, id.Order(fmt.Sprint("or_", i)), 1, w.variants[0], 1, tx.Now.Add(time.Hour))
					return err
				})
				if err != nil {
					t.Error(err)
				}
				if got {
					won.Add(1)
				}
			})
		}
		wg.Wait()
		if n := won.Load(); n != 1 {
			t.Errorf("%d buyers got the only unit", n)
		}
		if s := w.stock(w.variants[0]); s != (inventory.Stock{Available: 1, Reserved: 1}) {
			t.Errorf("%+v", s)
		}
	})
}

// TestManyAtOnce lets feeds, purchases and orders work on the same rows at the same time:
// the sums must still be right, and nobody may wait for ever.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 3, 3)
		var offers []inventory.Offer
		for _, s := range w.suppliers {
			for i, v := range w.variants {
				offers = append(offers, w.offer(s, v, fmt.Sprint("sku", i), 100, 1000))
			}
		}
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 12 {
					if err := busy(w, offers, worker, i); err != nil {
						t.Error(err)
					}
				}
			})
		}
		wg.Wait()
		var sum, reserved int64
		for i, v := range w.variants {
			var want int64
			for j := i; j < len(offers); j += len(w.variants) {
				o := w.offerNow(offers[j].OfferID)
				want += o.Quantity
				sum += o.Committed
			}
			s := w.stock(v)
			if reserved += s.Reserved; s.Available != want {
				t.Errorf("variant %d: %d available, the offers have %d", i, s.Available, want)
			}
		}
		if sum != 0 || reserved != 0 {
			t.Errorf("%d still committed, %d still reserved", sum, reserved)
		}
	})
}

// busy is an order that is sourced, acknowledged and gone, and a word of a supplier.
func busy(w *world, offers []inventory.Offer, worker, i int) error {
	order, o := id.Order(fmt.Sprintf("or_%d_%d", worker, i)), offers[(worker+i)%len(offers)]
	steps := []func(ctx context.Context, tx *db.Tx) (bool, error){
		func(ctx context.Context, tx *db.Tx) (bool, error) {
			return inventory.Reserve(ctx, tx, shop, order, 1, o.VariantID, 2, 0)
		},
		func(ctx context.Context, tx *db.Tx) (bool, error) {
			return inventory.Commit(ctx, tx, shop, o.OfferID, 2)
		},
		func(ctx context.Context, tx *db.Tx) (bool, error) {
			return inventory.Settle(ctx, tx, shop, o.OfferID, order, 1, 2)
		},
		func(ctx context.Context, tx *db.Tx) (bool, error) {
			page := inventory.Page{}
			for sku := range w.variants {
				page.Offers = append(page.Offers, inventory.Offered{SKU: fmt.Sprint("sku", sku), Quantity: int64(900 + worker + i), CostMinor: 100, Currency: "USD"})
			}
			slices.Reverse(page.Offers)
			v, err := inventory.ApplyPage(ctx, tx, shop, w.suppliers[worker%len(w.suppliers)].SupplierID, page, inventory.StandardLimits())
			return v.Believe, err
		},
	}
	for n, step := range steps {
		err := w.Update(context.Background(), func(ctx context.Context, tx *db.Tx) error {
			ok, err := step(ctx, tx)
			if err == nil && !ok && n < 3 { // a page may come late: another worker's is newer
				err = fmt.Errorf("step %d touched nothing", n)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func TestReservationsExpire(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 2, 1)
		for _, v := range w.variants {
			w.offer(w.suppliers[0], v, "sku "+string(v), 100, 10)
		}
		soon := clock.Of(time.Now().Add(time.Minute))
		for line, v := range w.variants {
			for _, order := range []id.Order{"or_a", "or_b"} {
				w.ok(true, "reserve", func(ctx context.Context, tx *db.Tx) (bool, error) {
					return inventory.Reserve(ctx, tx, shop, order, int64(line), v, 2, soon)
				})
			}
		}
		w.ok(true, "keep", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Keep(ctx, tx, shop, "or_b") })
		w.ok(false, "keep nothing", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Keep(ctx, tx, shop, "or_c") })
		w.update(func(ctx context.Context, tx *db.Tx) error {
			early, err := inventory.ExpireDue(ctx, tx, soon-1, 10)
			due, err2 := inventory.ExpireDue(ctx, tx, soon, 10)
			if len(early) != 0 || !slices.Equal(due, []inventory.Due{{Store: shop, Order: "or_a"}}) {
				t.Errorf("due %v, early %v", due, early)
			}
			return errors.Join(err, err2)
		})
		w.ok(true, "release", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Release(ctx, tx, shop, "or_a") })
		w.ok(false, "release twice", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Release(ctx, tx, shop, "or_a") })
		if s := w.stock(w.variants[0]); s.Reserved != 2 {
			t.Errorf("%+v", s)
		}
	})
}

// TestOneVariantOnTwoLines: the sum of both lines goes back, not one of them.
func TestOneVariantOnTwoLines(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 2, 1)
		w.offer(w.suppliers[0], w.variants[0], "sku", 100, 10)
		for line := range int64(2) {
			w.ok(true, "reserve", func(ctx context.Context, tx *db.Tx) (bool, error) {
				return inventory.Reserve(ctx, tx, shop, "or_a", line, w.variants[0], 3, 0)
			})
		}
		w.ok(true, "release", func(ctx context.Context, tx *db.Tx) (bool, error) { return inventory.Release(ctx, tx, shop, "or_a") })
		if s := w.stock(w.variants[0]); s != (inventory.Stock{Available: 10}) {
			t.Errorf("%+v", s)
		}
	})
}

func TestSuppliers(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		w := newWorld(t, d, 1, 2)
		w.update(func(ctx context.Context, tx *db.Tx) error {
			if _, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(shop, "supplier 0")); !errors.Is(err, inventory.ErrTaken) {
				t.Errorf("the same name: %v", err)
			}
			s := w.suppliers[1]
			s.Name = "supplier 0"
			if err := inventory.ChangeSupplier(ctx, tx, s); !errors.Is(err, inventory.ErrTaken) {
				t.Errorf("another's name: %v", err)
			}
			s.Name, s.ShipTo, s.Priority = "Ångström", "de, nl", 5
			if err := inventory.ChangeSupplier(ctx, tx, s); err != nil {
				return err
			}
			got, err := inventory.SupplierByName(ctx, tx, shop, "Ångström")
			if !got.ShipsTo("NL") || got.ShipsTo("FR") || !w.suppliers[0].ShipsTo("FR") {
				t.Errorf("ships to %q", got.ShipTo)
			}
			list, err2 := inventory.Suppliers(ctx, tx, shop)
			if len(list) != 2 || list[0].Name != "Ångström" {
				t.Errorf("%v", list)
			}
			for _, bad := range []inventory.Supplier{{Name: " "}, {Name: "x", Reliability: 10_001}, {Name: "x", ShipTo: "Germany"}, {Name: "x", Freight: "{"}, {Name: "x", MaxAgeSeconds: -1}} {
				if _, err := inventory.AddSupplier(ctx, tx, bad); !errors.Is(err, inventory.ErrInvalid) {
					t.Errorf("%+v: %v", bad, err)
				}
			}
			if _, err := inventory.SupplierByID(ctx, tx, "st_other", s.SupplierID); !errors.Is(err, sql.ErrNoRows) {
				t.Errorf("another store's: %v", err)
			}
			return errors.Join(err, err2)
		})
	})
}

func TestOffersAndCandidates(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		virtual := clock.NewVirtual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		w := newWorld(t, dbtest.Open(t, dsn, virtual.Now), 2, 2)
		a := w.offer(w.suppliers[0], w.variants[0], "a", 100, 4)
		virtual.Advance(time.Second) // offers are listed in the order they were made
		w.offer(w.suppliers[1], w.variants[0], "b", 90, 3)
		if again := w.offer(w.suppliers[0], w.variants[0], "a", 100, 4); again != a {
			t.Errorf("the same offer again became %+v, before %+v", again, a)
		}
		if s := w.stock(w.variants[0]); s.Available != 7 {
			t.Errorf("%+v", s)
		}
		w.update(func(ctx context.Context, tx *db.Tx) error {
			list, err := inventory.Candidates(ctx, tx, shop, []id.Variant{w.variants[1], w.variants[0], w.variants[0]})
			if len(list) != 2 || list[0].Offer != a || list[0].Supplier.Name != "supplier 0" || list[0].HandlingDays() != 2 || !list[0].Believable(tx.Now) {
				t.Errorf("%+v", list)
			}
			skus, err2 := inventory.SKUs(ctx, tx, shop, w.suppliers[0].SupplierID, "", 10)
			if !slices.Equal(skus, []string{"a"}) {
				t.Errorf("%v", skus)
			}
			_, err3 := inventory.Retire(ctx, tx, shop, w.variants...)
			return errors.Join(err, err2, err3)
		})
		if s := w.stock(w.variants[0]); s.Available != 0 {
			t.Errorf("after retiring: %+v", s)
		}
		w.ok(false, "commit on a retired offer", func(ctx context.Context, tx *db.Tx) (bool, error) {
			return inventory.Commit(ctx, tx, shop, a.OfferID, 1)
		})
	})
}

func TestOldOffersStopCounting(t *testing.T) {
	t.Parallel()
	dbtest.EachDSN(t, func(t *testing.T, dsn string) {
		virtual := clock.NewVirtual(time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC))
		w := newWorld(t, dbtest.Open(t, dsn, virtual.Now), 1, 1)
		s, v := w.suppliers[0], w.variants[0]
		w.offer(s, v, "a", 100, 4)
		start := clock.Of(virtual.Now())
		s.MaxAgeSeconds = 3600
		w.update(func(ctx context.Context, tx *db.Tx) error { return inventory.ChangeSupplier(ctx, tx, s) })
		virtual.Advance(2 * time.Hour)
		w.update(func(ctx context.Context, tx *db.Tx) error {
			n, err := inventory.ForgetOld(ctx, tx, shop, start)
			if n != 1 {
				t.Errorf("%d variants forgotten, want 1", n)
			}
			return err
		})
		if got := w.stock(v).Available; got != 0 {
			t.Errorf("%d available of an offer that is too old", got)
		}
		page := inventory.Page{Offers: []inventory.Offered{{SKU: "a", Quantity: 4, CostMinor: 100, Currency: "USD"}}}
		if verdict := w.apply(s, page); verdict.Changed != 1 || w.stock(v).Available != 4 {
			t.Errorf("heard again: %+v", verdict)
		}
		if verdict := w.apply(s, page); verdict.Changed != 0 || verdict.Feed != "" {
			t.Errorf("the same page: %+v", verdict)
		}
		virtual.Advance(20 * time.Minute)
		if verdict := w.apply(s, page); verdict.Changed != 1 {
			t.Errorf("nothing new, but it would have grown too old: %+v", verdict)
		}
	})
}
