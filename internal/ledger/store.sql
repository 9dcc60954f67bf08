-- name: InsertPayment :exec
INSERT INTO payments (store_id, payment_id, order_id, connector_id, driver, state, amount_minor, currency, manual, capture_now, created_at, updated_at, exchange_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13);

-- name: GetPayment :one
SELECT * FROM payments WHERE store_id = $1 AND payment_id = $2;

-- name: LockPayment :one
SELECT * FROM payments WHERE store_id = $1 AND payment_id = $2 FOR UPDATE;

-- name: PaymentByRef :one
SELECT * FROM payments WHERE store_id = $1 AND connector_id = $2 AND ref = $3 ORDER BY payment_id LIMIT 1;

-- name: PaymentsOf :many
SELECT * FROM payments WHERE store_id = $1 AND order_id = $2 ORDER BY payment_id;

-- name: SavePayment :exec
UPDATE payments SET state = $3, captured_minor = $4, ref = $5, url = $6, words = $7, lapses_at = $8, updated_at = $9, slow = $10
WHERE store_id = $1 AND payment_id = $2;

-- name: InsertRefund :exec
INSERT INTO refunds (store_id, refund_id, order_id, payment_id, state, amount_minor, currency, reason, created_at, updated_at, to_credit, claim_id)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12);

-- name: GetRefund :one
SELECT * FROM refunds WHERE store_id = $1 AND refund_id = $2;

-- name: LockRefund :one
SELECT * FROM refunds WHERE store_id = $1 AND refund_id = $2 FOR UPDATE;

-- name: RefundsOf :many
SELECT * FROM refunds WHERE store_id = $1 AND order_id = $2 ORDER BY refund_id;

-- name: SaveRefund :exec
UPDATE refunds SET state = $3, ref = $4, words = $5, tries = $6, updated_at = $7, pending_at = $8, slow = $9 WHERE store_id = $1 AND refund_id = $2;

-- name: PendingRefunds :many
SELECT r.* FROM refunds r JOIN payments p ON p.store_id = r.store_id AND p.payment_id = r.payment_id
WHERE r.store_id = $1 AND p.connector_id = $2 AND r.state = 'sending' AND r.pending_at > 0 AND r.refund_id > $3
ORDER BY r.refund_id LIMIT $4;

-- name: VoidingPayments :many
SELECT * FROM payments WHERE store_id = $1 AND connector_id = $2 AND state = 'voiding' AND payment_id > $3
ORDER BY payment_id LIMIT $4;

-- name: InsertChargeback :execrows
INSERT INTO chargebacks (store_id, chargeback_id, order_id, payment_id, state, amount_minor, currency, ref, reason, due_at, withdrawn, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) ON CONFLICT DO NOTHING;

-- name: ChargebackByRef :one
SELECT * FROM chargebacks WHERE store_id = $1 AND payment_id = $2 AND ref = $3;

-- name: ChargebacksOf :many
SELECT * FROM chargebacks WHERE store_id = $1 AND order_id = $2 ORDER BY chargeback_id;

-- name: SaveChargeback :exec
UPDATE chargebacks SET state = $3, due_at = $4, withdrawn = $5, updated_at = $6, near = $7 WHERE store_id = $1 AND chargeback_id = $2;

-- name: GetChargeback :one
SELECT * FROM chargebacks WHERE store_id = $1 AND chargeback_id = $2;

-- name: NearChargebacks :many
SELECT chargeback_id, order_id FROM chargebacks
WHERE store_id = $1 AND due_at > 0 AND due_at < $2 AND state IN ('inquiry', 'opened') AND NOT near ORDER BY due_at, chargeback_id LIMIT $3;

-- name: InsertAnswer :execrows
INSERT INTO chargeback_answers (store_id, chargeback_id, order_id, state, fields, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT DO NOTHING;

-- name: GetAnswer :one
SELECT * FROM chargeback_answers WHERE store_id = $1 AND chargeback_id = $2;

-- name: SaveAnswer :exec
UPDATE chargeback_answers SET state = $3, fields = $4, words = $5, actor = $6, tried_at = $7, sent_at = $8, updated_at = $9
WHERE store_id = $1 AND chargeback_id = $2;

-- name: InsertEntry :execrows
INSERT INTO ledger_entries (store_id, entry_id, entry_key, order_id, subject, kind, debit, credit, amount_minor, currency, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING;

-- name: EntriesOf :many
SELECT * FROM ledger_entries WHERE store_id = $1 AND order_id = $2 ORDER BY entry_id;

-- name: LockCustomer :one
SELECT customer_id FROM customers WHERE store_id = $1 AND customer_id = $2 FOR UPDATE;

-- name: CreditBalance :one
SELECT CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS balance FROM credit_entries WHERE store_id = $1 AND customer_id = $2 AND currency = $3;

-- name: CreditBalances :many
SELECT currency, CAST(COALESCE(SUM(amount_minor), 0) AS BIGINT) AS balance FROM credit_entries
WHERE store_id = $1 AND customer_id = $2 GROUP BY currency ORDER BY currency;

-- name: InsertCredit :execrows
INSERT INTO credit_entries (store_id, entry_id, entry_key, customer_id, order_id, kind, amount_minor, currency, words, actor, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING;

-- name: CreditsOf :many
SELECT * FROM credit_entries WHERE store_id = $1 AND customer_id = $2 ORDER BY entry_id DESC LIMIT $3;

-- name: CreditByKey :many
SELECT * FROM credit_entries WHERE store_id = $1 AND entry_key = $2;

-- name: CreditsOfOrder :many
SELECT * FROM credit_entries WHERE store_id = $1 AND order_id = $2 AND order_id <> '' ORDER BY entry_id;
