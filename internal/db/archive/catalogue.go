package archive

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"doorstep/internal/db"
)

// The tables in which migrations note themselves, and who may run on them: they are made by
// migrating, and not part of an archive.
const versions, floor = "goose_db_version", "schema_floor"

// The queries of the catalogue: tables with their columns, and who refers to whom.
const (
	sqliteColumns = `SELECT m.name, c.name, c.type, c.pk > 0 FROM sqlite_master m, pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, CASE WHEN c.pk > 0 THEN c.pk ELSE 1000 END, c.cid`
	sqliteReferences = `SELECT DISTINCT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'`

	postgresColumns = `SELECT c.table_name, c.column_name, c.data_type, k.ordinal_position IS NOT NULL
FROM information_schema.columns c
JOIN information_schema.tables t ON t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE'
LEFT JOIN information_schema.table_constraints p ON p.table_schema = c.table_schema AND p.table_name = c.table_name AND p.constraint_type = 'PRIMARY KEY'
LEFT JOIN information_schema.key_column_usage k ON k.constraint_schema = p.constraint_schema AND k.constraint_name = p.constraint_name
  AND k.table_name = c.table_name AND k.column_name = c.column_name
WHERE c.table_schema = current_schema() ORDER BY c.table_name, COALESCE(k.ordinal_position, 1000), c.ordinal_position`
	postgresReferences = `SELECT DISTINCT a.relname, b.relname FROM pg_constraint f JOIN pg_class a ON a.oid = f.conrelid JOIN pg_class b ON b.oid = f.confrelid
JOIN pg_namespace n ON n.oid = a.relnamespace WHERE f.contype = 'f' AND n.nspname = current_schema()`
)

// name is what a table or a column may be called: names from a file become part of SQL.
var name = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)

// catalogue lists the tables, key columns first, in an order in which they can be loaded.
func catalogue(ctx context.Context, tx *db.Tx) ([]Table, error) {
	columns, references := sqliteColumns, sqliteReferences
	if tx.Kind() == db.Postgres {
		columns, references = postgresColumns, postgresReferences
	}
	tables, err := readTables(ctx, tx, columns)
	if err != nil {
		return nil, err
	}
	refersTo, err := readReferences(ctx, tx, references)
	if err != nil {
		return nil, err
	}
	return inOrder(tables, refersTo)
}

func readTables(ctx context.Context, tx *db.Tx, query string) (tables []Table, err error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var table, declared string
		var c Column
		if err := rows.Scan(&table, &c.Name, &declared, &c.key); err != nil {
			return nil, err
		}
		if table == versions || table == floor {
			continue
		}
		if c.Type, err = typeOf(declared); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", table, c.Name, err)
		}
		if len(tables) == 0 || tables[len(tables)-1].Name != table {
			tables = append(tables, Table{Name: table})
		}
		last := &tables[len(tables)-1]
		last.Columns = append(last.Columns, c)
	}
	return tables, rows.Err()
}

func typeOf(declared string) (string, error) {
	switch strings.ToLower(declared) {
	case "text":
		return text, nil
	case "bigint", "integer":
		return integer, nil
	case "boolean":
		return boolean, nil
	}
	return "", fmt.Errorf("archive: a column of type %s cannot be written", declared)
}

func readReferences(ctx context.Context, tx *db.Tx, query string) (map[string][]string, error) {
	rows, err := tx.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	to := map[string][]string{}
	for rows.Next() {
		var from, target string
		if err := rows.Scan(&from, &target); err != nil {
			return nil, err
		}
		to[from] = append(to[from], target)
	}
	return to, rows.Err()
}

// inOrder puts every table after those that it refers to.
func inOrder(tables []Table, refersTo map[string][]string) ([]Table, error) {
	var sorted []Table
	done := map[string]bool{}
	for len(sorted) < len(tables) {
		before := len(sorted)
		for _, t := range tables {
			waits := slices.ContainsFunc(refersTo[t.Name], func(other string) bool { return other != t.Name && !done[other] })
			if !done[t.Name] && !waits {
				sorted, done[t.Name] = append(sorted, t), true
			}
		}
		if len(sorted) == before {
			return nil, fmt.Errorf("archive: tables refer to each other in a circle: %d of %d have an order", before, len(tables))
		}
	}
	return sorted, nil
}

// names are the names of columns, or of those of the primary key.
func names(columns []Column, keys bool) string {
	var list []string
	for _, c := range columns {
		if !keys || c.key {
			list = append(list, c.Name)
		}
	}
	return strings.Join(list, ", ")
}
