// Package carriertest states the laws that every carrier connector keeps, and tries a
// connector by them against its emulator.
//
// A connector's test builds a Rig (an emulator behind a real HTTP server and a way to
// open the connector on it) and calls Run. The laws, in the order of the files: facts
// are true and stay the same; a parcel's refusal is its own; what a broken call may have
// done is said honestly; messages are believed only when their signature holds.
package carriertest

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"doorstep/carrier"
	"doorstep/connector"
	"doorstep/connector/emulator"
)

// Rig is an emulator at work and a connector's way to it. New is called once per law, so
// that laws run in parallel on worlds of their own.
type Rig struct {
	// Handler serves the emulator, knobs included.
	Handler http.Handler
	// Knobs are the emulator's.
	Knobs *emulator.Knobs
	// Driver is what is tried.
	Driver carrier.Driver
	// Values open the driver on the emulator at base.
	Values func(base string) connector.Values
	// Tick makes the emulator send the messages that are due. Nil: it sends none.
	Tick func(context.Context)
	// Subscribe tells the emulator where messages go. Nil: it sends none.
	Subscribe func(url string)
	// Secret is the name of a setting that holds a credential; the suite spoils it.
	Secret string
	// Refused is a number that the service refuses to follow; empty: none is.
	Refused string
	// Numbers are valid tracking numbers, at least five, none of them in the world yet.
	Numbers []string
}

// Make builds a fresh rig whose emulator shows the world and sends through the hooks.
type Make func(world *emulator.World, hooks *emulator.Hooks) Rig

// Run tries a connector by every law.
func Run(t *testing.T, newRig Make) {
	t.Helper()
	for _, law := range []struct {
		name string
		try  func(*bench)
	}{
		{"registering twice is no error", registerTwice},
		{"a parcel's life is told in facts", life},
		{"the same facts are told again", sameAgain},
		{"a label is not a scan", labelIsNoScan},
		{"a parcel may be lost or sent back", fates},
		{"each parcel is answered once", answeredOnce},
		{"a refusal is the parcel's own", ownRefusal},
		{"nothing asked is nothing sent", nothingAsked},
		{"429 is NotSent with its delay", busy},
		{"a broken answer is Uncertain", broken},
		{"a refused connection is NotSent", unreachable},
		{"a wrong key is Unauthorised and never shown", wrongKey},
		{"the caller's patience ends a call", impatient},
		{"many may ask at once", together},
		{"a signed message brings the facts", message},
		{"a forged message is refused", forged},
		{"garbage is refused without panic", garbage},
	} {
		t.Run(law.name, func(t *testing.T) {
			t.Parallel()
			law.try(newBench(t, newRig))
		})
	}
}

type bench struct {
	*testing.T
	rig   Rig
	base  string
	clock *Clock
	world *emulator.World
	hooks *emulator.Hooks
	c     carrier.Connector
	inbox *inbox
}

func newBench(t *testing.T, newRig Make) *bench {
	b := &bench{T: t, clock: NewClock(), inbox: &inbox{}}
	b.world = emulator.NewWorld(b.clock.Now, emulator.Real())
	b.hooks = &emulator.Hooks{Retry: time.Millisecond}
	b.rig = newRig(b.world, b.hooks)
	server := httptest.NewServer(b.rig.Handler)
	t.Cleanup(server.Close)
	b.base = server.URL
	b.c = b.open(b.rig.Values(b.base))
	if b.rig.Subscribe != nil {
		post := httptest.NewServer(b.inbox)
		t.Cleanup(post.Close)
		b.rig.Subscribe(post.URL)
	}
	return b
}

func (b *bench) open(v connector.Values) carrier.Connector {
	b.Helper()
	checked, err := connector.Check(b.rig.Driver.Settings, v)
	if err != nil {
		b.Fatalf("settings: %v", err)
	}
	transport := &http.Transport{}
	b.Cleanup(transport.CloseIdleConnections)
	c, err := b.rig.Driver.Open(checked, connector.Env{
		Name: b.rig.Driver.Name, Now: b.clock.Now, Log: slog.New(slog.NewTextHandler(io.Discard, nil)),
		HTTP: &http.Client{Transport: transport, Timeout: 10 * time.Second},
	})
	if err != nil {
		b.Fatalf("open: %v", err)
	}
	return c
}

// send puts a parcel into the world and has it followed.
func (b *bench) send(number string, fate emulator.Step) carrier.Parcel {
	b.Helper()
	b.world.Send(emulator.Parcel{
		Number: number, From: "CN", To: "DE", City: "Köln", Label: b.clock.Now(), Fate: fate,
	})
	p := carrier.Parcel{Number: number, Country: "DE", Postcode: "50667", Order: "1001"}
	b.register(p)
	return p
}

func (b *bench) register(list ...carrier.Parcel) {
	b.Helper()
	r, must := b.c.(carrier.Registrar)
	if !must {
		return
	}
	refused, err := r.Register(b.Context(), list)
	if err != nil || len(refused) > 0 {
		b.Fatalf("register: %v, refused %v", err, refused)
	}
}

func (b *bench) track(list ...carrier.Parcel) []carrier.Track {
	b.Helper()
	tracks, err := b.c.Track(b.Context(), list)
	if err != nil {
		b.Fatalf("track: %v", err)
	}
	return tracks
}

func (b *bench) one(p carrier.Parcel) carrier.Track {
	b.Helper()
	tracks := b.track(p)
	if len(tracks) != 1 || tracks[0].Number != p.Number || tracks[0].Err != nil {
		b.Fatalf("track of %s = %+v", p.Number, tracks)
	}
	return tracks[0]
}

func kinds(t carrier.Track) []carrier.Kind {
	var out []carrier.Kind
	for _, e := range t.Events {
		out = append(out, e.Kind)
	}
	return out
}

func parcels(numbers []string) []carrier.Parcel {
	var out []carrier.Parcel
	for _, n := range numbers {
		out = append(out, carrier.Parcel{Number: n})
	}
	return out
}

// inbox keeps the messages that the emulator sends.
type inbox struct {
	mu   sync.Mutex
	list []posted
}

type posted struct {
	header http.Header
	body   []byte
}

func (in *inbox) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	in.mu.Lock()
	defer in.mu.Unlock()
	in.list = append(in.list, posted{r.Header.Clone(), body})
}

// messages are those sent so far, after the emulator looked for due ones.
func (b *bench) messages() []posted {
	b.rig.Tick(b.Context())
	b.hooks.Wait()
	b.inbox.mu.Lock()
	defer b.inbox.mu.Unlock()
	return slices.Clone(b.inbox.list)
}
