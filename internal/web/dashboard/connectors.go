package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/seal"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// connectorList is the page of connectors: those that are there, and those that could be.
type connectorList struct {
	List    []report.Connector
	Drivers []outside.Known
	Health  map[id.Connector]report.Health
	Down    map[id.Connector]bool // nobody answers there
}

func kinds() []connector.Kind {
	return []connector.Kind{connector.Supplier, connector.Payment, connector.Carrier}
}

func (d *Dashboard) connectors(v *visit) error {
	var p connectorList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.List, err = report.Connectors(ctx, tx, v.store); err != nil {
			return err
		}
		health, err := report.Suppliers(ctx, tx, v.store, v.now.Add(-healthFor))
		p.Health = map[id.Connector]report.Health{}
		for _, h := range health {
			p.Health[h.Connector] = h
		}
		p.Down = map[id.Connector]bool{}
		for _, c := range p.List {
			_, p.Down[c.ID] = d.outside.DownSince(c.ID)
		}
		return err
	})
	if err != nil {
		return err
	}
	for _, kind := range kinds() {
		p.Drivers = append(p.Drivers, d.outside.Drivers(kind)...)
	}
	at := frame{Title: "Connectors", At: "connectors"}
	return d.show(v, at, connectorsPage(v, at, p))
}

func (p connectorList) of(kind connector.Kind) (list []report.Connector) {
	for _, c := range p.List {
		if c.Kind == string(kind) {
			list = append(list, c)
		}
	}
	return list
}

func (p connectorList) drivers(kind connector.Kind) (list []outside.Known) {
	for _, k := range p.Drivers {
		if k.Kind == kind {
			list = append(list, k)
		}
	}
	return list
}

// connectorForm is a connector's settings, drawn from what its driver wants to know.
type connectorForm struct {
	ID      id.Connector // empty: a new one
	Kind    connector.Kind
	Driver  outside.Known
	Name    string
	State   string
	Reason  string
	Values  map[string]string // without secrets
	Error   string
	Webhook string          // where the other side reports to
	Field   string          // the setting that is wrong, where one is
	Secrets map[string]bool // those that are set
	Lost    bool            // the secrets were sealed with a key that is not there any more
	Probe   *outside.Probe  // what came of testing it, just now
	Health  []report.Health // of the suppliers behind it
}

// wrong is what is wrong with a setting.
func (f connectorForm) wrong(key string) string {
	if f.Field == key {
		return f.Error
	}
	return ""
}

// outsideKnown is a driver as a form shows it.
type outsideKnown = outside.Known

// driverOf is a driver of this program.
func (d *Dashboard) driverOf(kind, name string) (outside.Known, bool) {
	for _, k := range d.outside.Drivers(connector.Kind(kind)) {
		if k.Name == name {
			return k, true
		}
	}
	return outside.Known{}, false
}

func (d *Dashboard) newConnector(v *visit) error {
	known, ok := d.driverOf(v.path("kind"), v.path("driver"))
	if !ok {
		return store.ErrUnknown
	}
	return d.showConnector(v, connectorForm{Kind: known.Kind, Driver: known, Name: known.Name, Values: map[string]string{}})
}

func (d *Dashboard) addConnector(v *visit) error {
	known, ok := d.driverOf(v.path("kind"), v.path("driver"))
	if !ok {
		return store.ErrUnknown
	}
	f := connectorForm{Kind: known.Kind, Driver: known, Name: strings.ToLower(v.form("name")), Values: map[string]string{}}
	return d.connect(v, f)
}

// readConnector is a stored connector as its form shows it.
func (d *Dashboard) readConnector(v *visit) (connectorForm, error) {
	return d.readConnectorByID(v, id.Connector(v.path("connector")))
}

func (d *Dashboard) readConnectorByID(v *visit, name id.Connector) (f connectorForm, err error) {
	var row store.Connector
	var health []report.Health
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if row, err = store.GetConnector(ctx, tx, v.store, name); err != nil {
			return err
		}
		health, err = report.Suppliers(ctx, tx, v.store, v.now.Add(-healthFor))
		return err
	})
	if err != nil {
		return f, err
	}
	known, _ := d.driverOf(row.Kind, row.Driver) // one that this program does not know shows no fields
	f = connectorForm{ID: row.ConnectorID, Kind: connector.Kind(row.Kind), Driver: known, Name: row.Name, State: row.State, Reason: row.Reason,
		Values: map[string]string{}, Webhook: v.settings.PublicURL + "/webhooks/" + row.Kind + "/" + row.Name}
	if known.Name == "" {
		f.Driver = outside.Known{Kind: f.Kind, Name: row.Driver, Title: row.Driver}
	}
	for _, h := range health {
		if h.Connector == row.ConnectorID {
			f.Health = append(f.Health, h)
		}
	}
	f.Secrets, err = d.outside.SecretsSet(v.r.Context(), v.store, row.ConnectorID)
	if f.Lost = errors.Is(err, seal.ErrBroken); err != nil && !f.Lost {
		return f, err
	}
	return f, json.Unmarshal([]byte(row.Settings), &f.Values)
}

