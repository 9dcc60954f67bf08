package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"doorstep/internal/db"
)

const (
	most         = 200     // rows per statement
	mostValues   = 30000   // values per statement: both databases take a few more
	mostManifest = 4 << 20 // bytes
)

// Archive is an open archive.
type Archive struct {
	Manifest Manifest
	zip      *zip.ReadCloser
}

// Open opens an archive's file and reads its manifest.
func Open(path string) (*Archive, error) {
	z, err := zip.OpenReader(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: %w: %w", path, ErrDamaged, err)
	}
	a := &Archive{zip: z}
	if err := a.readManifest(); err != nil {
		_ = z.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return a, nil
}

// Close closes the file.
func (a *Archive) Close() error { return a.zip.Close() }

func (a *Archive) readManifest() error {
	file, err := a.zip.Open(manifestFile)
	if err != nil {
		return fmt.Errorf("%w: it has no %s", ErrDamaged, manifestFile)
	}
	defer file.Close()
	if err := json.NewDecoder(io.LimitReader(file, mostManifest)).Decode(&a.Manifest); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrDamaged, manifestFile, err)
	}
	m := a.Manifest
	switch {
	case m.Archive != Version:
		return fmt.Errorf("archive: it has format %d, this program reads %d: use the program that wrote it, or a newer one", m.Archive, Version)
	case m.Format != JSONL && m.Format != CSV:
		return fmt.Errorf("%w: it is of no known format: %q", ErrDamaged, m.Format)
	}
	for _, t := range m.Tables {
		if !name.MatchString(t.Name) || len(t.Columns) == 0 {
			return fmt.Errorf("%w: %q is no table", ErrDamaged, t.Name)
		}
		for _, c := range t.Columns {
			if !name.MatchString(c.Name) || c.Type != text && c.Type != integer && c.Type != boolean {
				return fmt.Errorf("%w: %s.%q is no column", ErrDamaged, t.Name, c.Name)
			}
		}
	}
	return nil
}

// Load puts all rows into an empty database whose schema has the archive's version, and runs
// then (which may be nil) in the same transaction: all of it, or nothing when anything is wrong.
func (a *Archive) Load(ctx context.Context, d *db.DB, then func(ctx context.Context, tx *db.Tx) error) error {
	have, _, err := d.Version(ctx)
	if err != nil {
		return err
	}
	if have != a.Manifest.Schema {
		return fmt.Errorf("archive: it has version %d of the schema, the database %d", a.Manifest.Schema, have)
	}
	return d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		if err := a.fits(ctx, tx); err != nil {
			return err
		}
		for _, t := range a.Manifest.Tables {
			if err := a.load(ctx, tx, t); err != nil {
				return fmt.Errorf("%s: %w", t.Name, err)
			}
		}
		if then == nil {
			return nil
		}
		return then(ctx, tx)
	})
}

// fits says whether the database has the tables and columns of the archive, and no rows.
func (a *Archive) fits(ctx context.Context, tx *db.Tx) error {
	tables, err := catalogue(ctx, tx)
	if err != nil {
		return err
	}
	known := map[string]string{}
	for _, t := range tables {
		known[t.Name] = sorted(t.Columns)
		var full bool
		if err := tx.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM "+t.Name+")").Scan(&full); err != nil {
			return err
		}
		if full {
			return fmt.Errorf("%w: there are %s", ErrNotEmpty, strings.ReplaceAll(t.Name, "_", " "))
		}
	}
	for _, t := range a.Manifest.Tables {
		if known[t.Name] != sorted(t.Columns) {
			return fmt.Errorf("%w: its table %s is not the database's", ErrDamaged, t.Name)
		}
	}
	if len(a.Manifest.Tables) != len(tables) {
		return fmt.Errorf("%w: it has %d tables, the database %d", ErrDamaged, len(a.Manifest.Tables), len(tables))
	}
	return nil
}

func (a *Archive) load(ctx context.Context, tx *db.Tx, t Table) error {
	file, err := a.zip.Open(t.Name + "." + string(a.Manifest.Format))
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	defer file.Close()
	sum := sha256.New()
	whole := io.TeeReader(file, sum)
	lines, err := newReader(a.Manifest.Format, whole, t.Columns)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	batch := min(most, mostValues/len(t.Columns))
	var values []any
	var rows int64
	for {
		row, err := lines.read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("%w: row %d: %w", ErrDamaged, rows+1, err)
		}
		rows++
		if values = append(values, row...); len(values) == batch*len(t.Columns) {
			if err := insert(ctx, tx, t, values); err != nil {
				return err
			}
			values = values[:0]
		}
	}
	if err := insert(ctx, tx, t, values); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, whole); err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != t.SHA256 || rows != t.Rows {
		return fmt.Errorf("%w: %d rows and checksum %.12s, not %d and %.12s", ErrDamaged, rows, got, t.Rows, t.SHA256)
	}
	return nil
}

// insert writes rows whose values stand one after the other.
func insert(ctx context.Context, tx *db.Tx, t Table, values []any) error {
	if len(values) == 0 {
		return nil
	}
	var q strings.Builder
	q.WriteString("INSERT INTO " + t.Name + " (" + names(t.Columns, false) + ") VALUES ")
	for i := range values {
		switch {
		case i == 0:
			q.WriteString("($")
		case i%len(t.Columns) == 0:
			q.WriteString("), ($")
		default:
			q.WriteString(", $")
		}
		q.WriteString(strconv.Itoa(i + 1))
	}
	q.WriteString(")")
	_, err := tx.ExecContext(ctx, q.String(), values...)
	return err
}

// sorted are names and types of columns in the order of the alphabet.
func sorted(columns []Column) string {
	list := make([]string, 0, len(columns))
	for _, c := range columns {
		list = append(list, c.Name+" "+c.Type)
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}
