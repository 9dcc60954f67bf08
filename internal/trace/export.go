package trace

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"strconv"
	"sync/atomic"
	"time"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	api "go.opentelemetry.io/otel/trace"
)

// maxAnswer is how much of a collector's answer is read.
const maxAnswer = 64 << 10

// exporter sends spans as OTLP over HTTP in its JSON form: the mapping of proto3 to JSON, with
// the ids in hex instead of base64 and enums as numbers
// (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding). What a collector does not
// take is dropped, and said once until it takes something again.
type exporter struct {
	to, host string
	client   *http.Client
	log      *slog.Logger
	failing  atomic.Bool
}

var _ sdk.SpanExporter = (*exporter)(nil)

// ExportSpans sends spans. Its error is never given on: the library would write it past our log.
func (e *exporter) ExportSpans(ctx context.Context, spans []sdk.ReadOnlySpan) error {
	body, err := json.Marshal(requestOf(spans))
	if err == nil {
		err = e.send(ctx, body)
	}
	switch {
	case err != nil && e.failing.CompareAndSwap(false, true):
		e.log.Warn("traces are dropped: the collector does not take them", "collector", e.host, "error", err)
	case err == nil && e.failing.CompareAndSwap(true, false):
		e.log.Info("the collector takes traces again", "collector", e.host)
	}
	return nil
}

// Shutdown lets go of the connections.
func (e *exporter) Shutdown(context.Context) error {
	e.client.CloseIdleConnections()
	return nil
}

// send hands a part over, once more where the collector asks for it or did not answer.
func (e *exporter) send(ctx context.Context, body []byte) error {
	again, pause, err := e.post(ctx, body)
	if err == nil || !again {
		return err
	}
	select {
	case <-ctx.Done():
		return err
	case <-time.After(pause):
	}
	_, _, err = e.post(ctx, body)
	return err
}

// post sends a part; again says whether it may be sent once more, after pause.
func (e *exporter) post(ctx context.Context, body []byte) (again bool, pause time.Duration, err error) {
	pause = time.Second
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, e.to, bytes.NewReader(body))
	if err != nil {
		return false, 0, err
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := e.client.Do(req)
	if err != nil {
		return true, pause, err
	}
	defer func() { _ = res.Body.Close() }()
	answer, _ := io.ReadAll(io.LimitReader(res.Body, maxAnswer)) // only read for what it says of spans it did not take
	switch res.StatusCode {
	case http.StatusOK, http.StatusAccepted, http.StatusNoContent:
		return false, 0, refused(answer)
	case http.StatusTooManyRequests, http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil && n > 0 {
			pause = min(time.Duration(n)*time.Second, patience/2)
		}
		return true, pause, fmt.Errorf("it answers %s", res.Status)
	}
	return false, 0, fmt.Errorf("it answers %s", res.Status)
}

// refused says how many spans a collector took no liking to, where its answer tells.
func refused(answer []byte) error {
	var said struct {
		PartialSuccess struct {
			RejectedSpans json.Number `json:"rejectedSpans"`
			ErrorMessage  string      `json:"errorMessage"`
		} `json:"partialSuccess"`
	}
	if json.Unmarshal(answer, &said) != nil || said.PartialSuccess.RejectedSpans == "" || said.PartialSuccess.RejectedSpans == "0" {
		return nil
	}
	return fmt.Errorf("it took all but %s spans: %s", said.PartialSuccess.RejectedSpans, said.PartialSuccess.ErrorMessage)
}

// The messages of opentelemetry/proto/trace/v1, as far as there is something in them.
type (
	message struct {
		ResourceSpans []resourceSpans `json:"resourceSpans"`
	}
	resourceSpans struct {
		Resource struct {
			Attributes []keyValue `json:"attributes"`
		} `json:"resource"`
		ScopeSpans []scopeSpans `json:"scopeSpans"`
	}
	scopeSpans struct {
		Scope struct {
			Name string `json:"name"`
		} `json:"scope"`
		Spans []span `json:"spans"`
	}
	span struct {
		TraceID           string     `json:"traceId"`
		SpanID            string     `json:"spanId"`
		ParentSpanID      string     `json:"parentSpanId,omitempty"`
		Flags             uint32     `json:"flags"`
		Name              string     `json:"name"`
		Kind              int        `json:"kind"`
		StartTimeUnixNano string     `json:"startTimeUnixNano"` // 64 bits are texts in JSON
		EndTimeUnixNano   string     `json:"endTimeUnixNano"`
		Attributes        []keyValue `json:"attributes,omitempty"`
		Status            status     `json:"status"`
	}
	status struct {
		Code    int    `json:"code,omitempty"`
		Message string `json:"message,omitempty"`
	}
	keyValue struct {
		Key   string `json:"key"`
		Value value  `json:"value"`
	}
	value struct {
		String *string `json:"stringValue,omitempty"`
		Int    *string `json:"intValue,omitempty"`
	}
)

// requestOf is spans as a collector gets them. All are of one resource and one scope: ours.
func requestOf(spans []sdk.ReadOnlySpan) message {
	var ours scopeSpans
	var whole resourceSpans
	for _, s := range spans {
		ours.Scope.Name = s.InstrumentationScope().Name
		whole.Resource.Attributes = attributesOf(s.Resource().Attributes())
		ours.Spans = append(ours.Spans, spanOf(s))
	}
	whole.ScopeSpans = []scopeSpans{ours}
	return message{[]resourceSpans{whole}}
}

// Flags of a span: whether its parent is known to be elsewhere.
const (
	flagKnown  = 0x100
	flagRemote = 0x200
)

func spanOf(s sdk.ReadOnlySpan) span {
	at, parent := s.SpanContext(), s.Parent()
	out := span{TraceID: at.TraceID().String(), SpanID: at.SpanID().String(), Name: s.Name(), Kind: kindOf(s.SpanKind()),
		Flags: uint32(at.TraceFlags()) | flagKnown, Attributes: attributesOf(s.Attributes()),
		StartTimeUnixNano: strconv.FormatInt(s.StartTime().UnixNano(), 10), EndTimeUnixNano: strconv.FormatInt(s.EndTime().UnixNano(), 10)}
	if parent.IsRemote() {
		out.Flags |= flagRemote
	}
	if parent.HasSpanID() {
		out.ParentSpanID = parent.SpanID().String()
	}
	if s.Status().Code == codes.Error {
		out.Status = status{Code: 2, Message: s.Status().Description}
	}
	return out
}

// kindOf is a kind by the protocol's number.
func kindOf(k api.SpanKind) int {
	switch k {
	case api.SpanKindServer:
		return 2
	case api.SpanKindClient:
		return 3
	case api.SpanKindProducer:
		return 4
	case api.SpanKindConsumer:
		return 5
	}
	return 1
}

func attributesOf(list []attribute.KeyValue) []keyValue {
	out := make([]keyValue, len(list))
	for i, a := range list {
		out[i].Key = string(a.Key)
		text := a.Value.String()
		if a.Value.Type() == attribute.INT64 {
			out[i].Value.Int = &text
		} else {
			out[i].Value.String = &text
		}
	}
	return out
}
