package api

import (
	"context"
	"net/http"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/money"
)

type ordersQuery struct {
	State       string `query:"state" enum:"pending,open,cancelling,cancelled,closed"`
	NeedsPerson bool   `query:"needs_person" doc:"Only those that wait for a person"`
	Q           string `query:"q" doc:"A number, with or without #, or the customer's mail address"`
	After       string `query:"after" doc:"next of the page before"`
	Limit       int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (a *API) adminOrders(ctx context.Context, c *call, in *ordersQuery) (page report.OrderPage, err error) {
	filter := report.Filter{}
	if in.Q != "" {
		found, ok := report.Search(in.Q)
		if !ok {
			return report.OrderPage{Orders: []report.OrderRow{}}, nil
		}
		filter = found
	}
	filter.State, filter.NeedsPerson = in.State, in.NeedsPerson
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		page, err = report.Orders(ctx, tx, c.store, filter, in.After, in.Limit)
		return err
	})
	return page, err
}

// OrderPath names an order.
type OrderPath struct {
	Order string `path:"order" doc:"Number or id"`
}

func (a *API) adminOrder(ctx context.Context, c *call, in *OrderPath) (report.Document, error) {
	return a.documentOf(ctx, c, in.Order)
}

func (a *API) documentOf(ctx context.Context, c *call, name string) (out report.Document, err error) {
	err = a.db.View(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = report.OrderDocument(ctx, tx, c.store, name)
		return err
	})
	return out, err
}

// onOrder runs a command on the order that the path names and shows the order then.
func (a *API) onOrder(ctx context.Context, c *call, name string, command func(ctx context.Context, tx *db.Tx, o id.Order) error) (out report.Document, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		o, err := report.FindOrder(ctx, tx, c.store, name)
		if err != nil {
			return err
		}
		if err := command(ctx, tx, o); err != nil {
			return err
		}
		out, err = report.OrderDocument(ctx, tx, c.store, string(o))
		return err
	})
	return out, err
}

func (a *API) confirmPayment(ctx context.Context, c *call, in *OrderPath) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, o id.Order) error {
		return flow.ConfirmManual(ctx, tx, c.store, o, c.actor())
	})
}

func (a *API) promisePayment(ctx context.Context, c *call, in *OrderPath) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, o id.Order) error {
		return flow.PromiseAtDoor(ctx, tx, c.store, o, c.actor())
	})
}

type cancelWish struct {
	OrderPath
	Body struct {
		Reason string `json:"reason" minLength:"1" maxLength:"500" doc:"For the timeline"`
	}
}

func (a *API) cancelOrder(ctx context.Context, c *call, in *cancelWish) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, o id.Order) error {
		return flow.CancelOrder(ctx, tx, c.store, o, in.Body.Reason, c.actor())
	})
}

func (a *API) sourceOrder(ctx context.Context, c *call, in *OrderPath) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, o id.Order) error {
		return flow.SourceAgain(ctx, tx, c.store, o, c.actor())
	})
}

type refundWish struct {
	OrderPath
	Body struct {
		Amount money.Amount `json:"amount" doc:"In the order's currency"`
		Reason string       `json:"reason" minLength:"1" maxLength:"500"`
	}
}

func (a *API) refundOrder(ctx context.Context, c *call, in *refundWish) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, o id.Order) error {
		found, err := report.TheOrder(ctx, tx, c.store, o)
		if err != nil {
			return err
		}
		if want := found.Totals.Total.Currency; in.Body.Amount.Currency != want {
			p := problem(http.StatusUnprocessableEntity, "currency", "The order is in %s.", want)
			p.Field = "amount.currency"
			return p
		}
		if in.Body.Amount.Minor <= 0 {
			p := problem(http.StatusUnprocessableEntity, "invalid", "A refund is more than nothing.")
			p.Field = "amount.amount"
			return p
		}
		_, err = flow.AskRefund(ctx, tx, c.store, o, in.Body.Amount.Minor, in.Body.Reason, c.actor())
		return err
	})
}
