package api

import (
	"context"

	"doorstep/internal/address"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
)

type addressWish struct {
	OrderPath
	Body struct {
		Address address.Address `json:"shipping_address"`
		Told    bool            `json:"told,omitempty" doc:"A person has seen to it at the suppliers that have the order already"`
	}
}

func (a *API) changeAddress(ctx context.Context, c *call, in *addressWish) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, o id.Order) error {
		return flow.ChangeAddress(ctx, tx, c.store, o, in.Body.Address, in.Body.Told, c.actor())
	})
}

type refundPath struct {
	OrderPath
	Refund id.Refund `path:"refund"`
}

func (a *API) retryRefund(ctx context.Context, c *call, in *refundPath) (report.Document, error) {
	return a.onOrder(ctx, c, in.Order, func(ctx context.Context, tx *db.Tx, _ id.Order) error {
		_, err := flow.RetryRefund(ctx, tx, c.store, in.Refund, c.actor())
		return err
	})
}

func (a *API) reroutePurchase(ctx context.Context, c *call, in *PurchasePath) (report.Document, error) {
	return a.onPurchase(ctx, c, in.Purchase, func(ctx context.Context, tx *db.Tx) error {
		return flow.Reroute(ctx, tx, c.store, in.Purchase, c.actor())
	})
}

type cancelAsk struct {
	ID    id.Order `path:"id"`
	Token string   `query:"token" doc:"The order's token, where it is no Bearer"`
	Body  *struct {
		Reason string `json:"reason,omitempty" maxLength:"500"`
	}
}

func (a *API) requestCancel(ctx context.Context, c *call, in *cancelAsk) (out Order, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.RequestCancel(ctx, tx, c.store, in.ID, orZero(in.Body).Reason); err != nil {
			return err
		}
		o, err := report.TheOrder(ctx, tx, c.store, in.ID)
		out = orderView(o)
		return err
	})
	return out, err
}
