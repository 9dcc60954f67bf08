package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"strconv"
	"sync/atomic"
	"time"
)

// MaxAnswer is how much of an answer is read; a longer one is an error, not memory.
const MaxAnswer = 16 << 20

// Answer is what came back: the status and the whole body.
type Answer struct {
	Status int
	Header http.Header
	Body   []byte
}

// Call sends a request and reads the whole answer. Its errors say what is known:
// NotSent when no byte of the request left this machine or the answer was 429 (with its
// delay), Uncertain for everything that broke later, 5xx included: a server that fails may
// have acted before. Other statuses are returned for the caller to judge. For reads, where
// repeating is harmless, the distinction does no harm either.
func Call(ctx context.Context, client *http.Client, req *http.Request) (Answer, error) {
	var began atomic.Bool
	trace := &httptrace.ClientTrace{
		WroteHeaderField: func(string, []string) { began.Store(true) },
		WroteHeaders:     func() { began.Store(true) },
		WroteRequest:     func(httptrace.WroteRequestInfo) { began.Store(true) },
	}
	res, err := client.Do(req.WithContext(httptrace.WithClientTrace(ctx, trace))) //nolint:gosec // the client that is handed in keeps off private addresses
	if err != nil && !began.Load() {
		return Answer{}, &NotSent{Err: bare(err, req)}
	}
	if err != nil {
		return Answer{}, &Uncertain{Err: bare(err, req)}
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(io.LimitReader(res.Body, MaxAnswer+1))
	answer := Answer{Status: res.StatusCode, Header: res.Header, Body: body}
	switch {
	case res.StatusCode == http.StatusTooManyRequests:
		return answer, &NotSent{After: RetryAfter(res.Header, time.Now()), Err: errors.New("429: too many requests")}
	case err != nil:
		return answer, &Uncertain{Err: fmt.Errorf("answer %d cut short: %w", res.StatusCode, err)}
	case len(body) > MaxAnswer:
		return answer, &Uncertain{Err: fmt.Errorf("answer %d is longer than %d bytes", res.StatusCode, MaxAnswer)}
	case res.StatusCode >= 500:
		return answer, &Uncertain{Err: fmt.Errorf("answer %d", res.StatusCode)}
	}
	return answer, nil
}

// bare is the client's error without the address, which may hold a token.
func bare(err error, req *http.Request) error {
	var withURL *url.Error
	if errors.As(err, &withURL) {
		return fmt.Errorf("%s %s: %w", req.Method, req.URL.Host, withURL.Err)
	}
	return err
}

// maxPatience is the longest wait that is believed.
const maxPatience = 24 * time.Hour

// RetryAfter reads the header of that name, in seconds or as a date (RFC 9110, 10.2.3), a
// day at most; 0 when there is none.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	value := h.Get("Retry-After")
	if seconds, err := strconv.Atoi(value); err == nil && seconds > 0 {
		return time.Duration(min(seconds, int(maxPatience/time.Second))) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return min(at.Sub(now), maxPatience)
	}
	return 0
}
