package aliexpress

import (
	"net/http"
	"testing"
	"time"

	"doorstep/connector"
)

// FuzzAnswers feeds every decoder whatever comes: none may panic, and an answer that makes
// no sense must not become an order.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `null`, `{"error_response":{"code":15}}`, `{"result":{"is_success":true,"order_list":{"number":[8190439416163295]}}}`,
		`{"aliexpress_ds_order_create_response":{"result":{"is_success":"true","order_list":{"number":"8190"},"error_msg":"OrderCreated, autoPay fail:APIPayFail"}}}`,
		`{"result":{"order_status":"FINISH","child_order_list":{"a":{"product_id":1,"end_reason":"CANCELED"}},"order_amount":{"amount":"1e9","currency_code":"USD"}}}`,
		`{"result":{"ret":true,"data":{"tracking_detail_line_list":{"tracking_detail":[{"mail_no":"A","detail_node_list":{"detail_node":{"time_stamp":1e99}}}]}}}}`,
		`{"result":{"ae_item_sku_info_dtos":[{"sku_id":1,"offer_sale_price":"-1"}]}}`,
		`{"result":{"delivery_options":[{"code":"X","shipping_fee_cent":"9","shipping_fee_format":",.9"}]}}`,
		`{"result":{"data":{"children":"[{\"name\":\"A\",\"children\":[{}]}]"}}}`,
		`{"access_token":"a","expires_in":99999999999999}`,
	} {
		f.Add([]byte(seed))
	}
	now := time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)
	c := &Conn{currency: "USD", values: connector.Values{"auto_pay": "true"}, env: connector.Env{Now: func() time.Time { return now }}, products: map[string]article{}}
	f.Fuzz(func(t *testing.T, raw []byte) {
		body, err := open(raw)
		if err != nil {
			return
		}
		if status, err := c.placed("K", body, raw); err == nil && status.Ref.Ref == "" {
			t.Error("an order without a number")
		}
		if a, err := c.articleOf(body, "1"); err == nil && len(a.variants) == 0 {
			t.Error("an article without SKUs")
		}
		_, _ = parcelsOf(body)
		_, _ = quotesOf(body, raw, "", "USD")
		_ = provincesOf(body)
		_, _ = c.pairOf(body, pair{})
		p := part{number: "1"}
		for _, one := range body.at("result", "child_order_list").list() {
			p.lines = append(p.lines, childOf(one))
		}
		p.judge(body.get("result"))
		p.price(body.get("result"))
		_ = formerParcels(body.get("result"))
	})
}

// FuzzPush: a message that is not signed right is never more than a hint, and none panics.
func FuzzPush(f *testing.F) {
	f.Add(`{"data":{"buyerId":1861703697,"orderId":1105933950463697,"orderStatus":"paymentFailedEvent"},"message_type":53,"seller_id":"1234","site":"ae_global","timestamp":1719389200}`, "")
	f.Add(`{"data":{"orderId":"1"}}`, "00")
	f.Add(`[]`, "zz")
	c := &Conn{values: connector.Values{"app_key": "k", "app_secret": "s"}}
	f.Fuzz(func(t *testing.T, body, authorization string) {
		header := http.Header{}
		header.Set("Authorization", authorization)
		m, err := c.Receive(header, []byte(body))
		if err == nil && (len(m.Status) > 0 || len(m.Recheck) != 1) {
			t.Errorf("message %+v", m)
		}
	})
}

// FuzzPhone: a number never grows and has digits only.
func FuzzPhone(f *testing.F) {
	f.Add("+49 171 1234567", "DE")
	f.Add("00", "ES")
	f.Fuzz(func(t *testing.T, number, country string) {
		_, national := phone(number, country)
		if onlyDigits(national) != national || len(national) > len(number) {
			t.Errorf("%q in %q: %q", number, country, national)
		}
	})
}
