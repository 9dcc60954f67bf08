package db

import (
	"context"
	"fmt"
)

// grown are the tables in which more has changed since PostgreSQL last looked at them than a
// third of their rows, and a few more: its plans rest on what they were. A node that has just
// begun sees the counts of all of them.
const grown = `SELECT CAST(relname AS TEXT) FROM pg_stat_user_tables
	WHERE schemaname = current_schema() AND n_mod_since_analyze > 200 + n_live_tup / 3 ORDER BY relname` //nolint:misspell // the column is called so

// Analyse has PostgreSQL look again at the tables that have grown or changed much. Prepared
// statements keep the plan of their first minutes, and in a new store that is the plan for
// empty tables, where reading everything looks cheapest: without this a store is slow in its
// first hours. It costs little when nothing has grown; call it now and then, outside of any
// transaction. SQLite's plans rest on the shape of the queries alone, so there is nothing to do.
func (d *DB) Analyse(ctx context.Context) error {
	if InTx(ctx) {
		return ErrNested
	}
	if err := d.engine.analyse(ctx); err != nil {
		return fmt.Errorf("database: analyse: %w", err)
	}
	return nil
}

func (s *sqliteEngine) analyse(context.Context) error { return nil }

func (p *postgresEngine) analyse(ctx context.Context) error {
	rows, err := p.pool.QueryContext(ctx, grown)
	if err != nil {
		return err
	}
	defer rows.Close()
	var tables []string
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		tables = append(tables, name)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, name := range tables {
		if _, err := p.pool.ExecContext(ctx, `ANALYSE "`+name+`"`); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}
