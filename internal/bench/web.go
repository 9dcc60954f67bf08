package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/id"
)

// Web is how a page is served to many browsers at once.
type Web struct {
	Page    string  `json:"page"`
	Clients int     `json:"clients"`
	Rate    float64 `json:"per_s"`
	P50     float64 `json:"p50_ms"`
	P99     float64 `json:"p99_ms"`
	Bytes   int     `json:"bytes"`
	Ratio   float64 `json:"ratio_to_hello"` // to the bare handler of the same run
}

const (
	browsers  = 16
	eachPage  = 2 * time.Second
	staffMail = "bench@example.com"

	sessionCookie = "doorstep_admin" // as package dashboard calls it
	helloPlain    = "hello"
)

// browser is somebody who is signed in at the dashboard.
type browser struct {
	client *http.Client
	base   string
}

// newBrowser keeps its connections open and follows no redirect.
func newBrowser(base string) (*browser, error) {
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	return &browser{base: base, client: &http.Client{Jar: jar, Timeout: time.Minute,
		Transport:     &http.Transport{MaxIdleConnsPerHost: browsers, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}}, nil
}

// hire makes a member of staff who is signed in already, and is the token of the session: how
// people come in is not what is measured.
func hire(ctx context.Context, d *db.DB, s id.Store) (token string, err error) {
	hash, err := account.HashPassword(id.Token())
	if err != nil {
		return "", err
	}
	err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) error {
		who, err := account.AddStaff(ctx, tx, s, staffMail, "Bench", account.Manager, hash)
		if err == nil {
			_, token, err = account.StartSession(ctx, tx, who, "password", "bench", "127.0.0.1")
		}
		return err
	})
	return token, err
}

// signIn opens the dashboard with the token of a session.
func (b *browser) signIn(ctx context.Context, token string) error {
	at, err := url.Parse(b.base + "/admin")
	if err != nil {
		return err
	}
	b.client.Jar.SetCookies(at, []*http.Cookie{{Name: sessionCookie, Value: token, Path: "/admin", HttpOnly: true, SameSite: http.SameSiteLaxMode}}) //nolint:gosec // a cookie that we send, on loopback
	size, _, err := b.get(ctx, "/admin/orders")
	if err == nil && size == 0 {
		err = errors.New("bench: the dashboard does not let its staff in")
	}
	return err
}

// get reads a page to its end; a redirect is a page without content.
func (b *browser) get(ctx context.Context, path string) (size int, took time.Duration, err error) {
	began := time.Now()
	address := path
	if strings.HasPrefix(path, "/") {
		address = b.base + path
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, http.NoBody)
	if err != nil {
		return 0, 0, err
	}
	res, err := b.client.Do(req)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = res.Body.Close() }()
	n, err := io.Copy(io.Discard, res.Body)
	if err == nil && res.StatusCode != http.StatusOK && res.StatusCode != http.StatusSeeOther {
		err = fmt.Errorf("bench: %s: %s", path, res.Status)
	}
	if res.StatusCode == http.StatusSeeOther {
		n = 0
	}
	return int(n), time.Since(began), err
}

// page lets many read one page again and again.
func (b *browser) page(ctx context.Context, name, path string) (Web, error) {
	w := Web{Page: name, Clients: browsers}
	if _, _, err := b.get(ctx, path); err != nil { // what is made once is made
		return w, err
	}
	var mu sync.Mutex
	var took []time.Duration
	began := time.Now()
	err := parallel(browsers, browsers, func(int) error {
		var mine []time.Duration
		for time.Since(began) < eachPage {
			size, t, err := b.get(ctx, path)
			if err != nil {
				return err
			}
			if mine = append(mine, t); size > 0 {
				mu.Lock()
				w.Bytes = size
				mu.Unlock()
			}
		}
		mu.Lock()
		took = append(took, mine...)
		mu.Unlock()
		return nil
	})
	if err != nil {
		return w, err
	}
	w.Rate = perSecond(len(took), time.Since(began))
	slices.Sort(took)
	w.P50, w.P99 = milliseconds(took[len(took)/2]), milliseconds(took[len(took)*99/100])
	return w, nil
}

// hello is the least that a Go program can serve: what all pages are compared with.
func hello(ctx context.Context) (address string, stop func(), err error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, helloPlain)
	})}
	go func() { _ = server.Serve(l) }()
	return "http://" + l.Addr().String() + "/", func() { _ = server.Close() }, nil
}

// pages measures the pages that are looked at most, beside a bare handler.
func (b *bench) pages(ctx context.Context) error {
	bare, stop, err := hello(ctx)
	if err != nil {
		return err
	}
	defer stop()
	for _, p := range []struct{ name, path string }{
		{helloPlain, bare}, {"product", "/products/" + b.handle}, {"home", "/"}, {"collection", "/collections/all"},
		{"search", "/search?q=mug"}, {"order list", "/admin/orders"}, {"dashboard home", "/admin"},
	} {
		b.Say("page by page: %s", p.name)
		w, err := b.browser.page(ctx, p.name, p.path)
		if err != nil {
			return err
		}
		b.r.Pages = append(b.r.Pages, w)
		b.r.Pages[len(b.r.Pages)-1].Ratio = ratio(w.Rate, b.r.Pages[0].Rate)
	}
	return nil
}
