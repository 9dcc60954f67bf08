package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/report"
)

// pageSize is how many orders one page lists.
const pageSize = 50

// orderList is the page of orders.
type orderList struct {
	Ask    listAsk
	Filter report.Filter
	Page   report.OrderPage
	Extras map[id.Order]report.Extra // only where a column wants them
	Views  []orderView
	After  string
}

// listAsk is what the address of the list asks for.
type listAsk struct {
	Query    string // as typed
	State    string
	Goods    string
	Money    string
	Person   bool
	Purchase string // held or uncertain
	Moving   bool
	Sort     string
	Columns  []string // empty: the usual ones
}

// column is one that the list can show.
type column struct{ Key, Name string }

// columns are all that the list can show beside the order's number; those before the mail
// address are the usual ones.
func columns() []column {
	return []column{{"placed", "Placed"}, {"customer", "Customer"}, {"total", "Total"}, {"money", "Money"}, {"goods", "Goods"}, {"why", "Attention"},
		{"email", "Mail address"}, {"country", "Country"}, {"units", "Units"}, {"suppliers", "Suppliers"}, {"tracking", "Tracking"},
		{"paid", "Paid"}, {"changed", "Changed"}}
}

// usualColumns is how many of them are shown where nobody chose.
const usualColumns = 6

// goodsWords and moneyWords are the words that a list can be filtered by.
func goodsWords() []string {
	return []string{"waiting", "ordered", "partly shipped", "shipped", "partly delivered", "delivered", "returned", "cancelled"}
}

func moneyWords() []string {
	return []string{"unpaid", "authorised", "partly paid", "paid", "partly refunded", "refunded", "disputed", "overpaid"}
}

// askOf reads an address; what it does not know it leaves out.
func askOf(q url.Values) listAsk {
	a := listAsk{Query: strings.TrimSpace(q.Get("q")), State: q.Get("state"), Goods: q.Get("goods"), Money: q.Get("money"),
		Person: q.Get("person") != "", Moving: q.Get("moving") != ""}
	if p := q.Get("purchase"); p == "held" || p == "uncertain" {
		a.Purchase = p
	}
	if s := q.Get("sort"); slices.Contains(report.Sorts()[1:], s) {
		a.Sort = s
	}
	for _, c := range columns() {
		if slices.Contains(q["col"], c.Key) {
			a.Columns = append(a.Columns, c.Key)
		}
	}
	if len(a.Columns) == usualColumns && a.Columns[usualColumns-1] == "why" {
		a.Columns = nil
	}
	return a
}

// values is the address of the ask, always the same for the same ask.
func (a listAsk) values() url.Values {
	q := url.Values{}
	for name, value := range map[string]string{"q": a.Query, "state": a.State, "goods": a.Goods, "money": a.Money, "purchase": a.Purchase, "sort": a.Sort} {
		if value != "" {
			q.Set(name, value)
		}
	}
	if a.Person {
		q.Set("person", "yes")
	}
	if a.Moving {
		q.Set("moving", "yes")
	}
	for _, c := range a.Columns {
		q.Add("col", c)
	}
	return q
}

func (a listAsk) query() string { return a.values().Encode() }

// url is the list's address, with one value changed; an empty one is taken out.
func (a listAsk) url(name, value string) string {
	q := a.values()
	if name != "" {
		q.Set(name, value)
		if value == "" {
			q.Del(name)
		}
	}
	return listURL(q.Encode())
}

func listURL(query string) string {
	if query == "" {
		return Prefix + "/orders"
	}
	return Prefix + "/orders?" + query
}

// shows says whether the list has a column.
func (a listAsk) shows(key string) bool {
	if len(a.Columns) > 0 {
		return slices.Contains(a.Columns, key)
	}
	return slices.ContainsFunc(columns()[:usualColumns], func(c column) bool { return c.Key == key })
}

