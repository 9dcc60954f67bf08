package doorstep

import (
	"context"
	"errors"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"golang.org/x/sync/errgroup"
)

// How long the HTTP side waits for slow clients, and for the last answers at the end.
const (
	headerPatience = 10 * time.Second
	bodyPatience   = 60 * time.Second
	idlePatience   = 2 * time.Minute
	lastAnswers    = 10 * time.Second
	lastTraces     = 3 * time.Second // for the collector to take what waits
)

// maxHeader is how much of a request's head is read; browsers send a few kilobytes.
const maxHeader = 64 << 10

// Run works jobs and makes periodic work come round until ctx ends; what is being worked
// on then is brought to its end.
func (p *Program) Run(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.worker.Run(ctx) })
	group.Go(func() error { return p.Outside.Run(ctx) })
	return group.Wait()
}

// Serve answers HTTP on the listener and runs, until ctx ends. New requests are refused
// then, those under way are answered.
func (p *Program) Serve(ctx context.Context, listener net.Listener) error {
	p.Outside.ServedAt(addressOf(listener))
	server := newServer(p.handler, headerPatience, bodyPatience)
	server.RegisterOnShutdown(func() { p.stopOnce.Do(func() { close(p.stopping) }) })
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return p.Run(ctx) })
	group.Go(func() error {
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	group.Go(func() error {
		debug.FreeOSMemory() // starting needs three times what running does: a small machine has it back at once
		return nil
	})
	group.Go(func() error {
		<-ctx.Done()
		last, cancel := context.WithTimeout(context.WithoutCancel(ctx), lastAnswers)
		defer cancel()
		return server.Shutdown(last)
	})
	return group.Wait()
}

// newServer answers with a handler. Who sends a request's head or body slower than that is cut
// off. Answers have no such end: live pages stay open for as long as somebody looks.
func newServer(h http.Handler, head, body time.Duration) *http.Server {
	return &http.Server{Handler: h, ReadHeaderTimeout: head, ReadTimeout: body, IdleTimeout: idlePatience, MaxHeaderBytes: maxHeader}
}

// addressOf is how a browser on this machine reaches a listener.
func addressOf(listener net.Listener) string {
	host, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		return ""
	}
	if at := net.ParseIP(host); at != nil && at.IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port)
}
