package storefront_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/flow"
	"doorstep/internal/shipment"
)

// TestTheMapOfAParcel is there as soon as two places are known, in the customer's language, and
// does not make the page heavy.
func TestTheMapOfAParcel(t *testing.T) {
	t.Parallel()
	m := open(t, dbtest.Path(t), "EUR", 2)
	b := m.browser()
	o, path, token := b.bought()
	one := m.purchaseOf(o).PurchaseID
	m.update(func(ctx context.Context, tx *db.Tx) error {
		if err := flow.PlaceByHand(ctx, tx, m.store, one, "A-1", "staff:us_1"); err != nil {
			return err
		}
		return flow.ShipByHand(ctx, tx, m.store, one, flow.ParcelSaid{Number: "RB123456785GB", At: tx.Now}, "staff:us_1")
	})
	tell := func(after time.Duration, place string, latitude, longitude int64) {
		m.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.TrackSaidSo(ctx, tx, m.store, flow.TrackSaid{Number: "RB123456785GB", Source: "17", Actor: "carrier:17", Events: []flow.TrackingSaid{
				{At: tx.Now.Add(after), Kind: shipment.KindTransit, Words: "scanned", Location: place, Latitude: latitude, Longitude: longitude}}})
			return err
		})
	}
	tell(0, "Somewhere", 0, 0)
	tell(time.Hour, "Yiwu <b>depot</b>", 29_306_600, 120_075_100)
	b.get(path + "?token=" + token)
	b.saysNot(`class="map"`)
	tell(2*time.Hour, "Leipzig", 51_423_900, 12_236_400)
	b.get(path + "?token=" + token)
	b.says(`class="map"`, `aria-label="Map of the parcel’s way from Yiwu <b>depot</b> to Leipzig"`)
	if strings.Contains(b.page.html, "<b>depot") {
		t.Error("a carrier's words became an element")
	}
	if n := len(b.page.html); n > 60_000 {
		t.Errorf("%d bytes", n)
	}
	b.get(path + "?token=" + token + "&lang=de")
	b.says("Karte des Paketwegs von")
	if n := strings.Count(b.page.html, `class="map__dot`); n != 2 {
		t.Errorf("%d places", n)
	}
}
