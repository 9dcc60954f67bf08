package aliexpress_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	world "doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	"doorstep/supplier/aliexpress/emulator"
	"doorstep/supplier/suppliertest"
)

// stage is an emulator with a shelf, a clock and a vault.
type stage struct {
	*emulator.Server
	t     *testing.T
	clock *suppliertest.Clock
	vault *suppliertest.Vault
	base  string
}

func newStage(t *testing.T, change func(*emulator.Options)) *stage {
	t.Helper()
	clock := suppliertest.NewClock()
	o := options(world.NewWorld(clock.Now, world.Real()))
	if change != nil {
		change(&o)
	}
	s := &stage{Server: emulator.New(o), t: t, clock: clock, vault: &suppliertest.Vault{}}
	goods(s.Server)
	server := httptest.NewServer(s.Handler())
	t.Cleanup(server.Close)
	s.base = server.URL
	return s
}

// open is a node's connector, with some settings changed.
func (s *stage) open(pairs ...string) *aliexpress.Conn {
	s.t.Helper()
	given := values(s.base)
	for i := 0; i < len(pairs); i += 2 {
		given[pairs[i]] = pairs[i+1]
	}
	checked, err := connector.Check(aliexpress.Driver().Settings, given)
	if err != nil {
		s.t.Fatal(err)
	}
	c, err := aliexpress.Open(checked, s.env())
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

func (s *stage) env() connector.Env {
	return connector.Env{Name: "ae", HTTP: http.DefaultClient, Log: slog.New(slog.DiscardHandler), Now: s.clock.Now, Vault: s.vault}
}

func order(key string, skus ...string) supplier.Order {
	o := supplier.Order{Key: key, Number: "PO-" + key, Address: addresses()[0], Currency: "USD"}
	for _, sku := range skus {
		o.Lines = append(o.Lines, supplier.Line{ID: sku, SKU: sku, Quantity: 1})
	}
	return o
}

func (s *stage) submit(c *aliexpress.Conn, o supplier.Order) supplier.Status {
	s.t.Helper()
	status, err := c.Submit(s.t.Context(), o)
	if err != nil {
		s.t.Fatalf("submit %s: %v", o.Key, err)
	}
	return status
}

func (s *stage) report(c *aliexpress.Conn, ref supplier.Ref) supplier.Status {
	s.t.Helper()
	list, err := c.Report(s.t.Context(), []supplier.Ref{ref})
	if err != nil || len(list) != 1 {
		s.t.Fatalf("report %+v: %d, %v", ref, len(list), err)
	}
	return list[0]
}

func TestEveryCodeOfCreate(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	for code, cause := range map[string]connector.Cause{
		"B_DROPSHIPPER_DELIVERY_ADDRESS_VALIDATE_FAIL":  connector.CauseAddress,
		"B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_CN_INVALID": connector.CauseAddress,
		"B_DROPSHIPPER_DELIVERY_ADDRESS_CPF_NOT_MATCH":  connector.CauseAddress,
		"BLACKLIST_BUYER_IN_LIST":                       connector.CauseBuyer,
		"USER_ACCOUNT_DISABLED":                         connector.CauseBuyer,
		"PRICE_PAY_CURRENCY_ERROR":                      connector.CausePrice,
		"DELIVERY_METHOD_NOT_EXIST":                     connector.CauseShipping,
		"INVENTORY_HOLD_ERROR":                          connector.CauseSoldOut,
		"ERROR_WHEN_BUILD_FOR_PLACE_ORDER":              connector.CauseOther,
		"A001_ORDER_CANNOT_BE_PLACED":                   connector.CauseOther,
		"A002_INVALID_ZONE":                             connector.CauseShipping,
		"A003_SUSPICIOUS_BUYER":                         connector.CauseBuyer,
		"A004_CANNOT_USER_COUPON":                       connector.CausePrice,
		"A005_INVALID_COUNTRIES":                        connector.CauseShipping,
		"A006_INVALID_ACCOUNT_INFO":                     connector.CauseBuyer,
		"SKU_NOT_EXIST":                                 connector.CauseItem,
		"SOMETHING_NEW":                                 connector.CauseOther,
	} {
		s.Reject(code, "the vendor's words")
		_, err := c.Submit(t.Context(), order("CODE", mug))
		var rejected *connector.Rejected
		if !errors.As(err, &rejected) || rejected.Code != code || rejected.Cause != cause || rejected.Words == "" || len(rejected.Raw) == 0 {
			t.Errorf("%s: %v, want a rejection of cause %s", code, err, cause)
		}
	}
	s.Reject("SYSTEM_ERROR", "?")
	if _, err := c.Submit(t.Context(), order("CODE", mug)); connector.OutcomeOf(err) != connector.WasLost {
		t.Errorf("a system error: %v, want uncertain", err)
	}
	s.Ban("aliexpress.ds.order.create", 7)
	if _, err := c.Submit(t.Context(), order("CODE", mug)); connector.Wait(err) != 8*time.Second {
		t.Errorf("a ban of 7 s: %v, wait %s", err, connector.Wait(err))
	}
	if n := len(s.Books()); n != 0 {
		t.Errorf("%d orders in the books, want none", n)
	}
}

func TestRepetition(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	first := s.submit(c, order("AGAIN", mug))
	_, err := c.Submit(t.Context(), order("AGAIN", mug))
	if connector.OutcomeOf(err) != connector.WasLost || !errors.Is(err, supplier.ErrRepeated) {
		t.Errorf("a repetition without a number: %v", err)
	}
	for _, how := range []emulator.Repeat{emulator.RepeatNumber, emulator.RepeatSame} {
		s.SetRepeat(how)
		if again := s.submit(c, order("AGAIN", mug)); again.Ref.Ref != first.Ref.Ref {
			t.Errorf("a repetition is order %s, want %s", again.Ref.Ref, first.Ref.Ref)
		}
	}
	s.clock.Add(c.Repeats())
	s.submit(c, order("AGAIN", mug))
	if n := len(s.Books()); n != 1 {
		t.Errorf("%d orders, want 1", n)
	}
	s.clock.Add(25*time.Hour - c.Repeats())
	s.submit(c, order("AGAIN", mug)) // the vendor's memory has ended
	if n := len(s.Books()); n != 2 {
		t.Errorf("%d orders, want 2: the emulator keeps a key for a day only", n)
	}
}

func TestSplitByStore(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	placed := s.submit(c, order("SPLIT", mug, chair, lamp))
	if len(placed.Parts) != 1 {
		t.Fatalf("parts %v, want one beside %s", placed.Parts, placed.Ref.Ref)
	}
	s.clock.Add(3 * time.Hour)
	if got := s.report(c, placed.Ref).State; got != supplier.Accepted {
		t.Errorf("state %s, want accepted", got)
	}
	s.Ship(placed.Ref.Ref)
	got := s.report(c, placed.Ref)
	if got.State != supplier.PartShip || len(got.Parcels) != 1 || len(got.Parcels[0].Lines) != 2 {
		t.Errorf("one part shipped: %s, parcels %+v", got.State, got.Parcels)
	}
	if want := money.New(1299+505+2500, "USD"); got.Cost != want || got.Freight != money.New(3*299, "USD") {
		t.Errorf("cost %s and freight %s, want %s", got.Cost, got.Freight, want)
	}
	s.Cancel(placed.Parts[0])
	got = s.report(c, placed.Ref)
	if got.State != supplier.Shipped || len(got.Short) != 1 || got.Short[0].SKU != chair || got.Short[0].Quantity != 1 {
		t.Errorf("the other cancelled: %s, short %+v", got.State, got.Short)
	}
}

func TestUnpaid(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *emulator.Options) { o.AutoPay = false })
	for _, auto := range []string{"true", "false"} {
		c := s.open("auto_pay", auto)
		placed := s.submit(c, order("UNPAID-"+auto, mug))
		if placed.State != supplier.Unpaid || !strings.Contains(placed.Words, placed.Ref.Ref) {
			t.Errorf("auto_pay %s: %s %q", auto, placed.State, placed.Words)
		}
		page, err := http.Get(placed.PayURL)
		if err != nil || page.StatusCode != http.StatusOK {
			t.Fatalf("pay page: %v", err)
		}
		_ = page.Body.Close()
		if got := s.report(c, placed.Ref); got.State != supplier.Unpaid || got.PayURL == "" {
			t.Errorf("reported %s", got.State)
		}
		s.PayByHand(placed.Ref.Ref)
		if got := s.report(c, placed.Ref); got.State != supplier.Placed {
			t.Errorf("paid by hand: %s, want placed", got.State)
		}
	}
	c := s.open()
	forgotten := s.submit(c, order("FORGOTTEN", mug))
	s.clock.Add(1036800 * time.Second)
	if got := s.report(c, forgotten.Ref); got.State != supplier.Cancelled {
		t.Errorf("never paid: %s, want cancelled", got.State)
	}
}

