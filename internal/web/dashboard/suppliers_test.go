package dashboard_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
	"doorstep/money"
)

// Terms and freight of a supplier are a form; what was bought there stands below it, in pages.
func TestASupplierOfAMerchant(t *testing.T) {
	t.Parallel()
	for _, currency := range []money.Currency{"EUR", "JPY", "KWD"} {
		each(t, currency, func(d *desk) {
			d.furnish(currency)
			for i := range 27 {
				d.paid(fmt.Sprint("Ann ", i))
			}
			b := d.signedIn(account.Manager)
			at := "/admin/suppliers/" + string(d.hand.SupplierID)
			b.get(at).sees("Terms", "What shipping costs from there", "No price guard", "What you bought there", "1027-1").not("1001-1", "Ask for stock now")
			b.get(at + "?after=" + between(b.html, "?after=", `"`)).sees("1001-1").not("1027-1")
			terms := []string{"name", "Hearth", "automatic", "yes", "priority", "3", "handling_days", "2", "ship_to", "DE,AT", "max_age", "48"}
			b.post(at, append(terms, "fr_countries", "DE", "fr_name", "Post", "fr_cost", "4", "fr_currency", string(currency), "fr_min", "2", "fr_max", "x")...).sees("the days are whole numbers")
			if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, `value="Post"`) {
				t.Errorf("%d: what was typed is gone", b.status)
			}
			b.post(at, append(terms, "fr_countries", "DE, at", "fr_name", "Post", "fr_cost", "4", "fr_currency", string(currency), "fr_min", "2", "fr_max", "5",
				"fr_countries", "", "fr_name", "", "fr_cost", "", "fr_currency", "", "fr_min", "", "fr_max", "")...).sees("The terms are stored")
			for _, want := range []string{`value="DE, AT"`, `value="Post"`, `value="48"`, "Row 2"} {
				if !strings.Contains(b.html, want) {
					t.Errorf("no %s", want)
				}
			}
			b.post(at, append(terms, "freight", "no table")...)
			if b.status != http.StatusUnprocessableEntity {
				t.Error(b.status)
			}
			d.signedIn(account.Reader).get(at).sees("Hearth", "1027-1").not("Store the terms", "Change it for all", "Its connector")
		})
	}
}

// A page of offers that was not believed shows the biggest moves first, counts them by kind,
// and is decided with or without scripts.
func TestAParkedFeed(t *testing.T) {
	t.Parallel()
	for _, currency := range []money.Currency{"EUR", "JPY"} {
		each(t, currency, func(d *desk) {
			d.furnish(currency)
			park := func(quantity, cost int64) {
				d.now.Advance(time.Hour)
				d.update(func(ctx context.Context, tx *db.Tx) error {
					page := inventory.Page{AsOf: clock.Of(d.now.Now())}
					for i := range 3 {
						page.Offers = append(page.Offers, inventory.Offered{SKU: fmt.Sprint("H-", i), Quantity: quantity + int64(i), CostMinor: cost, Currency: currency, AsOf: page.AsOf})
					}
					page.Offers = append(page.Offers, inventory.Offered{SKU: "not-ours", Quantity: 3, CostMinor: 100, Currency: currency, AsOf: page.AsOf})
					_, err := flow.OffersSaid(ctx, tx, d.store, d.hand.SupplierID, page, "supplier:hand")
					return err
				})
			}
			park(0, 5000)
			b := d.signedIn(account.Manager)
			b.get("/admin/feeds").sees("Offers that wait for you", "How old everybody's news is")
			at := "/admin/feeds/fe_" + between(b.html, "/admin/feeds/fe_", `"`)
			b.get(at).sees("Why it was not believed", "3,000 → 3", "All changes 3", "Sold out 1", "Less stock 2", "Dearer 3", "+900 %", "Not sold here 1", "Take over 3 changes. 1 article will be sold out.")
			b.get(at+"?show=out").sees("Mug").not(longName, arabic)
			d.signedIn(account.Support).get(at).sees("Why it was not believed").not("It is right: believe")
			b.post(at+"/refuse").sees("Refused", "No feed is parked")
			b.get(at).sees("It was decided already")
			park(0, 6000)
			b.get("/admin/feeds")
			at = "/admin/feeds/fe_" + between(b.html, "/admin/feeds/fe_", `"`)
			b.post(at + "/believe").sees("Believed")
			b.get("/admin/suppliers/"+string(d.hand.SupplierID)).sees("What it said of its stock", "Believed", "Refused")
		})
	}
}
