package report

import "doorstep/internal/shipment"

// Back is a parcel in which a claim's goods come back, and its scans, as parcels are drawn.
func Back(p shipment.ReturnParcel, scans []shipment.TrackingEvent) Shipment {
	s := Shipment{ID: p.ShipmentID, Number: p.Number, Carrier: p.Carrier, CarrierName: p.CarrierName, State: string(p.State), Words: p.Words, EventAt: p.EventAt,
		DeliveredAt: p.DeliveredAt, RegisteredAt: p.RegisteredAt, UpdatedAt: p.UpdatedAt}
	for _, e := range scans {
		s.Events = append(s.Events, Tracking{At: e.At, Kind: e.Kind, Words: e.Words, Location: e.Location, Country: e.Country, Source: e.Source, ReceivedAt: e.ReceivedAt})
	}
	return s
}
