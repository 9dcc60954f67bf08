package paymenttest

import (
	"context"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/money"
	"doorstep/payment"
)

// after are the faults that lose the answer of a request that was acted on.
func after() []emulator.Fault {
	return []emulator.Fault{emulator.DropAfter, emulator.FailAfter, emulator.Truncate}
}

// before are the faults that lose a request; the caller cannot tell them from the others.
func before() []emulator.Fault {
	return []emulator.Fault{emulator.DropBefore, emulator.FailBefore}
}

func uncertain(t *testing.T, what string, fault emulator.Fault, err error) {
	t.Helper()
	if got := connector.OutcomeOf(err); got != connector.WasLost {
		t.Fatalf("%s with %s: %s (%v), want uncertain", what, fault, got, err)
	}
}

func lostBegin(t *testing.T, b Bench, s *Stage) {
	ctx := context.Background()
	for _, fault := range after() {
		key := "p-" + string(fault)
		s.Knobs.Once(fault, b.Paths.Begin)
		_, err := s.Connector.Begin(ctx, Request(key, eur(1299), true))
		uncertain(t, "begin", fault, err)
		found := s.findKey(t, key, nil)
		again := s.begin(t, key, eur(1299), true)
		s.entry(t, key)
		if found.Ref != "" && found.Ref != again.Ref {
			t.Errorf("found %s, a repeat gave %s", found.Ref, again.Ref)
		}
	}
	for _, fault := range before() {
		key := "q-" + string(fault)
		s.Knobs.Once(fault, b.Paths.Begin)
		_, err := s.Connector.Begin(ctx, Request(key, eur(1299), true))
		uncertain(t, "begin", fault, err)
		s.findKey(t, key, connector.ErrNotFound)
		s.begin(t, key, eur(1299), true)
		s.entry(t, key)
	}
}

// findKey looks a payment up by key where the connector can.
func (s *Stage) findKey(t *testing.T, key string, want error) payment.Status {
	t.Helper()
	finder, ok := s.Connector.(payment.Finder)
	if !ok {
		return payment.Status{}
	}
	got, err := finder.Find(context.Background(), "", key)
	if connector.OutcomeOf(err) != connector.OutcomeOf(want) {
		t.Fatalf("find by key %s: %v, want %v", key, err, want)
	}
	if err == nil && (got.Key != key || got.Ref == "") {
		t.Fatalf("find by key %s: %s", key, redact(got))
	}
	return got
}

func lostCapture(t *testing.T, b Bench, s *Stage) {
	ctx := context.Background()
	for _, fault := range append(after(), before()...) {
		ref := s.paid(t, "p-"+string(fault), eur(5000), false)
		key := "c-" + string(fault)
		s.Knobs.Once(fault, b.Paths.Capture)
		_, err := s.Connector.Capture(ctx, ref, key, eur(4000))
		uncertain(t, "capture", fault, err)
		acted := s.entry(t, "p-"+string(fault)).Captured > 0
		if finder, ok := s.Connector.(payment.Finder); ok {
			got, err := finder.Find(ctx, ref, "p-"+string(fault))
			if err != nil || (got.State == payment.Captured) != acted {
				t.Errorf("find after a lost capture (%s): %s, %v; the books say captured: %v", fault, redact(got), err, acted)
			}
		}
		if got, err := s.Connector.Capture(ctx, ref, key, eur(4000)); err != nil || got.State != payment.Captured {
			t.Errorf("capture again after %s: %s, %v", fault, redact(got), err)
		}
		if e := s.entry(t, "p-"+string(fault)); e.Captures != 1 || e.Captured != 4000 {
			t.Errorf("after %s the books say %+v", fault, e)
		}
	}
}

func lostRefund(t *testing.T, b Bench, s *Stage) {
	ctx := context.Background()
	for _, fault := range append(after(), before()...) {
		ref := s.paid(t, "p-"+string(fault), eur(5000), true)
		key := "r-" + string(fault)
		s.Knobs.Once(fault, b.Paths.Refund)
		_, err := s.Connector.Refund(ctx, ref, key, eur(1000))
		uncertain(t, "refund", fault, err)
		acted := len(s.entry(t, "p-"+string(fault)).Refunds) > 0
		if finder, ok := s.Connector.(payment.Finder); ok {
			got, err := finder.FindRefund(ctx, ref, key)
			found := err == nil && got.Key == key && got.Amount == eur(1000) && got.Payment == ref
			if found != acted || !acted && connector.OutcomeOf(err) != connector.WasNeverThere {
				t.Errorf("find refund after %s: %+v, %v; the books have it: %v", fault, got.State, err, acted)
			}
		}
		if _, err := s.Connector.Refund(ctx, ref, key, eur(1000)); err != nil {
			t.Errorf("refund again after %s: %v", fault, err)
		}
		if e := s.entry(t, "p-"+string(fault)); len(e.Refunds) != 1 || e.Refunded() != 1000 {
			t.Errorf("after %s the books say %+v", fault, e.Refunds)
		}
	}
}

func cutAnswer(t *testing.T, _ Bench, s *Stage) {
	finder, ok := s.Connector.(payment.Finder)
	if !ok {
		return
	}
	ref := s.paid(t, "p-1", eur(5000), true)
	for _, fault := range append(after(), before()...) {
		s.Knobs.Once(fault, ref)
		_, err := finder.Find(context.Background(), ref, "p-1")
		if got := connector.OutcomeOf(err); got != connector.WasLost && got != connector.WasNotSent {
			t.Errorf("find with %s: %s (%v): a look-up that broke must never say what is there", fault, got, err)
		}
	}
}

