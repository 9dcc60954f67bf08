// Package seed multiplies the orders of a store, for measurements: a hundred real orders with
// their lines, purchases, parcels, money, events and mails become a hundred thousand in less
// than a minute. It has no use in a shop that sells.
//
// A copy is made inside the database. Names of things (or_06fxyz…) begin with their time, so
// a copy gets names of an earlier time by replacing those first letters everywhere, and its
// times are moved by as much. What was there before the order (variants, suppliers) keeps its
// name. Copies have no jobs, carts or reserved stock: nothing happens to them any more.
package seed

import (
	"context"
	"fmt"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Options of Multiply.
type Options struct {
	Store  id.Store
	Models []id.Order    // what is copied, all of them each time
	Copies int           // how often
	Skip   int           // how many copies there are already, of earlier calls with the same models
	Every  time.Duration // how much time lies between a copy and the next: backwards from the models
	Done   func(copies int)
}

// Multiply makes the copies, each in a transaction of its own, the oldest last. The numbers
// of the new orders begin above ten million.
func Multiply(ctx context.Context, d *db.DB, o Options) error {
	var p plan
	err := d.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		p, err = newPlan(ctx, tx, o)
		return err
	})
	if err != nil {
		return fmt.Errorf("seed: %w", err)
	}
	for n := range o.Copies {
		err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return p.copy(ctx, tx, o.Skip+n) })
		if err != nil {
			return fmt.Errorf("seed: copy %d: %w", n, err)
		}
		if o.Done != nil {
			o.Done(n + 1)
		}
	}
	return nil
}

// Models picks orders of a store to be multiplied: so many of each state, the newest first.
func Models(ctx context.Context, d *db.DB, store id.Store, wanted map[string]int) (list []id.Order, err error) {
	err = d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		list = nil
		for state, n := range wanted {
			found, err := names(ctx, tx, `SELECT order_id FROM orders WHERE store_id = $1 AND state = $2 ORDER BY order_id DESC LIMIT $3`,
				string(store), state, n)
			if err != nil {
				return fmt.Errorf("seed: models: %w", err)
			}
			for _, name := range found {
				list = append(list, id.Order(name))
			}
		}
		return nil
	})
	return list, err
}

func names(ctx context.Context, tx *db.Tx, query string, args ...any) (list []string, err error) {
	rows, err := tx.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var name string
		if err := rows.Scan(&name); err != nil {
			return nil, err
		}
		list = append(list, name)
	}
	return list, rows.Err()
}

// Count is how many orders a store has; middle is one in the middle of those in a state.
func Count(ctx context.Context, tx *db.Tx, store id.Store, state string) (n int64, middle id.Order, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM orders WHERE store_id = $1`, string(store)).Scan(&n)
	if err != nil {
		return 0, "", fmt.Errorf("seed: count: %w", err)
	}
	list, err := names(ctx, tx, `SELECT order_id FROM orders WHERE store_id = $1 AND state = $2 ORDER BY order_id LIMIT 1
		OFFSET (SELECT COUNT(*) / 2 FROM orders WHERE store_id = $1 AND state = $2)`, string(store), state)
	if err != nil || len(list) == 0 {
		return n, "", err
	}
	return n, id.Order(list[0]), nil
}
