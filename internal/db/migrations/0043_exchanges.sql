-- +goose Up

-- Another article instead of the one that was claimed.
ALTER TABLE claims ADD COLUMN variant_id TEXT NOT NULL DEFAULT ''; -- the one the customer would like

CREATE TABLE exchanges (
  store_id      TEXT   NOT NULL,
  exchange_id   TEXT   NOT NULL,
  claim_id      TEXT   NOT NULL,
  order_id      TEXT   NOT NULL,
  line_id       BIGINT NOT NULL, -- of the order: the article that is exchanged
  variant_id    TEXT   NOT NULL, -- the article that comes instead
  sku           TEXT   NOT NULL,
  title         TEXT   NOT NULL,
  variant_title TEXT   NOT NULL,
  quantity      BIGINT NOT NULL CHECK (quantity > 0),
  state         TEXT   NOT NULL CHECK (state IN ('held', 'waiting', 'done', 'lapsed')),
  price_minor   BIGINT NOT NULL, -- of all units, with tax
  worth_minor   BIGINT NOT NULL, -- what the units that are exchanged weigh in the order
  currency      TEXT   NOT NULL,
  payment_id    TEXT   NOT NULL DEFAULT '', -- by which the customer paid the difference
  refund_id     TEXT   NOT NULL DEFAULT '', -- or got it back
  due_at        BIGINT NOT NULL DEFAULT 0,  -- until when
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, exchange_id),
  FOREIGN KEY (store_id, claim_id) REFERENCES claims (store_id, claim_id)
);
CREATE INDEX exchanges_claim ON exchanges (store_id, claim_id, exchange_id);
CREATE INDEX exchanges_order ON exchanges (store_id, order_id, exchange_id);

ALTER TABLE payments ADD COLUMN exchange_id TEXT NOT NULL DEFAULT ''; -- it pays for the difference of an exchange, not for the sale

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
