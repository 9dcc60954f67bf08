package dashboard_test

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
)

// told are the kinds of the events about a thing, the oldest first.
func (d *desk) told(subject string) (kinds []string) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		all, err := event.After(ctx, tx, d.store, "", 500)
		for _, e := range all {
			if e.Subject == subject {
				kinds = append(kinds, e.Kind)
			}
		}
		return err
	})
	return kinds
}

func (d *desk) listing(name id.Product) (l catalog.Listing) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) error {
		p, err := catalog.Get(ctx, tx, d.store, name)
		if err != nil {
			return err
		}
		l, err = catalog.Full(ctx, tx, p)
		return err
	})
	return l
}

// A product is typed in: its combinations become variants that the supplier offers, it is no
// customer's yet, and the same form twice makes one product.
func TestAProductIsMadeByHand(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		b := d.signedIn(account.Manager)
		b.get("/admin/products").sees("No products yet", "New product")
		b.get("/admin/start/products").sees("By hand")
		b.get("/admin/products/new").sees("It begins as a draft", "Price (EUR)", "No supplier is here yet")
		d.furnish("EUR")
		b.get("/admin/products/new").sees("Its cost per unit (EUR)", "Hearth <b>& Loom")
		typed := url.Values{"title": {"Linen tee"}, "body": {"<p>Soft</p><script>x</script>"}, "options[0].name": {"Colour"}, "options[0].values": {"Red, Blue"},
			"options[1].name": {"Size"}, "options[1].values": {"S,M,L"}, "price": {"19,90"}, "compare_at": {"25"}, "sku_prefix": {"TEE"},
			"supplier": {string(d.hand.SupplierID)}, "cost": {"7.5"}, "stock": {"12"}, "key": {"the same form"}}
		b.do(http.MethodPost, "/admin/products", typed).sees("The product is made, as a draft", "Linen tee", "Red / S", "Blue / L", "TEE-BLUE-L", "7.50")
		name := id.Product(strings.TrimPrefix(b.at, "/admin/products/"))
		l := d.listing(name)
		if l.Status != catalog.Unlisted || l.Body != "<p>Soft</p>" || len(l.Variants) != 6 || l.Variants[5].Sku != "TEE-BLUE-L" || l.Variants[5].PriceMinor != 1990 || l.Variants[5].CompareAtMinor != 2500 || l.Variants[5].Available != 12 {
			t.Errorf("%+v", l)
		}
		if kinds := d.told(string(name)); len(kinds) != 1 || kinds[0] != "product.added" {
			t.Error(kinds)
		}
		if b.do(http.MethodPost, "/admin/products", typed); b.at != "/admin/products" {
			t.Error("the same form once more leads to", b.at)
		}
		b.post("/admin/products", "title", "Linen tee", "price", "5").sees("is made")
		if second := d.listing(id.Product(strings.TrimPrefix(b.at, "/admin/products/"))); second.Handle != "linen-tee-2" || len(second.Variants) != 1 || second.Variants[0].Sku != "" {
			t.Errorf("%+v", second)
		}
	})
}

