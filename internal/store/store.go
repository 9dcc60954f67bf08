package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// ErrUnknown answers a name that no row has: of a store, or of a connector.
var ErrUnknown = errors.New("not known here")

// Create makes a store that sells in a currency.
func Create(ctx context.Context, tx *db.Tx, name string, currency money.Currency) (Store, error) {
	name = strings.TrimSpace(name)
	if name == "" {
		return Store{}, errors.New("store: it needs a name")
	}
	if !currency.Valid() {
		return Store{}, fmt.Errorf("store %s: %q is no currency (ISO 4217, such as EUR)", name, string(currency))
	}
	s := Store{StoreID: id.Store(id.Ordered("st", tx.Now.Std(), tx.Next())), Name: name, Currency: currency, CreatedAt: tx.Now}
	if _, err := New(tx).InsertStore(ctx, InsertStoreParams(s)); err != nil {
		return Store{}, fmt.Errorf("store %s: create: %w", name, err)
	}
	return s, nil
}

// Get is a store by its id; ErrUnknown when there is none.
func Get(ctx context.Context, tx *db.Tx, store id.Store) (Store, error) {
	s, err := New(tx).GetStore(ctx, store)
	return s, found(err, "store", string(store))
}

// First is the store that was made first: the only one, where there is one. ErrUnknown when
// the database has none yet.
func First(ctx context.Context, tx *db.Tx) (Store, error) {
	s, err := New(tx).FirstStore(ctx)
	return s, found(err, "store", "(first)")
}

// firstKey is under which a process keeps the first store.
type firstKey struct{}

// KeptFirst is First as db.Kept keeps it.
func KeptFirst(ctx context.Context, tx *db.Tx) (Store, error) {
	return db.Kept(tx, firstKey{}, func() (Store, error) { return First(ctx, tx) })
}

// FirstNow is what KeptFirst keeps at this moment, without a transaction.
func FirstNow(d *db.DB) (Store, bool) { return db.KeptNow[Store](d, firstKey{}) }

// All is every store.
func All(ctx context.Context, tx *db.Tx) ([]Store, error) {
	list, err := New(tx).Stores(ctx)
	if err != nil {
		return nil, fmt.Errorf("stores: %w", err)
	}
	return list, nil
}

// Next counts a store's counter up: start at the first time, then one more each time,
// without gaps as long as the transactions hold.
func Next(ctx context.Context, tx *db.Tx, store id.Store, counter string, start int64) (int64, error) {
	n, err := New(tx).Count(ctx, CountParams{StoreID: store, Name: counter, Value: start})
	if err != nil {
		return 0, fmt.Errorf("counter %s: %w", counter, err)
	}
	return n, nil
}

// Seen notes a message that a connector was sent. It answers false when one of the same key
// was noted before: then there is nothing to do. The body is kept as it came.
func Seen(ctx context.Context, tx *db.Tx, store id.Store, connector id.Connector, key string, body []byte) (fresh bool, err error) {
	n, err := New(tx).InsertMessage(ctx, InsertMessageParams{
		StoreID: store, ConnectorID: connector, MessageKey: key, Body: storable(body), ReceivedAt: tx.Now,
	})
	if err != nil {
		return false, fmt.Errorf("inbox %s: %w", key, err)
	}
	return n == 1, nil
}

// Forget deletes what need not be remembered: messages that came before a moment, and kept
// answers to idempotent requests older than another.
func Forget(ctx context.Context, tx *db.Tx, messages, answers clock.Time) (deleted int64, err error) {
	q := New(tx)
	n, err := q.ForgetMessages(ctx, messages)
	if err != nil {
		return 0, fmt.Errorf("inbox: forget: %w", err)
	}
	m, err := q.ForgetAnswers(ctx, answers)
	if err != nil {
		return 0, fmt.Errorf("idempotency: forget: %w", err)
	}
	return n + m, nil
}

// storable is text as both databases keep it: valid UTF-8 without NUL.
func storable(body []byte) string {
	return strings.ToValidUTF8(strings.ReplaceAll(string(body), "\x00", ""), "\uFFFD")
}

// found names what was looked for in an error; "no rows" becomes ErrUnknown.
func found(err error, what, name string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, sql.ErrNoRows):
		return fmt.Errorf("%s %s: %w", what, name, ErrUnknown)
	}
	return fmt.Errorf("%s %s: %w", what, name, err)
}

// days is a duration in days, for defaults.
func days(n int) time.Duration { return time.Duration(n) * 24 * time.Hour }
