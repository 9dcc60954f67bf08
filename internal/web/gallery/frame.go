package gallery

import (
	"net/http"
	"strings"
)

// Framable lets the pages of a handler stand in frames of the same site, and of no other. Only
// who works on the pages wants that: it stands before them while the gallery is on.
func Framable(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		next.ServeHTTP(&framable{ResponseWriter: w}, r)
	})
}

// framable changes what the headers say of frames when they are sent.
type framable struct {
	http.ResponseWriter
	begun bool
}

func (f *framable) begin() {
	if f.begun {
		return
	}
	f.begun = true
	h := f.Header()
	if h.Get("X-Frame-Options") == "DENY" {
		h.Set("X-Frame-Options", "SAMEORIGIN")
	}
	if policy := h.Get("Content-Security-Policy"); policy != "" {
		h.Set("Content-Security-Policy", strings.Replace(policy, "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	}
}

// WriteHeader sends the headers.
func (f *framable) WriteHeader(status int) {
	f.begin()
	f.ResponseWriter.WriteHeader(status)
}

// Write sends the headers before the first byte.
func (f *framable) Write(b []byte) (int, error) {
	f.begin()
	return f.ResponseWriter.Write(b)
}

// Unwrap gives http.ResponseController the writer below.
func (f *framable) Unwrap() http.ResponseWriter { return f.ResponseWriter }
