package dashboard

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"doorstep/connector"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/report"
	"doorstep/internal/store"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// startStep is one step of the wizard, as it stands.
type startStep struct {
	Key, Name, Words string
	Minutes          string
	Done, Skipped    bool
}

// State is what the list of steps says of it.
func (s startStep) State() string {
	switch {
	case s.Done:
		return "Done"
	case s.Skipped:
		return "Later"
	}
	return s.Minutes
}

// startView is the wizard: where somebody is, and what is there already.
type startView struct {
	Steps     []startStep
	At        string // the key of the step that is shown; empty: all is done
	Payments  []report.Connector
	Suppliers []inventory.Supplier
	Products  int64
	Active    int64
	Test      *testOrder
	Drivers   []outsideKnown
	Form      connectorForm // the driver whose form is open
	Store     startStoreForm
	Articles  []testArticle
	Freight   []string         // suppliers of whom nobody knows what shipping costs
	Rates     []money.Currency // of costs that nobody can count in the shop's money
	Bank      bool             // a way to pay that a person confirms
	Person    bool             // whether any supplier would need one
}

// startStoreForm is the first step.
type startStoreForm struct {
	Name, Country, Currency, Locale, Zone, Address, Email, From string
	Fixed                                                       bool // prices are there: the currency stays
	Field, Error                                                string
}

func (f startStoreForm) wrong(field string) string {
	if f.Field == field {
		return f.Error
	}
	return ""
}

// startSteps are the steps in their order, without what is done.
func startSteps() []startStep {
	return []startStep{
		{Key: "store", Name: "Your shop", Words: "Name, country, money and language: what customers and suppliers see.", Minutes: "1 min"},
		{Key: "payment", Name: "Payment", Words: "How customers pay you: by card with Stripe, by bank transfer, or at the door.", Minutes: "2 min"},
		{Key: "supplier", Name: "First supplier", Words: "Who ships what you sell: by API, by mail, or ordered by you.", Minutes: "2 min"},
		{Key: "products", Name: "First products", Words: "From a file, from your supplier, or the sample shop to look around.", Minutes: "2 min"},
		{Key: "order", Name: "Test order", Words: "See one order travel from the checkout to your supplier's desk.", Minutes: "1 min"},
	}
}

// startRead is the wizard as it stands.
func (d *Dashboard) startRead(v *visit) (p startView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		p = startView{}
		if err := p.read(ctx, tx, v.store); err != nil {
			return err
		}
		currencies, err := report.CostCurrencies(ctx, tx, v.store)
		if err != nil {
			return err
		}
		for _, c := range currencies {
			if _, err := v.settings.Rate(c, v.settings.Currency); err != nil {
				p.Rates = append(p.Rates, c)
			}
		}
		return p.readTest(ctx, tx, v.store)
	})
	if err != nil {
		return p, err
	}
	if p.Freight, err = d.outside.WithoutFreight(v.r.Context(), v.store); err != nil {
		return p, err
	}
	p.Steps = startSteps()
	done := map[string]bool{
		"store":    v.settings.Country != "" && v.settings.Brand.Email != "",
		"payment":  len(p.Payments) > 0,
		"supplier": len(p.Suppliers) > 0,
		"products": p.Active > 0,
		"order":    p.Test != nil,
	}
	for i := range p.Steps {
		s := &p.Steps[i]
		s.Done, s.Skipped = done[s.Key], slices.Contains(v.settings.Skipped, s.Key)
	}
	return p, nil
}

func (p *startView) read(ctx context.Context, tx *db.Tx, s id.Store) (err error) {
	connectors, err := report.Connectors(ctx, tx, s)
	if err != nil {
		return err
	}
	for _, c := range connectors {
		if c.Kind == string(connector.Payment) {
			p.Payments = append(p.Payments, c)
			p.Bank = p.Bank || c.Driver == "manual" && c.State == store.Active
		}
	}
	if p.Suppliers, err = inventory.Suppliers(ctx, tx, s); err != nil {
		return err
	}
	p.Products, p.Active, err = report.CountProducts(ctx, tx, s)
	return err
}

