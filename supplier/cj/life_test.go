package cj_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/supplier"
	"doorstep/supplier/cj/emulator"
)

// inbox is the program's side of the webhooks.
type inbox struct {
	mu       sync.Mutex
	messages []supplier.Message
	errs     []error
}

func (b *inbox) serve(r supplier.Receiver) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		body, _ := io.ReadAll(req.Body)
		m, err := r.Receive(req.Header, body)
		b.mu.Lock()
		defer b.mu.Unlock()
		if err == nil {
			b.messages = append(b.messages, m)
		} else if !errors.Is(err, connector.ErrIgnored) {
			b.errs = append(b.errs, err)
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"success":true}`)
	})
}

func (b *inbox) states() map[supplier.State]int {
	b.mu.Lock()
	defer b.mu.Unlock()
	out := map[supplier.State]int{}
	for _, m := range b.messages {
		for _, s := range m.Status {
			out[s.State]++
		}
	}
	return out
}

// An order's whole life: paid, shipped, delivered, each told once.
func TestLife(t *testing.T) {
	t.Parallel()
	hooks := &shared.Hooks{Retry: time.Millisecond}
	d := newDesk(t, func(o *emulator.Options) { o.Hooks = hooks })
	conn := d.open()
	box := &inbox{}
	callback := httptest.NewServer(box.serve(conn.(supplier.Receiver)))
	defer callback.Close()
	for range 2 { // doing it again changes nothing
		if err := conn.(supplier.Subscriber).Subscribe(t.Context(), callback.URL+"/webhooks/supplier/cj"); err != nil {
			t.Fatal(err)
		}
	}
	s := d.submit(conn, sale("LIFE", 2, 1))
	if s.State != supplier.Accepted || s.Cost != usd(2*57+168) || s.Freight != usd(368+2*120) {
		t.Errorf("submitted: %s, cost %s, freight %s", s.State, s.Cost, s.Freight)
	}
	pace := shared.Real()
	d.clock.Add(pace.Accept + pace.Ship - time.Second)
	if got := d.report(conn, s.Ref)[0]; got.State != supplier.Accepted || len(got.Parcels) != 0 {
		t.Errorf("before it leaves: %s with %d parcels", got.State, len(got.Parcels))
	}
	d.clock.Add(time.Second)
	got := d.report(conn, s.Ref)[0]
	if got.State != supplier.Shipped || len(got.Parcels) != 1 || !got.At.Equal(d.clock.Now()) {
		t.Fatalf("when it leaves: %s at %s with %d parcels", got.State, got.At, len(got.Parcels))
	}
	if p, known := d.world.Parcel(got.Parcels[0].Number); !known || p.To != "US" {
		t.Errorf("the world's parcel: %+v, %v", p, known)
	}
	for range 40 {
		d.clock.Add(12 * time.Hour)
		d.Tick(t.Context())
	}
	d.Tick(t.Context())
	hooks.Wait()
	if got := d.report(conn, s.Ref)[0]; got.State != supplier.Delivered {
		t.Errorf("at the end: %s", got.State)
	}
	states := box.states()
	want := map[supplier.State]int{supplier.Accepted: 1, supplier.Shipped: 1, supplier.Delivered: 1, supplier.PartShip: 5}
	for state, n := range want {
		if states[state] != n {
			t.Errorf("%s was told %d times, want %d (all: %v)", state, states[state], n, states)
		}
	}
	if len(box.errs) > 0 {
		t.Errorf("messages refused: %v", box.errs)
	}
}

// CJ splits an order: the parts are read together.
func TestSplit(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	conn := d.open()
	s := d.submit(conn, sale("SPLIT", 2, 3))
	ref := supplier.Ref{Key: s.Key, Ref: s.Ref.Ref, Parts: d.Split(s.Ref.Ref)}
	if len(ref.Parts) != 2 {
		t.Fatalf("parts %v", ref.Parts)
	}
	if got := d.report(conn, ref)[0]; got.State != supplier.Accepted || got.Cost != s.Cost || got.Freight != s.Freight {
		t.Errorf("split: %s, cost %s and %s, want %s and %s", got.State, got.Cost, got.Freight, s.Cost, s.Freight)
	}
	d.Ship(ref.Parts[1])
	got := d.report(conn, ref)[0]
	if got.State != supplier.PartShip || len(got.Parcels) != 1 || len(got.Parcels[0].Lines) != 1 ||
		got.Parcels[0].Lines[0] != (supplier.Packed{SKU: goods()[1].SKU, Quantity: 3}) {
		t.Errorf("one part left: %s, %+v", got.State, got.Parcels)
	}
	d.Ship(ref.Parts[0])
	if got := d.report(conn, ref)[0]; got.State != supplier.Shipped || len(got.Parcels) != 2 {
		t.Errorf("both left: %s, %+v", got.State, got.Parcels)
	}
	if got := d.report(conn, supplier.Ref{Parts: ref.Parts}); len(got) != 1 || got[0].State != supplier.Shipped {
		t.Errorf("by parts alone: %+v", got)
	}
}

// CJ cancels one part of a split order: those units will not come, the rest does.
func TestSplitAndOnePartCancelled(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	conn := d.open()
	s := d.submit(conn, sale("SPLIT", 2, 3))
	ref := supplier.Ref{Key: s.Key, Ref: s.Ref.Ref, Parts: d.Split(s.Ref.Ref)}
	d.Cancel(ref.Parts[1])
	got := d.report(conn, ref)[0]
	if got.State != supplier.Accepted || len(got.Short) != 1 || got.Short[0].SKU != goods()[1].SKU || got.Short[0].Quantity != 3 || got.Short[0].Words == "" {
		t.Errorf("one part is cancelled: %s, short %+v", got.State, got.Short)
	}
	d.Ship(ref.Parts[0])
	if got := d.report(conn, ref)[0]; got.State != supplier.Shipped || len(got.Short) != 1 || len(got.Parcels) != 1 {
		t.Errorf("and the other left: %s, %+v", got.State, got)
	}
}

// Of a split order only one part is known so far: what becomes of it says nothing of the rest.
func TestSplitAndOnePartKnown(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	conn := d.open()
	s := d.submit(conn, sale("SPLIT", 2, 3))
	parts := d.Split(s.Ref.Ref)
	ref := supplier.Ref{Key: s.Key, Ref: s.Ref.Ref, Parts: parts[:1]}
	d.Ship(parts[0])
	if got := d.report(conn, ref)[0]; got.State != supplier.PartShip || len(got.Parcels) != 1 || len(got.Parcels[0].Lines) != 1 {
		t.Errorf("the known part left: %s, %+v", got.State, got.Parcels)
	}
	ref.Parts = parts[1:]
	d.Cancel(parts[1])
	if got := d.report(conn, ref)[0]; got.State != supplier.Placed || len(got.Short) != 1 || got.Short[0].Quantity != 3 {
		t.Errorf("the known part is cancelled: %s, short %+v", got.State, got.Short)
	}
	whole := supplier.Ref{Key: s.Key, Ref: s.Ref.Ref, Parts: append([]string{s.Key}, parts...)}
	if got := d.report(conn, whole)[0]; got.State != supplier.Shipped || len(got.Parcels) != 1 || len(got.Short) != 1 {
		t.Errorf("our own number is no part: %s, %+v", got.State, got)
	}
}

// Payment goes on from wherever the order stands.
func TestPayFromEveryState(t *testing.T) {
	t.Parallel()
	for _, state := range []string{"CREATED", "IN_CART", "UNPAID", "UNSHIPPED", "CANCELLED"} {
		d := newDesk(t, nil)
		conn := d.open("payment", "create-only")
		s := d.submit(conn, sale("PAY", 1))
		pay := conn.(supplier.Payer)
		switch state {
		case "IN_CART":
			d.Fail("addCartConfirm", 1600000, "busy", false)
			_ = pay.Pay(t.Context(), s.Ref)
		case "UNPAID":
			d.Fail("payBalanceV2", 1600000, "busy", false)
			_ = pay.Pay(t.Context(), s.Ref)
		case "UNSHIPPED":
			d.PayPage(s.Ref.Ref)
		case "CANCELLED":
			d.Cancel(s.Ref.Ref)
		}
		if b := d.Books()[0]; b.State != state {
			t.Fatalf("state %s, want %s", b.State, state)
		}
		err := pay.Pay(t.Context(), s.Ref)
		if state == "CANCELLED" {
			if connector.OutcomeOf(err) != connector.WasRejected {
				t.Errorf("pay for a cancelled order: %v, want rejected", err)
			}
			continue
		}
		if b := d.Books()[0]; err != nil || b.Payments != 1 || b.State != "UNSHIPPED" {
			t.Errorf("from %s: %v, %d payments, %s", state, err, b.Payments, b.State)
		}
	}
}

// Test orders cost nothing, and are paid by simulation.
func TestSandbox(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	conn := d.open("sandbox", "true", "ioss", "own", "ioss_number", "IM1234567890")
	s := d.submit(conn, sale("SANDBOX", 1))
	if s.State != supplier.Unpaid {
		t.Errorf("created: %s", s.State)
	}
	if err := conn.(supplier.Payer).Pay(t.Context(), s.Ref); err != nil {
		t.Fatal(err)
	}
	b := d.Books()[0]
	if b.State != "UNSHIPPED" || b.Address["isSandbox"] != "1" || b.Address["iossType"] != "2" || b.Address["iossNumber"] != "IM1234567890" {
		t.Errorf("books: %s, %v", b.State, b.Address)
	}
	d.clock.Add(30 * 24 * time.Hour)
	if got := d.report(conn, s.Ref)[0]; got.State != supplier.Accepted {
		t.Errorf("a test order moved by itself: %s", got.State)
	}
}

// On CJ's page a person pays, and the address is told.
func TestPayPage(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	conn := d.open("payment", "page")
	s := d.submit(conn, sale("PAGE", 1))
	if s.State != supplier.Unpaid || s.PayURL == "" {
		t.Errorf("created: %s, pay at %q", s.State, s.PayURL)
	}
	if err := conn.(supplier.Canceller).Cancel(t.Context(), s.Ref); connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("cancel when confirmed: %v, want rejected", err)
	}
	d.PayPage(s.Ref.Ref)
	if got := d.report(conn, s.Ref)[0]; got.State != supplier.Accepted {
		t.Errorf("paid: %s", got.State)
	}
}

// A webhook address that does not answer as CJ wants is refused with CJ's words.
func TestSubscribeRefused(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	notJSON := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "<ok>") }))
	defer notJSON.Close()
	for _, to := range []string{notJSON.URL, "http://127.0.0.1:1/x"} {
		if err := d.open().(supplier.Subscriber).Subscribe(t.Context(), to); connector.OutcomeOf(err) != connector.WasRejected {
			t.Errorf("%s: %v, want rejected", to, err)
		}
	}
}

// With CJ's inventories in the variant's answer no second call is made.
func TestOffersInOneCall(t *testing.T) {
	t.Parallel()
	d := newDesk(t, func(o *emulator.Options) { o.Inventories = true; o.Points = 10 })
	g := goods()[3]
	page, err := d.open().Offers(t.Context(), supplier.Ask{SKUs: []string{g.SKU}})
	if err != nil || len(page.Offers) != 1 || page.Offers[0].Quantity != g.Quantity || page.Offers[0].Cost != g.Cost {
		t.Errorf("%+v, %v", page, err)
	}
	d = newDesk(t, nil)
	d.Withdraw(g.SKU)
	page, err = d.open("from_country", "US").Offers(t.Context(), supplier.Ask{SKUs: []string{g.SKU, goods()[4].SKU, g.SKU}})
	if err != nil || len(page.Gone) != 1 || len(page.Offers) != 1 || page.Offers[0].Quantity != 0 || page.Offers[0].ShipFrom != "US" {
		t.Errorf("withdrawn, and nothing in the US: %+v, %v", page, err)
	}
}
