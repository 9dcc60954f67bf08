package aliexpress_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"doorstep/money"
	"doorstep/supplier"
)

// canned serves one answer per method, written by hand from what others have seen live:
// numbers as texts and the other way round, lists bare, wrapped and missing, fields that
// nobody documents, and most optional ones left out.
func canned(t *testing.T, answers map[string]string) *stage {
	t.Helper()
	s := newStage(t, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := answers[r.URL.Query().Get("method")]
		if body == "" {
			body = `{"error_response":{"type":"ISP","code":"ServiceUnavailable","msg":"none"}}`
		}
		_, _ = io.WriteString(w, body)
	}))
	t.Cleanup(server.Close)
	s.base = server.URL
	return s
}

func TestAnswersOfOtherMakers(t *testing.T) {
	t.Parallel()
	for name, answers := range map[string]map[string]string{
		"named after the old method": {
			"aliexpress.ds.order.create":       `{"aliexpress_trade_buy_placeorder_response":{"result":{"is_success":"true","order_list":{"number":8190439416163295}},"request_id":"x"}}`,
			"aliexpress.trade.ds.order.get":    `{"aliexpress_ds_trade_order_get_response":{"result":{"order_status":"WAIT_BUYER_ACCEPT_GOODS","child_order_list":{"ae_child_order_info":{"product_id":"1005006900621295","sku_id":12000037255569170,"product_count":"2"}}},"rsp_code":200}}`,
			"aliexpress.ds.order.tracking.get": `{"aliexpress_ds_order_tracking_get_response":{"result":{"ret":"true","code":0,"data":{"tracking_detail_line_list":{"tracking_detail":{"mail_no":62727952231,"carrier_name":"AliExpress Selection Standard","detail_node_list":{"detail_node":[{"time_stamp":1770194210868,"tracking_name":"IN_TRANSIT"},{"time_stamp":"1770192487","tracking_name":"CREATED"}]}}}}}}}`,
			"aliexpress.ds.product.get":        `{"aliexpress_ds_product_get_response":{"result":{"ae_item_sku_info_dtos":[{"sku_id":12000037255569170,"id":"14:193#Black","offer_sale_price":12.99,"currency_code":"USD","sku_available_stock":"7"}],"new_field":{"a":[1]}}}}`,
		},
		"simplified": {
			"aliexpress.ds.order.create":       `{"result":{"is_success":true,"order_list":["8190439416163295"]},"code":"0"}`,
			"aliexpress.trade.ds.order.get":    `{"order_status":"WAIT_BUYER_ACCEPT_GOODS","logistics_status":"SELLER_SEND_GOODS","child_order_list":[{"product_id":1005006900621295,"sku_id":"12000037255569170","product_count":2}]}`,
			"aliexpress.ds.order.tracking.get": `{"ret":true,"data":{"tracking_detail_line_list":[{"mail_no":"62727952231","detail_node_list":[{"time_stamp":"1770194210868","tracking_detail_desc":"Arrived at sorting centre"}]}]}}`,
			"aliexpress.ds.product.get":        `{"rsp_code":"200","ae_item_sku_info_dtos":{"x":{"sku_id":"12000037255569170","sku_attr":"14:193#Black","sku_price":"12.99","sku_available_stock":7.0}}}`,
		},
		"resp_result": {
			"aliexpress.ds.order.create":       `{"aliexpress_ds_order_create_response":{"resp_result":{"resp_code":200,"result":{"is_success":true,"order_list":{"number":[{"order_id":8190439416163295}]}}}}}`,
			"aliexpress.trade.ds.order.get":    `{"aliexpress_trade_ds_order_get_response":{"result":{"order_status":"WAIT_BUYER_ACCEPT_GOODS","logistics_info_list":{"aeop_order_logistics_info":{"logistics_no":"62727952231","logistics_service":"CAINIAO_STANDARD"}}}}}`,
			"aliexpress.ds.order.tracking.get": `{"aliexpress_ds_order_tracking_get_response":{"result":{"ret":"false","code":"1001","msg":"TRACKING DATA NOT FOUND"}}}`,
			"aliexpress.ds.product.get":        `{"aliexpress_ds_product_get_response":{"resp_result":{"resp_code":200,"result":{"ae_item_sku_info_dtos":{"ae_item_sku_info_d_t_o":[{"sku_id":"12000037255569170","sku_attr":"14:193#Black","offer_sale_price":"12.99","sku_available_stock":7}]}}}}}`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := canned(t, answers)
			c := s.open()
			placed := s.submit(c, order("OTHER", mug))
			if placed.Ref.Ref != "8190439416163295" || placed.State != supplier.Placed {
				t.Errorf("placed %+v", placed.Ref)
			}
			got := s.report(c, placed.Ref)
			if got.State != supplier.Shipped || len(got.Parcels) != 1 || got.Parcels[0].Number != "62727952231" {
				t.Errorf("report %s %+v", got.State, got.Parcels)
			}
			for _, e := range got.Parcels[0].Events {
				if e.At.Year() != 2026 {
					t.Errorf("event %+v", e)
				}
			}
			page, err := c.Offers(t.Context(), supplier.Ask{SKUs: []string{mug}})
			if err != nil || len(page.Offers) != 1 || page.Offers[0].Cost != money.New(1299, "USD") || page.Offers[0].Quantity != 7 {
				t.Errorf("offers %+v, %v", page, err)
			}
		})
	}
}

