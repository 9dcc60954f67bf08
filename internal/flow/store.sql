-- name: InsertMail :execrows
INSERT INTO mails (store_id, mail_id, mail_key, order_id, kind, recipient, state, data, created_at, is_test, header_key)
VALUES ($1, $2, $3, $4, $5, $6, 'queued', $7, $8, $9, $10) ON CONFLICT DO NOTHING;

-- name: GetMail :one
SELECT * FROM mails WHERE store_id = $1 AND mail_id = $2;

-- name: MailByHeader :one
SELECT * FROM mails WHERE store_id = $1 AND header_key = $2 AND header_key <> '' ORDER BY mail_id LIMIT 1;

-- name: SetMail :exec
UPDATE mails SET state = $3, words = $4, subject = $5, sent_at = $6, asked_at = $7 WHERE store_id = $1 AND mail_id = $2;

-- name: NewestMailOfKind :one
SELECT * FROM mails WHERE store_id = $1 AND kind = $2 AND is_test = FALSE ORDER BY mail_id DESC LIMIT 1;

-- name: ListMailTexts :many
SELECT * FROM mail_texts WHERE store_id = $1 AND language = $2 ORDER BY text_key;

-- name: PutMailText :exec
INSERT INTO mail_texts (store_id, language, text_key, forms, changed_at, changed_by) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (store_id, language, text_key) DO UPDATE SET forms = EXCLUDED.forms, changed_at = EXCLUDED.changed_at, changed_by = EXCLUDED.changed_by;

-- name: DropMailText :exec
DELETE FROM mail_texts WHERE store_id = $1 AND language = $2 AND text_key = $3;

-- name: PutMailTrouble :exec
INSERT INTO mail_troubles (store_id, kind, words, since_at, seen_at) VALUES ($1, $2, $3, $4, $4)
ON CONFLICT (store_id) DO UPDATE SET kind = EXCLUDED.kind, words = EXCLUDED.words, seen_at = EXCLUDED.seen_at,
  since_at = CASE WHEN mail_troubles.kind = EXCLUDED.kind THEN mail_troubles.since_at ELSE EXCLUDED.since_at END;

-- name: DropMailTrouble :execrows
DELETE FROM mail_troubles WHERE store_id = $1;

-- name: GetMailTrouble :one
SELECT * FROM mail_troubles WHERE store_id = $1;

-- name: OrdersAfter :many
SELECT order_id FROM orders WHERE store_id = $1 AND order_id > $2 ORDER BY order_id LIMIT $3;

-- name: StockFigures :many
SELECT v.variant_id, v.sku, v.available, v.reserved,
  CAST(COALESCE((SELECT SUM(r.quantity) FROM reservations r WHERE r.store_id = v.store_id AND r.variant_id = v.variant_id), 0) AS BIGINT) AS reservations
FROM variants v WHERE v.store_id = $1 AND v.variant_id > $2 ORDER BY v.variant_id LIMIT $3;

-- name: CommittedFigures :many
WITH promised AS (
  SELECT l.offer_id, SUM(l.quantity) AS units FROM purchases p
  JOIN purchase_lines l ON l.store_id = p.store_id AND l.purchase_id = p.purchase_id
  WHERE p.store_id = $1 AND p.state IN ('planned', 'held', 'submitting', 'uncertain') GROUP BY l.offer_id)
SELECT o.offer_id, o.supplier_sku, o.committed, CAST(COALESCE(promised.units, 0) AS BIGINT) AS planned
FROM offers o LEFT JOIN promised ON promised.offer_id = o.offer_id
WHERE o.store_id = $1 AND o.committed <> COALESCE(promised.units, 0) ORDER BY o.offer_id;

-- name: MovingLanes :many
SELECT s.shipment_id, s.order_id, CAST(s.state AS TEXT) AS stage, s.late, s.announced_at, s.scanned_at, s.event_at, s.expected_at,
  p.supplier_id, o.shipping, o.promised_to
FROM shipments s
JOIN purchases p ON p.store_id = s.store_id AND p.purchase_id = s.purchase_id
JOIN orders o ON o.store_id = s.store_id AND o.order_id = s.order_id
WHERE s.store_id = $1 AND s.shipment_id > $2 AND s.state IN ('announced', 'in-transit', 'out-for-delivery', 'exception', 'returning')
ORDER BY s.shipment_id LIMIT $3;

-- name: OpenLanes :many
SELECT p.purchase_id, p.order_id, CAST(p.state AS TEXT) AS stage, p.late, p.submitted_at, p.shipped_at, p.expect_at, o.shipping, o.promised_to
FROM purchases p JOIN orders o ON o.store_id = p.store_id AND o.order_id = p.order_id
WHERE p.store_id = $1 AND p.supplier_id = $2 AND p.purchase_id > $3 AND p.state IN ('submitted', 'accepted', 'shipping', 'cancelling')
ORDER BY p.purchase_id LIMIT $4;

