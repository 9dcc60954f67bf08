-- +goose Up

-- A claim's replacement does not come from the supplier that sent what is claimed.
ALTER TABLE claims ADD COLUMN elsewhere BOOLEAN NOT NULL DEFAULT FALSE;