// What is wrong stands at its field, and nothing that was typed is lost.
func TestAProductThatCannotBeMade(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		b.post("/admin/products", "title", "", "body", "A <b>soft</b> one", "options[0].name", "", "options[0].values", "Red, Blue", "options[1].name", "Size", "options[1].values", "S, S",
			"price", "much", "compare_at", "1", "sku_prefix", "TEE", "supplier", string(d.hand.SupplierID), "cost", "", "stock", "few")
		if b.status != http.StatusUnprocessableEntity {
			t.Error(b.status)
		}
		b.sees("The title is missing.", "The name is missing.", `The values have "S" twice.`, "This is no price in EUR", "The stock is a whole number.", "A <b>soft</b> one")
		for _, kept := range []string{`value="Red, Blue"`, `value="S, S"`, `value="much"`, `value="TEE"`, `value="few"`, `value="1"`,
			`id="title-error"`, `id="option-1-error"`, `id="values-2-error"`, `id="price-error"`, `id="cost-error"`, `id="stock-error"`,
			`value="` + string(d.hand.SupplierID) + `" selected`} {
			if !strings.Contains(b.html, kept) {
				t.Errorf("the page lacks %s", kept)
			}
		}
		b.post("/admin/products", "title", "Tee", "price", "20", "compare_at", "20").sees("The price before is higher")
		b.post("/admin/products", "title", "Tee", "price", "-1").sees("This is no price in EUR")
		many := ""
		for i := range 50 {
			many += strings.Repeat("x", i+1) + ","
		}
		b.post("/admin/products", "title", "Tee", "price", "1", "options[0].name", "A", "options[0].values", many, "options[1].name", "B", "options[1].values", many).sees("a product has at most 2048")
		b.post("/admin/products", "title", "Tee", "price", "1", "supplier", "su_none", "cost", "1").sees("There is no such supplier.")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			n, err := catalog.Count(ctx, tx, d.store)
			if n != 3 {
				t.Errorf("%d products, three of them were there before", n)
			}
			return err
		})
	})
}

// A variant comes to a product that has none to choose from; it goes again as long as nobody
// has bought it.
func TestAVariantComesAndGoes(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		var product id.Product
		d.update(func(ctx context.Context, tx *db.Tx) error {
			v, err := catalog.GetVariant(ctx, tx, d.store, d.mug)
			product = v.ProductID
			return err
		})
		page := "/admin/products/" + string(product)
		b.get("/admin/variants/" + string(d.mug)).sees("It is the product's only variant")
		b.post("/admin/variants/" + string(d.mug) + "/remove").sees("archive the product instead")
		b.get(page).sees("Add a variant")
		b.get(page+"/variants/new").sees("What the two differ in", "Price (EUR)")
		b.post(page+"/variants", "option", "Colour", "present", "Oat", "values[0]", "Oat", "price", "x", "sku", "MUG-B").sees("This is no price in EUR")
		b.post(page+"/variants", "option", "Colour", "present", "Oat", "values[0]", "Oat", "price", "21", "sku", "MUG-B").sees("is the value of the other variant")
		if b.status != http.StatusUnprocessableEntity || !strings.Contains(b.html, `value="MUG-B"`) {
			t.Error(b.status, b.html)
		}
		b.post(page+"/variants", "option", "Colour", "present", "Oat", "values[0]", "Blue", "price", "21", "sku", "MUG-B").sees("The variant is added", "Map a supplier's article")
		blue := id.Variant(strings.TrimPrefix(b.at, "/admin/variants/"))
		b.get(page + "/variants/new").sees("Colour")
		b.post(page+"/variants", "values[0]", "Blue", "price", "21").sees("is there already in this combination")
		b.post("/admin/variants/"+string(blue)+"/offers", "supplier", string(d.hand.SupplierID), "sku", "H-B", "cost", "5", "currency", "EUR", "quantity", "9", "pack", "1").sees("Mapped")
		d.update(func(ctx context.Context, tx *db.Tx) error { // one lies in a cart, and it was paused once
			if err := flow.PutOnSale(ctx, tx, d.store, product, catalog.Active, flow.System); err != nil {
				return err
			}
			c, _, err := flow.StartCart(ctx, tx, d.store, "en")
			if err != nil {
				return err
			}
			if err := flow.PutInCart(ctx, tx, d.store, c.CartID, blue, 1, false); err != nil {
				return err
			}
			return flow.PauseVariant(ctx, tx, d.store, blue, "", flow.System)
		})
		b.get("/admin/variants/" + string(blue)).sees("It was never sold")
		b.post("/admin/variants/"+string(blue)+"/remove").sees("The variant is removed.", "Oat").not("Blue")
		if kinds := d.told(string(blue)); len(kinds) == 0 || kinds[len(kinds)-1] != "variant.removed" {
			t.Error(kinds)
		}
		if l := d.listing(product); len(l.Variants) != 1 {
			t.Errorf("%+v", l.Variants)
		}
		b.post(page+"/variants", "values[0]", "Red", "price", "21")
		d.order("Ann")
		b.get("/admin/variants/" + string(d.mug)).sees("It was sold: orders name it")
		b.post("/admin/variants/"+string(d.mug)+"/remove").sees("It was sold before, so it stays", "It is not sold: a person has stopped it")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, paused, err := inventory.PauseOf(ctx, tx, d.store, d.mug)
			if !paused {
				t.Error("it is sold as before")
			}
			return err
		})
	})
}

