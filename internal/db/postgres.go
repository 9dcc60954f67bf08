package db

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

const (
	oldestPostgres  = 150000 // server_version_num
	postgresConns   = 24
	conflictRetries = 10
)

// postgresEngine is the engine for PostgreSQL: a pool, and a plain transaction per closure in
// READ COMMITTED, which suffices because every update of ours is conditional. pgx prepares
// each statement once per connection.
type postgresEngine struct {
	d    *DB
	pool *sql.DB
}

func openPostgres(ctx context.Context, dsn string, d *DB) (*postgresEngine, error) {
	cfg, err := pgx.ParseConfig(dsn)
	if err != nil {
		return nil, err // pgx leaves the password out
	}
	if cfg.RuntimeParams["application_name"] == "" {
		cfg.RuntimeParams["application_name"] = "doorstep"
	}
	pool := sql.OpenDB(pipelining{stdlib.GetConnector(*cfg, stdlib.OptionAfterConnect(steer))})
	conns := d.opts.MaxReaders
	if conns <= 0 {
		conns = postgresConns
	}
	pool.SetMaxOpenConns(conns)
	pool.SetMaxIdleConns(conns)
	pool.SetConnMaxIdleTime(5 * time.Minute)
	var version int
	err = pool.QueryRowContext(ctx, "SELECT CAST(current_setting('server_version_num') AS integer)").Scan(&version)
	if err == nil && version < oldestPostgres {
		err = fmt.Errorf("the server is version %d, Doorstep needs 15 or later", version/10000)
	}
	if err != nil {
		_ = pool.Close()
		return nil, err
	}
	return &postgresEngine{d: d, pool: pool}, nil
}

// steering is what every connection sets. Our queries look for few rows by an index, in tables that
// lie in memory for the most part: a random page costs hardly more than the next one, and compiling
// a query takes longer than running it. It is no parameter of the connection, because poolers
// between us and the server refuse those that they do not know.
const steering = `SET jit = off; SET random_page_cost = 1.1`

func steer(ctx context.Context, c *pgx.Conn) error {
	if _, err := c.Exec(ctx, steering); err != nil {
		return fmt.Errorf("set up a connection: %w", err)
	}
	return nil
}

func (p *postgresEngine) close() error { return p.pool.Close() }

// update runs the closure until it meets no conflict, ten times more at most.
func (p *postgresEngine) update(ctx context.Context, fn closure) error {
	for try := 0; ; try++ {
		conflict, err := p.once(ctx, nil, fn)
		if !conflict || try == conflictRetries {
			return err
		}
		pause := time.Duration(1+rand.IntN(2<<min(try, 6))) * time.Millisecond
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}

// view reads one snapshot.
func (p *postgresEngine) view(ctx context.Context, fn closure) error {
	_, err := p.once(ctx, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true}, fn)
	return err
}

// once runs the closure in one transaction and says whether a conflict with another
// transaction was what ended it.
func (p *postgresEngine) once(ctx context.Context, o *sql.TxOptions, fn closure) (conflict bool, err error) {
	inner, err := p.pool.BeginTx(ctx, o)
	if err != nil {
		return false, fmt.Errorf("begin: %w", err)
	}
	defer inner.Rollback() //nolint:errcheck // after a commit there is nothing to roll back
	tx := p.d.newTx(inner)
	if err := tx.run(ctx, fn); err != nil {
		return lostConflict(err) || lostConflict(tx.err), err
	}
	if err := inner.Commit(); err != nil {
		return lostConflict(err), fmt.Errorf("commit: %w", err)
	}
	tx.committed()
	return false, nil
}
