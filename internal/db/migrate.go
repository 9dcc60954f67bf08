package db

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

//go:embed migrations
var embedded embed.FS

// Migrations are the schema's files as they are in this program, for both databases. They
// go forward only, each runs in a transaction, and a released file never changes.
func Migrations() fs.FS {
	sub, err := fs.Sub(embedded, "migrations")
	if err != nil {
		panic(err) // the name is a constant
	}
	return sub
}

// Migrate brings the schema to this program's version. Before the first new migration on a
// file that has one already, SQLite is copied to <file>.before-<version>.bak. Several nodes
// may call it at once. A database that is newer than the program is left as it is where its
// schema allows that (Floor), and refused where not.
func (d *DB) Migrate(ctx context.Context) error {
	have, want, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if have > want {
		return d.runOnNewer(ctx, have, want)
	}
	if have == want {
		return nil
	}
	if err := d.engine.migrate(ctx); err != nil {
		return fmt.Errorf("database: migrate: %w", err)
	}
	return nil
}

// runOnNewer says whether this program may run on a schema that a newer one has made: while
// nodes are replaced one after the other, the release before runs on, and may start again.
func (d *DB) runOnNewer(ctx context.Context, have, want int64) error {
	oldest, err := d.Floor(ctx)
	if err != nil {
		return fmt.Errorf("database: its schema has version %d, this program knows %d: start the newer program: %w", have, want, err)
	}
	if oldest > want {
		return fmt.Errorf("database: its schema has version %d and needs a program that knows %d, this one knows %d: start the newer program", have, oldest, want)
	}
	d.opts.Log.Warn("the database's schema is newer than this program, which may run on it: replace the program soon", "schema", have, "known", want)
	return nil
}

// Floor is the lowest version of the schema whose program may still run on this database.
func (d *DB) Floor(ctx context.Context) (oldest int64, err error) {
	err = d.View(ctx, func(ctx context.Context, tx *Tx) error {
		return tx.QueryRowContext(ctx, "SELECT oldest FROM schema_floor WHERE floor_id = 1").Scan(&oldest)
	})
	return oldest, err
}

// Version is the version of the schema in the database, 0 when it has none, and the one
// this program wants.
func (d *DB) Version(ctx context.Context) (have, want int64, err error) {
	want, err = latest(d.opts.Migrations, -1)
	if err != nil {
		return 0, 0, fmt.Errorf("migrations: %w", err)
	}
	have, err = d.engine.version(ctx)
	if err != nil {
		return 0, 0, fmt.Errorf("database: schema version: %w", err)
	}
	return have, want, nil
}

// latest is the highest version among the files, or, when above is not negative, the lowest
// one above it. It is 0 when there is none.
func latest(files fs.FS, above int64) (found int64, err error) {
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		v, err := goose.NumericComponent(name)
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		if above >= 0 && v > above && (found == 0 || v < found) || above < 0 && v > found {
			found = v
		}
	}
	return found, nil
}

// up runs goose over the pool.
func up(ctx context.Context, dialect goose.Dialect, pool *sql.DB, d *DB, more ...goose.ProviderOption) error {
	more = append(more, goose.WithSlog(slog.New(slog.DiscardHandler)), goose.WithDisableGlobalRegistry(true))
	p, err := goose.NewProvider(dialect, pool, d.opts.Migrations, more...)
	if err != nil {
		return err
	}
	done, err := p.Up(ctx)
	for _, m := range done {
		d.opts.Log.Info("migrated", "file", m.Source.Path, "took", m.Duration)
	}
	return err
}

// applied is the query for the version of the schema.
const applied = "SELECT COALESCE(MAX(version_id), 0) FROM goose_db_version WHERE is_applied"

// version reads the schema's version; a database without the table has none.
func (p *postgresEngine) version(ctx context.Context) (v int64, err error) {
	err = p.pool.QueryRowContext(ctx, applied).Scan(&v)
	if is(err, "42P01") { // no such table
		return 0, nil
	}
	return v, err
}

// migrate holds an advisory lock of the server, so that nodes that start together wait for
// the one that migrates: ten minutes at most.
func (p *postgresEngine) migrate(ctx context.Context) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return err
	}
	return up(ctx, goose.DialectPostgres, p.pool, p.d, goose.WithSessionLocker(locker))
}

// version reads the schema's version; a file without the table has none.
func (s *sqliteEngine) version(ctx context.Context) (v int64, err error) {
	var tables int
	err = s.pool.QueryRowContext(ctx, "SELECT COUNT(*) FROM sqlite_master WHERE name = 'goose_db_version'").Scan(&tables)
	if err != nil || tables == 0 {
		return 0, err
	}
	err = s.pool.QueryRowContext(ctx, applied).Scan(&v)
	return v, err
}

// migrate copies the file and migrates it. A second process that did the same at the same
// moment is no misfortune: what counts is that the version is there.
func (s *sqliteEngine) migrate(ctx context.Context) error {
	have, want, err := s.d.Version(ctx)
	if err != nil {
		return err
	}
	if have > 0 {
		if err := s.backup(ctx, have); err != nil {
			return fmt.Errorf("backup: %w", err)
		}
	}
	pool, err := sql.Open("sqlite", sqliteDSN(s.path)+"&_txlock=immediate")
	if err != nil {
		return err
	}
	defer pool.Close()
	failed := up(ctx, goose.DialectSQLite3, pool, s.d)
	if failed == nil {
		return nil
	}
	if now, err := s.version(ctx); err == nil && now == want {
		return nil
	}
	return failed
}

// backup copies the database, compacted, beside its file; an older copy made before the
// same migration gives way.
func (s *sqliteEngine) backup(ctx context.Context, have int64) error {
	next, err := latest(s.d.opts.Migrations, have)
	if err != nil {
		return err
	}
	final := fmt.Sprintf("%s.before-%04d.bak", s.path, next)
	part := fmt.Sprintf("%s.%d.part", final, os.Getpid())
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if _, err := s.pool.ExecContext(ctx, "VACUUM INTO $1", part); err != nil {
		return err
	}
	if err := harden(part); err != nil {
		return err
	}
	if err := os.Rename(part, final); err != nil {
		return err
	}
	s.d.opts.Log.Info("database copied before migrating", "file", final)
	return nil
}

// harden makes a file private and sure to be on the disk.
func harden(path string) error {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	err = errors.Join(f.Chmod(0o600), f.Sync())
	return errors.Join(err, f.Close())
}
