package stripe

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"golang.org/x/time/rate"

	"doorstep/connector"
)

// transport puts the project's rules under the library: our limiter, our client, and the
// error kinds of connector.Call.
type transport struct {
	outside *http.Client
	limiter *rate.Limiter
}

// patience is how long a call waits for our own limiter.
const patience = time.Second

// RoundTrip sends one request. Answers below 500 other than 429 go to the library.
func (t *transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.wait(req); err != nil {
		return nil, err
	}
	answer, err := connector.Call(req.Context(), t.outside, req)
	if answer.Status >= 500 {
		return nil, &connector.Uncertain{Err: readFault(answer)}
	}
	if err != nil {
		return nil, err
	}
	return &http.Response{
		Status: http.StatusText(answer.Status), StatusCode: answer.Status, Header: answer.Header, Request: req,
		Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Body: io.NopCloser(bytes.NewReader(answer.Body)), ContentLength: int64(len(answer.Body)),
	}, nil
}

func (t *transport) wait(req *http.Request) error {
	slot := t.limiter.Reserve()
	delay := slot.Delay()
	if delay == 0 {
		return nil
	}
	if delay > patience {
		slot.Cancel()
		return &connector.NotSent{After: delay, Err: errors.New("our own limit of requests a second is reached")}
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-req.Context().Done():
		slot.Cancel()
		return &connector.NotSent{Err: req.Context().Err()}
	}
}

// fault is an answer 5xx.
type fault struct {
	status   int
	words    string
	request  string
	replayed bool // it is the stored answer to an earlier request with this key
}

// Error gives the status and Stripe's own words.
func (f *fault) Error() string {
	return fmt.Sprintf("answer %d %s (request %s)", f.status, f.words, f.request)
}

func readFault(a connector.Answer) *fault {
	var envelope struct {
		Error struct {
			Message string `json:"message"`
		} `json:"error"`
	}
	_ = json.Unmarshal(a.Body, &envelope) // a proxy's page has no envelope: then no words
	return &fault{
		status: a.Status, words: short(envelope.Error.Message), request: short(a.Header.Get("Request-Id")),
		replayed: a.Header.Get("Idempotent-Replayed") == "true",
	}
}

// short keeps a foreign text from filling our logs.
func short(text string) string {
	const most = 300
	if len(text) <= most {
		return text
	}
	return text[:most] + "…"
}
