-- +goose Up

-- The oldest program that may run on this schema, told by the last migration that it knows.
-- A file that takes something away (-- contract) raises it.
CREATE TABLE schema_floor (
  floor_id BIGINT PRIMARY KEY CHECK (floor_id = 1),
  oldest   BIGINT NOT NULL
);
INSERT INTO schema_floor (floor_id, oldest) VALUES (1, 1);

-- When a connector's permission ends, 0 = never or not known; and how many days before it
-- people were told last, 0 = they were not.
ALTER TABLE connectors ADD COLUMN ends_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE connectors ADD COLUMN ends_told BIGINT NOT NULL DEFAULT 0;

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
