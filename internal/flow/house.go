package flow

import (
	"context"
	"database/sql"
	"errors"
	"maps"
	"slices"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/store"
	"doorstep/money"
)

// ChangeSettings stores settings of the store, all or none; an empty value brings a default
// back. Values are checked, and those that are secret stand in no event.
func ChangeSettings(ctx context.Context, tx *db.Tx, s id.Store, values map[string]string, actor Actor) error {
	before, err := store.Given(ctx, tx, s)
	if err != nil {
		return err
	}
	keys := slices.Sorted(maps.Keys(values))
	for _, key := range keys {
		if before[key] == values[key] {
			continue
		}
		if err := store.Set(ctx, tx, s, key, values[key]); err != nil {
			return &Refusal{Code: "invalid", Field: key, Words: err.Error()}
		}
	}
	after, err := store.Given(ctx, tx, s) // without secrets
	if err != nil {
		return err
	}
	for _, key := range keys {
		if before[key] == values[key] && after[key] == values[key] {
			continue
		}
		err := Record(ctx, tx, event.Fact{Store: s, Kind: "setting.changed", Subject: key, Actor: string(actor),
			Data: data{"from": before[key], "to": after[key]}})
		if err != nil {
			return err
		}
	}
	return nil
}

// Terms are what a merchant and a supplier agreed on, as far as a person may change it.
type Terms struct {
	Name          string
	Automatic     bool
	Priority      int64
	HandlingDays  int64
	ShipTo        string
	Freight       string // JSON, checked by the caller (outside.ParseFreight)
	MaxAgeSeconds int64
}

// ChangeTerms changes how a supplier is treated.
func ChangeTerms(ctx context.Context, tx *db.Tx, s id.Store, name id.Supplier, t Terms, actor Actor) error {
	was, err := inventory.SupplierByID(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no such supplier.")
	}
	if err != nil {
		return err
	}
	now := was
	now.Name, now.Automatic, now.Priority, now.HandlingDays = t.Name, t.Automatic, t.Priority, t.HandlingDays
	now.ShipTo, now.Freight, now.MaxAgeSeconds = t.ShipTo, t.Freight, t.MaxAgeSeconds
	switch err := inventory.ChangeSupplier(ctx, tx, now); {
	case errors.Is(err, inventory.ErrTaken):
		return &Refusal{Code: "taken", Field: "name", Words: "Another supplier has this name."}
	case errors.Is(err, inventory.ErrInvalid):
		return &Refusal{Code: "invalid", Words: err.Error()}
	case err != nil:
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "supplier.changed", Subject: string(name), Actor: string(actor),
		Data: data{"name": t.Name, "automatic": t.Automatic, "priority": t.Priority, "handling_days": t.HandlingDays, "ship_to": t.ShipTo}})
}

// AddByHand makes a supplier that only people talk to.
func AddByHand(ctx context.Context, tx *db.Tx, s id.Store, name string, actor Actor) (id.Supplier, error) {
	made, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(s, name))
	switch {
	case errors.Is(err, inventory.ErrTaken):
		return "", &Refusal{Code: "taken", Field: "name", Words: "Another supplier has this name."}
	case errors.Is(err, inventory.ErrInvalid):
		return "", &Refusal{Code: "invalid", Field: "name", Words: err.Error()}
	case err != nil:
		return "", err
	}
	return made.SupplierID, Record(ctx, tx, event.Fact{Store: s, Kind: "supplier.added", Subject: string(made.SupplierID), Actor: string(actor),
		Data: data{"name": made.Name}})
}

// PutOnSale says whether a product is sold, being prepared, or put away.
func PutOnSale(ctx context.Context, tx *db.Tx, s id.Store, name id.Product, status catalog.Status, actor Actor) error {
	if !status.Valid() {
		return refuse("invalid", "A product is active, draft or archived.")
	}
	changed, err := catalog.SetStatus(ctx, tx, s, name, status)
	if err != nil || !changed {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "product.status-changed", Subject: string(name), Actor: string(actor),
		Data: data{"status": status}})
}

// PauseConnector stops a connector's jobs until somebody lets it go on.
func PauseConnector(ctx context.Context, tx *db.Tx, s id.Store, name id.Connector, pause bool, actor Actor) error {
	state, kind := store.Active, "connector.resumed"
	if pause {
		state, kind = store.Paused, "connector.paused"
	}
	changed, err := store.SetState(ctx, tx, s, name, state, "")
	if err != nil || !changed {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: kind, Subject: string(name), Actor: string(actor)})
}

// NoteConnector records that somebody changed a connector's settings; which ones stands in
// no event, because they may be secret.
func NoteConnector(ctx context.Context, tx *db.Tx, s id.Store, name id.Connector, called string, actor Actor) error {
	return Record(ctx, tx, event.Fact{Store: s, Kind: "connector.changed", Subject: string(name), Actor: string(actor), Data: data{"name": called}})
}

// ChooseCurrency has the store sell in another currency. It is refused once anything has a
// price: orders, products and offers keep theirs.
func ChooseCurrency(ctx context.Context, tx *db.Tx, s id.Store, c money.Currency, actor Actor) error {
	if !c.Valid() {
		return &Refusal{Code: "invalid", Field: "currency", Words: "There is no such currency."}
	}
	if n, err := catalog.Count(ctx, tx, s); err != nil {
		return err
	} else if n > 0 {
		return &Refusal{Code: "not-possible", Field: "currency", Words: "Products have prices already: the currency stays."}
	}
	if err := store.SetCurrency(ctx, tx, s, c); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "setting.changed", Subject: "currency", Actor: string(actor), Data: data{"to": c}})
}
