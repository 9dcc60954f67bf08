-- +goose Up

-- The shop's policies as customers were shown them when they placed an order: each text once,
-- by the hash of its kind, language and words. They are never changed.
CREATE TABLE agreed_texts (
  store_id  TEXT   NOT NULL REFERENCES stores (store_id),
  text_hash TEXT   NOT NULL,
  kind      TEXT   NOT NULL, -- terms, returns, privacy
  locale    TEXT   NOT NULL, -- that the words are in, BCP 47
  words     TEXT   NOT NULL, -- plain text or HTML
  first_at  BIGINT NOT NULL, -- when an order was first placed under it
  PRIMARY KEY (store_id, text_hash)
);

-- Which of them an order was placed under: hashes with spaces between; empty = placed before
-- they were kept.
ALTER TABLE orders ADD COLUMN agreed_to TEXT NOT NULL DEFAULT '';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
