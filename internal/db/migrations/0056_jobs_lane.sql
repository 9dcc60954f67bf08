-- +goose Up

-- The jobs of one lane by when they fall due: behind a lane that is full the others are found
-- without reading its backlog.
CREATE INDEX jobs_lane ON jobs (parked, lane, run_at, created_at);

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
