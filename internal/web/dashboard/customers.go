package dashboard

import (
	"context"
	"net/url"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/address"
	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
	"doorstep/money"
)

// customerList is the page of customers.
type customerList struct {
	listPage
	List []report.CustomerRow
}

// customerKind is the list of customers. What they spent is counted as it is read: no index could
// sort by it.
func customerKind() listKind {
	return listKind{Key: "customers", Path: "/customers", Search: ui.ListSearch{Name: "q", Placeholder: "Name or mail address", Label: "Name or mail address"},
		Sorts: []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"}, {Value: report.SortName, Name: "A to Z"}, {Value: report.SortNameBack, Name: "Z to A"}}, Usual: []listView{{Name: "All"}, {Name: "By name", Query: "sort=name"}}}
}

// customerView is one customer with all that is known of them. People are told apart by
// their mail address: who ordered twice with the same one is one customer.
type customerView struct {
	Row       report.CustomerRow
	Orders    report.OrderPage
	After     string
	Addresses []address.Address
	Mails     []report.Mail
	Notes     []customerNote
	Value     report.CustomerValue
	Repeat    report.Repeat // of the whole store
	Wishes    []account.Wanted
	Credit    []money.Amount       // that the customer may spend here, per currency
	Moves     []ledger.CreditEntry // the newest of it
}

// customerNote is a note with the name of whoever wrote it.
type customerNote struct {
	desk.CustomerNote
	Who string
}

func (d *Dashboard) customers(v *visit) error {
	var p customerList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.listPage, err = v.readList(ctx, tx, customerKind()); err != nil {
			return err
		}
		f := report.CustomerFilter{Text: p.Ask.search(), Sort: p.Ask.sort()}
		p.List, p.Next, err = report.Customers(ctx, tx, v.store, v.settings.Currency, f, p.After, pageSize)
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Customers", At: "customers", Live: true, Refresh: 60}
	return d.show(v, at, customersPage(v, at, p))
}

func (d *Dashboard) customer(v *visit) error {
	name := id.Customer(v.path("customer"))
	p := customerView{After: v.query("after")}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Row, err = report.TheCustomer(ctx, tx, v.store, v.settings.Currency, name); err != nil {
			return err
		}
		if p.Orders, err = report.Orders(ctx, tx, v.store, report.Filter{Customer: name}, p.After, 20); err != nil {
			return err
		}
		if p.Addresses, err = report.CustomerAddresses(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Mails, err = report.CustomerMails(ctx, tx, v.store, name, 20); err != nil {
			return err
		}
		if p.Value, err = report.ValueOf(ctx, tx, v.store, v.settings.Currency, name); err != nil {
			return err
		}
		if p.Repeat, err = report.Repeats(ctx, tx, v.store, v.now.Add(-365*24*time.Hour)); err != nil {
			return err
		}
		if p.Wishes, err = account.AllWants(ctx, tx, v.store, name); err != nil {
			return err
		}
		if p.Credit, p.Moves, err = creditOf(ctx, tx, v.store, name); err != nil {
			return err
		}
		who, err := namesOf(ctx, tx, v.store)
		if err != nil {
			return err
		}
		notes, err := desk.Notes(ctx, tx, v.store, name)
		p.Notes = nil
		for _, n := range notes {
			p.Notes = append(p.Notes, customerNote{n, who[string(n.StaffID)]})
		}
		return err
	})
	if err != nil {
		return err
	}
	at := frame{Title: p.Row.Name, At: "customers", Live: true, Refresh: 60, Back: Prefix + "/customers"}
	if at.Title == "" {
		at.Title = p.Row.Email
	}
	return d.show(v, at, customerPage(v, at, p))
}

func (d *Dashboard) noteCustomer(v *visit) error {
	name := id.Customer(v.path("customer"))
	return d.do(v, customerURL(name), "The note is kept.", func(ctx context.Context, tx *db.Tx) error {
		if _, err := report.TheCustomer(ctx, tx, v.store, v.settings.Currency, name); err != nil {
			return err
		}
		return flow.NoteCustomer(ctx, tx, v.store, name, v.staff.StaffID, v.form("words"), v.actor())
	})
}

func (d *Dashboard) dropNote(v *visit) error {
	name := id.Customer(v.path("customer"))
	v.undo = undoing("note", url.Values{"customer": {string(name)}, "note": {v.path("note")}}.Encode())
	return d.do(v, customerURL(name), "The note is removed.", func(ctx context.Context, tx *db.Tx) error {
		return flow.DropNote(ctx, tx, v.store, name, id.Note(v.path("note")), v.actor())
	})
}

// restoreNote brings back what was just removed.
func (d *Dashboard) restoreNote(v *visit) error {
	name := id.Customer(v.path("customer"))
	return d.do(v, customerURL(name), "The note is back.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RestoreNote(ctx, tx, v.store, name, id.Note(v.path("note")), v.actor())
	})
}

func customerURL(c id.Customer) string { return Prefix + "/customers/" + string(c) }

// average is what an order of the customer comes to.
func average(p customerView) string {
	if p.Row.Orders == 0 {
		return "–"
	}
	parts := p.Row.Spent.Split(int(p.Row.Orders))
	return price(parts[len(parts)-1])
}
