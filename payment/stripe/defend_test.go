package stripe_test

import (
	"errors"
	"strings"
	"testing"

	"doorstep/connector"
	world "doorstep/connector/emulator"
	"doorstep/payment"
)

func proof() payment.Evidence {
	return payment.Evidence{Product: "2 × Mug", CustomerName: "Ann Müller", CustomerEmail: "ann@customers.example", Shipping: "Gasse 1\n10115 Berlin", ShippedOn: "2026-11-20",
		Carrier: "DHL", Tracking: "LX000000015CN", Policy: "30 days.", Words: strings.Repeat("It was delivered. ", 3000), Papers: []byte("%PDF-1.4 papers")}
}

func (r *rig) disputed(t *testing.T, key string) string {
	t.Helper()
	name, err := r.Dispute(r.paid(t, key, eur(2490), true), 0)
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func TestEvidenceIsHandedInOnce(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	ref := r.disputed(t, "pa-ev1")
	d := r.conn.(payment.Defender)
	if _, submitted, err := d.FindDispute(t.Context(), ref, "cb-1"); err != nil || submitted {
		t.Fatalf("before: %v, %v", submitted, err)
	}
	for range 2 {
		s, err := d.Defend(t.Context(), ref, "cb-1", proof())
		if err != nil || s.State != payment.DisputeAnswered || s.Ref != ref {
			t.Fatalf("%+v, %v", s, err)
		}
	}
	got := r.Defence(ref)
	if got.Submissions != 1 || string(got.Papers) != "%PDF-1.4 papers" || got.Metadata["doorstep_defence"] != "cb-1" ||
		got.Evidence["shipping_tracking_number"] != "LX000000015CN" || got.Evidence["customer_name"] != "Ann Müller" || len(got.Evidence["uncategorized_text"]) > 20_000 {
		t.Errorf("the bank has %+v", got)
	}
	if _, err := d.Defend(t.Context(), ref, "cb-2", proof()); connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("a second answer: %v", err)
	}
	if _, _, err := d.FindDispute(t.Context(), "du_none", "cb-1"); !errors.Is(err, connector.ErrNotFound) {
		t.Errorf("an unknown dispute: %v", err)
	}
}

// Every call's answer is lost, before Stripe acted and after: a look tells the truth, and the bank
// has one submission in the end.
func TestEvidenceWhoseAnswerIsLost(t *testing.T) {
	t.Parallel()
	for _, fault := range []world.Fault{world.DropBefore, world.DropAfter, world.FailAfter, world.Truncate, world.Busy} {
		for _, path := range []string{"/v1/files", "/v1/disputes"} {
			r := start(t, nil)
			ref := r.disputed(t, "pa-ev2")
			d := r.conn.(payment.Defender)
			r.Knobs.Once(fault, path)
			_, err := d.Defend(t.Context(), ref, "cb-1", proof())
			_, submitted, lookErr := d.FindDispute(t.Context(), ref, "cb-1")
			if lookErr != nil || submitted != (r.Defence(ref).Submissions == 1) {
				t.Errorf("%s at %s: the look says %v, %v", fault, path, submitted, lookErr)
			}
			if outcome := connector.OutcomeOf(err); outcome == connector.WasNotSent && submitted {
				t.Errorf("%s at %s: it was sent, but is called %v", fault, path, err)
			}
			if _, err := d.Defend(t.Context(), ref, "cb-1", proof()); err != nil {
				t.Errorf("%s at %s: again: %v", fault, path, err)
			}
			if n := r.Defence(ref).Submissions; n != 1 {
				t.Errorf("%s at %s: %d submissions", fault, path, n)
			}
		}
	}
	r := start(t, nil)
	ref := r.disputed(t, "pa-ev3")
	r.Break("/v1/disputes/", true)
	if _, err := r.conn.(payment.Defender).Defend(t.Context(), ref, "cb-1", proof()); connector.OutcomeOf(err) != connector.WasLost {
		t.Errorf("a 500 from inside: %v", err)
	}
	if s, err := r.conn.(payment.Defender).Defend(t.Context(), ref, "cb-1", proof()); err != nil || s.State != payment.DisputeAnswered || r.Defence(ref).Submissions != 1 {
		t.Errorf("again: %+v, %v", s, err)
	}
}
