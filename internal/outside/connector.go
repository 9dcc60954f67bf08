package outside

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/store"
	"doorstep/payment"
	"doorstep/supplier"
)

// plug is an open connector.
type plug struct {
	row      store.Connector
	set      store.Settings
	print    string // of what it was opened with
	supplier supplier.Connector
	payment  payment.Connector
	carrier  carrier.Connector
	breaker  *breaker
}

// actor is who speaks when the connector does.
func (p *plug) actor() flow.Actor { return flow.Actor(p.row.Kind + ":" + p.row.Name) }

// errNotOpen says that a connector's settings do not do: a person must look at them.
var errNotOpen = errors.New("the connector cannot be opened")

// wire is what a connector is opened from.
type wire struct {
	row store.Connector
	set store.Settings
}

// wireOf reads a connector's row and its store's settings.
func wireOf(ctx context.Context, tx *db.Tx, s id.Store, c id.Connector) (w wire, err error) {
	if w.row, err = store.KeptConnector(ctx, tx, s, c); err != nil {
		return w, err
	}
	w.set, err = store.LoadSettings(ctx, tx, s)
	return w, err
}

// plugFor is the open connector of an id; it is opened again when its settings changed.
func (o *Outside) plugFor(ctx context.Context, s id.Store, c id.Connector) (*plug, error) {
	if row, ok := store.ConnectorNow(o.db, s, c); ok {
		if set, ok := store.SettingsNow(o.db, s); ok {
			return o.opened(row, set)
		}
	}
	return o.plugRead(ctx, func(ctx context.Context, tx *db.Tx) (wire, error) { return wireOf(ctx, tx, s, c) })
}

// plugNamed is the open connector of a kind and name.
func (o *Outside) plugNamed(ctx context.Context, s id.Store, kind, name string) (*plug, error) {
	if row, ok := store.ConnectorCalledNow(o.db, s, kind, name); ok {
		if set, ok := store.SettingsNow(o.db, s); ok {
			return o.opened(row, set)
		}
	}
	return o.plugRead(ctx, func(ctx context.Context, tx *db.Tx) (w wire, err error) {
		if w.row, err = store.KeptConnectorCalled(ctx, tx, s, kind, name); err != nil {
			return w, err
		}
		w.set, err = store.LoadSettings(ctx, tx, s)
		return w, err
	})
}

// plugRead opens the connector that read finds, in one view with what else it reads.
func (o *Outside) plugRead(ctx context.Context, read func(ctx context.Context, tx *db.Tx) (wire, error)) (*plug, error) {
	var w wire
	err := o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		w, err = read(ctx, tx)
		return err
	})
	if err != nil {
		return nil, err
	}
	return o.opened(w.row, w.set)
}

// opened is the connector of a row, from those that are open if nothing has changed.
func (o *Outside) opened(row store.Connector, set store.Settings) (*plug, error) {
	brand := connector.Brand{Name: set.Brand.Name, Email: set.Brand.Email, Address: set.Brand.Address, URL: set.Brand.URL}
	fingerprint, err := json.Marshal([]any{row.Driver, row.Settings, row.Secrets, brand})
	if err != nil {
		return nil, err
	}
	o.mu.Lock()
	known := o.open[string(row.ConnectorID)]
	o.mu.Unlock()
	if known != nil && known.print == string(fingerprint) {
		fresh := *known
		fresh.row, fresh.set = row, set // its state may have changed
		return &fresh, nil
	}
	p, err := o.openRow(row, brand)
	if err != nil {
		return nil, fmt.Errorf("%s connector %s: %w: %w", row.Kind, row.Name, errNotOpen, err)
	}
	p.print, p.set = string(fingerprint), set
	o.mu.Lock()
	defer o.mu.Unlock()
	if other := o.open[string(row.ConnectorID)]; other != nil && other.print == p.print {
		return other, nil // somebody was quicker: one set of rate limits is enough
	}
	o.open[string(row.ConnectorID)] = p
	return p, nil
}

