package report

import (
	"context"
	"fmt"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/profit"
	"doorstep/money"
)

// profitAtOnce is how many orders are reckoned with one reading of each table.
const profitAtOnce = 500

// Profits reckons the orders that were placed from one moment to another and paid, the newest
// first: at most limit of them, before a known one. 0 is no bound of time. next is the last one
// where there are more.
func Profits(ctx context.Context, tx *db.Tx, store id.Store, since, till clock.Time, before id.Order, limit int) (list []profit.Result, next id.Order, err error) {
	end := before
	if end == "" {
		end = "or_~"
		if till != 0 {
			end = id.Order(from("or", till))
		}
	}
	first := id.Order("or_")
	if since != 0 {
		first = id.Order(from("or", since))
	}
	for len(list) < limit {
		n := min(profitAtOnce, limit-len(list))
		page, err := profitPage(ctx, tx, store, first, end, n)
		if err != nil {
			return nil, "", err
		}
		for _, o := range page {
			list = append(list, profit.Of(o))
		}
		if len(page) < n {
			return list, "", nil
		}
		end = page[len(page)-1].ID
	}
	return list, end, nil
}

// ProfitOf reckons one order; ErrNone when it is not there or was never paid.
func ProfitOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (profit.Result, error) {
	page, err := profitPage(ctx, tx, store, o, o+"~", 1)
	if err != nil {
		return profit.Result{}, err
	}
	if len(page) == 0 || page[0].ID != o {
		return profit.Result{}, ErrNone
	}
	return profit.Of(page[0]), nil
}

// profitOrder is an order while it is gathered.
type profitOrder struct {
	profit.Order
	included bool // prices contain the tax
	units    []profitUnit
}

type profitUnit struct {
	order                                  id.Order
	line, first, n                         int64
	price, discount, shipping, tax, weight int64
}

// profitPage reads up to n paid orders from first to before end, newest first.
func profitPage(ctx context.Context, tx *db.Tx, store id.Store, first, end id.Order, n int) ([]profit.Order, error) {
	list, err := collect(ctx, tx, func(row scanner, o *profitOrder) error {
		var subtotal int64
		err := row.Scan(&o.ID, &o.Number, &o.At, &o.Currency, &subtotal, &o.Discount, &o.Shipping, &o.Tax, &o.Total)
		o.included = o.Total == subtotal-o.Discount+o.Shipping
		o.Weights = map[string]map[int64]int64{}
		return err
	}, `SELECT order_id, number, placed_at, currency, subtotal_minor, discount_minor, shipping_minor, tax_minor, total_minor FROM orders
		WHERE store_id = $1 AND order_id >= $2 AND order_id < $3 AND paid_at > 0`+noTest("orders")+` ORDER BY order_id DESC LIMIT $4`, string(store), string(first), string(end), n)
	if err != nil || len(list) == 0 {
		return nil, err
	}
	g := gathering{tx: tx, store: store, from: list[len(list)-1].ID, to: list[0].ID, at: map[id.Order]*profitOrder{}}
	for i := range list {
		g.at[list[i].ID] = &list[i]
	}
	for _, step := range []func(context.Context) error{g.lines, g.shares, g.entries, g.purchases, g.claims, g.exchanges} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	out := make([]profit.Order, len(list))
	for i, o := range list {
		out[i] = o.Order
	}
	return out, nil
}

// gathering reads what belongs to a row of orders, table by table.
type gathering struct {
	tx       *db.Tx
	store    id.Store
	from, to id.Order
	at       map[id.Order]*profitOrder
}

func (g *gathering) bounds() []any { return []any{string(g.store), string(g.from), string(g.to)} }

