-- name: LanesTo :many
SELECT * FROM lanes WHERE store_id = $1 AND country IN ($2, '') ORDER BY country, supplier_id, service;

-- name: AllLanes :many
SELECT * FROM lanes WHERE store_id = $1 ORDER BY country, supplier_id, service;

-- name: LanesOfSupplier :many
SELECT * FROM lanes WHERE store_id = $1 AND supplier_id = $2 AND country <> '' AND service = '' ORDER BY parcels DESC, country LIMIT $3;

-- name: DropLanes :exec
DELETE FROM lanes WHERE store_id = $1;

-- name: InsertLane :exec
INSERT INTO lanes (store_id, country, supplier_id, service, parcels, stated_minutes, typical_minutes, slow_minutes, way_permille,
  label_minutes, scan_minutes, gap_minutes, learned_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: NewestParcels :many
SELECT s.shipment_id, p.supplier_id, p.service, p.created_at, p.submitted_at, s.announced_at, s.scanned_at, s.event_at, s.delivered_at,
  o.shipping, o.shipping_option
FROM shipments s
JOIN purchases p ON p.store_id = s.store_id AND p.purchase_id = s.purchase_id
JOIN orders o ON o.store_id = s.store_id AND o.order_id = s.order_id
WHERE s.store_id = $1
  AND NOT EXISTS (SELECT 1 FROM test_orders t WHERE t.store_id = s.store_id AND t.order_id = s.order_id)
ORDER BY s.shipment_id DESC LIMIT $2;

-- name: LongestGaps :many
SELECT g.shipment_id, CAST(COALESCE(MAX(g.gap), 0) AS BIGINT) AS longest FROM (
  SELECT e.shipment_id, e.at - LAG(e.at) OVER (PARTITION BY e.shipment_id ORDER BY e.at) AS gap
  FROM tracking_events e WHERE e.store_id = $1 AND e.shipment_id >= $2
) g GROUP BY g.shipment_id;

-- name: InsertPromise :execrows
INSERT INTO promises (store_id, order_id, from_at, to_at, expect_from_at, expect_to_at, why, moved_at)
VALUES ($1, $2, $3, $4, $3, $4, '', $5) ON CONFLICT DO NOTHING;

-- name: GetPromise :one
SELECT * FROM promises WHERE store_id = $1 AND order_id = $2;

-- name: SavePromise :exec
UPDATE promises SET expect_from_at = $3, expect_to_at = $4, why = $5, told_at = $6, done_at = $7, moved_at = $8
WHERE store_id = $1 AND order_id = $2;

-- name: PromisesDue :many
SELECT order_id, to_at FROM promises
WHERE store_id = $1 AND done_at = 0 AND to_at < $2 AND to_at >= $3 AND (to_at > $3 OR order_id > $4) ORDER BY to_at, order_id LIMIT $5;
