package flow

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/money"
)

// Actor is who did it: "customer", "system", "staff:us_…", "supplier:<name>",
// "payment:<name>", "carrier:<name>".
type Actor string

// System is the actor of everything that follows by itself.
const System Actor = "system"

// maxCascade bounds how deep reactions may follow from reactions: deeper is a circle.
const maxCascade = 24

type depthKey struct{}

// Record writes a fact and runs its reactions in the same transaction.
func Record(ctx context.Context, tx *db.Tx, f event.Fact) error {
	depth, _ := ctx.Value(depthKey{}).(int)
	if depth >= maxCascade {
		return fmt.Errorf("event %s of %s: reactions go round in circles", f.Kind, f.Subject)
	}
	e, err := event.Insert(ctx, tx, f)
	if err != nil {
		return err
	}
	ctx = context.WithValue(ctx, depthKey{}, depth+1)
	for _, react := range reactions(e.Kind) {
		if err := react(ctx, tx, e); err != nil {
			return fmt.Errorf("after %s: %w", e.Kind, err)
		}
	}
	return nil
}

// note records a fact about an order.
func note(ctx context.Context, tx *db.Tx, o order.Order, kind, subject string, actor Actor, data any) error {
	return Record(ctx, tx, event.Fact{Store: o.StoreID, Order: o.OrderID, Kind: kind, Subject: subject, Actor: string(actor), Data: data})
}

// data is what events carry besides their subject.
type data map[string]any

// change locks an order, lets fn change it and what belongs to it, and derives its words
// anew. Every command on an order goes through here, so that words cannot lie. Where fn has
// written nothing they are as true as before.
func change(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, fn func(order.Order) error) error {
	locked, err := order.Lock(ctx, tx, store, o)
	if errors.Is(err, sql.ErrNoRows) {
		return &Refusal{Code: "not-found", Words: fmt.Sprintf("There is no order %s.", o)}
	}
	if err != nil {
		return err
	}
	before := tx.Written()
	if err := fn(locked); err != nil || tx.Written() == before {
		return err
	}
	return refresh(ctx, tx, store, o)
}

// refresh derives an order's words from the facts and stores them beside it.
func refresh(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) error {
	now, err := order.Get(ctx, tx, store, o)
	if err != nil {
		return err
	}
	facts, err := gather(ctx, tx, now)
	if err != nil {
		return err
	}
	return order.SetWords(ctx, tx, now, order.Derive(facts))
}

// Refusal is a command that cannot be done, said for people (Words) and programs (Code,
// Field). It changes nothing.
type Refusal struct {
	Code    string
	Field   string
	Words   string
	Variant id.Variant
	Least   money.Amount // of a discount's code that holds from a sum
}

// Error gives the words.
func (r *Refusal) Error() string { return r.Words }

func refuse(code, format string, args ...any) error {
	return &Refusal{Code: code, Words: fmt.Sprintf(format, args...)}
}
