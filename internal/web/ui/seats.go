package ui

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Seats bounds how many live pages (server-sent events) a process feeds at a time: in all, and of
// one key, as an address or a session. It is safe for parallel use.
type Seats struct {
	most, ofOne int

	mu    sync.Mutex
	all   int
	taken map[string]int // by key
}

// NewSeats are so many seats, and so many of one key.
func NewSeats(most, ofOne int) *Seats {
	return &Seats{most: most, ofOne: ofOne, taken: map[string]int{}}
}

// Take takes a seat for one who counts for each of the keys; call leave, once, to give it back.
// Refused is the status to answer with, and leave nil: 429 where a key has its seats taken, 503
// where all are. It is 0 for who has a seat.
func (s *Seats) Take(keys ...string) (leave func(), refused int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, key := range keys {
		if s.taken[key] >= s.ofOne {
			return nil, http.StatusTooManyRequests
		}
	}
	if s.all >= s.most {
		return nil, http.StatusServiceUnavailable
	}
	s.all++
	for _, key := range keys {
		s.taken[key]++
	}
	return func() { s.leave(keys) }, 0
}

func (s *Seats) leave(keys []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all--
	for _, key := range keys {
		if s.taken[key]--; s.taken[key] == 0 {
			delete(s.taken, key)
		}
	}
}

// SeatAgain is after how long a page that got no seat may ask again.
const SeatAgain = 30 * time.Second

// RefuseSeat answers who got no seat. A page loses nothing by it but to be told at once.
func RefuseSeat(w http.ResponseWriter, status int) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Retry-After", strconv.Itoa(int(SeatAgain.Seconds())))
	http.Error(w, "Too many pages are told of news at this moment. Please reload this one to see what is new.", status)
}
