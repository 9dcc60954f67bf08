package emulator

import (
	"fmt"
	"net/http"
	"sync"
	"time"

	"doorstep/connector/emulator"
	"doorstep/money"
)

// Shape is how answers are wrapped; all three have been seen.
type Shape int

// The shapes.
const (
	Wrapped Shape = iota // <method>_response around, lists in an object with one key
	Simple               // nothing around, bare lists, errors at the root
	Loose                // as Wrapped, numbers as strings, a list of one without its list
)

// Repeat is how a repeated out_order_id is answered; the documents do not say.
type Repeat int

// The answers to a repetition.
const (
	RepeatError  Repeat = iota // REPEATED_ORDER_ERROR without a number
	RepeatNumber               // REPEATED_ORDER_ERROR that names the order
	RepeatSame                 // the first answer again
)

// Options are the credentials and manners of a server. World is needed; what is zero has
// the default that its comment names.
type Options struct {
	World *emulator.World
	Hooks *emulator.Hooks

	AppKey       string // "123456"
	AppSecret    string // "helloworld"
	AccessToken  string // "at-1"
	RefreshToken string // "rt-1"
	AccessFor    time.Duration
	RefreshFor   time.Duration // 30 and 60 days: a launched app

	Callback string // where push messages go; empty = nowhere
	Unsigned bool   // push messages without Authorization
	Shape    Shape
	Repeat   Repeat
	AutoPay  bool          // the app is on the list for automatic payment
	PayTime  time.Duration // after which an unpaid order is closed; 1,036,800 s
	// Limits are calls per second by method; nil = as documented, empty = none.
	Limits map[string]int
	// Rates convert prices to the currency asked for, as "CNY>USD": numerator and
	// denominator in minor units. Without one, prices stay in the article's currency.
	Rates map[string][2]int64
	Seed  int64 // moves order and tracking numbers, for several servers in one world
}

// Server is an AliExpress. It is safe for parallel use.
type Server struct {
	Knobs *emulator.Knobs

	o      Options
	mu     sync.Mutex
	auth   auth
	shelf  shelf
	desk   desk
	calls  map[string]window
	next   []failure // gateway errors to come
	serial int64
}

// window counts the calls of one second.
type window struct {
	second int64
	n      int
}

// failure is a gateway error that the next call of a method gets.
type failure struct{ method, code, sub, words string }

// New is a server without articles.
func New(o Options) *Server {
	text := func(s *string, def string) {
		if *s == "" {
			*s = def
		}
	}
	span := func(d *time.Duration, def time.Duration) {
		if *d == 0 {
			*d = def
		}
	}
	text(&o.AppKey, "123456")
	text(&o.AppSecret, "helloworld")
	text(&o.AccessToken, "at-1")
	text(&o.RefreshToken, "rt-1")
	span(&o.AccessFor, 2592000*time.Second)
	span(&o.RefreshFor, 5184000*time.Second)
	span(&o.PayTime, 1036800*time.Second)
	if o.Limits == nil {
		o.Limits = map[string]int{
			"aliexpress.ds.product.get": 500, "aliexpress.ds.order.create": 150, "aliexpress.trade.ds.order.get": 1000,
			"aliexpress.ds.freight.query": 350, "aliexpress.ds.order.tracking.get": 100, "aliexpress.ds.address.get": 4,
		}
	}
	s := &Server{Knobs: &emulator.Knobs{}, o: o, calls: map[string]window{}}
	now := o.World.Now()
	s.auth = auth{
		access:  map[string]time.Time{o.AccessToken: now.Add(o.AccessFor)},
		refresh: map[string]time.Time{o.RefreshToken: now.Add(o.RefreshFor)},
		codes:   map[string]time.Time{},
	}
	s.shelf = shelf{articles: map[int64]*Article{}, services: defaultServices()}
	s.desk = desk{orders: map[string]*order{}, keys: map[string]checkout{}}
	return s
}

// Handler serves the API, the consent page and the page where a buyer pays, with the
// knobs in front.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/sync", s.sync)
	mux.HandleFunc("/rest/auth/token/create", s.createToken)
	mux.HandleFunc("/rest/auth/token/refresh", s.refreshToken)
	mux.HandleFunc("GET /oauth/authorize", s.authorize)
	mux.HandleFunc("GET /p/order/detail.html", s.payPage)
	mux.HandleFunc("POST /p/order/pay", s.payByForm)
	return s.Knobs.Wrap(mux)
}

// sync is the door for business calls.
func (s *Server) sync(w http.ResponseWriter, r *http.Request) {
	params, bad := s.admit(r, "")
	if bad != nil {
		s.refuse(w, *bad)
		return
	}
	method := params["method"]
	do, known := map[string]func(map[string]string) (any, *failure){
		"aliexpress.ds.product.get":        s.productGet,
		"aliexpress.ds.order.create":       s.orderCreate,
		"aliexpress.trade.ds.order.get":    s.orderGet,
		"aliexpress.ds.order.tracking.get": s.trackingGet,
		"aliexpress.ds.freight.query":      s.freightQuery,
		"aliexpress.ds.address.get":        s.addressGet,
	}[method]
	if !known {
		s.refuse(w, failure{code: "InvalidApiPath", words: "The specified API path is invalid"})
		return
	}
	s.mu.Lock()
	bad = s.gate(method, params)
	var body any
	if bad == nil {
		s.advance()
		body, bad = do(params)
	}
	s.mu.Unlock()
	s.flush(r.Context())
	if bad != nil {
		s.refuse(w, *bad)
		return
	}
	s.answer(w, method, body, params["simplify"] == "true")
}

// gate is what stands before every business call: the token, planned failures, the limit.
func (s *Server) gate(method string, params map[string]string) *failure {
	now := s.o.World.Now()
	token := params["session"]
	if token == "" {
		token = params["access_token"]
	}
	if until, ok := s.auth.access[token]; !ok || !now.Before(until) {
		return &failure{code: "IllegalAccessToken", words: "The specified access token is invalid or expired"}
	}
	for i, f := range s.next {
		if f.method == method || f.method == "" {
			s.next = append(s.next[:i:i], s.next[i+1:]...)
			return &f
		}
	}
	limit, ok := s.o.Limits[method]
	if !ok {
		return nil
	}
	count := s.calls[method]
	if second := now.Unix(); count.second != second {
		count = window{second: second}
	}
	count.n++
	s.calls[method] = count
	if count.n > limit {
		return &failure{code: "ApiCallLimit", words: "Api access frequency exceeds the limit. this ban will last 1 seconds"}
	}
	return nil
}

// price is an amount in the currency asked for, if there is a rate.
func (s *Server) price(a money.Amount, to string) money.Amount {
	rate, ok := s.o.Rates[string(a.Currency)+">"+to]
	if !ok || rate[1] == 0 {
		return a
	}
	return money.New((a.Minor*rate[0]+rate[1]/2)/rate[1], money.Currency(to))
}

func (s *Server) count() int64 {
	s.serial++
	return s.serial
}

func (s *Server) requestID() string { return fmt.Sprintf("2141%012x", s.o.World.Now().UnixMilli()) }
