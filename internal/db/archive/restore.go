package archive

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"

	"github.com/pressly/goose/v3"

	"doorstep/internal/db"
)

// Restore fills a new database (a file that is not there, or a PostgreSQL database without
// tables or with empty ones) from an archive and brings it to this program's schema. An
// archive of an older program is welcome, one of a newer program is refused. When anything
// goes wrong no row stays. What then does happens together with the rows.
func (a *Archive) Restore(ctx context.Context, dsn string, log *slog.Logger, then func(ctx context.Context, tx *db.Tx) error) error {
	all := db.Migrations()
	d, err := db.Open(ctx, dsn, db.Options{Log: log, Migrations: upTo{all, a.Manifest.Schema}})
	if err != nil {
		return err
	}
	err = a.refill(ctx, d, then)
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	if d, err = db.Open(ctx, dsn, db.Options{Log: log}); err != nil {
		return err
	}
	err = d.Migrate(ctx)
	if err == nil {
		err = d.Analyse(ctx)
	}
	return errors.Join(err, d.Close())
}

// refill makes the archive's schema in the database, and loads the rows.
func (a *Archive) refill(ctx context.Context, d *db.DB, then func(ctx context.Context, tx *db.Tx) error) error {
	have, want, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if want != a.Manifest.Schema {
		return fmt.Errorf("archive: it has version %d of the schema, this program knows %d: use the newer program", a.Manifest.Schema, want)
	}
	if have > want {
		return fmt.Errorf("%w: its schema has version %d already", ErrNotEmpty, have)
	}
	if err := d.Migrate(ctx); err != nil {
		return err
	}
	return a.Load(ctx, d, then)
}

// upTo is the migrations up to a version.
type upTo struct {
	fs.FS
	version int64
}

// Glob leaves out what came later.
func (u upTo) Glob(pattern string) ([]string, error) {
	found, err := fs.Glob(u.FS, pattern)
	var list []string
	for _, name := range found {
		v, wrong := goose.NumericComponent(name)
		if wrong != nil {
			return nil, wrong
		}
		if v <= u.version {
			list = append(list, name)
		}
	}
	return list, err
}
