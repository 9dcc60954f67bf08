package trace

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

// How spans wait for the collector: at most so many, handed over in such parts and at least this
// often. A collector that takes longer than patience has not got them.
const (
	queued   = 4096
	part     = 512
	every    = 2 * time.Second
	patience = 10 * time.Second
)

// parentHeader is the header of W3C Trace Context, and the name that propagation knows it by.
const parentHeader = "traceparent"

// Options of New.
type Options struct {
	// URL is where the collector takes OTLP over HTTP: http://localhost:4318. Without a path it is
	// asked at /v1/traces, as the protocol says. A user and password in it are sent as Basic.
	URL string
	// Percent is how many of a hundred traces are told; 100 when 0. Those that another program
	// began are told as it says.
	Percent int
	Version string        // of this program; may be empty
	Log     *slog.Logger  // of a collector that does not answer; nothing is logged when nil
	Every   time.Duration // how often spans are handed over; two seconds when 0
}

// Tracer begins spans. A nil one does nothing.
type Tracer struct {
	provider *sdk.TracerProvider
	tracer   api.Tracer
}

// New prepares a tracer; the collector is not asked before there is something to tell. Without a
// URL it is nil, which is a tracer that does nothing.
func New(o Options) (*Tracer, error) {
	if o.URL == "" {
		return nil, nil //nolint:nilnil // nil is the tracer that does nothing
	}
	to, err := url.Parse(o.URL)
	if err != nil || to.Scheme != "http" && to.Scheme != "https" || to.Host == "" {
		return nil, fmt.Errorf("traces: %q is no address of a collector: give one such as http://localhost:4318", redacted(o.URL))
	}
	if strings.Trim(to.Path, "/") == "" {
		to = to.JoinPath("v1", "traces")
	}
	if o.Percent < 0 || o.Percent > 100 {
		return nil, fmt.Errorf("traces: a share of %d per cent is not possible: give 1 to 100", o.Percent)
	}
	share := float64(cmp.Or(o.Percent, 100)) / 100
	sender := &exporter{to: to.String(), host: to.Host, log: cmp.Or(o.Log, slog.New(slog.DiscardHandler)), client: &http.Client{Timeout: patience}}
	who := []attribute.KeyValue{attribute.String("service.name", "doorstep")}
	if o.Version != "" {
		who = append(who, attribute.String("service.version", o.Version))
	}
	provider := sdk.NewTracerProvider(
		sdk.WithSampler(sdk.ParentBased(sdk.TraceIDRatioBased(share))),
		sdk.WithResource(resource.NewSchemaless(who...)),
		sdk.WithBatcher(sender, sdk.WithMaxQueueSize(queued), sdk.WithMaxExportBatchSize(part),
			sdk.WithBatchTimeout(cmp.Or(o.Every, every)), sdk.WithExportTimeout(patience)),
	)
	return &Tracer{provider: provider, tracer: provider.Tracer("doorstep")}, nil
}

// redacted is an address without its password, also one that cannot be read.
func redacted(text string) string {
	if at := strings.LastIndex(text, "@"); at >= 0 {
		return "…" + text[at:]
	}
	return text
}

// Close hands over what waits, and ends; it gives the collector a few seconds at most.
func (t *Tracer) Close(ctx context.Context) error {
	if t == nil {
		return nil
	}
	return t.provider.Shutdown(ctx)
}

// Span is a piece of work. A nil one does nothing.
type Span struct{ span api.Span }

// Parent is the traceparent of the span that ctx is in, to be kept with what it causes; empty
// when there is none.
func Parent(ctx context.Context) string {
	at := api.SpanContextFromContext(ctx)
	if !at.IsValid() {
		return ""
	}
	return "00-" + at.TraceID().String() + "-" + at.SpanID().String() + "-" + (at.TraceFlags() & api.FlagsSampled).String()
}

// Job begins the span of a job that something caused: parent is what Parent said then. Where it
// is empty the job begins a trace of its own.
func (t *Tracer) Job(ctx context.Context, parent, kind, job, lane string, tries int64) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	ctx = propagation.TraceContext{}.Extract(ctx, propagation.MapCarrier{parentHeader: parent})
	return t.begin(ctx, kind, api.SpanKindConsumer, attribute.String("doorstep.job", job), attribute.String("doorstep.lane", lane),
		attribute.Int64("doorstep.tries", tries))
}

// Call begins the span of a call to a connector: which kind it is of, how the merchant calls it,
// and its driver.
func (t *Tracer) Call(ctx context.Context, kind, name, driver string) (context.Context, *Span) {
	if t == nil {
		return ctx, nil
	}
	return t.begin(ctx, strings.TrimSpace(kind+" "+driver), api.SpanKindClient, attribute.String("doorstep.connector.kind", kind),
		attribute.String("doorstep.connector", name), attribute.String("doorstep.driver", driver))
}

func (t *Tracer) begin(ctx context.Context, name string, kind api.SpanKind, what ...attribute.KeyValue) (context.Context, *Span) {
	ctx, span := t.tracer.Start(ctx, name, api.WithSpanKind(kind), api.WithAttributes(what...))
	return ctx, &Span{span}
}

// End ends a span by a word for what came of it, such as a connector's outcome.
func (s *Span) End(outcome string, failed bool) {
	if s == nil {
		return
	}
	s.span.SetAttributes(attribute.String("doorstep.outcome", outcome))
	if failed {
		s.span.SetStatus(codes.Error, outcome)
	}
	s.span.End()
}