// next is the first step that is neither done nor put off; empty when there is none.
func (p startView) next() string {
	for _, s := range p.Steps {
		if !s.Done && !s.Skipped {
			return s.Key
		}
	}
	return ""
}

// finished says whether every step is done.
func (p startView) finished() bool {
	return !slices.ContainsFunc(p.Steps, func(s startStep) bool { return !s.Done })
}

func (p startView) step() startStep {
	i := slices.IndexFunc(p.Steps, func(s startStep) bool { return s.Key == p.At })
	if i < 0 {
		return startStep{}
	}
	return p.Steps[i]
}

// start leads to where somebody left off.
func (d *Dashboard) start(v *visit) error {
	p, err := d.startRead(v)
	if err != nil {
		return err
	}
	if next := p.next(); next != "" {
		return v.lead(Prefix + "/start/" + next)
	}
	return d.showStart(v, p)
}

func (d *Dashboard) startStep(v *visit) error {
	p, err := d.startRead(v)
	if err != nil {
		return err
	}
	p.At = v.path("step")
	if p.step().Key == "" {
		return store.ErrUnknown
	}
	return d.showStart(v, p)
}

// showStart fills in what the step that is shown needs, and shows it.
func (d *Dashboard) showStart(v *visit, p startView) error {
	switch p.At {
	case "store":
		if p.Store.Error == "" {
			p.Store = d.storeForm(v, p)
		}
	case "payment", "supplier":
		p.Drivers = d.outside.Drivers(connector.Kind(p.At))
		if p.Form.Driver.Name == "" {
			p.Form = d.openForm(p.At, v.query("driver"))
		}
	}
	at := frame{Title: "Setting up", At: "start"}
	if p.Store.Error != "" || p.Form.Error != "" {
		at.Status = http.StatusUnprocessableEntity
	}
	return d.show(v, at, startPage(v, at, p))
}

// openForm is an empty form of a driver; none where the name is not known.
func (d *Dashboard) openForm(kind, driver string) connectorForm {
	known, ok := d.driverOf(kind, driver)
	if !ok {
		return connectorForm{}
	}
	return connectorForm{Kind: known.Kind, Driver: known, Name: known.Name, Values: map[string]string{}}
}

func (d *Dashboard) storeForm(v *visit, p startView) startStoreForm {
	s := v.settings
	f := startStoreForm{Name: s.Brand.Name, Country: s.Country, Currency: string(s.Currency), Locale: s.Locale, Zone: s.TimeZone,
		Address: s.Brand.Address, Email: s.Brand.Email, From: s.MailFrom, Fixed: p.Products > 0}
	if f.Email == "" {
		f.Email = v.staff.Email
	}
	if f.From == f.Email {
		f.From = ""
	}
	return f
}

// startStore stores the first step.
func (d *Dashboard) startStore(v *visit) error {
	p, err := d.startRead(v)
	if err != nil {
		return err
	}
	f := startStoreForm{Name: v.form("name"), Country: v.form("country"), Currency: v.form("currency"), Locale: v.form("locale"), Zone: v.form("zone"),
		Address: v.form("address"), Email: v.form("email"), From: v.form("from"), Fixed: p.Products > 0}
	p.At, p.Store = "store", f
	values := map[string]string{"brand.name": f.Name, "country": f.Country, "locale": f.Locale, "timezone": f.Zone, "brand.email": f.Email, "mail.from": f.From,
		"brand.address": strings.ReplaceAll(strings.ReplaceAll(f.Address, "\r\n", "\n"), "\n", `\n`)}
	if !v.mayChange("mail.from") {
		delete(values, "mail.from")
	}
	if f.Country == "" {
		p.Store.Field, p.Store.Error = "country", "Please choose the country your shop is in."
		return d.showStart(v, p)
	}
	err = d.once(v, func(ctx context.Context, tx *db.Tx) error {
		if money.Currency(f.Currency) != v.settings.Currency && !f.Fixed {
			if err := flow.ChooseCurrency(ctx, tx, v.store, money.Currency(f.Currency), v.actor()); err != nil {
				return err
			}
		}
		return flow.ChangeSettings(ctx, tx, v.store, values, v.actor())
	})
	if err != nil {
		r, ok := asRefusal(err)
		if !ok {
			return err
		}
		p.Store.Field, p.Store.Error = startField(r.Field), sentence(r.Words)
		return d.showStart(v, p)
	}
	return d.startOn(v, "The shop's particulars are stored.")
}