// The table of the documents, status by status.
func TestDocumentedStates(t *testing.T) {
	t.Parallel()
	for _, one := range []struct {
		status, logistics, reason string
		want                      supplier.State
	}{
		{"PLACE_ORDER_SUCCESS", "DEFAULT", "", supplier.Unpaid},
		{"PAYMENT_PROCESSING", "DEFAULT", "", supplier.Placed},
		{"WAIT_SELLER_EXAMINE_MONEY", "", "", supplier.Placed},
		{"RISK_CONTROL", "", "", supplier.Placed},
		{"RISK_CONTROL_HOLD", "", "", supplier.Placed},
		{"WAIT_GROUP", "", "", supplier.Placed},
		{"WAIT_COMPLETE_ADDRESS", "", "", supplier.Placed},
		{"A_NEW_ONE", "", "", supplier.Placed},
		{"WAIT_SELLER_SEND_GOODS", "WAIT_SELLER_SEND_GOODS", "", supplier.Accepted},
		{"WAIT_SELLER_SEND_GOODS", "", "CANCELED", supplier.Cancelled},
		{"SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS", "", supplier.PartShip},
		{"WAIT_BUYER_ACCEPT_GOODS", "SELLER_SEND_GOODS", "", supplier.Shipped},
		{"IN_CANCEL", "", "", supplier.Cancelling},
		{"FINISH", "BUYER_ACCEPT_GOODS", "", supplier.Delivered},
		{"FINISH", "SELLER_SEND_GOODS", "", supplier.Delivered},
		{"FINISH", "NO_LOGISTICS", "", supplier.Cancelled},
		{"FINISH", "WAIT_SELLER_SEND_GOODS", "", supplier.Cancelled},
		{"FINISH", "", "", supplier.Cancelled},
		{"FINISH", "BUYER_ACCEPT_GOODS", "CANCELED", supplier.Cancelled},
	} {
		body := `{"result":{"order_status":"` + one.status + `","logistics_status":"` + one.logistics + `","child_order_list":{"c":[{"product_id":1,"end_reason":"` + one.reason + `"}]}}}`
		s := canned(t, map[string]string{
			"aliexpress.trade.ds.order.get":    body,
			"aliexpress.ds.order.tracking.get": `{"result":{"ret":false,"code":"1001"}}`,
			"aliexpress.ds.product.get":        `{"rsp_code":605,"rsp_msg":"ITEM_ID_NOT_FOUND"}`,
		})
		if got := s.report(s.open(), supplier.Ref{Ref: "8190439416163295"}); got.State != one.want {
			t.Errorf("%s, %s, %q: %s, want %s", one.status, one.logistics, one.reason, got.State, one.want)
		}
	}
}

// "404 System Error" of a product is no reason to call it gone.
func TestSystemErrorOfAProduct(t *testing.T) {
	t.Parallel()
	s := canned(t, map[string]string{"aliexpress.ds.product.get": `{"aliexpress_ds_product_get_response":{"rsp_code":404,"rsp_msg":"System Error"}}`})
	page, err := s.open().Offers(t.Context(), supplier.Ask{SKUs: []string{mug}})
	if err == nil || !strings.Contains(err.Error(), "System Error") || len(page.Gone) > 0 {
		t.Errorf("page %+v, %v", page, err)
	}
}
