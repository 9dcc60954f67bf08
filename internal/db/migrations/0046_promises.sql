-- +goose Up

-- What was learned of the ways that parcels take. Empty country, supplier or service: all of them.
CREATE TABLE lanes (
  store_id        TEXT   NOT NULL REFERENCES stores (store_id),
  country         TEXT   NOT NULL, -- of the customer, ISO 3166
  supplier_id     TEXT   NOT NULL,
  service         TEXT   NOT NULL, -- of the freight
  parcels         BIGINT NOT NULL, -- delivered, that it was learned from
  stated_minutes  BIGINT NOT NULL, -- what was stated for them, at most: handling and transit
  typical_minutes BIGINT NOT NULL, -- half of them are there by then, after the order; 0 = nothing was delivered yet
  slow_minutes    BIGINT NOT NULL, -- nine of ten
  way_permille    BIGINT NOT NULL, -- of that time, the carrier's part
  label_minutes   BIGINT NOT NULL, -- nine of ten are announced by then, after they were ordered; 0 = unknown
  scan_minutes    BIGINT NOT NULL, -- … and seen by a carrier, after they were announced
  gap_minutes     BIGINT NOT NULL, -- nine of ten never stood still for longer
  learned_at      BIGINT NOT NULL,
  PRIMARY KEY (store_id, country, supplier_id, service)
);

-- What a customer was promised, and when it is expected now.
CREATE TABLE promises (
  store_id     TEXT   NOT NULL,
  order_id     TEXT   NOT NULL,
  from_at      BIGINT NOT NULL, -- promised at the sale: kept
  to_at        BIGINT NOT NULL,
  expect_from_at BIGINT NOT NULL, -- as it looks now
  expect_to_at BIGINT NOT NULL,
  why          TEXT   NOT NULL DEFAULT '', -- what moved it last
  told_at      BIGINT NOT NULL DEFAULT 0,  -- the last day that the customer was told of as late; 0 = none
  done_at      BIGINT NOT NULL DEFAULT 0,  -- delivered or over
  moved_at     BIGINT NOT NULL,
  PRIMARY KEY (store_id, order_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);
CREATE INDEX promises_due ON promises (store_id, to_at, order_id) WHERE done_at = 0;

-- What is odd about a parcel, though its carrier says that all is well.
CREATE TABLE parcel_flags (
  store_id    TEXT   NOT NULL,
  shipment_id TEXT   NOT NULL,
  flag        TEXT   NOT NULL CHECK (flag IN ('never-scanned', 'number-seen', 'elsewhere')),
  order_id    TEXT   NOT NULL,
  words       TEXT   NOT NULL,
  found_at    BIGINT NOT NULL,
  settled_at  BIGINT NOT NULL DEFAULT 0, -- somebody has looked, or it was scanned after all
  PRIMARY KEY (store_id, shipment_id, flag),
  FOREIGN KEY (store_id, shipment_id) REFERENCES shipments (store_id, shipment_id)
);
CREATE INDEX parcel_flags_order ON parcel_flags (store_id, order_id, shipment_id, flag);

-- What carriers, customers and the books say of a supplier, and of each of its articles.
CREATE TABLE scores (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  supplier_id  TEXT   NOT NULL,
  sku          TEXT   NOT NULL, -- the supplier's; empty = all of them
  measure      TEXT   NOT NULL,
  recent_part  BIGINT NOT NULL, -- the last 30 days: what went well of …, or minutes in all
  recent_whole BIGINT NOT NULL, -- … so many
  before_part  BIGINT NOT NULL, -- the 90 days before
  before_whole BIGINT NOT NULL,
  counted_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, supplier_id, sku, measure)
);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
