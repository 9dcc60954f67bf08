-- +goose Up

-- What the customer was shown for one of the article that they would like instead, with tax: it
-- holds until the claim is decided, whatever the shop's price does meanwhile.
ALTER TABLE claims ADD COLUMN variant_minor BIGINT NOT NULL DEFAULT 0;

-- The line under which the stock of an exchange is reserved: none of the sale's, whose own
-- article may be reserved there.
ALTER TABLE exchanges ADD COLUMN hold_line BIGINT NOT NULL DEFAULT 0;

-- What has to be looked at because its day has come.
CREATE INDEX exchanges_due ON exchanges (store_id, due_at, exchange_id) WHERE state = 'waiting';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
