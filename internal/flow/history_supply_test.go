package flow_test

import (
	"context"
	"fmt"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

func (l *life) purchasesIn(ctx context.Context, tx *db.Tx, o id.Order) []purchase.Purchase {
	list, err := purchase.OfOrder(ctx, tx, l.store, o)
	if err != nil {
		l.breaks("reading: %v", err)
	}
	return list
}

// supplierSays is a supplier speaking of a purchase that it has, in any order.
func (l *life) supplierSays(o id.Order) string {
	p, some := among(l, l.purchases(o))
	if !some || !l.books[p.Key] {
		return ""
	}
	lines := l.linesOf(p)
	said := flow.SupplierSaid{Key: p.Key, Ref: "ref-" + string(p.PurchaseID), State: l.word("accepted", "accepted", "accepted", "accepted", "part-ship", "part-ship",
		"shipped", "shipped", "shipped", "shipped", "delivered", "refused", "cancelled", "unpaid", "short", "dearer")}
	state := said.State
	line, _ := among(l, lines)
	number := fmt.Sprintf("H%dS%d", l.seed, l.step)
	switch said.State {
	case "part-ship":
		said.Parcels = parcel(number, flow.PackedSaid{SKU: line.SupplierSku, Quantity: 1}).Parcels
	case "shipped":
		said.Parcels = parcel(number).Parcels
	case "short":
		said.State, said.Short = "", []flow.ShortSaid{{SKU: line.SupplierSku, Quantity: 1 + l.random.Int64N(3), Words: "broken"}}
	case "dearer":
		said.State, said.CostMinor, said.FreightMinor, said.Currency = "accepted", 500+l.random.Int64N(2000), 300, p.Currency
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.SupplierSaidSo(ctx, tx, l.store, p.SupplierID, said, "supplier:x")
		return err
	}), "supplier says "+state, "of %s, %s", p.Number, p.State)
}

func (l *life) linesOf(p purchase.Purchase) (list []purchase.PurchaseLine) {
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		list, err = purchase.LinesOf(ctx, tx, l.store, p.PurchaseID)
		return err
	})
	return list
}

// tracks is a carrier speaking of a parcel.
func (l *life) tracks(o id.Order) string {
	var parcels []shipment.Shipment
	l.sees(func(ctx context.Context, tx *db.Tx) (err error) {
		parcels, err = shipment.OfOrder(ctx, tx, l.store, o)
		return err
	})
	p, some := among(l, parcels)
	if !some || p.State == shipment.Delivered && !l.chance(8) {
		return ""
	}
	if p.State.Gone() && l.chance(3) {
		return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.SendParcelAgain(ctx, tx, l.store, p.ShipmentID, me)
			return err
		}), "parcel sent again", "%s", p.Number)
	}
	kind := l.word(shipment.KindDelivered, shipment.KindDelivered, shipment.KindDelivered, shipment.KindTransit, shipment.KindTransit, shipment.KindOut,
		shipment.KindLost, shipment.KindException, shipment.KindReturning, shipment.KindReturned)
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		_, err := flow.TrackSaidSo(ctx, tx, l.store, flow.TrackSaid{Number: p.Number, Source: "17", Actor: "carrier:17",
			Events: []flow.TrackingSaid{{At: clock.Of(l.clock.Now()), Kind: kind, Words: kind}}})
		return err
	}), "parcel "+kind, "%s, %s", p.Number, p.State)
}