func neverArrived(t *testing.T, _ Bench, s *Stage) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := s.Connector.Begin(ctx, Request("p-1", eur(1299), true))
	if got := connector.OutcomeOf(err); got != connector.WasNotSent {
		t.Errorf("begin with an ended context: %s (%v), want not sent", got, err)
	}
	if n := len(s.Books()); n != 0 {
		t.Errorf("the books have %d payments", n)
	}
	s.begin(t, "p-1", eur(1299), true)
}

func busy(t *testing.T, b Bench, s *Stage) {
	ctx := context.Background()
	notSent := func(what string, err error) {
		t.Helper()
		if got := connector.OutcomeOf(err); got != connector.WasNotSent || connector.Wait(err) < time.Second {
			t.Errorf("%s: %s after %s (%v), want not sent with a delay", what, got, connector.Wait(err), err)
		}
	}
	s.Knobs.Once(emulator.Busy, b.Paths.Begin)
	_, err := s.Connector.Begin(ctx, Request("p-1", eur(1299), false))
	notSent("begin", err)
	ref := s.paid(t, "p-1", eur(1299), false)
	s.Knobs.Once(emulator.Busy, b.Paths.Capture)
	_, err = s.Connector.Capture(ctx, ref, "c-1", eur(1299))
	notSent("capture", err)
	if _, err := s.Connector.Capture(ctx, ref, "c-1", eur(1299)); err != nil {
		t.Fatalf("capture: %v", err)
	}
	s.Knobs.Once(emulator.Busy, b.Paths.Refund)
	_, err = s.Connector.Refund(ctx, ref, "r-1", eur(299))
	notSent("refund", err)
	if e := s.entry(t, "p-1"); e.Captures != 1 || len(e.Refunds) != 0 {
		t.Errorf("the books say %+v", e)
	}
}

// unreachable: nobody listens any more.
func unreachable(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), true)
	s.Close()
	ctx := context.Background()
	_, err := s.Connector.Begin(ctx, Request("p-2", eur(100), true))
	if got := connector.OutcomeOf(err); got != connector.WasNotSent {
		t.Errorf("begin with nobody listening: %s (%v), want not sent", got, err)
	}
	_, err = s.Connector.Refund(ctx, ref, "r-1", eur(100))
	if got := connector.OutcomeOf(err); got != connector.WasNotSent {
		t.Errorf("refund with nobody listening: %s (%v), want not sent", got, err)
	}
	if e := s.entry(t, "p-1"); len(e.Refunds) != 0 || len(s.Books()) != 1 {
		t.Errorf("the books have %d refunds and %d payments", len(e.Refunds), len(s.Books()))
	}
}

func notFound(t *testing.T, _ Bench, s *Stage) {
	finder, ok := s.Connector.(payment.Finder)
	if !ok {
		return
	}
	ctx := context.Background()
	s.begin(t, "p-1", eur(1299), true)
	if _, err := finder.Find(ctx, "", "p-none"); connector.OutcomeOf(err) != connector.WasNeverThere {
		t.Errorf("find of an unknown key: %v, want not found", err)
	}
	ref := s.paid(t, "p-2", eur(1299), true)
	if _, err := finder.FindRefund(ctx, ref, "r-none"); connector.OutcomeOf(err) != connector.WasNeverThere {
		t.Errorf("find of an unknown refund: %v, want not found", err)
	}
	if _, err := s.Connector.Refund(ctx, ref+"x", "r-1", eur(1)); connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("refund of an unknown payment: %v, want rejected", err)
	}
}

func exactAmounts(t *testing.T, _ Bench, s *Stage) {
	ctx := context.Background()
	amounts := []money.Amount{
		money.New(1299, "EUR"), money.New(99, "USD"), money.New(1234567, "JPY"), money.New(50, "JPY"),
		money.New(12340, "KWD"), money.New(5*1000, "KWD"), money.New(99999999, "EUR"),
	}
	for i, amount := range amounts {
		key := "p-" + string(rune('a'+i))
		ref := s.paid(t, key, amount, false)
		got, err := s.Connector.Capture(ctx, ref, "c-"+key, amount)
		if err != nil || got.Amount != amount {
			t.Errorf("capture of %s: %s, %v", amount, got.Amount, err)
			continue
		}
		back, err := s.Connector.Refund(ctx, ref, "r-"+key, amount)
		if err != nil || back.Amount != amount {
			t.Errorf("refund of %s: %s, %v", amount, back.Amount, err)
		}
		e := s.entry(t, key)
		if e.Captured != amount.Minor || e.Refunded() != amount.Minor || e.Currency != amount.Currency {
			t.Errorf("%s is in the books as %+v", amount, e)
		}
	}
}

func badAmounts(t *testing.T, b Bench, s *Stage) {
	ctx := context.Background()
	bad := []money.Amount{money.New(0, "EUR"), money.New(-1, "EUR"), money.New(100, "XXQ"), {}}
	if b.Step > 1 {
		bad = append(bad, money.New(12345, "KWD"))
	}
	for i, amount := range bad {
		_, err := s.Connector.Begin(ctx, Request("p-"+string(rune('a'+i)), amount, true))
		if connector.OutcomeOf(err) != connector.WasRejected {
			t.Errorf("begin of %s: %v, want rejected", amount, err)
		}
	}
	if n := len(s.Books()); n != 0 {
		t.Errorf("the books have %d payments", n)
	}
	ref := s.paid(t, "p-1", eur(5000), true)
	for _, amount := range bad[:2] {
		if _, err := s.Connector.Refund(ctx, ref, "r-1", amount); connector.OutcomeOf(err) != connector.WasRejected {
			t.Errorf("refund of %s: %v, want rejected", amount, err)
		}
	}
}
