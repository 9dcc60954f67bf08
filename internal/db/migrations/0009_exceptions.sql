-- +goose Up

-- A provider may take days over a refund, or over letting go: it is asked, and a person is
-- told when it takes too long.
ALTER TABLE refunds ADD COLUMN pending_at BIGINT NOT NULL DEFAULT 0; -- since when the provider says so
ALTER TABLE refunds ADD COLUMN slow BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE payments ADD COLUMN slow BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX refunds_sending ON refunds (store_id, refund_id) WHERE state = 'sending';
CREATE INDEX payments_voiding ON payments (store_id, payment_id) WHERE state = 'voiding';

-- Delays that we noticed ourselves: which stage takes longer than it does mostly; empty = none.
ALTER TABLE purchases ADD COLUMN late TEXT NOT NULL DEFAULT '';
ALTER TABLE shipments ADD COLUMN late TEXT NOT NULL DEFAULT '';

-- Work about the order that was given up, as a JSON list; empty = none.
ALTER TABLE orders ADD COLUMN given_up TEXT NOT NULL DEFAULT '';
CREATE INDEX orders_given_up ON orders (store_id, order_id) WHERE given_up <> '';

-- Every number by which a supplier knows a purchase that it has split.
CREATE TABLE purchase_parts (
  store_id    TEXT NOT NULL,
  supplier_id TEXT NOT NULL,
  part        TEXT NOT NULL,
  purchase_id TEXT NOT NULL,
  PRIMARY KEY (store_id, supplier_id, part),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);

-- Variants that are not sold for a while, and why.
CREATE TABLE pauses (
  store_id   TEXT   NOT NULL,
  variant_id TEXT   NOT NULL,
  code       TEXT   NOT NULL, -- person, cost
  reason     TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, variant_id),
  FOREIGN KEY (store_id, variant_id) REFERENCES variants (store_id, variant_id)
);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
