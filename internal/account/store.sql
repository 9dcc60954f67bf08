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
INSERT INTO sessions (store_id, session_id, staff_id, token_hash, agent, address, created_at, seen_at, means, proved_at, renew)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11);

-- name: SessionByToken :one
SELECT sqlc.embed(t), sqlc.embed(s) FROM sessions t JOIN staff s ON s.store_id = t.store_id AND s.staff_id = t.staff_id
WHERE t.token_hash = $1;

-- name: TouchSession :exec
UPDATE sessions SET seen_at = $3, address = $4 WHERE store_id = $1 AND session_id = $2;

-- name: RenewSession :execrows
UPDATE sessions SET token_hash = $4, means = $5, proved_at = $6, renew = FALSE WHERE store_id = $1 AND session_id = $2 AND token_hash = $3;

-- name: AskRenewal :exec
UPDATE sessions SET renew = TRUE WHERE store_id = $1 AND staff_id = $2;

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

-- name: InsertLink :exec
INSERT INTO staff_links (store_id, link_id, staff_id, kind, token_hash, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: GetLink :one
SELECT * FROM staff_links WHERE store_id = $1 AND link_id = $2;

-- name: LinkByToken :one
SELECT sqlc.embed(l), sqlc.embed(s) FROM staff_links l JOIN staff s ON s.store_id = l.store_id AND s.staff_id = l.staff_id
WHERE l.store_id = $1 AND l.token_hash = $2;

-- name: Invitations :many
SELECT * FROM staff_links WHERE store_id = $1 AND kind = 'invitation';

-- name: DeleteLinksOf :execrows
DELETE FROM staff_links WHERE store_id = $1 AND staff_id = $2;

-- name: DeleteOldLinks :exec
DELETE FROM staff_links WHERE store_id = $1 AND kind = 'reset' AND ends_at < $2;

-- name: PutCodes :exec
INSERT INTO staff_codes (store_id, staff_id, secret, created_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (store_id, staff_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at, last_step = 0
WHERE staff_codes.confirmed_at = 0;

-- name: GetCodes :one
SELECT * FROM staff_codes WHERE store_id = $1 AND staff_id = $2;

-- name: WithCodes :many
SELECT staff_id FROM staff_codes WHERE store_id = $1 AND confirmed_at <> 0;

-- name: TakeStep :execrows
UPDATE staff_codes SET last_step = sqlc.arg(step) WHERE store_id = sqlc.arg(store_id) AND staff_id = sqlc.arg(staff_id) AND last_step < sqlc.arg(step);

-- name: ConfirmCodes :execrows
UPDATE staff_codes SET confirmed_at = $3 WHERE store_id = $1 AND staff_id = $2 AND confirmed_at = 0;

-- name: DeleteCodes :execrows
DELETE FROM staff_codes WHERE store_id = $1 AND staff_id = $2;

-- name: InsertRecovery :exec
INSERT INTO recovery_codes (store_id, staff_id, code_hash) VALUES ($1, $2, $3);

-- name: TakeRecovery :execrows
UPDATE recovery_codes SET used_at = $4 WHERE store_id = $1 AND staff_id = $2 AND code_hash = $3 AND used_at = 0;

-- name: CountRecovery :one
SELECT COUNT(*) FROM recovery_codes WHERE store_id = $1 AND staff_id = $2 AND used_at = 0;

-- name: DeleteRecovery :exec
DELETE FROM recovery_codes WHERE store_id = $1 AND staff_id = $2;

-- name: InsertPasskey :execrows
INSERT INTO passkeys (store_id, passkey_id, staff_id, name, rp_id, public_key, sign_count, flags, transports, model, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING;

-- name: GetPasskey :one
SELECT * FROM passkeys WHERE store_id = $1 AND passkey_id = $2;

-- name: PasskeysOf :many
SELECT * FROM passkeys WHERE store_id = $1 AND staff_id = $2 ORDER BY created_at, passkey_id;

-- name: CountPasskeys :many
SELECT staff_id, COUNT(*) AS n FROM passkeys WHERE store_id = $1 GROUP BY staff_id;

-- name: UsePasskey :exec
UPDATE passkeys SET sign_count = $3, flags = $4, used_at = $5, doubted_at = $6 WHERE store_id = $1 AND passkey_id = $2;

-- name: NamePasskey :execrows
UPDATE passkeys SET name = $4 WHERE store_id = $1 AND staff_id = $2 AND passkey_id = $3;

-- name: DeletePasskey :execrows
DELETE FROM passkeys WHERE store_id = $1 AND staff_id = $2 AND passkey_id = $3;

-- name: DeletePasskeysOf :execrows
DELETE FROM passkeys WHERE store_id = $1 AND staff_id = $2;

-- name: InsertCeremony :exec
INSERT INTO ceremonies (store_id, token_hash, kind, staff_id, data, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: GetCeremony :one
SELECT * FROM ceremonies WHERE store_id = $1 AND token_hash = $2;

-- name: TakeCeremony :one
DELETE FROM ceremonies WHERE store_id = $1 AND token_hash = $2 AND kind = $3 RETURNING *;

-- name: DeleteCeremoniesOf :exec
DELETE FROM ceremonies WHERE store_id = $1 AND staff_id = $2;

-- name: DeleteOldCeremonies :exec
DELETE FROM ceremonies WHERE store_id = $1 AND ends_at < $2;

-- Customers: the shop's side -----------------------------------------------------

-- name: InsertCustomer :exec
INSERT INTO customers (store_id, customer_id, email, name, created_at, locale) VALUES ($1, $2, $3, '', $4, $5)
ON CONFLICT (store_id, email) DO NOTHING;

-- name: CustomerByEmail :one
SELECT * FROM customers WHERE store_id = $1 AND email = $2;

-- name: SetCustomerLocale :exec
UPDATE customers SET locale = $3 WHERE store_id = $1 AND customer_id = $2;

-- name: LockCustomer :one
SELECT customer_id FROM customers WHERE store_id = $1 AND customer_id = $2 FOR UPDATE;

-- name: InsertCustomerCode :exec
INSERT INTO customer_codes (store_id, code_id, email, locale, created_at, ends_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: GetCustomerCode :one
SELECT * FROM customer_codes WHERE store_id = $1 AND code_id = $2;

-- name: TryCustomerCode :one
UPDATE customer_codes SET tries = tries + 1
WHERE store_id = sqlc.arg(store_id) AND code_id = sqlc.arg(code_id) AND used_at = 0 AND tries < sqlc.arg(most) AND ends_at > sqlc.arg(now_at)
RETURNING *;

-- name: UseCustomerCode :one
UPDATE customer_codes SET used_at = sqlc.arg(now_at)
WHERE store_id = sqlc.arg(store_id) AND code_id = sqlc.arg(code_id) AND used_at = 0 AND tries <= sqlc.arg(most) AND ends_at > sqlc.arg(now_at)
RETURNING *;

-- name: CustomerCodesSince :one
SELECT CAST(COALESCE(SUM(CASE WHEN created_at > sqlc.arg(hour_at) THEN 1 ELSE 0 END), 0) AS BIGINT) AS hourly, COUNT(*) AS daily
FROM customer_codes WHERE store_id = sqlc.arg(store_id) AND email = sqlc.arg(email) AND created_at > sqlc.arg(day_at);

-- name: DeleteOldCustomerCodes :exec
DELETE FROM customer_codes WHERE store_id = $1 AND ends_at < $2;

-- name: InsertCustomerSession :exec
INSERT INTO customer_sessions (store_id, session_id, customer_id, token_hash, agent, created_at, seen_at) VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: CustomerSessionByToken :one
SELECT sqlc.embed(t), sqlc.embed(c) FROM customer_sessions t JOIN customers c ON c.store_id = t.store_id AND c.customer_id = t.customer_id
WHERE t.token_hash = $1 AND t.store_id = $2;

-- name: TouchCustomerSession :exec
UPDATE customer_sessions SET seen_at = $3 WHERE store_id = $1 AND session_id = $2;

-- name: CustomerSessionsOf :many
SELECT * FROM customer_sessions WHERE store_id = $1 AND customer_id = $2 AND created_at > $3 ORDER BY seen_at DESC, session_id;

-- name: DeleteCustomerSession :execrows
DELETE FROM customer_sessions WHERE store_id = $1 AND customer_id = $2 AND session_id = $3;

-- name: DeleteCustomerSessions :execrows
DELETE FROM customer_sessions WHERE store_id = $1 AND customer_id = $2;

-- name: DeleteOldCustomerSessions :exec
DELETE FROM customer_sessions WHERE store_id = $1 AND created_at < $2;

-- name: CustomerAddresses :many
SELECT * FROM customer_addresses WHERE store_id = $1 AND customer_id = $2 ORDER BY is_default DESC, updated_at DESC, address_id;

-- name: PutCustomerAddress :exec
INSERT INTO customer_addresses (store_id, address_id, customer_id, body, is_default, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (store_id, address_id) DO UPDATE SET body = excluded.body, updated_at = excluded.updated_at
WHERE customer_addresses.customer_id = excluded.customer_id;

-- name: ClearDefaultAddress :exec
UPDATE customer_addresses SET is_default = FALSE WHERE store_id = $1 AND customer_id = $2 AND is_default;

-- name: SetDefaultAddress :execrows
UPDATE customer_addresses SET is_default = TRUE WHERE store_id = $1 AND customer_id = $2 AND address_id = $3;

-- name: DeleteCustomerAddress :execrows
DELETE FROM customer_addresses WHERE store_id = $1 AND customer_id = $2 AND address_id = $3;

-- name: InsertConsent :exec
INSERT INTO consents (store_id, consent_id, customer_id, kind, given, wording, source, order_id, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: ConsentsOf :many
SELECT * FROM consents WHERE store_id = $1 AND customer_id = $2 ORDER BY consent_id DESC LIMIT $3;

-- name: NewestConsent :one
SELECT * FROM consents WHERE store_id = $1 AND customer_id = $2 AND kind = $3 ORDER BY consent_id DESC LIMIT 1;
