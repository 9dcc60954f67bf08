// Package answer makes a request that carries an Idempotency-Key count once: it keeps the
// answer of the first and gives it to those who come again with the same key.
//
// The life of a key:
//
//	Begin ──► running ──Done──► done, answer not yet known ──Keep──► kept for 48 hours
//	             │  (in the command's own transaction)
//	             └──Drop──► as if it had never come: nothing was changed
//
// A process may die while a request runs. Then the key is taken over by whoever comes again
// later than Grace, and the fence (the time at which it began) makes the late one's Done
// fail, and with it its command.
package answer

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// Grace is how long a request may run before its key can be taken over.
const Grace = 60 * time.Second

// The reasons why a request with a key is not run.
var (
	ErrConflict = errors.New("the key was used with another request")
	ErrRunning  = errors.New("a request with this key is running")
	ErrStale    = errors.New("the request took too long and its key was taken over")
)

// Answer is what was answered: kept sealed, because answers hold tokens and addresses.
type Answer struct {
	Status int               `json:"status"`
	Header map[string]string `json:"header"`
	Body   []byte            `json:"body"`
}

// Ticket is the right to run a request and to keep its answer.
type Ticket struct {
	store       id.Store
	scope, name string
	began       clock.Time
	box         *seal.Box
}

// lost is the status of a row whose command is done, while its answer is not kept (yet).
const lost = 1

// Begin asks whether the request is to be run. Exactly one of ticket and kept is not nil,
// or err is ErrConflict or ErrRunning. Scope says who asks for what; name is the key. A kept
// answer with status 0 says that the request was carried out and its answer was lost.
func Begin(ctx context.Context, tx *db.Tx, box *seal.Box, store id.Store, scope, name string, body []byte) (ticket *Ticket, kept *Answer, err error) {
	sum := sha256.Sum256(body)
	request := hex.EncodeToString(sum[:])
	t := &Ticket{store: store, scope: scope, name: name, began: tx.Now, box: box}
	q := New(tx)
	n, err := q.Begin(ctx, BeginParams{StoreID: store, Scope: scope, Name: name, Request: request, CreatedAt: tx.Now})
	if err != nil {
		return nil, nil, err
	}
	if n > 0 {
		return t, nil, nil
	}
	row, err := q.Kept(ctx, KeptParams{StoreID: store, Scope: scope, Name: name})
	if err != nil {
		return nil, nil, err
	}
	switch {
	case row.Request != request:
		return nil, nil, ErrConflict
	case row.Status == 0 && tx.Now.Sub(row.CreatedAt) < Grace:
		return nil, nil, ErrRunning
	case row.Status == 0:
		_, err = q.TakeOver(ctx, TakeOverParams{StoreID: store, Scope: scope, Name: name, Now: tx.Now, Began: row.CreatedAt})
		return t, nil, err
	case row.Status == lost:
		return nil, &Answer{}, nil
	}
	a, err := t.open(row.Body)
	return nil, a, err
}

// Done says, in the transaction of the command itself, that the request is carried out:
// whatever happens to its answer, it is not carried out again. ErrStale rolls it back.
func (t *Ticket) Done(ctx context.Context, tx *db.Tx) error {
	return t.write(ctx, tx, lost, "")
}

// Keep stores the answer.
func (t *Ticket) Keep(ctx context.Context, tx *db.Tx, a Answer) error {
	text, err := json.Marshal(a)
	if err != nil {
		return err
	}
	return t.write(ctx, tx, int64(a.Status), t.box.Seal(text, t.place()...))
}

func (t *Ticket) write(ctx context.Context, tx *db.Tx, status int64, body string) error {
	n, err := New(tx).Keep(ctx, KeepParams{StoreID: t.store, Scope: t.scope, Name: t.name, Status: status, Body: body, CreatedAt: t.began})
	if err == nil && n == 0 {
		err = ErrStale
	}
	return err
}

// Drop forgets a request that changed nothing; one that is done stays.
func (t *Ticket) Drop(ctx context.Context, tx *db.Tx) error {
	_, err := New(tx).Drop(ctx, DropParams{StoreID: t.store, Scope: t.scope, Name: t.name, CreatedAt: t.began})
	return err
}

func (t *Ticket) open(body string) (*Answer, error) {
	text, err := t.box.Open(body, t.place()...)
	if err != nil {
		return nil, fmt.Errorf("kept answer: %w", err)
	}
	var a Answer
	if err := json.Unmarshal(text, &a); err != nil {
		return nil, fmt.Errorf("kept answer: %w", err)
	}
	return &a, nil
}

// place is what a sealed answer is bound to.
func (t *Ticket) place() []string { return []string{"answer", string(t.store), t.scope, t.name} }
