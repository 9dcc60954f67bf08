package emulator

import (
	"context"
	"fmt"
	"time"

	shared "doorstep/connector/emulator"
)

// live moves every order to where the world's clock says it is.
func (s *Server) live() {
	now, pace := s.o.World.Now(), s.o.World.Pace()
	for _, o := range s.orders {
		if leaves := o.paidAt.Add(pace.Accept + pace.Ship); o.state == unshipped && !o.held && !o.sandbox && !now.Before(leaves) {
			s.leave(o, leaves)
		}
		if o.state == shipped && !o.sandbox {
			s.follow(o)
		}
	}
}

// leave ships all of an order in one parcel.
func (s *Server) leave(o *order, at time.Time) {
	s.seq++
	o.number, o.state, o.shippedAt = s10(s.seq), shipped, at
	s.o.World.Send(shared.Parcel{Number: o.number, Carrier: o.Logistic, From: o.From, To: o.CountryCode, City: o.City, Label: at})
	s.tell(o)
}

// follow tells of a parcel's way, and notes when it has arrived.
func (s *Server) follow(o *order) {
	scans := s.o.World.Scans(o.number)
	if len(scans) > 0 && scans[len(scans)-1].Step == shared.StepDelivered {
		o.state = delivered
		s.tell(o)
	}
	if len(scans) != o.toldTrack {
		o.toldTrack = len(scans)
		s.tellTrack(o, scans)
	}
}

// s10 is a number of the postal union's form with its check digit.
func s10(n int64) string {
	digits := fmt.Sprintf("%08d", n%100000000)
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += int(digits[i]-'0') * weight
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return fmt.Sprintf("LX%s%dCN", digits, check)
}

// Tick moves the account to the world's time and sends the messages that are due.
func (s *Server) Tick(ctx context.Context) {
	s.mu.Lock()
	s.live()
	s.mu.Unlock()
	s.flush(ctx)
}

// with does something to an order, by CJ's number or the customer's.
func (s *Server) with(ref string, do func(*order)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	if o := s.find(ref, true); o != nil {
		do(o)
	}
}

// Ship sends an order now, paid or not.
func (s *Server) Ship(ref string) {
	s.with(ref, func(o *order) {
		now := s.o.World.Now()
		if o.paidAt.IsZero() {
			s.settle(o, now)
		}
		if o.state == unshipped {
			s.leave(o, now)
		}
	})
}

// Hold keeps an order where it is until it is shipped by hand.
func (s *Server) Hold(ref string) { s.with(ref, func(o *order) { o.held = true }) }

// Cancel is CJ's own cancelling, with the money given back.
func (s *Server) Cancel(ref string) {
	s.with(ref, func(o *order) {
		if o.payments > 0 && o.state == unshipped {
			s.money += o.goods + o.postage
		}
		o.state = cancelled
		s.tell(o)
	})
}

// Lose makes an order's parcel disappear on its way.
func (s *Server) Lose(number string) { s.o.World.Doom(number, shared.StepLost) }

// PayPage is what happens when a person pays on CJ's page.
func (s *Server) PayPage(ref string) {
	s.with(ref, func(o *order) {
		if o.paidAt.IsZero() {
			s.settle(o, s.o.World.Now())
		}
	})
}

// Reject makes the next order be refused with a code.
func (s *Server) Reject(code int, message string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.refusals = append(s.refusals, failure{code: code, message: message})
}

// Split divides a paid order into one part per line; the parts then ship by themselves.
// Their numbers are returned.
func (s *Server) Split(ref string) (parts []string) {
	s.with(ref, func(o *order) {
		if o.state != unshipped || len(o.Products) < 2 {
			return
		}
		var rows []any
		for i, p := range o.Products {
			part := *o
			part.id, part.parent = fmt.Sprintf("%s-%d", o.id, i+1), o.id
			part.Products, part.payments = []product{p}, 0
			part.goods, part.postage = s.goods[p.VID].Cents*p.Quantity.int(), o.postage/int64(len(o.Products))
			if i == 0 {
				part.postage += o.postage % int64(len(o.Products))
			}
			s.orders = append(s.orders, &part)
			s.index[part.id] = &part
			parts = append(parts, part.id)
			rows = append(rows, map[string]any{"orderCode": part.id, "createAt": s.o.World.Now().UnixMilli(),
				"orderStatus": 300, "productList": []any{map[string]any{"vid": p.VID, "sku": s.goods[p.VID].SKU, "quantity": p.Quantity.int()}}})
		}
		o.state = other
		s.emit("order", "ORDERSPLIT", map[string]any{"originalOrderId": o.id,
			"orderSplitTime": stamp(s.o.World.Now()), "splitOrderList": rows})
	})
	return parts
}

// Book is an order as CJ's own books have it.
type Book struct {
	Key       string // the customer's order number
	Ref       string // CJ's
	SKUs      map[string]int64
	Paid      bool
	Payments  int
	State     string
	CreatedAt time.Time
	Parcels   []string
	Address   map[string]string // by the names of the fields of createOrder
}

// Books are all orders, parts of split ones counted with their order.
func (s *Server) Books() []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.live()
	var out []Book
	for _, o := range s.orders {
		if o.parent != "" {
			continue
		}
		b := Book{Key: o.OrderNumber, Ref: o.id, SKUs: map[string]int64{}, Paid: o.payments > 0, Payments: o.payments,
			State: o.state, CreatedAt: o.createdAt, Address: map[string]string{
				"shippingCustomerName": o.CustomerName, "shippingAddress": o.Address, "shippingAddress2": o.Address2,
				"shippingCity": o.City, "shippingProvince": o.Province, "shippingCounty": o.County, "shippingZip": o.Zip,
				"shippingCountryCode": o.CountryCode, "shippingCountry": o.Country, "shippingPhone": o.Phone,
				"email": o.Email, "taxId": o.TaxID, "remark": o.Remark, "logisticName": o.Logistic, "platform": o.Platform,
				"iossType": string(o.IossType), "iossNumber": o.IossNumber, "isSandbox": string(o.Sandbox), "payType": string(o.PayType)}}
		for _, p := range o.Products {
			b.SKUs[p.VID] += p.Quantity.int()
		}
		for _, part := range s.orders {
			if part.number != "" && (part == o || part.parent == o.id) {
				b.Parcels = append(b.Parcels, part.number)
			}
		}
		out = append(out, b)
	}
	return out
}
