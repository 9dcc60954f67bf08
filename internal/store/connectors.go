package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/seal"
)

// The states of a connector.
const (
	Active  = "active"
	Paused  = "paused"  // by a person: jobs wait
	Refused = "refused" // the other side does not know us any more: jobs wait
)

// Plug is a connector to be stored: what was entered, parted by whether it is secret.
type Plug struct {
	Kind     string // supplier, payment, carrier, channel
	Driver   string // "cj"
	Name     string // as in /webhooks/<kind>/<name>
	Settings map[string]string
	Secrets  map[string]string
}

var nameForm = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,39}$`)

// ErrName answers a connector's name that cannot stand in an address.
var ErrName = errors.New("a connector's name has at most 40 of a-z, 0-9, - and _, and begins with a letter or digit")

// PutConnector makes the connector of that kind and name, or changes it; a changed one is
// active again and forgets nothing that its driver learned. Another driver under the same
// name begins anew.
func PutConnector(ctx context.Context, tx *db.Tx, box *seal.Box, store id.Store, p Plug) (Connector, error) {
	if !nameForm.MatchString(p.Name) {
		return Connector{}, fmt.Errorf("%q: %w", p.Name, ErrName)
	}
	c, err := ConnectorCalled(ctx, tx, store, p.Kind, p.Name)
	switch {
	case errors.Is(err, ErrUnknown):
		c = Connector{StoreID: store, Kind: p.Kind, Name: p.Name, Driver: p.Driver, CreatedAt: tx.Now}
		c.ConnectorID = id.Connector(id.Ordered("cn", tx.Now.Std(), tx.Next()))
	case err != nil:
		return Connector{}, err
	case c.Driver != p.Driver:
		c.Driver = p.Driver
		if err := New(tx).DeleteVault(ctx, DeleteVaultParams{StoreID: store, ConnectorID: c.ConnectorID}); err != nil {
			return Connector{}, fmt.Errorf("connector %s: vault: %w", p.Name, err)
		}
	}
	settings, err := json.Marshal(orEmpty(p.Settings))
	if err != nil {
		return Connector{}, fmt.Errorf("connector %s: settings: %w", p.Name, err)
	}
	secrets, err := json.Marshal(orEmpty(p.Secrets))
	if err != nil {
		return Connector{}, fmt.Errorf("connector %s: secrets: %w", p.Name, err)
	}
	c.Settings, c.Secrets = string(settings), box.Seal(secrets, string(store), string(c.ConnectorID), "secrets")
	c.State, c.Reason, c.UpdatedAt = Active, "", tx.Now
	c.EndsAt, c.EndsTold = 0, 0
	if err := New(tx).PutConnector(ctx, PutConnectorParams(c)); err != nil {
		return Connector{}, fmt.Errorf("connector %s: store: %w", p.Name, err)
	}
	return c, nil
}

// Plugged is what a connector was given, its secrets opened.
func Plugged(box *seal.Box, c Connector) (Plug, error) {
	p := Plug{Kind: c.Kind, Driver: c.Driver, Name: c.Name}
	if err := json.Unmarshal([]byte(c.Settings), &p.Settings); err != nil {
		return p, fmt.Errorf("connector %s: settings: %w", c.Name, err)
	}
	secrets, err := box.Open(c.Secrets, string(c.StoreID), string(c.ConnectorID), "secrets")
	if err != nil {
		return p, fmt.Errorf("connector %s: %w", c.Name, err)
	}
	if err := json.Unmarshal(secrets, &p.Secrets); err != nil {
		return p, fmt.Errorf("connector %s: secrets: %w", c.Name, err)
	}
	return p, nil
}

// GetConnector is a connector by its id; ErrUnknown when there is none.
func GetConnector(ctx context.Context, tx *db.Tx, store id.Store, connector id.Connector) (Connector, error) {
	c, err := New(tx).GetConnector(ctx, GetConnectorParams{StoreID: store, ConnectorID: connector})
	return c, found(err, "connector", string(connector))
}

// ConnectorCalled is a connector by its kind and name; ErrUnknown when there is none.
func ConnectorCalled(ctx context.Context, tx *db.Tx, store id.Store, kind, name string) (Connector, error) {
	c, err := New(tx).ConnectorNamed(ctx, ConnectorNamedParams{StoreID: store, Kind: kind, Name: name})
	return c, found(err, kind+" connector", name)
}

// connectorKey, namedKey and listKey are under which a process keeps connectors.
type (
	connectorKey struct {
		store id.Store
		name  id.Connector
	}
	namedKey struct {
		store      id.Store
		kind, name string
	}
	listKey struct{ store id.Store }
)

// KeptConnector is GetConnector as db.Kept keeps it, for what is asked all the time.
func KeptConnector(ctx context.Context, tx *db.Tx, store id.Store, connector id.Connector) (Connector, error) {
	return db.Kept(tx, connectorKey{store, connector}, func() (Connector, error) { return GetConnector(ctx, tx, store, connector) })
}

// ConnectorNow is what KeptConnector keeps at this moment, without a transaction; false when it
// must be read.
func ConnectorNow(d *db.DB, store id.Store, connector id.Connector) (Connector, bool) {
	return db.KeptNow[Connector](d, connectorKey{store, connector})
}

// KeptConnectorCalled is ConnectorCalled as db.Kept keeps it.
func KeptConnectorCalled(ctx context.Context, tx *db.Tx, store id.Store, kind, name string) (Connector, error) {
	return db.Kept(tx, namedKey{store, kind, name}, func() (Connector, error) { return ConnectorCalled(ctx, tx, store, kind, name) })
}

// ConnectorCalledNow is what KeptConnectorCalled keeps at this moment.
func ConnectorCalledNow(d *db.DB, store id.Store, kind, name string) (Connector, bool) {
	return db.KeptNow[Connector](d, namedKey{store, kind, name})
}

// KeptConnectors is Connectors as db.Kept keeps it: nobody may change the list.
func KeptConnectors(ctx context.Context, tx *db.Tx, store id.Store) ([]Connector, error) {
	return db.Kept(tx, listKey{store}, func() ([]Connector, error) { return Connectors(ctx, tx, store) })
}

// Connectors is all connectors of a store, by kind and name.
func Connectors(ctx context.Context, tx *db.Tx, store id.Store) ([]Connector, error) {
	list, err := New(tx).ListConnectors(ctx, store)
	if err != nil {
		return nil, fmt.Errorf("connectors of %s: %w", store, err)
	}
	return list, nil
}

// SetState changes a connector's state and says why. It answers false when the connector has
// that state already.
func SetState(ctx context.Context, tx *db.Tx, store id.Store, connector id.Connector, state, reason string) (bool, error) {
	n, err := New(tx).SetConnectorState(ctx, SetConnectorStateParams{
		StoreID: store, ConnectorID: connector, State: state, Reason: reason, UpdatedAt: tx.Now,
	})
	if err != nil {
		return false, fmt.Errorf("connector %s: %s: %w", connector, state, err)
	}
	return n == 1, nil
}

// Learned is what a connector keeps under a name, sealed, and its version; empty and 0 when
// there is nothing.
func Learned(ctx context.Context, tx *db.Tx, box *seal.Box, store id.Store, connector id.Connector, name string) (string, int64, error) {
	row, err := New(tx).LoadVault(ctx, LoadVaultParams{StoreID: store, ConnectorID: connector, Name: name})
	if err := found(err, "vault", name); errors.Is(err, ErrUnknown) {
		return "", 0, nil
	} else if err != nil {
		return "", 0, err
	}
	plain, err := box.Open(row.Value, string(store), string(connector), "vault", name)
	if err != nil {
		return "", 0, fmt.Errorf("vault %s: %w", name, err)
	}
	return string(plain), row.Version, nil
}

// Learn keeps a value if its version is still the one given (0: nothing is kept yet); false
// when somebody else was quicker.
func Learn(ctx context.Context, tx *db.Tx, box *seal.Box, store id.Store, connector id.Connector, name, value string, version int64) (bool, error) {
	sealed := box.Seal([]byte(value), string(store), string(connector), "vault", name)
	var n int64
	var err error
	if version == 0 {
		n, err = New(tx).InsertVault(ctx, InsertVaultParams{StoreID: store, ConnectorID: connector, Name: name, Value: sealed, UpdatedAt: tx.Now})
	} else {
		n, err = New(tx).UpdateVault(ctx, UpdateVaultParams{StoreID: store, ConnectorID: connector, Name: name, Value: sealed, UpdatedAt: tx.Now, Version: version})
	}
	if err != nil {
		return false, fmt.Errorf("vault %s: %w", name, err)
	}
	return n == 1, nil
}

func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}
