package report

import (
	"context"
	"encoding/json"

	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// What belongs to an order is looked up first: in a join SQLite would rather read what fits
// the order of the rows, which is everything.
const (
	purchasesOfOrder = `SELECT purchase_id FROM purchases WHERE store_id = $1 AND order_id = $2`
	shipmentsOfOrder = `SELECT shipment_id FROM shipments WHERE store_id = $1 AND order_id = $2`
)

func purchasesOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, c money.Currency) ([]Purchase, error) {
	all, err := collect(ctx, tx, func(row scanner, p *Purchase) error {
		p.Lines, p.Attempts, p.Rate = []PurchaseLine{}, []Attempt{}, json.RawMessage("{}")
		var currency string
		err := row.Scan((*string)(&p.ID), &p.Number, &p.Key, (*string)(&p.Supplier), &p.SupplierName, (*string)(&p.Connector), &p.State,
			&p.HoldCode, &p.HoldReason, (*int64)(&p.SubmitAt), &p.Ref, &p.Parts, &p.Unpaid, &p.PayURL, &p.Code, &p.Words, &p.Cause, &p.Service,
			&currency, &p.Goods.Minor, &p.Freight.Minor, &p.Booked.Minor, parsed{&p.Rate}, list(&p.Reasons), (*int64)(&p.ExpectAt),
			(*int64)(&p.SubmittedAt), (*int64)(&p.AcceptedAt), (*int64)(&p.ShippedAt), (*int64)(&p.CreatedAt), (*int64)(&p.UpdatedAt))
		in(currency, &p.Goods, &p.Freight)
		in(string(c), &p.Booked)
		return err
	}, `SELECT p.purchase_id, p.number, p.key, p.supplier_id, s.name, p.connector_id, p.state, p.hold_code, p.hold_reason, p.submit_at, p.ref,
		p.parts, p.unpaid, p.pay_url, p.code, p.words, p.cause, p.service, p.currency, p.goods_minor, p.freight_minor, p.booked_minor, p.rate,
		p.reasons, p.expect_at, p.submitted_at, p.accepted_at, p.shipped_at, p.created_at, p.updated_at
		FROM purchases p JOIN suppliers s ON s.store_id = p.store_id AND s.supplier_id = p.supplier_id
		WHERE p.store_id = $1 AND p.order_id = $2 ORDER BY p.purchase_id`, string(store), string(o))
	if err != nil {
		return nil, err
	}
	of := func(name id.Purchase) *Purchase {
		for i := range all {
			if all[i].ID == name {
				return &all[i]
			}
		}
		return &Purchase{} // the join below has none
	}
	if err := purchaseLines(ctx, tx, store, o, of); err != nil {
		return nil, err
	}
	return all, attempts(ctx, tx, store, o, of)
}

func purchaseLines(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, of func(id.Purchase) *Purchase) error {
	type placed struct {
		purchase id.Purchase
		PurchaseLine
	}
	lines, err := collect(ctx, tx, func(row scanner, l *placed) error {
		return row.Scan((*string)(&l.purchase), &l.Line, &l.OrderLine, (*string)(&l.Variant), (*string)(&l.Offer), &l.SKU, &l.Title,
			&l.Quantity, &l.Short, &l.UnitCost.Minor)
	}, `SELECT l.purchase_id, l.line_id, l.order_line_id, l.variant_id, l.offer_id, l.supplier_sku, l.title, l.quantity, l.short, l.unit_cost_minor
		FROM purchase_lines l WHERE l.store_id = $1 AND l.purchase_id IN (`+purchasesOfOrder+`) ORDER BY l.purchase_id, l.line_id`, string(store), string(o))
	for _, l := range lines {
		p := of(l.purchase)
		in(string(p.Goods.Currency), &l.UnitCost)
		p.Lines = append(p.Lines, l.PurchaseLine)
	}
	return err
}

