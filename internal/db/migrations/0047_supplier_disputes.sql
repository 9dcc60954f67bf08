-- +goose Up

-- contract: disputes is made anew, with states and a source that an older program does not know
UPDATE schema_floor SET oldest = 47;

-- Our demand on a supplier: how it is told, and calls whose answer was lost. A demand may rest on
-- a bill that is too high, too; then there is no claim.
CREATE TABLE disputes_new (
  store_id       TEXT    NOT NULL,
  dispute_id     TEXT    NOT NULL,
  order_id       TEXT    NOT NULL,
  claim_id       TEXT    NOT NULL, -- empty: it rests on a bill
  purchase_id    TEXT    NOT NULL,
  supplier_id    TEXT    NOT NULL,
  state          TEXT    NOT NULL CHECK (state IN ('due', 'filing', 'uncertain', 'filed', 'granted', 'credited', 'denied', 'lapsed')),
  amount_minor   BIGINT  NOT NULL, -- demanded, order currency
  credited_minor BIGINT  NOT NULL DEFAULT 0,
  waived_minor   BIGINT  NOT NULL DEFAULT 0, -- of what is missing: we let it be
  currency       TEXT    NOT NULL,
  ref            TEXT    NOT NULL DEFAULT '', -- the supplier's name of it
  words          TEXT    NOT NULL DEFAULT '', -- the supplier's
  way            TEXT    NOT NULL DEFAULT '', -- how it is told: connector, mail, hand
  trouble        TEXT    NOT NULL DEFAULT '', -- why it could not be told
  near           BOOLEAN NOT NULL DEFAULT FALSE, -- the end of the window is near
  line           TEXT    NOT NULL DEFAULT '', -- of the statement that it rests on: "<statement>/<line>"
  due_at         BIGINT  NOT NULL, -- the end of the supplier's window
  tried_at       BIGINT  NOT NULL DEFAULT 0, -- when it was first sent
  filed_at       BIGINT  NOT NULL DEFAULT 0,
  created_at     BIGINT  NOT NULL,
  updated_at     BIGINT  NOT NULL,
  PRIMARY KEY (store_id, dispute_id),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);
INSERT INTO disputes_new (store_id, dispute_id, order_id, claim_id, purchase_id, supplier_id, state, amount_minor, credited_minor, currency, ref, words,
  due_at, filed_at, created_at, updated_at)
SELECT store_id, dispute_id, order_id, claim_id, purchase_id, supplier_id, state, amount_minor, credited_minor, currency, ref, words,
  due_at, filed_at, created_at, updated_at FROM disputes;
DROP TABLE disputes;
ALTER TABLE disputes_new RENAME TO disputes;
CREATE UNIQUE INDEX disputes_claim ON disputes (store_id, claim_id, purchase_id) WHERE claim_id <> '';
CREATE UNIQUE INDEX disputes_line ON disputes (store_id, line) WHERE line <> '';
CREATE INDEX disputes_order ON disputes (store_id, order_id, dispute_id);
CREATE INDEX disputes_due ON disputes (store_id, due_at, dispute_id) WHERE state IN ('due', 'denied');
CREATE INDEX disputes_told ON disputes (store_id, dispute_id) WHERE state IN ('filed', 'granted');
CREATE INDEX disputes_supplier ON disputes (store_id, supplier_id, dispute_id);
CREATE INDEX disputes_purchase ON disputes (store_id, purchase_id);

-- Our answer to a bank's demand: what it says, and its way to the provider.
CREATE TABLE chargeback_answers (
  store_id      TEXT   NOT NULL,
  chargeback_id TEXT   NOT NULL,
  order_id      TEXT   NOT NULL,
  state         TEXT   NOT NULL CHECK (state IN ('draft', 'queued', 'sending', 'uncertain', 'sent', 'refused')),
  fields        TEXT   NOT NULL, -- JSON: the evidence as a person left it
  words         TEXT   NOT NULL DEFAULT '', -- why it did not go through
  actor         TEXT   NOT NULL DEFAULT '', -- who submitted it
  tried_at      BIGINT NOT NULL DEFAULT 0,
  sent_at       BIGINT NOT NULL DEFAULT 0,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, chargeback_id),
  FOREIGN KEY (store_id, chargeback_id) REFERENCES chargebacks (store_id, chargeback_id)
);
ALTER TABLE chargebacks ADD COLUMN near BOOLEAN NOT NULL DEFAULT FALSE; -- the day by which to answer is near
CREATE INDEX chargebacks_due ON chargebacks (store_id, due_at, chargeback_id) WHERE due_at > 0 AND state IN ('inquiry', 'opened');

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
