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
}

const talkColumns = `SELECT c.conversation_id, c.order_id, COALESCE(o.number, 0), c.email, c.name, c.subject, c.topic, c.state, c.unsorted, c.staff_id,
	COALESCE(s.name, ''), c.asked_at, c.until_at, c.last_at, c.overdue, c.preview
	FROM conversations c LEFT JOIN orders o ON o.store_id = c.store_id AND o.order_id = c.order_id
	LEFT JOIN staff s ON s.store_id = c.store_id AND s.staff_id = c.staff_id WHERE c.store_id = $1`

// Talks lists at most limit conversations, those with the newest message first, after the
// place that a page named, and says where the next page begins.
func Talks(ctx context.Context, tx *db.Tx, store id.Store, f TalkFilter, after string, limit int) (list []Talk, next string, err error) {
	args := []any{string(store)}
	add := func(v any) string { args = append(args, v); return "$" + strconv.Itoa(len(args)) }
	query := talkColumns
	if f.State != "" {
		query += " AND c.state = " + add(f.State)
	}
	if f.Unsorted {
		query += " AND c.unsorted"
	}
	if f.Loose {
		query += " AND c.order_id = '' AND c.overdue"
	}
	switch {
	case f.Nobody:
		query += " AND c.staff_id = ''"
	case f.Staff != "":
		query += " AND c.staff_id = " + add(string(f.Staff))
	}
	if words := strings.ToLower(strings.Join(strings.Fields(f.Search), " ")); words != "" {
		query += ` AND c.search LIKE ` + add("%"+wild.Replace(words)+"%") + ` ESCAPE '\'`
	}
	if at, name, ok := strings.Cut(after, "."); ok {
		if moment, err := strconv.ParseInt(at, 10, 64); err == nil {
			query += " AND (c.last_at, c.conversation_id) < (" + add(moment) + ", " + add(name) + ")"
		}
	}
	query += " ORDER BY c.last_at DESC, c.conversation_id DESC LIMIT " + add(limit+1)
	list, err = collect(ctx, tx, scanTalk, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("conversations: %w", err)
	}
	if len(list) > limit {
		list = list[:limit]
		last := list[limit-1]
		next = strconv.FormatInt(int64(last.LastAt), 10) + "." + string(last.ID)
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