func TestStates(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	place := func(key string, skus ...string) supplier.Ref { return s.submit(c, order(key, skus...)).Ref }
	risky, asked, incomplete := place("RISK", mug), place("ASKED", mug), place("INCOMPLETE", mug)
	s.Risk(risky.Ref)
	s.AskCancel(asked.Ref)
	s.WantAddress(incomplete.Ref)
	if got := s.report(c, risky); got.State != supplier.Placed || !strings.Contains(got.Words, "risk") {
		t.Errorf("risk control: %s %q", got.State, got.Words)
	}
	if got := s.report(c, asked); got.State != supplier.Cancelling {
		t.Errorf("IN_CANCEL: %s", got.State)
	}
	if got := s.report(c, incomplete); got.State != supplier.Placed || got.Cause != connector.CauseAddress {
		t.Errorf("WAIT_COMPLETE_ADDRESS: %s %s", got.State, got.Cause)
	}
	s.Cancel(asked.Ref)
	if got := s.report(c, asked); got.State != supplier.Cancelled || got.Code != "CANCELED" {
		t.Errorf("cancelled: %s %q", got.State, got.Code)
	}
	pieces := place("PIECES", mug, mugW, lamp)
	s.ShipOnly(pieces.Ref, mugW)
	got := s.report(c, pieces)
	if got.State != supplier.PartShip || len(got.Parcels) != 1 || got.Parcels[0].Lines[0] != (supplier.Packed{SKU: mugW, Quantity: 1}) {
		t.Errorf("one of three shipped: %s %+v", got.State, got.Parcels)
	}
	s.CancelLine(pieces.Ref, lamp)
	s.Ship(pieces.Ref)
	got = s.report(c, pieces)
	if got.State != supplier.Shipped || len(got.Parcels) != 2 || len(got.Short) != 1 || got.Short[0].SKU != lamp {
		t.Errorf("the rest: %s, parcels %+v, short %+v", got.State, got.Parcels, got.Short)
	}
}

