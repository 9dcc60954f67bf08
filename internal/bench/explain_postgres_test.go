package bench

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"doorstep/internal/db/dbtest"
)

// grownRows is how many rows every large table has for the plans of PostgreSQL, which rest on
// what is in the tables.
const grownRows = 20_000

// TestNoQueryReadsATableOnPostgres asks PostgreSQL how it would run every query of the program, in
// a store that has grown. Its plans rest on what is in the tables: with few rows reading all of them
// is right.
func TestNoQueryReadsATableOnPostgres(t *testing.T) {
	t.Parallel()
	conn := grownStore(t)
	if got := readWhole(t, conn, named{"no index", "SELECT mail_id FROM mails WHERE store_id = $1 AND words = $2"}); !slices.Equal(got, []string{"mails"}) {
		t.Fatalf("a query without an index reads all of %v", got)
	}
	for _, q := range append(stored(t), reported(t)...) {
		if strings.Contains(q.name, ".Survey") {
			continue // it is no query
		}
		for _, table := range readWhole(t, conn, q) {
			if whole[q.name] == "" && !slices.Contains(small, table) {
				t.Errorf("%s reads all of %s\n%s", q.name, table, q.text)
			}
		}
	}
}

// readWhole are the tables that a query's plan reads from end to end, when it is asked for a page
// of fifty, for a name that few rows have, and for moments when the shop was young.
func readWhole(t *testing.T, conn *sql.Conn, q named) (tables []string) {
	t.Helper()
	ctx := t.Context()
	if _, err := conn.ExecContext(ctx, "PREPARE one AS "+q.text); err != nil {
		t.Errorf("%s: %v\n%s", q.name, err, q.text)
		return nil
	}
	call := ""
	for i, kind := range texts(ctx, t, conn, "SELECT CAST(UNNEST(parameter_types) AS TEXT) FROM pg_prepared_statements WHERE name = 'one'") {
		value := "50"
		switch {
		case i == 0 && kind == "text":
			value = "'st_1'"
		case kind == "text":
			value = "'zzz'"
		case kind == "boolean":
			value = "TRUE"
		}
		call += ", " + value
	}
	if call != "" {
		call = "(" + call[2:] + ")"
	}
	text := texts(ctx, t, conn, "EXPLAIN (FORMAT JSON) EXECUTE one"+call)[0]
	run(ctx, t, conn, "DEALLOCATE one")
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil || len(plans) == 0 {
		t.Fatalf("%s: %v in %s", q.name, err, text)
	}
	return plans[0].Plan.whole(nil)
}

// planNode is a step of PostgreSQL's plan.
type planNode struct {
	Type  string `json:"Node Type"`
	Table string `json:"Relation Name"`
	Plans []planNode
}

func (n planNode) whole(tables []string) []string {
	if strings.HasSuffix(n.Type, "Seq Scan") {
		tables = append(tables, n.Table)
	}
	for _, part := range n.Plans {
		tables = part.whole(tables)
	}
	return tables
}

// grownStore is a connection to a database in which every large table has many rows of one store:
// most of them are of things that are over, as in a shop that has been open for years.
func grownStore(t *testing.T) *sql.Conn {
	t.Helper()
	pool, err := sql.Open("pgx", dbtest.URL(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pool.Close() })
	conn, err := pool.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	ctx := t.Context()
	values := allowed(ctx, t, conn)
	for _, drop := range texts(ctx, t, conn, `SELECT format('ALTER TABLE %s DROP CONSTRAINT %I CASCADE', conrelid::regclass, conname)
		FROM pg_constraint WHERE contype IN ('c', 'f') AND connamespace = current_schema()::regnamespace`) {
		run(ctx, t, conn, drop)
	}
	for _, table := range texts(ctx, t, conn, `SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace ORDER BY relname`) {
		if !slices.Contains(small, table) {
			run(ctx, t, conn, fillOf(ctx, t, conn, table, values))
		}
	}
	run(ctx, t, conn, "ANALYSE")
	run(ctx, t, conn, "SET plan_cache_mode = force_custom_plan")
	return conn
}

