-- Suppliers ---------------------------------------------------------------------

-- name: SupplierByID :one
SELECT * FROM suppliers WHERE store_id = $1 AND supplier_id = $2;

-- name: SupplierByName :one
SELECT * FROM suppliers WHERE store_id = $1 AND name = $2;

-- name: SuppliersByConnector :many
SELECT * FROM suppliers WHERE store_id = $1 AND connector_id = $2 ORDER BY supplier_id;

-- name: Suppliers :many
SELECT * FROM suppliers WHERE store_id = $1 ORDER BY priority DESC, name, supplier_id;

-- name: InsertSupplier :execrows
INSERT INTO suppliers (store_id, supplier_id, name, connector_id, automatic, priority, reliability, handling_days,
  ship_to, freight, max_age_seconds, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (store_id, name) DO NOTHING;

-- name: UpdateSupplier :execrows
UPDATE suppliers SET name = $3, connector_id = $4, automatic = $5, priority = $6, reliability = $7, handling_days = $8,
  ship_to = $9, freight = $10, max_age_seconds = $11, updated_at = $12
WHERE store_id = $1 AND supplier_id = $2;

-- Offers ------------------------------------------------------------------------

-- name: OfferByID :one
SELECT * FROM offers WHERE store_id = $1 AND offer_id = $2;

-- name: OfferByKey :one
SELECT * FROM offers WHERE store_id = $1 AND supplier_id = $2 AND supplier_sku = $3 AND variant_id = $4;

-- name: OffersBySKU :many
SELECT * FROM offers WHERE store_id = $1 AND supplier_id = $2 AND supplier_sku = $3 ORDER BY variant_id;

-- name: OffersByVariant :many
SELECT * FROM offers WHERE store_id = $1 AND variant_id = $2 ORDER BY offer_id;

-- name: SupplierSKUs :many
SELECT DISTINCT supplier_sku FROM offers
WHERE store_id = $1 AND supplier_id = $2 AND supplier_sku > $3 AND active ORDER BY supplier_sku LIMIT $4;

-- name: CandidateOffers :many
SELECT sqlc.embed(o), sqlc.embed(s)
FROM offers o JOIN suppliers s ON s.store_id = o.store_id AND s.supplier_id = o.supplier_id
WHERE o.store_id = $1 AND o.active AND o.variant_id IN ($2) ORDER BY o.offer_id;

-- name: UpsertOffer :one
INSERT INTO offers (store_id, offer_id, supplier_id, variant_id, supplier_sku, cost_minor, currency, quantity, ship_from,
  handling_days, pack, priority, active, as_of, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
ON CONFLICT (store_id, supplier_id, supplier_sku, variant_id) DO UPDATE SET cost_minor = excluded.cost_minor,
  currency = excluded.currency, quantity = excluded.quantity, ship_from = excluded.ship_from,
  handling_days = excluded.handling_days, pack = excluded.pack, priority = excluded.priority, active = excluded.active,
  as_of = excluded.as_of, updated_at = excluded.updated_at
RETURNING *;

-- name: HearOffer :execrows
UPDATE offers SET quantity = $3, cost_minor = $4, currency = $5, ship_from = $6, handling_days = $7, pack = $8,
  as_of = $9, updated_at = $10
WHERE store_id = $1 AND offer_id = $2 AND as_of <= $9;

-- name: ReviseOffer :execrows
UPDATE offers SET cost_minor = $3, currency = $4, quantity = $5, ship_from = $6, handling_days = $7, pack = $8, priority = $9,
  buffer_units = $10, buffer_percent = $11, active = $12, as_of = $13, updated_at = $14
WHERE store_id = $1 AND offer_id = $2;

-- name: RemoveOffer :execrows
DELETE FROM offers WHERE offers.store_id = $1 AND offers.offer_id = $2 AND committed = 0
  AND NOT EXISTS (SELECT 1 FROM purchase_lines l WHERE l.store_id = $1 AND l.offer_id = $2);

-- name: RetireOffer :execrows
UPDATE offers SET active = FALSE, updated_at = $3 WHERE store_id = $1 AND offer_id = $2 AND active;

-- name: RetireOffers :execrows
UPDATE offers SET active = FALSE, updated_at = $3 WHERE store_id = $1 AND variant_id = $2 AND active;

-- name: CommitOffer :execrows
UPDATE offers SET committed = committed + sqlc.arg(units), updated_at = sqlc.arg(now)
WHERE store_id = $1 AND offer_id = $2 AND active AND quantity - committed >= sqlc.arg(units);

-- name: UncommitOffer :execrows
UPDATE offers SET committed = committed - sqlc.arg(units), updated_at = sqlc.arg(now)
WHERE store_id = $1 AND offer_id = $2 AND committed >= sqlc.arg(units);

-- name: SettleOffer :one
UPDATE offers SET
  quantity = CASE WHEN quantity > sqlc.arg(units) THEN quantity - sqlc.arg(units) ELSE 0 END,
  committed = CASE WHEN committed > sqlc.arg(units) THEN committed - sqlc.arg(units) ELSE 0 END,
  updated_at = sqlc.arg(now)
WHERE store_id = $1 AND offer_id = $2
RETURNING variant_id;

-- Variants' stock -----------------------------------------------------------------

-- name: LockVariant :one
SELECT variant_id FROM variants WHERE store_id = $1 AND variant_id = $2 FOR UPDATE;

-- name: LockVariants :many
SELECT variant_id FROM variants WHERE store_id = $1 AND variant_id IN ($2) ORDER BY variant_id FOR UPDATE;

-- name: RecountVariant :execrows
UPDATE variants SET available = c.units, updated_at = sqlc.arg(now)
FROM (
  SELECT CAST(COALESCE(SUM(CASE WHEN o.quantity > o.buffer_units + (o.quantity * o.buffer_percent + 99) / 100
    THEN o.quantity - o.buffer_units - (o.quantity * o.buffer_percent + 99) / 100 ELSE 0 END), 0) AS BIGINT) AS units
  FROM offers o JOIN suppliers s ON s.store_id = o.store_id AND s.supplier_id = o.supplier_id
  WHERE o.store_id = $1 AND o.variant_id = $2 AND o.active
    AND (s.max_age_seconds = 0 OR o.as_of >= sqlc.arg(now) - s.max_age_seconds * 1000000)
    AND NOT EXISTS (SELECT 1 FROM pauses x WHERE x.store_id = o.store_id AND x.variant_id = o.variant_id)
) c
WHERE variants.store_id = $1 AND variants.variant_id = $2 AND variants.available <> c.units;

-- name: PauseVariant :execrows
INSERT INTO pauses (store_id, variant_id, code, reason, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (store_id, variant_id) DO UPDATE SET code = excluded.code, reason = excluded.reason
WHERE pauses.code <> excluded.code OR pauses.reason <> excluded.reason;

-- name: ResumeVariant :execrows
DELETE FROM pauses WHERE store_id = $1 AND variant_id = $2;

-- name: CheapestOffers :many
SELECT v.variant_id, v.price_minor, v.currency, o.currency AS cost_currency, CAST(MIN(o.cost_minor) AS BIGINT) AS cost_minor
FROM variants v JOIN offers o ON o.store_id = v.store_id AND o.variant_id = v.variant_id
WHERE v.store_id = $1 AND v.variant_id > $2 AND o.active AND o.quantity > 0
GROUP BY v.variant_id, v.price_minor, v.currency, o.currency ORDER BY v.variant_id, o.currency LIMIT $3;

-- name: PauseOf :one
SELECT * FROM pauses WHERE store_id = $1 AND variant_id = $2;

-- name: VariantsOfSupplier :many
SELECT DISTINCT variant_id FROM offers
WHERE store_id = $1 AND supplier_id = $2 AND variant_id > $3 AND active ORDER BY variant_id LIMIT $4;

-- name: VariantsWithOldOffers :many
SELECT DISTINCT o.variant_id
FROM suppliers s
JOIN offers o ON o.store_id = s.store_id AND o.supplier_id = s.supplier_id
WHERE s.store_id = $1 AND s.max_age_seconds > 0 AND o.active AND o.quantity > 0
  AND o.as_of < sqlc.arg(now) - s.max_age_seconds * 1000000 AND o.as_of >= sqlc.arg(since) - s.max_age_seconds * 1000000
ORDER BY o.variant_id;

-- name: ReserveVariant :execrows
UPDATE variants SET reserved = reserved + sqlc.arg(units), updated_at = sqlc.arg(now)
WHERE store_id = $1 AND variant_id = $2 AND available - reserved >= sqlc.arg(units);

-- name: UnreserveVariant :execrows
UPDATE variants SET reserved = reserved - sqlc.arg(units), updated_at = sqlc.arg(now)
WHERE store_id = $1 AND variant_id = $2 AND reserved >= sqlc.arg(units);

-- name: StockOf :one
SELECT available, reserved FROM variants WHERE store_id = $1 AND variant_id = $2;

-- Reservations ------------------------------------------------------------------

-- name: AddReservation :execrows
INSERT INTO reservations (store_id, reserve_id, variant_id, order_id, line_id, quantity, expires_at, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (store_id, order_id, line_id) DO UPDATE
SET quantity = reservations.quantity + excluded.quantity, expires_at = excluded.expires_at
WHERE reservations.variant_id = excluded.variant_id;

-- name: ReservationsOfOrder :many
SELECT * FROM reservations WHERE store_id = $1 AND order_id = $2 ORDER BY line_id;

-- name: LockReservation :one
SELECT * FROM reservations WHERE store_id = $1 AND order_id = $2 AND line_id = $3 FOR UPDATE;

-- name: KeepReservations :execrows
UPDATE reservations SET expires_at = 0 WHERE store_id = $1 AND order_id = $2;

-- name: DeleteReservationsOfOrder :many
DELETE FROM reservations WHERE store_id = $1 AND order_id = $2 RETURNING variant_id, quantity;

-- name: TakeFromReservation :one
UPDATE reservations SET quantity = quantity - sqlc.arg(units)
WHERE store_id = $1 AND order_id = $2 AND line_id = $3 AND quantity >= sqlc.arg(units)
RETURNING reserve_id, variant_id, quantity;

-- name: DeleteReservation :exec
DELETE FROM reservations WHERE store_id = $1 AND reserve_id = $2;

-- name: DueReservations :many
SELECT DISTINCT store_id, order_id FROM reservations
WHERE expires_at > 0 AND expires_at <= sqlc.arg(now) ORDER BY store_id, order_id LIMIT sqlc.arg(at_most);

-- Feeds -------------------------------------------------------------------------

-- name: InsertFeed :exec
INSERT INTO feeds (store_id, feed_id, supplier_id, state, reason, offers, seen, changed, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: FeedByID :one
SELECT * FROM feeds WHERE store_id = $1 AND feed_id = $2;

-- name: LockFeed :one
SELECT * FROM feeds WHERE store_id = $1 AND feed_id = $2 FOR UPDATE;

-- name: ParkedFeeds :many
SELECT * FROM feeds WHERE store_id = $1 AND supplier_id = $2 AND state = 'parked' ORDER BY feed_id;

-- name: FeedsOfSupplier :many
SELECT * FROM feeds WHERE store_id = $1 AND supplier_id = $2 AND feed_id < $3 ORDER BY feed_id DESC LIMIT $4;

-- name: EndFeed :execrows
UPDATE feeds SET state = $3, reason = $4, offers = '', changed = $5
WHERE store_id = $1 AND feed_id = $2 AND state = 'parked';

-- Statistics ----------------------------------------------------------------------

-- name: SurveyOffers :exec
ANALYZE offers;
