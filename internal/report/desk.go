package report

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Waiting is how much waits for a person.
type Waiting struct{ Orders, Connectors, Feeds, Jobs, Mails, Messages, Reviews int64 }

// All is the sum, without reviews: they can wait until there is time to read.
func (w Waiting) All() int64 {
	return w.Orders + w.Connectors + w.Feeds + w.Jobs + w.Mails + w.Messages
}

// countAtMost bounds counting: more than this is shown as "99+" anyway.
const countAtMost = 100

// CountWaiting counts what waits for a person, each kind to 100 at most.
func CountWaiting(ctx context.Context, tx *db.Tx, store id.Store) (w Waiting, err error) {
	for _, c := range []struct {
		into  *int64
		query string
	}{
		{&w.Orders, `SELECT COUNT(*) FROM (SELECT 1 FROM orders WHERE store_id = $1 AND order_id > '' AND needs_person LIMIT $2) AS t`},
		{&w.Connectors, `SELECT COUNT(*) FROM (SELECT 1 FROM connectors WHERE store_id = $1 AND state <> 'active' LIMIT $2) AS t`},
		{&w.Feeds, `SELECT COUNT(*) FROM (SELECT 1 FROM feeds WHERE store_id = $1 AND state = 'parked' LIMIT $2) AS t`},
		{&w.Jobs, `SELECT COUNT(*) FROM (SELECT 1 FROM jobs WHERE parked = TRUE AND store_id = $1 LIMIT $2) AS t`},
		{&w.Mails, `SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE store_id = $1 AND state IN ('failed', 'uncertain') AND is_test = FALSE LIMIT $2) AS t`},
		{&w.Messages, `SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE store_id = $1 AND asked_at > 0 AND overdue AND order_id = '' LIMIT $2) AS t`},
		{&w.Reviews, `SELECT COUNT(*) FROM (SELECT 1 FROM reviews WHERE store_id = $1 AND state = 'waiting' LIMIT $2) AS t`},
	} {
		if err := tx.QueryRowContext(ctx, c.query, string(store), countAtMost).Scan(c.into); err != nil {
			return w, fmt.Errorf("count of what waits: %w", err)
		}
	}
	trouble, err := TroubleOfMails(ctx, tx, store)
	if trouble != nil {
		w.Mails++
	}
	if err != nil {
		return w, err
	}
	box, err := TroubleOfMailbox(ctx, tx, store)
	if box != nil {
		w.Mails++
	}
	return w, err
}

// LogRow is an event with the number of the order that it belongs to.
type LogRow struct {
	Event
	Order  id.Order
	Number int64 // 0: it belongs to no order
}

// LogFilter says which events are listed; the zero value is all, the newest first.
type LogFilter struct {
	Actor string // how the actor begins: "staff:", "staff:us_…", "supplier:"
	Kind  string // how the kind begins: "purchase."
	Order int64  // the number of the order that they are about
	Sort  string // SortNewest, SortOldest
}

