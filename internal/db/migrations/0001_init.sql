-- +goose Up

-- A store is the tenant: every other row belongs to one.
CREATE TABLE stores (
  store_id   TEXT   NOT NULL PRIMARY KEY,
  name       TEXT   NOT NULL,
  currency   TEXT   NOT NULL,
  created_at BIGINT NOT NULL
);

CREATE TABLE settings (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  name       TEXT   NOT NULL,
  value      TEXT   NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, name)
);

-- Numbers that count up per store: orders, purchases, refunds.
CREATE TABLE counters (
  store_id TEXT   NOT NULL REFERENCES stores (store_id),
  name     TEXT   NOT NULL,
  value    BIGINT NOT NULL,
  PRIMARY KEY (store_id, name)
);

-- Who may do what -------------------------------------------------------------

CREATE TABLE staff (
  store_id      TEXT    NOT NULL REFERENCES stores (store_id),
  staff_id      TEXT    NOT NULL,
  email         TEXT    NOT NULL, -- lower case
  name          TEXT    NOT NULL,
  role          TEXT    NOT NULL CHECK (role IN ('owner', 'manager', 'support', 'reader')),
  password_hash TEXT    NOT NULL,
  disabled      BOOLEAN NOT NULL DEFAULT FALSE,
  created_at    BIGINT  NOT NULL,
  PRIMARY KEY (store_id, staff_id)
);
CREATE UNIQUE INDEX staff_email ON staff (store_id, email);

CREATE TABLE api_keys (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  key_id     TEXT   NOT NULL,
  name       TEXT   NOT NULL,
  role       TEXT   NOT NULL CHECK (role IN ('owner', 'manager', 'support', 'reader')),
  hash       TEXT   NOT NULL, -- hex SHA-256 of the secret, which is random and long
  created_at BIGINT NOT NULL,
  revoked_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, key_id)
);
CREATE UNIQUE INDEX api_keys_hash ON api_keys (hash);

-- Answers to requests that carried an Idempotency-Key, kept 48 hours.
CREATE TABLE idempotency (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  scope      TEXT   NOT NULL, -- who asked, and method and path
  name       TEXT   NOT NULL, -- the key
  request    TEXT   NOT NULL, -- hex SHA-256 of the body
  status     BIGINT NOT NULL, -- 0 while it runs
  body       TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, scope, name)
);
CREATE INDEX idempotency_created ON idempotency (created_at);

-- Connectors ------------------------------------------------------------------

CREATE TABLE connectors (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  connector_id TEXT   NOT NULL,
  kind         TEXT   NOT NULL CHECK (kind IN ('supplier', 'payment', 'carrier', 'channel')),
  driver       TEXT   NOT NULL,
  name         TEXT   NOT NULL,
  settings     TEXT   NOT NULL, -- JSON of what is not secret
  secrets      TEXT   NOT NULL, -- sealed JSON of what is
  state        TEXT   NOT NULL CHECK (state IN ('active', 'paused', 'refused')),
  reason       TEXT   NOT NULL DEFAULT '',
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, connector_id)
);
CREATE UNIQUE INDEX connectors_name ON connectors (store_id, kind, name);

-- What connectors learn and must not forget (refreshed tokens): sealed.
CREATE TABLE vault (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  connector_id TEXT   NOT NULL,
  name         TEXT   NOT NULL,
  value        TEXT   NOT NULL,
  version      BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, connector_id, name)
);

-- Messages that came in: the key makes each count once; the raw bytes are kept.
CREATE TABLE inbox (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  connector_id TEXT   NOT NULL,
  message_key  TEXT   NOT NULL,
  body         TEXT   NOT NULL,
  received_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, connector_id, message_key)
);
CREATE INDEX inbox_received ON inbox (received_at);

-- What is sold ----------------------------------------------------------------

