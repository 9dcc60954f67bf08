-- +goose Up

-- What customers and the store write to each other: one conversation per order, or with
-- somebody whose order is not known (yet).
CREATE TABLE conversations (
  store_id        TEXT    NOT NULL,
  conversation_id TEXT    NOT NULL,
  order_id        TEXT    NOT NULL DEFAULT '', -- empty: it belongs to none
  email           TEXT    NOT NULL,            -- to whom answers go
  name            TEXT    NOT NULL DEFAULT '',
  locale          TEXT    NOT NULL DEFAULT '',
  subject         TEXT    NOT NULL DEFAULT '',
  topic           TEXT    NOT NULL DEFAULT '', -- of the newest message that has one
  state           TEXT    NOT NULL CHECK (state IN ('open', 'waiting', 'snoozed', 'closed')),
  source          TEXT    NOT NULL CHECK (source IN ('page', 'contact', 'mail', 'desk')),
  unsorted        BOOLEAN NOT NULL DEFAULT FALSE, -- came by mail, and nobody has said whether it belongs to an order
  staff_id        TEXT    NOT NULL DEFAULT '', -- who answers; empty: nobody in particular
  until_at        BIGINT  NOT NULL DEFAULT 0,  -- snoozed until then
  asked_at        BIGINT  NOT NULL DEFAULT 0,  -- since when somebody waits for an answer; 0 = nobody does
  overdue         BOOLEAN NOT NULL DEFAULT FALSE, -- for longer than the store's setting
  last_at         BIGINT  NOT NULL,            -- the newest message
  preview         TEXT    NOT NULL DEFAULT '', -- its beginning
  search          TEXT    NOT NULL DEFAULT '', -- what it is found by, in lower case
  created_at      BIGINT  NOT NULL,
  updated_at      BIGINT  NOT NULL,
  PRIMARY KEY (store_id, conversation_id)
);
CREATE UNIQUE INDEX conversations_order ON conversations (store_id, order_id) WHERE order_id <> '';
CREATE INDEX conversations_last ON conversations (store_id, last_at, conversation_id);
CREATE INDEX conversations_state ON conversations (store_id, state, last_at, conversation_id);
CREATE INDEX conversations_staff ON conversations (store_id, staff_id, last_at, conversation_id);
CREATE INDEX conversations_email ON conversations (store_id, email, conversation_id);
CREATE INDEX conversations_unsorted ON conversations (store_id, last_at, conversation_id) WHERE unsorted;
CREATE INDEX conversations_asked ON conversations (store_id, asked_at, conversation_id) WHERE asked_at > 0;
CREATE INDEX conversations_until ON conversations (store_id, until_at, conversation_id) WHERE until_at > 0;

CREATE TABLE messages (
  store_id        TEXT   NOT NULL,
  message_id      TEXT   NOT NULL,
  conversation_id TEXT   NOT NULL,
  kind            TEXT   NOT NULL CHECK (kind IN ('customer', 'staff', 'note', 'automatic')),
  via             TEXT   NOT NULL CHECK (via IN ('page', 'contact', 'mail', 'desk', 'api')),
  actor           TEXT   NOT NULL,
  topic           TEXT   NOT NULL DEFAULT '',
  email           TEXT   NOT NULL DEFAULT '', -- who wrote, as the mail or the form says
  body            TEXT   NOT NULL,            -- plain text
  quoted          TEXT   NOT NULL DEFAULT '', -- of earlier mails, below it
  dropped         TEXT   NOT NULL DEFAULT '', -- names of files that were not kept, one a line
  header          TEXT   NOT NULL DEFAULT '', -- Message-ID of the mail that came in
  header_key      TEXT   NOT NULL DEFAULT '', -- what it is found by
  mail_id         TEXT   NOT NULL DEFAULT '', -- the mail that went out
  created_at      BIGINT NOT NULL,
  PRIMARY KEY (store_id, message_id),
  FOREIGN KEY (store_id, conversation_id) REFERENCES conversations (store_id, conversation_id)
);
CREATE INDEX messages_conversation ON messages (store_id, conversation_id, message_id);
CREATE INDEX messages_header ON messages (store_id, header_key) WHERE header_key <> '';
CREATE INDEX messages_mail ON messages (store_id, mail_id) WHERE mail_id <> '';

-- Photos, made anew from what was sent: no metadata, JPEG.
CREATE TABLE message_photos (
  store_id   TEXT   NOT NULL,
  message_id TEXT   NOT NULL,
  photo_id   TEXT   NOT NULL,
  width      BIGINT NOT NULL,
  height     BIGINT NOT NULL,
  bytes      BIGINT NOT NULL,
  body       TEXT   NOT NULL, -- base 64
  created_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, message_id, photo_id),
  FOREIGN KEY (store_id, message_id) REFERENCES messages (store_id, message_id)
);

-- Mails that were taken in: each counts once, however often it comes.
CREATE TABLE mail_arrivals (
  store_id    TEXT   NOT NULL,
  arrival_key TEXT   NOT NULL,
  message_id  TEXT   NOT NULL DEFAULT '', -- empty: it was of no use
  created_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id, arrival_key)
);

-- How far a mailbox has been read.
CREATE TABLE mail_folders (
  store_id   TEXT   NOT NULL,
  folder     TEXT   NOT NULL, -- who reads what where
  validity   BIGINT NOT NULL, -- UIDVALIDITY: the numbers are void when it changes
  last_uid   BIGINT NOT NULL,
  checked_at BIGINT NOT NULL,
  trouble    TEXT   NOT NULL DEFAULT '', -- why it cannot be read
  trouble_at BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, folder)
);

CREATE TABLE canned_answers (
  store_id   TEXT   NOT NULL,
  canned_id  TEXT   NOT NULL,
  title      TEXT   NOT NULL,
  body       TEXT   NOT NULL, -- with names in braces
  changed_by TEXT   NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  PRIMARY KEY (store_id, canned_id)
);

-- A mail that comes back, or is answered, names ours by its Message-ID.
ALTER TABLE mails ADD COLUMN header_key TEXT NOT NULL DEFAULT '';
CREATE INDEX mails_header ON mails (store_id, header_key) WHERE header_key <> '';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
