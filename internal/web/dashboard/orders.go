package dashboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/report"
	"doorstep/internal/web/ui"
)

// orderList is the page of orders.
type orderList struct {
	listPage
	Filter report.Filter
	Orders []report.OrderRow
	Extras map[id.Order]report.Extra // only where a column wants them
}

// orderKind is the list of orders.
func orderKind() listKind {
	columns := listField{Name: "col", Many: true}
	for i, c := range orderColumns() {
		columns.Words = append(columns.Words, c.Key)
		if i < usualColumns {
			columns.Usual = strings.Trim(columns.Usual+","+c.Key, ",")
		}
	}
	return listKind{Key: "orders", Path: "/orders",
		Search: ui.ListSearch{Name: "q", Placeholder: "Number, name, mail, tracking, SKU …", Label: "Number, name, mail address, tracking number, supplier's number or SKU"},
		Fields: []listField{unshown("state"), pickOf("goods", "Goods", goodsWords()...), pickOf("money", "Money", moneyWords()...),
			unshown("person", "yes"), unshown("purchase", "held", "uncertain"), unshown("moving", "yes"), columns},
		Sorts: []ui.Choice{{Value: report.SortNewest, Name: "Newest first"}, {Value: report.SortOldest, Name: "Oldest first"},
			{Value: report.SortDearest, Name: "Largest total"}, {Value: report.SortCheapest, Name: "Smallest total"}},
		Usual: []listView{{Name: "All"}, {Name: "Needs attention", Query: "person=yes"}, {Name: "To release", Query: "purchase=held"},
			{Name: "Uncertain", Query: "purchase=uncertain"}, {Name: "On the way", Query: "moving=yes"},
			{Name: "Delivered", Query: "goods=delivered"}, {Name: "Cancelled", Query: "state=cancelled"}}}
}

// column is one that the list can show.
type column struct{ Key, Name string }

// orderColumns are all that the list can show beside the order's number; those before the mail
// address are the usual ones.
func orderColumns() []column {
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

// shows says whether the list of orders has a column.
func (a listAsk) shows(key string) bool {
	if chosen := a.q["col"]; len(chosen) > 0 {
		return slices.Contains(chosen, key)
	}
	return slices.ContainsFunc(orderColumns()[:usualColumns], func(c column) bool { return c.Key == key })
}

// orderFilter is what an ask for orders wants of the database. What is typed may be a number, a
// mail address, a tracking number, a number of the supplier's, a SKU, or a name.
func orderFilter(ctx context.Context, tx *db.Tx, s id.Store, a listAsk) (f report.Filter, err error) {
	if text := a.search(); text != "" {
		if f, err = report.Look(ctx, tx, s, text); err != nil {
			return f, err
		}
	}
	f.State, f.Goods, f.Money, f.Purchase, f.Sort = a.get("state"), a.get("goods"), a.get("money"), a.get("purchase"), a.sort()
	f.NeedsPerson, f.Moving = a.get("person") != "", a.get("moving") != ""
	return f, nil
}

func (d *Dashboard) orders(v *visit) error {
	var l orderList
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		if l.listPage, err = v.readList(ctx, tx, orderKind()); err != nil {
			return err
		}
		if l.Filter, err = orderFilter(ctx, tx, v.store, l.Ask); err != nil {
			return err
		}
		page, err := report.Orders(ctx, tx, v.store, l.Filter, l.After, pageSize)
		l.Orders, l.Next = page.Orders, page.Next
		if err == nil && slices.ContainsFunc([]string{"country", "units", "suppliers", "tracking"}, l.Ask.shows) {
			l.Extras, err = report.Extras(ctx, tx, v.store, l.Orders)
		}
		return err
	})
	if err != nil {
		return err
	}
	if l.Filter.Number > 0 && len(l.Orders) == 1 && l.After == "" {
		return v.lead(orderURL(l.Orders[0].ID)) // a number names one order: go there
	}
	at := frame{Title: "Orders", At: "orders", Live: true, Refresh: 60}
	return d.show(v, at, ordersPage(v, at, l))
}

// exportOrders writes the whole list as a spreadsheet.
func (d *Dashboard) exportOrders(v *visit) error {
	ask := orderKind().ask(v.r.URL.Query())
	return d.exportRows(v, func(ctx context.Context, tx *db.Tx, after string) (page report.OrderPage, err error) {
		f, err := orderFilter(ctx, tx, v.store, ask)
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
