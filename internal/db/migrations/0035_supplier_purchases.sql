-- +goose Up

-- The purchases of one supplier, the newest first, page by page.
CREATE INDEX purchases_supplier ON purchases (store_id, supplier_id, purchase_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
