// Package rows reads and overwrites rows of any table by the names of its columns: for what
// has to reach every place where something is kept, such as handing a customer all that is
// held about them, or forgetting it. Everything else has typed queries.
package rows

import (
	"context"
	"database/sql"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Row is a row by the names of its columns: text, int64, bool or nil.
type Row map[string]any

// most is how many values one query is asked for: SQLite takes 32,766 parameters.
const most = 500

// name is what a table or a column may be called: names become part of SQL.
var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

func check(names ...string) error {
	for _, n := range names {
		if !name.MatchString(n) {
			return fmt.Errorf("rows: %q is no name of a table or column", n)
		}
	}
	return nil
}

// Tables are the names of the tables that the database has.
func Tables(ctx context.Context, tx *db.Tx) (map[string]bool, error) {
	query := "SELECT name FROM sqlite_master WHERE type = 'table'"
	if tx.Kind() == db.Postgres {
		query = "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = current_schema() AND table_type = 'BASE TABLE'"
	}
	found, err := read(ctx, tx, query, nil)
	if err != nil {
		return nil, fmt.Errorf("tables: %w", err)
	}
	names := map[string]bool{}
	for _, r := range found {
		names[r.Text("name")] = true
	}
	return names, nil
}

// Select is the rows of a store's table whose column has one of the values.
func Select(ctx context.Context, tx *db.Tx, store id.Store, table, column string, values []string) (list []Row, err error) {
	if err := check(table, column); err != nil {
		return nil, err
	}
	for len(values) > 0 {
		part := values[:min(most, len(values))]
		values = values[len(part):]
		where, args := among(store, column, part)
		found, err := read(ctx, tx, "SELECT * FROM "+table+where, args)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", table, err)
		}
		list = append(list, found...)
	}
	return list, nil
}

// Holding is the rows of a store's table in whose column one of the texts stands, whatever
// its case.
func Holding(ctx context.Context, tx *db.Tx, store id.Store, table, column string, texts []string) (list []Row, err error) {
	if err := check(table, column); err != nil || len(texts) == 0 {
		return nil, err
	}
	args := []any{string(store)}
	var either []string
	for _, t := range texts {
		args = append(args, "%"+wild.Replace(t)+"%")
		either = append(either, "LOWER("+column+") LIKE LOWER($"+strconv.Itoa(len(args))+`) ESCAPE '\'`)
	}
	list, err = read(ctx, tx, "SELECT * FROM "+table+" WHERE store_id = $1 AND ("+strings.Join(either, " OR ")+")", args)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", table, err)
	}
	return list, nil
}

// wild takes their meaning from the wildcards of LIKE.
var wild = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

// Update writes columns of the one row that has the values of the key.
func Update(ctx context.Context, tx *db.Tx, table string, row Row, key []string, set Row) error {
	if err := check(append([]string{table}, key...)...); err != nil {
		return err
	}
	var args []any
	var columns, where []string
	for column, value := range set {
		if err := check(column); err != nil {
			return err
		}
		args = append(args, value)
		columns = append(columns, column+" = $"+strconv.Itoa(len(args)))
	}
	for _, column := range key {
		args = append(args, row[column])
		where = append(where, column+" = $"+strconv.Itoa(len(args)))
	}
	_, err := tx.ExecContext(ctx, "UPDATE "+table+" SET "+strings.Join(columns, ", ")+" WHERE "+strings.Join(where, " AND "), args...)
	if err != nil {
		return fmt.Errorf("%s: %w", table, err)
	}
	return nil
}

// Delete drops the rows of a store's table whose column has one of the values, and says how
// many there were.
func Delete(ctx context.Context, tx *db.Tx, store id.Store, table, column string, values []string) (n int64, err error) {
	if err := check(table, column); err != nil {
		return 0, err
	}
	for len(values) > 0 {
		part := values[:min(most, len(values))]
		values = values[len(part):]
		where, args := among(store, column, part)
		result, err := tx.ExecContext(ctx, "DELETE FROM "+table+where, args...)
		if err != nil {
			return n, fmt.Errorf("%s: %w", table, err)
		}
		gone, err := result.RowsAffected()
		if err != nil {
			return n, fmt.Errorf("%s: %w", table, err)
		}
		n += gone
	}
	return n, nil
}

func among(store id.Store, column string, values []string) (where string, args []any) {
	args = []any{string(store)}
	places := make([]string, len(values))
	for i, v := range values {
		args = append(args, v)
		places[i] = "$" + strconv.Itoa(len(args))
	}
	return " WHERE store_id = $1 AND " + column + " IN (" + strings.Join(places, ", ") + ")", args
}

func read(ctx context.Context, tx *db.Tx, query string, args []any) (list []Row, err error) {
	found, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer found.Close()
	columns, err := found.ColumnTypes()
	if err != nil {
		return nil, err
	}
	for found.Next() {
		row, err := scan(found, columns)
		if err != nil {
			return nil, err
		}
		list = append(list, row)
	}
	return list, found.Err()
}

func scan(found *sql.Rows, columns []*sql.ColumnType) (Row, error) {
	into := make([]any, len(columns))
	for i := range into {
		into[i] = new(any)
	}
	if err := found.Scan(into...); err != nil {
		return nil, err
	}
	row := Row{}
	for i, c := range columns {
		value := *(into[i].(*any)) //nolint:forcetypeassert // made above
		if text, ok := value.([]byte); ok {
			value = string(text)
		}
		if n, ok := value.(int64); ok && strings.EqualFold(c.DatabaseTypeName(), "BOOLEAN") {
			value = n != 0
		}
		row[c.Name()] = value
	}
	return row, nil
}

// Text is a column of a row as text; empty when it is none.
func (r Row) Text(column string) string {
	text, _ := r[column].(string)
	return text
}