CREATE TABLE products (
  store_id        TEXT   NOT NULL REFERENCES stores (store_id),
  product_id      TEXT   NOT NULL,
  handle          TEXT   NOT NULL,
  title           TEXT   NOT NULL,
  body            TEXT   NOT NULL DEFAULT '', -- sanitised HTML
  vendor          TEXT   NOT NULL DEFAULT '',
  kind            TEXT   NOT NULL DEFAULT '', -- product type, the merchant's word
  status          TEXT   NOT NULL CHECK (status IN ('active', 'draft', 'archived')),
  seo_title       TEXT   NOT NULL DEFAULT '',
  seo_description TEXT   NOT NULL DEFAULT '',
  option1         TEXT   NOT NULL DEFAULT '', -- names of the options
  option2         TEXT   NOT NULL DEFAULT '',
  option3         TEXT   NOT NULL DEFAULT '',
  digest          TEXT   NOT NULL DEFAULT '', -- of the imported row set: the same again changes nothing
  created_at      BIGINT NOT NULL,
  updated_at      BIGINT NOT NULL,
  PRIMARY KEY (store_id, product_id)
);
CREATE UNIQUE INDEX products_handle ON products (store_id, handle);
CREATE INDEX products_status ON products (store_id, status, product_id);

CREATE TABLE variants (
  store_id          TEXT    NOT NULL,
  variant_id        TEXT    NOT NULL,
  product_id        TEXT    NOT NULL,
  position          BIGINT  NOT NULL,
  sku               TEXT    NOT NULL DEFAULT '',
  barcode           TEXT    NOT NULL DEFAULT '',
  title             TEXT    NOT NULL DEFAULT '', -- "Red / M"
  option1           TEXT    NOT NULL DEFAULT '', -- values of the options
  option2           TEXT    NOT NULL DEFAULT '',
  option3           TEXT    NOT NULL DEFAULT '',
  price_minor       BIGINT  NOT NULL CHECK (price_minor >= 0),
  compare_at_minor  BIGINT  NOT NULL DEFAULT 0 CHECK (compare_at_minor >= 0),
  currency          TEXT    NOT NULL,
  weight_grams      BIGINT  NOT NULL DEFAULT 0,
  requires_shipping BOOLEAN NOT NULL DEFAULT TRUE,
  taxable           BOOLEAN NOT NULL DEFAULT TRUE,
  image             TEXT    NOT NULL DEFAULT '',
  -- Stock as promised to shoppers: what active offers have, and what is reserved of it.
  available         BIGINT  NOT NULL DEFAULT 0,
  reserved          BIGINT  NOT NULL DEFAULT 0 CHECK (reserved >= 0),
  created_at        BIGINT  NOT NULL,
  updated_at        BIGINT  NOT NULL,
  PRIMARY KEY (store_id, variant_id),
  FOREIGN KEY (store_id, product_id) REFERENCES products (store_id, product_id)
);
CREATE INDEX variants_product ON variants (store_id, product_id, position);
CREATE INDEX variants_sku ON variants (store_id, sku);
CREATE INDEX variants_barcode ON variants (store_id, barcode) WHERE barcode <> '';

CREATE TABLE images (
  store_id   TEXT   NOT NULL,
  product_id TEXT   NOT NULL,
  position   BIGINT NOT NULL,
  url        TEXT   NOT NULL,
  alt        TEXT   NOT NULL DEFAULT '',
  PRIMARY KEY (store_id, product_id, position),
  FOREIGN KEY (store_id, product_id) REFERENCES products (store_id, product_id)
);

CREATE TABLE product_tags (
  store_id   TEXT NOT NULL,
  product_id TEXT NOT NULL,
  tag        TEXT NOT NULL,
  PRIMARY KEY (store_id, product_id, tag),
  FOREIGN KEY (store_id, product_id) REFERENCES products (store_id, product_id)
);
CREATE INDEX product_tags_tag ON product_tags (store_id, tag, product_id);

CREATE TABLE collections (
  store_id      TEXT   NOT NULL REFERENCES stores (store_id),
  collection_id TEXT   NOT NULL,
  handle        TEXT   NOT NULL,
  title         TEXT   NOT NULL,
  body          TEXT   NOT NULL DEFAULT '',
  created_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, collection_id)
);
CREATE UNIQUE INDEX collections_handle ON collections (store_id, handle);

CREATE TABLE collection_products (
  store_id      TEXT   NOT NULL,
  collection_id TEXT   NOT NULL,
  product_id    TEXT   NOT NULL,
  position      BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, collection_id, product_id),
  FOREIGN KEY (store_id, collection_id) REFERENCES collections (store_id, collection_id),
  FOREIGN KEY (store_id, product_id) REFERENCES products (store_id, product_id)
);
CREATE INDEX collection_products_product ON collection_products (store_id, product_id);

-- Who ships it, and what they have ----------------------------------------------

