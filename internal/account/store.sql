-- name: InsertStaff :execrows
INSERT INTO staff (store_id, staff_id, email, name, role, password_hash, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (store_id, email) DO NOTHING;

-- name: GetStaff :one
SELECT * FROM staff WHERE store_id = $1 AND staff_id = $2;

-- name: StaffByEmail :one
SELECT * FROM staff WHERE store_id = $1 AND email = $2;

-- name: AllStaff :many
SELECT * FROM staff WHERE store_id = $1 ORDER BY email;

-- name: LockOwners :many
SELECT staff_id FROM staff WHERE store_id = $1 AND role = 'owner' AND disabled = FALSE ORDER BY staff_id FOR UPDATE;

-- name: SaveStaff :execrows
UPDATE staff SET name = $3, role = $4, password_hash = $5, disabled = $6 WHERE store_id = $1 AND staff_id = $2;

-- name: InsertKey :exec
INSERT INTO api_keys (store_id, key_id, name, role, hash, created_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: KeyByHash :one
SELECT * FROM api_keys WHERE hash = $1;

-- name: AllKeys :many
SELECT * FROM api_keys WHERE store_id = $1 ORDER BY key_id;

-- name: RevokeKey :execrows
UPDATE api_keys SET revoked_at = $3 WHERE store_id = $1 AND key_id = $2 AND revoked_at = 0;

-- name: InsertSession :exec
INSERT INTO sessions (store_id, session_id, staff_id, token_hash, agent, address, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: SessionByToken :one
SELECT sqlc.embed(t), sqlc.embed(s) FROM sessions t JOIN staff s ON s.store_id = t.store_id AND s.staff_id = t.staff_id
WHERE t.token_hash = $1;

-- name: TouchSession :exec
UPDATE sessions SET seen_at = $3, address = $4 WHERE store_id = $1 AND session_id = $2;

-- name: SessionsOf :many
SELECT * FROM sessions WHERE store_id = $1 AND staff_id = $2 ORDER BY seen_at DESC, session_id;

-- name: DeleteSession :execrows
DELETE FROM sessions WHERE store_id = $1 AND staff_id = $2 AND session_id = $3;

-- name: DeleteOtherSessions :execrows
DELETE FROM sessions WHERE store_id = $1 AND staff_id = $2 AND session_id <> $3;

-- name: DeleteOldSessions :exec
DELETE FROM sessions WHERE store_id = $1 AND (seen_at < $2 OR created_at < $3);

-- name: CountTry :one
INSERT INTO sign_in_tries (store_id, subject, tries, since_at) VALUES (sqlc.arg(store_id), sqlc.arg(subject), 1, sqlc.arg(now_at))
ON CONFLICT (store_id, subject) DO UPDATE SET
  tries = CASE WHEN sign_in_tries.since_at < sqlc.arg(window_at) THEN 1 ELSE sign_in_tries.tries + 1 END,
  since_at = CASE WHEN sign_in_tries.since_at < sqlc.arg(window_at) THEN excluded.since_at ELSE sign_in_tries.since_at END
RETURNING tries, since_at;

-- name: DeleteTries :exec
DELETE FROM sign_in_tries WHERE store_id = $1 AND subject = $2;

-- name: DeleteOldTries :exec
DELETE FROM sign_in_tries WHERE store_id = $1 AND since_at < $2;

-- name: NoteForm :execrows
INSERT INTO idempotency (store_id, scope, name, request, status, body, created_at) VALUES ($1, $2, $3, '', 200, '', $4)
ON CONFLICT (store_id, scope, name) DO NOTHING;