-- name: PlannedPurchases :many
SELECT purchase_id FROM purchases WHERE store_id = $1 AND state = 'planned' ORDER BY order_id, purchase_id;

-- name: HeldPurchases :many
SELECT purchase_id FROM purchases WHERE store_id = $1 AND state = 'held' ORDER BY order_id, purchase_id;

-- name: ApprovedRefunds :many
SELECT refund_id, order_id FROM refunds WHERE store_id = $1 AND state = 'approved' ORDER BY order_id, refund_id;

-- name: DoubtQueuedMails :execrows
UPDATE mails SET state = 'uncertain', words = $2 WHERE store_id = $1 AND state IN ('queued', 'sending');

-- name: StandingOf :one
SELECT CAST((SELECT COUNT(*) FROM orders o WHERE o.store_id = $1 AND o.customer_id = $2 AND o.paid_at > $3) AS BIGINT) AS orders,
  CAST((SELECT COUNT(*) FROM claims c WHERE c.store_id = $1 AND c.created_at > $3 AND c.state NOT IN ('withdrawn', 'over')
    AND c.order_id IN (SELECT o.order_id FROM orders o WHERE o.store_id = $1 AND o.customer_id = $2)) AS BIGINT) AS claims,
  CAST((SELECT COUNT(*) FROM chargebacks b WHERE b.store_id = $1 AND b.created_at > $3
    AND b.order_id IN (SELECT o.order_id FROM orders o WHERE o.store_id = $1 AND o.customer_id = $2)) AS BIGINT) AS chargebacks;

-- name: MailsOfOrder :many
SELECT * FROM mails WHERE store_id = $1 AND order_id = $2 AND is_test = FALSE ORDER BY mail_id;

-- name: Beside :one
SELECT EXISTS (SELECT 1 FROM refunds r WHERE r.store_id = $1 AND r.order_id = $2) AS refunds,
  EXISTS (SELECT 1 FROM chargebacks c WHERE c.store_id = $1 AND c.order_id = $2) AS chargebacks,
  EXISTS (SELECT 1 FROM shipments s WHERE s.store_id = $1 AND s.order_id = $2) AS shipments,
  EXISTS (SELECT 1 FROM claims x WHERE x.store_id = $1 AND x.order_id = $2) AS claims,
  EXISTS (SELECT 1 FROM disputes d WHERE d.store_id = $1 AND d.order_id = $2) AS disputes,
  EXISTS (SELECT 1 FROM statement_lines l WHERE l.store_id = $1 AND l.order_id = $2 AND l.order_id <> '') AS bills,
  EXISTS (SELECT 1 FROM conversations k WHERE k.store_id = $1 AND k.order_id = $2 AND k.order_id <> '') AS talk;

-- name: LateOrders :many
SELECT o.order_id FROM orders o
WHERE o.store_id = $1 AND o.state = 'open' AND o.promised_to < $2 AND o.promised_to > $3 AND o.goods NOT IN ('delivered', 'returned')
  AND NOT EXISTS (SELECT 1 FROM discounts d WHERE d.store_id = o.store_id AND d.order_id = o.order_id AND d.order_id <> '')
ORDER BY o.promised_to, o.order_id LIMIT $4;

-- name: CreditHeld :many
SELECT customer_id, currency, CAST(SUM(amount_minor) AS BIGINT) AS held FROM credit_entries
WHERE store_id = $1 GROUP BY customer_id, currency ORDER BY customer_id, currency;

-- name: CreditOwed :many
SELECT CAST(COALESCE(o.customer_id, l.subject) AS TEXT) AS customer, l.currency,
  CAST(SUM(CASE WHEN l.credit = 'store-credit' THEN l.amount_minor ELSE -l.amount_minor END) AS BIGINT) AS owed
FROM ledger_entries l LEFT JOIN orders o ON o.store_id = l.store_id AND o.order_id = l.order_id
WHERE l.store_id = $1 AND (l.credit = 'store-credit' OR l.debit = 'store-credit')
GROUP BY COALESCE(o.customer_id, l.subject), l.currency;

-- name: CreditPromised :many
SELECT o.customer_id, p.currency, CAST(SUM(p.amount_minor) AS BIGINT) AS promised
FROM payments p JOIN orders o ON o.store_id = p.store_id AND o.order_id = p.order_id
WHERE p.store_id = $1 AND p.driver = 'store-credit' AND p.state IN ('created', 'authorised') GROUP BY o.customer_id, p.currency;

-- name: VariantSold :one
SELECT EXISTS (SELECT 1 FROM order_lines l WHERE l.store_id = $1 AND l.variant_id = $2
  UNION ALL SELECT 1 FROM exchanges x WHERE x.store_id = $1 AND x.variant_id = $2) AS sold;
