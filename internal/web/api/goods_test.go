package api_test

import "testing"

// A program makes a product: the same rules as by hand, and every field that is wrong is named.
func TestAProgramMakesAProduct(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		boss := bearer(w.keys["manager"])
		wish := object{"title": "Linen tee", "body": "<p>Soft</p><script>x</script>", "price": euro("19.90"), "compare_at": euro("25.00"), "sku_prefix": "TEE",
			"options": []object{{"name": "Colour", "values": []string{"Red", "Blue"}}, {"name": "Size", "values": []string{"S", "M"}}}}
		made := w.ok("POST /admin/products", wish, boss, key("1"))
		if made.status != 201 || made.str("status") != "draft" || made.str("handle") != "linen-tee" || made.str("body") != "<p>Soft</p>" ||
			made.str("variants.3.sku") != "TEE-BLUE-M" || made.str("variants.3.price.amount") != "19.90" || made.str("variants.3.compare_at.amount") != "25.00" {
			w.Error(made.text)
		}
		if again := w.ok("POST /admin/products", wish, boss, key("1")); again.header.Get("Idempotent-Replayed") != "true" || again.str("id") != made.str("id") {
			w.Error(again.text)
		}
		if other := w.ok("POST /admin/products", wish, boss, key("2")); other.str("handle") != "linen-tee-2" {
			w.Error(other.text)
		}
		w.refused(404, "not_found", "GET /products/linen-tee", nil)
		wrong := w.refused(422, "invalid", "POST /admin/products", object{"title": " ", "price": euro("5.00"), "compare_at": euro("4.00"), "supplier": "su_none", "cost": euro("1.00"),
			"options": []object{{"name": "Colour", "values": []string{"Red", "Red"}}}}, boss, key("3"))
		for i, field := range []string{"title", "options[0].values", "compare_at", "supplier"} {
			if got := wrong.str("errors." + string(rune('0'+i)) + ".field"); got != field {
				w.Errorf("%s, not %s: %s", got, field, wrong.text)
			}
		}
		w.refused(422, "invalid", "POST /admin/products", object{"title": "Tee", "price": object{"amount": "5.00", "currency": "USD"}}, boss, key("4"))
		w.refused(422, "invalid", "POST /admin/products", object{"title": "Tee"}, boss, key("5"))
		w.refused(403, "forbidden", "POST /admin/products", wish, bearer(w.keys["support"]), key("6"))
		w.refused(400, "idempotency_key_missing", "POST /admin/products", wish, boss)
	})
}
