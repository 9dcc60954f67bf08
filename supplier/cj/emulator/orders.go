package emulator

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The states of an order, as CJ names them.
const (
	created   = "CREATED"
	inCart    = "IN_CART"
	unpaid    = "UNPAID"
	unshipped = "UNSHIPPED"
	shipped   = "SHIPPED"
	delivered = "DELIVERED"
	cancelled = "CANCELLED"
	other     = "OTHER"
)

type product struct {
	VID      string `json:"vid"`
	SKU      string `json:"sku"`
	Quantity loose  `json:"quantity"`
	LineItem string `json:"storeLineItemId"`
}

// creation is the body of createOrderV2 and V3.
type creation struct {
	OrderNumber  string    `json:"orderNumber"`
	Zip          string    `json:"shippingZip"`
	Country      string    `json:"shippingCountry"`
	CountryCode  string    `json:"shippingCountryCode"`
	Province     string    `json:"shippingProvince"`
	City         string    `json:"shippingCity"`
	County       string    `json:"shippingCounty"`
	Phone        string    `json:"shippingPhone"`
	CustomerName string    `json:"shippingCustomerName"`
	Address      string    `json:"shippingAddress"`
	Address2     string    `json:"shippingAddress2"`
	Email        string    `json:"email"`
	TaxID        string    `json:"taxId"`
	Remark       string    `json:"remark"`
	PayType      loose     `json:"payType"`
	Logistic     string    `json:"logisticName"`
	From         string    `json:"fromCountryCode"`
	Platform     string    `json:"platform"`
	IossType     loose     `json:"iossType"`
	IossNumber   string    `json:"iossNumber"`
	Sandbox      loose     `json:"isSandbox"`
	Products     []product `json:"products"`
}

type order struct {
	creation
	id, shipment, payID string
	parent              string // of a part: the order that was split
	state               string
	createdAt           time.Time
	paidAt, shippedAt   time.Time
	payments            int
	goods, postage      int64
	number              string
	reasons             []any
	held, deleted       bool
	sandbox             bool
	stage               int64 // of a sandbox order: 100, 300, 400 ...
	told                string
	toldTrack           int
}

func (s *Server) createV2(c call) (any, *failure) { return s.create(c) }
func (s *Server) createV3(c call) (any, *failure) { return s.create(c) }

func (s *Server) create(c call) (any, *failure) {
	var in creation
	if !c.into(&in) {
		return nil, fail(16900203, "Request body is not readable")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.refusals) > 0 {
		failed := s.refusals[0]
		s.refusals = s.refusals[1:]
		return nil, &failed
	}
	if failed := s.check(in); failed != nil {
		return nil, failed
	}
	o := s.enter(in, c.now)
	switch in.PayType {
	case "2":
		if failed := s.payAtOnce(o, c.now); failed != nil {
			return nil, failed
		}
	case "3":
	default: // to be paid on CJ's page
		o.state = unpaid
	}
	return s.createdJSON(o), nil
}

// check is why an order is refused, in the order in which CJ looks.
func (s *Server) check(in creation) *failure {
	for name, value := range map[string]string{"orderNumber": in.OrderNumber, "shippingCountryCode": in.CountryCode,
		"shippingCountry": in.Country, "shippingProvince": in.Province, "shippingCity": in.City,
		"shippingCustomerName": in.CustomerName, "shippingAddress": in.Address, "logisticName": in.Logistic,
		"fromCountryCode": in.From} {
		if value == "" {
			return fail(1600300, name+" must be not empty")
		}
	}
	switch {
	case len(in.OrderNumber) > 50, len([]rune(in.Remark)) > 500:
		return fail(1600300, "Param error: too long")
	case in.Platform == "" || strings.EqualFold(in.Platform, "api"):
		return fail(5027, "Platform "+in.Platform+" not support")
	case s.find(in.OrderNumber, true) != nil:
		return fail(1603003, "Order number already exists")
	case len(in.Products) == 0:
		return fail(1600300, "products must be not empty")
	case s.closed[in.CountryCode]:
		return fail(1605001, "Logistics does not support this country")
	}
	if _, known := findService(in.Logistic); !known {
		return fail(1605000, "Logistic not found")
	}
	wanted := map[string]int64{}
	for _, p := range in.Products {
		v, failed := s.lookup(p.VID)
		if failed != nil {
			return failed
		}
		if p.Quantity.int() < 1 {
			return fail(1600300, "quantity must be positive")
		}
		if wanted[p.VID] += p.Quantity.int(); wanted[p.VID] > v.Stock {
			return fail(1603102, "Inventory deduction fail")
		}
	}
	return nil
}

// enter writes the order into the books.
func (s *Server) enter(in creation, now time.Time) *order {
	s.seq++
	o := &order{creation: in, state: created, createdAt: now, stage: 100,
		id: fmt.Sprintf("SD%s%08d", now.UTC().Format("060102"), s.seq), sandbox: in.Sandbox == "1"}
	units := int64(0)
	for _, p := range in.Products {
		o.goods += s.goods[p.VID].Cents * p.Quantity.int()
		units += p.Quantity.int()
	}
	service, _ := findService(in.Logistic)
	o.postage = s.freightOf(service, units)
	o.shipment = "SP" + o.id[2:]
	s.orders = append(s.orders, o)
	s.index[o.id], s.index[o.OrderNumber] = o, o
	return o
}

