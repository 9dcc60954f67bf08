package dashboard_test

import (
	"context"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/id"
	"doorstep/money"
)

// One field finds orders, products, customers, suppliers, settings and pages, for who may see
// them.
func TestFind(t *testing.T) {
	t.Parallel()
	each(t, "KWD", func(d *desk) {
		d.furnish("KWD")
		d.order("Zoë Ann")
		b := d.signedIn(account.Manager)
		b.get("/admin/find").sees("Nothing fits", "found by number")
		b.get("/admin/find?q=1001").sees("#1001", "Zoë Ann", "Order")
		b.get("/admin/find?q=ann1@shop.example").sees("#1001", "Customer")
		b.get("/admin/find?q=THING-1").sees(longName, "Product")
		b.get("/admin/find?q=loom").sees("Hearth <b>& Loom", "Supplier")
		b.get("/admin/find?q=capture").sees("When somebody pays by card", "Setting", "Checkout and payment")
		b.get("/admin/find?q=refunds").sees("Returns and refunds")
		b.get("/admin/find?q=connectors").sees("Connectors", "Page")
		b.get("/admin/find?q=mail+server").not("Setting Mail server")
		d.signedIn(account.Reader).get("/admin/find?q=capture").sees("Nothing fits")
	})
}

// Pictures are moved and taken out by buttons; the first one is the product's.
func TestPicturesAreArranged(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		var name id.Product
		d.update(func(ctx context.Context, tx *db.Tx) error {
			put, err := catalog.Put(ctx, tx, d.store, catalog.Draft{Handle: "lamp", Title: "Lamp", Status: catalog.Active,
				Images:   []catalog.DraftImage{{URL: "https://pics.example/a.jpg"}, {URL: "https://pics.example/b.jpg"}, {URL: "https://pics.example/c.jpg"}},
				Variants: []catalog.DraftVariant{{SKU: "LAMP", Price: money.New(2000, "EUR"), RequiresShipping: true}}}, false)
			name = put.Product
			return err
		})
		b := d.signedIn(account.Manager)
		at := "/admin/products/" + string(name)
		order := func(want string) {
			t.Helper()
			got := ""
			for _, part := range strings.Split(b.html, "https://pics.example/")[1:] {
				got += part[:1]
			}
			if got != want {
				t.Errorf("pictures %s, want %s", got, want)
			}
		}
		b.get(at).sees("Pictures")
		order("abc")
		b.post(at+"/images", "position", "3", "do", "up").sees("The pictures are arranged")
		order("acb")
		b.post(at+"/images", "position", "1", "do", "down")
		order("cab")
		b.post(at+"/images", "position", "2", "do", "out")
		order("cb")
		b.post(at+"/images", "position", "9", "do", "up")
		order("cb")
		b.post(at+"/images", "position", "x").sees("did not arrive")
	})
}
