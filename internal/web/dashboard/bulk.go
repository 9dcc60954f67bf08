package dashboard

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/desk"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// bulkMost is how many orders one click may change.
const bulkMost = desk.Most

// tryAtOnce is how many orders a dry run looks at side by side.
const tryAtOnce = 8

// runNeeds is the role that an action on many orders needs; empty: there is no such action.
func runNeeds(action string) account.Role {
	switch action {
	case desk.Release, desk.Hold:
		return account.Manager
	case desk.Cancel:
		return account.Support
	}
	return ""
}

// runView is the page of a run: first what would happen, then what does.
type runView struct {
	Run   desk.BulkRun
	Who   string
	Items []desk.BulkRunItem
}

func (p runView) count(states ...string) (n int64) {
	for _, i := range p.Items {
		for _, s := range states {
			if i.State == s {
				n++
			}
		}
	}
	return n
}

// ended is how many of the run's orders are through, of all that take part.
func (p runView) through() (done, all int64) {
	done = p.count(desk.Done, desk.Failed)
	return done, done + p.count(desk.Waiting)
}

// bulk takes the orders that were ticked, or all of a list, and says of each what an action
// would do: a draft, that somebody confirms on its page. Exports are answered at once.
func (d *Dashboard) bulk(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	action := v.form("action")
	names, more, err := d.chosen(v)
	if err != nil {
		return err
	}
	back := localPath(v.form("back"), Prefix+"/orders")
	if len(names) == 0 || len(names) > bulkMost {
		v.tell(ui.Warn, fmt.Sprintf("Tick some orders first, %d at most.", bulkMost))
		return v.lead(back)
	}
	if action == "csv" || action == "xlsx" {
		return d.exportChosen(v, names, action)
	}
	need := runNeeds(action)
	if need == "" || !v.can(need) {
		return &flow.Refusal{Code: "not-possible", Words: "This cannot be done to many orders at once by your role."}
	}
	run, err := d.draft(v, action, names, more)
	if err != nil {
		return err
	}
	return v.lead(runURL(run))
}

// chosen are the orders that a form names: those that were ticked, or all of the list that
// it came from, as many as one run takes; more says that there are further ones.
func (d *Dashboard) chosen(v *visit) (names []id.Order, more bool, err error) {
	if v.form("all") == "" {
		for _, name := range v.r.PostForm["order"] {
			names = append(names, id.Order(name))
		}
		return names, false, nil
	}
	back, err := url.Parse(localPath(v.form("back"), Prefix+"/orders"))
	if err != nil {
		return nil, false, &flow.Refusal{Code: "form", Words: "The form did not arrive whole. Please load the page again."}
	}
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		names = nil
		f, err := orderFilter(ctx, tx, v.store, orderKind().ask(back.Query()))
		if err != nil {
			return err
		}
		page, err := report.Orders(ctx, tx, v.store, f, "", bulkMost)
		for _, o := range page.Orders {
			names = append(names, o.ID)
		}
		more = page.Next != ""
		return err
	})
	return names, more, err
}

// draft makes the dry run and stores it; the same form again leads to the same draft.
func (d *Dashboard) draft(v *visit, action string, names []id.Order, more bool) (id.Run, error) {
	key := v.form("key")
	if key == "" {
		return "", &flow.Refusal{Code: "form", Words: "The form did not arrive whole. Please load the page again."}
	}
	var run desk.BulkRun
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		run, err = desk.RunOfForm(ctx, tx, v.store, v.staff.StaffID, key)
		return err
	})
	if !errors.Is(err, sql.ErrNoRows) {
		return run.RunID, err
	}
	items, err := d.tryAll(v, action, names)
	if err != nil {
		return "", err
	}
	err = d.db.Update(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		run, err = flow.DraftRun(ctx, tx, desk.NewRun{Store: v.store, Staff: v.staff.StaffID, FormKey: key, Action: action, More: more, Items: items})
		return err
	})
	return run.RunID, err
}

// tryAll says of every order what the action would do to it, in the order of the names.
func (d *Dashboard) tryAll(v *visit, action string, names []id.Order) ([]desk.NewItem, error) {
	items, errs := make([]desk.NewItem, len(names)), make([]error, len(names))
	next := make(chan int)
	var workers sync.WaitGroup
	for range tryAtOnce {
		workers.Go(func() {
			for i := range next {
				items[i], errs[i] = flow.TryItem(v.r.Context(), d.db, v.store, names[i], action, "by "+v.staff.Name, v.actor())
			}
		})
	}
	for i := range names {
		next <- i
	}
	close(next)
	workers.Wait()
	return items, errors.Join(errs...)
}

func (d *Dashboard) run(v *visit) error {
	p, err := d.readRun(v)
	if err != nil {
		return err
	}
	at := frame{Title: runTitle(p), At: "orders", Live: p.Run.State == desk.Running, Back: Prefix + "/orders"}
	if at.Live {
		at.Refresh = 2
	}
	return d.show(v, at, runPage(v, at, p))
}

