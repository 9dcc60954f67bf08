package api_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
)

func TestAShopperBuysAMug(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		list := w.ok("GET /products?limit=1", nil)
		next := w.ok("GET /products?limit=1&after="+list.str("next"), nil)
		if list.str("products.0.handle") != "mug" || next.str("products.0.handle") != "tee" {
			w.Errorf("%s %s", list.text, next.text)
		}
		mug := w.ok("GET /products/mug", nil)
		if mug.str("variants.0.available") != "5" || mug.str("variants.0.price.amount") != "10.00" || strings.Contains(mug.text, "4006381333931") {
			w.Error(mug.text)
		}
		made := w.ok("POST /carts", object{"locale": "en-GB"})
		cart := bearer(made.str("token"))
		if made.status != http.StatusCreated || !strings.HasPrefix(made.str("id"), "ca_") {
			w.Error(made.text)
		}
		w.ok("POST /cart/lines", object{"variant": w.mug, "quantity": 1}, cart)
		if g := w.ok("PUT /cart/lines/"+string(w.mug), object{"quantity": 2}, cart); g.str("lines.0.total.amount") != "20.00" || g.str("subtotal.amount") != "20.00" {
			w.Error(g.text)
		}
		if g := w.ok("PUT /cart/contact", object{"email": "ann@example.com", "shipping_address": address()}, cart); g.str("shipping_address.postal_code") != "LS1 4DY" {
			w.Error(g.text)
		}
		if g := w.ok("GET /cart/totals", nil, cart); g.str("shipping") != "" || g.str("ready") != "false" || g.str("total.amount") != "20.00" {
			w.Error(g.text)
		}
		ways := w.ok("POST /cart/shipping-options", nil, cart)
		if ways.str("shipping_options.0.price.amount") != "4.90" || ways.str("shipping_option") != "standard" || ways.str("shipping_options.0.delivery_to") != "2026-03-09" ||
			strings.Contains(ways.text, "su_") || strings.Contains(ways.text, "cost") {
			w.Error(ways.text)
		}
		w.ok("PUT /cart/shipping-option", object{"key": "standard"}, cart)
		totals := w.ok("GET /cart/totals", nil, cart)
		if totals.str("total.amount") != "24.90" || totals.str("tax.amount") != "3.98" || totals.str("ready") != "true" || totals.str("tax_included") != "true" {
			w.Error(totals.text)
		}
		bought := w.ok("POST /cart/checkout", object{"payment": "bank"}, cart, key("k1"))
		if bought.status != http.StatusCreated || bought.str("payment.state") != "pending" || !strings.Contains(bought.str("payment.instructions"), "DE89") ||
			bought.str("order.total.amount") != "24.90" {
			w.Error(bought.text)
		}
		again := w.ok("POST /cart/checkout", object{"payment": "bank"}, cart, key("k2"))
		if again.str("order.id") != bought.str("order.id") || again.str("payment.id") != bought.str("payment.id") {
			w.Errorf("the same cart again is %s, not %s", again.text, bought.text)
		}
		w.refused(http.StatusConflict, "cart_ordered", "POST /cart/lines", object{"variant": w.mug, "quantity": 1}, cart)
		if g := w.ok("GET /cart", nil, cart); g.str("order") != bought.str("order.id") {
			w.Error(g.text)
		}
		w.ordered(bought)
	})
}

// ordered looks at the order as its customer does, before and after it is paid.
func (w *world) ordered(bought got) {
	w.Helper()
	path, token := "GET /orders/"+bought.str("order.id"), bought.str("order.token")
	g := w.ok(path, nil, bearer(token))
	if g.str("money") != "unpaid" || g.str("lines.0.title") != "Mug" || g.str("payments.0.state") != "pending" || g.str("shipping_name") != "Standard" {
		w.Error(g.text)
	}
	w.ok("POST /admin/orders/"+bought.str("order.number")+"/confirm-payment", nil, bearer(w.keys["manager"]), key("paid"))
	g = w.ok(path+"?token="+token, nil)
	if g.str("money") != "paid" || g.str("state") != "open" {
		w.Error(g.text)
	}
	for _, secret := range []string{"Acme", "A-mug", "su_", "cost"} {
		if strings.Contains(g.text, secret) {
			w.Errorf("the customer sees %q: %s", secret, g.text)
		}
	}
	w.refused(http.StatusUnauthorized, "token_unknown", path, nil, bearer("x"+token))
	w.refused(http.StatusUnauthorized, "token_unknown", "GET /orders/or_none?token="+token, nil)
	w.refused(http.StatusUnauthorized, "token_missing", path, nil)
}

func TestAShopperIsToldWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		cart := bearer(w.ok("POST /carts", nil).str("token"))
		w.refused(422, "variant_unknown", "POST /cart/lines", object{"variant": "va_none", "quantity": 1}, cart)
		w.refused(422, "invalid", "POST /cart/lines", object{"variant": w.mug, "quantity": 0}, cart)
		w.refused(422, "invalid", "POST /cart/lines", object{"variant": w.mug, "quantity": 1, "price": 1}, cart)
		if g := w.refused(422, "invalid", "POST /cart/lines", object{"quantity": 1}, cart); g.str("detail") != "variant: is missing" || g.str("field") != "variant" {
			w.Error(g.text)
		}
		w.refused(422, "invalid", "POST /cart/lines", object{"variant": w.mug, "quantity": "many"}, cart)
		w.refused(400, "invalid", "POST /cart/lines", `{"variant":`, cart)
		w.refused(400, "invalid", "POST /cart/lines", nil, cart)
		w.refused(422, "address_missing", "POST /cart/shipping-options", nil, cart)
		w.refused(422, "cart_empty", "GET /cart/totals", nil, cart)
		w.refused(422, "email_missing", "POST /cart/checkout", object{"payment": "bank"}, cart, key("k"))
		bad := address()
		bad["postal_code"], bad["name"] = "12345", ""
		g := w.refused(422, "invalid", "PUT /cart/contact", object{"email": "ann", "shipping_address": bad}, cart)
		var fields []string
		for _, e := range g.json["errors"].([]any) {
			fields = append(fields, e.(map[string]any)["field"].(string))
		}
		if want := []string{"email", "shipping_address.name", "shipping_address.postal_code"}; !slices.Equal(fields, want) {
			w.Errorf("%v, not %v", fields, want)
		}
		far := address()
		far["country"], far["region"], far["postal_code"] = "US", "California", "90210"
		w.ok("POST /cart/lines", object{"variant": w.mug, "quantity": 9}, cart)
		w.ok("PUT /cart/contact", object{"email": "ann@example.com", "shipping_address": far}, cart)
		g = w.refused(409, "cannot_ship", "POST /cart/shipping-options", nil, cart)
		if !strings.Contains(g.str("detail"), "Mug cannot be delivered to US") || strings.Contains(g.text, "Acme") {
			w.Error(g.text)
		}
		w.ok("PUT /cart/contact", object{"email": "ann@example.com", "shipping_address": address()}, cart)
		if g = w.refused(409, "cannot_ship", "POST /cart/shipping-options", nil, cart); g.str("detail") != "Only 5 of 9 units of Mug can be delivered to GB at present." {
			w.Error(g.text)
		}
		w.refused(422, "option_unknown", "PUT /cart/shipping-option", object{"key": "sledge"}, cart)
		w.ok("PUT /cart/lines/"+string(w.mug), object{"quantity": 5}, cart)
		w.ok("POST /cart/shipping-options", nil, cart)
		w.refused(422, "payment_unknown", "POST /cart/checkout", object{"payment": "gold"}, cart, key("k"))
		w.refused(422, "invalid", "POST /cart/checkout", object{"payment": "bank", "return_url": "javascript:alert(1)"}, cart, key("k"))
		w.ok("POST /cart/checkout", nil, cart, key("k"))
		w.refused(404, "not_found", "GET /products/none", nil)
		w.refused(422, "invalid", "GET /products?after=x", nil)
		w.refused(422, "invalid", "GET /products?limit=1000", nil)
		w.refused(404, "not_found", "GET /products?collection=none", nil)
	})
}

func TestTheLastTeeIsSoldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		first, second := w.filled(w.tee, 1), w.filled(w.tee, 1)
		w.ok("POST /cart/checkout", nil, bearer(first), key("a"))
		g := w.refused(409, "sold_out", "POST /cart/checkout", nil, bearer(second), key("a"))
		if g.str("variant") != string(w.tee) {
			w.Error(g.text)
		}
		if g := w.ok("GET /cart", nil, bearer(second)); g.str("lines.0.available") != "0" || g.str("order") != "" {
			w.Error(g.text)
		}
	})
}

func TestCountriesAndWaysToPay(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		if g := w.ok("GET /countries/jp", nil); g.str("country") != "JP" || !strings.Contains(g.text, `"Prefecture"`) {
			w.Error(g.text)
		}
		w.refused(404, "not_found", "GET /countries/qq", nil)
		if g := w.ok("GET /countries", nil); len(g.json["countries"].([]any)) < 240 {
			w.Error(len(g.text))
		}
		if g := w.ok("GET /payment-methods", nil); g.str("payment_methods.0.name") != "bank" || g.str("payment_methods.0.manual") != "true" || strings.Contains(g.text, "DE89") {
			w.Error(g.text)
		}
	})
}
