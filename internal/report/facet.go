package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// end names the last product of a page: the sort's key and its id.
func end(k any, p id.Product) string {
	if b, ok := k.([]byte); ok {
		k = string(b)
	}
	return fmt.Sprintf("%v~%s", k, p)
}

// cut reads the end of a page.
func cut(end string, number bool) (k any, product string, ok bool) {
	i := strings.LastIndexByte(end, '~')
	if i < 0 {
		return nil, "", false
	}
	if !number {
		return end[:i], end[i+1:], true
	}
	n, err := strconv.ParseInt(end[:i], 10, 64)
	return n, end[i+1:], err == nil
}

// Facet is an option and the values by which a shelf can be narrowed.
type Facet struct {
	Name   string
	Values []FacetValue // the most frequent first
}

// FacetValue is one value and how many products have it.
type FacetValue struct {
	Value string
	Count int64
}

// Facets are what a collection (empty: everything on sale) can be narrowed by, whatever it
// is narrowed by now, with the lowest and the highest price.
func Facets(ctx context.Context, tx *db.Tx, store id.Store, collection id.Collection) (list []Facet, low, high int64, err error) {
	s := Shelf{Collection: collection}
	q := &query{}
	q.add("SELECT n, x, COUNT(DISTINCT product_id) FROM (")
	for i := 1; i <= 3; i++ {
		if i > 1 {
			q.add(" UNION ALL ")
		}
		q.add("SELECT p.option%[1]d AS n, w.option%[1]d AS x, p.product_id FROM variants w JOIN (SELECT p.store_id, p.product_id, p.option%[1]d FROM ", i)
		s.where(q, store)
		q.add(") p ON w.store_id = p.store_id AND w.product_id = p.product_id")
	}
	q.add(") u WHERE n <> '' AND x <> '' GROUP BY n, x ORDER BY COUNT(DISTINCT product_id) DESC, x LIMIT 200")
	type row struct {
		name string
		FacetValue
	}
	rows, err := collect(ctx, tx, func(in scanner, r *row) error { return in.Scan(&r.name, &r.Value, &r.Count) }, q.text.String(), q.args...)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("facets: %w", err)
	}
	for _, r := range rows {
		list = appendFacet(list, r.name, r.FacetValue)
	}
	q = &query{}
	q.add("SELECT COALESCE(MIN(w.price_minor), 0), COALESCE(MAX(w.price_minor), 0) FROM variants w JOIN (SELECT p.store_id, p.product_id FROM ")
	s.where(q, store)
	q.add(") p ON w.store_id = p.store_id AND w.product_id = p.product_id")
	if err := tx.QueryRowContext(ctx, q.text.String(), q.args...).Scan(&low, &high); err != nil {
		return nil, 0, 0, fmt.Errorf("prices of a shelf: %w", err)
	}
	return list, low, high, nil
}

func appendFacet(list []Facet, name string, v FacetValue) []Facet {
	for i := range list {
		if list[i].Name == name {
			list[i].Values = append(list[i].Values, v)
			return list
		}
	}
	return append(list, Facet{Name: name, Values: []FacetValue{v}})
}

// Wordy is a product on sale as it is searched for.
type Wordy struct {
	ID     id.Product
	Title  string
	Vendor string
	Kind   string
	Tags   string // separated by spaces
}

// Words are all products on sale with the words by which people look for them, and their
// state: as long as it stays the same, so do they.
func Words(ctx context.Context, tx *db.Tx, store id.Store) ([]Wordy, error) {
	list, err := collect(ctx, tx, func(row scanner, w *Wordy) error {
		return row.Scan((*string)(&w.ID), &w.Title, &w.Vendor, &w.Kind)
	}, `SELECT product_id, title, vendor, kind FROM products WHERE store_id = $1 AND status = 'active' ORDER BY product_id`, string(store))
	if err != nil {
		return nil, fmt.Errorf("words of products: %w", err)
	}
	type tagged struct{ product, tag string }
	tags, err := collect(ctx, tx, func(row scanner, t *tagged) error { return row.Scan(&t.product, &t.tag) },
		`SELECT product_id, tag FROM product_tags WHERE store_id = $1 ORDER BY product_id, tag`, string(store))
	if err != nil {
		return nil, fmt.Errorf("tags of products: %w", err)
	}
	at := 0
	for i := range list {
		for at < len(tags) && tags[at].product < string(list[i].ID) {
			at++
		}
		for ; at < len(tags) && tags[at].product == string(list[i].ID); at++ {
			list[i].Tags += tags[at].tag + " "
		}
	}
	return list, nil
}

// WordsState changes whenever a product on sale does.
func WordsState(ctx context.Context, tx *db.Tx, store id.Store) (count int64, latest clock.Time, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*), COALESCE(MAX(updated_at), 0) FROM products WHERE store_id = $1 AND status = 'active'`,
		string(store)).Scan(&count, (*int64)(&latest))
	return count, latest, err
}

// Stamp is when a product on sale last changed, for maps of the site.
type Stamp struct {
	Handle    string
	UpdatedAt clock.Time
}

// Stamps lists products on sale by handle, after one, for maps of the site.
func Stamps(ctx context.Context, tx *db.Tx, store id.Store, after string, limit int) ([]Stamp, error) {
	return collect(ctx, tx, func(row scanner, s *Stamp) error { return row.Scan(&s.Handle, (*int64)(&s.UpdatedAt)) },
		`SELECT handle, updated_at FROM products WHERE store_id = $1 AND status = 'active' AND handle > $2 ORDER BY handle LIMIT $3`,
		string(store), after, limit)
}

// OrderStamp is when an order last changed, and whether a parcel of it did: what a live
// page waits for.
func OrderStamp(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (stamp int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT o.updated_at + COALESCE((SELECT MAX(s.updated_at) FROM shipments s WHERE s.store_id = o.store_id AND s.order_id = o.order_id), 0)
		+ COALESCE((SELECT c.updated_at FROM conversations c WHERE c.store_id = o.store_id AND c.order_id = o.order_id AND c.order_id <> ''), 0)
		FROM orders o WHERE o.store_id = $1 AND o.order_id = $2`, string(store), string(o)).Scan(&stamp)
	return stamp, err
}
