// Package dbtest gives every store test a migrated database of its own, on SQLite and on
// PostgreSQL. It uses the PostgreSQL server of DOORSTEP_TEST_POSTGRES (a URL whose user may
// make databases; scripts/pg.sh run sets it), or else starts a throw-away one for the
// process with the same script, so that a bare "go test" works too.
package dbtest

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"doorstep/internal/clock"
	"doorstep/internal/db"
)

// Each runs fn as the parallel subtests "sqlite" and "postgres", each with an empty migrated
// database that is closed and deleted afterwards.
func Each(t *testing.T, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachWith(t, clock.System(), fn)
}

// EachWith is Each with databases that take their time from now.
func EachWith(t *testing.T, now clock.Clock, fn func(t *testing.T, d *db.DB)) {
	t.Helper()
	EachDSN(t, func(t *testing.T, dsn string) { fn(t, Open(t, dsn, now)) })
}

// EachDSN is Each for tests that open the database themselves, perhaps more than once.
func EachDSN(t *testing.T, fn func(t *testing.T, dsn string)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		fn(t, Path(t))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		fn(t, URL(t))
	})
}

// Open opens a database for the length of the test. It logs nothing.
func Open(t testing.TB, dsn string, now clock.Clock) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{Clock: now, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Errorf("close the database: %v", err)
		}
	})
	return d
}

// Path is the path of a new migrated SQLite file.
func Path(t testing.TB) string {
	t.Helper()
	file, err := template()
	if err != nil {
		t.Fatalf("migrate SQLite: %v", err)
	}
	path := filepath.Join(t.TempDir(), "doorstep.db")
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// template is a migrated SQLite file, made once per process.
var template = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "doorstep-template")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "template.db")
	if err := migrate(context.Background(), path, db.Migrations()); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate brings one database to the present version and closes it again.
func migrate(ctx context.Context, dsn string, files fs.FS) error {
	d, err := db.Open(ctx, dsn, db.Options{Log: slog.New(slog.DiscardHandler), Migrations: files})
	if err != nil {
		return err
	}
	if err := d.Migrate(ctx); err != nil {
		_ = d.Close()
		return err
	}
	return d.Close()
}
