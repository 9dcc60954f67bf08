package archive

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
)

// schema has every type, a key of two columns, and references against the alphabet.
func schema() fs.FS {
	return fstest.MapFS{"0001_a.sql": {Data: []byte(`-- +goose Up
CREATE TABLE z_parents (store_id TEXT NOT NULL, name TEXT NOT NULL, n BIGINT NOT NULL, yes BOOLEAN NOT NULL, note TEXT, PRIMARY KEY (store_id, name));
CREATE TABLE a_children (store_id TEXT NOT NULL, child TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (store_id, child),
  FOREIGN KEY (store_id, name) REFERENCES z_parents (store_id, name));
CREATE TABLE empty_ones (store_id TEXT NOT NULL PRIMARY KEY);
`)}}
}

// open opens a database with the small schema.
func open(t *testing.T, dsn string) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), dsn, db.Options{Migrations: schema()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	if err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

func run(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for _, s := range statements {
			if _, err := tx.ExecContext(ctx, s); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// filled has texts that break programs, and more rows than a statement takes.
func filled(t *testing.T, d *db.DB) {
	t.Helper()
	naughty := []string{"", " ", "a,b", "two\nlines", "carriage\r\nreturn", `"quoted"`, `\N`, `\`, `\\x`, "null", "عربي", "😀", "<script>", "=1+1", "\t", "'; DROP TABLE z_parents; --"}
	err := d.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
		for i, s := range naughty {
			if _, err := tx.ExecContext(ctx, "INSERT INTO z_parents (store_id, name, n, yes, note) VALUES ($1, $2, $3, $4, $5)",
				"s", fmt.Sprint(i), int64(9223372036854775807-i), i%2 == 0, s); err != nil {
				return err
			}
		}
		for i := range 1001 {
			if _, err := tx.ExecContext(ctx, "INSERT INTO a_children (store_id, child, name) VALUES ($1, $2, $3)", "s", fmt.Sprint(i), "1"); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO z_parents (store_id, name, n, yes, note) VALUES ('s', 'missing', -1, FALSE, NULL)")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// files are the files of an archive, but for the manifest.
func files(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name != manifestFile {
			all[f.Name] = string(text)
		}
	}
	return all
}

// TestThereAndBack: from each database into each, in each format, and the second archive
// has the very rows of the first.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	for _, from := range []string{"sqlite", "postgres"} {
		for _, to := range []string{"sqlite", "postgres"} {
			for _, format := range []Format{JSONL, CSV} {
				t.Run(from+" to "+to+" as "+string(format), func(t *testing.T) {
					t.Parallel()
					thereAndBack(t, emptyDSN(t, from), emptyDSN(t, to), format)
				})
			}
		}
	}
}

func emptyDSN(t *testing.T, kind string) string {
	t.Helper()
	if kind == "postgres" {
		return dbtest.EmptyURL(t)
	}
	return filepath.Join(t.TempDir(), "empty.db")
}

func thereAndBack(t *testing.T, from, to string, format Format) {
	first := open(t, from)
	filled(t, first)
	path := filepath.Join(t.TempDir(), "a.zip")
	m, err := WriteFile(t.Context(), first, path, format)
	if err != nil {
		t.Fatal(err)
	}
	if m.Rows() != 1018 || len(m.Tables) != 3 {
		t.Fatalf("%d rows, %d tables", m.Rows(), len(m.Tables))
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others can read it: %v, %v", info.Mode(), err)
	}
	if _, err := WriteFile(t.Context(), first, path, format); err == nil {
		t.Error("an archive was written over another")
	}
	a, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	second := open(t, to)
	if err := a.Load(t.Context(), second, nil); err != nil {
		t.Fatal(err)
	}
	var again bytes.Buffer
	if _, err := Write(t.Context(), second, &again, format); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want := files(t, raw)
	for name, text := range files(t, again.Bytes()) {
		if text != want[name] {
			t.Errorf("%s differs:\n%.300s\n%.300s", name, text, want[name])
		}
	}
	if err := a.Load(t.Context(), second, nil); !errors.Is(err, ErrNotEmpty) {
		t.Errorf("loaded twice: %v", err)
	}
}

func TestBytesThatAreNoText(t *testing.T) {
	t.Parallel()
	d := open(t, emptyDSN(t, "sqlite"))
	run(t, d, "INSERT INTO z_parents (store_id, name, n, yes, note) VALUES ('s', 'x', 1, TRUE, CAST(X'FF00FE' AS TEXT))")
	for _, format := range []Format{JSONL, CSV} {
		path := filepath.Join(t.TempDir(), "a.zip")
		if _, err := WriteFile(t.Context(), d, path, format); err != nil {
			t.Fatal(err)
		}
		a, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		other := open(t, emptyDSN(t, "sqlite"))
		err = errors.Join(a.Load(t.Context(), other, nil), a.Close())
		var note string
		err = errors.Join(err, other.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRowContext(ctx, "SELECT note FROM z_parents").Scan(&note)
		}))
		if note != "\xff\x00\xfe" || err != nil {
			t.Errorf("%s: %q, %v", format, note, err)
		}
	}
}

// TestDamage: whatever is changed in an archive, nothing of it is loaded.
func TestDamage(t *testing.T) {
	t.Parallel()
	d := open(t, emptyDSN(t, "sqlite"))
	filled(t, d)
	var whole bytes.Buffer
	if _, err := Write(t.Context(), d, &whole, JSONL); err != nil {
		t.Fatal(err)
	}
	swap := func(in, old, with string) func(name, text string) string {
		return func(name, text string) string {
			if name != in {
				return text
			}
			if !strings.Contains(text, old) {
				t.Errorf("%s has no %s", in, old)
			}
			return strings.Replace(text, old, with, 1)
		}
	}
	for what, change := range map[string]func(name, text string) string{
		"a value":         swap("a_children.jsonl", `"name":"1"`, `"name":"2"`),
		"a row less":      swap("a_children.jsonl", `{"store_id":"s","child":"0","name":"1"}`+"\n", ""),
		"a wrong type":    swap("z_parents.jsonl", `"yes":true`, `"yes":1`),
		"half a line":     swap("z_parents.jsonl", `"yes":true`, `"ye`),
		"another column":  swap("manifest.json", `"child"`, `"chill"`),
		"code for a name": swap("manifest.json", `"name": "a_children"`, `"name": "a; DROP TABLE x"`),
		"a type":          swap("manifest.json", `"type": "boolean"`, `"type": "blob"`),
		"the format":      swap("manifest.json", `"format": "jsonl"`, `"format": "xml"`),
		"the version":     swap("manifest.json", `"archive": 1`, `"archive": 2`),
		"the schema":      swap("manifest.json", `"schema": 1`, `"schema": 9`),
		"the manifest": func(name, text string) string {
			if name == manifestFile {
				return "{"
			}
			return text
		},
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.zip")
			if err := os.WriteFile(path, rezip(t, whole.Bytes(), change), 0o600); err != nil {
				t.Fatal(err)
			}
			other := open(t, emptyDSN(t, "sqlite"))
			a, err := Open(path)
			if err == nil {
				err = errors.Join(a.Load(t.Context(), other, nil), a.Close())
			}
			var n int
			read := other.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRowContext(ctx, "SELECT (SELECT COUNT(*) FROM a_children) + (SELECT COUNT(*) FROM z_parents)").Scan(&n)
			})
			if err == nil || n > 0 || read != nil {
				t.Errorf("%v, %d rows, %v", err, n, read)
			}
		})
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none.zip")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
	half := filepath.Join(t.TempDir(), "half.zip")
	if err := os.WriteFile(half, whole.Bytes()[:whole.Len()/2], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(half); !errors.Is(err, ErrDamaged) {
		t.Errorf("half a file: %v", err)
	}
}

func rezip(t *testing.T, raw []byte, change func(name, text string) string) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		text, _ := io.ReadAll(r)
		to, err := w.Create(f.Name)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(to, change(f.Name, string(text)))
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
