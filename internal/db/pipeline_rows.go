package db

import (
	"database/sql/driver"
	"errors"
	"fmt"
	"io"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// behind is the rows of a query that went out behind others. Closing it ends their sending too.
type behind struct {
	tx      *pipedTx
	rows    pgx.Rows
	results pgx.BatchResults
	columns []string
	codecs  []pgtype.Codec
	first   bool // the first row is read, as database/sql asks for the columns before it
	more    bool // and there was one
}

func (t *pipedTx) behind(rows pgx.Rows, results pgx.BatchResults) (driver.Rows, error) {
	a := &behind{tx: t, rows: rows, results: results, first: true, more: rows.Next()}
	if err := rows.Err(); err != nil {
		_ = a.Close() // says the same again
		return nil, err
	}
	types := t.c.Conn.Conn().TypeMap()
	for _, f := range rows.FieldDescriptions() {
		of, ok := types.TypeForOID(f.DataTypeOID)
		if !ok {
			return nil, errors.Join(fmt.Errorf("column %s is of an unknown type", f.Name), a.Close())
		}
		a.columns, a.codecs = append(a.columns, f.Name), append(a.codecs, of.Codec)
	}
	return a, nil
}

// Columns are the names of the columns.
func (a *behind) Columns() []string { return a.columns }

// Next reads a row; io.EOF after the last one.
func (a *behind) Next(dest []driver.Value) (err error) {
	more := a.more
	if !a.first {
		more = a.rows.Next()
	}
	a.first = false
	if !more {
		if err := a.rows.Err(); err != nil {
			return a.tx.fail(err)
		}
		return io.EOF
	}
	types, fields := a.rows.TypeMap(), a.rows.FieldDescriptions()
	for i, raw := range a.rows.RawValues() {
		dest[i], err = a.codecs[i].DecodeDatabaseSQLValue(types, fields[i].DataTypeOID, fields[i].Format, raw)
		if err != nil {
			return fmt.Errorf("column %s: %w", a.columns[i], err)
		}
	}
	return nil
}

// Close reads the rest.
func (a *behind) Close() error {
	a.rows.Close()
	err := a.results.Close()
	if a.rows.Err() != nil {
		err = a.rows.Err()
	}
	return a.tx.fail(err)
}
