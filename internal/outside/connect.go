package outside

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"strings"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/seal"
	"doorstep/internal/store"
)

// Connect makes a connector, or changes the given settings of one and leaves the others as
// they are; an empty value brings a setting's default back. Everything is checked against the
// driver's list, and the driver must be able to open it. A supplier's connector gets a
// supplier of its name where none uses it yet. A name that another driver uses already is
// ErrOtherDriver: its orders and tokens are of the other side, so nothing may change it silently.
func (o *Outside) Connect(ctx context.Context, s id.Store, kind connector.Kind, driver, name string, given map[string]string) (store.Connector, error) {
	wanted, err := o.SettingsOf(string(kind), driver)
	if err != nil {
		return store.Connector{}, err
	}
	if err := o.MayConnect(ctx, s, kind, driver, name); err != nil {
		return store.Connector{}, err
	}
	all, err := o.merged(ctx, s, string(kind), driver, name, given)
	if err != nil {
		return store.Connector{}, err
	}
	if _, err := connector.Check(wanted, all); err != nil {
		return store.Connector{}, fmt.Errorf("%s connector %s: %w", kind, name, err)
	}
	p := store.Plug{Kind: string(kind), Driver: driver, Name: name, Settings: map[string]string{}, Secrets: map[string]string{}}
	for _, w := range wanted {
		value, set := all[w.Key]
		switch {
		case !set || strings.TrimSpace(value) == "":
		case w.Secret:
			p.Secrets[w.Key] = value
		default:
			p.Settings[w.Key] = value
		}
	}
	var row store.Connector
	err = o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = store.PutConnector(ctx, tx, o.box, s, p); err != nil {
			return err
		}
		return afterConnect(ctx, tx, row)
	})
	if err != nil {
		return store.Connector{}, err
	}
	if _, err := o.plugFor(ctx, s, row.ConnectorID); err != nil {
		return row, err
	}
	return row, nil
}

// ErrOtherDriver says that a connector of the name exists and speaks to somebody else.
var ErrOtherDriver = errors.New("another driver has this name")

// MayConnect refuses a name under which another driver is connected, with ErrOtherDriver.
func (o *Outside) MayConnect(ctx context.Context, s id.Store, kind connector.Kind, driver, name string) error {
	var row store.Connector
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = store.ConnectorCalled(ctx, tx, s, string(kind), name)
		return err
	})
	if errors.Is(err, store.ErrUnknown) || err == nil && row.Driver == driver {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%s connector %s is connected by the driver %s already, not %s: choose another name: %w", kind, name, row.Driver, driver, ErrOtherDriver)
}

// merged is what a connector has, changed by what is given.
func (o *Outside) merged(ctx context.Context, s id.Store, kind, driver, name string, given map[string]string) (connector.Values, error) {
	all := connector.Values{}
	var row store.Connector
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = store.ConnectorCalled(ctx, tx, s, kind, name)
		return err
	})
	switch {
	case errors.Is(err, store.ErrUnknown):
	case err != nil:
		return nil, err
	case row.Driver == driver:
		p, err := store.Plugged(o.box, row)
		if err != nil && !errors.Is(err, seal.ErrBroken) { // secrets of a lost key are given anew
			return nil, err
		}
		maps.Copy(all, p.Settings)
		maps.Copy(all, p.Secrets)
	}
	maps.Copy(all, given)
	return all, nil
}

// afterConnect gives a supplier's connector its supplier and has the other side told where
// messages go.
func afterConnect(ctx context.Context, tx *db.Tx, row store.Connector) error {
	if row.Kind != string(connector.Supplier) {
		return nil
	}
	if err := askSubscribe(ctx, tx, row); err != nil {
		return err
	}
	if err := job.Sooner(ctx, tx, subscribeKey(row), tx.Now); err != nil { // it was refused before
		return err
	}
	users, err := inventory.SuppliersOf(ctx, tx, row.StoreID, row.ConnectorID)
	if err != nil || len(users) > 0 {
		return err
	}
	known, err := inventory.SupplierByName(ctx, tx, row.StoreID, row.Name)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		made := inventory.NewSupplier(row.StoreID, row.Name)
		made.ConnectorID = row.ConnectorID
		_, err = inventory.AddSupplier(ctx, tx, made)
		return err
	case err != nil || known.ConnectorID != "":
		return err
	}
	known.ConnectorID = row.ConnectorID
	return inventory.ChangeSupplier(ctx, tx, known)
}

// connectorJob names a connector.
type connectorJob struct {
	Connector id.Connector `json:"connector"`
}

// checker is a connector that can say whether its settings work.
type checker interface {
	Check(ctx context.Context) error
}

// TestConnector says whether a connector's settings work, as far as it can be asked; it
// changes nothing at the other side. One that was refused before and works now is active again.
// ProbeConnector tells more.
func (o *Outside) TestConnector(ctx context.Context, s id.Store, kind connector.Kind, name string) error {
	p, err := o.plugNamed(ctx, s, string(kind), name)
	if err != nil {
		return err
	}
	if _, err := o.check(ctx, p); err != nil {
		return fmt.Errorf("%s connector %s: %w", kind, name, err)
	}
	if p.row.State != store.Refused {
		return nil
	}
	return o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		return flow.ConnectorWorks(ctx, tx, s, p.row.ConnectorID)
	})
}

// SecretsSet says which secret settings of a connector are set; it tells none of them.
func (o *Outside) SecretsSet(ctx context.Context, s id.Store, name id.Connector) (map[string]bool, error) {
	set := map[string]bool{}
	return set, o.db.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		row, err := store.GetConnector(ctx, tx, s, name)
		if err != nil {
			return err
		}
		p, err := store.Plugged(o.box, row)
		for key, value := range p.Secrets {
			set[key] = value != ""
		}
		return err
	})
}
