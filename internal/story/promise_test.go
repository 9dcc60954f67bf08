package story_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/promise"
	"doorstep/internal/report"
	"doorstep/internal/score"
	"doorstep/internal/store"
)

// promised is how an order's promise stands, and what the order itself says was promised.
func (o sale) promised() (p promise.Promise, kept string) {
	o.s.t.Helper()
	o.s.must(o.s.DB.View(o.s.t.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p, _, err = promise.Of(ctx, tx, o.s.Store.StoreID, o.id)
		return err
	}))
	return p, o.s.column("SELECT CAST(promised_to AS TEXT) FROM orders WHERE order_id = $1", string(o.id))[0]
}

// What was promised is kept with the order, and what is expected moves with the facts. The
// customer is told before asking, once.
func TestAPromiseIsKeptAndMoved(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("print", 1)
		s.Later(5 * time.Minute)
		sold, kept := o.promised()
		if fmt.Sprint(int64(sold.ToAt)) != kept || sold.ExpectToAt != sold.ToAt {
			s.t.Errorf("promised %+v, and the order says %s", sold, kept)
		}
		s.Later(5 * day)
		s.Supplier("workshop").Accepts(o)
		late, after := o.promised()
		if late.ToAt != sold.ToAt || after != kept || late.ExpectToAt <= sold.ToAt || late.ToldAt == 0 {
			s.t.Errorf("accepted five days late: %+v", late)
		}
		s.Supplier("workshop").Ships(o, "AB123456785GB")
		s.Later(12 * day)
		s.Expect(o, "closed, delivered, paid")
		if done, after := o.promised(); done.Why != promise.ByDelivered || done.DoneAt == 0 || after != kept {
			s.t.Errorf("delivered: %+v", done)
		}
		s.ExpectMails(o, "confirmed", "late", "on its way", "out for delivery", "delivered")
	})
}

// A parcel that nobody ever sees: the customer hears of it before the promised day, and
// the merchant that its tracking never scans. When a carrier has it after all, both end.
func TestTrackingThatNeverScans(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("rug", 1)
		for len(o.parcels()) == 0 {
			s.Later(2 * time.Hour)
		}
		number := o.parcels()[0].Number
		s.world.Doom(number, emulator.StepLabel)
		s.Later(11 * day)
		s.Expect(o, "open, shipped, paid, never-scanned")
		for range 10 {
			s.Later(2 * day)
		}
		told := s.column("SELECT subject FROM mails WHERE order_id = $1 AND kind = 'delayed'", string(o.id))
		if len(told) == 0 || len(told) > 3 {
			s.t.Errorf("told %d times that it is late", len(told))
		}
		s.world.Doom(number, "")
		s.Later(8 * day)
		s.Expect(o, "closed, delivered, paid")
		if left := s.column("SELECT flag FROM parcel_flags WHERE settled_at = 0"); len(left) != 0 {
			s.t.Errorf("still odd: %v", left)
		}
	})
}

// A number that was on another order's parcel, and a parcel that was delivered elsewhere.
func TestOddParcels(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		first := s.Customer("ann").Buys("print", 1)
		s.Later(5 * time.Minute)
		s.Supplier("workshop").Accepts(first)
		s.Supplier("workshop").Ships(first, "AB123456785GB")
		s.Later(12 * day)
		s.Expect(first, "closed, delivered, paid")
		second := s.Customer("ben").Buys("print", 1)
		s.Later(5 * time.Minute)
		s.Supplier("workshop").Accepts(second)
		s.Supplier("workshop").Ships(second, "AB123456785GB")
		flags := s.column("SELECT flag FROM parcel_flags WHERE order_id = $1", string(second.id))
		if strings.Join(flags, " ") != "number-seen" {
			s.t.Errorf("the number was on another parcel: %v", flags)
		}
		parcel := second.parcels()[0].ShipmentID
		s.by(func(ctx context.Context, tx *db.Tx) error {
			return flow.SettleFlag(ctx, tx, s.Store.StoreID, parcel, "number-seen", staff)
		})
		third := s.Customer("cem").Buys("print", 1)
		s.Later(5 * time.Minute)
		s.Supplier("workshop").Accepts(third)
		s.Supplier("workshop").Ships(third, "CD987654321GB")
		number := third.parcels()[0].Number
		s.by(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.TrackSaidSo(ctx, tx, s.Store.StoreID, flow.TrackSaid{Number: number, Source: "track", Actor: flow.System,
				Events: []flow.TrackingSaid{{At: clock.Of(s.clock.Now()), Kind: "delivered", Words: "Delivered", Location: "LYON", Country: "FR"}}})
			return err
		})
		s.Expect(third, "closed, delivered, paid, elsewhere")
	})
}

