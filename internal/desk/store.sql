-- name: InsertView :execrows
INSERT INTO list_views (store_id, view_id, staff_id, list, name, query, shared, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (store_id, staff_id, list, name) DO UPDATE SET query = excluded.query, shared = excluded.shared;

-- name: ViewsOf :many
SELECT * FROM list_views WHERE store_id = $1 AND list = $3 AND (staff_id = $2 OR shared = TRUE) ORDER BY view_id;

-- name: GetView :one
SELECT * FROM list_views WHERE store_id = $1 AND view_id = $2;

-- name: DeleteView :execrows
DELETE FROM list_views WHERE store_id = $1 AND view_id = $2 AND staff_id = $3;

-- name: DeleteSharedView :execrows
DELETE FROM list_views WHERE store_id = $1 AND view_id = $2 AND shared = TRUE;

-- name: InsertRun :execrows
INSERT INTO bulk_runs (store_id, run_id, staff_id, form_key, action, more, state, created_at)
VALUES ($1, $2, $3, $4, $5, $6, 'draft', $7) ON CONFLICT (store_id, staff_id, form_key) DO NOTHING;

-- name: RunByForm :one
SELECT * FROM bulk_runs WHERE store_id = $1 AND staff_id = $2 AND form_key = $3;

-- name: GetRun :one
SELECT * FROM bulk_runs WHERE store_id = $1 AND run_id = $2;

-- name: LockRun :one
SELECT * FROM bulk_runs WHERE store_id = $1 AND run_id = $2 FOR UPDATE;

-- name: RecentRuns :many
SELECT * FROM bulk_runs WHERE store_id = $1 AND state <> 'draft' ORDER BY run_id DESC LIMIT $2;

-- name: SetRun :exec
UPDATE bulk_runs SET state = $3, begun_at = $4, ended_at = $5, reason = $6 WHERE store_id = $1 AND run_id = $2;

-- name: InsertItem :exec
INSERT INTO bulk_run_items (store_id, run_id, position, order_id, number, state, words) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: ItemsOf :many
SELECT * FROM bulk_run_items WHERE store_id = $1 AND run_id = $2 ORDER BY position;

-- name: ItemsBetween :many
SELECT * FROM bulk_run_items WHERE store_id = $1 AND run_id = $2 AND position BETWEEN sqlc.arg(from_position) AND sqlc.arg(to_position) AND state = 'waiting' ORDER BY position;

-- name: SetItem :execrows
UPDATE bulk_run_items SET state = $4, words = $5, at = $6 WHERE store_id = $1 AND run_id = $2 AND position = $3 AND state = 'waiting';

-- name: QueueItems :execrows
UPDATE bulk_run_items SET state = 'waiting', words = '', at = 0 WHERE store_id = $1 AND run_id = $2 AND state = $3;

-- name: CountWaiting :one
SELECT COUNT(*) FROM bulk_run_items WHERE store_id = $1 AND run_id = $2 AND state = 'waiting';

-- name: DeleteDraftItems :exec
DELETE FROM bulk_run_items WHERE bulk_run_items.store_id = $1 AND bulk_run_items.run_id IN (SELECT r.run_id FROM bulk_runs r WHERE r.store_id = $1 AND r.state = 'draft' AND r.created_at < $2);

-- name: DeleteDrafts :exec
DELETE FROM bulk_runs WHERE store_id = $1 AND state = 'draft' AND created_at < $2;

-- name: InsertNote :exec
INSERT INTO customer_notes (store_id, note_id, customer_id, staff_id, words, created_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: NotesOf :many
SELECT * FROM customer_notes WHERE store_id = $1 AND customer_id = $2 AND dropped_at = 0 ORDER BY note_id DESC LIMIT 100;

-- name: DropNote :execrows
UPDATE customer_notes SET dropped_at = $3 WHERE store_id = $1 AND note_id = $2 AND dropped_at = 0;

-- name: RestoreNote :execrows
UPDATE customer_notes SET dropped_at = 0 WHERE store_id = $1 AND customer_id = $2 AND note_id = $3 AND dropped_at > 0;

-- name: ForgetNotes :exec
DELETE FROM customer_notes WHERE store_id = $1 AND dropped_at > 0 AND dropped_at < $2;
