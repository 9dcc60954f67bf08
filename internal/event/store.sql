-- name: InsertEvent :exec
INSERT INTO events (store_id, event_id, order_id, kind, subject, actor, at, data) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: OfOrder :many
SELECT * FROM events WHERE store_id = $1 AND order_id = $2 ORDER BY event_id;

-- name: After :many
SELECT * FROM events WHERE store_id = $1 AND event_id > $2 ORDER BY event_id LIMIT $3;
