package shipment

import (
	"context"
	"strings"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// backPrefix begins the names of parcels that come back; they sort after those that we send.
const backPrefix = "sr"

// IsBack says whether a parcel is one in which a claim's goods travel back.
func IsBack(name id.Shipment) bool { return strings.HasPrefix(string(name), backPrefix+"_") }

// FollowBack notes the parcel in which a claim's goods travel back; carrier is its name as the
// customer said it. A number that the claim has already stays as it is.
func FollowBack(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, c id.Claim, number, carrier string) error {
	return New(tx).InsertBack(ctx, InsertBackParams{StoreID: store, ShipmentID: id.Shipment(id.New(backPrefix, tx.Now.Std())), OrderID: o, ClaimID: c,
		Number: number, CarrierName: carrier, UpdatedAt: tx.Now})
}

// Back is a claim's parcel of that number; sql.ErrNoRows when there is none.
func Back(ctx context.Context, tx *db.Tx, store id.Store, c id.Claim, number string) (ReturnParcel, error) {
	return New(tx).BackOfClaim(ctx, BackOfClaimParams{StoreID: store, ClaimID: c, Number: number})
}

// Backs lists the parcels that come back under a number.
func Backs(ctx context.Context, tx *db.Tx, store id.Store, number string) ([]ReturnParcel, error) {
	return New(tx).BacksNumbered(ctx, BacksNumberedParams{StoreID: store, Number: number})
}

// SaveBack writes all that may change of a parcel that comes back.
func SaveBack(ctx context.Context, tx *db.Tx, p ReturnParcel) error {
	return New(tx).SaveBack(ctx, SaveBackParams{StoreID: p.StoreID, ShipmentID: p.ShipmentID, Carrier: p.Carrier, CarrierName: p.CarrierName, State: p.State,
		Words: p.Words, EventAt: p.EventAt, DeliveredAt: p.DeliveredAt, UpdatedAt: tx.Now})
}

// AppendScans keeps facts of a parcel that comes back and says how many were not known already.
func AppendScans(ctx context.Context, tx *db.Tx, list ...TrackingEvent) (int64, error) {
	batch := db.NewBatch(tx)
	for _, e := range list {
		_, err := New(batch).InsertScan(ctx, InsertScanParams{StoreID: e.StoreID, ShipmentID: e.ShipmentID, EventKey: e.EventKey, At: e.At, Kind: e.Kind,
			Words: e.Words, Location: e.Location, Country: e.Country, Source: e.Source, ReceivedAt: e.ReceivedAt})
		if err != nil {
			return 0, err
		}
	}
	return batch.Taken(ctx)
}

// Scans lists the facts of a parcel that comes back by their own time; where on the map they
// were is not kept.
func Scans(ctx context.Context, tx *db.Tx, store id.Store, name id.Shipment) ([]TrackingEvent, error) {
	rows, err := New(tx).ScansOf(ctx, ScansOfParams{StoreID: store, ShipmentID: name})
	list := make([]TrackingEvent, 0, len(rows))
	for _, r := range rows {
		list = append(list, TrackingEvent{StoreID: r.StoreID, ShipmentID: r.ShipmentID, EventKey: r.EventKey, At: r.At, Kind: r.Kind, Words: r.Words,
			Location: r.Location, Country: r.Country, Source: r.Source, ReceivedAt: r.ReceivedAt})
	}
	return list, err
}

// Followed lists up to limit parcels that may yet bring news, after a known one: those that we
// send, and then those in which goods come back that are waited for.
func Followed(ctx context.Context, tx *db.Tx, store id.Store, after id.Shipment, limit int32) (list []Shipment, err error) {
	if !IsBack(after) {
		if list, err = Moving(ctx, tx, store, after, limit); err != nil || len(list) == int(limit) {
			return list, err
		}
		after = ""
	}
	back, err := New(tx).MovingBack(ctx, MovingBackParams{StoreID: store, ShipmentID: after, Limit: limit - int32(len(list))})
	for _, p := range back {
		list = append(list, Shipment{StoreID: p.StoreID, ShipmentID: p.ShipmentID, OrderID: p.OrderID, Number: p.Number, Carrier: p.Carrier,
			CarrierName: p.CarrierName, State: p.State, RegisteredAt: p.RegisteredAt})
	}
	return list, err
}