func TestWholeLife(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	placed := s.submit(c, order("LIFE", mug))
	var seen []supplier.State
	for range 40 {
		s.clock.Add(12 * time.Hour)
		if state := s.report(c, placed.Ref).State; len(seen) == 0 || seen[len(seen)-1] != state {
			seen = append(seen, state)
		}
	}
	want := []supplier.State{supplier.Accepted, supplier.Shipped, supplier.Delivered}
	if len(seen) != 3 || seen[0] != want[0] || seen[1] != want[1] || seen[2] != want[2] {
		t.Errorf("states %v, want %v", seen, want)
	}
	got := s.report(c, placed.Ref)
	events := got.Parcels[0].Events
	if len(events) != 6 || events[0].Kind != "label-made" || events[5].Kind != "delivered" || !got.At.Equal(events[5].At) {
		t.Errorf("events %+v", events)
	}
}

func TestQuote(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	ask := supplier.Parcelled{To: addresses()[0], From: "CN", Lines: order("Q", mug, lamp).Lines, Wanted: "USD"}
	quotes, err := c.Quote(t.Context(), ask)
	if err != nil || len(quotes) != 3 {
		t.Fatalf("quotes %v, %v", quotes, err)
	}
	if q := quotes[0]; q.Service != "CAINIAO_ECONOMY" || !q.Cost.IsZero() || q.Tracked {
		t.Errorf("cheapest %+v", q)
	}
	if q := quotes[2]; q.Cost != money.New(2*1357, "USD") || q.MinDays != 5 || q.MaxDays != 9 {
		t.Errorf("dearest %+v", q)
	}
	ask.To.Country = "KP"
	ask.Lines = ask.Lines[1:]
	_, err = c.Quote(t.Context(), ask)
	var rejected *connector.Rejected
	if !errors.As(err, &rejected) || rejected.Cause != connector.CauseShipping {
		t.Errorf("to where it is not sold: %v", err)
	}
	o := order("SERVICE", mug)
	o.Service = "CAINIAO_PREMIUM"
	s.submit(c, o)
	if got := s.Books()[0].Service; got != o.Service {
		t.Errorf("service %s", got)
	}
}

