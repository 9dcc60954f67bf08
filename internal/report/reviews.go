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
