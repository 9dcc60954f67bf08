-- +goose Up

-- What belongs to an order, in the order in which it is read. An index without the last column
-- loses against the primary key, whose order fits but which is searched by the store alone: a
-- scan of everything that the store ever sold.
DROP INDEX IF EXISTS payments_order;
CREATE INDEX payments_order ON payments (store_id, order_id, payment_id);
DROP INDEX IF EXISTS refunds_order;
CREATE INDEX refunds_order ON refunds (store_id, order_id, refund_id);
DROP INDEX IF EXISTS chargebacks_order;
CREATE INDEX chargebacks_order ON chargebacks (store_id, order_id, chargeback_id);
DROP INDEX IF EXISTS ledger_order;
CREATE INDEX ledger_order ON ledger_entries (store_id, order_id, entry_id);
DROP INDEX IF EXISTS purchases_order;
CREATE INDEX purchases_order ON purchases (store_id, order_id, purchase_id);
DROP INDEX IF EXISTS shipments_order;
CREATE INDEX shipments_order ON shipments (store_id, order_id, shipment_id);
DROP INDEX IF EXISTS shipments_purchase;
CREATE INDEX shipments_purchase ON shipments (store_id, purchase_id, shipment_id);
DROP INDEX IF EXISTS shipments_by_number;
CREATE INDEX shipments_by_number ON shipments (store_id, number, shipment_id);
DROP INDEX IF EXISTS shipments_next_number;
CREATE INDEX shipments_next_number ON shipments (store_id, next_number, shipment_id);
DROP INDEX IF EXISTS mails_order;
CREATE INDEX mails_order ON mails (store_id, order_id, mail_id);
DROP INDEX IF EXISTS payments_ref;
CREATE INDEX payments_ref ON payments (store_id, connector_id, ref, payment_id);
DROP INDEX IF EXISTS purchases_ref;
CREATE INDEX purchases_ref ON purchases (store_id, supplier_id, ref, purchase_id);

-- The same for customers by a word of their name: see 0008.
DROP INDEX IF EXISTS customers_first;
CREATE INDEX customers_first ON customers (store_id, LOWER(SUBSTR(name, 1, 3)), customer_id);
DROP INDEX IF EXISTS customers_later;
CREATE INDEX customers_later ON customers (store_id, LOWER(SUBSTR(LTRIM(LTRIM(name, REPLACE(name, ' ', ''))), 1, 3)), customer_id);
DROP INDEX IF EXISTS customers_last;
CREATE INDEX customers_last ON customers (store_id, LOWER(SUBSTR(REPLACE(name, RTRIM(name, REPLACE(name, ' ', '')), ''), 1, 3)), customer_id);

-- The same for goods.
DROP INDEX IF EXISTS offers_variant;
CREATE INDEX offers_variant ON offers (store_id, variant_id, offer_id);
DROP INDEX IF EXISTS variants_sku;
CREATE INDEX variants_sku ON variants (store_id, sku, variant_id);
DROP INDEX IF EXISTS variants_barcode;
CREATE INDEX variants_barcode ON variants (store_id, barcode, variant_id);
DROP INDEX IF EXISTS collection_products_product;
CREATE INDEX collection_products_product ON collection_products (store_id, product_id, collection_id);
CREATE INDEX customer_sessions_age ON customer_sessions (store_id, created_at);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
