package paymenttest

import (
	"context"
	"testing"

	"doorstep/connector"
	"doorstep/payment"
)

func onePayment(t *testing.T, _ Bench, s *Stage) {
	first := s.begin(t, "p-1", eur(1299), true)
	second := s.begin(t, "p-1", eur(1299), true)
	if first.Ref != second.Ref {
		t.Errorf("the same key gave %s and %s", first.Ref, second.Ref)
	}
	s.entry(t, "p-1")
	if other := s.begin(t, "p-2", eur(1299), true); other.Ref == first.Ref {
		t.Error("another key gave the same payment")
	}
}

func oneCapture(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), false)
	if e := s.entry(t, "p-1"); e.Authorised != 5000 || e.Captured != 0 {
		t.Fatalf("before the capture the books say %+v", e)
	}
	for range 3 {
		got, err := s.Connector.Capture(context.Background(), ref, "c-1", eur(5000))
		if err != nil || got.State != payment.Captured || got.Amount != eur(5000) {
			t.Fatalf("capture: %s, %v", redact(got), err)
		}
	}
	if e := s.entry(t, "p-1"); e.Captures != 1 || e.Captured != 5000 || e.Authorised != 0 {
		t.Errorf("three captures under one key: %+v", e)
	}
}

func oneRefund(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), true)
	var first payment.RefundStatus
	for i := range 3 {
		got, err := s.Connector.Refund(context.Background(), ref, "r-1", eur(1500))
		if err != nil || got.Amount != eur(1500) || got.Key != "r-1" || got.State == payment.RefundFailed {
			t.Fatalf("refund: %+v, %v", got.State, err)
		}
		if i == 0 {
			first = got
		}
		if got.Ref != first.Ref {
			t.Errorf("the same key gave refunds %s and %s", first.Ref, got.Ref)
		}
	}
	if e := s.entry(t, "p-1"); len(e.Refunds) != 1 || e.Refunded() != 1500 {
		t.Errorf("three refunds under one key: %+v", e.Refunds)
	}
}

func twoRefunds(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), true)
	for _, key := range []string{"r-1", "r-2"} {
		if _, err := s.Connector.Refund(context.Background(), ref, key, eur(1500)); err != nil {
			t.Fatalf("refund %s: %v", key, err)
		}
	}
	if e := s.entry(t, "p-1"); len(e.Refunds) != 2 || e.Refunded() != 3000 {
		t.Errorf("two equal refunds under two keys: %+v", e.Refunds)
	}
	finder, ok := s.Connector.(payment.Finder)
	if !ok {
		return
	}
	for _, key := range []string{"r-1", "r-2"} {
		got, err := finder.FindRefund(context.Background(), ref, key)
		if err != nil || got.Key != key || got.Amount != eur(1500) {
			t.Errorf("find refund %s: %q %s, %v", key, got.Key, got.Amount, err)
		}
	}
}

func noOverCapture(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), false)
	_, err := s.Connector.Capture(context.Background(), ref, "c-1", eur(5001))
	if outcome := connector.OutcomeOf(err); outcome != connector.WasRejected {
		t.Errorf("capturing too much: %s (%v), want rejected", outcome, err)
	}
	if e := s.entry(t, "p-1"); e.Captured != 0 {
		t.Errorf("the books captured %d of 5000", e.Captured)
	}
	if _, err := s.Connector.Capture(context.Background(), ref, "c-2", eur(5000)); err != nil {
		t.Fatalf("capture of the whole: %v", err)
	}
	_, err = s.Connector.Capture(context.Background(), ref, "c-3", eur(1))
	if connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("capturing again: %v, want rejected", err)
	}
	if e := s.entry(t, "p-1"); e.Captured != 5000 {
		t.Errorf("the books captured %d of 5000", e.Captured)
	}
}

