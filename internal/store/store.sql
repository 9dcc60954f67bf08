-- name: InsertStore :execrows
INSERT INTO stores (store_id, name, currency, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: Stores :many
SELECT * FROM stores ORDER BY store_id;

-- name: FirstStore :one
SELECT * FROM stores ORDER BY created_at, store_id LIMIT 1;

-- name: GetStore :one
SELECT * FROM stores WHERE store_id = $1;

-- name: UpdateStore :exec
UPDATE stores SET name = $2, currency = $3 WHERE store_id = $1;

-- name: PutSetting :exec
INSERT INTO settings (store_id, name, value, updated_at) VALUES ($1, $2, $3, $4)
ON CONFLICT (store_id, name) DO UPDATE SET value = excluded.value, updated_at = excluded.updated_at;

-- name: ListSettings :many
SELECT * FROM settings WHERE store_id = $1 ORDER BY name;

-- name: DeleteSetting :exec
DELETE FROM settings WHERE store_id = $1 AND name = $2;

-- name: StoreSettings :many
SELECT s.name AS store_name, s.currency, CAST(COALESCE(x.name, '') AS TEXT) AS name, CAST(COALESCE(x.value, '') AS TEXT) AS value
FROM stores s LEFT JOIN settings x ON x.store_id = s.store_id
WHERE s.store_id = $1;

-- name: Count :one
INSERT INTO counters (store_id, name, value) VALUES ($1, $2, $3)
ON CONFLICT (store_id, name) DO UPDATE SET value = counters.value + 1
RETURNING value;

-- name: PutConnector :exec
INSERT INTO connectors (store_id, connector_id, kind, driver, name, settings, secrets, state, reason, created_at, updated_at, ends_at, ends_told)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (store_id, connector_id) DO UPDATE SET driver = excluded.driver, settings = excluded.settings,
  secrets = excluded.secrets, state = excluded.state, reason = excluded.reason, updated_at = excluded.updated_at,
  ends_at = excluded.ends_at, ends_told = excluded.ends_told;

-- name: SetConnectorState :execrows
UPDATE connectors SET state = $3, reason = $4, updated_at = $5
WHERE store_id = $1 AND connector_id = $2 AND state <> $3;

-- name: GetConnector :one
SELECT * FROM connectors WHERE store_id = $1 AND connector_id = $2;

-- name: ConnectorNamed :one
SELECT * FROM connectors WHERE store_id = $1 AND kind = $2 AND name = $3;

-- name: ListConnectors :many
SELECT * FROM connectors WHERE store_id = $1 ORDER BY kind, name;

-- name: DeleteVault :exec
DELETE FROM vault WHERE store_id = $1 AND connector_id = $2;

-- name: LoadVault :one
SELECT * FROM vault WHERE store_id = $1 AND connector_id = $2 AND name = $3;

-- name: InsertVault :execrows
INSERT INTO vault (store_id, connector_id, name, value, version, updated_at) VALUES ($1, $2, $3, $4, 1, $5) ON CONFLICT DO NOTHING;

-- name: UpdateVault :execrows
UPDATE vault SET value = $4, version = version + 1, updated_at = $5
WHERE store_id = $1 AND connector_id = $2 AND name = $3 AND version = $6;

-- name: InsertMessage :execrows
INSERT INTO inbox (store_id, connector_id, message_key, body, received_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING;

-- name: MessageBody :one
SELECT body FROM inbox WHERE store_id = $1 AND connector_id = $2 AND message_key = $3;

-- name: ForgetMessages :execrows
DELETE FROM inbox WHERE received_at < $1;

-- name: ForgetAnswers :execrows
DELETE FROM idempotency WHERE created_at < $1;

-- Test orders -------------------------------------------------------------------

-- name: MarkTest :exec
INSERT INTO test_orders (store_id, order_id, created_at) VALUES ($1, $2, $3) ON CONFLICT (store_id, order_id) DO NOTHING;

-- name: IsTest :one
SELECT COUNT(*) FROM test_orders WHERE store_id = $1 AND order_id = $2;

-- name: LastTest :one
SELECT order_id FROM test_orders WHERE store_id = $1 ORDER BY created_at DESC, order_id DESC LIMIT 1;

-- name: SetCurrency :execrows
UPDATE stores SET currency = $2 WHERE store_id = $1;

-- name: SetEnds :exec
UPDATE connectors SET ends_at = $3, ends_told = $4 WHERE store_id = $1 AND connector_id = $2;
