package api_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/store"
)

// arrived is an order that was paid, sent and delivered.
func (w *world) arrived(quantity int) (order, number string) {
	w.Helper()
	order, _ = w.placed(w.mug, quantity)
	boss := bearer(w.keys["manager"])
	g := w.ok("POST /admin/orders/"+order+"/confirm-payment", nil, boss, key(order+"1"))
	purchase := "POST /admin/purchases/" + g.str("purchases.0.id")
	w.ok(purchase+"/place-by-hand", object{"ref": "S-" + order}, boss, key(order+"2"))
	w.ok(purchase+"/accept", nil, boss, key(order+"3"))
	parcel := object{"number": "LX123456789NL", "carrier": "postnl", "lines": []object{{"supplier_sku": "A-mug", "quantity": quantity}}}
	g = w.ok(purchase+"/ship", parcel, boss, key(order+"4"))
	w.ok("POST /admin/shipments/"+g.str("shipments.0.id")+"/event", object{"kind": "delivered"}, boss, key(order+"5"))
	return order, g.str("number")
}

// claimed is a customer's claim for a unit.
func (w *world) claimed(order string) string {
	w.Helper()
	var made claim.Claim
	w.now.Advance(time.Second)
	w.update(func(ctx context.Context, tx *db.Tx) (err error) {
		made, err = flow.OpenClaim(ctx, tx, w.store, id.Order(order), flow.ClaimSaid{Kind: claim.NotAsDescribed, Wish: claim.Return,
			Units: map[int64]int64{1: 1}, Words: "it is blue", Actor: "customer"})
		return err
	})
	return string(made.ClaimID)
}

// TestAProgramSeesReturnsThrough: claims are listed page by page, by state and by order, and one
// goes from the customer's wish to the money by the API alone.
func TestAProgramSeesReturnsThrough(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		w.update(func(ctx context.Context, tx *db.Tx) error {
			return store.Set(ctx, tx, w.store, "claim.return_to", "1 Mug Street\nLeeds")
		})
		boss, reader, support := bearer(w.keys["manager"]), bearer(w.keys["reader"]), bearer(w.keys["support"])
		order, number := w.arrived(3)
		first, second, third := w.claimed(order), w.claimed(order), w.claimed(order)
		listed := func(query string, want ...string) got {
			w.Helper()
			g := w.ok("GET /admin/claims"+query, nil, reader)
			var names []string
			for _, one := range g.json["claims"].([]any) {
				names = append(names, one.(object)["id"].(string))
			}
			if strings.Join(names, " ") != strings.Join(want, " ") {
				w.Errorf("%q lists %s instead of %s", query, names, want)
			}
			return g
		}
		page := listed("?limit=2", third, second)
		if page.str("claims.0.email") != "ann@example.com" || page.str("claims.0.words") != "it is blue" || page.str("claims.0.order") != order {
			w.Error(page.text)
		}
		if last := listed("?limit=2&after="+page.str("next"), first); last.str("next") != "" {
			w.Error(last.text)
		}
		at := "POST /admin/claims/" + first
		w.refused(409, "not_possible", at+"/tracking", object{"number": "RX1"}, support, key("early"))
		w.refused(409, "not_possible", at+"/receive", nil, support, key("early-too"))
		if g := w.ok(at+"/approve", object{"outcome": "return"}, boss, key("yes")); g.str("state") != "returning" || g.str("return") != "" {
			w.Error(g.text)
		}
		listed("?state=opened", third, second)
		listed("?state=returning&order="+number, first)
		listed("?order="+order+"&limit=1&after="+second, first)
		w.refused(404, "not_found", "GET /admin/claims?order=99999", nil, reader)
		w.refused(422, "invalid", "GET /admin/claims?state=lost", nil, reader)
		for _, over := range claim.Claims.Final {
			listed("?state=" + string(over))
		}
		if g := w.ok(at+"/tracking", object{"number": "rx 123", "carrier": "Royal Mail"}, support, key("sent")); g.str("return.number") != "RX123" || g.str("return.received_at") != "" {
			w.Error(g.text)
		}
		w.refused(409, "not_possible", at+"/inspect", object{"accepted": []object{{"line": 1, "units": 1}}}, boss, key("unseen"))
		if g := w.ok(at+"/receive", nil, support, key("here")); g.str("state") != "inspecting" || g.str("return.received_at") == "" {
			w.Error(g.text)
		}
		w.refused(422, "words", at+"/inspect", object{"accepted": []object{}}, boss, key("no-word"))
		if g := w.ok(at+"/inspect", object{"accepted": []object{{"line": 1, "units": 1}}}, boss, key("fine")); g.str("state") != "settling" || g.str("refund") == "" {
			w.Error(g.text)
		}
		listed("?live=true", third, second, first)
		listed("?state=settling", first)
	})
}
