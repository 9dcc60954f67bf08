-- +goose Up

-- Parcels in which a claim's goods travel back, followed as those are that we send. A claim has
-- one for each number that was given; the one that counts is claims.return_number.
CREATE TABLE return_parcels (
  store_id      TEXT   NOT NULL,
  shipment_id   TEXT   NOT NULL, -- sr_…: after those that we send
  order_id      TEXT   NOT NULL,
  claim_id      TEXT   NOT NULL,
  number        TEXT   NOT NULL, -- tracking number, normalised
  carrier       TEXT   NOT NULL DEFAULT '', -- our code
  carrier_name  TEXT   NOT NULL DEFAULT '',
  state         TEXT   NOT NULL CHECK (state IN ('announced', 'in-transit', 'out-for-delivery', 'delivered', 'exception', 'lost', 'returning', 'returned')),
  words         TEXT   NOT NULL DEFAULT '', -- of the newest scan
  event_at      BIGINT NOT NULL DEFAULT 0,  -- newest scan's own time
  delivered_at  BIGINT NOT NULL DEFAULT 0,
  registered_at BIGINT NOT NULL DEFAULT 0, -- with the tracking service
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, shipment_id),
  FOREIGN KEY (store_id, claim_id) REFERENCES claims (store_id, claim_id)
);
CREATE UNIQUE INDEX return_parcels_claim ON return_parcels (store_id, claim_id, number);
CREATE INDEX return_parcels_number ON return_parcels (store_id, number, shipment_id);
CREATE INDEX return_parcels_order ON return_parcels (store_id, order_id);
CREATE INDEX return_parcels_moving ON return_parcels (store_id, shipment_id)
  WHERE state IN ('announced', 'in-transit', 'out-for-delivery', 'exception', 'returning');

CREATE TABLE return_scans (
  store_id    TEXT   NOT NULL,
  shipment_id TEXT   NOT NULL,
  event_key   TEXT   NOT NULL, -- the same fact has the same key, whoever tells it
  at          BIGINT NOT NULL, -- the carrier's own time
  kind        TEXT   NOT NULL,
  words       TEXT   NOT NULL,
  location    TEXT   NOT NULL,
  country     TEXT   NOT NULL,
  source      TEXT   NOT NULL, -- who told: a connector's name
  received_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, shipment_id, event_key),
  FOREIGN KEY (store_id, shipment_id) REFERENCES return_parcels (store_id, shipment_id)
);

-- Those that are on their way now are followed from now on.
INSERT INTO return_parcels (store_id, shipment_id, order_id, claim_id, number, state, updated_at)
SELECT store_id, 'sr_' || claim_id, order_id, claim_id, return_number, 'announced', updated_at
FROM claims WHERE state = 'returning' AND return_number <> '';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
