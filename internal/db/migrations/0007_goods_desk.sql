-- +goose Up

-- What a merchant keeps back of a supplier's stock: units that are never promised to
-- customers, because others buy from the same shelf. Units and per cent add up.
ALTER TABLE offers ADD COLUMN buffer_units BIGINT NOT NULL DEFAULT 0;
ALTER TABLE offers ADD COLUMN buffer_percent BIGINT NOT NULL DEFAULT 0;

-- Orders that a merchant placed to see how one travels: what is bought for them waits for a
-- person, so that no supplier ships one by mistake.
CREATE TABLE test_orders (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  order_id   TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, order_id)
);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
