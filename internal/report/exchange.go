package report

import (
	"context"
	"database/sql"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// Exchange is another article that came, or is to come, in place of units of an order.
type Exchange struct {
	ID         id.Exchange   `json:"id"`
	Claim      id.Claim      `json:"claim"`
	Line       int64         `json:"line"` // of the order: what is exchanged
	Variant    id.Variant    `json:"variant"`
	SKU        string        `json:"sku"`
	Title      string        `json:"title"`
	Named      string        `json:"variant_title,omitempty"`
	Quantity   int64         `json:"quantity"`
	State      string        `json:"state"`      // claim.ExchangeState
	Price      money.Amount  `json:"price"`      // of all units, with tax
	Worth      money.Amount  `json:"worth"`      // what the customer has stands for
	Difference money.Amount  `json:"difference"` // the customer pays; negative: gets back
	Payment    id.Payment    `json:"payment,omitempty"`
	Refund     id.Refund     `json:"refund,omitempty"`
	Purchases  []id.Purchase `json:"purchases,omitempty"` // that bring it
	DueAt      clock.Time    `json:"due_at"`              // until when the difference is to be paid
	CreatedAt  clock.Time    `json:"created_at"`
}

// Came says whether a purchase brings the exchange's article.
func (x Exchange) Came(p id.Purchase) bool { return slices.Contains(x.Purchases, p) }

// exchangesOf lists an order's exchanges, oldest first.
func exchangesOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) (list []Exchange, err error) {
	rows, err := tx.QueryContext(ctx, `SELECT x.exchange_id, x.claim_id, x.line_id, x.variant_id, x.sku, x.title, x.variant_title, x.quantity, x.state,
		x.price_minor, x.worth_minor, x.currency, x.payment_id, x.refund_id, x.due_at, x.created_at, p.purchase_id
		FROM exchanges x LEFT JOIN purchases p ON p.store_id = x.store_id AND p.order_id = x.order_id AND p.claim_id = x.claim_id AND x.state = 'done'
		WHERE x.store_id = $1 AND x.order_id = $2 ORDER BY x.created_at, x.exchange_id, p.purchase_id`, string(store), string(o))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()
	for rows.Next() {
		var x Exchange
		var price, worth int64
		var currency money.Currency
		var bought sql.NullString
		if err := rows.Scan(&x.ID, &x.Claim, &x.Line, &x.Variant, &x.SKU, &x.Title, &x.Named, &x.Quantity, &x.State, &price, &worth, &currency,
			&x.Payment, &x.Refund, &x.DueAt, &x.CreatedAt, &bought); err != nil {
			return nil, err
		}
		if last := len(list) - 1; last < 0 || list[last].ID != x.ID {
			x.Price, x.Worth, x.Difference = money.New(price, currency), money.New(worth, currency), money.New(price-worth, currency)
			list = append(list, x)
		}
		if bought.Valid {
			last := &list[len(list)-1]
			last.Purchases = append(last.Purchases, id.Purchase(bought.String))
		}
	}
	return list, rows.Err()
}
