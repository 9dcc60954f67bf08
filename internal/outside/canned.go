package outside

import (
	"context"
	"fmt"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/mail"
	talk "doorstep/internal/message"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/money"
)

// FillCanned is a kept answer as it would be said in a conversation: its names replaced by what
// is true of the order now, in the customer's language. Names of which nothing is known stay as
// they are, and are told in open. A link opens nothing until it is sent (flow.LiveLinks).
func (o *Outside) FillCanned(ctx context.Context, s id.Store, name id.Conversation, body string) (text string, open []string, err error) {
	var set store.Settings
	var c talk.Conversation
	var facts mail.Facts
	err = o.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		if set, err = store.LoadSettings(ctx, tx, s); err != nil {
			return err
		}
		if c, err = talk.Get(ctx, tx, s, name); err != nil {
			return err
		}
		facts, err = o.factsOf(ctx, tx, set, c)
		return err
	})
	if err != nil {
		return "", nil, err
	}
	by, err := mail.Values(o.brandOf(set, c.Locale), facts)
	if err != nil {
		return "", nil, err
	}
	text, open = talk.FillCanned(body, by)
	return text, open, nil
}

// factsOf are what may be said of a conversation's order; a supplier is never among them.
func (o *Outside) factsOf(ctx context.Context, tx *db.Tx, set store.Settings, c talk.Conversation) (f mail.Facts, err error) {
	f.Name, _, _ = strings.Cut(c.Name, " ")
	if c.OrderID == "" {
		return f, nil
	}
	placed, err := order.Get(ctx, tx, c.StoreID, c.OrderID)
	if err != nil {
		return f, err
	}
	f.Number, f.URL, f.Total = fmt.Sprint(placed.Number), o.orderPage(set, placed.OrderID, "", flow.PreviewToken), money.New(placed.TotalMinor, placed.Currency)
	f.Expected = mail.Window{From: placed.PromisedFrom.Std(), To: placed.PromisedTo.Std()}
	if placed.PromisedTo == 0 {
		f.Expected = mail.Window{}
	}
	parcels, err := shipment.OfOrder(ctx, tx, c.StoreID, c.OrderID)
	for _, p := range parcels {
		f.Parcel, f.Carrier = p.Number, p.CarrierName
	}
	if placed.State == order.Open || placed.State == order.Closed {
		f.Reached = reached(placed.Goods, parcels)
	}
	return f, err
}

// reached is the station at which an order is.
func reached(goods string, parcels []shipment.Shipment) int {
	switch goods {
	case "waiting", "ordered":
		return 1
	case "delivered":
		return 4
	case "shipped", "partly shipped":
		for _, p := range parcels {
			if p.State == shipment.Out {
				return 3
			}
		}
		return 2
	}
	return 0
}
