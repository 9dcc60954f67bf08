-- name: InsertConversation :exec
INSERT INTO conversations (store_id, conversation_id, order_id, email, name, locale, subject, topic, state, source, unsorted, last_at, search, created_at, updated_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $12, $12);

-- name: GetConversation :one
SELECT * FROM conversations WHERE store_id = $1 AND conversation_id = $2;

-- name: LockConversation :one
SELECT * FROM conversations WHERE store_id = $1 AND conversation_id = $2 FOR UPDATE;

-- name: ConversationOf :one
SELECT * FROM conversations WHERE store_id = $1 AND order_id = $2 AND order_id <> '';

-- name: SaveConversation :exec
UPDATE conversations SET order_id = $3, email = $4, name = $5, locale = $6, subject = $7, topic = $8, state = $9, unsorted = $10, staff_id = $11,
  until_at = $12, asked_at = $13, overdue = $14, last_at = $15, preview = $16, search = $17, updated_at = $18
WHERE store_id = $1 AND conversation_id = $2;

-- name: DeleteConversation :exec
DELETE FROM conversations WHERE store_id = $1 AND conversation_id = $2;

-- name: MoveMessages :exec
UPDATE messages SET conversation_id = $3 WHERE store_id = $1 AND conversation_id = $2;

-- name: SnoozedUntil :many
SELECT conversation_id, order_id FROM conversations WHERE store_id = $1 AND until_at > 0 AND until_at <= $2 ORDER BY until_at, conversation_id LIMIT $3;

-- name: Unanswered :many
SELECT conversation_id, order_id FROM conversations WHERE store_id = $1 AND asked_at > 0 AND asked_at <= $2 AND overdue = FALSE AND state = 'open'
ORDER BY asked_at, conversation_id LIMIT $3;

-- name: InsertMessage :exec
INSERT INTO messages (store_id, message_id, conversation_id, kind, via, actor, topic, email, body, quoted, dropped, header, header_key, mail_id, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15);

-- name: GetMessage :one
SELECT * FROM messages WHERE store_id = $1 AND message_id = $2;

-- name: MessagesOf :many
SELECT * FROM messages WHERE store_id = $1 AND conversation_id = $2 ORDER BY message_id;

-- name: MessageByHeader :one
SELECT m.message_id, m.conversation_id, m.email FROM messages m WHERE m.store_id = $1 AND m.header_key = $2 AND m.header_key <> '' ORDER BY m.message_id LIMIT 1;

-- name: MessageByMail :one
SELECT m.message_id, m.conversation_id FROM messages m WHERE m.store_id = $1 AND m.mail_id = $2 AND m.mail_id <> '' LIMIT 1;

-- name: InsertPhoto :exec
INSERT INTO message_photos (store_id, message_id, photo_id, width, height, bytes, body, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- name: PhotosOf :many
SELECT p.message_id, p.photo_id, p.width, p.height, p.bytes FROM message_photos p
WHERE p.store_id = $1 AND p.message_id IN (SELECT m.message_id FROM messages m WHERE m.store_id = $1 AND m.conversation_id = $2)
ORDER BY p.message_id, p.photo_id;

-- name: PhotoBody :one
SELECT p.body FROM message_photos p JOIN messages m ON m.store_id = p.store_id AND m.message_id = p.message_id
WHERE p.store_id = $1 AND p.message_id = $2 AND p.photo_id = $3 AND m.conversation_id = $4;

-- name: NoteArrival :execrows
INSERT INTO mail_arrivals (store_id, arrival_key, message_id, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING;

-- name: ForgetArrivals :execrows
DELETE FROM mail_arrivals WHERE store_id = $1 AND created_at < $2;

-- name: GetFolder :one
SELECT * FROM mail_folders WHERE store_id = $1 AND folder = $2;

-- name: ListFolders :many
SELECT * FROM mail_folders WHERE store_id = $1 ORDER BY folder;

-- name: PutFolder :exec
INSERT INTO mail_folders (store_id, folder, validity, last_uid, checked_at, trouble, trouble_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (store_id, folder) DO UPDATE SET validity = EXCLUDED.validity, last_uid = EXCLUDED.last_uid, checked_at = EXCLUDED.checked_at,
  trouble = EXCLUDED.trouble, trouble_at = EXCLUDED.trouble_at;

-- name: DropFolders :exec
DELETE FROM mail_folders WHERE store_id = $1 AND folder <> $2;

-- name: AdvanceFolder :execrows
UPDATE mail_folders SET last_uid = $4 WHERE store_id = $1 AND folder = $2 AND validity = $3 AND last_uid < $4;

-- name: ListCanned :many
SELECT * FROM canned_answers WHERE store_id = $1 ORDER BY title, canned_id;

-- name: GetCanned :one
SELECT * FROM canned_answers WHERE store_id = $1 AND canned_id = $2;

-- name: PutCanned :exec
INSERT INTO canned_answers (store_id, canned_id, title, body, changed_by, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $6)
ON CONFLICT (store_id, canned_id) DO UPDATE SET title = EXCLUDED.title, body = EXCLUDED.body, changed_by = EXCLUDED.changed_by, updated_at = EXCLUDED.updated_at;

-- name: DropCanned :execrows
DELETE FROM canned_answers WHERE store_id = $1 AND canned_id = $2;
