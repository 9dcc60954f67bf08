//go:build unix

package crash

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"sync/atomic"
	"time"
)

// front stands before the nodes and lets requests through to one after the other. A node that
// does not take the connection is passed over; a request that was taken is never repeated.
type front struct {
	nodes  []*node
	turn   atomic.Uint64
	direct http.RoundTripper
	base   string
	server *http.Server
	late   func(path string) bool // whether a message is not let through yet; its sender tries again
}

// Why a request reached no node.
var (
	errNobody = errors.New("no node listens")
	errLate   = errors.New("the message comes later")
)

func openFront(ctx context.Context) (*front, net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, nil, err
	}
	f := &front{base: "http://" + listener.Addr().String(),
		direct: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 20 * time.Second, DialContext: (&net.Dialer{Timeout: time.Second}).DialContext}}
	nowhere := &url.URL{Scheme: "http", Host: "node"}
	f.server = &http.Server{ReadHeaderTimeout: 10 * time.Second, Handler: &httputil.ReverseProxy{
		Rewrite:   func(r *httputil.ProxyRequest) { r.SetURL(nowhere); r.SetXForwarded(); r.Out.Host = r.In.Host },
		Transport: f, ErrorLog: log.New(io.Discard, "", 0), // nodes die in the middle of answers
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) {
			http.Error(w, "no node answered", http.StatusBadGateway)
		},
	}}
	return f, listener, nil
}

// RoundTrip sends a request to the next node that takes it.
func (f *front) RoundTrip(r *http.Request) (*http.Response, error) {
	if f.late != nil && f.late(r.URL.Path) {
		return nil, errLate
	}
	body := []byte{}
	if r.Body != nil {
		var err error
		if body, err = io.ReadAll(r.Body); err != nil {
			return nil, err
		}
		_ = r.Body.Close()
	}
	first := f.turn.Add(1)
	failed := errNobody
	for i := range uint64(len(f.nodes)) {
		address := f.nodes[(first+i)%uint64(len(f.nodes))].at()
		if address == "" {
			continue
		}
		out := r.Clone(r.Context())
		out.URL.Host = address
		if out.Body = http.NoBody; len(body) > 0 {
			out.Body = io.NopCloser(bytes.NewReader(body))
		}
		res, err := f.direct.RoundTrip(out)
		var op *net.OpError
		if err == nil || !errors.As(err, &op) || op.Op != "dial" {
			return res, err
		}
		failed = err
	}
	return nil, failed
}

// wire is a line to the database server that can be cut.
type wire struct {
	to       string
	listener net.Listener

	mu   sync.Mutex
	open map[net.Conn]bool
}

// lay opens a wire to an address.
func lay(ctx context.Context, to string) (*wire, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	w := &wire{to: to, listener: listener, open: map[net.Conn]bool{}}
	go w.serve(ctx)
	return w, nil
}

func (w *wire) serve(ctx context.Context) {
	for {
		near, err := w.listener.Accept()
		if err != nil {
			return
		}
		far, err := (&net.Dialer{Timeout: time.Second}).DialContext(ctx, "tcp", w.to)
		if err != nil {
			_ = near.Close()
			continue
		}
		w.hold(near, true)
		go w.pass(near, far)
	}
}

// pass carries bytes both ways until one side ends.
func (w *wire) pass(near, far net.Conn) {
	done := make(chan struct{}, 2)
	for _, way := range [][2]net.Conn{{near, far}, {far, near}} {
		go func() {
			_, _ = io.Copy(way[0], way[1])
			done <- struct{}{}
		}()
	}
	<-done
	_ = near.Close()
	_ = far.Close()
	w.hold(near, false)
}

func (w *wire) hold(c net.Conn, open bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if open {
		w.open[c] = true
	} else {
		delete(w.open, c)
	}
}

// cut ends all connections at this moment, whatever is on its way.
func (w *wire) cut() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.open {
		_ = c.Close()
	}
}
