package dashboard

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// pageSize is how many orders one page lists, and bulkMost how many one click may change.
const (
	pageSize = 50
	bulkMost = 500
)

// orderList is the page of orders.
type orderList struct {
	Filter report.Filter
	Query  string // as typed
	Page   report.OrderPage
	Views  []orderView
	After  string
	Result *bulkResult
}

// orderView is a list that is looked at often.
type orderView struct{ Key, Name, URL string }

func orderViews() []orderView {
	url := func(q string) string { return Prefix + "/orders" + q }
	return []orderView{
		{"all", "All", url("")},
		{"person", "Need a person", url("?person=yes")},
		{"pending", "Unpaid", url("?state=pending")},
		{"open", "Open", url("?state=open")},
		{"closed", "Closed", url("?state=closed")},
		{"cancelled", "Cancelled", url("?state=cancelled")},
	}
}

// active says which view the filter is; none when it is finer than any.
func (l orderList) active() string {
	switch f := l.Filter; {
	case l.Query != "" || f.Goods != "" || f.Money != "":
		return ""
	case f.NeedsPerson && f.State == "":
		return "person"
	case f.State != "" && !f.NeedsPerson:
		return f.State
	case f.State == "":
		return "all"
	}
	return ""
}

// filterOf reads a filter from an address. What is typed is a number, a mail address, or
// else a part of a name.
func filterOf(q url.Values) (f report.Filter, text string) {
	text = strings.TrimSpace(q.Get("q"))
	if text != "" {
		found, ok := report.Search(text)
		if !ok {
			found = report.Filter{Name: text}
		}
		f = found
	}
	f.State, f.Goods, f.Money, f.NeedsPerson = q.Get("state"), q.Get("goods"), q.Get("money"), q.Get("person") != ""
	return f, text
}

func (d *Dashboard) orders(v *visit) error {
	l, err := d.readOrders(v, v.r.URL.Query())
	if err != nil {
		return err
	}
	if l.Filter.Number > 0 && len(l.Page.Orders) == 1 && v.query("after") == "" {
		return v.lead(orderURL(l.Page.Orders[0].ID)) // a number names one order: go there
	}
	return d.showOrders(v, l)
}

func (d *Dashboard) readOrders(v *visit, q url.Values) (l orderList, err error) {
	l.Filter, l.Query = filterOf(q)
	l.After, l.Views = q.Get("after"), orderViews()
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		l.Page, err = report.Orders(ctx, tx, v.store, l.Filter, l.After, pageSize)
		return err
	})
	return l, err
}

func (d *Dashboard) showOrders(v *visit, l orderList) error {
	at := frame{Title: "Orders", At: "orders", Live: true, Refresh: 60}
	return d.show(v, at, ordersPage(v, at, l))
}

// bulkResult is what became of each order of a bulk action.
type bulkResult struct {
	Action string
	Dry    bool
	Rows   []bulkRow
}

type bulkRow struct {
	Order  id.Order
	Number int64
	Done   bool
	Words  string
}

func (r bulkResult) count(done bool) (n int64) {
	for _, row := range r.Rows {
		if row.Done == done {
			n++
		}
	}
	return n
}

// bulk does one thing to many orders, each in a transaction of its own: one that cannot be
// done leaves the others alone, and the page says of each what became of it.
func (d *Dashboard) bulk(v *visit) error {
	if err := v.r.ParseForm(); err != nil {
		return err
	}
	chosen := v.r.PostForm["order"]
	if len(chosen) == 0 || len(chosen) > bulkMost {
		v.tell(ui.Warn, fmt.Sprintf("Tick some orders first, %d at most.", bulkMost))
		return v.lead(localPath(v.form("back"), Prefix+"/orders"))
	}
	action := v.form("action")
	if action == "export" {
		return d.exportChosen(v, chosen)
	}
	if action != "cancel" && action != "release" || action == "release" && !v.can("manager") {
		return &flow.Refusal{Code: "not-possible", Words: "This cannot be done to many orders at once by your role."}
	}
	result := bulkResult{Action: action}
	for i, name := range chosen {
		row := bulkRow{Order: id.Order(name), Done: true, Words: "was done before"}
		err := d.onceOf(v, fmt.Sprint("/", i), func(ctx context.Context, tx *db.Tx) (err error) {
			row, err = d.bulkOne(ctx, tx, v, action, id.Order(name))
			return err
		})
		if err != nil {
			words, ok := refusal(err)
			if !ok {
				return err
			}
			row.Done, row.Words = false, words
		}
		result.Rows = append(result.Rows, row)
	}
	back, _ := url.Parse(localPath(v.form("back"), Prefix+"/orders"))
	l, err := d.readOrders(v, back.Query())
	if err != nil {
		return err
	}
	l.Result = &result
	return d.showOrders(v, l)
}

