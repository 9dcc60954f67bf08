package trace_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/internal/trace"
)

// span is what a collector understands of one.
type span struct {
	TraceID      string `json:"traceId"`
	SpanID       string `json:"spanId"`
	ParentSpanID string `json:"parentSpanId"`
	Name         string
	Kind         int
	Start        string `json:"startTimeUnixNano"`
	End          string `json:"endTimeUnixNano"`
	Attributes   []struct {
		Key   string
		Value struct {
			StringValue string
			IntValue    string
		}
	}
	Status struct{ Code int }
}

func (s span) attribute(key string) string {
	for _, a := range s.Attributes {
		if a.Key == key {
			return a.Value.StringValue + a.Value.IntValue
		}
	}
	return ""
}

// collector takes OTLP over HTTP in JSON.
type collector struct {
	*httptest.Server
	mu    sync.Mutex
	asked []*http.Request
	bytes string
	spans map[string]span // by name
}

func collect(t *testing.T, answer ...int) *collector {
	t.Helper()
	c := &collector{spans: map[string]span{}}
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		c.mu.Lock()
		defer c.mu.Unlock()
		c.asked = append(c.asked, r)
		if n := len(c.asked); n <= len(answer) && answer[n-1] != http.StatusOK {
			w.WriteHeader(answer[n-1])
			return
		}
		c.bytes += string(body)
		var said struct {
			ResourceSpans []struct{ ScopeSpans []struct{ Spans []span } }
		}
		if err := json.Unmarshal(body, &said); err != nil {
			t.Errorf("%v in %s", err, body)
		}
		for _, s := range said.ResourceSpans[0].ScopeSpans[0].Spans {
			c.spans[s.Name] = s
		}
		_, _ = w.Write([]byte(`{"partialSuccess":{}}`))
	}))
	t.Cleanup(c.Close)
	return c
}

func start(t *testing.T, o trace.Options) *trace.Tracer {
	t.Helper()
	tracer, err := trace.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return tracer
}

// journey is a click, the job that it leaves and the call that the job makes.
func journey(tracer *trace.Tracer, r *http.Request) (parent string) {
	ctx, click := tracer.Request(r)
	parent = trace.Parent(ctx)
	click.Answered(http.MethodPost, "/checkout", http.StatusSeeOther)
	ctx, job := tracer.Job(context.Background(), parent, "purchase.submit", "jo_1", "cn_1", 2)
	_, call := tracer.Call(ctx, "supplier", "acme", "cj")
	call.End("uncertain", true)
	job.End("done", false)
	return parent
}

// What a click causes is one trace, in the protocol's own form.
func TestOneTraceFromClickToCall(t *testing.T) {
	t.Parallel()
	c := collect(t)
	tracer := start(t, trace.Options{URL: strings.Replace(c.URL, "://", "://ann:secret@", 1), Version: "1.2"})
	r := httptest.NewRequest(http.MethodPost, "/checkout?email=ann@example.com", nil)
	r.Header.Set("traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01") // a browser's is not believed
	journey(tracer, r)
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	click, job, call := c.spans["POST /checkout"], c.spans["purchase.submit"], c.spans["supplier cj"]
	if len(c.spans) != 3 || len(click.TraceID) != 32 || click.TraceID == strings.Repeat("0", 32) || click.TraceID == "0af7651916cd43dd8448eb211c80319c" {
		t.Fatalf("spans: %+v", c.spans)
	}
	if job.TraceID != click.TraceID || call.TraceID != click.TraceID || job.ParentSpanID != click.SpanID || call.ParentSpanID != job.SpanID || click.ParentSpanID != "" {
		t.Errorf("not one trace: %+v", c.spans)
	}
	if click.Kind != 2 || job.Kind != 5 || call.Kind != 3 || call.Status.Code != 2 || job.Status.Code != 0 || click.Start == "" || click.End < click.Start {
		t.Errorf("kinds, states or times: %+v", c.spans)
	}
	if call.attribute("doorstep.outcome") != "uncertain" || call.attribute("doorstep.connector") != "acme" || job.attribute("doorstep.tries") != "2" ||
		click.attribute("http.response.status_code") != "303" {
		t.Errorf("attributes: %+v", c.spans)
	}
	user, password, _ := c.asked[0].BasicAuth()
	if c.asked[0].URL.Path != "/v1/traces" || c.asked[0].Header.Get("Content-Type") != "application/json" || user+password != "annsecret" {
		t.Errorf("asked at %s with %v", c.asked[0].URL, c.asked[0].Header)
	}
	if strings.Contains(c.bytes, "example.com") || !strings.Contains(c.bytes, `{"key":"service.name","value":{"stringValue":"doorstep"}}`) {
		t.Errorf("sent: %s", c.bytes)
	}
}

