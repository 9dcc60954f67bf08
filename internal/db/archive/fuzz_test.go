package archive

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// FuzzOpen: a file that is no archive, or a broken one, is an error.
func FuzzOpen(f *testing.F) {
	f.Add([]byte(""))
	f.Add([]byte("PK\x03\x04 not really"))
	f.Add([]byte("PK\x05\x06" + strings.Repeat("\x00", 18)))
	f.Fuzz(func(t *testing.T, text []byte) {
		file := filepath.Join(t.TempDir(), "a.zip")
		if err := os.WriteFile(file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		if a, err := Open(file); err == nil {
			_ = a.Close()
		}
	})
}

// FuzzLines: the lines of a table, in both formats, are rows of its columns or an error.
func FuzzLines(f *testing.F) {
	columns := []Column{{Name: "a", Type: text}, {Name: "n", Type: integer}, {Name: "yes", Type: boolean}}
	for _, seed := range []string{`{"a":"x","n":1,"yes":true}`, `{"a":{"base64":"AA=="},"n":null,"yes":false}`, "a,n,yes\nx,1,true\n\\N,\\N,\\N\n", `{"a":"x"}{`, "a,n\n", "a,n,yes\n\"", "\x00", `{"n":1e400}`, `{"n":9223372036854775808}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, lines string) {
		for _, format := range []Format{JSONL, CSV} {
			r, err := newReader(format, strings.NewReader(lines), columns)
			if err != nil {
				continue
			}
			for {
				row, err := r.read()
				if errors.Is(err, io.EOF) || err != nil {
					break
				}
				if len(row) != len(columns) {
					t.Fatalf("%q: %d values", lines, len(row))
				}
			}
		}
	})
}