// personBuys is a person holding, releasing, ordering by hand or elsewhere, or looking up.
func (l *life) personBuys(o id.Order) string {
	p, some := among(l, l.purchases(o))
	if !some {
		return ""
	}
	is := l.books[p.Key]
	acts := map[string]func(ctx context.Context, tx *db.Tx) error{
		"held": func(ctx context.Context, tx *db.Tx) error {
			return flow.HoldPurchase(ctx, tx, l.store, p.PurchaseID, "wait", me)
		},
		"released": func(ctx context.Context, tx *db.Tx) error { return flow.Release(ctx, tx, l.store, p.PurchaseID, me) },
		"rerouted": func(ctx context.Context, tx *db.Tx) error { return flow.Reroute(ctx, tx, l.store, p.PurchaseID, me) },
		"placed by hand": func(ctx context.Context, tx *db.Tx) error {
			return flow.PlaceByHand(ctx, tx, l.store, p.PurchaseID, "hand-"+string(p.PurchaseID), me)
		},
		"looked up": func(ctx context.Context, tx *db.Tx) error {
			return flow.ResolveUncertain(ctx, tx, l.store, p.PurchaseID, is, "ref-"+string(p.PurchaseID), me)
		},
		"bought from Bert": func(ctx context.Context, tx *db.Tx) error {
			return flow.BuyFrom(ctx, tx, l.store, o, p.PurchaseID, l.bert.SupplierID, me)
		},
	}
	name := l.word("held", "released", "released", "released", "rerouted", "placed by hand", "looked up", "looked up", "bought from Bert")
	did := l.try(acts[name])
	if did && name == "placed by hand" {
		l.books[p.Key] = true
	}
	return l.done(did, "purchase "+name, "%s, %s", p.Number, p.State)
}

// uncovered is what becomes of units that nobody sends.
func (l *life) uncovered(o id.Order) string {
	acts := map[string]func(ctx context.Context, tx *db.Tx) error{
		"sourced again":  func(ctx context.Context, tx *db.Tx) error { return flow.SourceAgain(ctx, tx, l.store, o, me) },
		"customer asked": func(ctx context.Context, tx *db.Tx) error { return flow.AskCustomerAboutShort(ctx, tx, l.store, o, me) },
		"would wait": func(ctx context.Context, tx *db.Tx) error {
			return flow.AnswerShort(ctx, tx, l.store, o, flow.ChooseWait)
		},
		"wants the money back": func(ctx context.Context, tx *db.Tx) error {
			return flow.AnswerShort(ctx, tx, l.store, o, flow.ChooseRefund)
		},
		"bought from Ali": func(ctx context.Context, tx *db.Tx) error {
			return flow.BuyFrom(ctx, tx, l.store, o, "", l.ali.SupplierID, me)
		},
		"swapped for mugs": func(ctx context.Context, tx *db.Tx) error {
			return flow.SwapShort(ctx, tx, l.store, o, lineOf(ctx, tx, l.store, o, l.bowl), l.mug)
		},
		"taken off the order": func(ctx context.Context, tx *db.Tx) error { return flow.RefundUnplaced(ctx, tx, l.store, o, me) },
	}
	name := l.word("sourced again", "customer asked", "customer asked", "would wait", "wants the money back", "bought from Ali", "swapped for mugs", "swapped for mugs", "taken off the order")
	return l.done(l.try(acts[name]), name, "")
}

func (l *life) settlesGhost(o id.Order) string {
	p, some := among(l, l.purchases(o))
	return l.done(some && l.try(func(ctx context.Context, tx *db.Tx) error {
		return flow.SettleGhost(ctx, tx, l.store, p.PurchaseID, "ours now", me)
	}), "ghost settled", "%s", p.Number)
}

// cancels is the customer or a person stopping an order.
func (l *life) cancels(o id.Order) string {
	if l.chance(2) {
		return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
			return flow.RequestCancel(ctx, tx, l.store, o, "changed my mind")
		}), "stopped by the customer", "")
	}
	return l.done(l.try(func(ctx context.Context, tx *db.Tx) error {
		return flow.CancelOrder(ctx, tx, l.store, o, "fraud", me)
	}), "stopped by a person", "")
}

// answersCancel is a person saying what a supplier answered to the wish to stop.
func (l *life) answersCancel(o id.Order) string {
	p, some := among(l, l.purchases(o))
	stopped := l.chance(2)
	return l.done(some && l.try(func(ctx context.Context, tx *db.Tx) error {
		return flow.ResolveCancel(ctx, tx, l.store, p.PurchaseID, stopped, "so they say", me)
	}), "supplier was asked to stop", "%s, stopped %t", p.Number, stopped)
}
