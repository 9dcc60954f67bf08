package connector_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
)

// call posts a body to a handler and says what is known of it.
func call(t *testing.T, h http.Handler) (connector.Answer, error) {
	t.Helper()
	server := httptest.NewServer(h)
	t.Cleanup(server.Close)
	return post(t, server.Client(), server.URL)
}

func post(t *testing.T, client *http.Client, url string) (connector.Answer, error) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, url, strings.NewReader(`{"order":1}`))
	if err != nil {
		t.Fatal(err)
	}
	return connector.Call(t.Context(), client, req)
}

func answer(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

func TestAnswersAreHandedOver(t *testing.T) {
	t.Parallel()
	for _, status := range []int{200, 201, 204, 400, 401, 404, 409, 422} {
		body := "x"
		if status == 204 {
			body = ""
		}
		got, err := call(t, answer(status, body))
		if err != nil || got.Status != status || string(got.Body) != body {
			t.Errorf("%d: %+v, %v", status, got, err)
		}
	}
}

// Every way in which a server fails its caller has its kind, and what may have happened is
// never called "not sent".
func TestFaultsAndTheirKinds(t *testing.T) {
	t.Parallel()
	for fault, want := range map[emulator.Fault]connector.Outcome{
		emulator.Busy: connector.WasNotSent, emulator.FailBefore: connector.WasLost, emulator.FailAfter: connector.WasLost,
		emulator.DropBefore: connector.WasLost, emulator.DropAfter: connector.WasLost, emulator.Truncate: connector.WasLost,
		emulator.Slow: connector.Done,
	} {
		var knobs emulator.Knobs
		knobs.Once(fault, "")
		acted := 0
		server := httptest.NewServer(knobs.Wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			acted++
			_, _ = io.WriteString(w, "a whole answer")
		})))
		_, err := post(t, server.Client(), server.URL)
		server.Close() // waits for the handler
		if got := connector.OutcomeOf(err); got != want {
			t.Errorf("%s: %s (%v), want %s", fault, got, err, want)
		}
		happens := fault != emulator.Busy && fault != emulator.FailBefore && fault != emulator.DropBefore
		if (acted == 1) != happens || acted > 1 {
			t.Errorf("%s: it happened %d times", fault, acted)
		}
	}
}

func TestRefusedConnectionsAreNotSent(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	if _, err := post(t, http.DefaultClient, "http://"+address); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("nobody listens: %v", err)
	}
	if _, err := post(t, http.DefaultClient, "http://doorstep.invalid"); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("no such name: %v", err)
	}
	server := httptest.NewTLSServer(answer(200, ""))
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	t.Cleanup(server.Close)
	if _, err := post(t, &http.Client{}, server.URL); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("a certificate of nobody: %v", err)
	}
}

// The other side takes the request and says nothing until our patience ends.
func TestSilenceIsLost(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		<-release
	}))
	t.Cleanup(server.Close)
	t.Cleanup(func() { close(release) })
	client := &http.Client{Timeout: 50 * time.Millisecond}
	if _, err := post(t, client, server.URL); connector.OutcomeOf(err) != connector.WasLost {
		t.Errorf("silence: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader("x"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := connector.Call(ctx, server.Client(), req); connector.OutcomeOf(err) != connector.WasLost || !connector.IsCancelled(ctx, err) {
		t.Errorf("our own end: %v", err)
	}
}

// A kept connection that the other side closes just as we write: the library must not
// repeat an order by itself, and we must not call it "not sent".
func TestAStaleConnection(t *testing.T) {
	t.Parallel()
	n := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n++
		if n == 1 {
			return
		}
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	}))
	t.Cleanup(server.Close)
	if _, err := post(t, server.Client(), server.URL); err != nil {
		t.Fatal(err)
	}
	_, err := post(t, server.Client(), server.URL)
	if got := connector.OutcomeOf(err); got != connector.WasLost || n != 2 {
		t.Errorf("%s after %d requests: %v", got, n, err)
	}
}

func TestTooLongAnAnswer(t *testing.T) {
	t.Parallel()
	got, err := call(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := make([]byte, 1<<20)
		for range connector.MaxAnswer>>20 + 8 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	if connector.OutcomeOf(err) != connector.WasLost || len(got.Body) > connector.MaxAnswer+1 {
		t.Errorf("%d bytes, %v", len(got.Body), err)
	}
}

func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	for value, want := range map[string]time.Duration{
		"": 0, "3": 3 * time.Second, "0": 0, "-5": 0, "soon": 0, "Mon, 02 Mar 2026 09:00:30 GMT": 30 * time.Second,
		"Mon, 02 Mar 2026 08:00:00 GMT": 0, "Monday, 02-Mar-26 09:01:00 GMT": time.Minute, "1.5": 0, "99999999999999999999": 0,
		strconv.Itoa(1 << 40): 24 * time.Hour,
	} {
		if got := connector.RetryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: %v, want %v", value, got, want)
		}
	}
}

func TestBothFormsOfPatience(t *testing.T) {
	t.Parallel()
	for name, value := range map[string]string{"seconds": "7", "a date": time.Now().Add(9 * time.Second).UTC().Format(http.TimeFormat)} {
		_, err := call(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", value)
			w.WriteHeader(http.StatusTooManyRequests)
		}))
		if wait := connector.Wait(err); connector.OutcomeOf(err) != connector.WasNotSent || wait < 5*time.Second || wait > 9*time.Second {
			t.Errorf("%s: %v, wait %v", name, err, wait)
		}
	}
}

// Errors hold no secret of the address.
func TestErrorsHoldNoAddress(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	_ = l.Close()
	_, err = post(t, http.DefaultClient, "http://user:hunter2@"+address+"/?access_token=hunter2")
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("%v", err)
	}
	var op *net.OpError
	if !errors.As(err, &op) {
		t.Errorf("the cause is lost: %v", err)
	}
}
