package suppliertest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
)

// wire stands between the connector and the emulator: it writes down the addresses,
// garbles answers, and knows when the other side has finished.
type wire struct {
	next http.Handler

	mu      sync.Mutex
	quiet   *sync.Cond
	urls    []string
	flying  int
	garbled []garble
	arrived chan struct{}
}

// garble replaces every answer to calls that match, acted on or not.
type garble struct {
	match  string
	act    bool
	status int
	body   string
}

func newWire(next http.Handler) *wire {
	w := &wire{next: next, arrived: make(chan struct{}, 1024)}
	w.quiet = sync.NewCond(&w.mu)
	return w
}

// ServeHTTP reads the whole request first: what has arrived is acted upon even if the
// caller hangs up.
func (w *wire) ServeHTTP(res http.ResponseWriter, req *http.Request) {
	body, _ := io.ReadAll(req.Body)
	req.Body = io.NopCloser(bytes.NewReader(body))
	g := w.begin(req.URL.String())
	defer w.end()
	if g == nil {
		w.next.ServeHTTP(res, req)
		return
	}
	if g.act {
		w.next.ServeHTTP(httptest.NewRecorder(), req)
	}
	res.Header().Set("Content-Type", "application/json")
	res.WriteHeader(g.status)
	_, _ = io.WriteString(res, g.body)
}

func (w *wire) begin(url string) *garble {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.urls = append(w.urls, url)
	w.flying++
	select {
	case w.arrived <- struct{}{}:
	default:
	}
	for _, g := range w.garbled {
		if strings.Contains(url, g.match) {
			return &g
		}
	}
	return nil
}

func (w *wire) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.flying--
	w.quiet.Broadcast()
}

// settle returns when no call is being served.
func (w *wire) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for w.flying > 0 {
		w.quiet.Wait()
	}
}

// set makes these the answers that are garbled; none = all is well again.
func (w *wire) set(g ...garble) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.garbled = g
}

func (w *wire) calls() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.urls...)
}

// drain forgets the arrivals so far, so that the next one can be waited for.
func (w *wire) drain() {
	for {
		select {
		case <-w.arrived:
		default:
			return
		}
	}
}
