package doorstep_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// serve is a program in a browser's reach.
func serve(t *testing.T) (url, file string) {
	t.Helper()
	file = filepath.Join(t.TempDir(), "shop.db")
	server := httptest.NewServer(open(t, file).Handler())
	t.Cleanup(server.Close)
	return server.URL, file
}

// ask sends a request as it is, without tidying its path.
func ask(t *testing.T, method, base, path string, body io.Reader, header ...string) (*http.Response, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, base, body)
	if err != nil {
		t.Fatal(err)
	}
	r.URL.Opaque = "//" + r.URL.Host + path
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := client.Do(r)
	if err != nil {
		return nil, "" // cut off: that is an answer too
	}
	defer answer.Body.Close()
	text, _ := io.ReadAll(answer.Body)
	return answer, string(text)
}

// TestPathsStayInside: no spelling of a path leads to a file of the machine.
func TestPathsStayInside(t *testing.T) {
	t.Parallel()
	url, file := serve(t)
	key, err := os.ReadFile(file + ".key")
	if err != nil {
		t.Fatal(err)
	}
	for _, door := range []string{"/assets/", "/sample/", "/sample/mug/", "/products/", "/admin/", "/api/", "/webhooks/", "/policies/", "/"} {
		for _, way := range []string{"../../../../../../etc/passwd", "..%2f..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/%2e%2e/etc/passwd", "....//....//etc/passwd",
			"..\\..\\..\\etc\\passwd", "%252e%252e%252fetc%252fpasswd", file, "..%00/etc/passwd", file + ".key"} {
			answer, text := ask(t, http.MethodGet, url, door+strings.TrimPrefix(way, "/"), nil)
			if answer == nil {
				continue
			}
			if strings.Contains(text, "root:") || strings.Contains(text, strings.TrimSpace(string(key))) || strings.Contains(text, "SQLite format") || answer.StatusCode >= 500 {
				t.Errorf("%s%s: %d %.80s", door, way, answer.StatusCode, text)
			}
		}
	}
}

// TestHeadersOfRequestsAreNotBelieved: links and redirects do not follow a forged Host.
func TestHeadersOfRequestsAreNotBelieved(t *testing.T) {
	t.Parallel()
	url, _ := serve(t)
	for _, path := range []string{"/", "/admin", "/admin/sign-in", "/account/sign-in", "/checkout", "/cart", "/admin/sign-in?next=//evil.example/x", "/admin/sign-in?next=%0d%0aX-Xq:1"} {
		answer, text := ask(t, http.MethodGet, url, path, nil, "X-Forwarded-Host", "evil.example", "X-Original-URL", "/admin/orders", "X-Forwarded-Proto", "https\r\nX-Xq: 1")
		if answer == nil {
			continue
		}
		if strings.Contains(answer.Header.Get("Location"), "evil.example") || answer.Header.Get("X-Xq") != "" || strings.Contains(text, `"//evil.example`) {
			t.Errorf("%s: %v", path, answer.Header)
		}
	}
}

// endless is a body that never ends; it counts what was taken of it.
type endless struct{ taken int64 }

func (e *endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'a'
	}
	e.taken += int64(len(b))
	if e.taken > 64<<20 {
		return 0, io.ErrUnexpectedEOF
	}
	return len(b), nil
}

// TestBodiesHaveAnEnd: a body without one is refused early at every door, whatever it says it
// is, and one that is packed is not unpacked.
func TestBodiesHaveAnEnd(t *testing.T) {
	t.Parallel()
	url, _ := serve(t)
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	_, _ = io.CopyN(z, &endless{}, 8<<20)
	_ = z.Close()
	for _, path := range []string{"/cart/add", "/checkout", "/preferences", "/account/sign-in", "/admin/sign-in", "/admin/forgot", "/admin/welcome", "/admin/theme",
		"/webhooks/supplier/x", "/webhooks/payment/stripe", "/api/v1/carts", "/api/v1/orders"} {
		for _, kind := range []string{"application/x-www-form-urlencoded", "application/json", "multipart/form-data; boundary=x"} {
			body := &endless{}
			answer, _ := ask(t, http.MethodPost, url, path, body, "Content-Type", kind, "Sec-Fetch-Site", "same-origin")
			if body.taken > 32<<20 {
				t.Errorf("%s took %d MB of %s", path, body.taken>>20, kind)
			}
			if answer != nil && (answer.StatusCode < 300 && path != "/admin/forgot" || answer.StatusCode >= 500) { // which tells nobody anything
				t.Errorf("%s answered %s with %d", path, kind, answer.StatusCode)
			}
		}
		answer, _ := ask(t, http.MethodPost, url, path, bytes.NewReader(bomb.Bytes()), "Content-Type", "application/json", "Content-Encoding", "gzip", "Sec-Fetch-Site", "same-origin")
		if answer != nil && (answer.StatusCode < 300 && path != "/admin/forgot" || answer.StatusCode >= 500) {
			t.Errorf("%s took a packed body: %d", path, answer.StatusCode)
		}
	}
}
