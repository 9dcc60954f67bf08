package flow

import (
	"context"
	"database/sql"
	"errors"
	"slices"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
)

const (
	oneParcel = 3 * 24 * time.Hour // two orders that leave within it may share a parcel
	// tooOld is how long before the sale a scan is of another parcel: numbers come back after
	// weeks, and a carrier's clock may be wrong by days.
	tooOld = 7 * 24 * time.Hour
)

// flagAnnounced looks whether a new parcel's number was on a parcel of another order before.
func flagAnnounced(ctx context.Context, tx *db.Tx, e event.Event) error {
	s, err := shipment.Get(ctx, tx, e.StoreID, id.Shipment(e.Subject))
	if err != nil {
		return err
	}
	others, err := shipment.Find(ctx, tx, e.StoreID, s.Number)
	if err != nil {
		return err
	}
	for _, other := range others {
		if other.OrderID == s.OrderID || other.DeliveredAt == 0 && s.AnnouncedAt.Sub(other.AnnouncedAt) < oneParcel {
			continue
		}
		o, err := order.Get(ctx, tx, e.StoreID, other.OrderID)
		if err != nil {
			return err
		}
		return raiseFlag(ctx, tx, s, shipment.FlagNumberSeen, "Number "+s.Number+" was on a parcel of order "+o.Name()+" before.")
	}
	return nil
}

// flagMoved looks what the scans of a parcel say of its number; one that is seen was not
// forgotten.
func flagMoved(ctx context.Context, tx *db.Tx, e event.Event) error {
	s, err := shipment.Get(ctx, tx, e.StoreID, id.Shipment(e.Subject))
	if err != nil {
		return err
	}
	if _, err := shipment.SettleFlag(ctx, tx, e.StoreID, s.ShipmentID, shipment.FlagNeverScanned); err != nil {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || s.ScannedAt == 0 || !s.ScannedAt.Before(o.PlacedAt.Add(-tooOld)) {
		return err
	}
	return raiseFlag(ctx, tx, s, shipment.FlagNumberSeen, "Number "+s.Number+" was scanned before the order was placed.")
}

// flagDelivered looks whether a parcel was delivered where the customer lives.
func flagDelivered(ctx context.Context, tx *db.Tx, e event.Event) error {
	s, err := shipment.Get(ctx, tx, e.StoreID, id.Shipment(e.Subject))
	if err != nil {
		return err
	}
	scans, err := shipment.Tracking(ctx, tx, e.StoreID, s.ShipmentID)
	if err != nil {
		return err
	}
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	to, err := o.ShipTo()
	if err != nil {
		return err
	}
	for _, scan := range slices.Backward(scans) {
		if scan.Kind != shipment.KindDelivered {
			continue
		}
		words := shipment.Elsewhere(scan.Location, scan.Country, shipment.Place{Country: to.Country, Region: to.Region, City: to.Locality,
			Part: to.Sublocality, Postcode: to.PostalCode})
		if words == "" {
			return nil
		}
		return raiseFlag(ctx, tx, s, shipment.FlagElsewhere, words)
	}
	return nil
}

// raiseFlag notes what is odd about a parcel, once.
func raiseFlag(ctx context.Context, tx *db.Tx, s shipment.Shipment, flag, words string) error {
	fresh, err := shipment.RaiseFlag(ctx, tx, s, flag, words)
	if err != nil || !fresh {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s.StoreID, Order: s.OrderID, Kind: "shipment.flagged", Subject: string(s.ShipmentID), Actor: string(System),
		Data: data{"flag": flag, "words": words, "number": s.Number}})
}

// SettleFlag is a person having looked at what is odd about a parcel.
func SettleFlag(ctx context.Context, tx *db.Tx, s id.Store, name id.Shipment, flag string, actor Actor) error {
	found, err := shipment.Get(ctx, tx, s, name)
	if errors.Is(err, sql.ErrNoRows) {
		return refuse("not-found", "There is no parcel %s.", name)
	}
	if err != nil {
		return err
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		settled, err := shipment.SettleFlag(ctx, tx, s, name, flag)
		if err != nil || !settled {
			return err
		}
		return note(ctx, tx, o, "shipment.flag-settled", string(name), actor, data{"flag": flag, "number": found.Number})
	})
}
