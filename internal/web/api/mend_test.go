package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// What people mend on an order: where it goes, whether it is wanted at all.
func TestAnOrderIsMended(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		order, token := w.placed(w.mug, 1)
		help := bearer(w.keys["support"])
		to := address()
		to["line1"] = "2 Low Street"
		g := w.ok("POST /admin/orders/"+order+"/address", object{"shipping_address": to}, help, key("1"))
		if g.str("shipping_address.line1") != "2 Low Street" || !strings.Contains(g.text, "order.readdressed") {
			w.Error(g.text)
		}
		to["country"], to["postal_code"] = "DE", "10115"
		w.refused(http.StatusUnprocessableEntity, "country", "POST /admin/orders/"+order+"/address", object{"shipping_address": to}, help, key("2"))
		w.refused(http.StatusUnprocessableEntity, "invalid", "POST /admin/orders/"+order+"/address", object{"shipping_address": object{"name": "Ann", "line1": "", "locality": "x", "country": "GB"}}, help, key("3"))
		w.refused(http.StatusNotFound, "not_found", "POST /admin/orders/"+order+"/refunds/re_none/retry", nil, bearer(w.keys["manager"]), key("4"))

		w.refused(http.StatusUnauthorized, "token_unknown", "POST /orders/"+order+"/cancel", nil, bearer("wrong"), key("5"))
		if g := w.ok("POST /orders/"+order+"/cancel", object{"reason": "too dear"}, bearer(token), key("6")); g.str("state") != "cancelled" {
			w.Error(g.text)
		}
	})
}

// A kept answer shows a customer's address: the right key without the order's token opens it no more
// than a new one does.
func TestAKeptAnswerNeedsTheOrdersToken(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		order, token := w.placed(w.mug, 1)
		_, other := w.placed(w.mug, 1)
		cancel := "POST /orders/" + order + "/cancel"
		first := w.ok(cancel, nil, bearer(token), key("1"))
		for _, wrong := range []string{"wrong", other} {
			w.refused(http.StatusUnauthorized, "token_unknown", cancel, nil, bearer(wrong), key("1"))
			w.refused(http.StatusUnauthorized, "token_unknown", cancel+"?token="+wrong, nil, key("1"))
		}
		if again := w.ok(cancel, nil, bearer(token), key("1")); again.text != first.text || again.header.Get("Idempotent-Replayed") != "true" {
			w.Error(again.text)
		}
	})
}
