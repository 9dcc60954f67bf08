// Package paymenttest states the laws of the payment contract and holds a connector to
// them, against its emulator, over real HTTP on loopback.
//
// A provider's package writes a Bench: how to start a fresh provider with a connector on
// it, how its customer pays, and what the provider's own books say. Run does the rest. The
// laws are judged by the books, not by what the connector believes.
package paymenttest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/payment"
)

// Bench starts providers.
type Bench struct {
	// Start is a fresh provider with an open connector; t.Cleanup ends it.
	Start func(t *testing.T) *Stage
	// Paths are parts of the provider's addresses, for the knobs.
	Paths Paths
	// Step is the least amount of a currency with three decimals that the provider can
	// say, in minor units; 1 if it takes any.
	Step int64
}

// Paths are parts of a provider's addresses that tell its calls apart.
type Paths struct {
	Begin, Capture, Refund, Void string
}

// Stage is a provider and a connector that is open on it.
type Stage struct {
	Connector payment.Connector
	Knobs     *emulator.Knobs
	Clock     *Clock
	// Close ends the provider's server and the client's idle connections to it.
	Close func()
	// Pay is the customer paying, with success or refused by the bank.
	Pay func(ref string, success bool) error
	// Books are the payments that the provider knows, oldest first.
	Books func() []Entry
	// Sent are the webhooks that the provider has sent, oldest first, as they were signed;
	// nil if the provider sends none.
	Sent func() []emulator.Hook
	// Forge signs a message with another secret; Age signs it genuinely but long ago.
	Forge, Age func(emulator.Hook) emulator.Hook
	// Oppose makes the customer's bank take the money of a payment back; nil if unknown.
	Oppose func(ref string) error
	// Secrets must appear in no error and no log.
	Secrets []string
	// Log is what the connector logged so far.
	Log func() string
}

// Entry is one payment in the provider's books; amounts are in our minor units.
type Entry struct {
	Key        string // ours
	Currency   money.Currency
	Authorised int64 // reserved now
	Captured   int64
	Captures   int // how often money was taken
	Voided     bool
	Refunds    []EntryRefund
}

// EntryRefund is one refund in the provider's books that was not undone.
type EntryRefund struct {
	Key   string
	Minor int64
}

// Refunded is the sum of the refunds.
func (e Entry) Refunded() int64 {
	sum := int64(0)
	for _, r := range e.Refunds {
		sum += r.Minor
	}
	return sum
}

// Run checks every law; each has a fresh provider.
func Run(t *testing.T, b Bench) {
	t.Helper()
	for _, law := range laws() {
		t.Run(law.name, func(t *testing.T) {
			t.Parallel()
			law.check(t, b, b.Start(t))
		})
	}
}

type law struct {
	name  string
	check func(*testing.T, Bench, *Stage)
}

func laws() []law {
	return []law{
		{"the same key twice is one payment", onePayment},
		{"the same key twice is one capture", oneCapture},
		{"the same key twice is one refund", oneRefund},
		{"two keys are two refunds", twoRefunds},
		{"never captures more than authorised", noOverCapture},
		{"a part may be captured", partCapture},
		{"refunds never exceed what was captured", noOverRefund},
		{"a refused customer pays nothing", declined},
		{"a lost answer to begin is uncertain and findable", lostBegin},
		{"a lost answer to capture is uncertain and findable", lostCapture},
		{"a lost answer to refund is uncertain and findable", lostRefund},
		{"a cut answer is uncertain", cutAnswer},
		{"what was not sent may be repeated", neverArrived},
		{"too many requests are not sent, with a delay", busy},
		{"an unreachable provider was sent nothing", unreachable},
		{"what nobody knows is not found", notFound},
		{"a void releases and happens once", voids},
		{"a paid payment cannot be voided", lateVoid},
		{"amounts are exact in every currency", exactAmounts},
		{"amounts that cannot be are refused", badAmounts},
		{"webhooks tell what happened", webhooksTell},
		{"forged and altered webhooks are refused", forged},
		{"old webhooks are refused", tooOld},
		{"webhooks may come twice and in any order", anyOrder},
		{"garbage never panics", garbage},
		{"no secret in errors and logs", noSecrets},
		{"parallel use keeps the books right", parallel},
		{"a check changes nothing", checks},
	}
}

// Clock is a time that only moves when told to.
type Clock struct{ at chan time.Time }

// NewClock starts at a time.
func NewClock(at time.Time) *Clock {
	c := &Clock{make(chan time.Time, 1)}
	c.at <- at.UTC()
	return c
}

// Now is the time.
func (c *Clock) Now() time.Time {
	at := <-c.at
	c.at <- at
	return at
}

// Add moves the time on.
func (c *Clock) Add(d time.Duration) {
	at := <-c.at
	c.at <- at.Add(d)
}

// Request is an ordinary payment under a key.
func Request(key string, amount money.Amount, capture bool) payment.Request {
	return payment.Request{
		Key: key, Amount: amount, Order: "1001", Email: "ann@example.com", Country: "DE",
		ReturnURL: "https://shop.example/thanks?order=1001", CancelURL: "https://shop.example/cart", Locale: "de-DE", Capture: capture,
	}
}

func eur(minor int64) money.Amount { return money.New(minor, "EUR") }

// begin begins a payment or ends the test.
func (s *Stage) begin(t *testing.T, key string, amount money.Amount, capture bool) payment.Status {
	t.Helper()
	status, err := s.Connector.Begin(context.Background(), Request(key, amount, capture))
	if err != nil {
		t.Fatalf("begin %s: %v", key, err)
	}
	if status.Ref == "" || status.State != payment.Pending || status.URL == "" && status.Secret == "" {
		t.Fatalf("begin %s: %+v: want a pending payment with a name and a way to pay", key, redact(status))
	}
	return status
}

// paid begins and pays; it returns the newest name of the payment.
func (s *Stage) paid(t *testing.T, key string, amount money.Amount, capture bool) string {
	t.Helper()
	status := s.begin(t, key, amount, capture)
	if err := s.Pay(status.Ref, true); err != nil {
		t.Fatalf("pay %s: %v", key, err)
	}
	finder, ok := s.Connector.(payment.Finder)
	if !ok {
		return status.Ref
	}
	now, err := finder.Find(context.Background(), status.Ref, key)
	if err != nil {
		t.Fatalf("find %s: %v", key, err)
	}
	want := payment.Authorised
	if capture {
		want = payment.Captured
	}
	if now.State != want || now.Amount != amount || now.Key != key {
		t.Fatalf("find %s after paying: %s %s key %q; want %s %s", key, now.State, now.Amount, now.Key, want, amount)
	}
	return now.Ref
}

// entry is the one payment with that key in the books.
func (s *Stage) entry(t *testing.T, key string) Entry {
	t.Helper()
	var found []Entry
	for _, e := range s.Books() {
		if e.Key == key {
			found = append(found, e)
		}
	}
	if len(found) != 1 {
		t.Fatalf("the books have %d payments with key %s, want 1", len(found), key)
	}
	return found[0]
}

// redact keeps the client secret out of test output.
func redact(s payment.Status) string {
	return fmt.Sprintf("{%s %s %s %s %q}", s.Key, s.Ref, s.State, s.Amount, s.Words)
}