// Log lists at most limit events, after the one that a page named, and says where the next page
// begins.
func Log(ctx context.Context, tx *db.Tx, store id.Store, f LogFilter, after string, limit int) ([]LogRow, string, error) {
	keys, q := byTime("e.event_id", f.Sort), &query{}
	q.add(`SELECT e.event_id, e.kind, e.subject, e.actor, e.at, e.data, e.order_id, COALESCE(o.number, 0)
		FROM events e LEFT JOIN orders o ON o.store_id = e.store_id AND o.order_id = e.order_id WHERE e.store_id = %s`, q.arg(string(store)))
	starts := func(column, with string) {
		if with != "" {
			q.add(" AND %s LIKE %s ESCAPE '\\'", column, q.arg(wild.Replace(with)+"%"))
		}
	}
	starts("e.actor", f.Actor)
	starts("e.kind", f.Kind)
	if f.Order != 0 {
		q.add(" AND e.order_id = (SELECT order_id FROM orders WHERE store_id = $1 AND number = %s)", q.arg(f.Order))
	}
	keys.page(q, after)
	q.add(" LIMIT %s", q.arg(limit+1))
	rows, err := collect(ctx, tx, func(row scanner, e *LogRow) error {
		e.Data = json.RawMessage("{}")
		return row.Scan((*string)(&e.ID), &e.Kind, &e.Subject, &e.Actor, (*int64)(&e.At), parsed{&e.Data}, (*string)(&e.Order), &e.Number)
	}, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("log: %w", err)
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	return rows[:limit], string(rows[limit-1].ID), nil
}

// LastEvent is the name of the newest event of a store; empty when nothing has happened.
func LastEvent(ctx context.Context, tx *db.Tx, store id.Store) (id.Event, error) {
	var name string
	err := tx.QueryRowContext(ctx, `SELECT COALESCE(MAX(event_id), '') FROM events WHERE store_id = $1`, string(store)).Scan(&name)
	return id.Event(name), err
}

// ProductRow is a product in a list.
type ProductRow struct {
	ID        id.Product
	Title     string
	Vendor    string
	Status    string
	Image     string
	Variants  int64
	Offers    int64 // active, for any of its variants
	Available int64
	Reserved  int64
	Low, High money.Amount // prices
}

// ProductFilter says which products are listed, and in which order; the zero value is all, the
// newest first.
type ProductFilter struct {
	Text   string // in the title or a SKU
	Status string
	Sort   string // SortNewest, SortOldest, SortName, SortNameBack
}

// keys is the order that a filter asks for.
func (f ProductFilter) keys() keyset {
	k := byTime("p.product_id", f.Sort)
	if f.Sort == SortName || f.Sort == SortNameBack {
		k = keyset{column: "LOWER(p.title)", given: "LOWER($)", name: "p.product_id", down: f.Sort == SortNameBack}
	}
	return k
}

// Products lists at most limit products, after the place that a page named, and says where the
// next page begins.
func Products(ctx context.Context, tx *db.Tx, store id.Store, f ProductFilter, after string, limit int) ([]ProductRow, string, error) {
	page, err := productPage(ctx, tx, store, f, after, limit+1)
	if err != nil {
		return nil, "", fmt.Errorf("list of products: %w", err)
	}
	if len(page) == 0 {
		return []ProductRow{}, "", nil
	}
	next := ""
	if len(page) > limit {
		page, next = page[:limit], f.keys().next(page[limit-1].name, page[limit-1].title)
	}
	// Every position is at least 0: saying so has SQLite look up a product's variants by it, rather
	// than read all of the store's in an index that happens to hold whatever else is asked for.
	q, at := &query{args: []any{string(store)}}, map[id.Product]int{}
	q.add(`SELECT p.product_id, p.title, p.vendor, p.status,
		COALESCE((SELECT MIN(i.url) FROM images i WHERE i.store_id = p.store_id AND i.product_id = p.product_id AND i.position = 1), ''),
		(SELECT COUNT(*) FROM variants w CROSS JOIN offers f WHERE w.store_id = p.store_id AND w.product_id = p.product_id AND w.position >= 0
			AND f.store_id = w.store_id AND f.variant_id = w.variant_id AND f.active = TRUE),
		COUNT(v.variant_id), COALESCE(CAST(SUM(v.available) AS BIGINT), 0), COALESCE(CAST(SUM(v.reserved) AS BIGINT), 0),
		COALESCE(MIN(v.price_minor), 0), COALESCE(MAX(v.price_minor), 0), COALESCE(MIN(v.currency), '')
		FROM products p LEFT JOIN variants v ON v.store_id = p.store_id AND v.product_id = p.product_id
		WHERE p.store_id = $1 AND p.product_id IN (`)
	names := "''"
	for i, p := range page {
		names += ", " + q.arg(p.name)
		at[id.Product(p.name)] = i
	}
	q.add("%s) GROUP BY p.store_id, p.product_id, p.title, p.vendor, p.status", names)
	rows, err := collect(ctx, tx, func(row scanner, p *ProductRow) error {
		var currency string
		err := row.Scan((*string)(&p.ID), &p.Title, &p.Vendor, &p.Status, &p.Image, &p.Offers, &p.Variants, &p.Available, &p.Reserved, &p.Low.Minor, &p.High.Minor, &currency)
		in(currency, &p.Low, &p.High)
		return err
	}, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list of products: %w", err)
	}
	slices.SortFunc(rows, func(a, b ProductRow) int { return at[a.ID] - at[b.ID] })
	return rows, next, nil
}

// listed is a product of a page.
type listed struct{ name, title string }

// productPage is the products of a page.
func productPage(ctx context.Context, tx *db.Tx, store id.Store, f ProductFilter, after string, limit int) ([]listed, error) {
	q := &query{}
	q.add("SELECT p.product_id, p.title FROM products p WHERE p.store_id = %s", q.arg(string(store)))
	if f.Status != "" {
		q.add(" AND p.status = %s", q.arg(f.Status))
	}
	if f.Text != "" {
		q.add(` AND (LOWER(p.title) LIKE LOWER(%[1]s) ESCAPE '\' OR p.product_id IN (SELECT product_id FROM variants WHERE store_id = $1 AND LOWER(sku) LIKE LOWER(%[1]s) ESCAPE '\'))`,
			q.arg("%"+wild.Replace(f.Text)+"%"))
	}
	f.keys().page(q, after)
	q.add(" LIMIT %s", q.arg(limit))
	return collect(ctx, tx, func(row scanner, p *listed) error { return row.Scan(&p.name, &p.title) }, q.text.String(), q.args...)
}

// KnownOffer is what is stored of a supplier's article.
type KnownOffer struct {
	SKU, Title string
	CostMinor  int64
	Currency   money.Currency
	Quantity   int64
	AsOf       clock.Time
}

// OffersBySKU is what is stored of a supplier's active articles, by its SKU.
func OffersBySKU(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier) (map[string]KnownOffer, error) {
	list, err := collect(ctx, tx, func(row scanner, o *KnownOffer) error {
		var variant string
		err := row.Scan(&o.SKU, &o.Title, &variant, &o.CostMinor, (*string)(&o.Currency), &o.Quantity, (*int64)(&o.AsOf))
		if variant != "" {
			o.Title += ", " + variant
		}
		return err
	}, `SELECT o.supplier_sku, p.title, v.title, o.cost_minor, o.currency, o.quantity, o.as_of FROM offers o
		JOIN variants v ON v.store_id = o.store_id AND v.variant_id = o.variant_id
		JOIN products p ON p.store_id = v.store_id AND p.product_id = v.product_id
		WHERE o.store_id = $1 AND o.supplier_id = $2 AND o.active = TRUE`, string(store), string(supplier))
	if err != nil {
		return nil, fmt.Errorf("offers of %s: %w", supplier, err)
	}
	known := make(map[string]KnownOffer, len(list))
	for _, o := range list {
		known[o.SKU] = o
	}
	return known, nil
}
