package report

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// MailFilter chooses mails; a zero value takes all.
type MailFilter struct {
	State string // queued, sending, sent, uncertain, failed
	Kind  string // flow.MailKinds
	To    string // exactly this address
}

// MailRow is a mail in a list.
type MailRow struct {
	Mail
	Order  id.Order
	Number int64 // of the order; 0: it is about none
	Test   bool  // to a member of staff, who wanted to see it
}

// Mails lists a store's mails, the newest first, after the one that a page named; next names
// the last one when there are more.
func Mails(ctx context.Context, tx *db.Tx, store id.Store, f MailFilter, after string, limit int) (list []MailRow, next string, err error) {
	query := `SELECT m.mail_id, m.kind, m.recipient, m.subject, m.state, m.words, m.created_at, m.sent_at, m.order_id, m.is_test, COALESCE(o.number, 0)
		FROM mails m LEFT JOIN orders o ON o.store_id = m.store_id AND o.order_id = m.order_id WHERE m.store_id = $1`
	args := []any{string(store)}
	where := func(condition, value string) {
		if value != "" {
			args = append(args, value)
			query += " AND " + condition + " $" + strconv.Itoa(len(args))
		}
	}
	where("m.state =", f.State)
	where("m.kind =", f.Kind)
	where("m.recipient =", strings.TrimSpace(f.To))
	where("m.mail_id <", after)
	args = append(args, limit+1)
	query += " ORDER BY m.mail_id DESC LIMIT $" + strconv.Itoa(len(args))
	list, err = collect(ctx, tx, func(row scanner, m *MailRow) error {
		return row.Scan((*string)(&m.ID), &m.Kind, &m.Recipient, &m.Subject, &m.State, &m.Words, (*int64)(&m.CreatedAt), (*int64)(&m.SentAt),
			(*string)(&m.Order), &m.Test, &m.Number)
	}, query, args...)
	if err != nil {
		return nil, "", fmt.Errorf("list of mails: %w", err)
	}
	if len(list) > limit {
		list, next = list[:limit], string(list[limit-1].ID)
	}
	return list, next, nil
}

// MailTrouble is why a store's mails do not leave, and how many wait for that.
type MailTrouble struct {
	Kind    string     `json:"kind"` // flow.MailsUnset, MailsRefused, MailsUnreachable
	Words   string     `json:"words"`
	Since   clock.Time `json:"since"`
	Waiting int64      `json:"waiting"` // mails, to 100 at most
}

// unreachableFor is how long a mail server may be silent before a person is told.
const unreachableFor = 10 * time.Minute

// troubleOfMails is empty while mails leave, and while a silence is too short to be told.
const troubleOfMails = `SELECT kind, words, since_at FROM mail_troubles
	WHERE store_id = $1 AND (kind <> 'unreachable' OR since_at <= $2)`

// TroubleOfMails says why a store's mails do not leave; nil while they do.
func TroubleOfMails(ctx context.Context, tx *db.Tx, store id.Store) (*MailTrouble, error) {
	list, err := collect(ctx, tx, func(row scanner, t *MailTrouble) error {
		return row.Scan(&t.Kind, &t.Words, (*int64)(&t.Since))
	}, troubleOfMails, string(store), int64(tx.Now.Add(-unreachableFor)))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	t := list[0]
	return &t, tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (SELECT 1 FROM mails WHERE store_id = $1 AND state = 'queued' LIMIT $2) AS t`,
		string(store), countAtMost).Scan(&t.Waiting)
}

// BoxTrouble is why the store's mailbox cannot be read.
type BoxTrouble struct {
	Box   string     `json:"box"` // who reads what where
	Words string     `json:"words"`
	Since clock.Time `json:"since"`
}

// TroubleOfMailbox says why no mail comes in; nil while it does, and while a silence is too
// short to be told.
func TroubleOfMailbox(ctx context.Context, tx *db.Tx, store id.Store) (*BoxTrouble, error) {
	list, err := collect(ctx, tx, func(row scanner, t *BoxTrouble) error {
		return row.Scan(&t.Box, &t.Words, (*int64)(&t.Since))
	}, `SELECT folder, trouble, trouble_at FROM mail_folders WHERE store_id = $1 AND trouble <> '' AND trouble_at <= $2 ORDER BY trouble_at, folder LIMIT 1`,
		string(store), int64(tx.Now.Add(-unreachableFor)))
	if err != nil || len(list) == 0 {
		return nil, err
	}
	return &list[0], nil
}
