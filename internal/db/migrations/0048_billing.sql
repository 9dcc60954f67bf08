-- +goose Up

-- A supplier's invoice or statement, as it was imported.
CREATE TABLE statements (
  store_id     TEXT   NOT NULL,
  statement_id TEXT   NOT NULL,
  supplier_id  TEXT   NOT NULL,
  number       TEXT   NOT NULL, -- the supplier's, or the file's name
  file_name    TEXT   NOT NULL,
  print        TEXT   NOT NULL, -- SHA-256 of the file: the same file twice is one statement
  row_count    BIGINT NOT NULL,
  actor        TEXT   NOT NULL,
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, statement_id),
  FOREIGN KEY (store_id, supplier_id) REFERENCES suppliers (store_id, supplier_id)
);
CREATE UNIQUE INDEX statements_print ON statements (store_id, supplier_id, print);

-- What it says, line by line, and what we hold against it. Credits are negative.
CREATE TABLE statement_lines (
  store_id       TEXT   NOT NULL,
  statement_id   TEXT   NOT NULL,
  line_no        BIGINT NOT NULL, -- of the file, from 1
  supplier_id    TEXT   NOT NULL,
  ref            TEXT   NOT NULL DEFAULT '', -- the supplier's order number
  our_ref        TEXT   NOT NULL DEFAULT '', -- our key or number
  tracking       TEXT   NOT NULL DEFAULT '',
  title          TEXT   NOT NULL DEFAULT '',
  billed_on      TEXT   NOT NULL DEFAULT '', -- the day, as it was written
  amount_minor   BIGINT NOT NULL,
  currency       TEXT   NOT NULL,
  state          TEXT   NOT NULL CHECK (state IN ('matched', 'differs', 'duplicate', 'unmatched', 'credited', 'accepted', 'disputed', 'ignored')),
  reason         TEXT   NOT NULL DEFAULT '', -- why it was let be, or what is wrong with it
  purchase_id    TEXT   NOT NULL DEFAULT '',
  order_id       TEXT   NOT NULL DEFAULT '',
  dispute_id     TEXT   NOT NULL DEFAULT '',
  here_minor     BIGINT NOT NULL DEFAULT 0, -- the amount in the order's currency, at the purchase's rate
  expected_minor BIGINT NOT NULL DEFAULT 0, -- what was booked for it before, order currency
  booked_minor   BIGINT NOT NULL DEFAULT 0, -- what accepting it booked: more cost, or less; order currency
  updated_at     BIGINT NOT NULL,
  PRIMARY KEY (store_id, statement_id, line_no),
  FOREIGN KEY (store_id, statement_id) REFERENCES statements (store_id, statement_id)
);
CREATE INDEX statement_lines_order ON statement_lines (store_id, order_id) WHERE order_id <> '';
CREATE INDEX statement_lines_purchase ON statement_lines (store_id, purchase_id) WHERE purchase_id <> '';

-- How a supplier bills: which column is what, and how much may differ.
CREATE TABLE billing_terms (
  store_id         TEXT   NOT NULL,
  supplier_id      TEXT   NOT NULL,
  columns          TEXT   NOT NULL DEFAULT '{}', -- JSON: our name to the file's
  currency         TEXT   NOT NULL DEFAULT '', -- where no column says it
  tolerance_points BIGINT NOT NULL DEFAULT 0, -- of the amount, 1/10,000
  tolerance_minor  BIGINT NOT NULL DEFAULT 0, -- in the store's currency
  updated_at       BIGINT NOT NULL,
  PRIMARY KEY (store_id, supplier_id),
  FOREIGN KEY (store_id, supplier_id) REFERENCES suppliers (store_id, supplier_id)
);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
