package emulator

import "time"

// payAtOnce is what payType 2 does after creating: cart, confirmation, balance. A step
// that fails leaves the order where it is.
func (s *Server) payAtOnce(o *order, now time.Time) *failure {
	o.state = unpaid
	if o.sandbox {
		return fail(1603101, "Sandbox order can not be paid by balance")
	}
	return s.take(o, now)
}

// take pays an order from the balance.
func (s *Server) take(o *order, now time.Time) *failure {
	total := o.goods + o.postage
	switch {
	case o.state != unpaid:
		return fail(1603101, "pay order fail, order status is not unpaid")
	case s.money < total:
		return fail(1604000, "Balance is insufficient")
	}
	for _, p := range o.Products {
		if v := s.goods[p.VID]; v == nil || v.Stock < p.Quantity.int() {
			return fail(1603102, "Inventory deduction fail")
		}
	}
	s.money -= total
	s.settle(o, now)
	return nil
}

// settle is what follows from a payment, however it was made.
func (s *Server) settle(o *order, now time.Time) {
	for _, p := range o.Products {
		if v := s.goods[p.VID]; v != nil {
			v.Stock -= p.Quantity.int()
		}
	}
	o.payments++
	o.state, o.paidAt, o.stage = unshipped, now, 300
	s.tell(o)
}

type cartBody struct {
	OrderIDs []string `json:"cjOrderIdList"`
}

func (s *Server) addCart(c call) (any, *failure) {
	var in cartBody
	if !c.into(&in) || len(in.OrderIDs) == 0 {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	added := []string{}
	for _, id := range in.OrderIDs {
		o := s.find(id, true)
		if o == nil || o.state != created && o.state != inCart {
			return nil, fail(1603100, "Order not found or can not be added to the cart")
		}
		o.state = inCart
		added = append(added, id)
	}
	return map[string]any{"successCount": len(added), "addSuccessOrders": added,
		"unInterceptAddressCount": 0, "interceptOrders": []any{}}, nil
}

func (s *Server) addCartConfirm(c call) (any, *failure) {
	var in cartBody
	if !c.into(&in) || len(in.OrderIDs) == 0 {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	shipment := ""
	for _, id := range in.OrderIDs {
		o := s.find(id, true)
		if o == nil || o.state != inCart {
			return nil, fail(1603001, "order confirm fail")
		}
		o.state, shipment = unpaid, o.shipment
	}
	return map[string]any{"successCount": len(in.OrderIDs), "submitSuccess": true, "shipmentsId": shipment,
		"result": 0, "interceptOrders": []any{}}, nil
}

// confirmOrder is the older way from CREATED to UNPAID, and the sandbox's only one.
func (s *Server) confirmOrder(c call) (any, *failure) {
	var in struct {
		OrderID string `json:"orderId"`
	}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.find(in.OrderID, true)
	if o == nil || o.state != created && o.state != inCart {
		return nil, fail(1603001, "order confirm fail")
	}
	o.state = unpaid
	return o.id, nil
}

func (s *Server) byShipment(shipment string) *order {
	for _, o := range s.orders {
		if o.shipment == shipment && shipment != "" {
			return o
		}
	}
	return nil
}

func (s *Server) saveParent(c call) (any, *failure) {
	var in struct {
		ShipmentOrderID string `json:"shipmentOrderId"`
	}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.byShipment(in.ShipmentOrderID)
	if o == nil || o.state != unpaid {
		return nil, fail(1603100, "Order not found")
	}
	o.payID = "PAY" + o.id[2:]
	total := cents(o.goods + o.postage)
	return map[string]any{"orderMoney": total, "payExpireTime": stamp(c.now.Add(24 * time.Hour)), "payId": o.payID,
		"result": 0, "submitSuccess": true, "unMatchOrderCodes": []any{}, "successOrders": []string{o.id},
		"unMatchProductCodes": []any{}, "interceptOrders": []any{},
		"paymentInformation": map[string]any{"actualPayment": total, "payableAmount": total, "freight": cents(o.postage)}}, nil
}

func (s *Server) payBalance(c call) (any, *failure) {
	var in struct {
		OrderID string `json:"orderId"`
	}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.payFor(s.find(in.OrderID, true), c.now)
}

func (s *Server) payBalanceV2(c call) (any, *failure) {
	var in struct {
		ShipmentOrderID string `json:"shipmentOrderId"`
		PayID           string `json:"payId"`
	}
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o := s.byShipment(in.ShipmentOrderID)
	if o != nil && (o.payID == "" || o.payID != in.PayID) {
		return nil, fail(1600300, "payId does not match")
	}
	return s.payFor(o, c.now)
}

func (s *Server) payFor(o *order, now time.Time) (any, *failure) {
	switch {
	case o == nil:
		return nil, fail(1603100, "Order not found")
	case o.sandbox:
		return nil, &failure{400, 1600300, "Sandbox order can not be paid by balance", nil}
	}
	if failed := s.take(o, now); failed != nil {
		return nil, failed
	}
	return o.id, nil
}

func (s *Server) getBalance(call) (any, *failure) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return map[string]any{"amount": cents(s.money), "noWithdrawalAmount": cents(0), "freezeAmount": cents(0)}, nil
}

// SetBalance sets the account's money in cents.
func (s *Server) SetBalance(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.money = n
}

// Sandbox endpoints: orders with isSandbox=1 only.

func (s *Server) sandboxOrder(id string) (*order, *failure) {
	o := s.find(id, true)
	switch {
	case o == nil:
		return nil, fail(803, "order not found")
	case !o.sandbox:
		return nil, fail(811, "not a sandbox order")
	}
	return o, nil
}

type sandboxBody struct {
	OrderID  string `json:"orderId"`
	Shipment string `json:"shipmentOrderId"`
	Target   loose  `json:"targetStatus"`
	Number   string `json:"trackNumber"`
}

func (s *Server) simulatePay(c call) (any, *failure) {
	var in sandboxBody
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if o := s.byShipment(in.Shipment); o != nil && in.OrderID == "" {
		in.OrderID = o.id
	}
	o, failed := s.sandboxOrder(in.OrderID)
	if failed != nil {
		return nil, failed
	}
	if o.state != unpaid {
		return nil, fail(1603101, "order status is not unpaid")
	}
	s.settle(o, c.now)
	return true, nil
}

func (s *Server) sandboxStatus(c call) (any, *failure) {
	var in sandboxBody
	if !c.into(&in) {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, failed := s.sandboxOrder(in.OrderID)
	if failed != nil {
		return nil, failed
	}
	next := map[int64]int64{300: 400, 400: 500, 500: 600, 600: 700}
	if next[o.stage] != in.Target.int() {
		return nil, fail(1600300, "targetStatus must follow the current status")
	}
	o.stage = in.Target.int()
	switch o.stage {
	case 500:
		o.state, o.shippedAt = shipped, c.now
	case 700:
		o.state = delivered
	}
	s.tell(o)
	return true, nil
}

func (s *Server) sandboxTrack(c call) (any, *failure) {
	var in sandboxBody
	if !c.into(&in) || in.Number == "" || len(in.Number) > 64 {
		return nil, fail(1600300, "Param error")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, failed := s.sandboxOrder(in.OrderID)
	if failed != nil {
		return nil, failed
	}
	if o.stage < 300 || o.stage >= 700 {
		return nil, fail(819, "order is unpaid or closed")
	}
	o.number = in.Number
	s.tell(o)
	return true, nil
}
