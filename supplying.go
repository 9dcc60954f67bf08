package doorstep

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
	"doorstep/internal/store"
)

// Supplying says how a supplier is to be treated; what is nil stays as it is.
type Supplying struct {
	Supplier     string  // the supplier's name for people; empty: the connector's name
	ShipTo       *string // countries, comma separated; empty: anywhere
	Priority     *int64  // higher is preferred
	HandlingDays *int64
	Freight      *string // JSON freight table (outside.Freight), where no quotes are to be had
	Automatic    *bool   // false: a person releases every purchase
	MaxAge       *int64  // seconds after which offers are not believed; 0: always
}

// ChangeSupplier changes how a supplier is treated, connected or not; its name in how is not
// looked at.
func (p *Program) ChangeSupplier(ctx context.Context, name string, how Supplying) error {
	if how.Freight != nil {
		if _, err := outside.ParseFreight(*how.Freight); err != nil {
			return err
		}
	}
	return p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		s, err := inventory.SupplierByName(ctx, tx, p.Store.StoreID, name)
		if errors.Is(err, sql.ErrNoRows) {
			return fmt.Errorf("supplier %q: there is none of this name: doorstep supplier list tells them", name)
		}
		if err != nil {
			return err
		}
		how.apply(&s)
		return inventory.ChangeSupplier(ctx, tx, s)
	})
}

// Connect makes or changes a connector and, where it is a supplier's, the supplier behind it:
// one of that name that had no connector yet, or a new one.
func (p *Program) Connect(ctx context.Context, kind connector.Kind, driver, name string, given map[string]string, how Supplying) (store.Connector, error) {
	if how.Freight != nil {
		if _, err := outside.ParseFreight(*how.Freight); err != nil {
			return store.Connector{}, err
		}
	}
	if kind == connector.Supplier && how.Supplier != "" {
		if err := p.lend(ctx, how.Supplier, name); err != nil {
			return store.Connector{}, err
		}
	}
	row, err := p.Outside.Connect(ctx, p.Store.StoreID, kind, driver, name, given)
	if row.ConnectorID == "" || kind != connector.Supplier {
		return row, err
	}
	return row, errors.Join(err, p.supply(ctx, row, how))
}

// lend gives a supplier who has no connector the connector's name for a moment, by which
// Connect finds whom it connects; supply gives the supplier's own name back.
func (p *Program) lend(ctx context.Context, supplier, name string) error {
	return p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		_, err := inventory.SupplierByName(ctx, tx, p.Store.StoreID, name)
		if err == nil || !errors.Is(err, sql.ErrNoRows) {
			return err // there is one of this name already: nothing to lend
		}
		s, err := inventory.SupplierByName(ctx, tx, p.Store.StoreID, supplier)
		if errors.Is(err, sql.ErrNoRows) || err == nil && s.ConnectorID != "" {
			return nil
		}
		if err != nil {
			return err
		}
		s.Name = name
		return inventory.ChangeSupplier(ctx, tx, s)
	})
}

// supply changes the connector's supplier as was asked for.
func (p *Program) supply(ctx context.Context, row store.Connector, how Supplying) error {
	return p.DB.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		list, err := inventory.SuppliersOf(ctx, tx, row.StoreID, row.ConnectorID)
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return fmt.Errorf("supplier connector %s: no supplier uses it; name one with --supplier", row.Name)
		}
		for i, s := range list {
			if i == 0 && how.Supplier != "" {
				s.Name = how.Supplier
			}
			how.apply(&s)
			if err := inventory.ChangeSupplier(ctx, tx, s); err != nil {
				return err
			}
		}
		return nil
	})
}

func (how Supplying) apply(s *inventory.Supplier) {
	put(&s.ShipTo, how.ShipTo)
	put(&s.Priority, how.Priority)
	put(&s.HandlingDays, how.HandlingDays)
	put(&s.Freight, how.Freight)
	put(&s.Automatic, how.Automatic)
	put(&s.MaxAgeSeconds, how.MaxAge)
}

// put stores a value that was given.
func put[T any](at *T, given *T) {
	if given != nil {
		*at = *given
	}
}
