-- name: Begin :execrows
INSERT INTO idempotency (store_id, scope, name, request, status, body, created_at) VALUES ($1, $2, $3, $4, 0, '', $5)
ON CONFLICT (store_id, scope, name) DO NOTHING;

-- name: Kept :one
SELECT * FROM idempotency WHERE store_id = $1 AND scope = $2 AND name = $3 FOR UPDATE;

-- name: TakeOver :execrows
UPDATE idempotency SET created_at = sqlc.arg(now)
WHERE store_id = $1 AND scope = $2 AND name = $3 AND status = 0 AND created_at = sqlc.arg(began);

-- name: Keep :execrows
UPDATE idempotency SET status = $4, body = $5 WHERE store_id = $1 AND scope = $2 AND name = $3 AND created_at = $6;

-- name: Drop :execrows
DELETE FROM idempotency WHERE store_id = $1 AND scope = $2 AND name = $3 AND status = 0 AND created_at = $4;
