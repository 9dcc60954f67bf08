package report

import (
	"context"
	"fmt"
	"maps"
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

// slots are figures by the number of their slot.
type slots map[int64]Figure

// Figures are what was sold in a currency since a moment, slot by slot; slots in which
// nothing happened are missing. Test orders do not count. Bookings are never changed, so what has settled is read once
// where a Kept is attached.
func Figures(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency, since clock.Time) ([]Figure, error) {
	all, err := allSlots(ctx, tx, figuresOf{store, c}, since)
	if err != nil {
		return nil, fmt.Errorf("figures: %w", err)
	}
	list := make([]Figure, 0, len(all))
	for _, f := range all {
		if !f.At.Add(Slot).Before(since) {
			list = append(list, f)
		}
	}
	return list, nil
}

func allSlots(ctx context.Context, tx *db.Tx, of figuresOf, since clock.Time) (slots, error) {
	k := keptOf(tx)
	if k == nil {
		return readSlots(ctx, tx, of, since, 0)
	}
	var first string
	if err := tx.QueryRowContext(ctx, `SELECT COALESCE(MIN(order_id), '') FROM orders WHERE store_id = $1`, string(of.store)).Scan(&first); err != nil {
		return nil, err
	}
	old, till := k.figuresOf(of), tx.Now.Add(-settled)
	if !old.serves(tx.Now, since, first) {
		old = figuresKept{slots: slots{}, since: since, till: since, first: first, readAt: tx.Now}
	}
	if old.till.Before(till) {
		more, err := readSlots(ctx, tx, of, old.till, till)
		if err != nil {
			return nil, err
		}
		old.slots, old.till = old.slots.with(more), till
		k.keepFigures(of, old)
	}
	late, err := readSlots(ctx, tx, of, old.till, 0)
	return old.slots.with(late), err
}

// with are the figures of both; neither changes.
func (s slots) with(more slots) slots {
	both := maps.Clone(s)
	for n, f := range more {
		if sum, ok := both[n]; ok {
			f.Add(sum)
		}
		both[n] = f
	}
	return both
}

// readSlots reads what was booked from a moment to another; 0: to the end.
func readSlots(ctx context.Context, tx *db.Tx, of figuresOf, since, till clock.Time) (slots, error) {
	type row struct {
		slot, n, tax int64
		kind         string
	}
	scan := func(s scanner, r *row) error { return s.Scan(&r.slot, &r.kind, &r.n, &r.tax) }
	end := func(prefix string) string {
		if till == 0 {
			return prefix + "_zzzzzzzzzzzzzzzzzzzzzzzzzzz"
		}
		return from(prefix, till)
	}
	placed, err := collect(ctx, tx, scan, `SELECT placed_at / 900000000, 'placed', COUNT(*), 0 FROM orders
		WHERE store_id = $1 AND order_id >= $2 AND order_id < $3 AND currency = $4`+noTest("orders")+` GROUP BY placed_at / 900000000`,
		string(of.store), from("or", since), end("or"), string(of.currency))
	if err != nil {
		return nil, err
	}
	booked, err := collect(ctx, tx, scan, `SELECT e.at / 900000000, e.kind, CAST(SUM(e.amount_minor) AS BIGINT),
		CAST(SUM(CASE WHEN o.total_minor > 0 THEN e.amount_minor * o.tax_minor / o.total_minor ELSE 0 END) AS BIGINT)
		FROM ledger_entries e JOIN orders o ON o.store_id = e.store_id AND o.order_id = e.order_id
		WHERE e.store_id = $1 AND e.entry_id >= $2 AND e.entry_id < $3 AND e.currency = $4 AND e.kind IN ('sale', 'credit', 'cost', 'cost-back', 'fee', 'return-freight')`+noTest("e")+`
		GROUP BY e.at / 900000000, e.kind`, string(of.store), from("le", since), end("le"), string(of.currency))
	if err != nil {
		return nil, err
	}
	read := slots{}
	for _, r := range append(placed, booked...) {
		f := read[r.slot]
		f.At = clock.Time(r.slot * Slot.Microseconds())
		f.book(r.kind, r.n, r.tax)
		read[r.slot] = f
	}
	return read, nil
}

// book adds a sum of entries of a kind.
func (f *Figure) book(kind string, n, tax int64) {
	switch kind {
	case "placed":
		f.Orders += n
	case "sale":
		f.Sales, f.Tax = f.Sales+n, f.Tax+tax
	case "credit":
		f.Sales, f.Tax = f.Sales-n, f.Tax-tax
	case "cost", "return-freight":
		f.Cost += n
	case "cost-back":
		f.Cost -= n
	case "fee":
		f.Fees += n
	}
}

// noTest leaves out the orders that a merchant placed to try the shop.
func noTest(table string) string {
	return ` AND NOT EXISTS (SELECT 1 FROM test_orders t WHERE t.store_id = ` + table + `.store_id AND t.order_id = ` + table + `.order_id)`
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
