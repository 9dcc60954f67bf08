package stripe_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/paymenttest"
	"doorstep/payment/stripe/emulator"
)

func eur(minor int64) money.Amount { return money.New(minor, "EUR") }

func (r *rig) begin(t *testing.T, key string, amount money.Amount, capture bool) payment.Status {
	t.Helper()
	s, err := r.conn.Begin(context.Background(), paymenttest.Request(key, amount, capture))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (r *rig) find(t *testing.T, ref, key string) payment.Status {
	t.Helper()
	s, err := r.conn.(payment.Finder).Find(context.Background(), ref, key)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// paid is the newest name of a payment that the customer has made.
func (r *rig) paid(t *testing.T, key string, amount money.Amount, capture bool) string {
	t.Helper()
	s := r.begin(t, key, amount, capture)
	if err := r.Pay(s.Ref, emulator.Paid); err != nil {
		t.Fatal(err)
	}
	return r.find(t, s.Ref, key).Ref
}

// hear is all that the webhooks so far told, in order.
func (r *rig) hear(t *testing.T) payment.Message {
	t.Helper()
	var all payment.Message
	for _, h := range r.Sent() {
		m, err := r.conn.(payment.Receiver).Receive(h.Header, h.Body)
		if errors.Is(err, connector.ErrIgnored) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		all.Payments = append(all.Payments, m.Payments...)
		all.Refunds = append(all.Refunds, m.Refunds...)
		all.Disputes = append(all.Disputes, m.Disputes...)
	}
	return all
}

// TestNamesAndFee follows a payment from cs_ to pi_ and to its fee.
func TestNamesAndFee(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	s := r.begin(t, "p-1", eur(10000), false)
	if !strings.HasPrefix(s.Ref, "cs_") || !strings.HasPrefix(s.URL, r.web.URL+"/c/pay/cs_") || s.Secret != "" {
		t.Fatalf("begin: %q %q", s.Ref, s.URL)
	}
	if err := r.Pay(s.Ref, emulator.Paid); err != nil {
		t.Fatal(err)
	}
	held := r.find(t, s.Ref, "p-1")
	if !strings.HasPrefix(held.Ref, "pi_") || held.State != payment.Authorised || held.Fee.Currency != "" {
		t.Errorf("held: %s %s %s", held.Ref, held.State, held.Fee)
	}
	if want := r.clock.Now().Add(7 * 24 * time.Hour); !held.Lapses.Equal(want) {
		t.Errorf("lapses %s, want %s", held.Lapses, want)
	}
	taken, err := r.conn.Capture(context.Background(), s.Ref, "c-1", eur(10000)) // the old name still works
	if err != nil || taken.Fee != eur(175) || taken.Ref != held.Ref {
		t.Errorf("capture: %s fee %s, %v", taken.Ref, taken.Fee, err)
	}
}

// TestTimeRunsOut: sessions after a day, authorisations after a week; each told once.
func TestTimeRunsOut(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	unpaid := r.begin(t, "p-1", eur(1000), true)
	held := r.paid(t, "p-2", eur(1000), false)
	r.clock.Add(24 * time.Hour)
	if s := r.find(t, unpaid.Ref, ""); s.State != payment.Expired || s.URL != "" {
		t.Errorf("after a day: %s %q", s.State, s.URL)
	}
	r.clock.Add(6 * 24 * time.Hour)
	before := len(r.Sent())
	for range 3 {
		r.Tick(context.Background())
	}
	told := r.Sent()[before:]
	if len(told) != 2 { // charge.expired, payment_intent.canceled
		t.Errorf("%d messages about one lapse", len(told))
	}
	if s := r.find(t, held, ""); s.State != payment.Expired {
		t.Errorf("after a week: %s", s.State)
	}
	_, err := r.conn.Capture(context.Background(), held, "c-1", eur(1000))
	var refused *connector.Rejected
	if !errors.As(err, &refused) || refused.Cause != connector.CauseLate {
		t.Errorf("capture after the lapse: %v", err)
	}
}

// TestBankDebit settles or bounces after the page was left.
func TestBankDebit(t *testing.T) {
	t.Parallel()
	for _, good := range []bool{true, false} {
		r := start(t, nil)
		s := r.begin(t, "p-1", eur(1000), true)
		if err := r.Pay(s.Ref, emulator.Delayed); err != nil {
			t.Fatal(err)
		}
		if now := r.find(t, s.Ref, ""); now.State != payment.Pending {
			t.Errorf("while the bank works: %s", now.State)
		}
		if err := r.Settle(s.Ref, good); err != nil {
			t.Fatal(err)
		}
		want := map[bool]payment.State{true: payment.Captured, false: payment.Failed}[good]
		for _, ref := range []string{s.Ref, r.find(t, s.Ref, "").Ref, ""} {
			if now := r.find(t, ref, "p-1"); now.State != want {
				t.Errorf("find %.3s: %s, want %s", ref, now.State, want)
			}
		}
		told := false
		for _, p := range r.hear(t).Payments {
			told = told || p.State == want && p.Key == "p-1"
		}
		if !told {
			t.Errorf("no message told %s", want)
		}
	}
}

// TestDeclinedThenPaid: a refused card leaves the payment open.
func TestDeclinedThenPaid(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	s := r.begin(t, "p-1", eur(1000), false)
	if err := r.Pay(s.Ref, emulator.Insufficient); err != nil {
		t.Fatal(err)
	}
	now := r.find(t, s.Ref, "")
	if now.State != payment.Pending || now.Words != "Your card has insufficient funds." || now.URL != s.URL {
		t.Errorf("after the refusal: %s %q %q", now.State, now.Words, now.URL)
	}
	byIntent := r.find(t, now.Ref, "")
	if byIntent.URL != s.URL || byIntent.State != payment.Pending {
		t.Errorf("by the intent's name: %s %q", byIntent.State, byIntent.URL)
	}
	if err := r.Pay(s.Ref, emulator.Paid); err != nil {
		t.Fatal(err)
	}
	if now := r.find(t, s.Ref, ""); now.State != payment.Authorised || now.Words != "" {
		t.Errorf("after another card: %s %q", now.State, now.Words)
	}
}

// TestStoredFailure: Stripe repeats a 500 under its key for a day; the connector looks up
// what came of it and goes on under the next generation only if that is nothing.
func TestStoredFailure(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	for _, acted := range []bool{false, true} {
		r := start(t, nil)
		r.Break("/v1/checkout/sessions", acted)
		_, err := r.conn.Begin(ctx, paymenttest.Request("p-1", eur(1000), true))
		if connector.OutcomeOf(err) != connector.WasLost {
			t.Fatalf("begin: %v", err)
		}
		s := r.begin(t, "p-1", eur(1000), true)
		if again := r.begin(t, "p-1", eur(1000), true); again.Ref != s.Ref {
			t.Errorf("two payments: %s, %s", s.Ref, again.Ref)
		}
		if err := r.Pay(s.Ref, emulator.Paid); err != nil {
			t.Fatal(err)
		}
		r.Break("/v1/refunds", acted)
		_, err = r.conn.Refund(ctx, s.Ref, "r-1", eur(300))
		if connector.OutcomeOf(err) != connector.WasLost {
			t.Fatalf("refund: %v", err)
		}
		for range 2 {
			if _, err := r.conn.Refund(ctx, s.Ref, "r-1", eur(300)); err != nil {
				t.Fatal(err)
			}
		}
		held := r.paid(t, "p-2", eur(1000), false)
		r.Break("/capture", acted)
		_, _ = r.conn.Capture(ctx, held, "c-2", eur(1000))
		for range 2 {
			if got, err := r.conn.Capture(ctx, held, "c-2", eur(1000)); err != nil || got.State != payment.Captured {
				t.Fatalf("capture: %v", err)
			}
		}
		books := r.Books()
		if len(books) != 2 || len(books[0].Refunds) != 1 || books[1].Captures != 1 {
			t.Errorf("acted %v: %+v", acted, books)
		}
	}
}

// TestForgottenKeys: after a day Stripe no longer knows the keys, but metadata still does.
func TestForgottenKeys(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t, nil)
	held := r.paid(t, "p-1", eur(1000), false)
	for range 2 {
		got, err := r.conn.Capture(ctx, held, "c-1", eur(1000))
		if err != nil || got.State != payment.Captured {
			t.Fatal(err)
		}
		r.clock.Add(25 * time.Hour)
	}
	if _, err := r.conn.Capture(ctx, held, "c-2", eur(1000)); connector.OutcomeOf(err) != connector.WasRejected {
		t.Errorf("another key captured again: %v", err)
	}
	r.clock.Add(10 * 24 * time.Hour)
	if s := r.find(t, "", "p-1"); s.Ref != held || s.State != payment.Captured { // by search
		t.Errorf("found %s %s", s.Ref, s.State)
	}
	other := r.paid(t, "p-2", eur(1000), false)
	for range 2 {
		got, err := r.conn.(payment.Voider).Void(ctx, other, "v-1")
		if err != nil || got.State != payment.Voided {
			t.Fatal(err)
		}
		r.clock.Add(25 * time.Hour)
	}
}

// TestManyPages: the list is walked past its first page.
func TestManyPages(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	for i := range 130 {
		r.begin(t, "p-"+itoa(i), eur(1000), true)
	}
	if s := r.find(t, "", "p-0"); s.Key != "p-0" {
		t.Errorf("found %q", s.Key)
	}
}

// TestChargebacks tells of money that leaves and comes back.
func TestChargebacks(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	type step struct {
		state     payment.DisputeState
		withdrawn bool
	}
	last := func() step {
		t.Helper()
		all := r.hear(t).Disputes
		d := all[len(all)-1]
		if d.Payment == "" || d.Amount != eur(1000) || d.Due.IsZero() || d.Reason == "" {
			t.Errorf("%+v", d.State)
		}
		return step{d.State, d.Withdrawn}
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	expect := func(want step) {
		t.Helper()
		if got := last(); got != want {
			t.Errorf("told %v, want %v", got, want)
		}
	}
	id, err := r.Inquire(r.paid(t, "p-1", eur(1000), true), 0)
	must(err)
	expect(step{payment.DisputeInquiry, false})
	must(r.Escalate(id))
	expect(step{payment.DisputeOpened, true})
	must(r.Win(id))
	expect(step{payment.DisputeWon, false})
	id, err = r.Dispute(r.paid(t, "p-2", eur(1000), true), 0)
	must(err)
	expect(step{payment.DisputeOpened, true})
	evidence, err := http.NewRequest(http.MethodPost, r.web.URL+"/v1/disputes/"+id, strings.NewReader("evidence[shipping_tracking_number]=RR123456785DE"))
	must(err)
	evidence.Header.Set("Authorization", "Bearer "+secretKey)
	res, err := r.out.Do(evidence)
	must(err)
	_ = res.Body.Close()
	expect(step{payment.DisputeAnswered, true})
	must(r.Lose(id))
	expect(step{payment.DisputeLost, true})
	id, err = r.Inquire(r.paid(t, "p-3", eur(1000), true), 0)
	must(err)
	must(r.Win(id))
	expect(step{payment.DisputeDropped, false})
}

// TestRefundBounces: a refund may fail after it had succeeded.
func TestRefundBounces(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	r := start(t, nil)
	ref := r.paid(t, "p-1", eur(1000), true)
	r.SlowRefunds(true)
	got, err := r.conn.Refund(ctx, ref, "r-1", eur(400))
	if err != nil || got.State != payment.RefundPending || got.Payment != ref {
		t.Fatalf("%s %v", got.State, err)
	}
	for _, ok := range []bool{true, false} {
		if err := r.SettleRefund(got.Ref, ok); err != nil {
			t.Fatal(err)
		}
		all := r.hear(t).Refunds
		want := map[bool]payment.RefundState{true: payment.RefundSucceeded, false: payment.RefundFailed}[ok]
		if told := all[len(all)-1]; told.State != want || told.Key != "r-1" {
			t.Errorf("told %s of %q, want %s", told.State, told.Key, want)
		}
	}
	found, err := r.conn.(payment.Finder).FindRefund(ctx, ref, "r-1")
	if err != nil || found.State != payment.RefundFailed || found.Words == "" {
		t.Errorf("found %s %q, %v", found.State, found.Words, err)
	}
	if total := r.Totals()["eur"]; total.Refunded != 0 || total.Captured != 1000 {
		t.Errorf("%+v", total)
	}
}
