package event_test

import (
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// Facts of one transaction, and of one moment in several, are read in the order in which
// they were written; those of another order and another store are not among them.
func TestTimeline(t *testing.T) {
	t.Parallel()
	now := clock.NewVirtual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))
	dbtest.EachWith(t, now.Now, func(t *testing.T, d *db.DB) {
		var shop, other id.Store
		update(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, s := range []*id.Store{&shop, &other} {
				made, err := store.Create(ctx, tx, "x", "EUR")
				*s = made.StoreID
				if err != nil {
					return err
				}
			}
			for i := range 300 {
				f := event.Fact{Store: shop, Order: "or_1", Kind: fmt.Sprint("kind.", i), Subject: "s", Actor: "system", Data: map[string]int{"n": i}}
				if i%3 == 1 {
					f.Order, f.Data = "or_2", nil
				}
				if i%3 == 2 {
					f.Store = other
				}
				e, err := event.Insert(ctx, tx, f)
				if err != nil || e.At != tx.Now {
					return fmt.Errorf("at %v: %w", e.At, err)
				}
			}
			return nil
		})
		update(t, d, func(ctx context.Context, tx *db.Tx) error { return looks(ctx, t, tx, shop) })
	})
}

func update(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func looks(ctx context.Context, t *testing.T, tx *db.Tx, shop id.Store) error {
	t.Helper()
	list, err := event.OfOrder(ctx, tx, shop, "or_1")
	if err != nil || len(list) != 100 {
		return fmt.Errorf("%d facts: %w", len(list), err)
	}
	for i, e := range list {
		var data struct{ N int }
		if err := e.Decode(&data); err != nil || data.N != 3*i || e.Kind != fmt.Sprint("kind.", 3*i) {
			t.Errorf("fact %d is %s %+v, %v", i, e.Kind, data, err)
		}
	}
	first, err := event.After(ctx, tx, shop, "", 150)
	if err != nil || len(first) != 150 {
		return fmt.Errorf("%d facts: %w", len(first), err)
	}
	rest, err := event.After(ctx, tx, shop, first[149].EventID, 150)
	if err != nil || len(rest) != 50 || rest[0].EventID <= first[149].EventID {
		return fmt.Errorf("%d more facts: %w", len(rest), err)
	}
	if rest[0].Data != "{}" && rest[1].Data != "{}" {
		t.Errorf("no data is written %s", rest[1].Data)
	}
	if _, err := event.Insert(ctx, tx, event.Fact{Store: shop, Kind: "x", Data: math.Inf(1)}); err == nil {
		t.Error("what is no JSON was written")
	}
	if err := (event.Event{Kind: "x", Data: "{"}).Decode(&struct{}{}); err == nil {
		t.Error("half an object was read")
	}
	return nil
}