func (d *Dashboard) readRun(v *visit) (p runView, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if p.Run, err = desk.RunByID(ctx, tx, v.store, id.Run(v.path("run"))); err != nil {
			return err
		}
		if p.Items, err = desk.Items(ctx, tx, v.store, p.Run.RunID); err != nil {
			return err
		}
		who, err := namesOf(ctx, tx, v.store)
		p.Who = who[string(p.Run.StaffID)]
		return err
	})
	return p, err
}

func (d *Dashboard) runs(v *visit) error {
	var list []runView
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		list = nil
		who, err := namesOf(ctx, tx, v.store)
		if err != nil {
			return err
		}
		runs, err := desk.Runs(ctx, tx, v.store, 25)
		if err != nil {
			return err
		}
		for _, r := range runs {
			items, err := desk.Items(ctx, tx, v.store, r.RunID)
			if err != nil {
				return err
			}
			list = append(list, runView{Run: r, Who: who[string(r.StaffID)], Items: items})
		}
		return nil
	})
	if err != nil {
		return err
	}
	at := frame{Title: "Bulk actions", At: "orders", Live: true, Refresh: 15, Back: Prefix + "/orders"}
	return d.show(v, at, runsPage(v, at, list))
}

// allowedRun reads the run that the address names, for somebody who may do its action.
func (d *Dashboard) allowedRun(v *visit) (runView, error) {
	p, err := d.readRun(v)
	if err == nil && !v.can(runNeeds(p.Run.Action)) {
		err = &flow.Refusal{Code: "role", Words: "This cannot be done to many orders at once by your role."}
	}
	return p, err
}

func (d *Dashboard) beginRun(v *visit) error {
	p, err := d.allowedRun(v)
	if err != nil {
		return err
	}
	reason := v.form("reason")
	if reason == "" && p.Run.Action != desk.Release {
		v.tell(ui.Warn, "Please say why: customers and colleagues will ask.")
		return v.lead(runURL(p.Run.RunID))
	}
	return d.do(v, runURL(p.Run.RunID), "It has begun. You may leave this page: it goes on without you.", func(ctx context.Context, tx *db.Tx) error {
		return flow.BeginRun(ctx, tx, v.store, p.Run.RunID, reason, v.actor())
	})
}

func (d *Dashboard) retryRun(v *visit) error {
	p, err := d.allowedRun(v)
	if err != nil {
		return err
	}
	return d.do(v, runURL(p.Run.RunID), "What could not be done is tried again.", func(ctx context.Context, tx *db.Tx) error {
		return flow.RetryRun(ctx, tx, v.store, p.Run.RunID, v.actor())
	})
}

func (d *Dashboard) exportRun(v *visit) error {
	p, err := d.readRun(v)
	if err != nil {
		return err
	}
	out, err := newSheet(v.w, v.query("format"), p.Run.Action+"-"+v.local(p.Run.CreatedAt).Format("2006-01-02-1504"))
	if err != nil {
		return err
	}
	if err := out.row(texts("Order", "Result", "Words", "At")...); err != nil {
		return nil // the browser went away
	}
	for _, i := range p.Items {
		at := ""
		if !i.At.IsZero() {
			at = v.local(i.At).Format("2006-01-02 15:04:05")
		}
		if err := out.row(number(fmt.Sprint(i.Number)), text(itemWord(i.State)), text(i.Words), text(at)); err != nil {
			return nil // the browser went away
		}
	}
	_ = out.end() // the browser may be gone
	return nil
}

// exportChosen writes the ticked orders as a spreadsheet, in the order of the list.
func (d *Dashboard) exportChosen(v *visit, names []id.Order, format string) error {
	v.r.PostForm.Set("format", format)
	return d.exportRows(v, func(ctx context.Context, tx *db.Tx, _ string) (all report.OrderPage, err error) {
		for _, name := range names {
			o, err := order.Get(ctx, tx, v.store, name)
			if err != nil {
				return all, err
			}
			page, err := report.Orders(ctx, tx, v.store, report.Filter{Number: o.Number}, "", 1)
			if err != nil {
				return all, err
			}
			all.Orders = append(all.Orders, page.Orders...)
		}
		return all, nil
	})
}

func runURL(run id.Run) string { return Prefix + "/runs/" + string(run) }

// runVerb is an action as a heading says it.
func runVerb(action string) string {
	switch action {
	case desk.Release:
		return "Release"
	case desk.Hold:
		return "Hold"
	}
	return "Cancel"
}

func runTitle(p runView) string {
	return runVerb(p.Run.Action) + " " + counted(int64(len(p.Items)), "order")
}

// itemWord is an order's state in a run as people read it.
func itemWord(state string) string {
	switch state {
	case desk.Ready:
		return "would be done"
	case desk.Out:
		return "left out"
	}
	return state
}

func itemTone(state string) ui.Tone {
	switch state {
	case desk.Ready, desk.Done:
		return ui.Good
	case desk.Failed:
		return ui.Bad
	case desk.Out:
		return ui.Warn
	}
	return ui.Note
}

// took is how long a run went, or goes.
func took(r desk.BulkRun, now clock.Time) string {
	end := r.EndedAt
	if end.IsZero() {
		end = now
	}
	return span(end.Sub(r.BegunAt))
}

// firstUp is a sentence's first letter made large, for words that began in the middle.
func firstUp(s string) string { return strings.TrimSuffix(sentence(s), ".") }