// fillOf is the statement that fills a table: names are all different, flags are mostly as in the
// beginning, states are mostly the last of those that are allowed.
func fillOf(ctx context.Context, t *testing.T, conn *sql.Conn, table string, values map[string][]string) string {
	t.Helper()
	unique := texts(ctx, t, conn, `SELECT DISTINCT a.attname FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
		WHERE i.indisunique AND i.indpred IS NULL AND i.indrelid = '`+table+`'::regclass`)
	rows, err := conn.QueryContext(ctx, `SELECT column_name, data_type, COALESCE(column_default, '') FROM information_schema.columns
		WHERE table_schema = current_schema() AND table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position`, table)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var names, made []string
	for rows.Next() {
		var name, kind, usual string
		if err := rows.Scan(&name, &kind, &usual); err != nil {
			t.Fatal(err)
		}
		names, made = append(names, name), append(made, filled(name, kind, usual, slices.Contains(unique, name), values[table+"."+name]))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("INSERT INTO %s (%s) SELECT %s FROM generate_series(1, %d) AS i ON CONFLICT DO NOTHING", table, strings.Join(names, ", "), strings.Join(made, ", "), grownRows)
}

// filled is an expression for a column of row i.
func filled(name, kind, usual string, unique bool, values []string) string {
	switch {
	case name == "store_id":
		return "'st_1'"
	case len(values) > 0:
		return fmt.Sprintf("CASE WHEN i %% 100 = 0 THEN (ARRAY['%s'])[1 + i / 100 %% %d] ELSE '%s' END", strings.Join(values, "','"), len(values), over(values))
	case kind == "boolean":
		return fmt.Sprintf("(i %% 200 = 0) <> %t", usual == "true")
	case kind == "text" && usual != "" && !unique:
		return fmt.Sprintf("CASE WHEN i %% 100 = 0 THEN md5('%s' || i) ELSE '' END", name)
	case kind == "text":
		return fmt.Sprintf("md5('%s' || i)", name)
	case usual != "" && !unique:
		return "CASE WHEN i % 100 = 0 THEN i ELSE 0 END"
	}
	return "i"
}

// over is the state that most things come to: the first of those that are known to be, else the
// last.
func over(values []string) string {
	for _, v := range strings.Fields("closed shipped delivered captured succeeded settled credited sent answered won active done published") {
		if slices.Contains(values, v) {
			return v
		}
	}
	return values[len(values)-1]
}

var quoted = regexp.MustCompile(`'([^']*)'`)

// allowed are the words that a column may hold, by table and column.
func allowed(ctx context.Context, t *testing.T, conn *sql.Conn) map[string][]string {
	t.Helper()
	list := map[string][]string{}
	for _, line := range texts(ctx, t, conn, `SELECT c.conrelid::regclass || '.' || a.attname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
		JOIN pg_attribute a ON a.attrelid = c.conrelid AND c.conkey = ARRAY[a.attnum] AND a.atttypid = 'text'::regtype WHERE c.contype = 'c'`) {
		name, rule, _ := strings.Cut(line, " ")
		for _, m := range quoted.FindAllStringSubmatch(rule, -1) {
			list[name] = append(list[name], m[1])
		}
	}
	return list
}

func texts(ctx context.Context, t *testing.T, conn *sql.Conn, query string) (list []string) {
	t.Helper()
	rows, err := conn.QueryContext(ctx, query)
	if err != nil {
		t.Fatalf("%v in %s", err, query)
	}
	defer rows.Close()
	for rows.Next() {
		var text string
		if err := rows.Scan(&text); err != nil {
			t.Fatal(err)
		}
		list = append(list, text)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return list
}

func run(ctx context.Context, t *testing.T, conn *sql.Conn, statement string) {
	t.Helper()
	if _, err := conn.ExecContext(ctx, statement); err != nil {
		t.Fatalf("%v in %s", err, statement)
	}
}
