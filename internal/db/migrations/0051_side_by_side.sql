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

-- The request or job that made a job, as a W3C traceparent; empty where nobody traces.
ALTER TABLE jobs ADD COLUMN trace TEXT NOT NULL DEFAULT '';

-- A line that a customer took in place of another one of the order; 0 = it was sold at first.
-- Its units' shares are no part of the order's totals, which stay as they were sold.
ALTER TABLE order_lines ADD COLUMN instead_of BIGINT NOT NULL DEFAULT 0;

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
