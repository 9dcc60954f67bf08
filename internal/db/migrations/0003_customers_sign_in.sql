-- +goose Up

-- In which language a customer wants to be written to; empty: nobody asked.
ALTER TABLE customers ADD COLUMN locale TEXT NOT NULL DEFAULT '';

-- A code that was mailed to somebody who wants to sign in to the shop. Neither the code nor the
-- link is stored: both follow from the row's name and the installation's key.
CREATE TABLE customer_codes (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  code_id    TEXT   NOT NULL,
  email      TEXT   NOT NULL, -- lower case
  locale     TEXT   NOT NULL,
  tries      BIGINT NOT NULL DEFAULT 0,
  created_at BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL,
  used_at    BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, code_id)
);
CREATE INDEX customer_codes_ends ON customer_codes (store_id, ends_at);
CREATE INDEX customer_codes_email ON customer_codes (store_id, email, created_at);

-- A browser in which a customer has signed in. The token itself is only in its cookie.
CREATE TABLE customer_sessions (
  store_id    TEXT   NOT NULL REFERENCES stores (store_id),
  session_id  TEXT   NOT NULL,
  customer_id TEXT   NOT NULL,
  token_hash  TEXT   NOT NULL, -- hex SHA-256 of the token, which is random and long
  agent       TEXT   NOT NULL DEFAULT '', -- what the browser calls itself
  created_at  BIGINT NOT NULL,
  seen_at     BIGINT NOT NULL,
  PRIMARY KEY (store_id, session_id),
  FOREIGN KEY (store_id, customer_id) REFERENCES customers (store_id, customer_id)
);
CREATE UNIQUE INDEX customer_sessions_token ON customer_sessions (token_hash);
CREATE INDEX customer_sessions_customer ON customer_sessions (store_id, customer_id);

-- Where a customer gets post.
CREATE TABLE customer_addresses (
  store_id    TEXT    NOT NULL REFERENCES stores (store_id),
  address_id  TEXT    NOT NULL,
  customer_id TEXT    NOT NULL,
  body        TEXT    NOT NULL, -- JSON address
  is_default  BOOLEAN NOT NULL DEFAULT FALSE,
  created_at  BIGINT  NOT NULL,
  updated_at  BIGINT  NOT NULL,
  PRIMARY KEY (store_id, address_id),
  FOREIGN KEY (store_id, customer_id) REFERENCES customers (store_id, customer_id)
);
CREATE INDEX customer_addresses_customer ON customer_addresses (store_id, customer_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
