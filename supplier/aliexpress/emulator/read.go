package emulator

import (
	"encoding/json"
	"strconv"
	"time"

	"doorstep/connector/emulator"
	"doorstep/money"
)

// stamp is a time as orders carry it: Pacific time, without a zone.
func stamp(t time.Time) string {
	return t.In(time.FixedZone("PST", -8*3600)).Format("2006-01-02 15:04:05")
}

func (s *Server) orderGet(params map[string]string) (any, *failure) {
	var q struct {
		Order json.Number `json:"order_id"`
	}
	if err := json.Unmarshal([]byte(params["single_order_query"]), &q); err != nil {
		return nil, &failure{code: "UnsupportedParamMapping", words: "single_order_query cannot be read"}
	}
	o := s.desk.orders[q.Order.String()]
	if o == nil {
		return nil, &failure{code: "15", sub: "isv.insufficient-permission", words: "Remote service error"}
	}
	goods, fee := o.total()
	total, _ := goods.Add(fee)
	status, logistics := s.statuses(o)
	result := fields{
		"gmt_create": stamp(o.created), "order_status": status, "logistics_status": logistics,
		"order_amount": amount(total), "user_order_amount": amount(total),
		"child_order_list": o.children(),
		"store_info":       fields{"store_id": o.store, "store_name": "Store " + strconv.FormatInt(o.store, 10), "store_url": "https://www.aliexpress.com/store/" + strconv.FormatInt(o.store, 10)},
	}
	if o.paid.IsZero() {
		result["pay_timeout_second"] = strconv.FormatInt(int64(s.o.PayTime.Seconds()), 10)
	} else {
		result["order_paidtime_string"] = stamp(o.paid)
	}
	sent := list{name: "aeop_order_logistics_info"}
	for _, n := range o.parcels() {
		sent.items = append(sent.items, fields{"logistics_no": n, "logistics_service": o.lines[0].service})
	}
	if len(sent.items) > 0 {
		result["logistics_info_list"] = sent
	}
	return fields{"result": result, "rsp_code": "200", "rsp_msg": "Call succeeds"}, nil
}

func amount(a money.Amount) fields {
	return fields{"amount": a.Decimal(), "currency_code": string(a.Currency)}
}

func (o *order) children() list {
	out := list{name: "aeop_child_order_info"}
	for _, l := range o.lines {
		one := fields{
			"product_id": l.article.ID, "product_name": l.article.Title, "product_count": l.count,
			"sku_id": strconv.FormatInt(l.sku.ID, 10), "product_price": amount(l.cost),
			"shipping_fee": amount(l.fee), "actual_shipping_fee": amount(l.fee),
		}
		if l.cancelled {
			one["end_reason"] = "CANCELED"
		}
		out.items = append(out.items, one)
	}
	return out
}

// parcels are the numbers of an order, in the order of their lines.
func (o *order) parcels() []string {
	var out []string
	seen := map[string]bool{"": true}
	for _, l := range o.lines {
		if !seen[l.parcel] {
			seen[l.parcel] = true
			out = append(out, l.parcel)
		}
	}
	return out
}

// statuses are order_status and logistics_status.
func (s *Server) statuses(o *order) (string, string) {
	now, pace := s.o.World.Now(), s.o.World.Pace()
	if !o.held.IsZero() {
		now = o.held
	}
	switch {
	case !o.ended.IsZero():
		return "FINISH", "NO_LOGISTICS"
	case o.confirmed:
		return "FINISH", "BUYER_ACCEPT_GOODS"
	case o.asked:
		return "IN_CANCEL", "WAIT_SELLER_SEND_GOODS"
	case o.risk:
		return "RISK_CONTROL", "DEFAULT"
	case o.incomplete:
		return "WAIT_COMPLETE_ADDRESS", "DEFAULT"
	case o.paid.IsZero():
		return "PLACE_ORDER_SUCCESS", "DEFAULT"
	case !o.left.IsZero():
		return "WAIT_BUYER_ACCEPT_GOODS", "SELLER_SEND_GOODS"
	case len(o.parcels()) > 0:
		return "SELLER_PART_SEND_GOODS", "SELLER_SEND_PART_GOODS"
	case now.Before(o.paid.Add(pace.Accept)):
		return "PAYMENT_PROCESSING", "DEFAULT"
	}
	return "WAIT_SELLER_SEND_GOODS", "WAIT_SELLER_SEND_GOODS"
}

func (s *Server) trackingGet(params map[string]string) (any, *failure) {
	if params["ae_order_id"] == "" || params["language"] == "" {
		return nil, &failure{code: "MissingParameter", words: "ae_order_id and language are mandatory"}
	}
	o := s.desk.orders[params["ae_order_id"]]
	if o == nil {
		return nil, &failure{code: "15", sub: "isv.insufficient-permission", words: "Remote service error"}
	}
	lines := list{name: "tracking_detail"}
	for _, n := range o.parcels() {
		nodes := list{name: "detail_node"}
		scans := s.o.World.Scans(n)
		for i := len(scans) - 1; i >= 0; i-- { // newest first
			name, words := told(scans[i].Step)
			nodes.items = append(nodes.items, fields{"time_stamp": scans[i].At.UnixMilli(), "tracking_name": name, "tracking_detail_desc": words})
		}
		items := list{name: "package_item"}
		for _, l := range o.lines {
			if l.parcel == n {
				items.items = append(items.items, fields{"item_id": l.article.ID, "sku_id": l.sku.ID, "quantity": l.count, "item_title": l.article.Title, "sku_desc": l.sku.Attr})
			}
		}
		lines.items = append(lines.items, fields{
			"mail_no": n, "carrier_name": "AliExpress Standard Shipping", "eta_time_stamps": o.created.Add(20 * 24 * time.Hour).UnixMilli(),
			"detail_node_list": nodes, "package_item_list": items,
		})
	}
	if len(lines.items) == 0 {
		return fields{"result": fields{"ret": false, "code": "1001", "msg": "TRACKING DATA NOT FOUND"}}, nil
	}
	return fields{"result": fields{"ret": true, "code": "0", "msg": "success", "data": fields{"tracking_detail_line_list": lines}}}, nil
}

// told is a scan in the vendor's codes and words.
func told(step emulator.Step) (name, words string) {
	pair := map[emulator.Step][2]string{
		emulator.StepLabel:     {"CREATED", "Your package is currently being prepared"},
		emulator.StepPickedUp:  {"PU_PICKUP_SUCCESS", "Accepted by carrier"},
		emulator.StepDeparted:  {"LH_DEPART", "Left from departure country/region"},
		emulator.StepArrived:   {"LH_ARRIVE", "Arrived at destination country/region"},
		emulator.StepOut:       {"GTMS_DO_DEPART", "Out for delivery"},
		emulator.StepDelivered: {"GTMS_SIGNED", "Package delivered"},
		emulator.StepLost:      {"PARCEL_LOST", "Package lost"},
		emulator.StepFailed:    {"GTMS_SIGN_FAILURE", "Delivery attempt was unsuccessful"},
		emulator.StepReturning: {"RETURN_START", "Package is on its way back to the sender"},
		emulator.StepReturned:  {"RETURNED", "Package returned to the sender"},
	}[step]
	return pair[0], pair[1]
}
