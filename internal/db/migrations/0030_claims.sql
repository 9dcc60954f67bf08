-- +goose Up

-- What a customer says is wrong, and what becomes of it.
ALTER TABLE claims ADD COLUMN number TEXT NOT NULL DEFAULT '';      -- on papers: "1042-C1"
ALTER TABLE claims ADD COLUMN wish TEXT NOT NULL DEFAULT '';        -- the outcome the customer would like
ALTER TABLE claims ADD COLUMN outcome TEXT NOT NULL DEFAULT '';     -- the one that was approved
ALTER TABLE claims ADD COLUMN amount_minor BIGINT NOT NULL DEFAULT 0; -- what is given back, order currency
ALTER TABLE claims ADD COLUMN refund_id TEXT NOT NULL DEFAULT '';
ALTER TABLE claims ADD COLUMN purchase_id TEXT NOT NULL DEFAULT ''; -- the replacement
ALTER TABLE claims ADD COLUMN trouble TEXT NOT NULL DEFAULT '';     -- why the settlement did not work out
ALTER TABLE claims ADD COLUMN due_at BIGINT NOT NULL DEFAULT 0;     -- the customer's turn ends; 0 = it is not their turn
ALTER TABLE claims ADD COLUMN return_to TEXT NOT NULL DEFAULT '';   -- where the goods go back to
ALTER TABLE claims ADD COLUMN return_paid BOOLEAN NOT NULL DEFAULT FALSE; -- by the store
ALTER TABLE claims ADD COLUMN return_number TEXT NOT NULL DEFAULT ''; -- tracking number of the way back
ALTER TABLE claims ADD COLUMN return_carrier TEXT NOT NULL DEFAULT '';
ALTER TABLE claims ADD COLUMN received_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX IF EXISTS claims_order;
CREATE INDEX claims_order ON claims (store_id, order_id, claim_id);
CREATE INDEX claims_live ON claims (store_id, claim_id) WHERE state IN ('opened', 'waiting', 'returning', 'inspecting', 'settling', 'failed');
CREATE INDEX claims_due ON claims (store_id, due_at, claim_id) WHERE due_at > 0;

-- The units that a claim is about: units first_unit .. first_unit + units - 1 of a line.
CREATE TABLE claim_units (
  store_id   TEXT   NOT NULL,
  claim_id   TEXT   NOT NULL,
  line_id    BIGINT NOT NULL, -- of the order
  first_unit BIGINT NOT NULL, -- from 1
  units      BIGINT NOT NULL CHECK (units > 0),
  refused    BIGINT NOT NULL DEFAULT 0, -- of them, not accepted when they came back
  PRIMARY KEY (store_id, claim_id, line_id, first_unit),
  FOREIGN KEY (store_id, claim_id) REFERENCES claims (store_id, claim_id)
);

-- Photos, made anew from what was sent: no metadata, JPEG.
CREATE TABLE claim_photos (
  store_id   TEXT   NOT NULL,
  claim_id   TEXT   NOT NULL,
  photo_id   TEXT   NOT NULL,
  width      BIGINT NOT NULL,
  height     BIGINT NOT NULL,
  bytes      BIGINT NOT NULL,
  body       TEXT   NOT NULL, -- base 64
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, claim_id, photo_id),
  FOREIGN KEY (store_id, claim_id) REFERENCES claims (store_id, claim_id)
);

-- What was bought for a claim does not count for the sale itself.
ALTER TABLE purchases ADD COLUMN claim_id TEXT NOT NULL DEFAULT '';

-- What a supplier makes good, and until when.
CREATE TABLE supplier_terms (
  store_id    TEXT   NOT NULL,
  supplier_id TEXT   NOT NULL,
  return_to   TEXT   NOT NULL DEFAULT '', -- address; empty = it takes nothing back
  days        BIGINT NOT NULL DEFAULT 0,  -- after delivery; 0 = it makes nothing good
  evidence    TEXT   NOT NULL DEFAULT '', -- comma separated: photo, tracking, message, video
  accepts     TEXT   NOT NULL DEFAULT '', -- comma separated: refund, replacement, return
  email       TEXT   NOT NULL DEFAULT '', -- where disputes are written to
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, supplier_id),
  FOREIGN KEY (store_id, supplier_id) REFERENCES suppliers (store_id, supplier_id)
);

-- Our demand on a supplier for a loss.
CREATE TABLE disputes (
  store_id       TEXT   NOT NULL,
  dispute_id     TEXT   NOT NULL,
  order_id       TEXT   NOT NULL,
  claim_id       TEXT   NOT NULL,
  purchase_id    TEXT   NOT NULL,
  supplier_id    TEXT   NOT NULL,
  state          TEXT   NOT NULL CHECK (state IN ('due', 'filed', 'granted', 'credited', 'denied', 'lapsed')),
  amount_minor   BIGINT NOT NULL, -- demanded, order currency
  credited_minor BIGINT NOT NULL DEFAULT 0,
  currency       TEXT   NOT NULL,
  ref            TEXT   NOT NULL DEFAULT '', -- the supplier's name of it
  words          TEXT   NOT NULL DEFAULT '', -- the supplier's
  due_at         BIGINT NOT NULL, -- the end of the supplier's window
  filed_at       BIGINT NOT NULL DEFAULT 0,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  PRIMARY KEY (store_id, dispute_id),
  FOREIGN KEY (store_id, claim_id) REFERENCES claims (store_id, claim_id),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);
CREATE UNIQUE INDEX disputes_claim ON disputes (store_id, claim_id, purchase_id);
CREATE INDEX disputes_order ON disputes (store_id, order_id, dispute_id);
CREATE INDEX disputes_due ON disputes (store_id, due_at, dispute_id) WHERE state IN ('due', 'filed', 'denied');

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
