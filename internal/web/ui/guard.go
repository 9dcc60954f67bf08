package ui

import (
	"bufio"
	"compress/gzip"
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"

	"doorstep/internal/metrics"
)

// Guard is what stands before every page: headers, refusal of forms of other sites, a
// request id, compression, and an error page for whoever panics.
type Guard struct {
	Log    *slog.Logger
	Styles []string // hashes of inline styles, 'sha256-…', as Theme.Hash
	// Crash shows the page of a failure that nobody expected; the id is in the log too.
	Crash http.HandlerFunc
}

// Wrap guards a handler.
func (g Guard) Wrap(next http.Handler) http.Handler {
	forms := http.NewCrossOriginProtection()
	forms.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		http.Error(w, "This form came from another site. Please open the shop itself and try again.", http.StatusForbidden)
	}))
	inner := forms.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		name := requestID()
		r = r.WithContext(context.WithValue(r.Context(), idKey{}, name))
		setHeaders(w.Header(), name)
		out, done := compressed(w, r)
		defer done()
		defer g.recovered(out, r, name)
		defer func() { metrics.Routed(r.Context(), r.Pattern) }()
		inner.ServeHTTP(out, r)
	})
}

// recovered turns a panic into a page and a line in the log.
func (g Guard) recovered(w http.ResponseWriter, r *http.Request, name string) {
	why := recover()
	if err, ok := why.(error); why == nil || ok && errors.Is(err, http.ErrAbortHandler) {
		return
	}
	if g.Log != nil {
		g.Log.Error("a page panicked", "request", name, "path", r.URL.Path, "panic", fmt.Sprint(why))
	}
	if g.Crash != nil {
		g.Crash(w, r)
		return
	}
	http.Error(w, "Something went wrong here. Error "+name, http.StatusInternalServerError)
}

type idKey struct{}

// RequestID is the name of a request, as its error page and the log give it; empty outside
// of Guard.
func RequestID(ctx context.Context) string {
	name, _ := ctx.Value(idKey{}).(string)
	return name
}

func requestID() string {
	var b [6]byte
	_, _ = rand.Read(b[:]) // never returns an error since Go 1.24
	return hex.EncodeToString(b[:])
}

// setHeaders are the headers of every answer. The policy of content is the page's own
// (Policy); until one is set, nothing may be loaded.
func setHeaders(h http.Header, name string) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Permissions-Policy", "camera=(), microphone=(), geolocation=(), browsing-topics=()")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
	h.Set("X-Request-Id", name)
}

// Policy is what a page may load (Content-Security-Policy): our own files, pictures from
// the web, and the inline styles whose hashes are given. Forms go to this site; with away
// they may lead to another one, such as a payment provider's page.
func Policy(away bool, styles ...string) string {
	forms := "'self'"
	if away {
		// Browsers hold the whole chain of redirects after a form against this.
		forms = "'self' https: http://localhost:* http://127.0.0.1:*"
	}
	return "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'; script-src 'self'; connect-src 'self'; " +
		"font-src 'self'; manifest-src 'self'; img-src 'self' data: https:; form-action " + forms + "; style-src 'self' " + strings.Join(styles, " ")
}

func takesGzip(r *http.Request) bool {
	for part := range strings.SplitSeq(r.Header.Get("Accept-Encoding"), ",") {
		name, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if name == "gzip" && strings.ReplaceAll(weight, " ", "") != "q=0" {
			return true
		}
	}
	return false
}

// compressed is w with its text zipped on the way, where the browser takes that, and what
// ends it.
func compressed(w http.ResponseWriter, r *http.Request) (http.ResponseWriter, func()) {
	if !takesGzip(r) || strings.HasPrefix(r.URL.Path, AssetPrefix) || r.Method == http.MethodHead {
		return w, func() {}
	}
	z := &zipper{ResponseWriter: w}
	return z, z.close
}

// zipper decides at the first byte, when the kind of the answer is known.
type zipper struct {
	http.ResponseWriter
	gz      *gzip.Writer
	decided bool
}

func (z *zipper) decide(status int) {
	if z.decided {
		return
	}
	z.decided = true
	h := z.Header()
	kind := h.Get("Content-Type")
	text := strings.HasPrefix(kind, "text/") && !strings.HasPrefix(kind, "text/event-stream") ||
		strings.Contains(kind, "xml") || strings.Contains(kind, "json")
	if !text || h.Get("Content-Encoding") != "" || status == http.StatusNoContent || status == http.StatusNotModified {
		return
	}
	h.Add("Vary", "Accept-Encoding")
	h.Set("Content-Encoding", "gzip")
	h.Del("Content-Length")
	z.gz, _ = gzip.NewWriterLevel(z.ResponseWriter, gzip.BestSpeed) // the level is a valid one
}

// WriteHeader decides whether to zip.
func (z *zipper) WriteHeader(status int) {
	z.decide(status)
	z.ResponseWriter.WriteHeader(status)
}

// Write zips, or not.
func (z *zipper) Write(b []byte) (int, error) {
	if z.Header().Get("Content-Type") == "" {
		z.Header().Set("Content-Type", http.DetectContentType(b))
	}
	z.decide(http.StatusOK)
	if z.gz != nil {
		return z.gz.Write(b)
	}
	return z.ResponseWriter.Write(b)
}

// Flush sends what there is: live pages need it.
func (z *zipper) Flush() {
	if z.gz != nil {
		_ = z.gz.Flush() // the browser went away
	}
	_ = http.NewResponseController(z.ResponseWriter).Flush()
}

// Unwrap gives http.ResponseController the writer below.
func (z *zipper) Unwrap() http.ResponseWriter { return z.ResponseWriter }

// Hijack is refused: pages speak HTTP.
func (z *zipper) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	return nil, nil, http.ErrNotSupported
}

func (z *zipper) close() {
	if z.gz != nil {
		_ = z.gz.Close() // the browser went away
	}
}
