-- name: InsertOrder :exec
INSERT INTO orders (store_id, order_id, number, cart_id, customer_id, email, locale, currency, shipping, billing, shipping_option,
  subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor, state, goods, money, attention, needs_person,
  promised_from, promised_to, placed_at, paid_at, updated_at, given_up, discount_code, agreed_to)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29);

-- name: InsertLine :exec
INSERT INTO order_lines (store_id, order_id, line_id, variant_id, product_id, sku, title, variant_title, image, quantity, unit_price_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: InsertUnits :exec
INSERT INTO order_units (store_id, order_id, line_id, first_unit, units, price_minor, discount_minor, shipping_minor, tax_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: DropUnits :exec
DELETE FROM order_units WHERE store_id = $1 AND order_id = $2 AND line_id = $3;

-- name: GetOrder :one
SELECT * FROM orders WHERE store_id = $1 AND order_id = $2;

-- name: LockOrder :one
SELECT * FROM orders WHERE store_id = $1 AND order_id = $2 FOR UPDATE;

-- name: OrderNumbered :one
SELECT * FROM orders WHERE store_id = $1 AND number = $2;

-- name: OrderOfCart :one
SELECT * FROM orders WHERE store_id = $1 AND cart_id = $2 AND cart_id <> '';

-- name: Lines :many
SELECT * FROM order_lines WHERE store_id = $1 AND order_id = $2 ORDER BY line_id;

-- name: Units :many
SELECT * FROM order_units WHERE store_id = $1 AND order_id = $2 ORDER BY line_id, first_unit;

-- name: SetState :execrows
UPDATE orders SET state = $3, paid_at = $4, updated_at = $5 WHERE store_id = $1 AND order_id = $2 AND state = $6;

-- name: SetWords :exec
UPDATE orders SET goods = $3, money = $4, attention = $5, needs_person = $6, updated_at = $7 WHERE store_id = $1 AND order_id = $2;

-- name: SetGivenUp :exec
UPDATE orders SET given_up = $3, updated_at = $4 WHERE store_id = $1 AND order_id = $2;

-- name: WithGivenUp :many
SELECT order_id FROM orders WHERE store_id = $1 AND given_up <> '' AND order_id > $2 ORDER BY order_id LIMIT $3;

-- name: SetShipping :exec
UPDATE orders SET shipping = $3, updated_at = $4 WHERE store_id = $1 AND order_id = $2;

-- name: SetPromise :exec
UPDATE orders SET promised_from = $3, promised_to = $4, updated_at = $5 WHERE store_id = $1 AND order_id = $2;

-- name: CancelUnits :execrows
UPDATE order_lines SET cancelled = cancelled + $4
WHERE store_id = $1 AND order_id = $2 AND line_id = $3 AND cancelled + $4 <= quantity;

-- name: PutCustomer :one
INSERT INTO customers (store_id, customer_id, email, name, created_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (store_id, email) DO UPDATE SET name = CASE WHEN customers.name = '' THEN excluded.name ELSE customers.name END
RETURNING customer_id;

-- name: InsertAgreed :exec
INSERT INTO agreed_texts (store_id, text_hash, kind, locale, words, first_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING;

-- name: AgreedAmong :many
SELECT * FROM agreed_texts WHERE store_id = $1 AND text_hash IN ($2) ORDER BY kind, text_hash;
