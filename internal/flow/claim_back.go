package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/shipment"
)

// followBack has the tracking service follow the parcel in which a claim's goods come back.
func followBack(ctx context.Context, tx *db.Tx, c claim.Claim) error {
	if err := shipment.FollowBack(ctx, tx, c.StoreID, c.OrderID, c.ClaimID, c.ReturnNumber, c.ReturnCarrier); err != nil {
		return err
	}
	return job.Add(ctx, tx, TrackingBatch(c.StoreID))
}

// backSaid takes in facts of parcels in which goods come back; false when none has the number.
func backSaid(ctx context.Context, tx *db.Tx, s id.Store, said TrackSaid) (bool, error) {
	list, err := shipment.Backs(ctx, tx, s, said.Number)
	for _, found := range list {
		err := changeClaim(ctx, tx, s, found.ClaimID, func(o order.Order, c *claim.Claim) error {
			p, err := shipment.Back(ctx, tx, s, found.ClaimID, found.Number) // under the claim's lock
			if err != nil {
				return err
			}
			return applyBack(ctx, tx, o, c, p, said)
		})
		if err != nil {
			return true, err
		}
	}
	return len(list) > 0, err
}

// applyBack appends the facts that are new, folds the parcel's state from all, and does for the
// claim what follows from it.
func applyBack(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, p shipment.ReturnParcel, said TrackSaid) error {
	var told []shipment.TrackingEvent
	for _, e := range said.Events {
		told = append(told, shipment.TrackingEvent{StoreID: p.StoreID, ShipmentID: p.ShipmentID, EventKey: shipment.Key(e.At, e.Kind), At: e.At, Kind: e.Kind,
			Words: e.Words, Location: e.Location, Country: e.Country, Source: said.Source, ReceivedAt: tx.Now})
	}
	if fresh, err := shipment.AppendScans(ctx, tx, told...); err != nil || fresh == 0 {
		return err
	}
	all, err := shipment.Scans(ctx, tx, p.StoreID, p.ShipmentID)
	if err != nil {
		return err
	}
	f, was := shipment.Fold(all), p.State
	p.State, p.Words, p.EventAt, p.DeliveredAt = f.State, f.Words, f.Newest, f.Delivered
	p.Carrier, p.CarrierName = orElse(p.Carrier, said.Carrier), orElse(p.CarrierName, said.CarrierName)
	if err := shipment.SaveBack(ctx, tx, p); err != nil {
		return err
	}
	if c.State != claim.Returning || c.ReturnNumber != p.Number || p.State == was {
		return nil
	}
	return moveBack(ctx, tx, o, c, p, said.Actor)
}

// moveBack does what follows from where the parcel of a claim that waits for it is now: goods
// that are there are to be looked at, and those that will not come are a person's business.
// While it moves it is waited for anew.
func moveBack(ctx context.Context, tx *db.Tx, o order.Order, c *claim.Claim, p shipment.ReturnParcel, actor Actor) (err error) {
	told := data{"parcel": p.Number, "carrier": orElse(p.CarrierName, c.ReturnCarrier), "words": p.Words}
	switch p.State {
	case shipment.Delivered:
		c.ReceivedAt, c.Trouble = p.DeliveredAt, ""
		return stepClaim(ctx, tx, o, c, claim.Receive, "claim.received", actor, told)
	case shipment.Lost:
		c.DueAt, c.Trouble = 0, "The carrier says that the parcel that was sent back ("+p.Number+") is lost. Ask the customer for the receipt: "+
			"the carrier pays who sent it. If it is here after all, say that it has come back."
		return noteClaim(ctx, tx, o, c, "claim.back-lost", actor, told)
	case shipment.Returning, shipment.Returned:
		c.DueAt, c.Trouble = 0, "The carrier takes the parcel that was sent back ("+p.Number+") to the customer again. Check the address that they were given, "+
			"and ask them to send it anew."
		return noteClaim(ctx, tx, o, c, "claim.back-turned", actor, told)
	}
	c.Trouble = ""
	if c.DueAt, err = returnWatch(ctx, tx, c.StoreID); err != nil {
		return err
	}
	return noteClaim(ctx, tx, o, c, "claim.back-moved", actor, told)
}

// addBack reads the way of the parcel in which the claim's goods come back.
func (v *ClaimView) addBack(ctx context.Context, tx *db.Tx) (err error) {
	if v.Claim.ReturnNumber == "" {
		return nil
	}
	v.Back, err = shipment.Back(ctx, tx, v.Claim.StoreID, v.Claim.ClaimID, v.Claim.ReturnNumber)
	if isNone(err) {
		return nil // it was sent, and had come, before parcels were followed back
	}
	if err != nil {
		return err
	}
	v.Scans, err = shipment.Scans(ctx, tx, v.Claim.StoreID, v.Back.ShipmentID)
	return err
}
