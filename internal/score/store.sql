-- name: ScoresOf :many
SELECT * FROM scores WHERE store_id = $1 AND supplier_id = $2 ORDER BY sku, measure;

-- name: WholeScores :many
SELECT * FROM scores WHERE store_id = $1 AND supplier_id = $2 AND sku = '' ORDER BY measure;

-- name: ScoresAmong :many
SELECT * FROM scores WHERE store_id = $1 AND supplier_id = $2 AND sku IN ($3) ORDER BY sku, measure;

-- name: DropScores :exec
DELETE FROM scores WHERE store_id = $1;

-- name: InsertScore :exec
INSERT INTO scores (store_id, supplier_id, sku, measure, recent_part, recent_whole, before_part, before_whole, counted_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);
