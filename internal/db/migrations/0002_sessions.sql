-- +goose Up

-- A browser in which a member of staff has signed in. The token itself is only in its cookie.
CREATE TABLE sessions (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  session_id TEXT   NOT NULL,
  staff_id   TEXT   NOT NULL,
  token_hash TEXT   NOT NULL, -- hex SHA-256 of the token, which is random and long
  agent      TEXT   NOT NULL DEFAULT '', -- what the browser calls itself
  address    TEXT   NOT NULL DEFAULT '', -- where it was last seen
  created_at BIGINT NOT NULL,
  seen_at    BIGINT NOT NULL,
  PRIMARY KEY (store_id, session_id),
  FOREIGN KEY (store_id, staff_id) REFERENCES staff (store_id, staff_id)
);
CREATE UNIQUE INDEX sessions_token ON sessions (token_hash);
CREATE INDEX sessions_staff ON sessions (store_id, staff_id);

-- How often somebody tried to sign in: per account and per address, in a window of time.
CREATE TABLE sign_in_tries (
  store_id TEXT   NOT NULL REFERENCES stores (store_id),
  subject  TEXT   NOT NULL, -- 'account:<mail address>' or 'address:<ip>'
  tries    BIGINT NOT NULL,
  since_at BIGINT NOT NULL, -- when the window began
  PRIMARY KEY (store_id, subject)
);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
