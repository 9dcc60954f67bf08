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

// Filter says which orders are listed; the zero value is all. Given several, all must hold.
type Filter struct {
	State       string // a state of package order
	NeedsPerson bool
	Number      int64  // exactly this one
	Email       string // exactly this customer's, in any case
	Name        string // a part of the customer's name, in any case
	Goods       string // a word of order.Derive: "waiting", "shipped" …
	Money       string // a word of order.Derive: "paid", "refunded" …
}

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

// Orders lists at most limit orders, the newest first, after the one that a page named.
func Orders(ctx context.Context, tx *db.Tx, store id.Store, f Filter, after string, limit int) (OrderPage, error) {
	if after == "" {
		after = string(newest)
	}
	query, args := ordersQuery(f, store, after, limit+1)
	rows, err := collect(ctx, tx, scanOrder, query, args...)
	if err != nil {
		return OrderPage{}, fmt.Errorf("list of orders: %w", err)
	}
	page := OrderPage{Orders: rows}
	if len(rows) > limit {
		page.Orders = rows[:limit]
		page.Next = string(rows[limit-1].ID)
	}
	return page, nil
}

const orderColumns = `SELECT o.order_id, o.number, o.email, c.name, o.currency, o.total_minor, o.state, o.goods, o.money,
	o.attention, o.needs_person, o.placed_at, o.paid_at, o.updated_at
	FROM orders o JOIN customers c ON c.store_id = o.store_id AND c.customer_id = o.customer_id
	WHERE o.store_id = $1 AND o.order_id < $2`

// ordersQuery is the one query of the mode that the filter asks for: only the conditions
// that are wanted stand in it, so that each mode has its index.
func ordersQuery(f Filter, store id.Store, after string, limit int) (string, []any) {
	query, args := orderColumns, []any{string(store), after}
	where := func(condition string, value any) {
		args = append(args, value)
		query += " AND " + condition + " $" + strconv.Itoa(len(args))
	}
	if f.Number != 0 {
		where("o.number =", f.Number)
	}
	if f.Email != "" {
		where("c.email =", strings.ToLower(strings.TrimSpace(f.Email)))
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
		where("LOWER(c.name) LIKE LOWER(", "%"+wild.Replace(f.Name)+"%")
		query += `) ESCAPE '\'`
	}
	if f.NeedsPerson {
		query += " AND o.needs_person"
	}
	args = append(args, limit)
	return query + " ORDER BY o.order_id DESC LIMIT $" + strconv.Itoa(len(args)), args
}

// wild takes the meaning from what LIKE would read as a pattern.
var wild = strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`)

func scanOrder(row scanner, o *OrderRow) error {
	return row.Scan((*string)(&o.ID), &o.Number, &o.Email, &o.Customer, (*string)(&o.Total.Currency), &o.Total.Minor, &o.State, &o.Goods,
		&o.Money, list(&o.Attention), &o.NeedsPerson, (*int64)(&o.PlacedAt), (*int64)(&o.PaidAt), (*int64)(&o.UpdatedAt))
}