func attempts(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, of func(id.Purchase) *Purchase) error {
	type placed struct {
		purchase id.Purchase
		Attempt
	}
	list, err := collect(ctx, tx, func(row scanner, a *placed) error {
		return row.Scan((*string)(&a.purchase), &a.Attempt.Attempt, &a.Action, (*int64)(&a.BeganAt), (*int64)(&a.EndedAt), &a.Outcome, &a.Words, &a.Answer)
	}, `SELECT a.purchase_id, a.attempt, a.action, a.began_at, a.ended_at, a.outcome, a.words, a.answer
		FROM attempts a WHERE a.store_id = $1 AND a.purchase_id IN (`+purchasesOfOrder+`) ORDER BY a.purchase_id, a.attempt`, string(store), string(o))
	for _, a := range list {
		p := of(a.purchase)
		p.Attempts = append(p.Attempts, a.Attempt)
	}
	return err
}

func shipmentsOf(ctx context.Context, tx *db.Tx, store id.Store, o id.Order) ([]Shipment, error) {
	all, err := collect(ctx, tx, func(row scanner, s *Shipment) error {
		s.Lines, s.Events = []ShipmentLine{}, []Tracking{}
		return row.Scan((*string)(&s.ID), (*string)(&s.Purchase), &s.Number, &s.Carrier, &s.CarrierName, &s.URL, &s.NextNumber, &s.NextCarrier,
			&s.State, &s.Words, (*int64)(&s.AnnouncedAt), (*int64)(&s.ScannedAt), (*int64)(&s.EventAt), (*int64)(&s.DeliveredAt),
			(*int64)(&s.ExpectedAt), (*int64)(&s.RegisteredAt), (*int64)(&s.UpdatedAt))
	}, `SELECT shipment_id, purchase_id, number, carrier, carrier_name, url, next_number, next_carrier, state, words, announced_at, scanned_at,
		event_at, delivered_at, expected_at, registered_at, updated_at
		FROM shipments WHERE store_id = $1 AND order_id = $2 ORDER BY shipment_id`, string(store), string(o))
	if err != nil || len(all) == 0 {
		return all, err
	}
	of := func(name id.Shipment) *Shipment {
		for i := range all {
			if all[i].ID == name {
				return &all[i]
			}
		}
		return &Shipment{} // the join below has none
	}
	if err := shipmentLines(ctx, tx, store, o, of); err != nil {
		return nil, err
	}
	return all, tracking(ctx, tx, store, o, of)
}

func shipmentLines(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, of func(id.Shipment) *Shipment) error {
	type placed struct {
		shipment id.Shipment
		ShipmentLine
	}
	lines, err := collect(ctx, tx, func(row scanner, l *placed) error {
		return row.Scan((*string)(&l.shipment), &l.OrderLine, &l.Quantity)
	}, `SELECT l.shipment_id, l.order_line_id, l.quantity
		FROM shipment_lines l WHERE l.store_id = $1 AND l.shipment_id IN (`+shipmentsOfOrder+`) ORDER BY l.shipment_id, l.line_id`, string(store), string(o))
	for _, l := range lines {
		s := of(l.shipment)
		s.Lines = append(s.Lines, l.ShipmentLine)
	}
	return err
}

func tracking(ctx context.Context, tx *db.Tx, store id.Store, o id.Order, of func(id.Shipment) *Shipment) error {
	type placed struct {
		shipment id.Shipment
		Tracking
	}
	events, err := collect(ctx, tx, func(row scanner, e *placed) error {
		return row.Scan((*string)(&e.shipment), (*int64)(&e.At), &e.Kind, &e.Words, &e.Location, &e.Country, &e.Source, (*int64)(&e.ReceivedAt), &e.Latitude, &e.Longitude)
	}, `SELECT t.shipment_id, t.at, t.kind, t.words, t.location, t.country, t.source, t.received_at, t.latitude, t.longitude
		FROM tracking_events t WHERE t.store_id = $1 AND t.shipment_id IN (`+shipmentsOfOrder+`) ORDER BY t.shipment_id, t.at, t.event_key`, string(store), string(o))
	for _, e := range events {
		s := of(e.shipment)
		s.Events = append(s.Events, e.Tracking)
	}
	return err
}