func (g *gathering) lines(ctx context.Context) error {
	type row struct {
		order id.Order
		profit.Line
	}
	rows, err := collect(ctx, g.tx, func(r scanner, l *row) error {
		return r.Scan(&l.order, &l.Line.Line, &l.Product, &l.Variant, &l.Title, &l.Quantity)
	}, `SELECT order_id, line_id, product_id, variant_id, title, quantity FROM order_lines
		WHERE store_id = $1 AND order_id >= $2 AND order_id <= $3 ORDER BY order_id, line_id`, g.bounds()...)
	for _, l := range rows {
		if o := g.at[l.order]; o != nil {
			o.Lines = append(o.Lines, l.Line)
		}
	}
	return err
}

// shares adds up what the units of each line were allocated when the order was placed.
func (g *gathering) shares(ctx context.Context) error {
	rows, err := collect(ctx, g.tx, func(r scanner, u *profitUnit) error {
		return r.Scan(&u.order, &u.line, &u.first, &u.n, &u.price, &u.discount, &u.shipping, &u.tax)
	}, `SELECT order_id, line_id, first_unit, units, price_minor, discount_minor, shipping_minor, tax_minor FROM order_units
		WHERE store_id = $1 AND order_id >= $2 AND order_id <= $3 ORDER BY order_id, line_id, first_unit`, g.bounds()...)
	for _, u := range rows {
		o := g.at[u.order]
		if o == nil {
			continue
		}
		u.weight = u.price - u.discount + u.shipping
		if !o.included {
			u.weight += u.tax
		}
		o.units = append(o.units, u)
		for i := range o.Lines {
			if l := &o.Lines[i]; l.Line == u.line {
				l.Sale, l.Tax = l.Sale+u.weight*u.n, l.Tax+u.tax*u.n
				l.Discount, l.Shipping = l.Discount+u.discount*u.n, l.Shipping+u.shipping*u.n
			}
		}
	}
	return err
}

func (g *gathering) entries(ctx context.Context) error {
	type row struct {
		order id.Order
		profit.Entry
	}
	rows, err := collect(ctx, g.tx, func(r scanner, e *row) error {
		return r.Scan(&e.order, &e.Subject, &e.Kind, &e.Debit, &e.Credit, &e.Amount)
	}, `SELECT order_id, subject, kind, debit, credit, amount_minor FROM ledger_entries
		WHERE store_id = $1 AND order_id >= $2 AND order_id <= $3 ORDER BY order_id, entry_id`, g.bounds()...)
	for _, e := range rows {
		if o := g.at[e.order]; o != nil {
			o.Entries = append(o.Entries, e.Entry)
		}
	}
	return err
}

// weigh lets a line weigh more in the split of what is about a subject.
func (o *profitOrder) weigh(subject string, line, weight int64) {
	if subject == "" || weight <= 0 {
		return
	}
	if o.Weights[subject] == nil {
		o.Weights[subject] = map[int64]int64{}
	}
	o.Weights[subject][line] += weight
}

// purchases split by what their articles cost; free ones by their units.
func (g *gathering) purchases(ctx context.Context) error {
	type row struct {
		order       id.Order
		purchase    id.Purchase
		line, n, at int64
	}
	rows, err := collect(ctx, g.tx, func(r scanner, l *row) error { return r.Scan(&l.order, &l.purchase, &l.line, &l.n, &l.at) },
		`SELECT p.order_id, p.purchase_id, l.order_line_id, l.quantity - l.short, l.unit_cost_minor FROM purchases p
		JOIN purchase_lines l ON l.store_id = p.store_id AND l.purchase_id = p.purchase_id
		WHERE p.store_id = $1 AND p.order_id >= $2 AND p.order_id <= $3`, g.bounds()...)
	costs := map[id.Purchase]int64{}
	for _, l := range rows {
		costs[l.purchase] += l.n * l.at
	}
	for _, l := range rows {
		weight := l.n * l.at
		if costs[l.purchase] == 0 {
			weight = l.n
		}
		if o := g.at[l.order]; o != nil {
			o.weigh(string(l.purchase), l.line, weight)
		}
	}
	return err
}

