-- +goose Up

-- Where a collection stands among the others: lower ones come first, equal ones by their title.
ALTER TABLE collections ADD COLUMN position BIGINT NOT NULL DEFAULT 0;

-- Whether a variant was ever sold, and whose carts it lies in: asked before it is taken away.
CREATE INDEX order_lines_variant ON order_lines (store_id, variant_id);
CREATE INDEX exchanges_variant ON exchanges (store_id, variant_id);
CREATE INDEX cart_lines_variant ON cart_lines (store_id, variant_id, cart_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
