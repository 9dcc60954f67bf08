package flow

import (
	"context"
	"slices"
	"strings"

	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/job"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

// TrackingSaid is one fact of a parcel's way, its kind in carrier.Kind's words.
type TrackingSaid struct {
	At       clock.Time
	Kind     string
	Words    string
	Location string
	Country  string

	Latitude, Longitude int64 // millionths of a degree; both 0: unknown
}

// TrackSaid is what a tracking service knows of a number.
type TrackSaid struct {
	Number      string // normalised
	Carrier     string
	CarrierName string
	Events      []TrackingSaid
	NextNumber  string
	NextCarrier string
	Expected    clock.Time
	Source      string
	Actor       Actor
}

// TrackSaidSo takes in facts of a parcel; false when no parcel has the number.
func TrackSaidSo(ctx context.Context, tx *db.Tx, s id.Store, said TrackSaid) (bool, error) {
	list, err := shipment.Find(ctx, tx, s, said.Number)
	if err != nil {
		return false, err
	}
	for _, found := range list {
		err := change(ctx, tx, s, found.OrderID, func(o order.Order) error {
			locked, err := shipment.Lock(ctx, tx, s, found.ShipmentID)
			if err != nil {
				return err
			}
			return applyTracking(ctx, tx, o, locked, said)
		})
		if err != nil {
			return true, err
		}
	}
	back, err := backSaid(ctx, tx, s, said)
	return len(list) > 0 || back, err
}

func shipmentNumbered(ctx context.Context, tx *db.Tx, p purchase.Purchase, number string) (shipment.Shipment, error) {
	return shipment.New(tx).Numbered(ctx, shipment.NumberedParams{StoreID: p.StoreID, PurchaseID: p.PurchaseID, Number: number})
}

// applyTracking appends the facts that are new and folds the parcel's state from all.
func applyTracking(ctx context.Context, tx *db.Tx, o order.Order, s shipment.Shipment, said TrackSaid) error {
	news, placed, err := newsOf(ctx, tx, s, said)
	if err != nil {
		return err
	}
	if err := shipment.Locate(ctx, tx, placed...); err != nil {
		return err
	}
	fresh, err := shipment.Append(ctx, tx, news...)
	if err != nil {
		return err
	}
	before := s
	s.NextNumber, s.NextCarrier = orElse(said.NextNumber, s.NextNumber), orElse(said.NextCarrier, s.NextCarrier)
	s.Carrier, s.CarrierName = orElse(s.Carrier, said.Carrier), orElse(s.CarrierName, said.CarrierName)
	s.ExpectedAt = max(s.ExpectedAt, said.Expected)
	if fresh > 0 {
		all, err := shipment.Tracking(ctx, tx, s.StoreID, s.ShipmentID)
		if err != nil {
			return err
		}
		f := shipment.Fold(all)
		if s.Late != shipment.LateDoor { // it moves again
			s.Late = ""
		}
		s.State, s.Words, s.ScannedAt, s.EventAt, s.DeliveredAt = f.State, f.Words, f.Scanned, f.Newest, f.Delivered
	}
	if s == before {
		return nil
	}
	if err := shipment.Save(ctx, tx, s); err != nil {
		return err
	}
	if s.State == before.State {
		if s.ExpectedAt != before.ExpectedAt {
			return expectAnew(ctx, tx, o)
		}
		return nil
	}
	return note(ctx, tx, o, "shipment."+string(s.State), string(s.ShipmentID), said.Actor,
		data{"number": s.Number, "words": s.Words, "at": s.EventAt})
}

// newsOf are the facts that the parcel's list does not have: services and suppliers tell all that
// they know every time. placed are those that it has, and of which only now somebody says where
// on the map they were: the supplier often tells of a scan before the tracking service does.
func newsOf(ctx context.Context, tx *db.Tx, s shipment.Shipment, said TrackSaid) (news, placed []shipment.TrackingEvent, err error) {
	if len(said.Events) == 0 {
		return nil, nil, nil
	}
	all, err := shipment.Tracking(ctx, tx, s.StoreID, s.ShipmentID)
	if err != nil {
		return nil, nil, err
	}
	known := map[string]shipment.TrackingEvent{}
	for _, e := range all {
		known[e.EventKey] = e
	}
	for _, e := range said.Events {
		key := shipment.Key(e.At, e.Kind)
		row := shipment.TrackingEvent{StoreID: s.StoreID, ShipmentID: s.ShipmentID, EventKey: key, At: e.At, Kind: e.Kind,
			Words: e.Words, Location: e.Location, Country: e.Country, Source: said.Source, ReceivedAt: tx.Now,
			Latitude: e.Latitude, Longitude: e.Longitude}
		was, told := known[key]
		switch {
		case !told:
			news = append(news, row)
		case row.Placed() && !was.Placed():
			placed = append(placed, row)
		default:
			continue
		}
		known[key] = row
	}
	return news, placed, nil
}

// followParcel makes the job that has a tracking service follow the parcel.
func followParcel(ctx context.Context, tx *db.Tx, e event.Event) error {
	return job.Add(ctx, tx, job.New{Store: e.StoreID, Kind: "tracking.register", Key: "shipment/" + e.Subject + "/register",
		Lane: "tracking", Payload: ShipmentJob{id.Shipment(e.Subject)}})
}

// Registered notes that a tracking service follows a parcel.
func Registered(ctx context.Context, tx *db.Tx, s id.Store, list []id.Shipment) error {
	for _, name := range list {
		if err := shipment.Registered(ctx, tx, s, name); err != nil {
			return err
		}
	}
	return nil
}

// closeWhenDone closes an order of which every unit is delivered, and nothing is still to be sent.
func closeWhenDone(ctx context.Context, tx *db.Tx, e event.Event) error {
	o, err := order.Get(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	return closeIfDone(ctx, tx, o)
}

func closeIfDone(ctx context.Context, tx *db.Tx, o order.Order) error {
	if o.State != order.Open {
		return nil
	}
	facts, err := gather(ctx, tx, o)
	if err != nil || order.Derive(facts).Goods != "delivered" {
		return err
	}
	if awaited, err := replacementAwaited(ctx, tx, o); err != nil || awaited {
		return err
	}
	if o, err = order.Step(ctx, tx, o, order.Close); err != nil {
		return err
	}
	return note(ctx, tx, o, "order.closed", string(o.OrderID), System, nil)
}

// replacementAwaited says whether something of a claim's replacement is still to be decided: it has
// yet to be sent, which a closed order would drop; or, while the claim is not over, it has not come,
// or its supplier refused the address, which is corrected on an open order.
func replacementAwaited(ctx context.Context, tx *db.Tx, o order.Order) (bool, error) {
	there, err := besideOf(ctx, tx, o)
	if err != nil || !there.Claims {
		return false, err
	}
	purchases, err := purchase.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return false, err
	}
	if !slices.ContainsFunc(purchases, func(p purchase.Purchase) bool { return p.ClaimID != "" }) {
		return false, nil
	}
	if refused, err := claimsRefused(ctx, tx, o, purchases); err != nil || len(refused) > 0 {
		return true, err
	}
	claims, err := claim.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return false, err
	}
	parcels, err := shipment.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, p := range purchases {
		if p.ClaimID != "" && p.Committed() {
			return true, err
		}
		if p.Live() && !arrived(p, parcels) && slices.ContainsFunc(claims, func(c claim.Claim) bool { return c.ClaimID == p.ClaimID && c.Live() }) {
			return true, err
		}
	}
	return false, err
}