CREATE TABLE suppliers (
  store_id       TEXT    NOT NULL REFERENCES stores (store_id),
  supplier_id    TEXT    NOT NULL,
  name           TEXT    NOT NULL,
  connector_id   TEXT    NOT NULL DEFAULT '', -- empty: a supplier that only people talk to
  automatic      BOOLEAN NOT NULL DEFAULT TRUE,
  priority       BIGINT  NOT NULL DEFAULT 0,  -- higher is preferred
  reliability    BIGINT  NOT NULL DEFAULT 9500, -- of 10,000 orders, how many went well
  handling_days  BIGINT  NOT NULL DEFAULT 2,
  ship_to        TEXT    NOT NULL DEFAULT '', -- countries, comma separated; empty = anywhere
  freight        TEXT    NOT NULL DEFAULT '', -- JSON freight table where no quotes are to be had
  max_age_seconds BIGINT NOT NULL DEFAULT 0,  -- offers older than this are not believed; 0 = always
  created_at     BIGINT  NOT NULL,
  updated_at     BIGINT  NOT NULL,
  PRIMARY KEY (store_id, supplier_id)
);
CREATE UNIQUE INDEX suppliers_name ON suppliers (store_id, name);

CREATE TABLE offers (
  store_id      TEXT    NOT NULL,
  offer_id      TEXT    NOT NULL,
  supplier_id   TEXT    NOT NULL,
  variant_id    TEXT    NOT NULL,
  supplier_sku  TEXT    NOT NULL,
  cost_minor    BIGINT  NOT NULL CHECK (cost_minor >= 0),
  currency      TEXT    NOT NULL,
  quantity      BIGINT  NOT NULL CHECK (quantity >= 0),  -- what the supplier says
  committed     BIGINT  NOT NULL DEFAULT 0 CHECK (committed >= 0), -- planned on it, not yet acknowledged
  ship_from     TEXT    NOT NULL DEFAULT '',
  handling_days BIGINT  NOT NULL DEFAULT 0, -- 0 = the supplier's
  pack          BIGINT  NOT NULL DEFAULT 1 CHECK (pack >= 1),
  priority      BIGINT  NOT NULL DEFAULT 0,
  active        BOOLEAN NOT NULL DEFAULT TRUE,
  as_of         BIGINT  NOT NULL, -- when the supplier said so
  updated_at    BIGINT  NOT NULL,
  PRIMARY KEY (store_id, offer_id),
  FOREIGN KEY (store_id, supplier_id) REFERENCES suppliers (store_id, supplier_id),
  FOREIGN KEY (store_id, variant_id) REFERENCES variants (store_id, variant_id)
);
CREATE UNIQUE INDEX offers_sku ON offers (store_id, supplier_id, supplier_sku, variant_id);
CREATE INDEX offers_variant ON offers (store_id, variant_id);

-- One run of a supplier's offers; a page that the guard did not believe waits here.
CREATE TABLE feeds (
  store_id    TEXT   NOT NULL,
  feed_id     TEXT   NOT NULL,
  supplier_id TEXT   NOT NULL,
  state       TEXT   NOT NULL CHECK (state IN ('applied', 'parked', 'believed', 'refused')),
  reason      TEXT   NOT NULL DEFAULT '',
  offers      TEXT   NOT NULL DEFAULT '', -- JSON of the page, only while parked
  seen        BIGINT NOT NULL,
  changed     BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, feed_id),
  FOREIGN KEY (store_id, supplier_id) REFERENCES suppliers (store_id, supplier_id)
);
CREATE INDEX feeds_supplier ON feeds (store_id, supplier_id, feed_id);
CREATE INDEX feeds_parked ON feeds (store_id, supplier_id, feed_id) WHERE state = 'parked';

CREATE TABLE reservations (
  store_id   TEXT   NOT NULL,
  reserve_id TEXT   NOT NULL,
  variant_id TEXT   NOT NULL,
  order_id   TEXT   NOT NULL,
  line_id    BIGINT NOT NULL, -- of the order
  quantity   BIGINT NOT NULL CHECK (quantity >= 0), -- still reserved
  expires_at BIGINT NOT NULL, -- 0 = not until released
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, reserve_id),
  FOREIGN KEY (store_id, variant_id) REFERENCES variants (store_id, variant_id)
);
CREATE UNIQUE INDEX reservations_line ON reservations (store_id, order_id, line_id);
CREATE INDEX reservations_variant ON reservations (store_id, variant_id);
CREATE INDEX reservations_due ON reservations (expires_at) WHERE expires_at > 0;

