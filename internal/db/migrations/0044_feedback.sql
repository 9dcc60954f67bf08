-- +goose Up

-- What a customer thinks of one article of an order.
CREATE TABLE reviews (
  store_id     TEXT   NOT NULL,
  review_id    TEXT   NOT NULL,
  order_id     TEXT   NOT NULL,
  line_id      BIGINT NOT NULL, -- of the order
  product_id   TEXT   NOT NULL,
  customer_id  TEXT   NOT NULL,
  state        TEXT   NOT NULL CHECK (state IN ('waiting', 'published', 'refused')),
  stars        BIGINT NOT NULL CHECK (stars BETWEEN 1 AND 5),
  words        TEXT   NOT NULL DEFAULT '',
  name         TEXT   NOT NULL DEFAULT '', -- that is shown; empty = none
  variant      TEXT   NOT NULL DEFAULT '', -- which kind of the article it was, in words
  reason       TEXT   NOT NULL DEFAULT '', -- why it was refused
  answer       TEXT   NOT NULL DEFAULT '', -- the merchant's
  answered_at  BIGINT NOT NULL DEFAULT 0,
  published_at BIGINT NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, review_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);
CREATE UNIQUE INDEX reviews_line ON reviews (store_id, order_id, line_id);
CREATE INDEX reviews_state ON reviews (store_id, state, review_id);
CREATE INDEX reviews_product ON reviews (store_id, product_id, review_id) WHERE state = 'published';
CREATE INDEX reviews_customer ON reviews (store_id, customer_id, review_id);

-- Their photos, made anew from what was sent: no metadata, JPEG.
CREATE TABLE review_photos (
  store_id   TEXT   NOT NULL,
  review_id  TEXT   NOT NULL,
  photo_id   TEXT   NOT NULL,
  width      BIGINT NOT NULL,
  height     BIGINT NOT NULL,
  bytes      BIGINT NOT NULL,
  body       TEXT   NOT NULL, -- base 64
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, review_id, photo_id),
  FOREIGN KEY (store_id, review_id) REFERENCES reviews (store_id, review_id)
);

-- How many published reviews of a product gave how many stars: the average is a division of
-- two whole numbers.
CREATE TABLE product_ratings (
  store_id   TEXT   NOT NULL,
  product_id TEXT   NOT NULL,
  one        BIGINT NOT NULL DEFAULT 0,
  two        BIGINT NOT NULL DEFAULT 0,
  three      BIGINT NOT NULL DEFAULT 0,
  four       BIGINT NOT NULL DEFAULT 0,
  five       BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, product_id)
);

-- What only the merchant sees: how it went, once for each purchase of the order.
CREATE TABLE service_ratings (
  store_id    TEXT   NOT NULL,
  order_id    TEXT   NOT NULL,
  purchase_id TEXT   NOT NULL,
  supplier_id TEXT   NOT NULL,
  delivery    BIGINT NOT NULL CHECK (delivery BETWEEN 0 AND 5), -- 0 = nothing was said
  packaging   BIGINT NOT NULL CHECK (packaging BETWEEN 0 AND 5),
  contact     BIGINT NOT NULL CHECK (contact BETWEEN 0 AND 5),
  words       TEXT   NOT NULL DEFAULT '',
  created_at  BIGINT NOT NULL,
  updated_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, order_id, purchase_id),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);
CREATE INDEX service_ratings_supplier ON service_ratings (store_id, supplier_id, updated_at);
CREATE INDEX service_ratings_new ON service_ratings (store_id, updated_at, order_id);

-- What is to be asked or offered to a customer after a delivery, and what came of it.
CREATE TABLE follow_ups (
  store_id     TEXT   NOT NULL,
  order_id     TEXT   NOT NULL,
  kind         TEXT   NOT NULL CHECK (kind IN ('review', 'offer')),
  state        TEXT   NOT NULL CHECK (state IN ('planned', 'sent', 'dropped')),
  reason       TEXT   NOT NULL DEFAULT '', -- why it was dropped
  delivered_at BIGINT NOT NULL,
  due_at       BIGINT NOT NULL,
  ended_at     BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, order_id, kind),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);
CREATE INDEX follow_ups_due ON follow_ups (store_id, due_at, order_id) WHERE state = 'planned';

-- What a customer wants to be written about besides their orders. Rows are added and never
-- changed: the newest one of a kind holds, the others are proof.
CREATE TABLE consents (
  store_id    TEXT    NOT NULL,
  consent_id  TEXT    NOT NULL,
  customer_id TEXT    NOT NULL,
  kind        TEXT    NOT NULL CHECK (kind IN ('review', 'offer')),
  given       BOOLEAN NOT NULL,
  wording     TEXT    NOT NULL DEFAULT '', -- that was agreed to, word for word
  source      TEXT    NOT NULL, -- checkout, account, mail, staff
  order_id    TEXT    NOT NULL DEFAULT '',
  at          BIGINT  NOT NULL,
  PRIMARY KEY (store_id, consent_id),
  FOREIGN KEY (store_id, customer_id) REFERENCES customers (store_id, customer_id)
);
CREATE INDEX consents_customer ON consents (store_id, customer_id, consent_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