func (d *Dashboard) connector(v *visit) error {
	f, err := d.readConnector(v)
	if err != nil {
		return err
	}
	return d.showConnector(v, f)
}

func (d *Dashboard) changeConnector(v *visit) error {
	f, err := d.readConnector(v)
	if err != nil {
		return err
	}
	return d.connect(v, f)
}

// connect takes a form in and leads to the connector's page.
func (d *Dashboard) connect(v *visit, f connectorForm) error {
	row, err := d.take(v, &f)
	if err != nil {
		return err
	}
	if f.Error != "" {
		return d.showConnector(v, f)
	}
	v.tell(ui.Good, title(row.Name)+" is stored. Test it before you rely on it.")
	return v.lead(Prefix + "/connectors/" + string(row.ConnectorID))
}

// take stores what a form says of a connector, or says in the form what is wrong. Secrets
// that were left empty stay as they are; everything else is as the form says. Doing it twice
// does nothing more than once, so the form needs no key.
func (d *Dashboard) take(v *visit, f *connectorForm) (row store.Connector, err error) {
	given := map[string]string{}
	for _, s := range f.Driver.Settings {
		value := v.form("set." + s.Key)
		if s.Type == connector.Boolean {
			value = strconv.FormatBool(value == "yes" || value == "true")
		}
		if s.Secret && value == "" {
			continue
		}
		given[s.Key] = value
		if !s.Secret {
			f.Values[s.Key] = value
		}
	}
	row, err = d.outside.Connect(v.r.Context(), v.store, f.Kind, f.Driver.Name, f.Name, given)
	if err != nil {
		if f.Error = connectWords(err); f.Error == "" {
			return row, err
		}
		f.Field = f.fieldIn(err)
		if row.ConnectorID != "" {
			f.ID, f.State = row.ConnectorID, row.State
		}
		return row, nil
	}
	return row, d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return flow.NoteConnector(ctx, tx, v.store, row.ConnectorID, row.Name, v.actor())
	})
}

// fieldIn is the setting that an error speaks of; errors of settings begin with their key.
func (f connectorForm) fieldIn(err error) string {
	if errors.Is(err, store.ErrName) || errors.Is(err, outside.ErrOtherDriver) {
		return "name"
	}
	for _, s := range f.Driver.Settings {
		if strings.Contains(err.Error(), s.Key+":") {
			return s.Key
		}
	}
	return ""
}

// connectWords is what is wrong with settings; empty for an error that is none of theirs.
// The rules of a driver are written for people and name no secret.
func connectWords(err error) string {
	if errors.Is(err, context.Canceled) || errors.Is(err, store.ErrUnknown) || db.IsUnique(err) {
		return ""
	}
	if errors.Is(err, store.ErrName) {
		return sentence(store.ErrName.Error())
	}
	return sentence(err.Error())
}

func (d *Dashboard) showConnector(v *visit, f connectorForm) error {
	at := frame{Title: f.Driver.Title, At: "connectors", Back: Prefix + "/connectors"}
	if f.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, connectorPage(v, at, f))
}

// testConnector asks the other side, with no transaction open, and shows what came of it.
func (d *Dashboard) testConnector(v *visit) error {
	f, err := d.readConnector(v)
	if err != nil {
		return err
	}
	probe, err := d.outside.ProbeConnector(v.r.Context(), v.store, f.Kind, f.Name)
	if err != nil {
		return err
	}
	if !probe.OK {
		d.log.InfoContext(v.r.Context(), "connector test did not succeed", "connector", f.Name, "words", probe.Words)
	}
	if f, err = d.readConnector(v); err != nil { // it may work again
		return err
	}
	f.Probe = &probe
	return d.showConnector(v, f)
}

func (d *Dashboard) pauseConnector(v *visit) error {
	pause := v.form("pause") == "yes"
	done := "It works again."
	if pause {
		done = "It is paused: its jobs wait."
	}
	name := id.Connector(v.path("connector"))
	if pause {
		v.undo = undoing("work", string(name))
	}
	return d.do(v, Prefix+"/connectors/"+string(name), done, func(ctx context.Context, tx *db.Tx) error {
		return flow.PauseConnector(ctx, tx, v.store, name, pause, v.actor())
	})
}
