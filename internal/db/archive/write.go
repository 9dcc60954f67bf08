package archive

import (
	"archive/zip"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"doorstep/internal/db"
)

const manifestFile = "manifest.json"

// WriteFile writes an archive of the database to a file, which must not be there yet. It
// appears under its name when it is whole and on the disk, readable by its owner only. It
// may be taken while everybody works.
func WriteFile(ctx context.Context, d *db.DB, path string, f Format) (Manifest, error) {
	if _, err := os.Lstat(path); err == nil {
		return Manifest{}, fmt.Errorf("%s: there is such a file already", path)
	}
	part, err := os.CreateTemp(filepath.Dir(path), ".doorstep-*.part") // private from the start
	if err != nil {
		return Manifest{}, err
	}
	defer func() { _ = os.Remove(part.Name()) }() // gone already when it was renamed
	m, err := Write(ctx, d, part, f)
	if err == nil {
		err = part.Sync()
	}
	if err := errors.Join(err, part.Close()); err != nil {
		return Manifest{}, err
	}
	return m, os.Rename(part.Name(), path)
}

// Write writes an archive of the database.
func Write(ctx context.Context, d *db.DB, w io.Writer, f Format) (m Manifest, err error) {
	have, want, err := d.Version(ctx)
	if err != nil {
		return m, err
	}
	if have != want {
		return m, fmt.Errorf("the schema has version %d, this program knows %d: run doorstep migrate first", have, want)
	}
	m = Manifest{Archive: Version, Format: f, Schema: have, Database: d.Kind().String(), TakenAt: d.Now()}
	out := zip.NewWriter(w)
	err = d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		if m.Tables, err = catalogue(ctx, tx); err != nil {
			return err
		}
		for i := range m.Tables {
			if err := writeTable(ctx, tx, out, f, &m.Tables[i]); err != nil {
				return fmt.Errorf("%s: %w", m.Tables[i].Name, err)
			}
		}
		return nil
	})
	if err != nil {
		return m, err
	}
	file, err := out.Create(manifestFile)
	if err != nil {
		return m, err
	}
	lines := json.NewEncoder(file)
	lines.SetIndent("", " ")
	if err := lines.Encode(m); err != nil {
		return m, err
	}
	return m, out.Close()
}

// writeTable writes the file of one table, sorted by its key: two archives of the same rows
// are the same.
func writeTable(ctx context.Context, tx *db.Tx, out *zip.Writer, f Format, t *Table) error {
	file, err := out.Create(t.Name + "." + string(f))
	if err != nil {
		return err
	}
	sum := sha256.New()
	lines, err := newWriter(f, io.MultiWriter(file, sum), t.Columns)
	if err != nil {
		return err
	}
	query := "SELECT " + names(t.Columns, false) + " FROM " + t.Name
	if key := names(t.Columns, true); key != "" {
		query += " ORDER BY " + key
	}
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	row := newRow(t.Columns)
	for rows.Next() {
		if err := rows.Scan(row.into...); err != nil {
			return err
		}
		if err := lines.write(row.values()); err != nil {
			return err
		}
		t.Rows++
	}
	if err := errors.Join(rows.Err(), lines.flush()); err != nil {
		return err
	}
	t.SHA256 = hex.EncodeToString(sum.Sum(nil))
	return nil
}

// scanned is a row that the database scans into.
type scanned struct {
	into []any
	out  []any
}

func newRow(columns []Column) scanned {
	s := scanned{out: make([]any, len(columns))}
	for _, c := range columns {
		switch c.Type {
		case integer:
			s.into = append(s.into, new(sql.NullInt64))
		case boolean:
			s.into = append(s.into, new(sql.NullBool))
		default:
			s.into = append(s.into, new(sql.NullString))
		}
	}
	return s
}

// values are the values that were scanned; they hold until the next row.
func (s scanned) values() []any {
	for i, cell := range s.into {
		s.out[i] = nil
		switch v := cell.(type) {
		case *sql.NullInt64:
			if v.Valid {
				s.out[i] = v.Int64
			}
		case *sql.NullBool:
			if v.Valid {
				s.out[i] = v.Bool
			}
		case *sql.NullString:
			if v.Valid {
				s.out[i] = v.String
			}
		}
	}
	return s.out
}
