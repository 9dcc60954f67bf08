package report

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// CodeFilter says which discount codes are listed, and in which order; the zero value is all, the
// newest first.
type CodeFilter struct {
	Text  string // how the code begins
	State string // "active" or "stopped"; empty: any
	Sort  string // SortNewest, SortOldest, SortName, SortNameBack
}

// CodeNames lists at most limit codes by their names, after the place that a page named, and says
// where the next page begins.
func CodeNames(ctx context.Context, tx *db.Tx, store id.Store, f CodeFilter, after string, limit int) ([]id.Discount, string, error) {
	type row struct{ name, code string }
	keys, q := byTime("discount_id", f.Sort), &query{}
	if f.Sort == SortName || f.Sort == SortNameBack {
		keys = keyset{column: "code", given: "$", name: "discount_id", down: f.Sort == SortNameBack}
	}
	q.add("SELECT discount_id, code FROM discounts WHERE store_id = %s", q.arg(string(store)))
	if text := strings.ToUpper(strings.TrimSpace(f.Text)); text != "" {
		q.add(` AND code LIKE %s ESCAPE '\'`, q.arg(wild.Replace(text)+"%"))
	}
	switch f.State {
	case "active":
		q.add(" AND active")
	case "stopped":
		q.add(" AND NOT active")
	}
	keys.page(q, after)
	q.add(" LIMIT %s", q.arg(limit+1))
	rows, err := collect(ctx, tx, func(from scanner, r *row) error { return from.Scan(&r.name, &r.code) }, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list of codes: %w", err)
	}
	next := ""
	if len(rows) > limit {
		rows, next = rows[:limit], keys.next(rows[limit-1].name, rows[limit-1].code)
	}
	names := make([]id.Discount, len(rows))
	for i, r := range rows {
		names[i] = id.Discount(r.name)
	}
	return names, next, nil
}
