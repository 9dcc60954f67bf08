package report

import (
	"context"
	"fmt"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/score"
)

// tallied is a row of what was counted: a measure of a supplier or article in a span of time.
type tallied struct {
	key    score.Key
	recent bool
	counts []int64
}

// CountScores counts how suppliers and their articles did in the last 120 days, without the orders that the
// merchant placed to try the shop. It reads that
// many days of purchases and parcels: call it from a tick.
func CountScores(ctx context.Context, tx *db.Tx, store id.Store) (score.Cards, error) {
	recent, before := score.Since(tx.Now)
	cards := score.Cards{}
	add := func(t tallied, measure string, part, whole int64) {
		if whole == 0 {
			return
		}
		cards.Add(t.key, measure, t.recent, score.Count{Part: part, Whole: whole})
		if t.key.SKU == "" {
			cards.Add(score.Key{}, measure, t.recent, score.Count{Part: part, Whole: whole})
		}
	}
	for _, level := range []string{"''", "l.supplier_sku"} {
		rows, err := talliedBy(ctx, tx, scorePurchases(level), 5, store, recent, before)
		if err != nil {
			return nil, err
		}
		for _, r := range rows {
			answered, refused, ended, units, filled := r.counts[0], r.counts[1], r.counts[2], r.counts[3], r.counts[4]
			add(r, score.Accepted, answered-refused, answered)
			add(r, score.Cancelled, ended, answered-refused)
			add(r, score.Filled, filled, units)
		}
		if rows, err = talliedBy(ctx, tx, scoreClaims(level), 3, store, recent, before); err != nil {
			return nil, err
		}
		for _, r := range rows {
			add(r, score.Damaged, r.counts[1], r.counts[0])
			add(r, score.Wrong, r.counts[2], r.counts[0])
		}
		if rows, err = talliedBy(ctx, tx, scoreParcels(level), 10, store, recent, before); err != nil {
			return nil, err
		}
		for _, r := range rows {
			c := r.counts
			add(r, score.ToLabel, c[1], c[0])
			add(r, score.ToScan, c[3], c[2])
			add(r, score.OnTime, c[5], c[4])
			add(r, score.NeverScanned, c[6], c[0])
			add(r, score.NumberSeen, c[7], c[0])
			add(r, score.Elsewhere, c[8], c[9])
		}
		if rows, err = talliedBy(ctx, tx, scoreService(level), 2, store, recent, before); err != nil {
			return nil, err
		}
		for _, r := range rows {
			add(r, score.Served, r.counts[1], r.counts[0])
		}
	}
	rows, err := talliedBy(ctx, tx, scoreDisputes(), 2, store, recent, before)
	for _, r := range rows {
		add(r, score.Recovered, r.counts[1], r.counts[0])
	}
	return cards, err
}

func talliedBy(ctx context.Context, tx *db.Tx, query string, figures int, store id.Store, recent, before clock.Time) ([]tallied, error) {
	from := id.Ordered("pu", before.Std(), 0)
	rows, err := collect(ctx, tx, func(row scanner, t *tallied) error {
		t.counts = make([]int64, figures)
		into := []any{(*string)(&t.key.Supplier), &t.key.SKU, &t.recent}
		for i := range t.counts {
			into = append(into, &t.counts[i])
		}
		return row.Scan(into...)
	}, query, string(store), from, int64(recent), int64(tx.Now))
	if err != nil {
		return nil, fmt.Errorf("scores: %w", err)
	}
	return rows, nil
}

// scorePurchases counts answers and units: answered, refused, ended after they were accepted;
// units accepted, and of them those that are sent. A wrong address is not the supplier's fault.
func scorePurchases(level string) string {
	return `SELECT p.supplier_id, ` + level + `, p.created_at >= $3 AND p.created_at <= $4,
	  COUNT(DISTINCT CASE WHEN p.state IN ('accepted', 'shipping', 'shipped') OR p.accepted_at > 0 OR p.state = 'rejected' AND p.cause <> 'address' THEN p.purchase_id END),
	  COUNT(DISTINCT CASE WHEN p.state = 'rejected' AND p.accepted_at = 0 AND p.cause <> 'address' THEN p.purchase_id END),
	  COUNT(DISTINCT CASE WHEN p.state = 'rejected' AND p.accepted_at > 0 THEN p.purchase_id END),
	  CAST(COALESCE(SUM(CASE WHEN p.accepted_at > 0 AND p.state <> 'cancelled' THEN l.quantity ELSE 0 END), 0) AS BIGINT),
	  CAST(COALESCE(SUM(CASE WHEN p.accepted_at > 0 AND p.state IN ('accepted', 'shipping', 'shipped', 'cancelling') THEN l.quantity - l.short ELSE 0 END), 0) AS BIGINT)
	FROM purchases p JOIN purchase_lines l ON l.store_id = p.store_id AND l.purchase_id = p.purchase_id
	WHERE p.store_id = $1 AND p.purchase_id >= $2 AND p.submitted_at > 0` + noTest("p") + ` GROUP BY 1, 2, 3`
}

