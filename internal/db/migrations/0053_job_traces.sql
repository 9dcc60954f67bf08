-- +goose Up

-- What caused a job, as W3C Trace Context says it (traceparent): the trace goes on in whichever
-- process works it. Empty where nothing is traced.
ALTER TABLE jobs ADD COLUMN trace TEXT NOT NULL DEFAULT '';

-- +goose Down
-- Forward only: restore the backup that was made before the migration.
