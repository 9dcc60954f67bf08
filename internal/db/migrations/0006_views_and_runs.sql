-- +goose Up

-- A list of orders that somebody looks at often: its filter, sort and columns as an address.
CREATE TABLE order_views (
  store_id   TEXT    NOT NULL REFERENCES stores (store_id),
  view_id    TEXT    NOT NULL,
  staff_id   TEXT    NOT NULL, -- whose it is
  name       TEXT    NOT NULL,
  query      TEXT    NOT NULL, -- "goods=waiting&sort=oldest"
  shared     BOOLEAN NOT NULL DEFAULT FALSE, -- with everybody of the store
  created_at BIGINT  NOT NULL,
  PRIMARY KEY (store_id, view_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);
CREATE UNIQUE INDEX order_views_name ON order_views (store_id, staff_id, name);

-- One thing done to many orders. First a draft that says what would happen, then a run.
CREATE TABLE bulk_runs (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  run_id     TEXT   NOT NULL,
  staff_id   TEXT   NOT NULL, -- who asked
  form_key   TEXT   NOT NULL, -- of the form: posted twice, it makes one run
  action     TEXT   NOT NULL CHECK (action IN ('release', 'hold', 'cancel')),
  reason     TEXT   NOT NULL DEFAULT '',
  more       BOOLEAN NOT NULL DEFAULT FALSE, -- further orders matched than one run takes
  state      TEXT   NOT NULL CHECK (state IN ('draft', 'running', 'ended')),
  created_at BIGINT NOT NULL,
  begun_at   BIGINT NOT NULL DEFAULT 0,
  ended_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, run_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);
CREATE UNIQUE INDEX bulk_runs_form ON bulk_runs (store_id, staff_id, form_key);

CREATE TABLE bulk_run_items (
  store_id TEXT   NOT NULL,
  run_id   TEXT   NOT NULL,
  position BIGINT NOT NULL, -- 1, 2, 3 …
  order_id TEXT   NOT NULL,
  number   BIGINT NOT NULL, -- of the order
  state    TEXT   NOT NULL CHECK (state IN ('ready', 'out', 'waiting', 'done', 'failed')),
  words    TEXT   NOT NULL, -- what would happen, or did, or why not
  at       BIGINT NOT NULL DEFAULT 0, -- when it was done or failed
  PRIMARY KEY (store_id, run_id, position),
  FOREIGN KEY (store_id, run_id) REFERENCES bulk_runs (store_id, run_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);

-- What the staff wrote down about a customer.
CREATE TABLE customer_notes (
  store_id    TEXT   NOT NULL,
  note_id     TEXT   NOT NULL,
  customer_id TEXT   NOT NULL,
  staff_id    TEXT   NOT NULL,
  words       TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, note_id),
  FOREIGN KEY (store_id, customer_id) REFERENCES customers (store_id, customer_id)
);
CREATE INDEX customer_notes_customer ON customer_notes (store_id, customer_id, note_id);

-- What the list of orders is looked through by.
CREATE INDEX purchases_held ON purchases (store_id, order_id) WHERE state = 'held';
CREATE INDEX purchases_uncertain ON purchases (store_id, order_id) WHERE state = 'uncertain';
CREATE INDEX purchases_by_ref ON purchases (store_id, ref) WHERE ref <> '';
CREATE INDEX order_lines_sku ON order_lines (store_id, sku, order_id);
CREATE INDEX orders_total ON orders (store_id, total_minor, order_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
