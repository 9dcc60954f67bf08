package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/address"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// CustomerRow is a customer in a list. Orders and what was spent count what was not
// cancelled, in the store's currency.
type CustomerRow struct {
	ID      id.Customer
	Name    string
	Email   string
	Since   clock.Time
	Orders  int64
	Spent   money.Amount
	LastID  id.Order // the newest order; empty when there is none
	LastAt  clock.Time
	Country string // where it went
}

// CustomerFilter says which customers are listed, and in which order; the zero value is all, the
// newest first.
type CustomerFilter struct {
	Text string // in the name or the mail address
	Sort string // SortNewest, SortOldest, SortName, SortNameBack
}

// keys is the order that a filter asks for.
func (f CustomerFilter) keys() keyset {
	if f.Sort == SortName || f.Sort == SortNameBack {
		return keyset{column: "LOWER(c.name)", given: "LOWER($)", name: "c.customer_id", down: f.Sort == SortNameBack}
	}
	return byTime("c.customer_id", f.Sort)
}

// Customers lists at most limit customers, after the place that a page named, and says where the
// next page begins.
func Customers(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency, f CustomerFilter, after string, limit int) ([]CustomerRow, string, error) {
	keys, q := f.keys(), &query{args: []any{string(store), string(c)}}
	q.add("%s", customerColumns)
	if text := strings.TrimSpace(f.Text); text != "" {
		q.add(` AND (LOWER(c.name) LIKE LOWER(%[1]s) ESCAPE '\' OR c.email LIKE LOWER(%[1]s) ESCAPE '\')`, q.arg("%"+wild.Replace(text)+"%"))
	}
	keys.page(q, after)
	q.add(" LIMIT %s", q.arg(limit+1))
	rows, err := collect(ctx, tx, scanCustomer, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list of customers: %w", err)
	}
	next := ""
	if len(rows) > limit {
		rows, next = rows[:limit], keys.next(string(rows[limit-1].ID), rows[limit-1].Name)
	}
	return rows, next, lastOrders(ctx, tx, store, rows)
}

// TheCustomer is one customer; the error of one that is not there wraps ErrNone.
func TheCustomer(ctx context.Context, tx *db.Tx, store id.Store, c money.Currency, name id.Customer) (CustomerRow, error) {
	rows, err := collect(ctx, tx, scanCustomer, customerColumns+` AND c.customer_id = $3`, string(store), string(c), string(name))
	if err == nil && len(rows) == 0 {
		err = ErrNone
	}
	if err != nil {
		return CustomerRow{}, fmt.Errorf("customer %s: %w", name, err)
	}
	return rows[0], lastOrders(ctx, tx, store, rows)
}

const customerColumns = `SELECT c.customer_id, c.name, c.email, c.created_at, CAST($2 AS TEXT),
	(SELECT COUNT(*) FROM orders o WHERE o.store_id = c.store_id AND o.customer_id = c.customer_id AND o.state <> 'cancelled'),
	COALESCE((SELECT CAST(SUM(o.total_minor) AS BIGINT) FROM orders o
		WHERE o.store_id = c.store_id AND o.customer_id = c.customer_id AND o.state <> 'cancelled' AND o.currency = $2), 0),
	COALESCE((SELECT MAX(o.order_id) FROM orders o WHERE o.store_id = c.store_id AND o.customer_id = c.customer_id), '')
	FROM customers c WHERE c.store_id = $1`

func scanCustomer(row scanner, c *CustomerRow) error {
	return row.Scan((*string)(&c.ID), &c.Name, &c.Email, (*int64)(&c.Since), (*string)(&c.Spent.Currency), &c.Orders, &c.Spent.Minor, (*string)(&c.LastID))
}

// lastOrders reads when the customers last bought, and where it went.
func lastOrders(ctx context.Context, tx *db.Tx, store id.Store, rows []CustomerRow) error {
	var names []id.Order
	for _, c := range rows {
		if c.LastID != "" {
			names = append(names, c.LastID)
		}
	}
	type last struct {
		order   id.Order
		at      clock.Time
		address address.Address
	}
	in, args := among(store, names)
	list, err := collect(ctx, tx, func(row scanner, l *last) error {
		return row.Scan((*string)(&l.order), (*int64)(&l.at), parsed{&l.address})
	}, `SELECT order_id, placed_at, shipping FROM orders WHERE store_id = $1 AND order_id IN (`+in+`)`, args...)
	if err != nil {
		return fmt.Errorf("customers' last orders: %w", err)
	}
	for i, c := range rows {
		for _, l := range list {
			if l.order == c.LastID {
				rows[i].LastAt, rows[i].Country = l.at, l.address.Country
			}
		}
	}
	return nil
}

