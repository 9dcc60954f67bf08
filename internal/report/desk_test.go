package report_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/money"
)

func TestFiguresOfADay(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewVirtual(noon)
	dbtest.EachWith(t, now.Now, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 0)
		sell := func(at time.Time, total, tax int64, postings ...ledger.Posting) {
			within(t, d, func(ctx context.Context, tx *db.Tx) error {
				tx.Now = clock.Of(at)
				customer, err := order.PutCustomer(ctx, tx, s, "ann@example.com", "Ann")
				if err != nil {
					return err
				}
				o := order.Order{StoreID: s, OrderID: id.Order(id.New("or", at)), Number: at.Unix(), CustomerID: customer, Email: "ann@example.com",
					Locale: "en", Currency: "EUR", Shipping: "{}", Billing: "{}", ShippingOption: "{}", TotalMinor: total, TaxMinor: tax,
					State: order.Open, Goods: "waiting", Money: "paid", PlacedAt: tx.Now, UpdatedAt: tx.Now}
				if err := order.Insert(ctx, tx, o, nil, nil); err != nil {
					return err
				}
				for i, p := range postings {
					p.Key, p.Order, p.Subject, p.Debit, p.Credit = id.New("k", at)+string(rune('a'+i)), o.OrderID, string(o.OrderID), "a", "b"
					if _, err := ledger.Post(ctx, tx, s, p); err != nil {
						return err
					}
				}
				return nil
			})
		}
		eur := func(kind string, minor int64) ledger.Posting {
			return ledger.Posting{Kind: kind, Amount: money.New(minor, "EUR")}
		}
		// 23:30 in Berlin is the day before; 00:30 is the same UTC day and the next in Berlin.
		sell(time.Date(2026, 2, 28, 22, 30, 0, 0, time.UTC), 1190, 190, eur("sale", 1190), eur("cost", 400))
		sell(time.Date(2026, 2, 28, 23, 30, 0, 0, time.UTC), 2380, 380, eur("sale", 2380), eur("fee", 30), eur("cost", 500), eur("credit", 1190))
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			list, err := report.Figures(ctx, tx, s, "EUR", clock.Of(noon.AddDate(0, 0, -30)))
			if err != nil {
				return err
			}
			days := report.ByDay(list, noon.In(berlin), 3)
			if f := days[1]; f.Orders != 1 || f.Sales != 1190 || f.Tax != 190 || f.Profit() != 600 {
				t.Errorf("yesterday: %+v", f)
			}
			if f := days[2]; f.Orders != 1 || f.Sales != 1190 || f.Tax != 190 || f.Profit() != 470 {
				t.Errorf("today: %+v", f)
			}
			if days[0].Orders != 0 {
				t.Errorf("the day before: %+v", days[0])
			}
			return nil
		})
	})
}

func TestSuppliersHealth(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 0)
		within(t, d, func(ctx context.Context, tx *db.Tx) error {
			_, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(s, "Acme"))
			return err
		})
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			list, err := report.Suppliers(ctx, tx, s, 1)
			if len(list) != 1 || list[0].Name != "Acme" || list[0].Offers != 0 || list[0].AsOf != 0 {
				t.Errorf("%+v", list)
			}
			return err
		})
	})
}

func TestLogNewestFirst(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 1)
		within(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, kind := range []string{"order.placed", "purchase.held", "purchase_x", "purchase.released"} {
				if _, err := event.Insert(ctx, tx, event.Fact{Store: s, Order: orderID(0), Kind: kind, Actor: "staff:us_1"}); err != nil {
					return err
				}
			}
			return nil
		})
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			rows, next, err := report.Log(ctx, tx, s, report.LogFilter{Kind: "purchase."}, "", 1)
			if err != nil || len(rows) != 1 || rows[0].Kind != "purchase.released" || rows[0].Number != 1001 || next == "" {
				t.Fatalf("%+v, %q, %v", rows, next, err)
			}
			rows, next, err = report.Log(ctx, tx, s, report.LogFilter{Kind: "purchase.", Actor: "staff:"}, next, 5)
			if err != nil || len(rows) != 1 || rows[0].Kind != "purchase.held" || next != "" {
				t.Errorf("%+v, %q, %v", rows, next, err)
			}
			if last, err := report.LastEvent(ctx, tx, s); err != nil || last == "" {
				t.Errorf("%q, %v", last, err)
			}
			if w, err := report.CountWaiting(ctx, tx, s); err != nil || w.Orders != 1 || w.All() != 1 {
				t.Errorf("%+v, %v", w, err)
			}
			return nil
		})
	})
}

func TestOrdersByNameAndWords(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 6)
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			for name, c := range map[string]struct {
				f    report.Filter
				want int
			}{
				"part of a name": {report.Filter{Name: "bo"}, 3}, "no pattern": {report.Filter{Name: "b%b"}, 0},
				"goods": {report.Filter{Goods: "waiting"}, 6}, "money": {report.Filter{Money: "paid"}, 0},
			} {
				page, err := report.Orders(ctx, tx, s, c.f, "", 50)
				if err != nil || len(page.Orders) != c.want {
					t.Errorf("%s: %d, not %d: %v", name, len(page.Orders), c.want, err)
				}
			}
			if list, next, err := report.Products(ctx, tx, s, report.ProductFilter{Text: "mug", Status: "active"}, "", 5); err != nil || len(list) != 0 || next != "" {
				t.Errorf("%v %q %v", list, next, err)
			}
			return nil
		})
	})
}