// Collections are made, renamed, put in order, filled and removed by forms alone.
func TestCollectionsByHand(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		b.get("/admin/collections").sees("No collections yet")
		b.post("/admin/collections", "title", " ", "body", "Kept").sees("The title is missing.", "Kept")
		b.post("/admin/collections", "title", "Kitchen").sees("The collection is made", "It has none")
		kitchen := b.at
		b.post("/admin/collections", "title", "Bath").sees("is made")
		bath := b.at
		order := func(first, second string) {
			t.Helper()
			text := plainText(b.get("/admin/collections").html)
			if strings.Index(text, first) > strings.Index(text, second) {
				t.Errorf("%s does not stand before %s", first, second)
			}
		}
		order("Bath", "Kitchen") // by their titles, until somebody says otherwise
		b.post(kitchen+"/move", "do", "earlier").sees("in this order")
		order("Kitchen", "Bath")
		b.post(kitchen, "title", "", "body", "For cooks").sees("The title is missing.", "For cooks")
		b.post(kitchen, "title", "Kitchen & table", "body", "For cooks").sees("The collection is stored.", "Kitchen & table")
		b.get(kitchen + "?q=mug").sees("Put in").not("No product fits")
		products := []string{}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			all, _, err := catalog.List(ctx, tx, d.store, catalog.Filter{}, catalog.Cursor{}, 9)
			for _, p := range all {
				products = append(products, string(p.ProductID))
			}
			return err
		})
		for _, p := range products[:2] {
			b.post(kitchen+"/products", "product", p, "do", "in").sees("The product is in the collection.")
		}
		b.get(kitchen + "?q=mug").sees("In it")
		inIt := func(want ...string) {
			t.Helper()
			d.update(func(ctx context.Context, tx *db.Tx) error {
				name := id.Collection(strings.TrimPrefix(kitchen, "/admin/collections/"))
				all, _, err := catalog.List(ctx, tx, d.store, catalog.Filter{Collection: name}, catalog.Cursor{}, 9)
				got := []string{}
				for _, p := range all {
					got = append(got, string(p.ProductID))
				}
				if strings.Join(got, " ") != strings.Join(want, " ") {
					t.Errorf("%v, not %v", got, want)
				}
				return err
			})
		}
		inIt(products[0], products[1])
		b.post(kitchen+"/products", "product", products[1], "do", "earlier").sees("in this order")
		inIt(products[1], products[0])
		b.get("/admin/products/" + products[1]).sees("Kitchen & table")
		b.post(kitchen+"/products", "product", products[1], "do", "out").sees("out of the collection")
		inIt(products[0])
		b.post(kitchen+"/products", "product", "pr_none", "do", "in").sees("no such thing here")
		b.post(kitchen + "/remove").sees("The collection is removed; its products stay.").not("table")
		if b.get(kitchen); b.status != http.StatusNotFound {
			t.Error(b.status)
		}
		b.get(bath).sees("Bath")
		kinds := strings.Join(d.told(strings.TrimPrefix(kitchen, "/admin/collections/")), " ")
		for _, kind := range []string{"made", "moved", "changed", "product-added", "arranged", "product-removed", "removed"} {
			if !strings.Contains(kinds, "collection."+kind) {
				t.Error(kinds, "lacks", kind)
			}
		}
		d.signedIn(account.Reader).get(bath).sees("Bath").not("Remove it")
	})
}
