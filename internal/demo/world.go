package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"sync"
	"time"

	tracker "doorstep/carrier/seventeentrack/emulator"
	"doorstep/connector/emulator"
	"doorstep/internal/sample"
	"doorstep/internal/smtptest"
	stripe "doorstep/payment/stripe/emulator"
	ali "doorstep/supplier/aliexpress/emulator"
	cj "doorstep/supplier/cj/emulator"
)

// The names of the demo's connectors, as in /webhooks/<kind>/<name>.
const (
	aliName    = "aliexpress"
	cjName     = "cj"
	cjUSName   = "cj-us" // the same vendor's American warehouse is an account of its own
	manualName = "workshop"
	stripeName = "stripe"
	bankName   = "bank"
	trackName  = "seventeentrack"
)

// What lets the program in. They open nothing but the emulators of this process.
const (
	aliKey, aliSecret     = "500100", "demo-app-secret"
	aliAccess, aliRefresh = "demo-access", "demo-refresh"
	cjKey, cjUSKey        = "demo-cj-key", "demo-cj-us-key"
	stripeKey             = "sk_test_demo"
	stripeHookSecret      = "whsec_demo" //nolint:gosec // it opens nothing but the emulator of this process
	trackKey              = "demo-17token"
)

// fullSpeed is how much faster than life the world goes when nobody looks on: a parcel
// that takes a week is at the door after four seconds.
const fullSpeed = 150_000

// World is everybody else: suppliers, provider, tracking service and mail server, each a
// real server on loopback. Its time is the machine's; its ways are shortened by its pace.
type World struct {
	Ali    *ali.Server
	CJ     *cj.Server
	CJUS   *cj.Server
	Stripe *stripe.Server
	Track  *tracker.Server
	Post   *smtptest.Server
	Parcel *emulator.World

	hooks   *emulator.Hooks
	aliURL  string
	cjURL   string
	cjUSURL string
	payURL  string
	trkURL  string
	inbox   string
	servers []*http.Server
	stop    context.CancelFunc
	group   sync.WaitGroup
}

// StartWorld starts all servers. Messages go to the program at base, "http://host:port".
func StartWorld(ctx context.Context, base string, speed int64, catalogue sample.Catalogue) (*World, error) {
	return startWorld(ctx, base, speed, catalogue, smtptest.Options{Keep: 100_000})
}

// StartLeanWorld is StartWorld with a mail server that keeps every message's id and no text,
// and messages that are repeated for minutes, for runs of many thousand orders and crashes.
func StartLeanWorld(ctx context.Context, base string, speed int64, catalogue sample.Catalogue) (*World, error) {
	w, err := startWorld(ctx, base, speed, catalogue, smtptest.Options{Keep: 10_000_000, Lean: true})
	if err == nil {
		w.hooks.Tries = 1200 // five minutes: real providers try for days
	}
	return w, err
}

func startWorld(ctx context.Context, base string, speed int64, catalogue sample.Catalogue, post smtptest.Options) (*World, error) {
	w := &World{Parcel: emulator.NewWorld(time.Now, emulator.Real().Scaled(speed))}
	w.hooks = &emulator.Hooks{Client: newClient(), Retry: 250 * time.Millisecond, Tries: 20}
	hook := func(kind, name string) string { return base + "/webhooks/" + kind + "/" + name }

	w.Ali = ali.New(ali.Options{World: w.Parcel, Hooks: w.hooks, AppKey: aliKey, AppSecret: aliSecret,
		AccessToken: aliAccess, RefreshToken: aliRefresh, Callback: hook("supplier", aliName),
		AutoPay: true, Repeat: ali.RepeatNumber, Limits: map[string]int{}, Rates: map[string][2]int64{"USD>CNY": {717, 100}}})
	w.Ali.Services(aliServices()...)
	w.CJ = newCJ(w, cjKey, 4601, 0)
	w.CJUS = newCJ(w, cjUSKey, 4602, 5_000_000)
	w.Track = tracker.New(tracker.Options{World: w.Parcel, Hooks: w.hooks, Key: trackKey, Callback: hook("carrier", trackName)})
	w.Stripe = stripe.New(stripe.Options{World: w.Parcel, Hooks: w.hooks, SecretKey: stripeKey, WebhookSecret: stripeHookSecret,
		WebhookURL: hook("payment", stripeName), Merchant: sample.ShopName})
	stock(w, catalogue)

	var err error
	if w.Post, err = smtptest.Start(post); err != nil {
		return nil, err
	}
	for _, s := range []struct {
		url     *string
		handler http.Handler
	}{
		{&w.aliURL, w.Ali.Handler()}, {&w.cjURL, w.CJ.Handler()}, {&w.cjUSURL, w.CJUS.Handler()},
		{&w.payURL, w.Stripe.Handler()}, {&w.trkURL, w.Track.Handler()}, {&w.inbox, w.Post.Handler()},
	} {
		if *s.url, err = w.serve(ctx, s.handler); err != nil {
			w.Close()
			return nil, err
		}
	}
	w.live(ctx)
	return w, nil
}

