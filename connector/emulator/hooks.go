package emulator

import (
	"bytes"
	"context"
	"io"
	"math/rand/v2"
	"net/http"
	"sync"
	"time"
)

// Hook is a message on its way to a subscriber.
type Hook struct {
	URL    string
	Header http.Header
	Body   []byte
}

// Hooks sends messages as vendors do: in the background, again after a failure, and with
// chaos twice and out of order.
type Hooks struct {
	Client *http.Client
	Retry  time.Duration // between tries; 0 = 200 ms
	Tries  int           // 0 = 5

	mu     sync.Mutex
	chaos  int
	random *rand.Rand
	group  sync.WaitGroup
	sent   int
	failed int
}

// Chaos makes percent of the messages come twice and percent of them late.
func (h *Hooks) Chaos(seed uint64, percent int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.random, h.chaos = rand.New(rand.NewPCG(seed, seed+2)), percent
}

// Send hands a message over and returns at once.
func (h *Hooks) Send(ctx context.Context, m Hook) {
	times, delay := 1, time.Duration(0)
	h.mu.Lock()
	if h.chaos > 0 && h.random.IntN(100) < h.chaos {
		times = 2
	}
	if h.chaos > 0 && h.random.IntN(100) < h.chaos {
		delay = time.Duration(h.random.IntN(400)) * time.Millisecond
	}
	h.mu.Unlock()
	for range times {
		h.group.Add(1)
		go func() {
			defer h.group.Done()
			h.deliver(ctx, m, delay)
		}()
	}
}

// Wait returns when every message has been delivered or given up.
func (h *Hooks) Wait() { h.group.Wait() }

// Counts says how many messages were accepted and given up.
func (h *Hooks) Counts() (sent, failed int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.sent, h.failed
}

func (h *Hooks) deliver(ctx context.Context, m Hook, wait time.Duration) {
	tries, pause := h.Tries, h.Retry
	if tries == 0 {
		tries = 5
	}
	if pause == 0 {
		pause = 200 * time.Millisecond
	}
	for range tries {
		select {
		case <-ctx.Done():
			return
		case <-time.After(wait):
		}
		if h.post(ctx, m) {
			h.count(&h.sent)
			return
		}
		wait = pause
	}
	h.count(&h.failed)
}

func (h *Hooks) count(n *int) {
	h.mu.Lock()
	defer h.mu.Unlock()
	*n++
}

func (h *Hooks) post(ctx context.Context, m Hook) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, m.URL, bytes.NewReader(m.Body))
	if err != nil {
		return false
	}
	req.Header = m.Header.Clone()
	client := h.Client
	if client == nil {
		client = http.DefaultClient
	}
	res, err := client.Do(req)
	if err != nil {
		return false
	}
	defer func() { _ = res.Body.Close() }()
	_, _ = io.Copy(io.Discard, res.Body)
	return res.StatusCode < 300
}
