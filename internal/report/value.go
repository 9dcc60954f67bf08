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

// CustomerValue is what a customer is worth to the store, from the ledger, in one currency.
// Test orders do not count.
type CustomerValue struct {
	Orders  int64        // paid, and not cancelled
	Sales   money.Amount // booked, less what was credited; with tax and shipping
	Refunds money.Amount // paid back
	Profit  money.Amount // sales without tax, less goods, freight, fees, and what banks took back
	First   clock.Time   // of those orders
	Last    clock.Time
}

// Between is the average time between two orders; 0 for fewer than two.
func (v CustomerValue) Between() time.Duration {
	if v.Orders < 2 {
		return 0
	}
	return v.Last.Sub(v.First) / time.Duration(v.Orders-1)
}

// earning are the accounts whose balances, together, are what is earned, with the sign turned.
// Money and debts are not among them.
const earning = `('sales', 'fees', 'disputed', 'cost', 'recovered', 'goodwill')`

// ValueOf is a customer's value in a currency.
func ValueOf(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency, who id.Customer) (v CustomerValue, err error) {
	v.Sales.Currency, v.Refunds.Currency, v.Profit.Currency = c, c, c
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MIN(placed_at), 0), COALESCE(MAX(placed_at), 0) FROM orders o
		WHERE store_id = $1 AND customer_id = $2 AND paid_at > 0 AND state <> 'cancelled'`+noTest("o"), string(store), string(who)).
		Scan(&v.Orders, (*int64)(&v.First), (*int64)(&v.Last))
	if err != nil {
		return v, fmt.Errorf("value of %s: %w", who, err)
	}
	type sums struct{ total, tax, sales, refunds, earned int64 }
	list, err := collect(ctx, tx, func(row scanner, s *sums) error { return row.Scan(&s.total, &s.tax, &s.sales, &s.refunds, &s.earned) },
		`SELECT o.total_minor, o.tax_minor,
			CAST(SUM(CASE WHEN e.credit = 'sales' THEN e.amount_minor WHEN e.debit = 'sales' THEN -e.amount_minor ELSE 0 END) AS BIGINT),
			CAST(SUM(CASE e.kind WHEN 'refund' THEN e.amount_minor WHEN 'refund-bounced' THEN -e.amount_minor ELSE 0 END) AS BIGINT),
			CAST(SUM((CASE WHEN e.credit IN `+earning+` THEN e.amount_minor ELSE 0 END) - (CASE WHEN e.debit IN `+earning+` THEN e.amount_minor ELSE 0 END)) AS BIGINT)
		FROM orders o JOIN ledger_entries e ON e.store_id = o.store_id AND e.order_id = o.order_id
		WHERE o.store_id = $1 AND o.customer_id = $2 AND e.currency = $3`+noTest("o")+`
		GROUP BY o.order_id, o.total_minor, o.tax_minor`, string(store), string(who), string(c))
	if err != nil {
		return v, fmt.Errorf("value of %s: %w", who, err)
	}
	for _, s := range list {
		v.Sales.Minor += s.sales
		v.Refunds.Minor += s.refunds
		v.Profit.Minor += s.earned
		if s.total > 0 {
			v.Profit.Minor -= s.sales * s.tax / s.total
		}
	}
	return v, nil
}

// Repeat is how many customers came back.
type Repeat struct{ Customers, Again int64 }

// Percent is how many of a hundred came back, rounded half up.
func (r Repeat) Percent() int64 {
	if r.Customers == 0 {
		return 0
	}
	return (200*r.Again + r.Customers) / (2 * r.Customers)
}

// Repeats counts the customers of orders since a moment that were paid and not cancelled, and
// how many of them have two such orders or more. Test orders do not count.
func Repeats(ctx context.Context, tx *db.Tx, store id.Store, since clock.Time) (r Repeat, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*), COUNT(*) FILTER (WHERE n > 1) FROM (
		SELECT o.customer_id, COUNT(*) AS n FROM orders o
		WHERE o.store_id = $1 AND o.order_id >= $2 AND o.paid_at > 0 AND o.state <> 'cancelled'`+noTest("o")+` GROUP BY o.customer_id) AS c`,
		string(store), from("or", since)).Scan(&r.Customers, &r.Again)
	if err != nil {
		return r, fmt.Errorf("customers who came back: %w", err)
	}
	return r, nil
}
