package story_test

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"
)

// told are the spans that a collector got: by name, with their trace and parent.
type told struct {
	mu    sync.Mutex
	spans []toldSpan
	whole strings.Builder
}

type toldSpan struct{ Name, TraceID, SpanID, ParentSpanID string }

func (c *told) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	var said struct {
		ResourceSpans []struct{ ScopeSpans []struct{ Spans []toldSpan } }
	}
	if json.Unmarshal(body, &said) != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.whole.Write(body)
	for _, s := range said.ResourceSpans {
		c.spans = append(c.spans, s.ScopeSpans[0].Spans...)
	}
}

// find is the newest span of a name of which the parent is as wanted.
func (c *told) find(name string, fits func(s toldSpan) bool) (found toldSpan) {
	for _, s := range c.spans {
		if s.Name == name && fits(s) {
			found = s
		}
	}
	return found
}

// A customer's click is the beginning of a trace that goes through the table of jobs to the
// supplier: what a message of the bank causes is told as its consequence. Nobody's name or
// address is in it.
func TestTraceFromClickToSupplier(t *testing.T) {
	t.Parallel()
	c := &told{}
	collector := httptest.NewServer(c)
	t.Cleanup(collector.Close)
	tellOn(t, terms{settings: []string{"hold", "0s"}, traces: collector.URL}, func(s *story) {
		o := s.Customer("ann").Buys("mug", 1)
		s.Later(5 * time.Minute)
		s.Expect(o, "open, ordered, paid")
		s.must(s.Close())
		c.expect(s.t)
		s.open(s.dsn)
	})
}

// expect wants the spans of a sale to hang together.
func (c *told) expect(t *testing.T) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	submit := c.find("purchase.submit", func(s toldSpan) bool { return s.ParentSpanID != "" })
	click := c.find("POST /webhooks/", func(s toldSpan) bool { return s.SpanID == submit.ParentSpanID })
	call := c.find("supplier aliexpress", func(s toldSpan) bool { return s.ParentSpanID == submit.SpanID })
	if click.SpanID == "" || submit.TraceID != click.TraceID || call.TraceID != click.TraceID {
		t.Errorf("click %+v, job %+v, call %+v", click, submit, call)
	}
	begin := c.find("payment stripe", func(s toldSpan) bool { return s.ParentSpanID != "" })
	if at := c.find("POST /api/v1/cart/checkout", func(s toldSpan) bool { return s.SpanID == begin.ParentSpanID }); at.TraceID == "" {
		t.Errorf("the checkout and its call to the bank: %+v", begin)
	}
	for _, secret := range []string{"ann@", "Müller", "Gasse", "sk_test", "whsec"} {
		if strings.Contains(c.whole.String(), secret) {
			t.Errorf("%q is told", secret)
		}
	}
	if t.Failed() {
		for _, s := range c.spans {
			t.Logf("%+v", s)
		}
	}
}
