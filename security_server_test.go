package doorstep

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// TestSlowClientsAreCutOff: who sends a head or a body byte by byte does not hold a connection
// for ever, and a head that never ends is refused.
func TestSlowClientsAreCutOff(t *testing.T) {
	t.Parallel()
	server := newServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestTimeout)
		}
	}), 300*time.Millisecond, 600*time.Millisecond)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(func() { _ = server.Close() })
	for name, c := range map[string]struct{ sent, answer string }{
		"half a head":      {"GET / HTTP/1.1\r\nHost: a\r\nX-Slow", "400"},
		"half a body":      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\nab", "408"},
		"an endless head":  {"GET / HTTP/1.1\r\nHost: a\r\nX-Long: " + strings.Repeat("a", 2*maxHeader), "431"},
		"nothing, at once": {"", ""},
	} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(30 * time.Second))
		go func() { _, _ = io.WriteString(conn, c.sent) }()
		answer, err := io.ReadAll(bufio.NewReader(conn))
		if err != nil && !strings.Contains(err.Error(), "reset") {
			t.Errorf("%s: still open: %v", name, err)
		}
		if !strings.Contains(string(answer), c.answer) && err == nil && len(answer) > 0 {
			t.Errorf("%s: %q", name, answer)
		}
		_ = conn.Close()
	}
	if real := newServer(nil, headerPatience, bodyPatience); real.ReadHeaderTimeout > 15*time.Second || real.ReadTimeout > 2*time.Minute || real.MaxHeaderBytes > 1<<17 {
		t.Errorf("the program is more patient than that: %+v", real)
	}
}
