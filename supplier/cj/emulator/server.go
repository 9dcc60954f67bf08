// Package emulator is CJ Dropshipping's API 2.0 as its documentation describes it: a
// stateful server with tokens, variants, stock, freight, orders and their payment in one
// step or in four, tracking, webhooks, points and the documented error codes. It was
// written from the protocol and knows nothing of the connector, so that the two check
// each other. Where the documentation and published observations of the live service
// differ (orderNumber and orderNum, the value of platform), it does what was observed.
package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	shared "doorstep/connector/emulator"
)

// Prefix is the path before every call: the base address is the server's plus this.
const Prefix = "/api2.0/v1"

// Options say what kind of account is emulated.
type Options struct {
	World  *shared.World
	Hooks  *shared.Hooks // nil: no webhooks are sent
	APIKey string
	OpenID int64 // the account's number, with which messages are signed
	// Balance is the account's money in cents.
	Balance int64
	// TokenEvery is how often getAccessToken may be called; 0 = once in five minutes.
	TokenEvery time.Duration
	// Hide is how long a new order cannot be read.
	Hide time.Duration
	// Points a day; 0 = 50,000.
	Points int64
	// QPS is the number of calls allowed in a second of the world; 0 = any.
	QPS int
	// Inventories makes variant/queryByVid honour features=enable_inventory.
	Inventories bool
	// PlainHTTP lets webhooks go to addresses that are not https, as loopback ones.
	PlainHTTP bool
	// FlatFreight makes a parcel cost the same however many units are in it.
	FlatFreight bool
	// First is where serial and tracking numbers begin, for several accounts in one world.
	First int64
}

// Server is one emulated CJ account.
type Server struct {
	Knobs *shared.Knobs

	o        Options
	mu       sync.Mutex
	seq      int64
	tokens   tokens
	goods    map[string]*Variant
	orders   []*order
	index    map[string]*order // by CJ's number and by the customer's
	money    int64
	fails    []planned
	refusals []failure       // of the next orders
	closed   map[string]bool // countries where nothing is delivered
	topics   map[string]string
	probes   *http.Client
	meter    meter
	due      []message
	disputes []*dispute
}

// New is an account with nothing in it.
func New(o Options) *Server {
	if o.TokenEvery == 0 {
		o.TokenEvery = 5 * time.Minute
	}
	if o.Points == 0 {
		o.Points = 50000
	}
	return &Server{
		Knobs: &shared.Knobs{}, o: o, money: o.Balance, seq: o.First,
		goods: map[string]*Variant{}, index: map[string]*order{}, closed: map[string]bool{}, topics: map[string]string{},
		probes: &http.Client{Timeout: 3 * time.Second},
	}
}

// Handler serves the account, with the knobs in front.
func (s *Server) Handler() http.Handler { return s.Knobs.Wrap(http.HandlerFunc(s.serve)) }

// call is a request that has been read.
type call struct {
	query map[string][]string
	body  []byte
	now   time.Time
}

func (c call) param(name string) string {
	if v := c.query[name]; len(v) > 0 {
		return v[0]
	}
	return ""
}

// into reads the JSON body; false when it is none.
func (c call) into(v any) bool { return json.Unmarshal(c.body, v) == nil }

// failure is an answer that refuses; HTTP 0 is 200, as CJ mostly answers.
type failure struct {
	http    int
	code    int
	message string
	data    any
}

func fail(code int, message string) *failure { return &failure{code: code, message: message} }

type route struct {
	points int64
	open   bool // needs no token
	do     func(call) (any, *failure)
}