// A program that calls the API goes on with its own trace, and its wish not to be told counts.
func TestAProgramsTraceGoesOn(t *testing.T) {
	t.Parallel()
	c := collect(t)
	tracer := start(t, trace.Options{URL: c.URL})
	for flags, id := range map[string]string{"01": "0af7651916cd43dd8448eb211c80319c", "00": "1af7651916cd43dd8448eb211c80319c"} {
		r := httptest.NewRequest(http.MethodPost, "/api/v1/carts", nil)
		r.Header.Set("traceparent", "00-"+id+"-b7ad6b7169203331-"+flags)
		if parent := journey(tracer, r); !strings.HasPrefix(parent, "00-"+id) || !strings.HasSuffix(parent, "-"+flags) {
			t.Errorf("the job keeps %q", parent)
		}
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.spans["supplier cj"]; s.TraceID != "0af7651916cd43dd8448eb211c80319c" || strings.Contains(c.bytes, "1af7") {
		t.Errorf("told: %s", c.bytes)
	}
}

// Off, nothing happens: no span, nothing to keep with jobs.
func TestOffIsNothing(t *testing.T) {
	t.Parallel()
	tracer := start(t, trace.Options{})
	if tracer != nil {
		t.Fatal("a tracer without a collector")
	}
	if parent := journey(tracer, httptest.NewRequest(http.MethodGet, "/", nil)); parent != "" {
		t.Errorf("it keeps %q", parent)
	}
	if err := tracer.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

// Files and watchmen are not traced, and a share of none of a hundred is refused.
func TestWhatIsNotTraced(t *testing.T) {
	t.Parallel()
	tracer := start(t, trace.Options{URL: "http://127.0.0.1:9", Percent: 1})
	defer func() { _ = tracer.Close(context.WithoutCancel(t.Context())) }()
	for _, path := range []string{"/healthz", "/metrics", "/assets/x.css"} {
		if ctx, span := tracer.Request(httptest.NewRequest(http.MethodGet, path, nil)); span != nil || trace.Parent(ctx) != "" {
			t.Errorf("%s is traced", path)
		}
	}
	for _, o := range []trace.Options{{URL: "localhost:4318"}, {URL: "ftp://u:secret@h"}, {URL: "http://h", Percent: 101}, {URL: "http://h", Percent: -1}} {
		if _, err := trace.New(o); err == nil || strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// A collector that is down, or slow, or full, holds nobody up: more spans than may wait end at once,
// and the log says once that they are dropped.
func TestACollectorThatIsDownHoldsNobodyUp(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	var log bytes.Buffer
	hold := make(chan struct{})
	slow := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-hold
		w.WriteHeader(http.StatusInternalServerError)
	}))
	defer slow.Close()
	tracer := start(t, trace.Options{URL: slow.URL, Every: time.Millisecond, Log: slog.New(slog.NewTextHandler(&locked{&mu, &log}, nil))})
	began := time.Now()
	for range 3_000 {
		journey(tracer, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	}
	if took := time.Since(began); took > 5*time.Second {
		t.Errorf("9,000 spans took %s", took)
	}
	close(hold)
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	mu.Lock()
	defer mu.Unlock()
	if n := strings.Count(log.String(), "traces are dropped"); n != 1 {
		t.Errorf("said %d times:\n%s", n, log.String())
	}
}

// A collector that asks for patience gets the part again.
func TestSentAgainWhereItIsAskedFor(t *testing.T) {
	t.Parallel()
	c := collect(t, http.StatusServiceUnavailable)
	tracer := start(t, trace.Options{URL: c.URL})
	journey(tracer, httptest.NewRequest(http.MethodPost, "/checkout", nil))
	if err := tracer.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.asked) != 2 || len(c.spans) != 3 {
		t.Errorf("asked %d times, %d spans", len(c.asked), len(c.spans))
	}
}

type locked struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.to.Write(b)
}
