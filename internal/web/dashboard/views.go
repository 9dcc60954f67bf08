package dashboard

import (
	"context"
	"net/url"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/flow"
	"doorstep/internal/id"
)

// orderView is a list of orders that is looked at often: one that everybody has, or one that
// somebody saved.
type orderView struct {
	Name, URL string
	query     string
	Saved     id.View // empty: everybody has it
	Shared    bool
	Mine      bool
}

// orderViews are the views that everybody has.
func orderViews() []orderView {
	list := []orderView{{Name: "All"}, {Name: "Needs attention", query: "person=yes"}, {Name: "To release", query: "purchase=held"},
		{Name: "Uncertain", query: "purchase=uncertain"}, {Name: "On the way", query: "moving=yes"},
		{Name: "Delivered", query: "goods=delivered"}, {Name: "Cancelled", query: "state=cancelled"}}
	for i := range list {
		list[i].URL = listURL(list[i].query)
	}
	return list
}

// viewsOf are all views of whoever looks.
func viewsOf(ctx context.Context, tx *db.Tx, v *visit) ([]orderView, error) {
	list := orderViews()
	saved, err := desk.Views(ctx, tx, v.store, v.staff.StaffID)
	for _, s := range saved {
		list = append(list, orderView{Name: s.Name, URL: listURL(s.Query), query: s.Query, Saved: s.ViewID, Shared: s.Shared, Mine: s.StaffID == v.staff.StaffID})
	}
	return list, err
}

// view is the one that the list is now; nil when it is none.
func (l orderList) view() *orderView {
	for i := range l.Views {
		if l.Views[i].query == l.Ask.query() {
			return &l.Views[i]
		}
	}
	bare := l.Ask // those that everybody has are the same in any order and with any columns
	bare.Sort, bare.Columns = "", nil
	for i := range l.Views {
		if l.Views[i].Saved == "" && l.Views[i].query == bare.query() {
			return &l.Views[i]
		}
	}
	return nil
}

// is says whether the list is a view.
func (l orderList) is(w orderView) bool {
	now := l.view()
	return now != nil && *now == w
}

// canDrop says whether whoever looks may forget a view: their own, and managers any shared.
func canDrop(v *visit, w *orderView) bool {
	return w != nil && w.Saved != "" && (w.Mine || v.can(account.Manager))
}

func (d *Dashboard) saveView(v *visit) error {
	shared := v.form("shared") != "" && v.can(account.Support)
	q, err := url.ParseQuery(v.form("query"))
	if err != nil {
		return &flow.Refusal{Code: "query", Words: "The view did not arrive whole. Please load the page again."}
	}
	query := askOf(q).query()
	return d.do(v, listURL(query), "The view is saved.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SaveView(ctx, tx, v.store, v.staff.StaffID, v.form("name"), query, shared)
	})
}

func (d *Dashboard) dropView(v *visit) error {
	return d.do(v, Prefix+"/orders", "The view is removed.", func(ctx context.Context, tx *db.Tx) error {
		saved, err := desk.Views(ctx, tx, v.store, v.staff.StaffID)
		if err != nil {
			return err
		}
		for _, w := range saved {
			if w.ViewID == id.View(v.path("view")) && w.StaffID == v.staff.StaffID {
				q := url.Values{"name": {w.Name}, "query": {w.Query}}
				if w.Shared {
					q.Set("shared", "yes")
				}
				v.undo = undoing("save-view", q.Encode())
			}
		}
		return flow.DropView(ctx, tx, v.store, id.View(v.path("view")), v.staff.StaffID, v.can(account.Manager))
	})
}
