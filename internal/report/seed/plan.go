package seed

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Names made within one window of 2^26 microseconds (67 seconds) have their first six letters
// in common.
const (
	windowBits = 26
	letters    = 6
	alphabet   = "0123456789abcdefghjkmnpqrstvwxyz" // of package id
)

// table is how the rows of one table are found, and which column must differ although it
// need not hold a name.
type table struct{ name, key, unique string }

// tables stand in the order in which rows refer to each other.
func tables() []table {
	return []table{
		{"customers", "customer_id", "email"}, {"orders", "order_id", "email"}, {"order_lines", "order_id", ""},
		{"order_units", "order_id", ""}, {"payments", "order_id", "ref"}, {"refunds", "order_id", ""},
		{"purchases", "order_id", "key"}, {"purchase_lines", "purchase_id", ""}, {"attempts", "purchase_id", ""},
		{"shipments", "order_id", "number"}, {"shipment_lines", "shipment_id", ""}, {"tracking_events", "shipment_id", ""},
		{"ledger_entries", "order_id", "entry_key"}, {"events", "order_id", ""}, {"mails", "order_id", "mail_key"},
	}
}

// kept are the columns that name what was there before the orders.
func kept(column string) bool {
	return slices.Contains([]string{"store_id", "variant_id", "product_id", "supplier_id", "offer_id", "connector_id", "staff_id"}, column)
}

// timed says whether a column is a moment.
func timed(column string) bool {
	return strings.HasSuffix(column, "_at") || column == "at" || column == "promised_from" || column == "promised_to"
}

// plan is what is the same for all copies.
type plan struct {
	store   string
	models  int
	windows []int64 // of the models' names
	step    int64   // windows between two copies
	queries []string
	keys    [][]any
}

// newPlan reads which rows belong to the models, and prepares what copies them.
func newPlan(ctx context.Context, tx *db.Tx, o Options) (plan, error) {
	if len(o.Models) == 0 || o.Copies < 1 {
		return plan{}, errors.New("there is nothing to copy")
	}
	p := plan{store: string(o.Store), models: len(o.Models)}
	keys := map[string][]any{}
	for _, m := range o.Models {
		keys["order_id"] = append(keys["order_id"], string(m))
	}
	for _, of := range []struct{ key, table string }{{"customer_id", "orders"}, {"purchase_id", "purchases"}, {"shipment_id", "shipments"}} {
		found, err := names(ctx, tx, `SELECT DISTINCT `+of.key+` FROM `+of.table+` WHERE store_id = $1 AND order_id IN `+places(2, p.models),
			append([]any{p.store}, keys["order_id"]...)...)
		if err != nil {
			return p, err
		}
		for _, name := range found {
			keys[of.key] = append(keys[of.key], name)
		}
	}
	if err := p.findWindows(ctx, tx, keys["order_id"]); err != nil {
		return p, err
	}
	p.step = max(o.Every.Microseconds()>>windowBits, p.windows[len(p.windows)-1]-p.windows[0]+1)
	for _, t := range tables() {
		if len(keys[t.key]) == 0 {
			continue
		}
		query, err := p.query(ctx, tx, t, len(keys[t.key]))
		if err != nil {
			return p, err
		}
		p.queries, p.keys = append(p.queries, query), append(p.keys, keys[t.key])
	}
	return p, nil
}

// findWindows reads when the models and all that happened to them were named.
func (p *plan) findWindows(ctx context.Context, tx *db.Tx, models []any) error {
	found, err := names(ctx, tx, `SELECT DISTINCT SUBSTR(event_id, 4, 6) FROM events WHERE store_id = $1 AND order_id IN `+places(2, p.models),
		append([]any{p.store}, models...)...)
	if err != nil {
		return err
	}
	for _, m := range models {
		found = append(found, m.(string)[3:3+letters])
	}
	for _, text := range found {
		var w int64
		for _, letter := range []byte(text) {
			w = w<<5 | int64(strings.IndexByte(alphabet, letter))
		}
		p.windows = append(p.windows, w)
	}
	slices.Sort(p.windows)
	if p.windows = slices.Compact(p.windows); len(p.windows) > 16 {
		return fmt.Errorf("the models were made in %d different minutes; choose some that were made together", len(p.windows))
	}
	return nil
}

// query copies the rows of a table. Its arguments are the store, how far times move, how far
// numbers move, what makes texts differ, the letters of each window, and the keys.
func (p *plan) query(ctx context.Context, tx *db.Tx, t table, keys int) (string, error) {
	rows, err := tx.QueryContext(ctx, `SELECT * FROM `+t.name+` LIMIT 0`)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	types, err := rows.ColumnTypes()
	if err != nil {
		return "", err
	}
	var into, from []string
	for _, c := range types {
		into = append(into, c.Name())
		from = append(from, p.expression(t, c.Name(), c.DatabaseTypeName() == "TEXT"))
	}
	return `INSERT INTO ` + t.name + ` (` + strings.Join(into, ", ") + `) SELECT ` + strings.Join(from, ", ") + ` FROM ` + t.name +
		` WHERE store_id = $1 AND ` + t.key + ` IN ` + places(5+len(p.windows), keys) +
		` AND CAST($2 AS BIGINT) < CAST($3 AS BIGINT) AND CAST($4 AS TEXT) <> '' ON CONFLICT DO NOTHING`, rows.Err()
}

// expression is a column of a copy.
func (p *plan) expression(t table, column string, text bool) string {
	switch {
	case kept(column):
		return column
	case column == "cart_id":
		return "''"
	case timed(column):
		return "CASE WHEN " + column + " > 0 THEN " + column + " + CAST($2 AS BIGINT) ELSE 0 END"
	case t.name == "orders" && column == "number":
		return "number + CAST($3 AS BIGINT)"
	case !text:
		return column
	}
	e := column
	for i, w := range p.windows {
		e = "REPLACE(" + e + ", '_" + lettersOf(w) + "', CAST($" + strconv.Itoa(5+i) + " AS TEXT))"
	}
	if column == t.unique {
		e = "CAST($4 AS TEXT) || " + e
	}
	return e
}

// copy makes the n-th copy of all models.
func (p *plan) copy(ctx context.Context, tx *db.Tx, n int) error {
	shift := int64(n+1) * p.step
	first := []any{p.store, -(shift << windowBits), int64(10_000_000) + int64(n)*100_000, fmt.Sprintf("c%d.", n)}
	for _, w := range p.windows {
		first = append(first, "_"+lettersOf(w-shift))
	}
	for i, query := range p.queries {
		if _, err := tx.ExecContext(ctx, query, append(slices.Clip(first), p.keys[i]...)...); err != nil {
			return err
		}
	}
	return nil
}

// lettersOf are the first letters of names made in a window.
func lettersOf(window int64) string {
	return id.New("x", time.UnixMicro(window<<windowBits))[2 : 2+letters]
}

// places is a list of so many arguments, from the given one on.
func places(from, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = "$" + strconv.Itoa(from+i)
	}
	return "(" + strings.Join(list, ", ") + ")"
}