// arrived says whether all of a purchase is with the customer.
func arrived(p purchase.Purchase, parcels []shipment.Shipment) bool {
	return allSent(p, parcels, func(s shipment.State) bool { return s == shipment.Delivered })
}

// allSent says whether all of a purchase has left its supplier, and each of its parcels is as it is asked.
func allSent(p purchase.Purchase, parcels []shipment.Shipment, is func(shipment.State) bool) bool {
	return p.State == purchase.Shipped && !slices.ContainsFunc(parcels, func(x shipment.Shipment) bool {
		return x.PurchaseID == p.PurchaseID && !is(x.State)
	})
}

// freeStock lets go of what an order that is closed still had reserved: units that nobody would
// send, in place of which a claim's replacement arrived. What is put by for an exchange stays.
func freeStock(ctx context.Context, tx *db.Tx, e event.Event) error {
	reserved, err := inventory.ReservationsOf(ctx, tx, e.StoreID, e.OrderID)
	if err != nil || len(reserved) == 0 {
		return err
	}
	exchanges, err := claim.ExchangesOf(ctx, tx, e.StoreID, e.OrderID)
	if err != nil {
		return err
	}
	slices.SortFunc(reserved, func(a, b inventory.Reservation) int { // stock is locked in this order everywhere
		return strings.Compare(string(a.VariantID), string(b.VariantID))
	})
	for _, r := range reserved {
		if slices.ContainsFunc(exchanges, func(x claim.Exchange) bool { return x.Live() && x.HoldLine == r.LineID }) {
			continue
		}
		if _, err := inventory.ReleaseUnits(ctx, tx, e.StoreID, e.OrderID, r.LineID, r.Quantity); err != nil {
			return err
		}
	}
	return nil
}
