package emulator

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"doorstep/connector/emulator"
	"doorstep/money"
)

// desk is the orders.
type desk struct {
	orders    map[string]*order
	sequence  []string // refs in the order of their creation
	keys      map[string]checkout
	checkouts int
	refusals  []failure
	queue     []emulator.Hook
}

type line struct {
	article   *Article
	sku       *SKU
	count     int64
	cost      money.Amount // per unit, as it was
	fee       money.Amount // freight for the line
	service   string
	cancelled bool
	parcel    string // the tracking number; empty until it has left
}

// order is one AliExpress order. Its life follows from its times.
type order struct {
	ref, key   string
	checkout   int
	store      int64
	lines      []line
	address    map[string]string
	created    time.Time
	paid       time.Time
	held       time.Time // stays where it was then
	left       time.Time // when the last of it was shipped
	ended      time.Time // cancelled or closed
	asked      bool      // IN_CANCEL
	risk       bool      // RISK_CONTROL
	incomplete bool      // WAIT_COMPLETE_ADDRESS
	split      bool      // each line in a parcel of its own
	confirmed  bool
}

// Tick lets everything happen that is due, and sends the push messages of it.
func (s *Server) Tick(ctx context.Context) {
	s.mu.Lock()
	s.advance()
	s.mu.Unlock()
	s.flush(ctx)
}

// flush sends what is queued, each message once.
func (s *Server) flush(ctx context.Context) {
	s.mu.Lock()
	queue := s.desk.queue
	s.desk.queue = nil
	s.mu.Unlock()
	for _, m := range queue {
		s.o.Hooks.Send(context.WithoutCancel(ctx), m)
	}
}

// advance brings every order up to the world's time.
func (s *Server) advance() {
	now := s.o.World.Now()
	for _, ref := range s.desk.sequence {
		s.live(s.desk.orders[ref], now)
	}
}

func (s *Server) live(o *order, now time.Time) {
	if !o.ended.IsZero() || o.confirmed {
		return
	}
	if !o.held.IsZero() || o.asked || o.risk || o.incomplete {
		return
	}
	pace := s.o.World.Pace()
	switch {
	case o.paid.IsZero() && !now.Before(o.created.Add(s.o.PayTime)):
		s.end(o, o.created.Add(s.o.PayTime))
	case o.paid.IsZero():
	case o.left.IsZero() && !now.Before(o.paid.Add(pace.Accept+pace.Ship)):
		s.ship(o, o.paid.Add(pace.Accept+pace.Ship), "")
	}
	if o.left.IsZero() {
		return
	}
	for _, l := range o.lines {
		if !l.cancelled && !s.arrived(l.parcel) {
			return
		}
	}
	o.confirmed = true
	s.push(o, "OrderConfirmed", now)
}

func (s *Server) arrived(number string) bool {
	scans := s.o.World.Scans(number)
	return len(scans) > 0 && scans[len(scans)-1].Step == emulator.StepDelivered
}

func (s *Server) pay(o *order, at time.Time) {
	if !o.paid.IsZero() || !o.ended.IsZero() {
		return
	}
	o.paid = at
	s.push(o, "PaymentAuthorized", at)
}

// end cancels or closes an order and puts the goods back.
func (s *Server) end(o *order, at time.Time) {
	if !o.ended.IsZero() || !o.left.IsZero() {
		return
	}
	o.ended, o.asked = at, false
	for i := range o.lines {
		if !o.lines[i].cancelled {
			o.lines[i].cancelled = true
			o.lines[i].sku.Stock += o.lines[i].count
		}
	}
	s.push(o, "OrderClosed", at)
}

// ship sends what has not left: all of it, or the lines of one SKU.
func (s *Server) ship(o *order, at time.Time, attr string) {
	number := ""
	for i := range o.lines {
		l := &o.lines[i]
		if l.cancelled || l.parcel != "" || attr != "" && l.article.name(l.sku) != attr {
			continue
		}
		if number == "" || o.split {
			number = s.label(o, at)
		}
		l.parcel = number
	}
	for _, l := range o.lines {
		if !l.cancelled && l.parcel == "" {
			return
		}
	}
	o.left = at
	s.push(o, "OrderShipped", at)
}

// label makes a parcel and sends it on its way.
func (s *Server) label(o *order, at time.Time) string {
	number := postal(10000000 + s.o.Seed*100000 + s.count())
	country := o.address["country"]
	if country == "UK" {
		country = "GB"
	}
	s.o.World.Send(emulator.Parcel{
		Number: number, Carrier: "AliExpress Standard Shipping",
		From: o.lines[0].article.From, To: country, City: o.address["city"], Label: at,
	})
	return number
}

// postal is a valid S10 number (UPU): two letters, eight digits, a check digit, CN.
func postal(serial int64) string {
	digits := fmt.Sprintf("%08d", serial%100000000)
	sum := 0
	for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
		sum += weight * int(digits[i]-'0')
	}
	check := 11 - sum%11
	switch check {
	case 10:
		check = 0
	case 11:
		check = 5
	}
	return "LZ" + digits + strconv.Itoa(check) + "CN"
}

// push queues a message about an order.
func (s *Server) push(o *order, status string, at time.Time) {
	if s.o.Callback == "" || s.o.Hooks == nil {
		return
	}
	header, body := s.message(o.ref, status, at)
	s.desk.queue = append(s.desk.queue, emulator.Hook{URL: s.o.Callback, Header: header, Body: body})
}

func (s *Server) message(ref, status string, at time.Time) (http.Header, []byte) {
	id, _ := strconv.ParseInt(ref, 10, 64)
	body, _ := json.Marshal(fields{
		"data":         fields{"buyerId": 1861703697, "orderId": id, "orderStatus": status},
		"message_type": 53, "seller_id": "1234", "site": "ae_global", "timestamp": at.Unix(),
	})
	return s.SignPush(body), body
}

// Message is a push message as the server sends it.
func (s *Server) Message(ref, status string) (http.Header, []byte) {
	return s.message(ref, status, s.o.World.Now())
}

// SignPush are the headers of a push message with this body, signed as on the sister
// platform unless the server is told not to.
func (s *Server) SignPush(body []byte) http.Header {
	header := http.Header{"Content-Type": {"application/json"}}
	if !s.o.Unsigned {
		mac := hmac.New(sha256.New, []byte(s.o.AppSecret))
		mac.Write([]byte(s.o.AppKey))
		mac.Write(body)
		header.Set("Authorization", hex.EncodeToString(mac.Sum(nil)))
	}
	return header
}
