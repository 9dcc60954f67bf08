package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"doorstep/internal/flow"
	"doorstep/internal/report"
	"doorstep/internal/web/api/answer"
)

// Problem is an error as RFC 9457 has it, with a code for programs.
type Problem struct {
	Type      string  `json:"type" doc:"about:blank: the code says more than a type would"`
	Title     string  `json:"title" doc:"The HTTP status in words"`
	Status    int     `json:"status"`
	Detail    string  `json:"detail" doc:"What is wrong and what to do, for people"`
	Code      string  `json:"code" doc:"What is wrong, for programs" example:"sold_out"`
	Field     string  `json:"field,omitempty" doc:"The field that is wrong, where it is one" example:"shipping_address.postal_code"`
	Variant   string  `json:"variant,omitempty" doc:"The variant it is about, where it is about one"`
	Errors    []Fault `json:"errors,omitempty" doc:"Everything that is wrong, where it is several things"`
	RequestID string  `json:"request_id,omitempty" doc:"Tell us this when you ask for help"`
}

// Fault is one field that is wrong.
type Fault struct {
	Field  string `json:"field"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
}

// Error is the code and the words.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus is the HTTP status, for huma.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType is that of RFC 9457, for huma.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var _ huma.StatusError = (*Problem)(nil)

func problem(status int, code, format string, args ...any) *Problem {
	return &Problem{Type: "about:blank", Title: http.StatusText(status), Status: status, Code: code, Detail: fmt.Sprintf(format, args...)}
}

// statusOf is the HTTP status of a refusal; 422 where nothing else fits.
func statusOf(code string) int {
	switch code {
	case "not-found", "cart-missing":
		return http.StatusNotFound
	case "sold-out", "cart-ordered", "cart-changed", "order-over", "price-changed", "not-possible", "nothing-to-confirm", "not-refundable",
		"cannot-ship", "not-for-sale", "no-connector", "sent", "already", "try-again", "too-late":
		return http.StatusConflict
	}
	return http.StatusUnprocessableEntity
}

// problemOf is any error as a problem. What is not meant for the caller becomes a bare 500;
// the cause goes to the log.
func (a *API) problemOf(ctx context.Context, err error) *Problem {
	if p, ok := errors.AsType[*Problem](err); ok {
		return p
	}
	if r, ok := errors.AsType[*flow.Refusal](err); ok {
		p := problem(statusOf(r.Code), strings.ReplaceAll(r.Code, "-", "_"), "%s", r.Words)
		p.Field, p.Variant = r.Field, string(r.Variant)
		return p
	}
	if i, ok := errors.AsType[*flow.Invalid](err); ok {
		p := problem(http.StatusUnprocessableEntity, "invalid", "%s", i.Error())
		for _, one := range i.Problems {
			p.Errors = append(p.Errors, Fault{one.Field, strings.ReplaceAll(one.Code, "-", "_"), one.Words})
		}
		p.Field = p.Errors[0].Field
		return p
	}
	switch {
	case errors.Is(err, report.ErrNone):
		return problem(http.StatusNotFound, "not_found", "There is no such thing here.")
	case errors.Is(err, answer.ErrStale):
		return problem(http.StatusConflict, "idempotency_in_progress", "The request took too long and another one with the same key goes on with it.")
	case errors.Is(err, context.Canceled):
		return problem(499, "cancelled", "The caller went away.")
	}
	of := callOf(ctx)
	a.log.ErrorContext(ctx, "request failed", "request", of.id, "route", of.route, "error", err)
	return problem(http.StatusInternalServerError, "internal",
		"Something went wrong here. It was noted; please try again, and tell us the request id if it stays so.")
}

// challenge says how a caller makes itself known.
const challenge = `Bearer realm="doorstep"`

// fail writes a problem without huma.
func fail(w http.ResponseWriter, r *http.Request, p *Problem) {
	told := *p
	told.RequestID = callOf(r.Context()).id
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(told) // the caller may be gone
}

// translate turns what huma finds wrong with a request into a problem, and gives every
// problem its request id.
func translate(ctx huma.Context, _ string, v any) (any, error) {
	p, ours := v.(*Problem)
	if m, ok := v.(*huma.ErrorModel); ok {
		p = problem(m.Status, "invalid", "The request is not what this address takes: %s.", m.Detail)
		if m.Status >= http.StatusInternalServerError {
			p = problem(m.Status, "internal", "Something went wrong here.")
		}
		if m.Status == http.StatusRequestEntityTooLarge {
			p = tooLarge()
		}
		for _, e := range m.Errors {
			p.Errors = append(p.Errors, faultOf(e))
		}
		if len(p.Errors) > 0 {
			p.Field, p.Detail = p.Errors[0].Field, strings.TrimPrefix(p.Errors[0].Field+": "+p.Errors[0].Detail, ": ")
		}
		ours = true
	}
	if !ours {
		return v, nil
	}
	if p.Status == http.StatusUnauthorized {
		ctx.SetHeader("WWW-Authenticate", challenge)
	}
	told := *p
	told.RequestID = callOf(ctx.Context()).id
	return &told, nil
}

// faultOf is one thing that huma found, without the value: it may be a secret.
func faultOf(e *huma.ErrorDetail) Fault {
	f := Fault{Field: fieldOf(e.Location), Code: "invalid", Detail: e.Message}
	name, ok := strings.CutPrefix(e.Message, "expected required property ")
	if name, whole := strings.CutSuffix(name, " to be present"); ok && whole {
		return Fault{Field: strings.TrimPrefix(f.Field+"."+name, "."), Code: "missing", Detail: "is missing"}
	}
	if e.Message == "unexpected property" {
		f.Code, f.Detail = "unknown", "there is no such field"
	}
	return f
}

// fieldOf is huma's "body.lines[0].quantity" without the part that everybody knows.
func fieldOf(location string) string {
	for _, part := range []string{"body", "query", "path", "header"} {
		if rest, ok := strings.CutPrefix(location, part); ok {
			return strings.TrimPrefix(rest, ".")
		}
	}
	return location
}

func tooLarge() *Problem {
	return problem(http.StatusRequestEntityTooLarge, "too_large", "The body may have at most %d KiB.", maxBody>>10)
}
