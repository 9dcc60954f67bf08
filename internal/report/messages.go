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

// Talk is a conversation in a list.
type Talk struct {
	ID        id.Conversation `json:"id"`
	Order     id.Order        `json:"order,omitempty"`
	Number    int64           `json:"number,omitempty"` // of the order
	Email     string          `json:"email"`
	Name      string          `json:"name"`
	Subject   string          `json:"subject,omitempty"`
	Topic     string          `json:"topic,omitempty"`
	State     string          `json:"state" enum:"open,waiting,snoozed,closed"`
	Unsorted  bool            `json:"unsorted" doc:"It came by mail, and nobody has said whether it belongs to an order"`
	Staff     id.Staff        `json:"staff,omitempty" doc:"Who answers"`
	StaffName string          `json:"staff_name,omitempty"`
	AskedAt   clock.Time      `json:"asked_at" doc:"Since when somebody waits for an answer; missing: nobody does"`
	UntilAt   clock.Time      `json:"until_at" doc:"Snoozed until then"`
	LastAt    clock.Time      `json:"last_at" doc:"The newest message"`
	Overdue   bool            `json:"overdue" doc:"For longer than the store's setting"`
	Preview   string          `json:"preview"`
}

// TalkFilter says which conversations are listed; the zero value is all.
type TalkFilter struct {
	State    string // open, waiting, snoozed, closed
	Unsorted bool   // only mails of which nobody has said where they belong
	Loose    bool   // only overdue ones that belong to no order
	Staff    id.Staff
	Nobody   bool   // that are nobody's in particular
	Search   string // in addresses, names, subjects and order numbers ("#1042")
	Topic    string // what the customer says that it is about
	Sort     string // SortNewest message first, SortOldest, SortWaiting
}

// SortWaiting is a list of those who wait for an answer, the longest waiting first.
const SortWaiting = "waiting"

// keys is the order that a filter asks for.
func (f TalkFilter) keys() keyset {
	k := keyset{column: "c.last_at", given: "$", name: "c.conversation_id", down: f.Sort != SortOldest, number: true}
	if f.Sort == SortWaiting {
		k.column, k.down = "c.asked_at", false
	}
	return k
}

const talkColumns = `SELECT c.conversation_id, c.order_id, COALESCE(o.number, 0), c.email, c.name, c.subject, c.topic, c.state, c.unsorted, c.staff_id,
	COALESCE(s.name, ''), c.asked_at, c.until_at, c.last_at, c.overdue, c.preview
	FROM conversations c LEFT JOIN orders o ON o.store_id = c.store_id AND o.order_id = c.order_id
	LEFT JOIN staff s ON s.store_id = c.store_id AND s.staff_id = c.staff_id WHERE c.store_id = $1`

// Talks lists at most limit conversations, after the place that a page named, and says where the
// next page begins.
func Talks(ctx context.Context, tx *db.Tx, store id.Store, f TalkFilter, after string, limit int) (list []Talk, next string, err error) {
	keys, q := f.keys(), &query{args: []any{string(store)}}
	q.add("%s", talkColumns)
	if f.State != "" {
		q.add(" AND c.state = %s", q.arg(f.State))
	}
	if f.Unsorted {
		q.add(" AND c.unsorted")
	}
	if f.Loose {
		q.add(" AND c.order_id = '' AND c.overdue")
	}
	if f.Topic != "" {
		q.add(" AND c.topic = %s", q.arg(f.Topic))
	}
	if f.Sort == SortWaiting {
		q.add(" AND c.asked_at > 0")
	}
	switch {
	case f.Nobody:
		q.add(" AND c.staff_id = ''")
	case f.Staff != "":
		q.add(" AND c.staff_id = %s", q.arg(string(f.Staff)))
	}
	if words := strings.ToLower(strings.Join(strings.Fields(f.Search), " ")); words != "" {
		q.add(` AND c.search LIKE %s ESCAPE '\'`, q.arg("%"+wild.Replace(words)+"%"))
	}
	keys.page(q, after)
	q.add(" LIMIT %s", q.arg(limit+1))
	list, err = collect(ctx, tx, scanTalk, q.text.String(), q.args...)
	if err != nil {
		return nil, "", fmt.Errorf("conversations: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		at := last.LastAt
		if f.Sort == SortWaiting {
			at = last.AskedAt
		}
		next = keys.next(string(last.ID), strconv.FormatInt(int64(at), 10))
	}
	return list, next, nil
}

func scanTalk(row scanner, t *Talk) error {
	return row.Scan((*string)(&t.ID), (*string)(&t.Order), &t.Number, &t.Email, &t.Name, &t.Subject, &t.Topic, &t.State, &t.Unsorted, (*string)(&t.Staff),
		&t.StaffName, (*int64)(&t.AskedAt), (*int64)(&t.UntilAt), (*int64)(&t.LastAt), &t.Overdue, &t.Preview)
}

// TalkCounts is how many conversations there are of each kind, to 100 at most.
type TalkCounts struct{ Open, Waiting, Snoozed, Unsorted int64 }

// CountTalks counts them.
func CountTalks(ctx context.Context, tx *db.Tx, store id.Store) (n TalkCounts, err error) {
	for _, c := range []struct {
		into *int64
		and  string
	}{{&n.Open, "state = 'open'"}, {&n.Waiting, "state = 'waiting'"}, {&n.Snoozed, "state = 'snoozed'"}, {&n.Unsorted, "unsorted"}} {
		query := `SELECT COUNT(*) FROM (SELECT 1 FROM conversations WHERE store_id = $1 AND ` + c.and + ` LIMIT $2) AS t`
		if err := tx.QueryRowContext(ctx, query, string(store), countAtMost).Scan(c.into); err != nil {
			return n, fmt.Errorf("count of conversations: %w", err)
		}
	}
	return n, nil
}

// OrdersWith lists the orders of a mail address, the newest first: where a mail may belong.
func OrdersWith(ctx context.Context, tx *db.Tx, store id.Store, email string, limit int) ([]OrderRow, error) {
	page, err := Orders(ctx, tx, store, Filter{Email: email}, "", limit)
	return page.Orders, err
}
