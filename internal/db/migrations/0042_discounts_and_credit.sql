-- +goose Up

-- Codes that make an order cheaper.
CREATE TABLE discounts (
  store_id    TEXT    NOT NULL REFERENCES stores (store_id),
  discount_id TEXT    NOT NULL,
  code        TEXT    NOT NULL, -- as it is compared: upper case, no spaces
  kind        TEXT    NOT NULL CHECK (kind IN ('percent', 'amount', 'shipping')),
  value       BIGINT  NOT NULL CHECK (value >= 0), -- of percent: basis points; of amount: minor units
  currency    TEXT    NOT NULL, -- of value and min_minor
  min_minor   BIGINT  NOT NULL DEFAULT 0, -- the goods must come to this
  from_at     BIGINT  NOT NULL DEFAULT 0,
  until_at    BIGINT  NOT NULL DEFAULT 0, -- the first moment it is over; 0 = it has no end
  once        BOOLEAN NOT NULL DEFAULT FALSE, -- per customer, told by the mail address
  most_uses   BIGINT  NOT NULL DEFAULT 0, -- by all together; 0 = any number
  uses        BIGINT  NOT NULL DEFAULT 0 CHECK (uses >= 0),
  email       TEXT    NOT NULL DEFAULT '', -- the only one who may use it, lower case; empty = everybody
  order_id    TEXT    NOT NULL DEFAULT '', -- the order it makes good for
  active      BOOLEAN NOT NULL DEFAULT TRUE,
  note        TEXT    NOT NULL DEFAULT '', -- the merchant's own
  created_at  BIGINT  NOT NULL,
  updated_at  BIGINT  NOT NULL,
  PRIMARY KEY (store_id, discount_id),
  CHECK (most_uses = 0 OR uses <= most_uses)
);
CREATE UNIQUE INDEX discounts_code ON discounts (store_id, code);
CREATE UNIQUE INDEX discounts_order ON discounts (store_id, order_id) WHERE order_id <> '';

-- Every order that a code was used for; released when the order came to nothing.
CREATE TABLE discount_uses (
  store_id    TEXT    NOT NULL,
  discount_id TEXT    NOT NULL,
  order_id    TEXT    NOT NULL,
  email       TEXT    NOT NULL, -- lower case
  once        BOOLEAN NOT NULL, -- as the code said then
  given_minor BIGINT  NOT NULL, -- with what was saved on shipping
  currency    TEXT    NOT NULL,
  used_at     BIGINT  NOT NULL,
  released_at BIGINT  NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, discount_id, order_id),
  FOREIGN KEY (store_id, discount_id) REFERENCES discounts (store_id, discount_id)
);
CREATE UNIQUE INDEX discount_uses_once ON discount_uses (store_id, discount_id, email) WHERE once AND released_at = 0;
CREATE INDEX discount_uses_order ON discount_uses (store_id, order_id);

ALTER TABLE carts ADD COLUMN code TEXT NOT NULL DEFAULT '';             -- a discount's, as it was entered
ALTER TABLE carts ADD COLUMN use_credit BOOLEAN NOT NULL DEFAULT FALSE; -- pay with store credit first
ALTER TABLE orders ADD COLUMN discount_code TEXT NOT NULL DEFAULT '';

-- What customers may spend here. Entries are never changed; the balance is their sum.
CREATE TABLE credit_entries (
  store_id     TEXT   NOT NULL,
  entry_id     TEXT   NOT NULL,
  entry_key    TEXT   NOT NULL, -- the same fact counts once
  customer_id  TEXT   NOT NULL,
  order_id     TEXT   NOT NULL DEFAULT '',
  kind         TEXT   NOT NULL CHECK (kind IN ('refund', 'goodwill', 'hand', 'used', 'back')),
  amount_minor BIGINT NOT NULL, -- negative: spent, or taken back
  currency     TEXT   NOT NULL,
  words        TEXT   NOT NULL DEFAULT '',
  actor        TEXT   NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (store_id, entry_id),
  FOREIGN KEY (store_id, customer_id) REFERENCES customers (store_id, customer_id)
);
CREATE UNIQUE INDEX credit_entries_key ON credit_entries (store_id, entry_key);
CREATE INDEX credit_entries_customer ON credit_entries (store_id, customer_id, currency, entry_id);

ALTER TABLE refunds ADD COLUMN to_credit BOOLEAN NOT NULL DEFAULT FALSE; -- as store credit, not to where it came from
ALTER TABLE refunds ADD COLUMN claim_id TEXT NOT NULL DEFAULT '';       -- the claim it settles
ALTER TABLE claims ADD COLUMN wish_credit BOOLEAN NOT NULL DEFAULT FALSE; -- the customer would like store credit
ALTER TABLE claims ADD COLUMN to_credit BOOLEAN NOT NULL DEFAULT FALSE;   -- and that is what it is settled by

-- Open orders by the last day that was promised: what is late is found without reading all.
CREATE INDEX orders_promised ON orders (store_id, promised_to, order_id) WHERE state = 'open';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
