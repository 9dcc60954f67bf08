// Package emulator is what the emulated vendors share: knobs that make a server
// misbehave as real ones do, a world whose parcels travel at a chosen pace, and a
// sender of webhooks that repeats and reorders. Emulators speak real HTTP; nothing in the
// program knows that it talks to one.
package emulator

import (
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Fault is one way in which a server fails its caller.
type Fault string

// The faults. Before means that the request was not acted on, after that it was.
const (
	Slow       Fault = "slow"        // answers after Knobs.Delay
	Busy       Fault = "busy"        // 429 with Retry-After, not acted on
	FailBefore Fault = "fail-before" // 500, not acted on
	FailAfter  Fault = "fail-after"  // 500, acted on
	DropBefore Fault = "drop-before" // connection closed, not acted on
	DropAfter  Fault = "drop-after"  // connection closed, acted on
	Truncate   Fault = "truncate"    // half of the answer, acted on
)

// Knobs turn faults on: the next request only, or a share of all requests. The zero
// value is a well-behaved server.
type Knobs struct {
	mu     sync.Mutex
	delay  time.Duration
	once   []planned
	chaos  int // per cent of requests
	faults []Fault
	random *rand.Rand
	counts map[Fault]int
}

type planned struct {
	fault Fault
	match string
}

// Once makes the next request whose path or query contains match suffer the fault.
func (k *Knobs) Once(f Fault, match string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.once = append(k.once, planned{f, match})
}

// Chaos makes percent of all requests suffer one of the faults, by chance from a seed.
func (k *Knobs) Chaos(seed uint64, percent int, faults ...Fault) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.random = rand.New(rand.NewPCG(seed, seed+1))
	k.chaos, k.faults = percent, faults
}

// Delay is how long a Slow answer takes.
func (k *Knobs) Delay(d time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.delay = d
}

// Counts says how often each fault struck.
func (k *Knobs) Counts() map[Fault]int {
	k.mu.Lock()
	defer k.mu.Unlock()
	out := map[Fault]int{}
	for f, n := range k.counts {
		out[f] = n
	}
	return out
}

// choose is the fault that a request suffers, or none.
func (k *Knobs) choose(r *http.Request) (Fault, time.Duration) {
	k.mu.Lock()
	defer k.mu.Unlock()
	chosen := Fault("")
	for i, p := range k.once {
		if strings.Contains(r.URL.String(), p.match) {
			k.once = append(k.once[:i:i], k.once[i+1:]...)
			chosen = p.fault
			break
		}
	}
	if chosen == "" && k.chaos > 0 && k.random.IntN(100) < k.chaos {
		chosen = k.faults[k.random.IntN(len(k.faults))]
	}
	if chosen != "" {
		if k.counts == nil {
			k.counts = map[Fault]int{}
		}
		k.counts[chosen]++
	}
	return chosen, k.delay
}

// Wrap puts the knobs in front of a server.
func (k *Knobs) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		fault, delay := k.choose(r)
		switch fault {
		case Slow:
			select {
			case <-time.After(delay):
			case <-r.Context().Done():
			}
			next.ServeHTTP(w, r)
		case Busy:
			w.Header().Set("Retry-After", "1")
			http.Error(w, "too many requests", http.StatusTooManyRequests)
		case FailBefore:
			http.Error(w, "internal error", http.StatusInternalServerError)
		case FailAfter:
			next.ServeHTTP(httptest.NewRecorder(), r)
			http.Error(w, "internal error", http.StatusInternalServerError)
		case DropBefore:
			hangUp(w)
		case DropAfter:
			next.ServeHTTP(httptest.NewRecorder(), r)
			hangUp(w)
		case Truncate:
			cut(w, r, next)
		default:
			next.ServeHTTP(w, r)
		}
	})
}

// hangUp closes the connection without a word.
func hangUp(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	_ = conn.Close()
}

// cut acts, announces the whole answer, sends half of it and hangs up.
func cut(w http.ResponseWriter, r *http.Request, next http.Handler) {
	whole := httptest.NewRecorder()
	next.ServeHTTP(whole, r)
	for key, values := range whole.Header() {
		w.Header()[key] = values
	}
	body := whole.Body.Bytes()
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(whole.Code)
	_, _ = w.Write(body[:len(body)/2])
	_ = http.NewResponseController(w).Flush() // else nothing leaves, and clients quietly repeat a GET
	panic(http.ErrAbortHandler)
}