-- What may be bought ------------------------------------------------------------

CREATE TABLE carts (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  cart_id      TEXT   NOT NULL,
  token_hash   TEXT   NOT NULL, -- hex SHA-256 of the bearer's token
  currency     TEXT   NOT NULL,
  locale       TEXT   NOT NULL DEFAULT 'en',
  email        TEXT   NOT NULL DEFAULT '',
  shipping     TEXT   NOT NULL DEFAULT '', -- JSON address
  billing      TEXT   NOT NULL DEFAULT '', -- JSON address
  options      TEXT   NOT NULL DEFAULT '', -- JSON of the shipping options last offered, with their quotes
  option_key   TEXT   NOT NULL DEFAULT '', -- the one chosen
  quoted_at    BIGINT NOT NULL DEFAULT 0,  -- when the options were made; 0 = what they rest on has changed
  order_id     TEXT   NOT NULL DEFAULT '', -- what it became
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, cart_id)
);
CREATE UNIQUE INDEX carts_token ON carts (token_hash);
CREATE INDEX carts_updated ON carts (store_id, updated_at);

CREATE TABLE cart_lines (
  store_id   TEXT   NOT NULL,
  cart_id    TEXT   NOT NULL,
  variant_id TEXT   NOT NULL,
  quantity   BIGINT NOT NULL CHECK (quantity > 0),
  position   BIGINT NOT NULL,
  PRIMARY KEY (store_id, cart_id, variant_id),
  FOREIGN KEY (store_id, cart_id) REFERENCES carts (store_id, cart_id),
  FOREIGN KEY (store_id, variant_id) REFERENCES variants (store_id, variant_id)
);

-- What was bought ---------------------------------------------------------------

CREATE TABLE customers (
  store_id    TEXT   NOT NULL REFERENCES stores (store_id),
  customer_id TEXT   NOT NULL,
  email       TEXT   NOT NULL, -- lower case
  name        TEXT   NOT NULL,
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, customer_id)
);
CREATE UNIQUE INDEX customers_email ON customers (store_id, email);

CREATE TABLE orders (
  store_id       TEXT   NOT NULL REFERENCES stores (store_id),
  order_id       TEXT   NOT NULL,
  number         BIGINT NOT NULL,
  cart_id        TEXT   NOT NULL DEFAULT '',
  customer_id    TEXT   NOT NULL,
  email          TEXT   NOT NULL,
  locale         TEXT   NOT NULL,
  currency       TEXT   NOT NULL,
  shipping       TEXT   NOT NULL, -- JSON address
  billing        TEXT   NOT NULL, -- JSON address
  shipping_option TEXT  NOT NULL, -- JSON of the option chosen, with its quotes
  subtotal_minor BIGINT NOT NULL,
  discount_minor BIGINT NOT NULL DEFAULT 0,
  shipping_minor BIGINT NOT NULL,
  tax_minor      BIGINT NOT NULL,
  total_minor    BIGINT NOT NULL,
  state          TEXT   NOT NULL CHECK (state IN ('pending', 'open', 'cancelling', 'cancelled', 'closed')),
  -- Derived from facts in the same transaction; nothing but flow writes these.
  goods          TEXT   NOT NULL,
  money          TEXT   NOT NULL,
  attention      TEXT   NOT NULL DEFAULT '', -- JSON list of reasons; empty = none
  needs_person   BOOLEAN NOT NULL DEFAULT FALSE,
  promised_from  BIGINT NOT NULL DEFAULT 0, -- the delivery window that the customer was shown
  promised_to    BIGINT NOT NULL DEFAULT 0,
  placed_at      BIGINT NOT NULL,
  paid_at        BIGINT NOT NULL DEFAULT 0,
  updated_at     BIGINT NOT NULL,
  PRIMARY KEY (store_id, order_id),
  FOREIGN KEY (store_id, customer_id) REFERENCES customers (store_id, customer_id)
);
CREATE UNIQUE INDEX orders_number ON orders (store_id, number);
CREATE UNIQUE INDEX orders_cart ON orders (store_id, cart_id) WHERE cart_id <> '';
CREATE INDEX orders_customer ON orders (store_id, customer_id, order_id);
CREATE INDEX orders_state ON orders (store_id, state, order_id);
CREATE INDEX orders_person ON orders (store_id, order_id) WHERE needs_person;

