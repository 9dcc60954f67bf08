-- +goose Up

-- How somebody came in, and when they last proved who they are: what is dangerous asks again.
ALTER TABLE sessions ADD COLUMN means TEXT NOT NULL DEFAULT 'password' CHECK (means IN ('password', 'code', 'passkey'));
ALTER TABLE sessions ADD COLUMN proved_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE sessions ADD COLUMN renew BOOLEAN NOT NULL DEFAULT FALSE; -- the next visit gets another token

-- A link that lets a member of staff choose a password, once.
CREATE TABLE staff_links (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  link_id    TEXT   NOT NULL,
  staff_id   TEXT   NOT NULL,
  kind       TEXT   NOT NULL CHECK (kind IN ('invitation', 'reset')),
  token_hash TEXT   NOT NULL, -- hex SHA-256 of the token, which only the mail has
  created_at BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, link_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);
CREATE UNIQUE INDEX staff_links_token ON staff_links (store_id, token_hash);
CREATE INDEX staff_links_staff ON staff_links (store_id, staff_id);

-- The one-time codes of somebody's app (RFC 6238).
CREATE TABLE staff_codes (
  store_id     TEXT   NOT NULL REFERENCES stores (store_id),
  staff_id     TEXT   NOT NULL,
  secret       TEXT   NOT NULL, -- sealed
  last_step    BIGINT NOT NULL DEFAULT 0, -- the last 30 seconds whose code was taken: it counts once
  created_at   BIGINT NOT NULL,
  confirmed_at BIGINT NOT NULL DEFAULT 0, -- 0: the app has not shown yet that it knows the secret
  PRIMARY KEY (store_id, staff_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);

-- What lets somebody in who has lost the app, each once.
CREATE TABLE recovery_codes (
  store_id  TEXT   NOT NULL REFERENCES stores (store_id),
  staff_id  TEXT   NOT NULL,
  code_hash TEXT   NOT NULL, -- keyed with the installation's key
  used_at   BIGINT NOT NULL DEFAULT 0,
  PRIMARY KEY (store_id, staff_id, code_hash),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);

-- Passkeys (WebAuthn credentials).
CREATE TABLE passkeys (
  store_id     TEXT    NOT NULL REFERENCES stores (store_id),
  passkey_id   TEXT    NOT NULL, -- the credential's id, base64url
  staff_id     TEXT    NOT NULL,
  name         TEXT    NOT NULL,
  rp_id        TEXT    NOT NULL, -- the domain that it is for
  public_key   TEXT    NOT NULL, -- COSE, base64url
  sign_count   BIGINT  NOT NULL, -- as the device last told it
  flags        BIGINT  NOT NULL, -- of the authenticator data: verified, can be backed up, is backed up
  transports   TEXT    NOT NULL DEFAULT '', -- words with spaces between them
  model        TEXT    NOT NULL DEFAULT '', -- AAGUID, hex
  created_at   BIGINT  NOT NULL,
  used_at      BIGINT  NOT NULL DEFAULT 0,
  doubted_at   BIGINT  NOT NULL DEFAULT 0, -- when its count went backwards: there may be a copy
  PRIMARY KEY (store_id, passkey_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);
CREATE INDEX passkeys_staff ON passkeys (store_id, staff_id);

-- What somebody at the door has begun: a password that was right and waits for the second
-- factor, or the question that a passkey is to answer. Taken once, for minutes.
CREATE TABLE ceremonies (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  token_hash TEXT   NOT NULL, -- hex SHA-256 of the token in the browser's cookie
  kind       TEXT   NOT NULL CHECK (kind IN ('second', 'enter', 'prove', 'enrol')),
  staff_id   TEXT   NOT NULL DEFAULT '', -- empty: nobody knows yet who it is
  data       TEXT   NOT NULL DEFAULT '',
  created_at BIGINT NOT NULL,
  ends_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, token_hash)
);
CREATE INDEX ceremonies_ends ON ceremonies (store_id, ends_at);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
