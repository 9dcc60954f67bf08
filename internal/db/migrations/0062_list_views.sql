-- +goose Up

-- A list of the dashboard that somebody looks at often: its filter, sort and columns as an address.
-- Each list has names of its own. order_views, which knew the orders only, is what the release
-- before still reads; nothing writes it any more.
CREATE TABLE list_views (
  store_id   TEXT    NOT NULL REFERENCES stores (store_id),
  view_id    TEXT    NOT NULL,
  staff_id   TEXT    NOT NULL, -- whose it is
  list       TEXT    NOT NULL, -- 'orders', 'claims' …
  name       TEXT    NOT NULL,
  query      TEXT    NOT NULL, -- "goods=waiting&sort=oldest"
  shared     BOOLEAN NOT NULL DEFAULT FALSE, -- with everybody of the store
  created_at BIGINT  NOT NULL,
  PRIMARY KEY (store_id, view_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);
CREATE UNIQUE INDEX list_views_name ON list_views (store_id, staff_id, list, name);
INSERT INTO list_views (store_id, view_id, staff_id, list, name, query, shared, created_at)
SELECT store_id, view_id, staff_id, 'orders', name, query, shared, created_at FROM order_views;

-- What the lists are sorted and narrowed by.
CREATE INDEX products_by_title ON products (store_id, LOWER(title), product_id);
CREATE INDEX customers_by_name ON customers (store_id, LOWER(name), customer_id);
CREATE INDEX claims_state ON claims (store_id, state, claim_id);
CREATE INDEX claims_kind ON claims (store_id, kind, claim_id);
CREATE INDEX claims_number ON claims (store_id, number, claim_id);
CREATE INDEX reviews_stars ON reviews (store_id, stars, review_id);
CREATE INDEX reviews_state_stars ON reviews (store_id, state, stars, review_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
