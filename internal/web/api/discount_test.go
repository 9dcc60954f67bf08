package api_test

import (
	"strings"
	"testing"
)

func euro(amount string) object { return object{"amount": amount, "currency": "EUR"} }

// A program makes a code, a shopper uses it, the program ends it: nobody uses it any more.
func TestAProgramMakesAndEndsACode(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		boss, read := bearer(w.keys["manager"]), bearer(w.keys["reader"])
		made := w.ok("POST /admin/discounts", object{"code": "hello 10", "kind": "percent", "basis_points": 1000, "minimum": euro("5.00"), "once_per_customer": true}, boss, key("1"))
		if made.status != 201 || made.str("code") != "HELLO10" || made.str("state") != "active" || made.str("minimum.amount") != "5.00" {
			w.Error(made.text)
		}
		again := w.ok("POST /admin/discounts", object{"code": "hello 10", "kind": "percent", "basis_points": 1000, "minimum": euro("5.00"), "once_per_customer": true}, boss, key("1"))
		if again.header.Get("Idempotent-Replayed") != "true" || again.str("id") != made.str("id") {
			w.Errorf("the same key twice: %s", again.text)
		}
		w.refused(422, "code_taken", "POST /admin/discounts", object{"code": "HELLO10", "kind": "shipping"}, boss, key("2"))
		w.refused(422, "invalid", "POST /admin/discounts", object{"code": "NIL", "kind": "amount"}, boss, key("3"))
		w.refused(422, "invalid", "POST /admin/discounts", object{"code": "NIL", "kind": "percent", "basis_points": 10001}, boss, key("4"))
		w.refused(422, "currency", "POST /admin/discounts", object{"code": "NIL", "kind": "amount", "amount": object{"amount": "5.00", "currency": "USD"}}, boss, key("5"))
		w.refused(403, "forbidden", "POST /admin/discounts", object{"code": "NIL", "kind": "shipping"}, read, key("6"))
		five := w.ok("POST /admin/discounts", object{"code": "FIVE", "kind": "amount", "amount": euro("5.00"), "until": "2099-01-01T00:00:00Z", "most_uses": 2}, boss, key("7"))
		first := w.ok("GET /admin/discounts?limit=1", nil, read)
		second := w.ok("GET /admin/discounts?limit=1&after="+first.str("next"), nil, read)
		if pages := first.text + second.text; !strings.Contains(pages, `"HELLO10"`) || !strings.Contains(pages, `"amount":{"amount":"5.00"`) || second.str("next") != "" {
			w.Error(pages)
		}
		cart := w.filled(w.mug, 2)
		w.refused(422, "code_unknown", "PUT /cart/code", object{"code": "none"}, bearer(cart))
		w.ok("PUT /cart/code", object{"code": "Hello 10"}, bearer(cart))
		if g := w.ok("GET /cart/totals", nil, bearer(cart)); g.str("discount.amount") != "2.00" {
			w.Error(g.text)
		}
		w.ok("POST /cart/checkout", object{"payment": "bank"}, bearer(cart), key("buy"))
		if g := w.ok("GET /admin/discounts/"+made.str("id"), nil, read); g.str("uses") != "1" {
			w.Error(g.text)
		}
		if g := w.ok("POST /admin/discounts/"+five.str("id")+"/end", nil, boss, key("8")); g.str("state") != "stopped" {
			w.Error(g.text)
		}
		w.ok("POST /admin/discounts/"+five.str("id")+"/end", nil, boss, key("9")) // again changes nothing
		w.refused(422, "code_over", "PUT /cart/code", object{"code": "five"}, bearer(w.filled(w.mug, 1)))
		w.refused(404, "not_found", "POST /admin/discounts/dc_none/end", nil, boss, key("10"))
		w.refused(404, "not_found", "GET /admin/discounts/dc_none", nil, read)
	})
}

// Store credit is given with a reason, taken back as far as there is some, and every entry is told.
func TestAProgramGivesStoreCredit(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		boss, read := bearer(w.keys["manager"]), bearer(w.keys["reader"])
		order, _ := w.placed(w.mug, 1)
		path := "/admin/customers/" + w.ok("GET /admin/orders/"+order, nil, read).str("customer.id") + "/credit"
		if g := w.ok("GET "+path, nil, read); g.str("balances") != "[]" || g.str("entries") != "[]" {
			w.Error(g.text)
		}
		given := object{"amount": euro("7.50"), "reason": "for the trouble"}
		for range 2 {
			if g := w.ok("POST "+path, given, boss, key("1")); g.str("balances.0.amount") != "7.50" {
				w.Error(g.text)
			}
		}
		w.ok("POST "+path, object{"amount": euro("-2.00"), "reason": "too much"}, boss, key("2"))
		g := w.ok("GET "+path, nil, read)
		if g.str("balances.0.amount") != "5.50" || !strings.Contains(g.text, `"amount":"-2.00"`) || !strings.Contains(g.text, `"words":"for the trouble","actor":"key:`) ||
			g.str("entries.0.kind") != "hand" || g.str("entries.1.kind") != "hand" {
			w.Error(g.text)
		}
		w.refused(422, "credit_short", "POST "+path, object{"amount": euro("-5.51"), "reason": "more"}, boss, key("3"))
		w.refused(422, "currency", "POST "+path, object{"amount": object{"amount": "1.00", "currency": "USD"}, "reason": "x"}, boss, key("4"))
		w.refused(422, "amount", "POST "+path, object{"amount": euro("0.00"), "reason": "x"}, boss, key("5"))
		w.refused(422, "words", "POST "+path, object{"amount": euro("1.00"), "reason": "  "}, boss, key("6"))
		w.refused(400, "idempotency_key_missing", "POST "+path, given, boss)
		w.refused(403, "forbidden", "POST "+path, given, bearer(w.keys["support"]), key("7"))
		w.refused(404, "not_found", "GET /admin/customers/cu_none/credit", nil, read)
		w.refused(404, "not_found", "POST /admin/customers/cu_none/credit", given, boss, key("8"))
	})
}
