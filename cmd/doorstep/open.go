package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"runtime/debug"
	"strings"

	"doorstep"
	"doorstep/internal/config"
	"doorstep/internal/db"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/money"
)

// program opens the whole program as the flags say.
func (e *env) program(change func(*doorstep.Config)) (*doorstep.Program, error) {
	c := doorstep.Config{
		Database: e.Database, Key: e.Sealing(), Drivers: drivers(), Log: e.Logger(e.errOut, slog.LevelWarn),
		StoreName: e.StoreName, Currency: money.Currency(e.Currency),
	}
	if change != nil {
		change(&c)
	}
	p, err := doorstep.New(e.ctx, c)
	return p, e.explain(err)
}

// with runs fn on an open program and closes it.
func (e *env) with(fn func(p *doorstep.Program) error) error {
	p, err := e.program(nil)
	if err != nil {
		return err
	}
	return errors.Join(fn(p), p.Close())
}

// reading runs fn on the database and its store, without the key: for commands that open
// no secret. A database that is not there is an error, not made.
func (e *env) reading(fn func(d *db.DB, s store.Store) error) error {
	if !e.IsPostgres() {
		if _, err := os.Stat(e.Database); err != nil {
			return fmt.Errorf("database: %w: name the right file with --database", err)
		}
	}
	d, err := doorstep.Open(e.ctx, e.Database, db.Options{Log: e.Logger(e.errOut, slog.LevelWarn)})
	if err != nil {
		return e.explain(err)
	}
	if box, err := seal.Load(existing(e.Sealing())); err == nil {
		box.Attach(d)
	}
	var s store.Store
	err = d.View(e.ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		s, err = store.First(ctx, tx)
		return err
	})
	if errors.Is(err, store.ErrUnknown) {
		err = errors.New("the database holds no store yet: start with doorstep import sample, or doorstep serve")
	}
	if err == nil {
		err = fn(d, s)
	}
	return errors.Join(err, d.Close())
}

// existing drops a key file that is not there, so that reading does not make one.
func existing(s seal.Source) seal.Source {
	if s.File != "" {
		if _, err := os.Stat(s.File); err != nil {
			s.File = ""
		}
	}
	if s.Database != "" {
		if _, err := os.Stat(s.Database + ".key"); err != nil {
			s.Database = ""
		}
	}
	return s
}

// explain adds what to do to an error of opening.
func (e *env) explain(err error) error {
	var offline *net.OpError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &offline) && e.IsPostgres():
		return fmt.Errorf("%w: is the server running, and is --database right?", err)
	case errors.Is(err, os.ErrNotExist) && !e.IsPostgres():
		return fmt.Errorf("%w: make the folder first, or name another file with --database", err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w: run doorstep as the user who owns the file, or name another with --database", err)
	}
	return err
}

// print writes a value as indented JSON.
func (e *env) print(v any) error {
	out := json.NewEncoder(e.out)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

// version is what this binary was built from.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	parts := []string{strings.TrimPrefix(info.Main.Version, "v")}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision" && len(s.Value) >= 12 && !strings.Contains(parts[0], s.Value[:12]):
			parts = append(parts, s.Value[:12])
		case s.Key == "vcs.modified" && s.Value == "true" && !strings.Contains(parts[0], "dirty"):
			parts = append(parts, "modified")
		}
	}
	return strings.Join(append(parts, info.GoVersion), " ")
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(e *env) error {
	_, err := fmt.Fprintln(e.out, "doorstep", version())
	return err
}

type migrateCmd struct{}

// Run brings the schema up to date and says from where to where.
func (migrateCmd) Run(e *env) error {
	d, err := db.Open(e.ctx, e.Database, db.Options{Log: e.Logger(e.errOut, slog.LevelWarn)})
	if err != nil {
		return e.explain(err)
	}
	have, want, err := d.Version(e.ctx)
	if err == nil {
		err = d.Migrate(e.ctx)
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return err
	}
	if have == want {
		_, err = fmt.Fprintf(e.out, "The schema is up to date (version %d).\n", want)
		return err
	}
	_, err = fmt.Fprintf(e.out, "The schema went from version %d to %d.\n", have, want)
	return err
}

// pairs is KEY=VALUE arguments, each read alone: values may hold anything.
func pairs(args []string) (map[string]string, error) { return config.Pairs(args) }
