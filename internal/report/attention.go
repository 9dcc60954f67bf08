package report

import (
	"context"
	"fmt"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Attention is all that waits for a person, at most a page of each kind.
type Attention struct {
	Orders     []OrderRow   `json:"orders"`
	MoreOrders string       `json:"more_orders,omitempty"` // where the list goes on, for Orders with NeedsPerson
	Connectors []Connector  `json:"connectors"`            // those that the other side refuses or soon will, or that are paused
	Feeds      []Feed       `json:"feeds"`                 // offers that the guard did not believe
	Jobs       []Job        `json:"jobs"`                  // work that was given up
	Mails      []Mail       `json:"mails"`                 // what could not be told
	Messages   []Talk       `json:"messages"`              // of people without an order, who have waited too long
	MailServer *MailTrouble `json:"mail_server,omitempty"` // why no mail leaves
	Mailbox    *BoxTrouble  `json:"mailbox,omitempty"`     // why no mail comes in
}

// Connector is a connector without its settings.
type Connector struct {
	ID        id.Connector `json:"id"`
	Kind      string       `json:"kind"`
	Driver    string       `json:"driver"`
	Name      string       `json:"name"`
	State     string       `json:"state"`
	Reason    string       `json:"reason,omitempty"`
	UpdatedAt clock.Time   `json:"updated_at"`
	EndsAt    clock.Time   `json:"ends_at"` // of its permission; zero: never, or not known
}

// Feed is one run of a supplier's offers.
type Feed struct {
	ID           id.Feed     `json:"id"`
	Supplier     id.Supplier `json:"supplier"`
	SupplierName string      `json:"supplier_name"`
	State        string      `json:"state"`
	Reason       string      `json:"reason"`
	Seen         int64       `json:"seen"`
	Changed      int64       `json:"changed"`
	CreatedAt    clock.Time  `json:"created_at"`
}

// Job is a job that was given up, and why.
type Job struct {
	ID        id.Job     `json:"id"`
	Kind      string     `json:"kind"`
	Key       string     `json:"key"`
	Lane      string     `json:"lane,omitempty"`
	Tries     int64      `json:"tries"`
	Error     string     `json:"error"`
	CreatedAt clock.Time `json:"created_at"`
}

// pageOfAttention is how many of each kind are shown at once.
const pageOfAttention = 100

// NeedsAttention lists what waits for a person.
func NeedsAttention(ctx context.Context, tx *db.Tx, store id.Store) (a Attention, err error) {
	page, err := Orders(ctx, tx, store, Filter{NeedsPerson: true}, "", pageOfAttention)
	if err != nil {
		return a, err
	}
	a.Orders, a.MoreOrders = page.Orders, page.Next
	steps := []func() error{
		func() (err error) { a.Connectors, err = troubled(ctx, tx, store); return },
		func() (err error) { a.Feeds, err = ParkedFeeds(ctx, tx, store); return },
		func() (err error) { a.Jobs, err = ParkedJobs(ctx, tx, store); return },
		func() (err error) { a.Mails, err = failedMails(ctx, tx, store); return },
		func() (err error) {
			a.Messages, _, err = Talks(ctx, tx, store, TalkFilter{Loose: true}, "", pageOfAttention)
			return
		},
		func() (err error) { a.MailServer, err = TroubleOfMails(ctx, tx, store); return },
		func() (err error) { a.Mailbox, err = TroubleOfMailbox(ctx, tx, store); return },
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return a, fmt.Errorf("attention: %w", err)
		}
	}
	return a, nil
}

// Connectors lists a store's connectors by kind and name, without their settings.
func Connectors(ctx context.Context, tx *db.Tx, store id.Store) ([]Connector, error) {
	const all = `SELECT connector_id, kind, driver, name, state, reason, updated_at, ends_at FROM connectors WHERE store_id = $1 ORDER BY kind, name`
	return collect(ctx, tx, func(row scanner, c *Connector) error {
		return row.Scan((*string)(&c.ID), &c.Kind, &c.Driver, &c.Name, &c.State, &c.Reason, (*int64)(&c.UpdatedAt), (*int64)(&c.EndsAt))
	}, all, string(store))
}

// endsSoon is how long before a connector's permission ends it waits for a person.
const endsSoon = 14 * 24 * time.Hour

// troubled lists the connectors that do not work, or soon will not.
func troubled(ctx context.Context, tx *db.Tx, store id.Store) ([]Connector, error) {
	list, err := Connectors(ctx, tx, store)
	return slices.DeleteFunc(list, func(c Connector) bool {
		return c.State == "active" && (c.EndsAt == 0 || c.EndsAt.Sub(tx.Now) > endsSoon)
	}), err
}

// WaitingFor counts the purchases that a connector's supplier is still to get, or of which
// nobody knows whether it has them.
func WaitingFor(ctx context.Context, tx *db.Tx, store id.Store, connector id.Connector) (n int64, err error) {
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM purchases WHERE store_id = $1 AND connector_id = $2
		AND state IN ('planned', 'submitting', 'uncertain')`, string(store), string(connector)).Scan(&n)
	return n, err
}

// ParkedFeeds lists the offers that wait to be believed or refused, the newest first.
func ParkedFeeds(ctx context.Context, tx *db.Tx, store id.Store) ([]Feed, error) {
	return collect(ctx, tx, func(row scanner, f *Feed) error {
		return row.Scan((*string)(&f.ID), (*string)(&f.Supplier), &f.SupplierName, &f.State, &f.Reason, &f.Seen, &f.Changed, (*int64)(&f.CreatedAt))
	}, `SELECT f.feed_id, f.supplier_id, s.name, f.state, f.reason, f.seen, f.changed, f.created_at
		FROM feeds f JOIN suppliers s ON s.store_id = f.store_id AND s.supplier_id = f.supplier_id
		WHERE f.store_id = $1 AND f.state = 'parked' ORDER BY f.feed_id DESC LIMIT $2`, string(store), pageOfAttention)
}

// ParkedJobs lists the work that was given up, the oldest first.
func ParkedJobs(ctx context.Context, tx *db.Tx, store id.Store) ([]Job, error) {
	return collect(ctx, tx, func(row scanner, j *Job) error {
		return row.Scan((*string)(&j.ID), &j.Kind, &j.Key, &j.Lane, &j.Tries, &j.Error, (*int64)(&j.CreatedAt))
	}, `SELECT job_id, kind, key, lane, tries, error, created_at FROM jobs
		WHERE parked = TRUE AND store_id = $1 ORDER BY created_at, job_id LIMIT $2`, string(store), pageOfAttention)
}

func failedMails(ctx context.Context, tx *db.Tx, store id.Store) ([]Mail, error) {
	return collect(ctx, tx, scanMail, `SELECT mail_id, kind, recipient, subject, state, words, created_at, sent_at
		FROM mails WHERE store_id = $1 AND state IN ('failed', 'uncertain') AND is_test = FALSE ORDER BY mail_id DESC LIMIT $2`, string(store), pageOfAttention)
}
