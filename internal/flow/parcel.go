package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
)

// ParcelByHand notes what a person knows of a parcel that no tracking service follows: it
// was seen, is out for delivery, was delivered, is lost, came back. at zero is now.
func ParcelByHand(ctx context.Context, tx *db.Tx, s id.Store, name id.Shipment, kind, words string, at clock.Time, actor Actor) error {
	kinds := []string{shipment.KindTransit, shipment.KindOut, shipment.KindDelivered, shipment.KindException, shipment.KindLost,
		shipment.KindReturning, shipment.KindReturned}
	if !slices.Contains(kinds, kind) {
		return &Refusal{Code: "kind", Field: "kind", Words: "A parcel is " + kinds[0] + ", " + kinds[1] + ", delivered, exception, lost, returning or returned."}
	}
	if at > tx.Now {
		return &Refusal{Code: "at", Field: "at", Words: "That moment has not come yet."}
	}
	found, err := shipment.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no parcel %s.", name)
	}
	if err != nil {
		return err
	}
	if at == 0 {
		at = tx.Now
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		locked, err := shipment.Lock(ctx, tx, s, name)
		if err != nil {
			return err
		}
		return applyTracking(ctx, tx, o, locked, TrackSaid{Events: []TrackingSaid{{At: at, Kind: kind, Words: words}},
			Source: string(actor), Actor: actor})
	})
}