// newCJ is an account at CJ. Real ones may fetch a token every five minutes only; the
// emulated one is as patient as a demo needs.
func newCJ(w *World, key string, number, first int64) *cj.Server {
	return cj.New(cj.Options{World: w.Parcel, Hooks: w.hooks, APIKey: key, OpenID: number, Balance: 100_000_000_00,
		TokenEvery: time.Nanosecond, Points: 1 << 40, Inventories: true, PlainHTTP: true, FlatFreight: true, First: first})
}

// serve puts a handler on a free port of the loopback.
func (w *World) serve(ctx context.Context, h http.Handler) (string, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", fmt.Errorf("emulator: %w", err)
	}
	server := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second}
	w.servers = append(w.servers, server)
	w.group.Go(func() { _ = server.Serve(listener) })
	return "http://" + listener.Addr().String(), nil
}

// beat is how often the world looks what has become due: messages leave that late at most.
const beat = 60 * time.Millisecond

// live lets time act on the servers that tell of it by themselves.
func (w *World) live(ctx context.Context) {
	ctx, w.stop = context.WithCancel(ctx)
	w.group.Go(func() {
		tick := time.NewTicker(beat)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
			w.Ali.Tick(ctx)
			w.CJ.Tick(ctx)
			w.CJUS.Tick(ctx)
			w.Track.Tick(ctx)
			w.Stripe.Tick(ctx)
		}
	})
}

// Pays lets a customer pay on the provider's page; payment is the provider's name of it.
func (w *World) Pays(payment string) error { return w.Stripe.Pay(payment, stripe.Paid) }

// Chaos makes everybody misbehave: slow and broken connections, answers that get lost
// after the deed, "come again" and inner failures, messages that come twice and late.
func (w *World) Chaos(seed uint64, percent int) {
	faults := []emulator.Fault{emulator.Slow, emulator.Busy, emulator.FailBefore, emulator.FailAfter,
		emulator.DropBefore, emulator.DropAfter, emulator.Truncate}
	for i, knobs := range w.knobs() {
		knobs.Delay(700 * time.Millisecond)
		knobs.Chaos(seed+uint64(i)*7, percent, faults...)
	}
	w.hooks.Chaos(seed, 3*percent)
}

// Calm ends the chaos, so that a verdict can be read.
func (w *World) Calm() {
	for _, knobs := range w.knobs() {
		knobs.Chaos(0, 0)
	}
}

func (w *World) knobs() []*emulator.Knobs {
	return []*emulator.Knobs{w.Ali.Knobs, w.CJ.Knobs, w.CJUS.Knobs, w.Stripe.Knobs, w.Track.Knobs}
}

// Faults counts how often somebody misbehaved.
func (w *World) Faults() int {
	n := 0
	for _, knobs := range w.knobs() {
		for _, count := range knobs.Counts() {
			n += count
		}
	}
	return n
}

// Close stops all servers.
func (w *World) Close() {
	if w.stop != nil {
		w.stop()
	}
	for _, s := range w.servers {
		if err := s.Close(); err != nil && !errors.Is(err, http.ErrServerClosed) {
			continue // it is going away with the process
		}
	}
	if w.Post != nil {
		w.Post.Close()
	}
	w.group.Wait()
}

// newClient talks to loopback with connections enough for a crowd.
func newClient() *http.Client {
	return &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{
		MaxIdleConnsPerHost: 64, MaxConnsPerHost: 64, IdleConnTimeout: 30 * time.Second}}
}
