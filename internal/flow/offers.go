package flow

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/store"
)

// OffersSaid takes in a page of a supplier's offers, through the guard: a page that is not
// to be believed is parked for a person and changes nothing.
func OffersSaid(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, page inventory.Page, actor Actor) (inventory.Verdict, error) {
	v, err := inventory.ApplyPage(ctx, tx, s, supplier, page)
	if err != nil || v.Believe {
		return v, err
	}
	return v, Record(ctx, tx, event.Fact{Store: s, Kind: "feed.parked", Subject: string(supplier), Actor: string(actor),
		Data: data{"reasons": v.Reasons, "seen": v.Seen, "changed": v.Changed}})
}

// ConnectorRefused stops a connector that the other side does not let in any more.
func ConnectorRefused(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector, words string) error {
	return connectorState(ctx, tx, s, c, "refused", words)
}

// ConnectorWorks lets a connector work again.
func ConnectorWorks(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector) error {
	return connectorState(ctx, tx, s, c, "active", "")
}

func connectorState(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector, state, words string) error {
	n, err := store.New(tx).SetConnectorState(ctx, store.SetConnectorStateParams{StoreID: s, ConnectorID: c, State: state,
		Reason: words, UpdatedAt: tx.Now})
	if err != nil || n == 0 {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "connector." + state, Subject: string(c), Actor: string(System), Data: data{"words": words}})
}
