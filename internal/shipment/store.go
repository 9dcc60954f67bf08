package shipment

import (
	"context"

	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Get reads a parcel; sql.ErrNoRows when there is none.
func Get(ctx context.Context, tx *db.Tx, store id.Store, s id.Shipment) (Shipment, error) {
	return New(tx).GetShipment(ctx, GetShipmentParams{StoreID: store, ShipmentID: s})
}

// Lock reads a parcel and keeps others from changing it.
func Lock(ctx context.Context, tx *db.Tx, store id.Store, s id.Shipment) (Shipment, error) {
	return New(tx).LockShipment(ctx, LockShipmentParams{StoreID: store, ShipmentID: s})
}

// Announce writes a new parcel with its lines; false when the purchase has that number already.
func Announce(ctx context.Context, tx *db.Tx, s Shipment, lines []ShipmentLine) (bool, error) {
	q := New(tx)
	n, err := q.InsertShipment(ctx, InsertShipmentParams{
		StoreID: s.StoreID, ShipmentID: s.ShipmentID, OrderID: s.OrderID, PurchaseID: s.PurchaseID, Number: s.Number,
		Carrier: s.Carrier, CarrierName: s.CarrierName, Url: s.Url, State: Announced, AnnouncedAt: s.AnnouncedAt, UpdatedAt: tx.Now,
	})
	if err != nil || n == 0 {
		return false, err
	}
	batch := db.NewBatch(tx)
	for _, l := range lines {
		err := New(batch).InsertLine(ctx, InsertLineParams{StoreID: s.StoreID, ShipmentID: s.ShipmentID, LineID: l.LineID,
			OrderLineID: l.OrderLineID, Quantity: l.Quantity})
		if err != nil {
			return false, err
		}
	}
	err = batch.Write(ctx)
	return err == nil, err
}

// Save writes all that may change of a parcel.
func Save(ctx context.Context, tx *db.Tx, s Shipment) error {
	return New(tx).SaveShipment(ctx, SaveShipmentParams{
		StoreID: s.StoreID, ShipmentID: s.ShipmentID, State: s.State, Words: s.Words, ScannedAt: s.ScannedAt, EventAt: s.EventAt,
		DeliveredAt: s.DeliveredAt, ExpectedAt: s.ExpectedAt, NextNumber: s.NextNumber, NextCarrier: s.NextCarrier,
		Carrier: s.Carrier, CarrierName: s.CarrierName, Url: s.Url, UpdatedAt: tx.Now, Late: s.Late,
	})
}

// Append keeps facts of a parcel and says how many of them were not known already.
func Append(ctx context.Context, tx *db.Tx, list ...TrackingEvent) (int64, error) {
	batch := db.NewBatch(tx)
	for _, e := range list {
		if _, err := New(batch).InsertTracking(ctx, InsertTrackingParams(e)); err != nil {
			return 0, err
		}
	}
	return batch.Taken(ctx)
}

// Locate notes where on the map facts were that are in the list already, and had no place; the
// place's name too, where they had none.
func Locate(ctx context.Context, tx *db.Tx, list ...TrackingEvent) error {
	for _, e := range list {
		_, err := New(tx).LocateTracking(ctx, LocateTrackingParams{StoreID: e.StoreID, ShipmentID: e.ShipmentID, EventKey: e.EventKey,
			Latitude: e.Latitude, Longitude: e.Longitude, Location: e.Location, Country: e.Country})
		if err != nil {
			return err
		}
	}
	return nil
}

// Tracking lists a parcel's facts by their own time.
func Tracking(ctx context.Context, tx *db.Tx, store id.Store, s id.Shipment) ([]TrackingEvent, error) {
	return New(tx).TrackingOf(ctx, TrackingOfParams{StoreID: store, ShipmentID: s})
}

// OfOrder lists an order's parcels, oldest first.
func OfOrder(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Shipment, error) {
	return db.KnownList(tx, string(o), func() ([]Shipment, error) {
		return New(tx).OfOrder(ctx, OfOrderParams{StoreID: store, OrderID: o})
	}, "shipments")
}

// AllLines lists what is in an order's parcels.
func AllLines(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]ShipmentLine, error) {
	return db.KnownList(tx, string(o), func() ([]ShipmentLine, error) {
		return New(tx).LinesOfOrder(ctx, LinesOfOrderParams{StoreID: store, OrderID: o})
	}, "shipment_lines", "shipments")
}

// LinesOf lists what is in a purchase's parcels.
func LinesOf(ctx context.Context, tx *db.Tx, store id.Store, p id.Purchase) ([]ShipmentLine, error) {
	return db.KnownList(tx, string(p), func() ([]ShipmentLine, error) {
		return New(tx).LinesOfPurchase(ctx, LinesOfPurchaseParams{StoreID: store, PurchaseID: p})
	}, "shipment_lines", "shipments")
}

// Find lists the parcels that travel, or travel on their last mile, under a number.
func Find(ctx context.Context, tx *db.Tx, store id.Store, number string) ([]Shipment, error) {
	list, err := New(tx).WithNumber(ctx, WithNumberParams{StoreID: store, Number: number})
	if err != nil || len(list) > 0 {
		return list, err
	}
	return New(tx).WithNextNumber(ctx, WithNextNumberParams{StoreID: store, NextNumber: number})
}

// Moving lists up to limit parcels that may yet bring news, after a known one.
func Moving(ctx context.Context, tx *db.Tx, store id.Store, after id.Shipment, limit int32) ([]Shipment, error) {
	return New(tx).Moving(ctx, MovingParams{StoreID: store, ShipmentID: after, Limit: limit})
}

// Registered notes that the tracking service follows the parcel.
func Registered(ctx context.Context, tx *db.Tx, store id.Store, s id.Shipment) error {
	if IsBack(s) {
		return New(tx).SetBackRegistered(ctx, SetBackRegisteredParams{StoreID: store, ShipmentID: s, RegisteredAt: tx.Now})
	}
	return New(tx).SetRegistered(ctx, SetRegisteredParams{StoreID: store, ShipmentID: s, RegisteredAt: tx.Now})
}

// RaiseFlag notes what is odd about a parcel; false when it is noted already.
func RaiseFlag(ctx context.Context, tx *db.Tx, s Shipment, flag, words string) (bool, error) {
	n, err := New(tx).InsertFlag(ctx, InsertFlagParams{StoreID: s.StoreID, ShipmentID: s.ShipmentID, Flag: flag, OrderID: s.OrderID, Words: words, FoundAt: tx.Now})
	return n > 0, err
}

// Flags lists what is odd about an order's parcels, settled or not.
func Flags(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]ParcelFlag, error) {
	return New(tx).FlagsOfOrder(ctx, FlagsOfOrderParams{StoreID: store, OrderID: o})
}

// SettleFlag notes that nothing is odd any more; false when nothing was.
func SettleFlag(ctx context.Context, tx *db.Tx, store id.Store, s id.Shipment, flag string) (bool, error) {
	n, err := New(tx).SettleFlag(ctx, SettleFlagParams{StoreID: store, ShipmentID: s, Flag: flag, SettledAt: tx.Now})
	return n > 0, err
}
