package api

import (
	"context"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/report"
	"doorstep/internal/shipment"
)

type parcelNews struct {
	Shipment id.Shipment `path:"shipment"`
	Body     struct {
		Kind  string    `json:"kind" enum:"in-transit,out-for-delivery,delivered,exception,lost,returning,returned" doc:"What happened"`
		Words string    `json:"words,omitempty" maxLength:"500" doc:"As the customer reads it"`
		At    time.Time `json:"at,omitempty" doc:"When; missing: now"`
	}
}

// parcelEvent takes a person's word for where a parcel is that no tracking service follows.
func (a *API) parcelEvent(ctx context.Context, c *call, in *parcelNews) (out report.Document, err error) {
	err = a.update(ctx, c, func(ctx context.Context, tx *db.Tx) error {
		if err := flow.ParcelByHand(ctx, tx, c.store, in.Shipment, in.Body.Kind, in.Body.Words, clock.Of(in.Body.At), c.actor()); err != nil {
			return err
		}
		s, err := shipment.Get(ctx, tx, c.store, in.Shipment)
		if err != nil {
			return err
		}
		out, err = report.OrderDocument(ctx, tx, c.store, string(s.OrderID))
		return err
	})
	return out, err
}
