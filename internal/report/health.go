package report

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Health is how a supplier has been lately.
type Health struct {
	ID        id.Supplier
	Name      string
	Connector id.Connector // empty: only people talk to it
	State     string       // of the connector; empty where there is none
	Reason    string       // why the connector does not work
	Automatic bool
	Offers    int64      // active
	InStock   int64      // of them
	AsOf      clock.Time // the newest word about stock
	MaxAge    time.Duration
	Open      int64 // purchases under way
	Stuck     int64 // of them, held or uncertain
	Calls     int64 // about purchases, in the time looked at
	Failed    int64 // of them, neither done nor rejected
	Latency   time.Duration
}

// offerSum is what a supplier offers.
type offerSum struct {
	supplier       id.Supplier
	offers, inside int64
	asOf           clock.Time
}

// supplierSum is a count about a supplier.
type supplierSum struct {
	supplier      id.Supplier
	a, b, elapsed int64
}

func scanSum(row scanner, s *supplierSum) error {
	return row.Scan((*string)(&s.supplier), &s.a, &s.b, &s.elapsed)
}

// Suppliers says how every supplier has been since a moment, the preferred first. Where a Kept
// is attached, counts of thousands of offers and calls are up to ten seconds old.
func Suppliers(ctx context.Context, tx *db.Tx, store id.Store, since clock.Time) ([]Health, error) {
	list, err := collect(ctx, tx, func(row scanner, h *Health) error {
		var age int64
		err := row.Scan((*string)(&h.ID), &h.Name, (*string)(&h.Connector), &h.State, &h.Reason, &h.Automatic, &age)
		h.MaxAge = time.Duration(age) * time.Second
		return err
	}, `SELECT s.supplier_id, s.name, s.connector_id, COALESCE(c.state, ''), COALESCE(c.reason, ''), s.automatic, s.max_age_seconds
		FROM suppliers s LEFT JOIN connectors c ON c.store_id = s.store_id AND c.connector_id = s.connector_id
		WHERE s.store_id = $1 ORDER BY s.priority DESC, s.name`, string(store))
	if err != nil {
		return nil, fmt.Errorf("suppliers' health: %w", err)
	}
	of := map[id.Supplier]*Health{}
	for i := range list {
		of[list[i].ID] = &list[i]
	}
	if err := openPurchases(ctx, tx, store, of); err != nil {
		return nil, fmt.Errorf("suppliers' health: purchases: %w", err)
	}
	k := keptOf(tx)
	counts := k.healthOf(store)
	if !counts.serves(tx.Now, since) {
		if counts, err = countHealth(ctx, tx, store, since); err != nil {
			return nil, fmt.Errorf("suppliers' health: %w", err)
		}
		k.keepHealth(store, counts)
	}
	for _, o := range counts.offers {
		if h := of[o.supplier]; h != nil {
			h.Offers, h.InStock, h.AsOf = o.offers, o.inside, o.asOf
		}
	}
	for _, s := range counts.calls {
		if h := of[s.supplier]; h != nil && s.a > 0 {
			h.Calls, h.Failed, h.Latency = s.a, s.b, time.Duration(s.elapsed/s.a)*time.Microsecond
		}
	}
	return list, nil
}

// openPurchases counts what is under way, which is never much.
func openPurchases(ctx context.Context, tx *db.Tx, store id.Store, of map[id.Supplier]*Health) error {
	open, err := collect(ctx, tx, scanSum, `SELECT supplier_id, COUNT(*),
		COALESCE(CAST(SUM(CASE WHEN state IN ('held', 'uncertain') THEN 1 ELSE 0 END) AS BIGINT), 0), 0
		FROM purchases WHERE store_id = $1 AND state NOT IN ('shipped', 'cancelled', 'rejected') GROUP BY supplier_id`, string(store))
	for _, s := range open {
		if h := of[s.supplier]; h != nil {
			h.Open, h.Stuck = s.a, s.b
		}
	}
	return err
}

// countHealth counts all active offers, and the calls since a moment.
func countHealth(ctx context.Context, tx *db.Tx, store id.Store, since clock.Time) (h healthOf, err error) {
	h = healthOf{since: since, at: tx.Now}
	h.offers, err = collect(ctx, tx, func(row scanner, o *offerSum) error {
		return row.Scan((*string)(&o.supplier), &o.offers, &o.inside, (*int64)(&o.asOf))
	}, `SELECT supplier_id, COUNT(*), CAST(SUM(CASE WHEN quantity > 0 THEN 1 ELSE 0 END) AS BIGINT), MAX(as_of)
		FROM offers WHERE store_id = $1 AND active = TRUE GROUP BY supplier_id`, string(store))
	if err != nil {
		return h, fmt.Errorf("offers: %w", err)
	}
	h.calls, err = collect(ctx, tx, scanSum, `SELECT p.supplier_id, COUNT(*),
		COALESCE(CAST(SUM(CASE WHEN a.outcome IN ('done', 'rejected', 'not-found') THEN 0 ELSE 1 END) AS BIGINT), 0),
		COALESCE(CAST(SUM(a.ended_at - a.began_at) AS BIGINT), 0)
		FROM purchases p JOIN attempts a ON a.store_id = p.store_id AND a.purchase_id = p.purchase_id
		WHERE p.store_id = $1 AND p.purchase_id >= $2 AND a.ended_at > 0 GROUP BY p.supplier_id`, string(store), from("pu", since))
	if err != nil {
		return h, fmt.Errorf("calls: %w", err)
	}
	return h, nil
}
