package connector_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"doorstep/connector"
)

// nothing is zeros without end.
type nothing struct{}

func (nothing) Read(b []byte) (int, error) { clear(b); return len(b), nil }

// TestPackedAnswersAreReadToALimit: an answer of a few kilobytes that unpacks to a gigabyte is
// an error, not memory.
func TestPackedAnswersAreReadToALimit(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Encoding", "gzip")
		z, _ := gzip.NewWriterLevel(w, gzip.BestSpeed)
		_, _ = io.CopyN(z, nothing{}, 1<<30) // the reader hangs up long before
		_ = z.Close()
	}))
	t.Cleanup(server.Close)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, server.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := connector.Call(t.Context(), server.Client(), req)
	if err == nil || len(answer.Body) > connector.MaxAnswer+1 {
		t.Errorf("%d bytes, %v", len(answer.Body), err)
	}
}
