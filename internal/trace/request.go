package trace

import (
	"context"
	"net/http"
	"strings"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	api "go.opentelemetry.io/otel/trace"
)

// quiet are the paths of requests that say nothing about anybody's work.
var quiet = []string{"/healthz", "/readyz", "/metrics", "/assets/", "/sample/", "/favicon.ico"}

// programs is the path below which callers are programs: theirs is the trace that goes on. A
// browser's wish to be traced is not believed.
const programs = "/api/"

// Request begins the span of a request. The pages' files and the looks of watchmen have none.
func (t *Tracer) Request(r *http.Request) (context.Context, *Span) {
	if t == nil {
		return r.Context(), nil
	}
	for _, path := range quiet {
		if strings.HasPrefix(r.URL.Path, path) {
			return r.Context(), nil
		}
	}
	ctx := r.Context()
	if strings.HasPrefix(r.URL.Path, programs) {
		ctx = propagation.TraceContext{}.Extract(ctx, propagation.HeaderCarrier(r.Header))
	}
	return t.begin(ctx, "request", api.SpanKindServer)
}

// Answered ends a request's span: by which route it was answered, and with which status.
func (s *Span) Answered(method, route string, status int) {
	if s == nil {
		return
	}
	s.span.SetName(method + " " + route)
	s.span.SetAttributes(attribute.String("http.request.method", method), attribute.String("http.route", route),
		attribute.Int("http.response.status_code", status))
	if status >= http.StatusInternalServerError {
		s.span.SetStatus(codes.Error, "")
	}
	s.span.End()
}