// bulkOne does the action to one order.
func (d *Dashboard) bulkOne(ctx context.Context, tx *db.Tx, v *visit, action string, name id.Order) (bulkRow, error) {
	o, err := order.Get(ctx, tx, v.store, name)
	if err != nil {
		return bulkRow{Order: name}, err
	}
	row := bulkRow{Order: name, Number: o.Number, Done: true}
	if action == "cancel" {
		row.Words = "is being cancelled"
		return row, flow.CancelOrder(ctx, tx, v.store, name, "cancelled by "+v.staff.Name, v.actor())
	}
	list, err := purchase.OfOrder(ctx, tx, v.store, name)
	if err != nil {
		return row, err
	}
	released := int64(0)
	for _, p := range list {
		if p.State != purchase.Held && p.State != purchase.Planned {
			continue
		}
		if err := flow.Release(ctx, tx, v.store, p.PurchaseID, v.actor()); err != nil {
			return row, err
		}
		released++
	}
	row.Words = counted(released, "purchase order") + " released"
	if released == 0 {
		row.Done, row.Words = false, "Nothing waits to be released."
	}
	return row, nil
}

// exportOrders writes the whole filtered list, exportChosen those that were ticked, as CSV
// that spreadsheets open.
func (d *Dashboard) exportOrders(v *visit) error {
	f, _ := filterOf(v.r.URL.Query())
	after := ""
	out := d.csvOf(v)
	for {
		var page report.OrderPage
		err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			page, err = report.Orders(ctx, tx, v.store, f, after, 500)
			return err
		})
		if err != nil {
			return err
		}
		writeOrders(v, out, page.Orders)
		if after = page.Next; after == "" {
			return nil
		}
	}
}

func (d *Dashboard) exportChosen(v *visit, chosen []string) error {
	var rows []report.OrderRow
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		rows = rows[:0]
		for _, name := range chosen {
			o, err := order.Get(ctx, tx, v.store, id.Order(name))
			if err != nil {
				return err
			}
			page, err := report.Orders(ctx, tx, v.store, report.Filter{Number: o.Number}, "", 1)
			if err != nil {
				return err
			}
			rows = append(rows, page.Orders...)
		}
		return nil
	})
	if err != nil {
		return err
	}
	writeOrders(v, d.csvOf(v), rows)
	return nil
}

func (d *Dashboard) csvOf(v *visit) *csv.Writer {
	h := v.w.Header()
	h.Set("Content-Type", "text/csv; charset=utf-8")
	h.Set("Content-Disposition", `attachment; filename="orders-`+v.local(v.now).Format("2006-01-02")+`.csv"`)
	out := csv.NewWriter(v.w)
	_ = out.Write([]string{"Order", "Placed", "Customer", "Mail address", "Total", "Currency", "State", "Goods", "Money", "Needs a person"})
	return out
}

func writeOrders(v *visit, out *csv.Writer, rows []report.OrderRow) {
	for _, o := range rows {
		needs := "no"
		if o.NeedsPerson {
			needs = firstReason(o)
		}
		_ = out.Write([]string{fmt.Sprint(o.Number), v.local(o.PlacedAt).Format("2006-01-02 15:04"), plain(o.Customer), plain(o.Email),
			o.Total.Decimal(), string(o.Total.Currency), o.State, o.Goods, o.Money, plain(needs)})
	}
	out.Flush() // an error is that of a browser that went away
}

// plain keeps a spreadsheet from reading somebody's words as a formula.
func plain(s string) string {
	if s != "" && strings.ContainsRune("=+-@\t\r", rune(s[0])) {
		return "'" + s
	}
	return s
}

// onceOf is once for one of several commands of the same form.
func (d *Dashboard) onceOf(v *visit, part string, fn func(ctx context.Context, tx *db.Tx) error) error {
	key := v.form("key")
	if key == "" {
		return d.once(v, fn) // which refuses
	}
	inner := *v
	inner.r = v.r.Clone(v.r.Context())
	inner.r.PostForm = url.Values{"key": {key + part}}
	inner.r.Form = inner.r.PostForm
	return d.once(&inner, fn)
}

// reasonsOf are the reasons why an order needs attention.
func reasonsOf(raw json.RawMessage) []order.Reason {
	var list []order.Reason
	if json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}

// firstReason is why an order needs a person, in words.
func firstReason(o report.OrderRow) string {
	list := reasonsOf(o.Attention)
	if at := slices.IndexFunc(list, func(r order.Reason) bool { return r.Person }); at >= 0 {
		return list[at].Words
	}
	return ""
}

func orderURL(o id.Order) string { return Prefix + "/orders/" + string(o) }
