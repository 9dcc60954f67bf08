-- +goose Up

-- What a merchant says in the place of a built-in text of a mail.
CREATE TABLE mail_texts (
  store_id   TEXT   NOT NULL REFERENCES stores (store_id),
  language   TEXT   NOT NULL, -- of the reader: 'en', 'pt-BR'
  text_key   TEXT   NOT NULL, -- 'confirmed_subject'
  forms      TEXT   NOT NULL, -- JSON: by plural form, {"other": "…"}
  changed_at BIGINT NOT NULL,
  changed_by TEXT   NOT NULL, -- the actor
  PRIMARY KEY (store_id, language, text_key)
);

-- Why a store's mails do not leave; no row while they do.
CREATE TABLE mail_troubles (
  store_id TEXT   NOT NULL REFERENCES stores (store_id),
  kind     TEXT   NOT NULL CHECK (kind IN ('unset', 'refused', 'unreachable')),
  words    TEXT   NOT NULL,
  since_at BIGINT NOT NULL,
  seen_at  BIGINT NOT NULL,
  PRIMARY KEY (store_id)
);

ALTER TABLE mails ADD COLUMN is_test BOOLEAN NOT NULL DEFAULT FALSE; -- to a member of staff, who wanted to see it
ALTER TABLE mails ADD COLUMN asked_at BIGINT NOT NULL DEFAULT 0; -- when a person last had it sent again

CREATE INDEX mails_kind ON mails (store_id, kind, mail_id);
CREATE INDEX mails_state ON mails (store_id, state, mail_id);
CREATE INDEX mails_recipient ON mails (store_id, recipient, mail_id);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
