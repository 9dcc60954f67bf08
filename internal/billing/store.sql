-- name: InsertStatement :execrows
INSERT INTO statements (store_id, statement_id, supplier_id, number, file_name, print, row_count, actor, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING;

-- name: GetStatement :one
SELECT * FROM statements WHERE store_id = $1 AND statement_id = $2;

-- name: StatementByPrint :one
SELECT * FROM statements WHERE store_id = $1 AND supplier_id = $2 AND print = $3;

-- name: Statements :many
SELECT * FROM statements WHERE store_id = $1 AND statement_id < $2 ORDER BY statement_id DESC LIMIT $3;

-- name: InsertLine :execrows
INSERT INTO statement_lines (store_id, statement_id, line_no, supplier_id, ref, our_ref, tracking, title, billed_on, amount_minor, currency, state, reason,
  purchase_id, order_id, dispute_id, here_minor, expected_minor, booked_minor, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING;

-- name: GetLine :one
SELECT * FROM statement_lines WHERE store_id = $1 AND statement_id = $2 AND line_no = $3;

-- name: LockLine :one
SELECT * FROM statement_lines WHERE store_id = $1 AND statement_id = $2 AND line_no = $3 FOR UPDATE;

-- name: Lines :many
SELECT * FROM statement_lines WHERE store_id = $1 AND statement_id = $2 ORDER BY line_no;

-- name: LinesOfOrder :many
SELECT * FROM statement_lines WHERE store_id = $1 AND order_id = $2 AND order_id <> '' ORDER BY statement_id, line_no;

-- name: LinesOfPurchase :many
SELECT * FROM statement_lines WHERE store_id = $1 AND purchase_id = $2 AND purchase_id <> '' ORDER BY statement_id, line_no;

-- name: SaveLine :exec
UPDATE statement_lines SET state = $4, reason = $5, purchase_id = $6, order_id = $7, dispute_id = $8, here_minor = $9, expected_minor = $10, booked_minor = $11,
  updated_at = $12
WHERE store_id = $1 AND statement_id = $2 AND line_no = $3;

-- name: Progress :many
SELECT statement_id, state, COUNT(*) AS lines FROM statement_lines WHERE store_id = $1 AND statement_id >= $2 AND statement_id <= $3
GROUP BY statement_id, state ORDER BY statement_id, state;

-- name: GetTerms :one
SELECT * FROM billing_terms WHERE store_id = $1 AND supplier_id = $2;

-- name: PutTerms :exec
INSERT INTO billing_terms (store_id, supplier_id, columns, currency, tolerance_points, tolerance_minor, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (store_id, supplier_id) DO UPDATE SET columns = EXCLUDED.columns, currency = EXCLUDED.currency, tolerance_points = EXCLUDED.tolerance_points,
  tolerance_minor = EXCLUDED.tolerance_minor, updated_at = EXCLUDED.updated_at;
