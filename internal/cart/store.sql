-- name: InsertCart :exec
INSERT INTO carts (store_id, cart_id, token_hash, currency, locale, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: GetCart :one
SELECT * FROM carts WHERE store_id = $1 AND cart_id = $2;

-- name: LockCart :one
SELECT * FROM carts WHERE store_id = $1 AND cart_id = $2 FOR UPDATE;

-- name: CartByToken :one
SELECT * FROM carts WHERE token_hash = $1 AND store_id = $2;

-- name: LinesOfCart :many
SELECT * FROM cart_lines WHERE store_id = $1 AND cart_id = $2 ORDER BY position, variant_id;

-- name: PutLine :exec
INSERT INTO cart_lines (store_id, cart_id, variant_id, quantity, position) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (store_id, cart_id, variant_id) DO UPDATE SET quantity = excluded.quantity;

-- name: DeleteLine :exec
DELETE FROM cart_lines WHERE store_id = $1 AND cart_id = $2 AND variant_id = $3;

-- name: RequoteWith :exec
UPDATE carts SET options = '', option_key = '', quoted_at = 0
WHERE carts.store_id = $1 AND carts.cart_id IN (SELECT l.cart_id FROM cart_lines l WHERE l.store_id = $1 AND l.variant_id = $2);

-- name: ForgetVariant :exec
DELETE FROM cart_lines WHERE store_id = $1 AND variant_id = $2;

-- name: SaveCart :exec
UPDATE carts SET locale = $3, email = $4, shipping = $5, billing = $6, options = $7, option_key = $8, quoted_at = $9, updated_at = $10,
  code = $11, use_credit = $12
WHERE store_id = $1 AND cart_id = $2;

-- name: MarkOrdered :execrows
UPDATE carts SET order_id = $3, updated_at = $4 WHERE store_id = $1 AND cart_id = $2 AND order_id = '';