// CustomerAddresses are the different addresses that a customer's last orders went to, the
// newest first.
func CustomerAddresses(ctx context.Context, tx *db.Tx, store id.Store, name id.Customer) ([]address.Address, error) {
	all, err := collect(ctx, tx, func(row scanner, a *address.Address) error { return row.Scan(parsed{a}) },
		`SELECT shipping FROM orders WHERE store_id = $1 AND customer_id = $2 ORDER BY order_id DESC LIMIT 50`, string(store), string(name))
	if err != nil {
		return nil, fmt.Errorf("addresses of %s: %w", name, err)
	}
	var list []address.Address
	for _, a := range all {
		if !contains(list, a) {
			list = append(list, a)
		}
	}
	return list, nil
}

func contains(list []address.Address, a address.Address) bool {
	for _, b := range list {
		if b == a {
			return true
		}
	}
	return false
}

// CustomerMails are the newest mails about a customer's orders.
func CustomerMails(ctx context.Context, tx *db.Tx, store id.Store, name id.Customer, limit int) ([]Mail, error) {
	list, err := collect(ctx, tx, scanMail, `SELECT m.mail_id, m.kind, m.recipient, m.subject, m.state, m.words, m.created_at, m.sent_at
		FROM orders o JOIN mails m ON m.store_id = o.store_id AND m.order_id = o.order_id
		WHERE o.store_id = $1 AND o.customer_id = $2 ORDER BY m.mail_id DESC LIMIT $3`, string(store), string(name), limit)
	if err != nil {
		return nil, fmt.Errorf("mails of %s: %w", name, err)
	}
	return list, nil
}

// Extra is what a list of orders shows of one where somebody wants to see it.
type Extra struct {
	Units     int64 // sold, without those cancelled
	Suppliers []string
	Tracking  []string
	Country   string
	Code      string // of the discount; empty: none
	Discount  int64  // that it took off the goods, minor units of the order's currency
}

// Extras reads further columns of a list's orders.
func Extras(ctx context.Context, tx *db.Tx, store id.Store, rows []OrderRow) (map[id.Order]Extra, error) {
	names := make([]id.Order, len(rows))
	for i, o := range rows {
		names[i] = o.ID
	}
	in, args := among(store, names)
	out := map[id.Order]Extra{}
	type part struct {
		order id.Order
		words string
		units int64 // or minor units
		to    address.Address
	}
	for _, q := range []struct {
		query string
		scan  func(row scanner, p *part) error
		add   func(e *Extra, p part)
	}{
		{`SELECT order_id, CAST(SUM(quantity - cancelled) AS BIGINT) FROM order_lines WHERE store_id = $1 AND order_id IN (` + in + `) GROUP BY order_id`,
			func(row scanner, p *part) error { return row.Scan((*string)(&p.order), &p.units) }, func(e *Extra, p part) { e.Units = p.units }},
		{`SELECT DISTINCT p.order_id, s.name FROM purchases p JOIN suppliers s ON s.store_id = p.store_id AND s.supplier_id = p.supplier_id
			WHERE p.store_id = $1 AND p.order_id IN (` + in + `) ORDER BY s.name`,
			func(row scanner, p *part) error { return row.Scan((*string)(&p.order), &p.words) },
			func(e *Extra, p part) { e.Suppliers = append(e.Suppliers, p.words) }},
		{`SELECT order_id, number FROM shipments WHERE store_id = $1 AND order_id IN (` + in + `) ORDER BY shipment_id`,
			func(row scanner, p *part) error { return row.Scan((*string)(&p.order), &p.words) },
			func(e *Extra, p part) { e.Tracking = append(e.Tracking, p.words) }},
		{`SELECT order_id, shipping, discount_code, discount_minor FROM orders WHERE store_id = $1 AND order_id IN (` + in + `)`,
			func(row scanner, p *part) error {
				return row.Scan((*string)(&p.order), parsed{&p.to}, &p.words, &p.units)
			},
			func(e *Extra, p part) { e.Country, e.Code, e.Discount = p.to.Country, p.words, p.units }},
	} {
		parts, err := collect(ctx, tx, q.scan, q.query, args...)
		if err != nil {
			return nil, fmt.Errorf("columns of orders: %w", err)
		}
		for _, p := range parts {
			e := out[p.order]
			q.add(&e, p)
			out[p.order] = e
		}
	}
	return out, nil
}

// among makes the list of an IN and its arguments, of which the store is the first.
func among(store id.Store, names []id.Order) (string, []any) {
	in, args := "''", []any{string(store)}
	for _, name := range names {
		args = append(args, string(name))
		in += ", $" + strconv.Itoa(len(args))
	}
	return in, args
}