CREATE TABLE order_lines (
  store_id         TEXT   NOT NULL,
  order_id         TEXT   NOT NULL,
  line_id          BIGINT NOT NULL, -- 1, 2, 3 …
  variant_id       TEXT   NOT NULL,
  product_id       TEXT   NOT NULL,
  sku              TEXT   NOT NULL,
  title            TEXT   NOT NULL,
  variant_title    TEXT   NOT NULL,
  image            TEXT   NOT NULL DEFAULT '',
  quantity         BIGINT NOT NULL CHECK (quantity > 0),
  cancelled        BIGINT NOT NULL DEFAULT 0, -- units that will not be sent any more
  unit_price_minor BIGINT NOT NULL,
  PRIMARY KEY (store_id, order_id, line_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);

-- Every unit knows its own share of price, discount, shipping and tax: refunding one is
-- a look-up. Equal neighbours share a row: units first_unit .. first_unit + units - 1.
CREATE TABLE order_units (
  store_id       TEXT   NOT NULL,
  order_id       TEXT   NOT NULL,
  line_id        BIGINT NOT NULL,
  first_unit     BIGINT NOT NULL, -- from 1
  units          BIGINT NOT NULL CHECK (units > 0),
  price_minor    BIGINT NOT NULL, -- of each unit
  discount_minor BIGINT NOT NULL,
  shipping_minor BIGINT NOT NULL,
  tax_minor      BIGINT NOT NULL, -- contained in price and shipping, where prices include tax
  PRIMARY KEY (store_id, order_id, line_id, first_unit),
  FOREIGN KEY (store_id, order_id, line_id) REFERENCES order_lines (store_id, order_id, line_id)
);

-- What we buy for it --------------------------------------------------------------

CREATE TABLE purchases (
  store_id      TEXT    NOT NULL,
  purchase_id   TEXT    NOT NULL,
  order_id      TEXT    NOT NULL,
  supplier_id   TEXT    NOT NULL,
  connector_id  TEXT    NOT NULL DEFAULT '',
  number        TEXT    NOT NULL, -- on papers: "1042-1"
  key           TEXT    NOT NULL, -- what the supplier knows it by
  state         TEXT    NOT NULL CHECK (state IN ('planned', 'held', 'submitting', 'uncertain', 'submitted', 'accepted',
                  'shipping', 'shipped', 'cancelling', 'cancelled', 'rejected')),
  hold_reason   TEXT    NOT NULL DEFAULT '', -- why it waits for a person, in words
  hold_code     TEXT    NOT NULL DEFAULT '', -- manual, margin, no-offer, …
  submit_at     BIGINT  NOT NULL,            -- the end of the hold window
  ref           TEXT    NOT NULL DEFAULT '', -- the supplier's order number
  parts         TEXT    NOT NULL DEFAULT '', -- further numbers, comma separated
  unpaid        BOOLEAN NOT NULL DEFAULT FALSE, -- known at the supplier, waiting for our payment
  pay_url       TEXT    NOT NULL DEFAULT '',
  code          TEXT    NOT NULL DEFAULT '', -- of the last rejection, the supplier's own
  words         TEXT    NOT NULL DEFAULT '',
  cause         TEXT    NOT NULL DEFAULT '',
  service       TEXT    NOT NULL DEFAULT '', -- freight service
  currency      TEXT    NOT NULL, -- of the costs below: the supplier's
  goods_minor   BIGINT  NOT NULL,
  freight_minor BIGINT  NOT NULL,
  booked_minor  BIGINT  NOT NULL, -- goods and freight in the order's currency, at the rate below
  rate          TEXT    NOT NULL, -- JSON money.Rate, fixed when it was planned
  reasons       TEXT    NOT NULL, -- JSON: every candidate, its score, why it won or lost
  expect_at     BIGINT  NOT NULL DEFAULT 0, -- when the supplier says it leaves, if it is late
  attempt       BIGINT  NOT NULL DEFAULT 0, -- of submitting
  tried_at      BIGINT  NOT NULL DEFAULT 0,
  submitted_at  BIGINT  NOT NULL DEFAULT 0,
  accepted_at   BIGINT  NOT NULL DEFAULT 0,
  shipped_at    BIGINT  NOT NULL DEFAULT 0,
  created_at    BIGINT  NOT NULL,
  updated_at    BIGINT  NOT NULL,
  PRIMARY KEY (store_id, purchase_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id),
  FOREIGN KEY (store_id, supplier_id) REFERENCES suppliers (store_id, supplier_id)
);
CREATE UNIQUE INDEX purchases_key ON purchases (store_id, key);
CREATE INDEX purchases_order ON purchases (store_id, order_id);
CREATE INDEX purchases_ref ON purchases (store_id, supplier_id, ref);
CREATE INDEX purchases_open ON purchases (store_id, supplier_id, purchase_id)
  WHERE state IN ('submitted', 'accepted', 'shipping', 'cancelling');

CREATE TABLE purchase_lines (
  store_id        TEXT   NOT NULL,
  purchase_id     TEXT   NOT NULL,
  line_id         BIGINT NOT NULL, -- 1, 2, 3 …
  order_line_id   BIGINT NOT NULL,
  variant_id      TEXT   NOT NULL,
  offer_id        TEXT   NOT NULL,
  supplier_sku    TEXT   NOT NULL,
  title           TEXT   NOT NULL,
  quantity        BIGINT NOT NULL CHECK (quantity > 0),
  short           BIGINT NOT NULL DEFAULT 0, -- units the supplier will not send
  unit_cost_minor BIGINT NOT NULL,
  PRIMARY KEY (store_id, purchase_id, line_id),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);

-- Every call about a purchase, with what the supplier answered.
CREATE TABLE attempts (
  store_id    TEXT   NOT NULL,
  purchase_id TEXT   NOT NULL,
  attempt     BIGINT NOT NULL,
  action      TEXT   NOT NULL CHECK (action IN ('submit', 'find', 'cancel', 'pay')),
  began_at    BIGINT NOT NULL,
  ended_at    BIGINT NOT NULL DEFAULT 0,
  outcome     TEXT   NOT NULL DEFAULT '',
  words       TEXT   NOT NULL DEFAULT '',
  answer      TEXT   NOT NULL DEFAULT '', -- raw, cut at 64 KiB
  PRIMARY KEY (store_id, purchase_id, attempt),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);

-- What is on its way ----------------------------------------------------------------

CREATE TABLE shipments (
  store_id     TEXT   NOT NULL,
  shipment_id  TEXT   NOT NULL,
  order_id     TEXT   NOT NULL,
  purchase_id  TEXT   NOT NULL,
  number       TEXT   NOT NULL, -- tracking number, normalised
  carrier      TEXT   NOT NULL DEFAULT '', -- our code
  carrier_name TEXT   NOT NULL DEFAULT '',
  url          TEXT   NOT NULL DEFAULT '',
  next_number  TEXT   NOT NULL DEFAULT '', -- of the last mile's carrier
  next_carrier TEXT   NOT NULL DEFAULT '',
  state        TEXT   NOT NULL CHECK (state IN ('announced', 'in-transit', 'out-for-delivery', 'delivered', 'exception', 'lost', 'returning', 'returned')),
  words        TEXT   NOT NULL DEFAULT '', -- of the newest event
  announced_at BIGINT NOT NULL,
  scanned_at   BIGINT NOT NULL DEFAULT 0, -- first real scan
  event_at     BIGINT NOT NULL DEFAULT 0, -- newest event's own time
  delivered_at BIGINT NOT NULL DEFAULT 0,
  expected_at  BIGINT NOT NULL DEFAULT 0,
  registered_at BIGINT NOT NULL DEFAULT 0, -- with the tracking service
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, shipment_id),
  FOREIGN KEY (store_id, purchase_id) REFERENCES purchases (store_id, purchase_id)
);
CREATE UNIQUE INDEX shipments_number ON shipments (store_id, purchase_id, number);
CREATE INDEX shipments_by_number ON shipments (store_id, number);
CREATE INDEX shipments_next_number ON shipments (store_id, next_number);
CREATE INDEX shipments_order ON shipments (store_id, order_id);
CREATE INDEX shipments_moving ON shipments (store_id, shipment_id)
  WHERE state IN ('announced', 'in-transit', 'out-for-delivery', 'exception', 'returning');