// find is the order of a CJ number or of the customer's own; hidden ones only if all.
func (s *Server) find(number string, all bool) *order {
	o := s.index[number]
	hidden := o != nil && (o.deleted || s.o.Hide > 0 && s.o.World.Now().Sub(o.createdAt) < s.o.Hide)
	if hidden && !all {
		return nil
	}
	return o
}

func (s *Server) createdJSON(o *order) map[string]any {
	var lines []any
	for i, p := range o.Products {
		lines = append(lines, map[string]any{"storeLineItemId": p.LineItem, "lineItemId": o.id + strconv.Itoa(i),
			"variantId": p.VID, "isGroup": false, "quantity": p.Quantity.int(), "subOrderProducts": nil})
	}
	total := cents(o.goods + o.postage)
	out := map[string]any{
		"orderNumber": o.OrderNumber, "orderId": o.id, "shipmentOrderId": o.shipment,
		"iossAmount": cents(0), "iossTaxHandlingFee": cents(0), "postageAmount": cents(o.postage),
		"productAmount": cents(o.goods), "productOriginalAmount": cents(o.goods), "actualPayment": total,
		"orderOriginalAmount": total, "orderAmount": total, "cjPayUrl": nil, "logisticsMiss": false,
		"productInfoList": lines, "orderStatus": o.state, "interceptOrderReasons": o.reasons,
	}
	if o.state == unpaid {
		out["cjPayUrl"] = "https://cjdropshipping.com/pay?shipmentOrderId=" + o.shipment
	}
	return out
}

// stamp is a time as CJ writes it, UTC; nil when it has not come.
func stamp(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.DateTime)
}

func (s *Server) orderJSON(o *order) map[string]any {
	var lines []any
	for i, p := range o.Products {
		price := int64(0)
		if v := s.goods[p.VID]; v != nil {
			price = v.Cents
		}
		lines = append(lines, map[string]any{"vid": p.VID, "quantity": p.Quantity.int(), "sellPrice": cents(price),
			"lineItemId": o.id + strconv.Itoa(i), "storeLineItemId": p.LineItem})
	}
	out := map[string]any{
		"orderId": o.id, "orderNum": o.OrderNumber, "platformOrderId": o.OrderNumber, "cjOrderId": nil,
		"shippingCountryCode": o.CountryCode, "shippingProvince": o.Province, "shippingCity": o.City,
		"shippingPhone": o.Phone, "shippingAddress": o.Address, "shippingCustomerName": o.CustomerName,
		"remark": o.Remark, "orderWeight": 20, "orderStatus": o.state,
		"orderAmount": cents(o.goods + o.postage), "productAmount": cents(o.goods), "postageAmount": cents(o.postage),
		"logisticName": o.Logistic, "trackNumber": nil, "trackingUrl": nil, "createDate": stamp(o.createdAt),
		"paymentDate": stamp(o.paidAt), "outWarehouseTime": stamp(o.shippedAt), "isComplete": 1,
		"fromCountryCode": o.From, "disputeId": nil, "productList": lines, "shipmentOrderId": o.shipment,
	}
	if o.number != "" {
		out["trackNumber"], out["trackingUrl"] = o.number, trackURL(o.number)
	}
	if o.sandbox {
		out["isSandbox"] = 1
	}
	return out
}

func trackURL(number string) string { return "https://www.cjpacket.com/?trackingNumber=" + number }

func (s *Server) detail(c call) (any, *failure) {
	number := c.param("orderId")
	if number == "" {
		return nil, fail(1600300, "orderId must be not empty")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	o := s.find(number, false)
	if o == nil {
		return nil, fail(1600300, "order not found")
	}
	return s.orderJSON(o), nil
}

func (s *Server) detailBatch(c call) (any, *failure) {
	var in struct {
		OrderIDs []string `json:"orderIds"`
	}
	if !c.into(&in) || len(in.OrderIDs) == 0 || len(in.OrderIDs) > 100 {
		return nil, fail(1600300, "orderIds must be 1 to 100")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	out := []any{}
	for _, number := range in.OrderIDs {
		if o := s.find(number, false); o != nil {
			out = append(out, s.orderJSON(o))
		}
	}
	return out, nil
}

func (s *Server) list(c call) (any, *failure) {
	page, size := max(1, loose(c.param("pageNum")).int()), loose(c.param("pageSize")).int()
	if size < 1 || size > 200 {
		size = 20
	}
	split := func(name string) []string {
		var out []string
		for _, v := range c.query[name] {
			out = append(out, strings.Split(v, ",")...)
		}
		return out
	}
	ids, numbers, status := split("orderIds"), split("orderNumbers"), c.param("status")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	var all []any
	for _, o := range s.orders {
		match := (len(ids) == 0 || slices.Contains(ids, o.id)) && (status == "" || status == o.state) &&
			(len(numbers) == 0 || slices.Contains(numbers, o.OrderNumber))
		if match && s.find(o.id, false) == o {
			all = append(all, s.orderJSON(o))
		}
	}
	from := min(int64(len(all)), (page-1)*size)
	to := min(int64(len(all)), from+size)
	return map[string]any{"pageNum": page, "pageSize": size, "total": len(all), "list": append([]any{}, all[from:to]...)}, nil
}

func (s *Server) deleteOrder(c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.find(c.param("orderId"), false)
	switch {
	case o == nil:
		return nil, fail(1603100, "Order not found")
	case o.state != created && o.state != inCart:
		return nil, fail(1603002, "Order status does not allow deletion")
	}
	o.deleted = true
	o.state = cancelled
	return o.id, nil
}
