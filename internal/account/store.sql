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
