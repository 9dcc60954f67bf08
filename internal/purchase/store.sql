-- name: InsertPurchase :exec
INSERT INTO purchases (store_id, purchase_id, order_id, supplier_id, connector_id, number, key, state, hold_reason, hold_code, submit_at,
  service, currency, goods_minor, freight_minor, booked_minor, rate, reasons, created_at, updated_at, claim_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21);

-- name: InsertLine :exec
INSERT INTO purchase_lines (store_id, purchase_id, line_id, order_line_id, variant_id, offer_id, supplier_sku, title, quantity, unit_cost_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10);

-- name: GetPurchase :one
SELECT * FROM purchases WHERE store_id = $1 AND purchase_id = $2;

-- name: LockPurchase :one
SELECT * FROM purchases WHERE store_id = $1 AND purchase_id = $2 FOR UPDATE;

-- name: OfOrder :many
SELECT * FROM purchases WHERE store_id = $1 AND order_id = $2 ORDER BY purchase_id;

-- name: Lines :many
SELECT * FROM purchase_lines WHERE store_id = $1 AND purchase_id = $2 ORDER BY line_id;

-- name: LinesOfOrder :many
SELECT l.* FROM purchase_lines l
WHERE l.store_id = $1 AND l.purchase_id IN (SELECT p.purchase_id FROM purchases p WHERE p.store_id = $1 AND p.order_id = $2)
ORDER BY l.purchase_id, l.line_id;

-- name: ByKey :one
SELECT * FROM purchases WHERE store_id = $1 AND key = $2;

-- name: ByRef :one
SELECT * FROM purchases WHERE store_id = $1 AND supplier_id = $2 AND ref = $3 ORDER BY purchase_id LIMIT 1;

-- name: ByPart :one
SELECT p.* FROM purchase_parts x JOIN purchases p ON p.store_id = x.store_id AND p.purchase_id = x.purchase_id
WHERE x.store_id = $1 AND x.supplier_id = $2 AND x.part = $3;

-- name: AddPart :exec
INSERT INTO purchase_parts (store_id, supplier_id, part, purchase_id) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: OpenOf :many
SELECT * FROM purchases
WHERE store_id = $1 AND supplier_id = $2 AND purchase_id > $3 AND state IN ('submitted', 'accepted', 'shipping', 'cancelling')
ORDER BY purchase_id LIMIT $4;

-- name: MovingOf :many
SELECT p.* FROM purchases p
WHERE p.store_id = $1 AND p.supplier_id = $2 AND p.purchase_id > $3 AND p.state = 'shipped' AND p.purchase_id IN (
  SELECT h.purchase_id FROM shipments h
  WHERE h.store_id = $1 AND h.state IN ('announced', 'in-transit', 'out-for-delivery', 'exception', 'returning'))
ORDER BY p.purchase_id LIMIT $4;

-- name: SavePurchase :execrows
UPDATE purchases SET state = $3, hold_reason = $4, hold_code = $5, submit_at = $6, ref = $7, parts = $8, unpaid = $9, pay_url = $10,
  code = $11, words = $12, cause = $13, expect_at = $14, attempt = $15, tried_at = $16, submitted_at = $17, accepted_at = $18,
  shipped_at = $19, updated_at = $20, goods_minor = $21, freight_minor = $22, late = $23, booked_minor = $24
WHERE store_id = $1 AND purchase_id = $2;

-- name: SetShort :exec
UPDATE purchase_lines SET short = $4 WHERE store_id = $1 AND purchase_id = $2 AND line_id = $3;

-- name: BeginAttempt :exec
INSERT INTO attempts (store_id, purchase_id, attempt, action, began_at) VALUES ($1, $2, $3, $4, $5);

-- name: EndAttempt :exec
UPDATE attempts SET ended_at = $4, outcome = $5, words = $6, answer = $7 WHERE store_id = $1 AND purchase_id = $2 AND attempt = $3;

-- name: Attempts :many
SELECT * FROM attempts WHERE store_id = $1 AND purchase_id = $2 ORDER BY attempt;
