package manual_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"doorstep/connector"
	"doorstep/money"
	"doorstep/payment"
	"doorstep/payment/manual"
	"doorstep/payment/paymenttest"
)

func open(t *testing.T, v connector.Values) (payment.Connector, error) {
	t.Helper()
	driver := manual.Driver()
	checked, err := connector.Check(driver.Settings, v)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)
	return driver.Open(checked, connector.Env{Name: "manual", Now: func() time.Time { return at }, Vault: &paymenttest.Vault{}})
}

func bank() connector.Values {
	return connector.Values{"payee": "Mug & Co", "iban": "de89 3704 0044 0532 0130 00", "bic": "COBADEFFXXX"}
}

func must(t *testing.T, v connector.Values) payment.Connector {
	t.Helper()
	c, err := open(t, v)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestTransfer follows a bank transfer.
func TestTransfer(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := must(t, bank())
	r := paymenttest.Request("p-1", money.New(1299, "EUR"), true)
	first, err := c.Begin(ctx, r)
	if err != nil || first.State != payment.Pending || first.Key != "p-1" || first.Amount != r.Amount || first.URL != "" {
		t.Fatalf("%+v %v", first, err)
	}
	const want = "Please transfer 12,99\u00a0€ to Mug & Co, IBAN DE89 3704 0044 0532 0130 00, BIC COBADEFFXXX, with the reference RF401001. We send your order 1001 when the money has arrived."
	if first.Words != want || first.Words != c.(payment.Manual).Instructions(r) {
		t.Errorf("words: %q, want %q", first.Words, want)
	}
	if again, err := c.Begin(ctx, r); err != nil || again.Ref != first.Ref {
		t.Errorf("the same key: %s, %s, %v", first.Ref, again.Ref, err)
	}
	other := r
	other.Key = "p-2"
	if second, err := c.Begin(ctx, other); err != nil || second.Ref == first.Ref {
		t.Errorf("another key: %s, %v", second.Ref, err)
	}
	for range 2 {
		got, err := c.Capture(ctx, first.Ref, "c-1", r.Amount)
		if err != nil || got.State != payment.Captured || got.Key != "p-1" || got.Ref != first.Ref || got.Amount != r.Amount {
			t.Errorf("capture: %+v, %v", got, err)
		}
		back, err := c.Refund(ctx, first.Ref, "r-1", money.New(299, "EUR"))
		if err != nil || back.State != payment.RefundSucceeded || back.Ref != "manual-refund-r-1" || back.Payment != first.Ref || !strings.Contains(back.Words, "2.99 EUR") {
			t.Errorf("refund: %+v, %v", back, err)
		}
		gone, err := c.(payment.Voider).Void(ctx, first.Ref, "v-1")
		if err != nil || gone.State != payment.Voided || gone.Key != "p-1" {
			t.Errorf("void: %+v, %v", gone, err)
		}
	}
	if _, ok := c.(payment.Finder); ok {
		t.Error("there is nobody to ask")
	}
}

// TestCash and a text of the merchant's own.
func TestCash(t *testing.T) {
	t.Parallel()
	r := paymenttest.Request("p-1", money.New(700, "JPY"), true)
	r.Locale, r.Order = "", "{amount}"
	c := must(t, connector.Values{"method": "cash-on-delivery"})
	if got := c.(payment.Manual).Instructions(r); !strings.HasPrefix(got, "Please have 700 JPY ready") || !strings.Contains(got, "Your order: {amount}.") {
		t.Errorf("%q", got)
	}
	for _, r.Locale = range []string{"x", "!!", "zh-Hant-TW-x", "-"} {
		if got := c.(payment.Manual).Instructions(r); !strings.Contains(got, "700") {
			t.Errorf("locale %q: %q", r.Locale, got)
		}
	}
	r.Locale = ""
	c = must(t, connector.Values{"instructions": "Pay {amount} at the till, say {reference}"})
	r.Order = "A-7"
	if got := c.(payment.Manual).Instructions(r); got != "Pay 700 JPY at the till, say "+manual.Reference("A-7", "p-1") {
		t.Errorf("%q", got)
	}
}

// TestSettings names what is wrong.
func TestSettings(t *testing.T) {
	t.Parallel()
	for want, v := range map[string]connector.Values{
		"payee and iban": {},
		"check digits":   {"payee": "x", "iban": "DE89370400440532013001"},
		"{price}":        {"instructions": "Pay {price}"},
	} {
		if _, err := open(t, v); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v: %v, want %q", v, err, want)
		}
	}
}

// TestAmounts refuses what is nothing to pay.
func TestAmounts(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c := must(t, bank())
	for _, a := range []money.Amount{{}, money.New(0, "EUR"), money.New(-1, "EUR"), money.New(1, "XXQ")} {
		_, one := c.Begin(ctx, paymenttest.Request("p-1", a, true))
		_, two := c.Capture(ctx, "manual-p-1", "c-1", a)
		_, three := c.Refund(ctx, "manual-p-1", "r-1", a)
		for _, err := range []error{one, two, three} {
			if connector.OutcomeOf(err) != connector.WasRejected {
				t.Errorf("%s: %v", a, err)
			}
		}
	}
}

// TestReference: the published example of ISO 11649, and check digits that always hold.
func TestReference(t *testing.T) {
	t.Parallel()
	if got := manual.Reference("5390 0754 7034", ""); got != "RF18539007547034" {
		t.Errorf("%s, want RF18539007547034", got)
	}
	if got := manual.Reference("", "p-1"); got != manual.Reference("P1", "") {
		t.Errorf("no order number: %s", got)
	}
	rapid.Check(t, func(t *rapid.T) {
		ref := manual.Reference(rapid.String().Draw(t, "order"), rapid.StringMatching(`[A-Za-z0-9-]{0,40}`).Draw(t, "key"))
		if len(ref) < 5 || len(ref) > 25 || !holds(ref) {
			t.Fatalf("%s does not hold", ref)
		}
	})
}

// holds checks MOD 97-10 by another way: one long number.
func holds(ref string) bool {
	digits := ""
	for _, r := range ref[4:] + ref[:4] {
		switch {
		case r >= '0' && r <= '9':
			digits += string(r)
		case r >= 'A' && r <= 'Z':
			n := int(r-'A') + 10
			digits += string(rune('0'+n/10)) + string(rune('0'+n%10))
		default:
			return false
		}
	}
	rest := 0
	for _, d := range digits {
		rest = (rest*10 + int(d-'0')) % 97
	}
	return rest == 1
}
