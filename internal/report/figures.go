package report

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Slot is how finely time is cut in figures: every time zone's day begins at one.
const Slot = 15 * time.Minute

// Figure is what was sold in one slot of time, in one currency: minor units.
type Figure struct {
	At     clock.Time // when the slot begins
	Orders int64      // placed
	Sales  int64      // booked, less what was credited; with tax and shipping
	Tax    int64      // contained in that
	Cost   int64      // of goods and freight, from suppliers
	Fees   int64      // of payment providers
}

// Profit is what is left of the sales.
func (f Figure) Profit() int64 { return f.Sales - f.Tax - f.Cost - f.Fees }

// Add adds another slot's figures; the time stays.
func (f *Figure) Add(g Figure) {
	f.Orders, f.Sales, f.Tax, f.Cost, f.Fees = f.Orders+g.Orders, f.Sales+g.Sales, f.Tax+g.Tax, f.Cost+g.Cost, f.Fees+g.Fees
}

// Figures are what was sold in a currency since a moment, slot by slot; slots in which
// nothing happened are missing.
func Figures(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency, since clock.Time) ([]Figure, error) {
	slots := map[int64]*Figure{}
	at := func(n int64) *Figure {
		if slots[n] == nil {
			slots[n] = &Figure{At: clock.Time(n * Slot.Microseconds())}
		}
		return slots[n]
	}
	type row struct {
		slot, n, tax int64
		kind         string
	}
	scan := func(s scanner, r *row) error { return s.Scan(&r.slot, &r.kind, &r.n, &r.tax) }
	placed, err := collect(ctx, tx, scan, `SELECT placed_at / 900000000, 'placed', COUNT(*), 0 FROM orders
		WHERE store_id = $1 AND order_id >= $2 AND currency = $3 GROUP BY placed_at / 900000000`, string(store), from("or", since), string(c))
	if err != nil {
		return nil, fmt.Errorf("figures: orders: %w", err)
	}
	booked, err := collect(ctx, tx, scan, `SELECT e.at / 900000000, e.kind, CAST(SUM(e.amount_minor) AS BIGINT),
		CAST(SUM(CASE WHEN o.total_minor > 0 THEN e.amount_minor * o.tax_minor / o.total_minor ELSE 0 END) AS BIGINT)
		FROM ledger_entries e JOIN orders o ON o.store_id = e.store_id AND o.order_id = e.order_id
		WHERE e.store_id = $1 AND e.entry_id >= $2 AND e.currency = $3 AND e.kind IN ('sale', 'credit', 'cost', 'cost-back', 'fee')
		GROUP BY e.at / 900000000, e.kind`, string(store), from("le", since), string(c))
	if err != nil {
		return nil, fmt.Errorf("figures: ledger: %w", err)
	}
	for _, r := range append(placed, booked...) {
		f := at(r.slot)
		switch r.kind {
		case "placed":
			f.Orders += r.n
		case "sale":
			f.Sales, f.Tax = f.Sales+r.n, f.Tax+r.tax
		case "credit":
			f.Sales, f.Tax = f.Sales-r.n, f.Tax-r.tax
		case "cost":
			f.Cost += r.n
		case "cost-back":
			f.Cost -= r.n
		case "fee":
			f.Fees += r.n
		}
	}
	list := make([]Figure, 0, len(slots))
	for _, f := range slots {
		if !f.At.Add(Slot).Before(since) {
			list = append(list, *f)
		}
	}
	return list, nil
}

// from is where names made since a moment begin. Names sort by their time; a few made a
// little earlier may be among them.
func from(prefix string, since clock.Time) string {
	name := id.New(prefix, since.Std())
	return name[:len(prefix)+1+11] // what follows is the fraction of a tick, and random
}

// ByDay gathers figures into days of a time zone, the oldest first: the last one is the day
// of now, and there is one for every day whether anything was sold or not.
func ByDay(list []Figure, now time.Time, days int) []Figure {
	year, month, day := now.Date()
	out := make([]Figure, days)
	starts := make([]clock.Time, days+1)
	for i := range starts {
		starts[i] = clock.Of(time.Date(year, month, day-days+1+i, 0, 0, 0, 0, now.Location()))
	}
	for i := range out {
		out[i].At = starts[i]
		for _, f := range list {
			if !f.At.Before(starts[i]) && f.At.Before(starts[i+1]) {
				out[i].Add(f)
			}
		}
	}
	return out
}
