package emulator

import (
	"fmt"
	"strconv"
	"time"
)

// disputeFor is how long after an order has left it can be disputed.
const disputeFor = 60 * 24 * time.Hour

// dispute is a complaint about articles of an order.
type dispute struct {
	id, key   string
	order     *order
	reason    int64
	message   string
	photos    []string
	lines     map[int]int64 // units by the place of the article in the order
	createdAt time.Time
	deal      int64 // 0 open, 1 refund, 2 sent again, 3 refused
	money     int64
}

// Complaint is a dispute as CJ's own books have it.
type Complaint struct {
	ID, Key, Order string // the last is CJ's number
	Reason         int64
	Message        string
	Photos         []string
	Units          int64
	Deal           int64
	Money          int64
}

// The reasons that CJ offers.
func disputeReasons() []any {
	var out []any
	for i, name := range []string{"Order not received", "Damaged product", "Wrong product", "Product missing", "Quality or description problem", "Others"} {
		out = append(out, map[string]any{"disputeReasonId": i + 1, "reasonName": name})
	}
	return out
}

// Complaints are all disputes, oldest first.
func (s *Server) Complaints() []Complaint {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Complaint
	for _, d := range s.disputes {
		c := Complaint{ID: d.id, Key: d.key, Order: d.order.id, Reason: d.reason, Message: d.message, Photos: d.photos, Deal: d.deal, Money: d.money}
		for _, n := range d.lines {
			c.Units += n
		}
		out = append(out, c)
	}
	return out
}

// Decide ends a dispute: 1 gives so many cents back to the balance, 2 sends again, 3 refuses.
func (s *Server) Decide(id string, deal, cents int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.disputes {
		if d.id != id || d.deal != 0 {
			continue
		}
		d.deal = deal
		if deal == 1 {
			d.money = cents
			s.money += cents
		}
	}
}

// disputed is the order that a call is about, if it can be disputed at all.
func (s *Server) disputed(number string) (*order, *failure) {
	s.live()
	o := s.find(number, false)
	switch {
	case number == "":
		return nil, fail(1600100, "Param error")
	case o == nil:
		return nil, fail(1600300, "order not found")
	case o.payments == 0 || o.paidAt.IsZero():
		return nil, fail(1600300, "Order cannot be disputed")
	}
	return o, nil
}

// open says whether an article of an order can be disputed now.
func (s *Server) open(o *order, line int, now time.Time) bool {
	for _, d := range s.disputes {
		if d.order == o && d.deal == 0 && d.lines[line] > 0 {
			return false
		}
	}
	return o.shippedAt.IsZero() || now.Sub(o.shippedAt) < disputeFor
}

func (s *Server) productInfo(o *order, now time.Time) []any {
	out := []any{}
	for i, p := range o.Products {
		v := s.goods[p.VID]
		row := map[string]any{"lineItemId": o.id + strconv.Itoa(i), "cjProductId": "", "cjVariantId": p.VID, "canChoose": s.open(o, i, now),
			"price": cents(0), "quantity": p.Quantity.int(), "cjProductName": "", "cjImage": "", "sku": "", "supplierName": "CJ"}
		if v != nil {
			row["cjProductId"], row["price"], row["cjProductName"], row["sku"] = v.PID, cents(v.Cents), v.Name, v.SKU
		}
		out = append(out, row)
	}
	return out
}

func (s *Server) disputeProducts(c call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	o, failed := s.disputed(c.param("orderId"))
	if failed != nil {
		return nil, failed
	}
	return map[string]any{"orderId": o.id, "orderNumber": o.OrderNumber, "productInfoList": s.productInfo(o, c.now)}, nil
}

// complaint is the body of disputeConfirmInfo and create.
type complaint struct {
	OrderID  string   `json:"orderId"`
	Key      string   `json:"businessDisputeId"`
	Reason   loose    `json:"disputeReasonId"`
	Expect   loose    `json:"expectType"`
	Refund   loose    `json:"refundType"`
	Message  string   `json:"messageText"`
	Photos   []string `json:"imageUrl"`
	Products []struct {
		LineItem string `json:"lineItemId"`
		Quantity loose  `json:"quantity"`
		Price    any    `json:"price"`
	} `json:"productInfoList"`
}

// chosen are the units by the place of their article; CJ wants its own rows back, with a price.
func (in complaint) chosen(o *order) (map[int]int64, *failure) {
	out := map[int]int64{}
	for _, p := range in.Products {
		found := -1
		for i := range o.Products {
			if o.id+strconv.Itoa(i) == p.LineItem {
				found = i
			}
		}
		if found < 0 || p.Price == nil || p.Quantity.int() < 1 || p.Quantity.int() > o.Products[found].Quantity.int() {
			return nil, &failure{400, 1600100, "Param error", nil}
		}
		out[found] += p.Quantity.int()
	}
	if len(out) == 0 {
		return nil, fail(1600300, "productInfoList must be not empty")
	}
	return out, nil
}

