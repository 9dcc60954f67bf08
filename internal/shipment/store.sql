-- name: InsertShipment :execrows
INSERT INTO shipments (store_id, shipment_id, order_id, purchase_id, number, carrier, carrier_name, url, state, announced_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING;

-- name: InsertLine :exec
INSERT INTO shipment_lines (store_id, shipment_id, line_id, order_line_id, quantity) VALUES ($1, $2, $3, $4, $5);

-- name: GetShipment :one
SELECT * FROM shipments WHERE store_id = $1 AND shipment_id = $2;

-- name: LockShipment :one
SELECT * FROM shipments WHERE store_id = $1 AND shipment_id = $2 FOR UPDATE;

-- name: Numbered :one
SELECT * FROM shipments WHERE store_id = $1 AND purchase_id = $2 AND number = $3;

-- name: WithNumber :many
SELECT * FROM shipments WHERE store_id = $1 AND number = $2 ORDER BY shipment_id LIMIT 20;

-- name: WithNextNumber :many
SELECT * FROM shipments WHERE store_id = $1 AND next_number = $2 ORDER BY shipment_id LIMIT 20;

-- name: OfOrder :many
SELECT * FROM shipments WHERE store_id = $1 AND order_id = $2 ORDER BY shipment_id;

-- name: LinesOfOrder :many
SELECT l.* FROM shipment_lines l
WHERE l.store_id = $1 AND l.shipment_id IN (SELECT s.shipment_id FROM shipments s WHERE s.store_id = $1 AND s.order_id = $2)
ORDER BY l.shipment_id, l.line_id;

-- name: LinesOfPurchase :many
SELECT l.* FROM shipment_lines l
WHERE l.store_id = $1 AND l.shipment_id IN (SELECT s.shipment_id FROM shipments s WHERE s.store_id = $1 AND s.purchase_id = $2)
ORDER BY l.shipment_id, l.line_id;

-- name: Moving :many
SELECT * FROM shipments
WHERE store_id = $1 AND shipment_id > $2 AND state IN ('announced', 'in-transit', 'out-for-delivery', 'exception', 'returning')
ORDER BY shipment_id LIMIT $3;

-- name: SaveShipment :exec
UPDATE shipments SET state = $3, words = $4, scanned_at = $5, event_at = $6, delivered_at = $7, expected_at = $8,
  next_number = $9, next_carrier = $10, carrier = $11, carrier_name = $12, url = $13, updated_at = $14, late = $15
WHERE store_id = $1 AND shipment_id = $2;

-- name: SetRegistered :exec
UPDATE shipments SET registered_at = $3, updated_at = $3 WHERE store_id = $1 AND shipment_id = $2;

-- name: InsertTracking :execrows
INSERT INTO tracking_events (store_id, shipment_id, event_key, at, kind, words, location, country, source, received_at, latitude, longitude)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) ON CONFLICT DO NOTHING;

-- name: LocateTracking :execrows
UPDATE tracking_events SET latitude = $4, longitude = $5,
  location = CASE WHEN location = '' THEN $6 ELSE location END, country = CASE WHEN country = '' THEN $7 ELSE country END
WHERE store_id = $1 AND shipment_id = $2 AND event_key = $3 AND latitude = 0 AND longitude = 0;

-- name: TrackingOf :many
SELECT * FROM tracking_events WHERE store_id = $1 AND shipment_id = $2 ORDER BY at, event_key;

-- name: InsertFlag :execrows
INSERT INTO parcel_flags (store_id, shipment_id, flag, order_id, words, found_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: FlagsOfOrder :many
SELECT * FROM parcel_flags WHERE store_id = $1 AND order_id = $2 ORDER BY shipment_id, flag;

-- name: SettleFlag :execrows
UPDATE parcel_flags SET settled_at = $4 WHERE store_id = $1 AND shipment_id = $2 AND flag = $3 AND settled_at = 0;

-- name: InsertBack :exec
INSERT INTO return_parcels (store_id, shipment_id, order_id, claim_id, number, carrier_name, state, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, 'announced', $7) ON CONFLICT DO NOTHING;

-- name: BackOfClaim :one
SELECT * FROM return_parcels WHERE store_id = $1 AND claim_id = $2 AND number = $3;

-- name: BacksNumbered :many
SELECT * FROM return_parcels WHERE store_id = $1 AND number = $2 ORDER BY shipment_id LIMIT 20;

-- name: MovingBack :many
SELECT r.* FROM return_parcels r JOIN claims c ON c.store_id = r.store_id AND c.claim_id = r.claim_id
WHERE r.store_id = $1 AND r.shipment_id > $2 AND r.state IN ('announced', 'in-transit', 'out-for-delivery', 'exception', 'returning')
  AND c.state = 'returning' AND c.return_number = r.number
ORDER BY r.shipment_id LIMIT $3;

-- name: SaveBack :exec
UPDATE return_parcels SET carrier = $3, carrier_name = $4, state = $5, words = $6, event_at = $7, delivered_at = $8, updated_at = $9
WHERE store_id = $1 AND shipment_id = $2;

-- name: SetBackRegistered :exec
UPDATE return_parcels SET registered_at = $3, updated_at = $3 WHERE store_id = $1 AND shipment_id = $2;

-- name: InsertScan :execrows
INSERT INTO return_scans (store_id, shipment_id, event_key, at, kind, words, location, country, source, received_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) ON CONFLICT DO NOTHING;

-- name: ScansOf :many
SELECT * FROM return_scans WHERE store_id = $1 AND shipment_id = $2 ORDER BY at, event_key;
