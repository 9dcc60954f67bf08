// Package emulator is a server that speaks 17TRACK's Tracking API v2.4: registration
// with credits and limits, tracks read from an emulated world, and signed messages when
// a parcel is scanned. It is written from 17TRACK's documents and shares no code with
// the connector, so that each checks the other.
package emulator

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"doorstep/connector/emulator"
)

// Options is what a Server is made of. World and Key are needed.
type Options struct {
	World    *emulator.World
	Hooks    *emulator.Hooks // nil: no messages are sent
	Key      string          // the account's 17token; signs the messages too
	Callback string          // where messages go; empty: nowhere
	Quota    int             // credits; 0 = 100,000
	Daily    int             // registrations in a day; 0 = no limit
	QPS      float64         // calls per second of World.Now; 0 = no limit (the real one: 3)
	Quiet    time.Duration   // parcels without a scan for so long are stopped; 0 = 30 days
}

// Server is one account at 17TRACK, in memory. It is safe for parallel use.
type Server struct {
	Knobs *emulator.Knobs

	o     Options
	limit *rate.Limiter

	mu        sync.Mutex
	callback  string
	order     []string // numbers in the order of their registration
	list      map[string]*registration
	chains    map[string]chain
	strangers map[string]bool
	postcodes map[string]bool
	used      int
	today     int
	day       string
}

// registration is a number that the account follows.
type registration struct {
	number, order, lang, tag, param string
	carrier                         int
	at                              time.Time
	stopped                         bool
	why                             string // Expired, ByRequest
	stoppedAt                       time.Time
	retracked                       bool
	changes                         int
	told                            int // scans already pushed
	pushed                          time.Time
	pushes                          int
	calls                           int // how often it was asked to be registered
}

type chain struct{ number, provider string }

// Book is a registration, for verdicts.
type Book struct {
	Number  string
	Order   string
	Carrier int
	At      time.Time
	Stopped bool
	Asked   int // register calls that named it while it was registered or that registered it
	Pushes  int // messages sent of it
}

// New is an account without parcels.
func New(o Options) *Server {
	if o.Quota == 0 {
		o.Quota = 100_000
	}
	if o.Quiet == 0 {
		o.Quiet = 30 * 24 * time.Hour
	}
	s := &Server{
		Knobs: &emulator.Knobs{}, o: o, callback: o.Callback,
		list: map[string]*registration{}, chains: map[string]chain{},
		strangers: map[string]bool{}, postcodes: map[string]bool{},
	}
	if o.QPS > 0 {
		s.limit = rate.NewLimiter(rate.Limit(o.QPS), max(1, int(o.QPS)))
	}
	return s
}

// Handler serves the API below /track/v2.4/, knobs in front.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	for path, act := range map[string]func([]byte) reply{
		"register": s.register, "gettrackinfo": s.trackInfo, "gettracklist": s.trackList,
		"stoptrack": s.stop, "retrack": s.retrack, "deletetrack": s.remove,
		"changecarrier": s.changeCarrier, "changeinfo": s.changeInfo,
		"getquota": s.quota, "push": s.push,
	} {
		mux.HandleFunc("POST /track/v2.4/"+path, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, act) })
	}
	return s.Knobs.Wrap(mux)
}

// serve checks key and limit, as the real gate does, before anything is acted on.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, act func([]byte) reply) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	if r.Header.Get("17token") != s.o.Key {
		w.WriteHeader(http.StatusUnauthorized)
		_ = json.NewEncoder(w).Encode(fail(-18010002, "The security key is invalid."))
		return
	}
	if s.limit != nil && !s.limit.AllowN(s.o.World.Now(), 1) {
		w.WriteHeader(http.StatusTooManyRequests)
		_ = json.NewEncoder(w).Encode(fail(-18010003, "Too many requests."))
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, 1<<20))
	if err != nil {
		return
	}
	s.mu.Lock()
	answer := act(body)
	s.mu.Unlock()
	_ = json.NewEncoder(w).Encode(answer)
}

// Subscribe sets where messages go, as the vendor's console does.
func (s *Server) Subscribe(url string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.callback = url
}

// Chain makes a parcel continue under a last-mile carrier's number once it has arrived
// in its destination's country.
func (s *Server) Chain(number, local, provider string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.chains[fold(number)] = chain{local, provider}
}

// Undetect makes a number's carrier undetectable: it must be named at registration.
func (s *Server) Undetect(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.strangers[fold(number)] = true
}

// AskPostcode makes a number's carrier demand the postcode.
func (s *Server) AskPostcode(number string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.postcodes[fold(number)] = true
}

// Books are the registrations, oldest first.
func (s *Server) Books() []Book {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := make([]Book, 0, len(s.order))
	for _, number := range s.order {
		r := s.list[number]
		out = append(out, Book{r.number, r.order, r.carrier, r.at, r.stopped, r.calls, r.pushes})
	}
	return out
}

// Credits are how many registrations were paid for.
func (s *Server) Credits() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.used
}

// Tick sends the messages that are due: of each followed parcel that was scanned since
// the last one, and of each that has been silent for too long.
func (s *Server) Tick(ctx context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, number := range s.order {
		s.tell(ctx, s.list[number])
	}
}
