-- name: InsertClaim :exec
INSERT INTO claims (store_id, claim_id, order_id, number, state, kind, wish, words, created_at, updated_at, wish_credit, variant_id, variant_minor)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10, $11, $12);

-- name: InsertUnits :exec
INSERT INTO claim_units (store_id, claim_id, line_id, first_unit, units) VALUES ($1, $2, $3, $4, $5);

-- name: GetClaim :one
SELECT * FROM claims WHERE store_id = $1 AND claim_id = $2;

-- name: LockClaim :one
SELECT * FROM claims WHERE store_id = $1 AND claim_id = $2 FOR UPDATE;

-- name: ClaimsOf :many
SELECT * FROM claims WHERE store_id = $1 AND order_id = $2 ORDER BY claim_id;

-- name: LiveClaims :many
SELECT * FROM claims WHERE store_id = $1 AND claim_id < $2 AND state IN ('opened', 'waiting', 'returning', 'inspecting', 'settling', 'failed')
ORDER BY claim_id DESC LIMIT $3;

-- name: OverdueClaims :many
SELECT claim_id, order_id FROM claims WHERE store_id = $1 AND due_at > 0 AND due_at < $2 ORDER BY due_at, claim_id LIMIT $3;

-- name: SaveClaim :exec
UPDATE claims SET state = $3, outcome = $4, amount_minor = $5, refund_id = $6, purchase_id = $7, trouble = $8, due_at = $9, return_to = $10,
  return_paid = $11, return_number = $12, return_carrier = $13, received_at = $14, updated_at = $15, to_credit = $16, elsewhere = $17
WHERE store_id = $1 AND claim_id = $2;

-- name: UnitsOfClaim :many
SELECT * FROM claim_units WHERE store_id = $1 AND claim_id = $2 ORDER BY line_id, first_unit;

-- name: UnitsOfOrder :many
SELECT u.* FROM claim_units u
WHERE u.store_id = $1 AND u.claim_id IN (SELECT c.claim_id FROM claims c WHERE c.store_id = $1 AND c.order_id = $2)
ORDER BY u.claim_id, u.line_id, u.first_unit;

-- name: RefuseUnits :exec
UPDATE claim_units SET refused = $5 WHERE store_id = $1 AND claim_id = $2 AND line_id = $3 AND first_unit = $4;

-- name: InsertPhoto :exec
INSERT INTO claim_photos (store_id, claim_id, photo_id, width, height, bytes, body, created_at, purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: PhotosOf :many
SELECT photo_id, width, height, bytes, created_at FROM claim_photos WHERE store_id = $1 AND claim_id = $2 AND purpose = '' ORDER BY photo_id;

-- name: PhotoBody :one
SELECT body FROM claim_photos WHERE store_id = $1 AND claim_id = $2 AND photo_id = $3;

-- name: DropPhotosFor :exec
DELETE FROM claim_photos WHERE store_id = $1 AND claim_id = $2 AND purpose = $3;

-- name: GetReturn :one
SELECT * FROM claim_returns WHERE store_id = $1 AND claim_id = $2;

-- name: ReturnsOfOrder :many
SELECT * FROM claim_returns WHERE store_id = $1 AND order_id = $2 ORDER BY claim_id;

-- name: PutReturn :exec
INSERT INTO claim_returns (store_id, claim_id, order_id, currency, label_url, label_photo, receipt_photo, asked_minor, asked_at, paid_minor,
  credit_minor, paid_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (store_id, claim_id) DO UPDATE SET label_url = EXCLUDED.label_url, label_photo = EXCLUDED.label_photo,
  receipt_photo = EXCLUDED.receipt_photo, asked_minor = EXCLUDED.asked_minor, asked_at = EXCLUDED.asked_at, paid_minor = EXCLUDED.paid_minor,
  credit_minor = EXCLUDED.credit_minor, paid_at = EXCLUDED.paid_at, updated_at = EXCLUDED.updated_at;

-- name: GetTerms :one
SELECT * FROM supplier_terms WHERE store_id = $1 AND supplier_id = $2;

-- name: PutTerms :exec
INSERT INTO supplier_terms (store_id, supplier_id, return_to, days, evidence, accepts, email, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (store_id, supplier_id) DO UPDATE SET return_to = EXCLUDED.return_to, days = EXCLUDED.days, evidence = EXCLUDED.evidence,
  accepts = EXCLUDED.accepts, email = EXCLUDED.email, updated_at = EXCLUDED.updated_at;

-- name: InsertDispute :execrows
INSERT INTO disputes (store_id, dispute_id, order_id, claim_id, purchase_id, supplier_id, state, amount_minor, currency, line, due_at, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) ON CONFLICT DO NOTHING;

-- name: GetDispute :one
SELECT * FROM disputes WHERE store_id = $1 AND dispute_id = $2;

-- name: LockDispute :one
SELECT * FROM disputes WHERE store_id = $1 AND dispute_id = $2 FOR UPDATE;

-- name: DisputesOf :many
SELECT * FROM disputes WHERE store_id = $1 AND order_id = $2 ORDER BY dispute_id;

-- name: DisputesOfPurchase :many
SELECT * FROM disputes WHERE store_id = $1 AND purchase_id = $2 ORDER BY dispute_id;

-- name: OverdueDisputes :many
SELECT dispute_id, order_id FROM disputes WHERE store_id = $1 AND state IN ('due', 'denied') AND due_at < $2
ORDER BY due_at, dispute_id LIMIT $3;

-- name: NearDisputes :many
SELECT dispute_id, order_id FROM disputes WHERE store_id = $1 AND state IN ('due', 'denied') AND due_at < $2 AND NOT near
ORDER BY due_at, dispute_id LIMIT $3;

-- name: ToldDisputes :many
SELECT * FROM disputes WHERE store_id = $1 AND state IN ('filed', 'granted') AND way = 'connector' AND dispute_id > $2
ORDER BY dispute_id LIMIT $3;

-- name: SaveDispute :exec
UPDATE disputes SET state = $3, credited_minor = $4, ref = $5, words = $6, filed_at = $7, updated_at = $8, waived_minor = $9, way = $10,
  trouble = $11, near = $12, tried_at = $13
WHERE store_id = $1 AND dispute_id = $2;

-- name: InsertExchange :exec
INSERT INTO exchanges (store_id, exchange_id, claim_id, order_id, line_id, variant_id, sku, title, variant_title, quantity, state, price_minor, worth_minor,
  currency, hold_line, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $16);

-- name: SaveExchange :exec
UPDATE exchanges SET quantity = $3, state = $4, price_minor = $5, worth_minor = $6, payment_id = $7, due_at = $8, updated_at = $9,
  refund_id = $10
WHERE store_id = $1 AND exchange_id = $2;

-- name: GetExchange :one
SELECT * FROM exchanges WHERE store_id = $1 AND exchange_id = $2;

-- name: ExchangesOfOrder :many
SELECT * FROM exchanges WHERE store_id = $1 AND order_id = $2 ORDER BY exchange_id;

-- name: OverdueExchanges :many
SELECT x.exchange_id, x.claim_id FROM exchanges x WHERE x.store_id = $1 AND x.state = 'waiting' AND x.due_at < $2
  AND NOT EXISTS (SELECT 1 FROM payments p WHERE p.store_id = x.store_id AND p.order_id = x.order_id AND p.exchange_id = x.exchange_id
    AND p.state IN ('authorised', 'capturing'))
ORDER BY x.due_at, x.exchange_id LIMIT $3;