// claims say for which units a refund or a demand is.
func (g *gathering) claims(ctx context.Context) error {
	type row struct {
		order           id.Order
		claim           id.Claim
		refund, dispute string
		line, first, n  int64
	}
	rows, err := collect(ctx, g.tx, func(r scanner, c *row) error {
		return r.Scan(&c.order, &c.claim, &c.refund, &c.dispute, &c.line, &c.first, &c.n)
	}, `SELECT c.order_id, c.claim_id, c.refund_id, COALESCE(d.dispute_id, ''), u.line_id, u.first_unit, u.units - u.refused FROM claims c
		JOIN claim_units u ON u.store_id = c.store_id AND u.claim_id = c.claim_id
		LEFT JOIN disputes d ON d.store_id = c.store_id AND d.claim_id = c.claim_id
		WHERE c.store_id = $1 AND c.order_id >= $2 AND c.order_id <= $3 ORDER BY c.claim_id, u.line_id, u.first_unit`, g.bounds()...)
	weighed := map[string]bool{} // a claim with two demands has each of its units twice here
	for _, c := range rows {
		o := g.at[c.order]
		if o == nil {
			continue
		}
		weight := o.worth(c.line, c.first, c.n)
		unit := fmt.Sprintf("%s/%d/%d", c.claim, c.line, c.first)
		if !weighed[c.refund+unit] {
			o.weigh(c.refund, c.line, weight)
			weighed[c.refund+unit] = true
		}
		o.weigh(c.dispute, c.line, weight)
		o.weigh(string(c.claim), c.line, weight) // what sending it back cost
	}
	return err
}

// exchanges say of which line the difference of an exchange is.
func (g *gathering) exchanges(ctx context.Context) error {
	type row struct {
		order            id.Order
		exchange, refund string
		line             int64
	}
	rows, err := collect(ctx, g.tx, func(r scanner, x *row) error {
		return r.Scan(&x.order, &x.exchange, &x.refund, &x.line)
	}, `SELECT order_id, exchange_id, refund_id, line_id FROM exchanges WHERE store_id = $1 AND order_id >= $2 AND order_id <= $3 ORDER BY exchange_id`, g.bounds()...)
	for _, x := range rows {
		if o := g.at[x.order]; o != nil {
			o.weigh(x.exchange, x.line, 1)
			o.weigh(x.refund, x.line, 1)
		}
	}
	return err
}

// worth is what units of a line weigh in the order's total.
func (o *profitOrder) worth(line, first, n int64) (total int64) {
	for _, u := range o.units {
		if u.line == line {
			total += u.weight * max(0, min(first+n, u.first+u.n)-max(first, u.first))
		}
	}
	return total
}

// Recovered is what suppliers made good since a moment, by supplier; an empty one is everybody.
type Recovered struct {
	Supplier id.Supplier
	Currency money.Currency
	Demanded int64 // of demands that were made since then
	Credited int64
	Open     int64 // demands that are not over
}

// RecoveredSince adds up the demands that were made since a moment, by supplier and currency.
func RecoveredSince(ctx context.Context, tx *db.Tx, store id.Store, since clock.Time) ([]Recovered, error) {
	return collect(ctx, tx, func(row scanner, r *Recovered) error {
		return row.Scan(&r.Supplier, &r.Currency, &r.Demanded, &r.Credited, &r.Open)
	}, `SELECT supplier_id, currency, CAST(SUM(amount_minor) AS BIGINT), CAST(SUM(credited_minor) AS BIGINT),
		CAST(SUM(CASE WHEN state IN ('due', 'filing', 'uncertain', 'filed', 'granted') THEN 1 ELSE 0 END) AS BIGINT)
		FROM disputes WHERE store_id = $1 AND dispute_id >= $2 GROUP BY supplier_id, currency ORDER BY supplier_id, currency`,
		string(store), from("di", since))
}
