package report_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/money"
)

func TestFiguresThatAreKeptMissNothing(t *testing.T) {
	t.Parallel()
	now := clock.NewVirtual(noon)
	dbtest.EachWith(t, now.Now, func(t *testing.T, d *db.DB) {
		report.Attach(d)
		s, began := shop(t, d, 0), now.Now()
		sell := func(at time.Time, total int64) {
			within(t, d, func(ctx context.Context, tx *db.Tx) error {
				tx.Now = clock.Of(at)
				customer, err := order.PutCustomer(ctx, tx, s, "ann@example.com", "Ann")
				if err != nil {
					return err
				}
				o := order.Order{StoreID: s, OrderID: id.Order(id.New("or", at)), Number: at.Unix(), CustomerID: customer, Email: "ann@example.com",
					Locale: "en", Currency: "EUR", Shipping: "{}", Billing: "{}", ShippingOption: "{}", TotalMinor: total,
					State: order.Open, Goods: "waiting", Money: "paid", PlacedAt: tx.Now, UpdatedAt: tx.Now}
				if err := order.Insert(ctx, tx, o, nil, nil); err != nil {
					return err
				}
				_, err = ledger.Post(ctx, tx, s, ledger.Posting{Key: id.New("k", at), Order: o.OrderID, Subject: string(o.OrderID), Debit: "a", Credit: "b",
					Kind: "sale", Amount: money.New(total, "EUR")})
				return err
			})
		}
		look := func(orders, sales int64) {
			t.Helper()
			view(t, d, func(ctx context.Context, tx *db.Tx) error {
				list, err := report.Figures(ctx, tx, s, "EUR", clock.Of(now.Now().AddDate(0, 0, -30)))
				var sum report.Figure
				for _, f := range list {
					sum.Add(f)
				}
				if sum.Orders != orders || sum.Sales != sales {
					t.Errorf("%d orders and %d, want %d and %d", sum.Orders, sum.Sales, orders, sales)
				}
				return err
			})
		}
		look(0, 0)
		sell(began.Add(-time.Hour), 1)
		sell(began.Add(-30*time.Second), 10)
		look(2, 11)
		look(2, 11)
		sell(began.Add(-90*time.Second), 100) // a transaction that took long
		look(3, 111)
		now.Advance(20 * time.Minute)
		look(3, 111)
		sell(now.Now(), 1000)
		look(4, 1111)
		now.Advance(2 * time.Hour) // everything is read again
		look(4, 1111)
		sell(began.Add(-48*time.Hour), 10_000) // rows of another database
		look(5, 11_111)
	})
}
