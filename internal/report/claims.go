package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// ClaimRow is a claim in a list.
type ClaimRow struct {
	ID        id.Claim
	Number    string // on papers: "1042-C1"
	Order     id.Order
	Customer  string // as in the order's account; may be empty
	Email     string
	Kind      string
	State     string
	Words     string
	Trouble   string     // why somebody must see to it
	DueAt     clock.Time // the end of the customer's turn; zero: there is none
	CreatedAt clock.Time
}

// ClaimFilter says which claims are listed, and in which order; the zero value is all, the newest
// first.
type ClaimFilter struct {
	Live  bool     // only those that are not over
	State string   // a state of package claim
	Kind  string   // a kind of package claim
	Order id.Order // only those of one order
	Text  string   // the number of a claim or of an order
	Sort  string   // SortNewest, SortOldest, SortDue
}

// SortDue is a list of the claims whose customer's turn ends, the next to end first.
const SortDue = "due"

// keys is the order that a filter asks for.
func (f ClaimFilter) keys() keyset {
	if f.Sort == SortDue {
		return keyset{column: "c.due_at", given: "$", name: "c.claim_id", number: true}
	}
	return byTime("c.claim_id", f.Sort)
}

// Claims lists at most limit claims, after the place that a page named, and says where the next
// page begins.
func Claims(ctx context.Context, tx *db.Tx, store id.Store, f ClaimFilter, after string, limit int) ([]ClaimRow, string, error) {
	keys, q := f.keys(), &query{}
	q.add(`SELECT c.claim_id, c.number, c.order_id, m.name, m.email, c.kind, c.state, c.words, c.trouble, c.due_at, c.created_at
		FROM claims c LEFT JOIN orders o ON o.store_id = c.store_id AND o.order_id = c.order_id
		LEFT JOIN customers m ON m.store_id = o.store_id AND m.customer_id = o.customer_id WHERE c.store_id = %s`, q.arg(string(store)))
	f.where(q)
	keys.page(q, after)
	q.add(" LIMIT %s", q.arg(limit+1))
	rows, err := collect(ctx, tx, func(row scanner, c *ClaimRow) error {
		return row.Scan((*string)(&c.ID), &c.Number, (*string)(&c.Order), &c.Customer, &c.Email, &c.Kind, &c.State, &c.Words, &c.Trouble,
			(*int64)(&c.DueAt), (*int64)(&c.CreatedAt))
	}, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("list of claims: %w", err)
	}
	if len(rows) <= limit {
		return rows, "", nil
	}
	last := rows[limit-1]
	return rows[:limit], keys.next(string(last.ID), strconv.FormatInt(int64(last.DueAt), 10)), nil
}

// where adds the conditions. Those of states and of moments are written as in the partial indexes.
func (f ClaimFilter) where(q *query) {
	switch {
	case f.State != "":
		q.add(" AND c.state = %s", q.arg(f.State))
	case f.Live:
		q.add(" AND c.state IN ('opened', 'waiting', 'returning', 'inspecting', 'settling', 'failed')")
	}
	if f.Kind != "" {
		q.add(" AND c.kind = %s", q.arg(f.Kind))
	}
	if f.Order != "" {
		q.add(" AND c.order_id = %s", q.arg(string(f.Order)))
	}
	if f.Sort == SortDue {
		q.add(" AND c.due_at > 0")
	}
	text := strings.ToUpper(strings.TrimPrefix(strings.TrimSpace(f.Text), "#"))
	if n, err := strconv.ParseInt(text, 10, 64); err == nil {
		q.add(" AND c.order_id = (SELECT order_id FROM orders WHERE store_id = $1 AND number = %s)", q.arg(n))
	} else if text != "" {
		q.add(" AND c.number = %s", q.arg(text))
	}
}