func TestOffersDetails(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.Put(emulator.Article{ID: 1005009000000001, Title: "Taxed", Store: 1, From: "CN", SKUs: []emulator.SKU{{ID: 1, Cost: money.New(1000, "USD"), Stock: 5, Charges: "2.50"}}})
	c := s.open()
	page, err := c.Offers(t.Context(), supplier.Ask{SKUs: []string{mug, mugW, mug, lamp, "1005009000000001/", "nonsense"}, ShipTo: "GB", Lang: "de-DE"})
	if err != nil || len(page.Offers) != 4 || len(page.Gone) != 1 || page.Next != "" {
		t.Fatalf("page %+v, %v", page, err)
	}
	if o := page.Offers[1]; o.ShipFrom != "PL" || o.Handling != 2 {
		t.Errorf("white mug %+v", o)
	}
	if o := page.Offers[3]; o.Cost != money.New(1250, "USD") {
		t.Errorf("with import charges %s, want 12.50", o.Cost)
	}
	page, err = c.Offers(t.Context(), supplier.Ask{SKUs: []string{lamp, mug}, ShipTo: "KP"})
	if err != nil || len(page.Gone) != 1 || page.Gone[0] != lamp {
		t.Errorf("not sold to a country: %+v, %v", page, err)
	}
	if _, err = c.Offers(t.Context(), supplier.Ask{}); err == nil {
		t.Error("no SKUs: no error")
	}
	if _, err = c.Offers(t.Context(), supplier.Ask{SKUs: make([]string, 101)}); err == nil {
		t.Error("101 SKUs: no error")
	}
}

func TestPush(t *testing.T) {
	t.Parallel()
	got := make(chan supplier.Message, 64)
	var c *aliexpress.Conn
	shop := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var raw json.RawMessage
		_ = json.NewDecoder(r.Body).Decode(&raw)
		m, err := c.Receive(r.Header, raw)
		if err != nil {
			t.Errorf("push: %v", err)
		}
		got <- m
	}))
	defer shop.Close()
	hooks := &world.Hooks{}
	s := newStage(t, func(o *emulator.Options) { o.Callback, o.Hooks = shop.URL, hooks })
	c = s.open("verify_push", "always")
	placed := s.submit(c, order("PUSH", mug))
	for range 40 {
		s.clock.Add(12 * time.Hour)
		s.Tick(context.Background())
	}
	hooks.Wait()
	close(got)
	keys := map[string]bool{}
	for m := range got {
		keys[m.Key] = true
		if m.Unsigned || len(m.Recheck) != 1 || m.Recheck[0].Ref != placed.Ref.Ref {
			t.Errorf("message %+v", m)
		}
	}
	if len(keys) != 4 { // created, paid, shipped, confirmed
		t.Errorf("messages %v, want 4 different ones", keys)
	}
	_, body := s.Message(placed.Ref.Ref, "OrderShipped")
	if _, err := c.Receive(http.Header{}, body); !errors.Is(err, connector.ErrForged) {
		t.Errorf("unsigned, verify_push always: %v", err)
	}
	if m, err := s.open().Receive(http.Header{}, body); err != nil || len(m.Recheck) != 1 || !m.Unsigned {
		t.Errorf("unsigned, if present: %+v, %v", m, err)
	}
	if _, err := s.open().Receive(http.Header{}, []byte(`{"message_type":99,"data":{}}`)); !errors.Is(err, connector.ErrIgnored) {
		t.Errorf("another topic: %v", err)
	}
}