func partCapture(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), false)
	got, err := s.Connector.Capture(context.Background(), ref, "c-1", eur(3210))
	if err != nil || got.State != payment.Captured || got.Amount != eur(3210) {
		t.Fatalf("capture of a part: %s, %v", redact(got), err)
	}
	if e := s.entry(t, "p-1"); e.Captured != 3210 {
		t.Errorf("the books captured %d, want 3210", e.Captured)
	}
}

func noOverRefund(t *testing.T, _ Bench, s *Stage) {
	ref := s.paid(t, "p-1", eur(5000), true)
	if _, err := s.Connector.Refund(context.Background(), ref, "r-1", eur(3000)); err != nil {
		t.Fatalf("refund: %v", err)
	}
	_, err := s.Connector.Refund(context.Background(), ref, "r-2", eur(2001))
	if outcome := connector.OutcomeOf(err); outcome != connector.WasRejected {
		t.Errorf("refunding too much: %s (%v), want rejected", outcome, err)
	}
	if _, err := s.Connector.Refund(context.Background(), ref, "r-3", eur(2000)); err != nil {
		t.Errorf("refund of the rest: %v", err)
	}
	if e := s.entry(t, "p-1"); e.Refunded() != e.Captured {
		t.Errorf("refunded %d of %d", e.Refunded(), e.Captured)
	}
}

func declined(t *testing.T, _ Bench, s *Stage) {
	status := s.begin(t, "p-1", eur(5000), true)
	if err := s.Pay(status.Ref, false); err != nil {
		t.Fatalf("pay: %v", err)
	}
	if e := s.entry(t, "p-1"); e.Captured != 0 || e.Authorised != 0 {
		t.Fatalf("a refused customer is in the books with %+v", e)
	}
	finder, ok := s.Connector.(payment.Finder)
	if !ok {
		return
	}
	got, err := finder.Find(context.Background(), status.Ref, "p-1")
	if err != nil || got.State != payment.Pending && got.State != payment.Failed || got.Words == "" {
		t.Errorf("find after a refusal: %s, %v: want pending or failed, with the reason", redact(got), err)
	}
}

func voids(t *testing.T, _ Bench, s *Stage) {
	voider, ok := s.Connector.(payment.Voider)
	if !ok {
		return
	}
	ref := s.paid(t, "p-1", eur(5000), false)
	for range 2 {
		got, err := voider.Void(context.Background(), ref, "v-1")
		if err != nil || got.State != payment.Voided {
			t.Fatalf("void: %s, %v", redact(got), err)
		}
	}
	if e := s.entry(t, "p-1"); !e.Voided || e.Authorised != 0 || e.Captured != 0 {
		t.Errorf("after a void the books say %+v", e)
	}
	unpaid := s.begin(t, "p-2", eur(700), true)
	if got, err := voider.Void(context.Background(), unpaid.Ref, "v-2"); err != nil || got.State != payment.Voided {
		t.Errorf("void before paying: %s, %v", redact(got), err)
	}
	if err := s.Pay(unpaid.Ref, true); err == nil {
		t.Error("a voided payment could be paid")
	}
}

func lateVoid(t *testing.T, _ Bench, s *Stage) {
	voider, ok := s.Connector.(payment.Voider)
	if !ok {
		return
	}
	ref := s.paid(t, "p-1", eur(5000), true)
	_, err := voider.Void(context.Background(), ref, "v-1")
	if connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("void of a captured payment: %v, want rejected", err)
	}
	if e := s.entry(t, "p-1"); e.Captured != 5000 {
		t.Errorf("the books captured %d", e.Captured)
	}
}

func checks(t *testing.T, _ Bench, s *Stage) {
	checker, ok := s.Connector.(payment.Checker)
	if !ok {
		return
	}
	if err := checker.Check(context.Background()); err != nil {
		t.Errorf("check: %v", err)
	}
	if n := len(s.Books()); n != 0 {
		t.Errorf("a check left %d payments", n)
	}
}