// Of two suppliers the dearer one is chosen, because the orders of the other one go wrong;
// the reason stands with the purchase. At a weight of nothing, cost alone counts.
func TestTheReliableSupplierIsPreferred(t *testing.T) {
	t.Parallel()
	for weight, want := range map[string]string{"1000": "cj accepted", "0": "aliexpress submitted"} {
		t.Run(weight, func(t *testing.T) {
			t.Parallel()
			tell(t, []string{"sourcing.facts_percent", weight}, func(s *story) {
				s.do(func(ctx context.Context, tx *db.Tx) error {
					cards := score.Cards{}
					for name, good := range map[string]int64{"aliexpress": 60, "cj": 200} {
						sup, err := inventory.SupplierByName(ctx, tx, s.Store.StoreID, name)
						if err != nil {
							return err
						}
						for _, who := range []id.Supplier{sup.SupplierID, ""} {
							cards.Add(score.Key{Supplier: who}, score.Accepted, false, score.Count{Part: good, Whole: 200})
						}
					}
					return score.Keep(ctx, tx, s.Store.StoreID, cards)
				})
				o := s.Customer("ann").Buys("mug", 1)
				s.Later(2 * time.Hour)
				s.ExpectBuys(o, want)
				why := o.purchases()[0].Reasons
				if told := strings.Contains(why, "by its scorecard"); told != (weight != "0") {
					s.t.Errorf("at %s: %s", weight, why)
				}
			})
		})
	}
}

// Both suppliers fare alike, and the cheaper one is chosen: unless of this one article most of its
// orders went wrong. The reason names the article's figures and the supplier's, each with how
// many orders it rests on.
func TestAnArticlesHistoryChangesTheChoice(t *testing.T) {
	t.Parallel()
	for sku, want := range map[string]string{goods[0].offers["aliexpress"].sku: "cj accepted", goods[1].offers["aliexpress"].sku: "aliexpress submitted"} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			tell(t, []string{"sourcing.facts_percent", "1000"}, func(s *story) {
				s.do(func(ctx context.Context, tx *db.Tx) error {
					cards := score.Cards{}
					for _, name := range []string{"aliexpress", "cj"} {
						sup, err := inventory.SupplierByName(ctx, tx, s.Store.StoreID, name)
						if err != nil {
							return err
						}
						for _, who := range []id.Supplier{sup.SupplierID, ""} {
							cards.Add(score.Key{Supplier: who}, score.Accepted, false, score.Count{Part: 190, Whole: 200})
						}
						if name == "aliexpress" {
							cards.Add(score.Key{Supplier: sup.SupplierID, SKU: sku}, score.Accepted, false, score.Count{Part: 0, Whole: 30})
						}
					}
					return score.Keep(ctx, tx, s.Store.StoreID, cards)
				})
				o := s.Customer("ann").Buys("mug", 1)
				s.Later(2 * time.Hour)
				s.ExpectBuys(o, want)
				const words = "by its scorecard 38 % of its orders of this article go well (30 orders counted; of all its orders 95 %, 200 counted), 95 % of those of cj (200 orders counted)"
				if why := o.purchases()[0].Reasons; strings.Contains(why, words) != (want == "cj accepted") {
					s.t.Errorf("%s", why)
				}
			})
		})
	}
}

// The tick counts what carriers said, and learns how long parcels take.
func TestScoresAreCounted(t *testing.T) {
	t.Parallel()
	tell(t, nil, func(s *story) {
		o := s.Customer("ann").Buys("mug", 2, "rug", 1)
		s.Later(12 * day)
		s.Expect(o, "closed, delivered, paid")
		s.do(func(ctx context.Context, tx *db.Tx) error {
			sup, err := inventory.SupplierByName(ctx, tx, s.Store.StoreID, "aliexpress")
			if err != nil {
				return err
			}
			cards, err := score.Articles(ctx, tx, s.Store.StoreID, sup.SupplierID)
			if err != nil {
				return err
			}
			own := cards[""]
			if own[score.Accepted].All() != (score.Count{Part: 1, Whole: 1}) || own[score.Filled].All() != (score.Count{Part: 3, Whole: 3}) ||
				own[score.OnTime].All().Whole == 0 || own[score.ToScan].All().Part <= own[score.ToLabel].All().Part || len(cards) != 3 {
				s.t.Errorf("%+v", cards)
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO service_ratings (store_id, order_id, purchase_id, supplier_id, delivery, packaging, contact, created_at, updated_at)
				SELECT store_id, order_id, purchase_id, supplier_id, 5, 2, 0, 1, 1 FROM purchases WHERE order_id = $1`, string(o.id))
			if err != nil {
				return err
			}
			counted, err := report.CountScores(ctx, tx, s.Store.StoreID)
			if err != nil {
				return err
			}
			for _, sku := range []string{"", goods[1].offers["aliexpress"].sku} {
				if got := counted[score.Key{Supplier: sup.SupplierID, SKU: sku}][score.Served].All(); got != (score.Count{Part: 0, Whole: 1}) {
					s.t.Errorf("a customer who was not content with the packaging counts %+v of %q", got, sku)
				}
			}
			lanes, err := promise.LanesOf(ctx, tx, s.Store.StoreID, sup.SupplierID, 9)
			if err != nil {
				return err
			}
			if len(lanes) != 1 || lanes[0].Country != "DE" || lanes[0].Parcels == 0 || lanes[0].SlowMinutes < lanes[0].TypicalMinutes {
				s.t.Errorf("%+v", lanes)
			}
			if err := store.MarkTest(ctx, tx, s.Store.StoreID, o.id); err != nil {
				return err
			}
			past, err := flow.PastParcels(ctx, tx, s.Store.StoreID)
			if err != nil {
				return err
			}
			if counted, err = report.CountScores(ctx, tx, s.Store.StoreID); len(counted)+len(past) > 0 {
				s.t.Errorf("the merchant's own test teaches %+v and %+v", counted, past)
			}
			return err
		})
	})
}