func (o *Outside) openRow(row store.Connector, brand connector.Brand) (*plug, error) {
	given, err := store.Plugged(o.box, row)
	if err != nil {
		return nil, err
	}
	all := connector.Values{}
	maps.Copy(all, given.Settings)
	maps.Copy(all, given.Secrets)
	wanted, err := o.SettingsOf(row.Kind, row.Driver)
	if err != nil {
		return nil, err
	}
	values, err := connector.Check(wanted, all)
	if err != nil {
		return nil, err
	}
	p := &plug{row: row, breaker: o.breakerOf(row.ConnectorID)}
	env := connector.Env{
		Name: row.Name, HTTP: o.watch(), Log: o.log.With("connector", row.Name), Now: o.o.Clock, Brand: brand,
		Vault: vault{o, row.StoreID, row.ConnectorID}, Mailer: storeMailer{o, row.StoreID},
	}
	return p, o.openWith(p, values, env)
}

// openWith lets the driver of the plug's row open it.
func (o *Outside) openWith(p *plug, values connector.Values, env connector.Env) (err error) {
	for _, d := range o.o.Drivers.Suppliers {
		if p.row.Kind == string(connector.Supplier) && d.Name == p.row.Driver {
			p.supplier, err = d.Open(values, env)
		}
	}
	for _, d := range o.o.Drivers.Payments {
		if p.row.Kind == string(connector.Payment) && d.Name == p.row.Driver {
			p.payment, err = d.Open(values, env)
		}
	}
	for _, d := range o.o.Drivers.Carriers {
		if p.row.Kind == string(connector.Carrier) && d.Name == p.row.Driver {
			p.carrier, err = d.Open(values, env)
		}
	}
	return err
}

// SettingsOf is what a driver wants to know; an error names the drivers of the kind if there is
// none of that name.
func (o *Outside) SettingsOf(kind, driver string) ([]connector.Setting, error) {
	var names []string
	for _, d := range o.Drivers(connector.Kind(kind)) {
		if d.Name == driver {
			return d.Settings, nil
		}
		names = append(names, d.Name)
	}
	return nil, fmt.Errorf("%s driver %q: there is none; known are %v", kind, driver, names)
}

// Known is a driver as a form shows it.
type Known struct {
	Kind     connector.Kind
	Name     string
	Title    string
	Settings []connector.Setting
}

// Drivers lists the drivers of a kind.
func (o *Outside) Drivers(kind connector.Kind) []Known {
	var list []Known
	switch kind {
	case connector.Supplier:
		for _, d := range o.o.Drivers.Suppliers {
			list = append(list, Known{kind, d.Name, d.Title, d.Settings})
		}
	case connector.Payment:
		for _, d := range o.o.Drivers.Payments {
			list = append(list, Known{kind, d.Name, d.Title, d.Settings})
		}
	case connector.Carrier:
		for _, d := range o.o.Drivers.Carriers {
			list = append(list, Known{kind, d.Name, d.Title, d.Settings})
		}
	case connector.Channel:
	}
	return list
}

// vault keeps a connector's tokens in short transactions of their own.
type vault struct {
	o     *Outside
	store id.Store
	plug  id.Connector
}

var _ connector.Vault = vault{}

// Load is the kept value and its version.
func (v vault) Load(ctx context.Context, key string) (value string, version int64, err error) {
	err = v.o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		value, version, err = store.Learned(ctx, tx, v.o.box, v.store, v.plug, key)
		return err
	})
	return value, version, err
}

// Store keeps value if nobody was quicker.
func (v vault) Store(ctx context.Context, key, value string, version int64) (kept bool, err error) {
	err = v.o.db.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		kept, err = store.Learn(ctx, tx, v.o.box, v.store, v.plug, key, value, version)
		return err
	})
	return kept, err
}
