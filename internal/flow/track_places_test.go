package flow_test

import (
	"context"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/shipment"
)

// TestScansKeepTheirPlaces: a supplier tells of a scan without its place, the tracking service
// tells the same later with it. The place is kept, the first words stay, nothing comes twice, and
// a place is not taken away or moved by who tells it again.
func TestScansKeepTheirPlaces(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		placed := s.bought(1, 1)
		s.acknowledged()
		s.says(s.purchases(placed.Order.OrderID)[0], parcel("RB123456785GB"))
		scan := clock.Of(s.start().Add(time.Hour))
		tell := func(source, words, place string, latitude, longitude int64) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.TrackSaidSo(ctx, tx, s.store, flow.TrackSaid{Number: "RB123456785GB", Source: source, Actor: "carrier:17",
					Events: []flow.TrackingSaid{
						{At: scan, Kind: shipment.KindTransit, Words: words, Location: place, Country: "BR", Latitude: latitude, Longitude: longitude},
						{At: scan.Add(time.Hour), Kind: shipment.KindTransit, Words: "further"}}})
				return err
			})
		}
		tell("cj", "picked up", "", 0, 0)
		tell("17", "in their hands", "Recife", -8_053_900, -34_877_000)
		tell("cj", "picked up", "", 0, 0)
		tell("17", "in their hands", "Olinda", 1_000_000, 2_000_000)
		var list []shipment.TrackingEvent
		s.must(s.View(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			parcels, err := shipment.OfOrder(ctx, tx, s.store, placed.Order.OrderID)
			if err != nil {
				return err
			}
			list, err = shipment.Tracking(ctx, tx, s.store, parcels[0].ShipmentID)
			return err
		}))
		if len(list) != 2 || !list[0].Placed() || list[1].Placed() {
			t.Fatalf("%d scans: %+v", len(list), list)
		}
		if e := list[0]; e.Latitude != -8_053_900 || e.Longitude != -34_877_000 || e.Words != "picked up" || e.Location != "Recife" || e.Country != "BR" || e.Source != "cj" {
			t.Errorf("the first scan is %+v", e)
		}
		if f := shipment.Fold(list); f.State != shipment.InTransit || f.Words != "further" {
			t.Errorf("folded: %+v", f)
		}
	})
}
