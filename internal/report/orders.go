package report

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Filter says which orders are listed, and in which order; the zero value is all, the newest
// first. Given several conditions, all must hold.
type Filter struct {
	State       string // a state of package order
	NeedsPerson bool
	Number      int64       // exactly this one
	Customer    id.Customer // exactly this customer's
	Email       string      // exactly this customer's, in any case
	Name        string      // how the customer's name, or a later word of it, begins, in any case
	Ref         string      // a tracking number, a number of a purchase at the supplier or of ours, or a SKU, exactly
	Goods       string      // a word of order.Derive: "waiting", "shipped" …
	Moving      bool        // on the way: shipped, and not all delivered
	Money       string      // a word of order.Derive: "paid", "refunded" …
	Purchase    string      // has a purchase that is "held" or "uncertain"
	Sort        string      // one of Sorts; empty is the first
	common      bool        // so many have the name that the list is read for it
}

// Sorts are the orders in which a list can be had: each has an index. The names of things
// sort by their time.
func Sorts() []string { return []string{SortNewest, SortOldest, SortDearest, SortCheapest} }

// The orders of a list.
const (
	SortNewest   = "newest"
	SortOldest   = "oldest"
	SortDearest  = "dearest"
	SortCheapest = "cheapest"
)

// Search is a filter made from what a person typed: a number with or without "#", or a
// mail address. ok is false when it is neither.
func Search(text string) (f Filter, ok bool) {
	text = strings.TrimSpace(text)
	if strings.Contains(text, "@") {
		return Filter{Email: text}, true
	}
	n, err := strconv.ParseInt(strings.TrimPrefix(text, "#"), 10, 64)
	return Filter{Number: n}, err == nil && n > 0
}

// OrderRow is an order in a list.
type OrderRow struct {
	ID          id.Order        `json:"id"`
	Number      int64           `json:"number"`
	Email       string          `json:"email"`
	Customer    string          `json:"customer"`
	Total       money.Amount    `json:"total"`
	State       string          `json:"state"`
	Goods       string          `json:"goods"`
	Money       string          `json:"money"`
	Attention   json.RawMessage `json:"attention"` // list of order.Reason
	NeedsPerson bool            `json:"needs_person"`
	PlacedAt    clock.Time      `json:"placed_at"`
	PaidAt      clock.Time      `json:"paid_at"`
	UpdatedAt   clock.Time      `json:"updated_at"`
}

// OrderPage is one page of a list and where the next begins: empty when there is none.
type OrderPage struct {
	Orders []OrderRow `json:"orders"`
	Next   string     `json:"next,omitempty"`
}

// newest sorts after every order's id, in every collation.
const newest = id.Order("or_zzzzzzzzzzzzzzzzzzzzzzzzzzz")

// Orders lists at most limit orders, after the one that a page named.
func Orders(ctx context.Context, tx *db.Tx, store id.Store, f Filter, after string, limit int) (OrderPage, error) {
	few, err := isFew(ctx, tx, store, f)
	if err != nil {
		return OrderPage{}, err
	}
	if f.common, err = isCommon(ctx, tx, store, f.Name); err != nil {
		return OrderPage{}, err
	}
	query, args := ordersQuery(f, store, after, limit+1)
	if few {
		query = strings.Replace(query, " ORDER BY o.total_minor", " ORDER BY +o.total_minor", 1)
	}
	rows, err := collect(ctx, tx, scanOrder, query, args...)
	if err != nil {
		return OrderPage{}, fmt.Errorf("list of orders: %w", err)
	}
	page := OrderPage{Orders: rows}
	if len(rows) > limit {
		page.Orders = rows[:limit]
		page.Next = cursor(f, rows[limit-1])
	}
	return page, nil
}

// fewOrders is how many orders are rather read and sorted than looked for in a sorted list.
const fewOrders = 3000

// isFew says whether a list that is sorted by total is of few orders among many: walking all
// orders by their totals would then read most of them before a page is full. A plus before the
// column keeps the databases from that.
func isFew(ctx context.Context, tx *db.Tx, store id.Store, f Filter) (bool, error) {
	byTotal := f.Sort == SortDearest || f.Sort == SortCheapest
	if f.Sort = ""; !byTotal || f == (Filter{}) {
		return false, nil
	}
	n, err := CountOrders(ctx, tx, store, f, fewOrders)
	return n < fewOrders, err
}

// cursor is where the page after a row begins: its id, and before that its total in a list
// that is sorted by it.
func cursor(f Filter, last OrderRow) string {
	if f.Sort == SortDearest || f.Sort == SortCheapest {
		return strconv.FormatInt(last.Total.Minor, 10) + "." + string(last.ID)
	}
	return string(last.ID)
}

