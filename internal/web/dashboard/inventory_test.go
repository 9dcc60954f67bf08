package dashboard_test

import (
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/money"
)

// A merchant maps a second supplier, keeps some units back, sees who would be chosen, and
// takes the offer off again.
func TestOffersOfAVariant(t *testing.T) {
	t.Parallel()
	for _, currency := range []money.Currency{"EUR", "JPY", "KWD"} {
		each(t, currency, func(d *desk) {
			d.furnish(currency)
			b := d.signedIn(account.Manager)
			at := "/admin/variants/" + string(d.mug)
			b.get(at).sees("Mug", "Hearth <b>& Loom", "Would be chosen now", "1,000 units free")
			b.post(at+"/offers", "supplier", string(d.hand.SupplierID), "sku", "H-0", "cost", "1", "currency", string(currency)).sees("serves this variant already")
			b.post(at+"/offers", "supplier", string(d.hand.SupplierID), "sku", "H-9", "cost", "x", "currency", string(currency)).sees("no price")
			b.post(at+"/offers", "supplier", string(d.hand.SupplierID), "sku", "H-9", "cost", "1", "currency", string(currency), "quantity", "100", "buffer_units", "30", "buffer_percent", "10").
				sees("Mapped", "H-9", "1,060 units free")
			_, rest, _ := strings.Cut(b.html, "H-9")
			offer := between(rest, "/admin/offers/", `"`)
			b.post("/admin/offers/"+offer+"/unmap").sees("Taken off", "1,000 units free")
			b.undoes().sees("Mapped", "H-9", "1,060 units free")
			_, rest, _ = strings.Cut(b.html, "H-9")
			b.post("/admin/offers/"+between(rest, "/admin/offers/", `"`)+"/unmap").sees("Taken off", "1,000 units free")
			b.get(at + "?q=H-1").sees("Articles that may serve it too")
			b.post(at+"/look-up", "supplier", string(d.hand.SupplierID), "sku", "H-9").sees("has no feed")
			d.signedIn(account.Reader).get(at).sees("Mug").not("Map a supplier's article")
		})
	}
}

func TestInventory(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		b.get("/admin/inventory").sees("No stock yet")
		d.furnish("EUR")
		b.get("/admin/inventory").sees("3 variants", "Mug", longName, arabic, "1,000")
		b.get("/admin/inventory?show=out").sees("Nothing fits")
		b.get("/admin/inventory?show=low").sees("Nothing fits")
		b.get("/admin/inventory?show=unmapped&q=mug").sees("Nothing fits")
		b.post("/admin/inventory/bulk").sees("Tick the variants first")
		b.post("/admin/inventory/bulk", "variant", string(d.mug), "percent", "10", "nines", "yes", "buffer_units", "999").sees("1 variant changed", "€21.99")
		b.get("/admin/inventory?show=low").sees("Mug")
	})
}

func TestEditAProduct(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		b.get("/admin/products?q=THING-0")
		at := "/admin/products/pr_" + between(b.html, `/admin/products/pr_`, `"`)
		b.get(at).sees("It has no picture", "It has no description", "Edit texts")
		b.post(at, "title", "", "status", "active").sees("title is missing")
		b.post(at, "title", "Cup", "body", "<p>Fine.</p><script>x</script>", "status", "draft", "tags", "b, a", "price."+string(d.mug), "31,50", "was."+string(d.mug), "40").
			sees("The product is stored", "Cup", "€31.50", "Draft").not("It has no description")
	})
}
