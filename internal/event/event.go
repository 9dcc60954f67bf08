package event

import (
	"context"
	"encoding/json"
	"fmt"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Fact is what is to be recorded. Data is marshalled to a JSON object; nil is {}.
type Fact struct {
	Store   id.Store
	Order   id.Order // empty for facts that concern no order
	Kind    string   // "purchase.rejected": past tense, already true
	Subject string   // the id of what it happened to
	Actor   string   // "customer", "system", "staff:us_…", "supplier:<name>"
	Data    any
}

// Insert writes the fact with the transaction's time, after those written before it.
func Insert(ctx context.Context, tx *db.Tx, f Fact) (Event, error) {
	data := []byte("{}")
	if f.Data != nil {
		var err error
		if data, err = json.Marshal(f.Data); err != nil {
			return Event{}, fmt.Errorf("event %s: %w", f.Kind, err)
		}
	}
	e := Event{
		StoreID: f.Store, EventID: id.Event(id.Ordered("ev", tx.Now.Std(), tx.Next())), OrderID: f.Order,
		Kind: f.Kind, Subject: f.Subject, Actor: f.Actor, At: tx.Now, Data: string(data),
	}
	return e, New(tx).InsertEvent(ctx, InsertEventParams(e))
}

// OfOrder is an order's timeline, oldest first.
func OfOrder(ctx context.Context, tx *db.Tx, store id.Store, order id.Order) ([]Event, error) {
	return New(tx).OfOrder(ctx, OfOrderParams{StoreID: store, OrderID: order})
}

// After lists up to limit facts of a store after a known one, oldest first.
func After(ctx context.Context, tx *db.Tx, store id.Store, last id.Event, limit int32) ([]Event, error) {
	return New(tx).After(ctx, AfterParams{StoreID: store, EventID: last, Limit: limit})
}

// Decode reads what the fact carries.
func (e Event) Decode(v any) error {
	if err := json.Unmarshal([]byte(e.Data), v); err != nil {
		return fmt.Errorf("event %s %s: %w", e.Kind, e.EventID, err)
	}
	return nil
}
