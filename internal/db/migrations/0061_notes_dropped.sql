-- +goose Up

-- When a note was removed: it can be brought back for an hour, and is forgotten with the next
-- note that is written or removed after that.
ALTER TABLE customer_notes ADD COLUMN dropped_at BIGINT NOT NULL DEFAULT 0; -- 0: it stands

CREATE INDEX customer_notes_dropped ON customer_notes (store_id, dropped_at) WHERE dropped_at > 0;

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
