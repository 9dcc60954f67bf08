-- +goose Up

-- Indexes that hold the order of their queries too: without it SQLite prefers the primary key,
-- which has the order and finds nothing (see docs/performance.md).

DROP INDEX IF EXISTS statement_lines_order;
CREATE INDEX statement_lines_order ON statement_lines (store_id, order_id, statement_id, line_no) WHERE order_id <> '';
DROP INDEX IF EXISTS statement_lines_purchase;
CREATE INDEX statement_lines_purchase ON statement_lines (store_id, purchase_id, statement_id, line_no) WHERE purchase_id <> '';
DROP INDEX IF EXISTS disputes_purchase;
CREATE INDEX disputes_purchase ON disputes (store_id, purchase_id, dispute_id);
DROP INDEX IF EXISTS discount_uses_order;
CREATE INDEX discount_uses_order ON discount_uses (store_id, order_id, discount_id);
CREATE INDEX credit_entries_order ON credit_entries (store_id, order_id, entry_id) WHERE order_id <> '';
CREATE INDEX credit_entries_newest ON credit_entries (store_id, customer_id, entry_id);
DROP INDEX IF EXISTS mails_header;
CREATE INDEX mails_header ON mails (store_id, header_key, mail_id) WHERE header_key <> '';
DROP INDEX IF EXISTS messages_header;
CREATE INDEX messages_header ON messages (store_id, header_key, message_id) WHERE header_key <> '';
CREATE INDEX mail_arrivals_old ON mail_arrivals (store_id, created_at);
CREATE INDEX conversations_overdue ON conversations (store_id, last_at, conversation_id) WHERE overdue;