// scoreClaims counts units sent, claimed as damaged, claimed as wrong.
func scoreClaims(level string) string {
	return `SELECT p.supplier_id, ` + level + `, p.created_at >= $3 AND p.created_at <= $4,
	  CAST(COALESCE(SUM(l.quantity - l.short), 0) AS BIGINT),
	  CAST(COALESCE(SUM((SELECT SUM(u.units) FROM claims c JOIN claim_units u ON u.store_id = c.store_id AND u.claim_id = c.claim_id AND u.line_id = l.order_line_id
	    WHERE c.store_id = p.store_id AND c.order_id = p.order_id AND c.state NOT IN ('withdrawn', 'declined') AND c.kind = 'damaged')), 0) AS BIGINT),
	  CAST(COALESCE(SUM((SELECT SUM(u.units) FROM claims c JOIN claim_units u ON u.store_id = c.store_id AND u.claim_id = c.claim_id AND u.line_id = l.order_line_id
	    WHERE c.store_id = p.store_id AND c.order_id = p.order_id AND c.state NOT IN ('withdrawn', 'declined')
	      AND c.kind IN ('wrong-item', 'missing-part', 'not-as-described'))), 0) AS BIGINT)
	FROM purchases p JOIN purchase_lines l ON l.store_id = p.store_id AND l.purchase_id = p.purchase_id
	WHERE p.store_id = $1 AND p.purchase_id >= $2 AND p.state IN ('shipping', 'shipped') AND p.claim_id = ''` + noTest("p") + ` GROUP BY 1, 2, 3`
}

// scoreParcels counts parcels and minutes to their label; parcels seen and minutes until then;
// parcels that are there or overdue, and those in time (the whole of the promised day counts);
// those never seen, with a known number, delivered elsewhere; and those delivered.
func scoreParcels(level string) string {
	lines := ""
	if level != "''" {
		lines = ` JOIN (SELECT DISTINCT x.store_id, x.purchase_id, x.supplier_sku FROM purchase_lines x) l ON l.store_id = p.store_id AND l.purchase_id = p.purchase_id`
	}
	flag := func(name string) string {
		return `COUNT(CASE WHEN EXISTS (SELECT 1 FROM parcel_flags f WHERE f.store_id = s.store_id AND f.shipment_id = s.shipment_id AND f.flag = '` + name + `'
	    AND (f.settled_at = 0 OR f.flag <> 'never-scanned')) THEN 1 END)`
	}
	return `SELECT p.supplier_id, ` + level + `, p.created_at >= $3,
	  COUNT(*), CAST(COALESCE(SUM(CASE WHEN s.announced_at > p.submitted_at THEN s.announced_at - p.submitted_at ELSE 0 END) / 60000000, 0) AS BIGINT),
	  COUNT(CASE WHEN s.scanned_at > 0 THEN 1 END),
	  CAST(COALESCE(SUM(CASE WHEN s.scanned_at > p.submitted_at THEN s.scanned_at - p.submitted_at ELSE 0 END) / 60000000, 0) AS BIGINT),
	  COUNT(CASE WHEN o.promised_to > 0 AND (s.delivered_at > 0 OR o.promised_to + 86400000000 < $4) THEN 1 END),
	  COUNT(CASE WHEN o.promised_to > 0 AND s.delivered_at > 0 AND s.delivered_at <= o.promised_to + 86400000000 THEN 1 END),
	  ` + flag("never-scanned") + `, ` + flag("number-seen") + `, ` + flag("elsewhere") + `,
	  COUNT(CASE WHEN s.delivered_at > 0 THEN 1 END)
	FROM purchases p JOIN shipments s ON s.store_id = p.store_id AND s.purchase_id = p.purchase_id
	JOIN orders o ON o.store_id = p.store_id AND o.order_id = p.order_id` + lines + `
	WHERE p.store_id = $1 AND p.purchase_id >= $2 AND p.submitted_at > 0 AND p.claim_id = ''` + noTest("p") + ` GROUP BY 1, 2, 3`
}

// scoreService counts purchases of which a customer rated delivery or packaging, and those of
// which neither got less than three stars. How the store answered is not the supplier's doing.
func scoreService(level string) string {
	lines := ""
	if level != "''" {
		lines = ` JOIN purchase_lines l ON l.store_id = p.store_id AND l.purchase_id = p.purchase_id`
	}
	return `SELECT p.supplier_id, ` + level + `, p.created_at >= $3 AND p.created_at <= $4, COUNT(DISTINCT p.purchase_id),
	  COUNT(DISTINCT CASE WHEN (r.delivery = 0 OR r.delivery >= 3) AND (r.packaging = 0 OR r.packaging >= 3) THEN p.purchase_id END)
	FROM purchases p JOIN service_ratings r ON r.store_id = p.store_id AND r.order_id = p.order_id AND r.purchase_id = p.purchase_id` + lines + `
	WHERE p.store_id = $1 AND p.purchase_id >= $2 AND (r.delivery > 0 OR r.packaging > 0)` + noTest("r") + ` GROUP BY 1, 2, 3`
}

// scoreDisputes sums what was demanded and credited in disputes that are over.
func scoreDisputes() string {
	return `SELECT d.supplier_id, '', d.created_at >= $3 AND d.created_at <= $4,
	  CAST(SUM(d.amount_minor) AS BIGINT), CAST(SUM(CASE WHEN d.credited_minor < d.amount_minor THEN d.credited_minor ELSE d.amount_minor END) AS BIGINT)
	FROM disputes d JOIN purchases p ON p.store_id = d.store_id AND p.purchase_id = d.purchase_id
	WHERE d.store_id = $1 AND p.purchase_id >= $2 AND d.state IN ('credited', 'denied', 'lapsed')` + noTest("d") + ` GROUP BY 1, 2, 3`
}