func (s *Server) routes() map[string]route {
	return map[string]route{
		"POST /authentication/getAccessToken":          {0, true, s.getAccessToken},
		"POST /authentication/refreshAccessToken":      {0, true, s.refreshAccessToken},
		"POST /authentication/logout":                  {0, false, s.logout},
		"GET /product/variant/queryByVid":              {10, false, s.variantByVid},
		"GET /product/variant/query":                   {10, false, s.variantsOfProduct},
		"GET /product/stock/queryByVid":                {10, false, s.stockByVid},
		"GET /product/stock/getInventoryByPid":         {10, false, s.stockByPid},
		"POST /logistic/freightCalculate":              {10, false, s.freight},
		"GET /logistic/trackInfo":                      {0, false, s.trackInfo},
		"POST /shopping/order/createOrderV2":           {0, false, s.createV2},
		"POST /shopping/order/createOrderV3":           {0, false, s.createV3},
		"POST /shopping/order/addCart":                 {0, false, s.addCart},
		"POST /shopping/order/addCartConfirm":          {0, false, s.addCartConfirm},
		"POST /shopping/order/saveGenerateParentOrder": {0, false, s.saveParent},
		"PATCH /shopping/order/confirmOrder":           {0, false, s.confirmOrder},
		"DELETE /shopping/order/deleteOrder":           {0, false, s.deleteOrder},
		"GET /shopping/order/list":                     {0, false, s.list},
		"GET /shopping/order/getOrderDetail":           {0, false, s.detail},
		"POST /shopping/order/getOrderDetailBatch":     {0, false, s.detailBatch},
		"GET /shopping/pay/getBalance":                 {0, false, s.getBalance},
		"POST /shopping/pay/payBalance":                {0, false, s.payBalance},
		"POST /shopping/pay/payBalanceV2":              {0, false, s.payBalanceV2},
		"POST /shopping/sandbox/simulatePay":           {0, false, s.simulatePay},
		"POST /shopping/sandbox/updateStatus":          {0, false, s.sandboxStatus},
		"POST /shopping/sandbox/updateTrackNumber":     {0, false, s.sandboxTrack},
		"POST /webhook/set":                            {0, false, s.webhookSet},
		"GET /disputes/disputeProducts":                {0, false, s.disputeProducts},
		"POST /disputes/disputeConfirmInfo":            {0, false, s.disputeConfirmInfo},
		"POST /disputes/create":                        {0, false, s.createDispute},
		"POST /disputes/cancel":                        {0, false, s.cancelDispute},
		"GET /disputes/getDisputeList":                 {0, false, s.listDisputes},
	}
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	path, inside := strings.CutPrefix(r.URL.Path, Prefix)
	if !inside {
		http.NotFound(w, r)
		return
	}
	body, err := readBody(r)
	if err != nil {
		s.answer(w, nil, &failure{400, 16900203, "Content is not readable", nil})
		return
	}
	found, known := s.routes()[r.Method+" "+path]
	if !known {
		s.answer(w, nil, s.noRoute(path))
		return
	}
	c := call{r.URL.Query(), body, s.o.World.Now()}
	data, failed := s.admit(r, found)
	if failed == nil {
		data, failed = s.act(found, c, path)
	}
	s.answer(w, data, failed)
	s.flush(r.Context())
}

// act runs the call, or what was planned to go wrong instead of it or after it.
func (s *Server) act(found route, c call, path string) (any, *failure) {
	p, planned := s.takePlanned(path)
	if planned && !p.acted {
		return nil, &p.failure
	}
	data, failed := found.do(c)
	if planned {
		return nil, &p.failure
	}
	return data, failed
}

func (s *Server) noRoute(path string) *failure {
	for key := range s.routes() {
		if strings.HasSuffix(key, " "+path) {
			return &failure{405, 16900202, "Request method not supported", nil}
		}
	}
	return &failure{404, 1600101, "Interface not found", nil}
}

// answer writes CJ's envelope.
func (s *Server) answer(w http.ResponseWriter, data any, failed *failure) {
	s.mu.Lock()
	s.seq++
	points := s.meter.info(s.o.Points)
	id := fmt.Sprintf("%032x", s.seq)
	s.mu.Unlock()
	status, envelope := 200, map[string]any{
		"code": 200, "result": true, "message": "Success", "data": data,
		"requestId": id, "success": true, "pointsInfo": points,
	}
	if failed != nil {
		envelope["code"], envelope["message"], envelope["data"] = failed.code, failed.message, failed.data
		envelope["result"], envelope["success"] = false, false
		if failed.http != 0 {
			status = failed.http
		}
	}
	w.Header().Set("Content-Type", "application/json;charset=UTF-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(envelope)
}

type planned struct {
	match string
	acted bool
	failure
}

// Fail makes the next call whose path ends with match answer the code; acted says whether
// it did its work all the same.
func (s *Server) Fail(match string, code int, message string, acted bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fails = append(s.fails, planned{match, acted, failure{code: code, message: message}})
}

func (s *Server) takePlanned(path string) (planned, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, p := range s.fails {
		if strings.HasSuffix(path, p.match) {
			s.fails = append(s.fails[:i:i], s.fails[i+1:]...)
			return p, true
		}
	}
	return planned{}, false
}