// startField is the field of the first step that a setting is entered in.
func startField(key string) string {
	known := map[string]string{"brand.name": "name", "brand.email": "email", "mail.from": "from", "timezone": "zone", "brand.address": "address"}
	if field := known[key]; field != "" {
		return field
	}
	return key
}

// startOn leads to the next step.
func (d *Dashboard) startOn(v *visit, words string) error {
	v.tell(ui.Good, words)
	return v.lead(Prefix + "/start")
}

// startConnect connects a payment provider or a supplier, and tests the connection.
func (d *Dashboard) startConnect(v *visit) error {
	kind := v.r.URL.Path[strings.LastIndexByte(v.r.URL.Path, '/')+1:]
	p, err := d.startRead(v)
	if err != nil {
		return err
	}
	p.At = kind
	if p.Form = d.openForm(kind, v.form("driver")); p.Form.Driver.Name == "" {
		return store.ErrUnknown
	}
	if name := strings.ToLower(v.form("name")); name != "" {
		p.Form.Name = name
	}
	row, err := d.take(v, &p.Form)
	if err != nil {
		return err
	}
	if p.Form.Error != "" {
		return d.showStart(v, p)
	}
	probe, err := d.outside.ProbeConnector(v.r.Context(), v.store, p.Form.Kind, row.Name)
	if err != nil {
		return err
	}
	if !probe.OK {
		if p, err = d.startRead(v); err != nil {
			return err
		}
		p.At = kind
		if p.Form, err = d.readConnectorByID(v, row.ConnectorID); err != nil {
			return err
		}
		p.Form.Probe = &probe
		return d.showStart(v, p)
	}
	return d.startOn(v, title(row.Name)+" is connected. "+probe.Words)
}

// startByHand adds a supplier to whom only people talk.
func (d *Dashboard) startByHand(v *visit) error {
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.AddByHand(ctx, tx, v.store, v.form("name"), v.actor())
		return err
	})
	if err != nil {
		words, ok := refusal(err)
		if !ok {
			return err
		}
		v.tell(ui.Bad, words)
		return v.lead(Prefix + "/start/supplier")
	}
	return d.startOn(v, "Added. Orders for it wait for you: you order there, and enter its number here.")
}

// startSkip puts a step off, or takes it up again.
func (d *Dashboard) startSkip(v *visit) error {
	step, again := v.form("step"), v.form("again") == "yes"
	if !slices.ContainsFunc(startSteps(), func(s startStep) bool { return s.Key == step }) {
		return store.ErrUnknown
	}
	err := d.once(v, func(ctx context.Context, tx *db.Tx) error {
		set, err := store.LoadSettings(ctx, tx, v.store)
		if err != nil {
			return err
		}
		list := slices.DeleteFunc(slices.Clone(set.Skipped), func(s string) bool { return s == step || s == "" })
		if !again {
			list = append(list, step)
		}
		return flow.ChangeSettings(ctx, tx, v.store, map[string]string{"start.skipped": strings.Join(list, ",")}, v.actor())
	})
	if err != nil {
		return err
	}
	if again {
		return v.lead(Prefix + "/start/" + step)
	}
	return v.lead(Prefix + "/start")
}
