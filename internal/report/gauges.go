package report

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/db"
)

// Gauges are figures for who watches over the program, of all stores together.
type Gauges struct {
	Uncertain           int64 // purchases of which nobody knows whether the supplier has them
	Attention           int64 // orders that wait for a person
	Reserved, Available int64 // units of all variants
	Mails               int64 // that failed, or may not have arrived
	Feeds               []FeedAge
}

// FeedAge is how long ago a supplier last told its stock. One that never did is not there.
type FeedAge struct {
	Supplier string
	Age      time.Duration
}

// ReadGauges reads them. Stock is a sum over all variants.
func ReadGauges(ctx context.Context, tx *db.Tx) (g Gauges, err error) {
	for _, q := range []struct {
		into  *int64
		query string
	}{
		{&g.Uncertain, `SELECT COUNT(*) FROM purchases WHERE state = 'uncertain'`},
		{&g.Attention, `SELECT COUNT(*) FROM orders WHERE needs_person`},
		{&g.Reserved, `SELECT CAST(COALESCE(SUM(reserved), 0) AS BIGINT) FROM variants`},
		{&g.Available, `SELECT CAST(COALESCE(SUM(available), 0) AS BIGINT) FROM variants`},
		{&g.Mails, `SELECT COUNT(*) FROM mails WHERE state IN ('failed', 'uncertain')`},
	} {
		if err := tx.QueryRowContext(ctx, q.query).Scan(q.into); err != nil {
			return g, fmt.Errorf("gauges: %w", err)
		}
	}
	rows, err := tx.QueryContext(ctx, `SELECT s.name, MAX(f.created_at) FROM feeds f
		JOIN suppliers s ON s.store_id = f.store_id AND s.supplier_id = f.supplier_id WHERE s.connector_id <> '' GROUP BY s.name ORDER BY s.name`)
	if err != nil {
		return g, fmt.Errorf("gauges: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f FeedAge
		var at int64
		if err := rows.Scan(&f.Supplier, &at); err != nil {
			return g, fmt.Errorf("gauges: %w", err)
		}
		f.Age = time.Duration(int64(tx.Now)-at) * time.Microsecond
		g.Feeds = append(g.Feeds, f)
	}
	return g, rows.Err()
}