func (s *Server) disputeConfirmInfo(c call) (any, *failure) {
	var in complaint
	if !c.into(&in) {
		return nil, fail(16900203, "Request body is not readable")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, failed := s.disputed(in.OrderID)
	if failed != nil {
		return nil, failed
	}
	lines, failed := in.chosen(o)
	if failed != nil {
		return nil, failed
	}
	goods := int64(0)
	for i, n := range lines {
		goods += s.goods[o.Products[i].VID].Cents * n
	}
	return map[string]any{"orderId": o.id, "orderNumber": o.OrderNumber, "maxProductPrice": cents(goods), "maxPostage": cents(o.postage),
		"maxIossTaxAmount": cents(0), "maxIossHandTaxAmount": cents(0), "maxAmount": cents(goods + o.postage),
		"expectResultOptionList": []string{"1", "2"}, "productInfoList": s.productInfo(o, c.now), "disputeReasonList": disputeReasons()}, nil
}

func (s *Server) createDispute(c call) (any, *failure) {
	var in complaint
	if !c.into(&in) {
		return nil, fail(16900203, "Request body is not readable")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, failed := s.disputed(in.OrderID)
	if failed != nil {
		return nil, failed
	}
	lines, failed := in.chosen(o)
	if failed != nil {
		return nil, failed
	}
	switch {
	case in.Key == "" || in.Message == "" || len([]rune(in.Message)) > 500 || in.Expect.int() < 1 || in.Refund.int() < 1:
		return nil, fail(1600300, "Param error")
	case in.Reason.int() < 1 || in.Reason.int() > int64(len(disputeReasons())):
		return nil, fail(1600300, "disputeReasonId not found")
	}
	for _, d := range s.disputes {
		if d.key == in.Key {
			return nil, fail(1600300, "businessDisputeId already exists")
		}
	}
	for i := range lines {
		if !s.open(o, i, c.now) {
			return nil, fail(1600300, "Order cannot be disputed")
		}
	}
	s.seq++
	s.disputes = append(s.disputes, &dispute{id: fmt.Sprint(9_000_000 + s.seq), key: in.Key, order: o, reason: in.Reason.int(), message: in.Message,
		photos: in.Photos, lines: lines, createdAt: c.now})
	return "true", nil
}

func (s *Server) cancelDispute(c call) (any, *failure) {
	var in struct {
		OrderID   string `json:"orderId"`
		DisputeID loose  `json:"disputeId"`
	}
	if !c.into(&in) {
		return nil, fail(16900203, "Request body is not readable")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, d := range s.disputes {
		if d.id == string(in.DisputeID) && d.deal == 0 {
			s.disputes = append(s.disputes[:i:i], s.disputes[i+1:]...)
			return "true", nil
		}
	}
	return nil, fail(1600300, "dispute not found")
}

func (s *Server) listDisputes(c call) (any, *failure) {
	page, size := max(1, loose(c.param("pageNum")).int()), loose(c.param("pageSize")).int()
	if size < 1 || size > 100 {
		size = 10
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []any{}
	for i := len(s.disputes) - 1; i >= 0; i-- {
		d := s.disputes[i]
		number := c.param("orderId")
		if number != "" && number != d.order.id && number != d.order.OrderNumber || c.param("disputeId") != "" && c.param("disputeId") != d.id {
			continue
		}
		all = append(all, s.disputeJSON(d))
	}
	from := min(int64(len(all)), (page-1)*size)
	to := min(int64(len(all)), from+size)
	return map[string]any{"pageNum": page, "pageSize": size, "total": len(all), "list": all[from:to]}, nil
}

func (s *Server) disputeJSON(d *dispute) map[string]any {
	rows := []any{}
	for i := range d.order.Products {
		if d.lines[i] > 0 {
			rows = append(rows, map[string]any{"lineItemId": d.order.id + strconv.Itoa(i), "cjVariantId": d.order.Products[i].VID, "supplierName": "CJ"})
		}
	}
	out := map[string]any{"status": "Processing", "id": d.id, "disputeReason": fmt.Sprint(d.reason), "replacementAmount": nil, "resendOrderCode": nil,
		"money": nil, "finallyDeal": nil, "createDate": stamp(d.createdAt), "productList": rows}
	if d.deal != 0 {
		out["status"], out["finallyDeal"] = "Completed", d.deal
	}
	if d.deal == 1 {
		out["money"] = cents(d.money)
	}
	if d.deal == 2 {
		out["resendOrderCode"] = d.order.id + "-R"
	}
	return out
}
