package report

import (
	"context"
	"fmt"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// fillRatings reads how the published reviews of products come out.
func fillRatings(ctx context.Context, tx *db.Tx, of map[id.Product]*Card, where string, args []any) error {
	type rating struct {
		product    string
		count, sum int64
	}
	list, err := collect(ctx, tx, func(row scanner, r *rating) error { return row.Scan(&r.product, &r.count, &r.sum) },
		`SELECT product_id, one + two + three + four + five, one + 2 * two + 3 * three + 4 * four + 5 * five FROM product_ratings WHERE `+where, args...)
	for _, r := range list {
		c := of[id.Product(r.product)]
		if c.Reviews = r.count; r.count > 0 {
			c.Stars = (20*r.sum + r.count) / (2 * r.count)
		}
	}
	return err
}

// Said is how something was rated: how many said so, and how many stars they gave together.
// A division of the two is the average.
type Said struct{ Count, Sum int64 }

// ServiceRating is what customers said of the orders that a supplier had a part in. Contact is
// about the store, not the supplier.
type ServiceRating struct {
	Supplier                     id.Supplier
	Purchases                    int64 // that were rated
	Delivery, Packaging, Contact Said
}

// ServiceRatings are the ratings of the service by supplier, of those that were said or
// changed since a moment; suppliers of whom nobody said anything are missing.
func ServiceRatings(ctx context.Context, tx *db.Tx, store id.Store, since clock.Time) ([]ServiceRating, error) {
	list, err := collect(ctx, tx, func(row scanner, r *ServiceRating) error {
		return row.Scan((*string)(&r.Supplier), &r.Purchases, &r.Delivery.Count, &r.Delivery.Sum, &r.Packaging.Count, &r.Packaging.Sum, &r.Contact.Count, &r.Contact.Sum)
	}, `SELECT supplier_id, COUNT(*),
			COUNT(*) FILTER (WHERE delivery > 0), CAST(SUM(delivery) AS BIGINT),
			COUNT(*) FILTER (WHERE packaging > 0), CAST(SUM(packaging) AS BIGINT),
			COUNT(*) FILTER (WHERE contact > 0), CAST(SUM(contact) AS BIGINT)
		FROM service_ratings r WHERE store_id = $1 AND updated_at >= $2`+noTest("r")+`
		GROUP BY supplier_id ORDER BY supplier_id`, string(store), int64(since))
	if err != nil {
		return nil, fmt.Errorf("ratings of the service: %w", err)
	}
	return list, nil
}

// ServiceWord is what one customer said of the service, with the suppliers of the order.
type ServiceWord struct {
	Order                        id.Order
	Number                       int64
	Customer                     string
	Suppliers                    string // names with commas
	Delivery, Packaging, Contact int64  // 0: nothing was said
	Words                        string
	At                           clock.Time
}

// ServiceWords are the newest words about the service, before a moment (0: all).
func ServiceWords(ctx context.Context, tx *db.Tx, store id.Store, before clock.Time, limit int) ([]ServiceWord, error) {
	if before == 0 {
		before = clock.Time(1 << 62)
	}
	list, err := collect(ctx, tx, func(row scanner, w *ServiceWord) error {
		return row.Scan((*string)(&w.Order), &w.Number, &w.Customer, &w.Suppliers, &w.Delivery, &w.Packaging, &w.Contact, &w.Words, (*int64)(&w.At))
	}, `SELECT r.order_id, o.number, o.email, s.name, r.delivery, r.packaging, r.contact, r.words, r.updated_at
		FROM service_ratings r JOIN orders o ON o.store_id = r.store_id AND o.order_id = r.order_id
		JOIN suppliers s ON s.store_id = r.store_id AND s.supplier_id = r.supplier_id
		WHERE r.store_id = $1 AND r.updated_at < $2 ORDER BY r.updated_at DESC, r.order_id DESC, s.name LIMIT $3`, string(store), int64(before), limit)
	if err != nil {
		return nil, fmt.Errorf("words about the service: %w", err)
	}
	var joined []ServiceWord
	for _, w := range list {
		if n := len(joined); n > 0 && joined[n-1].Order == w.Order {
			joined[n-1].Suppliers += ", " + w.Suppliers
			continue
		}
		joined = append(joined, w)
	}
	return joined, nil
}

// ReviewFilter says which reviews are listed, and in which order; the zero value is all, the newest
// first.
type ReviewFilter struct {
	State string // a state of package review
	Stars int64  // 0: any
	Sort  string // SortNewest, SortOldest, SortWorst, SortBest
}

// The orders of a list of reviews by their stars.
const (
	SortWorst = "worst"
	SortBest  = "best"
)

// ReviewNames lists at most limit reviews by their names, after the place that a page named, and
// says where the next page begins.
func ReviewNames(ctx context.Context, tx *db.Tx, store id.Store, f ReviewFilter, after string, limit int) ([]id.Review, string, error) {
	type row struct {
		name  id.Review
		stars string
	}
	keys, q := byTime("review_id", f.Sort), &query{}
	if f.Sort == SortWorst || f.Sort == SortBest {
		keys = keyset{column: "stars", given: "$", name: "review_id", number: true, down: f.Sort == SortBest}
	}
	q.add("SELECT review_id, stars FROM reviews WHERE store_id = %s", q.arg(string(store)))
	if f.State != "" {
		q.add(" AND state = %s", q.arg(f.State))
	}
	if f.Stars != 0 {
		q.add(" AND stars = %s", q.arg(f.Stars))
	}
	keys.page(q, after)
	q.add(" LIMIT %s", q.arg(limit+1))
	rows, err := collect(ctx, tx, func(from scanner, r *row) error { return from.Scan((*string)(&r.name), &r.stars) }, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list of reviews: %w", err)
	}
	next := ""
	if len(rows) > limit {
		rows, next = rows[:limit], keys.next(string(rows[limit-1].name), rows[limit-1].stars)
	}
	names := make([]id.Review, len(rows))
	for i, r := range rows {
		names[i] = r.name
	}
	return names, next, nil
}
