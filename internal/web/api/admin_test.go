package api_test

import (
	"context"
	"strings"
	"testing"

	"doorstep/internal/db"
)

func TestAMerchantFollowsAnOrder(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		order, _ := w.placed(w.mug, 2)
		boss := bearer(w.keys["manager"])
		list := w.ok("GET /admin/orders?q=ann@example.com", nil, boss)
		if list.str("orders.0.id") != order || list.str("orders.0.money") != "unpaid" {
			w.Error(list.text)
		}
		number := list.str("orders.0.number")
		if g := w.ok("GET /admin/orders?q=%23"+number, nil, boss); g.str("orders.0.id") != order {
			w.Error(g.text)
		}
		if g := w.ok("GET /admin/orders?q=mug", nil, boss); !strings.Contains(g.text, `"orders":[]`) {
			w.Error(g.text)
		}
		w.refused(404, "not_found", "GET /admin/orders/99999", nil, boss)
		g := w.ok("POST /admin/orders/"+number+"/confirm-payment", nil, boss, key("1"))
		if g.str("state") != "open" || g.str("money") != "paid" || g.str("purchases.0.supplier_name") != "Acme Secret Supplies" || !strings.Contains(g.text, "key:ak_") {
			w.Error(g.text)
		}
		w.refused(409, "nothing_to_confirm", "POST /admin/orders/"+number+"/confirm-payment", nil, boss, key("2"))
		purchase := "POST /admin/purchases/" + g.str("purchases.0.id")
		w.ok(purchase+"/place-by-hand", object{"ref": "S-77"}, boss, key("3"))
		w.ok(purchase+"/accept", nil, boss, key("4"))
		g = w.ok(purchase+"/ship", object{"number": "LX123456789NL", "carrier": "postnl", "lines": []object{{"supplier_sku": "A-mug", "quantity": 2}}}, boss, key("5"))
		if g.str("purchases.0.ref") != "S-77" || g.str("shipments.0.number") != "LX123456789NL" || g.str("goods") != "shipped" {
			w.Error(g.text)
		}
		news := "POST /admin/shipments/" + g.str("shipments.0.id") + "/event"
		w.refused(422, "invalid", news, object{"kind": "vanished"}, boss, key("8"))
		if g = w.ok(news, object{"kind": "delivered", "words": "the customer called"}, boss, key("9")); g.str("goods") != "delivered" || g.str("state") != "closed" {
			w.Error(g.text)
		}
		w.refused(422, "currency", "POST /admin/orders/"+number+"/refund", object{"amount": object{"amount": "1.00", "currency": "USD"}, "reason": "chipped"}, boss, key("6"))
		w.refused(422, "invalid", "POST /admin/orders/"+number+"/refund", object{"amount": object{"amount": "1.005", "currency": "EUR"}, "reason": "chipped"}, boss, key("6"))
		refund := object{"amount": object{"amount": "10.00", "currency": "EUR"}, "reason": "chipped"}
		w.ok("POST /admin/orders/"+number+"/refund", refund, boss, key("7"))
		g = w.ok("POST /admin/orders/"+number+"/refund", refund, boss, key("7"))
		if g.header.Get("Idempotent-Replayed") != "true" {
			w.Error(g.header)
		}
		g = w.ok("GET /admin/orders/"+number, nil, boss)
		if len(g.json["refunds"].([]any)) != 1 || g.str("refunds.0.amount.amount") != "10.00" {
			w.Error(g.text)
		}
	})
}

func TestAnUnpaidOrderIsCancelled(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		order, token := w.placed(w.mug, 5)
		help := bearer(w.keys["support"])
		g := w.ok("POST /admin/orders/"+order+"/cancel", object{"reason": "asked by mail"}, help, key("1"))
		if g.str("state") != "cancelled" || !strings.Contains(g.text, "asked by mail") {
			w.Error(g.text)
		}
		if g := w.ok("GET /orders/"+order, nil, bearer(token)); g.str("goods") != "cancelled" {
			w.Error(g.text)
		}
		if g := w.ok("GET /products/mug", nil); g.str("variants.0.available") != "5" {
			w.Errorf("the stock did not come back: %s", g.text)
		}
	})
}

func TestTheDeskShowsWhatWaits(t *testing.T) {
	t.Parallel()
	each(t, func(w *world) {
		boss := bearer(w.keys["owner"])
		order, _ := w.placed(w.mug, 1)
		g := w.ok("POST /admin/orders/"+order+"/pay-on-delivery", nil, boss, key("1"))
		if g.str("money") != "authorised" || g.str("state") != "open" {
			w.Error(g.text)
		}
		w.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `INSERT INTO jobs (job_id, store_id, kind, key, run_at, parked, error, created_at)
				VALUES ('jo_1', $1, 'mail.send', 'mail/1', 1, TRUE, 'gave up', 1)`, string(w.store))
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, `INSERT INTO feeds (store_id, feed_id, supplier_id, state, reason, offers, seen, changed, created_at)
				SELECT store_id, 'fe_1', supplier_id, 'parked', 'half is gone', '[]', 10, 5, 1 FROM suppliers`)
			return err
		})
		if g := w.ok("GET /admin/attention", nil, boss); g.str("orders.0.id") != order || g.str("jobs.0.error") != "gave up" || g.str("feeds.0.id") != "fe_1" {
			w.Error(g.text)
		}
		w.ok("POST /admin/jobs/jo_1/retry", nil, boss, key("2"))
		w.refused(404, "not_found", "POST /admin/jobs/jo_1/retry", nil, boss, key("3"))
		w.ok("POST /admin/feeds/fe_1/refuse", nil, boss, key("4"))
		w.refused(409, "not_possible", "POST /admin/feeds/fe_1/believe", nil, boss, key("5"))
		w.refused(404, "not_found", "POST /admin/feeds/fe_9/believe", nil, boss, key("6"))
		if g := w.ok("GET /admin/products?status=active", nil, boss); g.str("products.0.variants.0.barcode") != "4006381333931" {
			w.Error(g.text)
		}
		if g := w.ok("GET /admin/suppliers", nil, boss); g.str("suppliers.0.ship_to") != `["DE","GB"]` {
			w.Error(g.text)
		}
		if g := w.ok("GET /admin/connectors", nil, boss); g.str("connectors.0.name") != "bank" || strings.Contains(g.text, "DE89") {
			w.Error(g.text)
		}
		if g := w.ok("POST /admin/connectors/payment/bank/test", nil, boss); g.str("works") != "true" {
			w.Error(g.text)
		}
		w.refused(404, "not_found", "POST /admin/connectors/payment/none/test", nil, boss)
	})
}