CREATE TABLE shipment_lines (
  store_id      TEXT   NOT NULL,
  shipment_id   TEXT   NOT NULL,
  line_id       BIGINT NOT NULL, -- of the purchase
  order_line_id BIGINT NOT NULL,
  quantity      BIGINT NOT NULL CHECK (quantity > 0),
  PRIMARY KEY (store_id, shipment_id, line_id),
  FOREIGN KEY (store_id, shipment_id) REFERENCES shipments (store_id, shipment_id)
);

CREATE TABLE tracking_events (
  store_id    TEXT   NOT NULL,
  shipment_id TEXT   NOT NULL,
  event_key   TEXT   NOT NULL, -- the same fact has the same key, whoever tells it
  at          BIGINT NOT NULL, -- the carrier's own time
  kind        TEXT   NOT NULL,
  words       TEXT   NOT NULL,
  location    TEXT   NOT NULL,
  country     TEXT   NOT NULL,
  source      TEXT   NOT NULL, -- who told: a connector's name
  received_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, shipment_id, event_key),
  FOREIGN KEY (store_id, shipment_id) REFERENCES shipments (store_id, shipment_id)
);

-- Money ---------------------------------------------------------------------------

CREATE TABLE payments (
  store_id       TEXT   NOT NULL,
  payment_id     TEXT   NOT NULL,
  order_id       TEXT   NOT NULL,
  connector_id   TEXT   NOT NULL,
  driver         TEXT   NOT NULL,
  state          TEXT   NOT NULL CHECK (state IN ('created', 'pending', 'authorised', 'capturing', 'captured', 'voiding', 'voided', 'failed', 'expired')),
  amount_minor   BIGINT NOT NULL,
  captured_minor BIGINT NOT NULL DEFAULT 0,
  currency       TEXT   NOT NULL,
  ref            TEXT   NOT NULL DEFAULT '', -- the provider's name of it
  url            TEXT   NOT NULL DEFAULT '', -- where the customer pays
  words          TEXT   NOT NULL DEFAULT '', -- instructions, or why it failed
  manual         BOOLEAN NOT NULL DEFAULT FALSE, -- a person confirms it
  capture_now    BOOLEAN NOT NULL DEFAULT FALSE,
  lapses_at      BIGINT NOT NULL DEFAULT 0,
  created_at     BIGINT NOT NULL,
  updated_at     BIGINT NOT NULL,
  PRIMARY KEY (store_id, payment_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);
CREATE INDEX payments_order ON payments (store_id, order_id);
CREATE INDEX payments_ref ON payments (store_id, connector_id, ref);

CREATE TABLE refunds (
  store_id     TEXT   NOT NULL,
  refund_id    TEXT   NOT NULL,
  order_id     TEXT   NOT NULL,
  payment_id   TEXT   NOT NULL,
  state        TEXT   NOT NULL CHECK (state IN ('requested', 'approved', 'sending', 'uncertain', 'succeeded', 'failed', 'declined')),
  amount_minor BIGINT NOT NULL CHECK (amount_minor > 0),
  currency     TEXT   NOT NULL,
  reason       TEXT   NOT NULL,
  ref          TEXT   NOT NULL DEFAULT '',
  words        TEXT   NOT NULL DEFAULT '',
  tries        BIGINT NOT NULL DEFAULT 0,
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (store_id, refund_id),
  FOREIGN KEY (store_id, payment_id) REFERENCES payments (store_id, payment_id)
);
CREATE INDEX refunds_order ON refunds (store_id, order_id);
CREATE INDEX refunds_payment ON refunds (store_id, payment_id);

CREATE TABLE chargebacks (
  store_id      TEXT   NOT NULL,
  chargeback_id TEXT   NOT NULL,
  order_id      TEXT   NOT NULL,
  payment_id    TEXT   NOT NULL,
  state         TEXT   NOT NULL CHECK (state IN ('inquiry', 'opened', 'answered', 'won', 'lost', 'dropped', 'conceded')),
  amount_minor  BIGINT NOT NULL,
  currency      TEXT   NOT NULL,
  ref           TEXT   NOT NULL,
  reason        TEXT   NOT NULL DEFAULT '',
  due_at        BIGINT NOT NULL DEFAULT 0,
  withdrawn     BOOLEAN NOT NULL DEFAULT FALSE,
  created_at    BIGINT NOT NULL,
  updated_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, chargeback_id),
  FOREIGN KEY (store_id, payment_id) REFERENCES payments (store_id, payment_id)
);
CREATE UNIQUE INDEX chargebacks_ref ON chargebacks (store_id, payment_id, ref);