// CountOrders counts what a filter takes, to a limit at most.
func CountOrders(ctx context.Context, tx *db.Tx, store id.Store, f Filter, limit int) (n int64, err error) {
	query, args := ordersQuery(f, store, "", limit)
	err = tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM (`+query+`) AS t`, args...).Scan(&n)
	if err != nil {
		return 0, fmt.Errorf("count of orders: %w", err)
	}
	return n, nil
}

const orderColumns = `SELECT o.order_id, o.number, o.email, c.name, o.currency, o.total_minor, o.state, o.goods, o.money,
	o.attention, o.needs_person, o.placed_at, o.paid_at, o.updated_at
	FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.customer_id = o.customer_id
	WHERE o.store_id = $1`

// byRef are the orders that something goes with whose number is $n: each line has an index.
const byRef = ` AND o.order_id IN (
	SELECT order_id FROM shipments WHERE store_id = $1 AND number = $n
	UNION ALL SELECT order_id FROM shipments WHERE store_id = $1 AND next_number = $n
	UNION ALL SELECT order_id FROM purchases WHERE store_id = $1 AND ref = $n AND ref <> ''
	UNION ALL SELECT order_id FROM purchases WHERE store_id = $1 AND key = $n
	UNION ALL SELECT order_id FROM order_lines WHERE store_id = $1 AND sku = $n)`

// moving are the orders on the way, looked up first: in an IN of words SQLite prefers to walk
// the whole list.
const moving = ` AND o.order_id IN (
	SELECT order_id FROM orders WHERE store_id = $1 AND goods = 'partly shipped'
	UNION ALL SELECT order_id FROM orders WHERE store_id = $1 AND goods = 'shipped'
	UNION ALL SELECT order_id FROM orders WHERE store_id = $1 AND goods = 'partly delivered')`

// person is the condition that an order needs a person. Beside another one, or in a list by
// total, those few are looked up first: SQLite would walk the longer index.
func (f Filter) person() string {
	byTotal := f.Sort == SortDearest || f.Sort == SortCheapest
	if !byTotal && f.State+f.Goods+f.Money == "" {
		return " AND o.needs_person"
	}
	return " AND o.order_id IN (SELECT order_id FROM orders WHERE store_id = $1 AND order_id > '' AND needs_person)"
}

// bound are the arguments of a query that is being put together.
type bound []any

// add binds one more value and names its place.
func (b *bound) add(value any) string {
	*b = append(*b, value)
	return "$" + strconv.Itoa(len(*b))
}

// ordersQuery is the one query of the mode that the filter asks for: only the conditions
// that are wanted stand in it, so that each mode has its index.
func ordersQuery(f Filter, store id.Store, after string, limit int) (string, []any) {
	query, args := orderColumns, bound{string(store)}
	add := args.add
	where := func(condition string, value any) { query += " AND " + condition + " " + add(value) }
	if f.Number != 0 {
		where("o.number =", f.Number)
	}
	if f.Customer != "" {
		where("o.customer_id =", string(f.Customer))
	}
	if f.Email != "" {
		where(ofCustomerWithMail, strings.ToLower(strings.TrimSpace(f.Email)))
		query += ")"
	}
	if f.State != "" {
		where("o.state =", f.State)
	}
	if f.Goods != "" {
		where("o.goods =", f.Goods)
	}
	if f.Money != "" {
		where("o.money =", f.Money)
	}
	if f.Name != "" {
		query += called(f.Name, f.common, add)
	}
	if f.Ref != "" {
		query += strings.ReplaceAll(byRef, "$n", add(strings.TrimSpace(f.Ref)))
	}
	switch f.Purchase { // written out: only so do the partial indexes serve
	case "held":
		query += " AND o.order_id IN (SELECT order_id FROM purchases WHERE store_id = $1 AND state = 'held')"
	case "uncertain":
		query += " AND o.order_id IN (SELECT order_id FROM purchases WHERE store_id = $1 AND state = 'uncertain')"
	}
	if f.Moving {
		query += moving
	}
	if f.NeedsPerson {
		query += f.person()
	}
	query += sorted(f, after, add)
	return query + " LIMIT " + add(limit), args
}

// sorted is the condition of paging and the order of the rows.
func sorted(f Filter, after string, add func(any) string) string {
	total, name, _ := strings.Cut(after, ".")
	minor, err := strconv.ParseInt(total, 10, 64)
	byTotal := err == nil && name != ""
	switch f.Sort {
	case SortOldest:
		return " AND o.order_id > " + add(after) + " ORDER BY o.order_id"
	case SortDearest:
		if byTotal {
			return " AND (o.total_minor, o.order_id) < (" + add(minor) + ", " + add(name) + ") ORDER BY o.total_minor DESC, o.order_id DESC"
		}
		return " ORDER BY o.total_minor DESC, o.order_id DESC"
	case SortCheapest:
		if byTotal {
			return " AND (o.total_minor, o.order_id) > (" + add(minor) + ", " + add(name) + ") ORDER BY o.total_minor, o.order_id"
		}
		return " ORDER BY o.total_minor, o.order_id"
	}
	if after == "" {
		after = string(newest)
	}
	return " AND o.order_id < " + add(after) + " ORDER BY o.order_id DESC"
}

// Look finds out what somebody meant who typed a text: a mail address, the number of an order, a
// number that goes with one (tracking, the supplier's, a SKU), or else a part of a name.
func Look(ctx context.Context, tx *db.Tx, store id.Store, text string) (Filter, error) {
	text = strings.TrimSpace(text)
	f, known := Search(text)
	if text == "" || f.Email != "" {
		return f, nil
	}
	tries := []Filter{{Ref: text}, {Ref: strings.ToUpper(strings.Join(strings.Fields(text), ""))}}
	if known {
		tries = append([]Filter{f}, tries...)
	}
	for _, try := range tries {
		n, err := CountOrders(ctx, tx, store, try, 1)
		if err != nil {
			return f, err
		}
		if n > 0 {
			return try, nil
		}
	}
	return Filter{Name: text}, nil
}

// wild takes the meaning from what LIKE would read as a pattern.
var wild = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func scanOrder(row scanner, o *OrderRow) error {
	return row.Scan((*string)(&o.ID), &o.Number, &o.Email, &o.Customer, (*string)(&o.Total.Currency), &o.Total.Minor, &o.State, &o.Goods,
		&o.Money, list(&o.Attention), &o.NeedsPerson, (*int64)(&o.PlacedAt), (*int64)(&o.PaidAt), (*int64)(&o.UpdatedAt))
}
