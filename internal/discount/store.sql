-- name: InsertDiscount :execrows
INSERT INTO discounts (store_id, discount_id, code, kind, value, currency, min_minor, from_at, until_at, once, most_uses, email, order_id, active, note, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16) ON CONFLICT DO NOTHING;

-- name: GetDiscount :one
SELECT * FROM discounts WHERE store_id = $1 AND discount_id = $2;

-- name: LockDiscount :one
SELECT * FROM discounts WHERE store_id = $1 AND discount_id = $2 FOR UPDATE;

-- name: DiscountOfCode :one
SELECT * FROM discounts WHERE store_id = $1 AND code = $2;

-- name: DiscountsOfOrder :many
SELECT * FROM discounts WHERE store_id = $1 AND order_id = $2 AND order_id <> '';

-- name: SaveDiscount :exec
UPDATE discounts SET kind = $3, value = $4, currency = $5, min_minor = $6, from_at = $7, until_at = $8, once = $9, most_uses = $10,
  active = $11, note = $12, updated_at = $13
WHERE store_id = $1 AND discount_id = $2;

-- name: CountUse :execrows
UPDATE discounts SET uses = uses + 1
WHERE store_id = $1 AND discount_id = $2 AND active AND (most_uses = 0 OR uses < most_uses);

-- name: UncountUse :exec
UPDATE discounts SET uses = uses - 1 WHERE store_id = $1 AND discount_id = $2 AND uses > 0;

-- name: InsertUse :execrows
INSERT INTO discount_uses (store_id, discount_id, order_id, email, once, given_minor, currency, used_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING;

-- name: UsesOfOrder :many
SELECT * FROM discount_uses WHERE store_id = $1 AND order_id = $2 ORDER BY discount_id;

-- name: ReleaseUse :execrows
UPDATE discount_uses SET released_at = $4 WHERE store_id = $1 AND discount_id = $2 AND order_id = $3 AND released_at = 0;

-- name: UsedBy :one
SELECT COUNT(*) FROM discount_uses WHERE store_id = $1 AND discount_id = $2 AND email = $3 AND released_at = 0;

-- name: UsesOf :many
SELECT * FROM discount_uses WHERE store_id = $1 AND discount_id = $2 AND released_at = 0 ORDER BY used_at DESC, order_id LIMIT $3;

-- name: ListDiscounts :many
SELECT * FROM discounts WHERE store_id = $1 AND discount_id < $2 ORDER BY discount_id DESC LIMIT $3;

-- name: GivenBy :many
SELECT discount_id, currency, CAST(SUM(given_minor) AS BIGINT) AS given, COUNT(*) AS uses FROM discount_uses
WHERE store_id = $1 AND released_at = 0 AND discount_id >= $2 AND discount_id <= $3 GROUP BY discount_id, currency ORDER BY discount_id, currency;
