package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"time"
)

// patience is how long somebody tries again what did not work by somebody else's fault.
const patience = 45 * time.Second

// caller talks to the program's API as any program would.
type caller struct {
	http  *http.Client
	base  string // "http://host:port/api/v1"
	token string // of a cart, an order or a key
}

// problem is an error as the API tells it.
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error is the code and the words.
func (p *problem) Error() string { return fmt.Sprintf("%d %s: %s", p.Status, p.Code, p.Detail) }

// passing says whether the same request may work later.
func (p *problem) passing() bool {
	return p.Status >= 500 || p.Status == http.StatusTooManyRequests || p.Code == "idempotency_in_progress"
}

// do makes one request, and again under the same key while the trouble is a passing one.
func (c caller) do(ctx context.Context, method, path string, in, out any) error {
	body, err := json.Marshal(in)
	if err != nil {
		return err
	}
	key := fmt.Sprintf("demo-%016x%016x", rand.Uint64(), rand.Uint64())
	end := time.Now().Add(patience)
	for wait := 100 * time.Millisecond; ; wait = min(2*wait, 2*time.Second) {
		err := c.once(ctx, method, path, key, body, out)
		p, told := err.(*problem) //nolint:errorlint // once returns it unwrapped
		if err == nil || told && !p.passing() || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
	}
}

func (c caller) once(ctx context.Context, method, path, key string, body []byte, out any) error {
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(body))
	if err != nil {
		return err
	}
	if method == http.MethodGet {
		req.Body, req.ContentLength = nil, 0
	} else {
		req.Header.Set("Content-Type", "application/json")
	}
	if method == http.MethodPost {
		req.Header.Set("Idempotency-Key", key)
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		p := &problem{Status: res.StatusCode, Detail: string(answer)}
		_ = json.Unmarshal(answer, p) // what is no problem document is told as it came
		return p
	}
	if out == nil {
		return nil
	}
	return json.Unmarshal(answer, out)
}
