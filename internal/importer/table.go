package importer

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// table is an open CSV file whose header is known.
type table struct {
	src    *source
	in     *reader
	rows   *rows
	header []string       // as in the file
	at     map[string]int // our name of a column: its place
	comma  bool           // commas may be decimal: the delimiter is another
}

// row is one row of a table.
type row struct {
	t      *table
	fields []string
	line   int
}

// openTable opens a file and reads its header. Columns are found by their names in any
// case; alias gives other programs' names for ours.
func openTable(src *source, alias map[string]string) (*table, error) {
	in, err := src.open()
	if err != nil {
		return nil, err
	}
	t := &table{src: src, in: in, at: map[string]int{}}
	if t.rows, err = newRows(in.Reader); err == nil {
		t.header, _, err = t.rows.read()
	}
	if err != nil {
		in.close()
		if errors.Is(err, io.EOF) {
			err = errors.New("the file is empty")
		}
		return nil, fmt.Errorf("%s: %w", src.name, err)
	}
	t.rows.width, t.comma = len(t.header), t.rows.comma != ','
	for i, name := range t.header {
		key := strings.Join(strings.Fields(strings.ToLower(name)), " ")
		if other, ok := alias[key]; ok {
			key = other
		}
		if _, twice := t.at[key]; !twice {
			t.at[key] = i
		}
	}
	return t, nil
}

func (t *table) close() { t.in.close() }

// has says whether there are columns of these names.
func (t *table) has(names ...string) bool {
	for _, name := range names {
		if _, ok := t.at[name]; !ok {
			return false
		}
	}
	return true
}

// next is the next row. A row that cannot be read is an errRow; io.EOF is the end.
func (t *table) next() (row, error) {
	fields, line, err := t.rows.read()
	if err != nil {
		return row{}, err
	}
	if len(fields) > len(t.header) && strings.Join(fields[len(t.header):], "") != "" {
		return row{}, errRow{line, fmt.Sprintf("the row has %d fields, the header %d", len(fields), len(t.header))}
	}
	return row{t, fields, line}, nil
}

// get is a field by our name of its column, without outer space; empty when there is none.
// Rows may be shorter than the header: spreadsheets cut empty fields off.
func (r row) get(name string) string {
	i, ok := r.t.at[name]
	if !ok || i >= len(r.fields) {
		return ""
	}
	return strings.TrimSpace(r.fields[i])
}

// column is the name of a column as in the file.
func (r row) column(name string) string {
	if i, ok := r.t.at[name]; ok {
		return strings.TrimSpace(r.t.header[i])
	}
	return name
}

// problem is one of this row.
func (r row) problem(column, reason string) Problem {
	if column != "" {
		column = r.column(column)
	}
	return Problem{File: r.t.src.name, Line: r.line, Column: column, Reason: reason}
}
