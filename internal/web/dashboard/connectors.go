package dashboard

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/outside"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
)

// connectorList is the page of connectors: those that are there, and those that could be.
type connectorList struct {
	List    []report.Connector
	Drivers []outside.Known
}

func kinds() []connector.Kind {
	return []connector.Kind{connector.Supplier, connector.Payment, connector.Carrier}
}

func (d *Dashboard) connectors(v *visit) error {
	var p connectorList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		p.List, err = report.Connectors(ctx, tx, v.store)
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
	ID       id.Connector // empty: a new one
	Kind     connector.Kind
	Driver   outside.Known
	Name     string
	State    string
	Reason   string
	Values   map[string]string // without secrets
	Error    string
	Webhook  string // where the other side reports to
	Supplier id.Supplier
}

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
func (d *Dashboard) readConnector(v *visit) (f connectorForm, err error) {
	var row store.Connector
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		row, err = store.GetConnector(ctx, tx, v.store, id.Connector(v.path("connector")))
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

// connect takes a form in. Secrets that were left empty stay as they are; everything else is
// as the form says. Doing it twice does nothing more than once, so the form needs no key.
func (d *Dashboard) connect(v *visit, f connectorForm) error {
	given := map[string]string{}
	for _, s := range f.Driver.Settings {
		value := v.form("set." + s.Key)
		if s.Type == connector.Boolean && value == "" {
			value = "false"
		}
		if s.Type == connector.Boolean && value == "yes" {
			value = "true"
		}
		if s.Secret && value == "" {
			continue
		}
		given[s.Key] = value
		if !s.Secret {
			f.Values[s.Key] = value
		}
	}
	row, err := d.outside.Connect(v.r.Context(), v.store, f.Kind, f.Driver.Name, f.Name, given)
	if err != nil {
		if f.Error = connectWords(err); f.Error == "" {
			return err
		}
		if row.ConnectorID != "" {
			f.ID, f.State = row.ConnectorID, row.State
		}
		return d.showConnector(v, f)
	}
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		return flow.NoteConnector(ctx, tx, v.store, row.ConnectorID, row.Name, v.actor())
	})
	if err != nil {
		return err
	}
	v.tell(ui.Good, title(row.Name)+" is stored. Test it before you rely on it.")
	return v.lead(Prefix + "/connectors/" + string(row.ConnectorID))
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

// testConnector asks the other side, with no transaction open.
func (d *Dashboard) testConnector(v *visit) error {
	f, err := d.readConnector(v)
	if err != nil {
		return err
	}
	if err := d.outside.TestConnector(v.r.Context(), v.store, f.Kind, f.Name); err != nil {
		d.log.InfoContext(v.r.Context(), "connector test failed", "connector", f.Name, "error", err)
		v.tell(ui.Bad, testWords(err))
	} else {
		v.tell(ui.Good, "It works: the other side knows us.")
	}
	return v.lead(localPath(v.form("back"), Prefix+"/connectors/"+string(f.ID)))
}

// testWords is what became of asking the other side, and its own words.
func testWords(err error) string {
	lead := "It could not be tested: "
	switch connector.OutcomeOf(err) {
	case connector.WasNotLetIn:
		lead = "The other side does not let us in; look at the keys: "
	case connector.WasNotSent:
		lead = "The other side could not be reached or asks us to wait: "
	case connector.WasRejected:
		lead = "The other side refused: "
	}
	return sentence(lead + err.Error())
}

func (d *Dashboard) pauseConnector(v *visit) error {
	pause := v.form("pause") == "yes"
	done := "It works again."
	if pause {
		done = "It is paused: its jobs wait."
	}
	name := id.Connector(v.path("connector"))
	return d.do(v, Prefix+"/connectors/"+string(name), done, func(ctx context.Context, tx *db.Tx) error {
		return flow.PauseConnector(ctx, tx, v.store, name, pause, v.actor())
	})
}
