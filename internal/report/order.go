package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// OrderDocument is the whole of an order, named by id ("or_…") or number ("1042", "#1042").
// The error of one that is not there wraps ErrNone.
func OrderDocument(ctx context.Context, tx *db.Tx, store id.Store, idOrNumber string) (Document, error) {
	o, err := FindOrder(ctx, tx, store, idOrNumber)
	if err != nil {
		return Document{}, err
	}
	d := Document{}
	steps := []func() error{
		func() (err error) { d.Order, err = TheOrder(ctx, tx, store, o); return },
		func() (err error) { d.Ledger, err = entriesOf(ctx, tx, store, o); return },
		func() (err error) { d.Purchases, err = purchasesOf(ctx, tx, store, o, d.Totals.Total.Currency); return },
		func() (err error) { d.Mails, err = mailsOf(ctx, tx, store, o); return },
		func() (err error) { d.Timeline, err = eventsOf(ctx, tx, store, o); return },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return d, fmt.Errorf("order %s: %w", idOrNumber, err)
		}
	}
	return d, nil
}

// FindOrder is the id of an order that is named by id or number.
func FindOrder(ctx context.Context, tx *db.Tx, store id.Store, idOrNumber string) (o id.Order, err error) {
	const byNumber = `SELECT order_id FROM orders WHERE store_id = $1 AND number = $2`
	const byID = `SELECT order_id FROM orders WHERE store_id = $1 AND order_id = $2`
	name := strings.TrimPrefix(strings.TrimSpace(idOrNumber), "#")
	if number, bad := strconv.ParseInt(name, 10, 64); bad == nil {
		err = tx.QueryRowContext(ctx, byNumber, string(store), number).Scan((*string)(&o))
	} else {
		err = tx.QueryRowContext(ctx, byID, string(store), name).Scan((*string)(&o))
	}
	if err != nil {
		return "", fmt.Errorf("order %s: %w", idOrNumber, err)
	}
	return o, nil
}

// TheOrder is an order with its lines, payments and parcels. Its attention, refunds,
// chargebacks and shipping option are not for customers' eyes: see package web/api.
func TheOrder(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (Order, error) {
	d, err := headOf(ctx, tx, store, o)
	if err != nil {
		return d, err
	}
	steps := []func() error{
		func() (err error) { d.Lines, err = linesOf(ctx, tx, store, o, d.Totals.Total.Currency); return },
		func() (err error) { d.Payments, err = paymentsOf(ctx, tx, store, o); return },
		func() (err error) { d.Refunds, err = refundsOf(ctx, tx, store, o); return },
		func() (err error) { d.Chargebacks, err = chargebacksOf(ctx, tx, store, o); return },
		func() (err error) { d.Shipments, err = shipmentsOf(ctx, tx, store, o); return },
		func() (err error) { d.Exchanges, err = exchangesOf(ctx, tx, store, o); return },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return d, err
		}
	}
	return d, nil
}

func headOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (d Order, err error) {
	var currency string
	t := &d.Totals
	d.ShippingOption = json.RawMessage("{}")
	err = tx.QueryRowContext(ctx, `SELECT o.order_id, o.number, o.state, o.goods, o.money, o.attention, o.needs_person, o.cart_id,
		o.customer_id, c.name, o.email, o.locale, o.shipping, o.billing, o.shipping_option, o.promised_from, o.promised_to,
		COALESCE(w.expect_from_at, 0), COALESCE(w.expect_to_at, 0), COALESCE(w.why, ''), o.currency,
		o.subtotal_minor, o.discount_minor, o.shipping_minor, o.tax_minor, o.total_minor, o.placed_at, o.paid_at, o.updated_at, o.discount_code
		FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.customer_id = o.customer_id
		LEFT JOIN promises w ON w.store_id = o.store_id AND w.order_id = o.order_id
		WHERE o.store_id = $1 AND o.order_id = $2`, string(store), string(o)).Scan(
		(*string)(&d.ID), &d.Number, &d.State, &d.Goods, &d.Money, list(&d.Attention), &d.NeedsPerson, (*string)(&d.Cart),
		(*string)(&d.Customer.ID), &d.Customer.Name, &d.Customer.Email, &d.Locale, parsed{&d.ShippingAddress}, parsed{&d.BillingAddress},
		parsed{&d.ShippingOption}, (*int64)(&d.PromisedFrom), (*int64)(&d.PromisedTo),
		(*int64)(&d.ExpectedFrom), (*int64)(&d.ExpectedTo), &d.ExpectedWhy, &currency,
		&t.Subtotal.Minor, &t.Discount.Minor, &t.Shipping.Minor, &t.Tax.Minor, &t.Total.Minor,
		(*int64)(&d.PlacedAt), (*int64)(&d.PaidAt), (*int64)(&d.UpdatedAt), &t.Code)
	in(currency, &t.Subtotal, &t.Discount, &t.Shipping, &t.Tax, &t.Total)
	return d, err
}

// in gives amounts their currency.
func in(currency string, amounts ...*money.Amount) {
	for _, a := range amounts {
		a.Currency = money.Currency(currency)
	}
}

func linesOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, c money.Currency) ([]Line, error) {
	lines, err := collect(ctx, tx, func(row scanner, l *Line) error {
		l.Units = []Unit{}
		in(string(c), &l.UnitPrice)
		return row.Scan(&l.Line, (*string)(&l.Variant), (*string)(&l.Product), &l.SKU, &l.Title, &l.VariantTitle, &l.Image, &l.Quantity,
			&l.Cancelled, &l.UnitPrice.Minor)
	}, `SELECT line_id, variant_id, product_id, sku, title, variant_title, image, quantity, cancelled, unit_price_minor
		FROM order_lines WHERE store_id = $1 AND order_id = $2 ORDER BY line_id`, string(store), string(o))
	if err != nil {
		return nil, err
	}
	type placed struct {
		line int64
		Unit
	}
	units, err := collect(ctx, tx, func(row scanner, u *placed) error {
		in(string(c), &u.Price, &u.Discount, &u.Shipping, &u.Tax)
		return row.Scan(&u.line, &u.First, &u.Units, &u.Price.Minor, &u.Discount.Minor, &u.Shipping.Minor, &u.Tax.Minor)
	}, `SELECT line_id, first_unit, units, price_minor, discount_minor, shipping_minor, tax_minor
		FROM order_units WHERE store_id = $1 AND order_id = $2 ORDER BY line_id, first_unit`, string(store), string(o))
	for _, u := range units {
		for i := range lines {
			if lines[i].Line == u.line {
				lines[i].Units = append(lines[i].Units, u.Unit)
			}
		}
	}
	return lines, err
}

func paymentsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Payment, error) {
	return collect(ctx, tx, func(row scanner, p *Payment) error {
		var currency string
		err := row.Scan((*string)(&p.ID), (*string)(&p.Connector), &p.Driver, &p.State, &p.Amount.Minor, &p.Captured.Minor, &currency, &p.Ref,
			&p.URL, &p.Words, &p.Manual, &p.CaptureNow, (*int64)(&p.LapsesAt), (*int64)(&p.CreatedAt), (*int64)(&p.UpdatedAt))
		in(currency, &p.Amount, &p.Captured)
		return err
	}, `SELECT payment_id, connector_id, driver, state, amount_minor, captured_minor, currency, ref, url, words, manual, capture_now,
		lapses_at, created_at, updated_at FROM payments WHERE store_id = $1 AND order_id = $2 ORDER BY payment_id`, string(store), string(o))
}

func refundsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Refund, error) {
	return collect(ctx, tx, func(row scanner, r *Refund) error {
		return row.Scan((*string)(&r.ID), (*string)(&r.Payment), &r.State, &r.Amount.Minor, (*string)(&r.Amount.Currency), &r.Reason, &r.Ref,
			&r.Words, &r.Tries, (*int64)(&r.CreatedAt), (*int64)(&r.UpdatedAt))
	}, `SELECT refund_id, payment_id, state, amount_minor, currency, reason, ref, words, tries, created_at, updated_at
		FROM refunds WHERE store_id = $1 AND order_id = $2 ORDER BY refund_id`, string(store), string(o))
}

func chargebacksOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Chargeback, error) {
	return collect(ctx, tx, func(row scanner, c *Chargeback) error {
		return row.Scan((*string)(&c.ID), (*string)(&c.Payment), &c.State, &c.Amount.Minor, (*string)(&c.Amount.Currency), &c.Ref, &c.Reason,
			(*int64)(&c.DueAt), &c.Withdrawn, (*int64)(&c.CreatedAt), (*int64)(&c.UpdatedAt))
	}, `SELECT b.chargeback_id, b.payment_id, b.state, b.amount_minor, b.currency, b.ref, b.reason, b.due_at, b.withdrawn, b.created_at, b.updated_at
		FROM chargebacks b WHERE b.store_id = $1 AND b.order_id = $2 ORDER BY b.chargeback_id`, string(store), string(o))
}

func entriesOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Entry, error) {
	return collect(ctx, tx, func(row scanner, e *Entry) error {
		return row.Scan((*string)(&e.ID), &e.Key, &e.Subject, &e.Kind, &e.Debit, &e.Credit, &e.Amount.Minor, (*string)(&e.Amount.Currency), (*int64)(&e.At))
	}, `SELECT entry_id, entry_key, subject, kind, debit, credit, amount_minor, currency, at
		FROM ledger_entries WHERE store_id = $1 AND order_id = $2 ORDER BY entry_id`, string(store), string(o))
}

func mailsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Mail, error) {
	return collect(ctx, tx, scanMail, `SELECT mail_id, kind, recipient, subject, state, words, created_at, sent_at
		FROM mails WHERE store_id = $1 AND order_id = $2 ORDER BY mail_id`, string(store), string(o))
}

func scanMail(row scanner, m *Mail) error {
	return row.Scan((*string)(&m.ID), &m.Kind, &m.Recipient, &m.Subject, &m.State, &m.Words, (*int64)(&m.CreatedAt), (*int64)(&m.SentAt))
}

func eventsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Event, error) {
	return collect(ctx, tx, func(row scanner, e *Event) error {
		e.Data = json.RawMessage("{}")
		return row.Scan((*string)(&e.ID), &e.Kind, &e.Subject, &e.Actor, (*int64)(&e.At), parsed{&e.Data})
	}, `SELECT event_id, kind, subject, actor, at, data FROM events WHERE store_id = $1 AND order_id = $2 ORDER BY event_id`,
		string(store), string(o))
}