// filter is what the ask wants of the database. What is typed may be a number, a mail
// address, a tracking number, a number of the supplier's, a SKU, or a name.
func (a listAsk) filter(ctx context.Context, tx *db.Tx, s id.Store) (f report.Filter, err error) {
	if a.Query != "" {
		if f, err = report.Look(ctx, tx, s, a.Query); err != nil {
			return f, err
		}
	}
	f.State, f.Goods, f.Money, f.NeedsPerson, f.Purchase, f.Moving, f.Sort = a.State, a.Goods, a.Money, a.Person, a.Purchase, a.Moving, a.Sort
	return f, nil
}

func (d *Dashboard) orders(v *visit) error {
	l := orderList{Ask: askOf(v.r.URL.Query()), After: v.query("after")}
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if l.Filter, err = l.Ask.filter(ctx, tx, v.store); err != nil {
			return err
		}
		if l.Page, err = report.Orders(ctx, tx, v.store, l.Filter, l.After, pageSize); err != nil {
			return err
		}
		if slices.ContainsFunc([]string{"country", "units", "suppliers", "tracking"}, l.Ask.shows) {
			if l.Extras, err = report.Extras(ctx, tx, v.store, l.Page.Orders); err != nil {
				return err
			}
		}
		l.Views, err = viewsOf(ctx, tx, v)
		return err
	})
	if err != nil {
		return err
	}
	if l.Filter.Number > 0 && len(l.Page.Orders) == 1 && l.After == "" {
		return v.lead(orderURL(l.Page.Orders[0].ID)) // a number names one order: go there
	}
	at := frame{Title: "Orders", At: "orders", Live: true, Refresh: 60}
	return d.show(v, at, ordersPage(v, at, l))
}

// exportOrders writes the whole list as a spreadsheet.
func (d *Dashboard) exportOrders(v *visit) error {
	ask := askOf(v.r.URL.Query())
	return d.exportRows(v, func(ctx context.Context, tx *db.Tx, after string) (page report.OrderPage, err error) {
		f, err := ask.filter(ctx, tx, v.store)
		if err != nil {
			return page, err
		}
		return report.Orders(ctx, tx, v.store, f, after, bulkMost)
	})
}

// exportRows writes page after page of orders as a spreadsheet, each read in a transaction of
// its own: a long export must not keep the database from cleaning up.
func (d *Dashboard) exportRows(v *visit, read func(ctx context.Context, tx *db.Tx, after string) (report.OrderPage, error)) error {
	var out sheet
	for after, first := "", true; first || after != ""; first = false {
		var page report.OrderPage
		var extras map[id.Order]report.Extra
		err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
			if page, err = read(ctx, tx, after); err != nil {
				return err
			}
			extras, err = report.Extras(ctx, tx, v.store, page.Orders)
			return err
		})
		if err != nil {
			return err
		}
		if first {
			if out, err = newSheet(v.w, v.wanted("format"), "orders-"+v.local(v.now).Format("2006-01-02")); err != nil {
				return err
			}
			if err := out.row(texts("Order", "Placed", "Customer", "Mail address", "Country", "Units", "Discount code", "Discount", "Total", "Currency", "State", "Goods", "Money",
				"Suppliers", "Tracking", "Needs a person")...); err != nil {
				return err
			}
		}
		for _, o := range page.Orders {
			if err := out.row(orderCells(v, o, extras[o.ID])...); err != nil {
				return nil // the browser went away
			}
		}
		after = page.Next
	}
	_ = out.end() // the browser may be gone
	return nil
}

func orderCells(v *visit, o report.OrderRow, e report.Extra) []cell {
	needs := "no"
	if o.NeedsPerson {
		needs = firstReason(o)
	}
	return []cell{number(fmt.Sprint(o.Number)), text(v.local(o.PlacedAt).Format("2006-01-02 15:04")), text(o.Customer), text(o.Email), text(e.Country),
		number(fmt.Sprint(e.Units)), text(e.Code), number(moneyOf(e.Discount, o.Total.Currency).Decimal()), number(o.Total.Decimal()), text(string(o.Total.Currency)), text(o.State), text(o.Goods), text(o.Money),
		text(strings.Join(e.Suppliers, ", ")), text(strings.Join(e.Tracking, ", ")), text(needs)}
}

// wanted is a value of the form or of the address.
func (v *visit) wanted(name string) string {
	if value := v.form(name); value != "" {
		return value
	}
	return v.query(name)
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