-- Money moved from one account to another: balanced by its shape, never changed.
CREATE TABLE ledger_entries (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  entry_id     TEXT   NOT NULL,
  entry_key    TEXT   NOT NULL, -- the same fact books once
  order_id     TEXT   NOT NULL,
  subject      TEXT   NOT NULL, -- the payment, refund, chargeback or purchase it is about
  kind         TEXT   NOT NULL, -- sale, capture, fee, refund, credit, dispute, dispute-won, cost, cost-back
  debit        TEXT   NOT NULL, -- account that receives
  credit       TEXT   NOT NULL, -- account that gives
  amount_minor BIGINT NOT NULL CHECK (amount_minor >= 0),
  currency     TEXT   NOT NULL,
  at           BIGINT NOT NULL,
  PRIMARY KEY (store_id, entry_id),
  CHECK (debit <> credit)
);
CREATE UNIQUE INDEX ledger_key ON ledger_entries (store_id, entry_key);
CREATE INDEX ledger_order ON ledger_entries (store_id, order_id);

-- What went wrong -------------------------------------------------------------------

CREATE TABLE claims (
  store_id   TEXT   NOT NULL,
  claim_id   TEXT   NOT NULL,
  order_id   TEXT   NOT NULL,
  state      TEXT   NOT NULL,
  kind       TEXT   NOT NULL,
  words      TEXT   NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, claim_id),
  FOREIGN KEY (store_id, order_id) REFERENCES orders (store_id, order_id)
);
CREATE INDEX claims_order ON claims (store_id, order_id);

