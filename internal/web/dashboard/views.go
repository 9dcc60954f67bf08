package dashboard

import (
	"context"
	"database/sql"
	"errors"
	"net/url"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/web/ui"
)

// listView is a list that is looked at often: one that everybody has, or one that somebody saved.
type listView struct {
	Name, Query string
	Saved       id.View // empty: everybody has it
	Shared      bool
	Mine        bool
}

// lists are those of which views are saved.
func lists() []listKind {
	return []listKind{orderKind(), productKind(), stockKind(), customerKind(), claimKind(), talkKind(), reviewKind(), codeKind(), inboxKind(), logKind()}
}

func listOf(key string) (listKind, bool) {
	for _, k := range lists() {
		if k.Key == key {
			return k, true
		}
	}
	return listKind{}, false
}

// listPage is what all pages of lists have.
type listPage struct {
	Ask   listAsk
	Views []listView
	After string // where this page begins
	Next  string // where the next one does; empty on the last
}

// readList reads what the address asks for of a list, and the views of whoever looks.
func (v *visit) readList(ctx context.Context, tx *db.Tx, k listKind) (listPage, error) {
	l := listPage{Ask: k.ask(v.r.URL.Query()), After: v.query("after"), Views: k.Usual}
	saved, err := desk.Views(ctx, tx, v.store, v.staff.StaffID, k.Key)
	for _, s := range saved {
		l.Views = append(l.Views, listView{Name: s.Name, Query: s.Query, Saved: s.ViewID, Shared: s.Shared, Mine: s.StaffID == v.staff.StaffID})
	}
	return l, err
}

// view is the one that the list is now; nil when it is none.
func (l listPage) view() *listView {
	for i := len(l.Views) - 1; i >= 0; i-- { // who saves what everybody has wants to see their own
		if l.Views[i].Query == l.Ask.query() {
			return &l.Views[i]
		}
	}
	bare := l.Ask.kind.ask(l.Ask.q) // those that everybody has are the same in any order and with any columns
	bare.q.Del("sort")
	bare.q.Del("col")
	for i := range l.Views {
		if l.Views[i].Saved == "" && l.Views[i].Query == bare.query() {
			return &l.Views[i]
		}
	}
	return nil
}

func (l listPage) tabs() (tabs []ui.ListTab) {
	now := l.view()
	for i, w := range l.Views {
		tabs = append(tabs, ui.ListTab{Name: w.Name, URL: l.Ask.kind.url(w.Query), Now: now == &l.Views[i], Shared: w.Shared})
	}
	return tabs
}

// form keeps the list as a view, and forgets the view that it is: one's own, and managers any
// shared one.
func (l listPage) form(v *visit) ui.ViewForm {
	f := ui.ViewForm{Save: Prefix + "/views", Hint: "Every Monday", Kept: [][2]string{{"list", l.Ask.kind.Key}, {"query", l.Ask.query()}}}
	if w := l.view(); w != nil && w.Saved != "" {
		f.Name, f.Shared = w.Name, w.Shared
		if w.Mine || v.can(account.Manager) {
			f.Drop = Prefix + "/views/" + string(w.Saved) + "/drop"
		}
	}
	return f
}

func (l listPage) paging(v *visit) ui.Paging {
	p := ui.Paging{}
	if l.After != "" {
		p.First = l.Ask.url("", "")
	}
	if l.Next != "" && v.r.Method == "GET" {
		p.Next = l.Ask.url("after", l.Next)
	}
	return p
}

func (d *Dashboard) saveView(v *visit) error {
	shared := v.form("shared") != "" && v.can(account.Support)
	k, known := listOf(v.form("list"))
	q, err := url.ParseQuery(v.form("query"))
	if err != nil || !known {
		return &flow.Refusal{Code: "query", Words: "The view did not arrive whole. Please load the page again."}
	}
	query := k.ask(q).query()
	return d.do(v, k.url(query), "The view is saved.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SaveView(ctx, tx, v.store, v.staff.StaffID, k.Key, v.form("name"), query, shared)
	})
}

func (d *Dashboard) dropView(v *visit) error {
	name := id.View(v.path("view"))
	back := Prefix
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		w, err := desk.View(ctx, tx, v.store, name)
		if errors.Is(err, sql.ErrNoRows) {
			return nil // flow says so
		}
		if k, known := listOf(w.List); known {
			back = k.url("")
		}
		if w.StaffID == v.staff.StaffID {
			q := url.Values{"list": {w.List}, "name": {w.Name}, "query": {w.Query}}
			if w.Shared {
				q.Set("shared", "yes")
			}
			v.undo = undoing("save-view", q.Encode())
		}
		return err
	})
	if err != nil {
		return err
	}
	return d.do(v, back, "The view is removed.", func(ctx context.Context, tx *db.Tx) error {
		return flow.DropView(ctx, tx, v.store, name, v.staff.StaffID, v.can(account.Manager))
	})
}
