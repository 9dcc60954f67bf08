-- +goose Up

-- Where on the map a scan was, in millionths of a degree; both 0: nobody said (that is a place in the sea).
ALTER TABLE tracking_events ADD COLUMN latitude BIGINT NOT NULL DEFAULT 0;
ALTER TABLE tracking_events ADD COLUMN longitude BIGINT NOT NULL DEFAULT 0;