-- What has happened, and what is still to do ------------------------------------------

CREATE TABLE events (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  event_id   TEXT   NOT NULL, -- sorts by time
  order_id   TEXT   NOT NULL DEFAULT '',
  kind       TEXT   NOT NULL, -- 'purchase.rejected'
  subject    TEXT   NOT NULL DEFAULT '', -- the id of what it happened to
  actor      TEXT   NOT NULL, -- 'staff:us_…', 'customer', 'supplier:name', 'system'
  at         BIGINT NOT NULL,
  data       TEXT   NOT NULL DEFAULT '{}', -- JSON
  PRIMARY KEY (store_id, event_id)
);
CREATE INDEX events_order ON events (store_id, order_id, event_id);

CREATE TABLE mails (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  mail_id    TEXT   NOT NULL,
  mail_key   TEXT   NOT NULL, -- the same news is told once
  order_id   TEXT   NOT NULL DEFAULT '',
  kind       TEXT   NOT NULL,
  recipient  TEXT   NOT NULL,
  subject    TEXT   NOT NULL DEFAULT '',
  state      TEXT   NOT NULL CHECK (state IN ('queued', 'sending', 'sent', 'uncertain', 'failed')),
  words      TEXT   NOT NULL DEFAULT '', -- why it failed
  data       TEXT   NOT NULL DEFAULT '{}', -- what to tell: ids, as JSON
  created_at BIGINT NOT NULL,
  sent_at    BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, mail_id)
);
CREATE UNIQUE INDEX mails_key ON mails (store_id, mail_key);
CREATE INDEX mails_order ON mails (store_id, order_id);

CREATE TABLE jobs (
  job_id     TEXT    NOT NULL PRIMARY KEY,
  store_id   TEXT    NOT NULL,
  kind       TEXT    NOT NULL,              -- 'purchase.submit'
  key        TEXT    NOT NULL,              -- unique while undone
  lane       TEXT    NOT NULL DEFAULT '',   -- what shares a limit, e.g. a connector id
  payload    TEXT    NOT NULL DEFAULT '{}',
  run_at     BIGINT  NOT NULL,              -- microseconds UTC; a lease moves it into the future
  attempt    BIGINT  NOT NULL DEFAULT 0,    -- the fence: raised by every lease
  tries      BIGINT  NOT NULL DEFAULT 0,    -- failures so far
  parked     BOOLEAN NOT NULL DEFAULT FALSE, -- gave up: waits for a person
  error      TEXT    NOT NULL DEFAULT '',
  created_at BIGINT  NOT NULL
);
CREATE UNIQUE INDEX jobs_key ON jobs (key);
CREATE INDEX jobs_due ON jobs (parked, run_at, created_at);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
