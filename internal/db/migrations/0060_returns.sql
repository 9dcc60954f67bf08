-- +goose Up

-- The way back of a claim's goods: the label that the desk gave for it, and what the customer
-- paid for it where the store bears that. One row for a claim: it is paid back once.
CREATE TABLE claim_returns (
  store_id      TEXT   NOT NULL,
  claim_id      TEXT   NOT NULL,
  order_id      TEXT   NOT NULL,
  currency      TEXT   NOT NULL,
  label_url     TEXT   NOT NULL DEFAULT '',
  label_photo   TEXT   NOT NULL DEFAULT '', -- among claim_photos
  receipt_photo TEXT   NOT NULL DEFAULT '', -- among claim_photos
  asked_minor   BIGINT NOT NULL DEFAULT 0,  -- what the customer says that it cost
  asked_at      BIGINT NOT NULL DEFAULT 0,  -- 0 = no receipt waits
  paid_minor    BIGINT NOT NULL DEFAULT 0 CHECK (paid_minor >= 0),
  credit_minor  BIGINT NOT NULL DEFAULT 0 CHECK (credit_minor >= 0 AND credit_minor <= paid_minor), -- of that, as store credit
  paid_at       BIGINT NOT NULL DEFAULT 0,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, claim_id),
  FOREIGN KEY (store_id, claim_id) REFERENCES claims (store_id, claim_id)
);
CREATE INDEX claim_returns_order ON claim_returns (store_id, order_id, claim_id);

-- What a picture is for: '' = it shows what is wrong; receipt, label.
ALTER TABLE claim_photos ADD COLUMN purpose TEXT NOT NULL DEFAULT '';

-- Returns whose number was given had no clock: from now on somebody is told after 21 days.
UPDATE claims SET due_at = updated_at + 1814400000000 WHERE state = 'returning' AND return_number <> '' AND due_at = 0;

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
