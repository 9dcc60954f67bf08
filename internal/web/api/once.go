package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"

	"doorstep/internal/db"
	"doorstep/internal/web/api/answer"
)

// once runs a POST, at most once where it carries an Idempotency-Key.
func (a *API) once(w http.ResponseWriter, r *http.Request, row route, h http.HandlerFunc) {
	key := r.Header.Get("Idempotency-Key")
	if p := checkKey(key, row); p != nil {
		fail(w, r, p)
		return
	}
	if key == "" {
		h(w, r)
		return
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			fail(w, r, tooLarge())
			return
		}
		fail(w, r, problem(http.StatusBadRequest, "body_unreadable", "The body did not arrive whole."))
		return
	}
	of := callOf(r.Context())
	var kept *answer.Answer
	err = a.db.Update(r.Context(), func(ctx context.Context, tx *db.Tx) (err error) {
		of.ticket, kept, err = answer.Begin(ctx, tx, a.box, of.store, scope(r, of), key, body)
		return err
	})
	switch {
	case errors.Is(err, answer.ErrConflict):
		fail(w, r, problem(http.StatusUnprocessableEntity, "idempotency_conflict", "This Idempotency-Key was used with another body."))
	case errors.Is(err, answer.ErrRunning):
		w.Header().Set("Retry-After", "1")
		fail(w, r, problem(http.StatusConflict, "idempotency_in_progress", "A request with this Idempotency-Key is being carried out."))
	case err != nil:
		fail(w, r, a.problemOf(r.Context(), err))
	case kept != nil:
		replay(w, kept)
	default:
		r.Body = io.NopCloser(bytes.NewReader(body))
		a.keep(w, r, of.ticket, h)
	}
}

// checkKey refuses keys that are missing where one is needed, or that cannot be keys. Where
// nobody in particular asks, the key itself must be hard to guess: it opens the answer.
func checkKey(key string, row route) *Problem {
	if key == "" {
		if row.needsKey {
			return problem(http.StatusBadRequest, "idempotency_key_missing", "This request changes something for good: give it an Idempotency-Key, a new one for every new wish.")
		}
		return nil
	}
	least := 1
	if row.access == anyone {
		least = 16
	}
	if len(key) < least || len(key) > 255 {
		return problem(http.StatusBadRequest, "idempotency_key_invalid", "An Idempotency-Key has %d to 255 characters here.", least)
	}
	for _, c := range []byte(key) {
		if c < '!' || c > '~' {
			return problem(http.StatusBadRequest, "idempotency_key_invalid", "An Idempotency-Key is made of printable ASCII characters without spaces.")
		}
	}
	return nil
}

// scope is who asks for what: the same key of somebody else is another key.
func scope(r *http.Request, of *call) string {
	who := "anyone"
	if of.cart != "" {
		who = string(of.cart)
	}
	if of.who.Key != "" {
		who = string(of.who.Key)
	}
	return who + " " + r.Method + " " + r.URL.Path
}

// replay gives a kept answer again.
func replay(w http.ResponseWriter, kept *answer.Answer) {
	w.Header().Set("Idempotent-Replayed", "true")
	if kept.Status == 0 { // carried out, but the process died before it had answered
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"done":true}`+"\n")
		return
	}
	for name, value := range kept.Header {
		w.Header().Set(name, value)
	}
	w.WriteHeader(kept.Status)
	_, _ = w.Write(kept.Body)
}

// keep runs the handler and keeps its answer if it succeeded. The ticket is settled before
// the answer is given, whether or not anybody still waits for it.
func (a *API) keep(w http.ResponseWriter, r *http.Request, t *answer.Ticket, h http.HandlerFunc) {
	settled := false
	settle := func(fn func(ctx context.Context, tx *db.Tx) error) {
		settled = true
		if err := a.db.Update(context.WithoutCancel(r.Context()), fn); err != nil && !errors.Is(err, answer.ErrStale) {
			a.log.ErrorContext(r.Context(), "answer not kept", "request", callOf(r.Context()).id, "error", err)
		}
	}
	defer func() {
		if !settled { // it panicked
			settle(t.Drop)
		}
	}()
	out := &recorder{header: http.Header{}}
	h(out, r)
	if out.status < 200 || out.status > 299 {
		settle(t.Drop)
	} else {
		settle(func(ctx context.Context, tx *db.Tx) error {
			return t.Keep(ctx, tx, answer.Answer{Status: out.status, Body: out.body.Bytes(),
				Header: map[string]string{"Content-Type": out.header.Get("Content-Type")}})
		})
	}
	for name, values := range out.header {
		w.Header()[name] = values
	}
	w.WriteHeader(out.status)
	_, _ = w.Write(out.body.Bytes())
}

// recorder holds an answer back until it is kept.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (r *recorder) Header() http.Header { return r.header }

func (r *recorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
}

func (r *recorder) Write(b []byte) (int, error) {
	r.WriteHeader(http.StatusOK)
	return r.body.Write(b)
}
