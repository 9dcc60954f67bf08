package stripe_test

import (
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/payment"
	"doorstep/payment/stripe"
	"doorstep/payment/stripe/emulator"
)

func settingsOf() []connector.Setting { return stripe.Driver().Settings }

func signed(signature string) http.Header {
	return http.Header{"Stripe-Signature": {signature}}
}

// TestSignatureVector is the project's vector: secret whsec_test_secret, t=1700000000,
// body {"hello":"world"}.
func TestSignatureVector(t *testing.T) {
	t.Parallel()
	const mac = "86748dbec9cc87a9219f8a96632da703271bf5e85aa0afa2b310c37ba059d514"
	body := []byte(`{"hello":"world"}`)
	if got := emulator.Sign("whsec_test_secret", time.Unix(1700000000, 0), body); got != "t=1700000000,v1="+mac {
		t.Errorf("the emulator signs %s", got)
	}
	r := start(t, nil)
	r.clock.Add(time.Unix(1700000000, 0).Sub(r.clock.Now()))
	c := connect(t, r, connector.Values{"webhook_secret": "whsec_old , whsec_test_secret"}).(payment.Receiver)
	const zeros = "0000000000000000000000000000000000000000000000000000000000000000"
	rows := []struct {
		signature string
		genuine   bool
	}{
		{"t=1700000000,v1=" + mac, true},
		{"t=1700000000, v1=" + mac, true},
		{"t=1700000000,v1=" + zeros + ",v1=" + mac + ",v0=6ffbb59b", true}, // while it is rolled
		{"v1=" + mac + ",t=1700000000", true},
		{"t=1700000000,v1=" + zeros, false},
		{"t=1700000000,v0=" + mac, false},
		{"t=1700000001,v1=" + mac, false},
		{"t=1700000000", false},
		{"v1=" + mac, false},
		{"t=x,v1=" + mac, false},
		{"t=1700000000,v1=" + mac[:62], false},
		{"", false},
	}
	for _, row := range rows {
		_, err := c.Receive(signed(row.signature), body)
		if errors.Is(err, connector.ErrForged) == row.genuine {
			t.Errorf("%q: %v; genuine: %v", row.signature, err, row.genuine)
		}
	}
	r.clock.Add(300 * time.Second)
	if _, err := c.Receive(signed(rows[0].signature), body); errors.Is(err, connector.ErrForged) {
		t.Errorf("300 seconds old: %v", err)
	}
	r.clock.Add(time.Second)
	if _, err := c.Receive(signed(rows[0].signature), body); !errors.Is(err, connector.ErrForged) {
		t.Errorf("301 seconds old: %v", err)
	}
	none := connect(t, r, connector.Values{"webhook_secret": ""}).(payment.Receiver)
	if _, err := none.Receive(signed(emulator.Sign("", r.clock.Now(), body)), body); !errors.Is(err, connector.ErrForged) {
		t.Errorf("without a secret: %v", err)
	}
}

// receive signs a body and gives it to the connector.
func (r *rig) receive(body string) (payment.Message, error) {
	return r.conn.(payment.Receiver).Receive(signed(emulator.Sign(webhookSecret, r.clock.Now(), []byte(body))), []byte(body))
}

// TestEvents translates what the emulator never sends.
func TestEvents(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	event := func(kind, object string) string {
		return fmt.Sprintf(`{"id":"evt_1","object":"event","api_version":"2019-01-01","type":%q,"created":1700000000,"data":{"object":%s}}`, kind, object)
	}
	const refund = `{"id":"re_1","object":"refund","amount":150,"currency":"eur","status":"succeeded","metadata":{"doorstep_key":"r-1"}}`
	rows := []struct {
		name, body string
		want       string // "ignored", "bad" or what it tells
	}{
		{"thin", `{"id":"evt_1","object":"v2.core.event","type":"v1.billing.meter.error_report_triggered"}`, "ignored"},
		{"unknown", event("customer.created", `{"id":"cus_1"}`), "ignored"},
		{"another program's payment", event("payment_intent.succeeded", `{"id":"pi_1","status":"succeeded","amount":1,"currency":"eur","metadata":{}}`), "ignored"},
		{"another program's session", event("checkout.session.completed", `{"id":"cs_1","status":"complete","amount_total":null,"currency":null,"metadata":null}`), "ignored"},
		{"charge.refunded of today", event("charge.refunded", `{"id":"ch_1","payment_intent":"pi_1"}`), "ignored"},
		{"charge.refunded of old", event("charge.refunded", `{"id":"ch_1","payment_intent":"pi_1","refunds":{"data":[`+refund+`]}}`), "refund r-1 pi_1 succeeded 1.50 EUR"},
		{"old name of refund.updated", event("charge.refund.updated", refund), "refund r-1  succeeded 1.50 EUR"},
		{"paid yen", event("payment_intent.succeeded", `{"id":"pi_1","status":"succeeded","amount":700,"amount_received":700,"currency":"jpy","metadata":{"doorstep_key":"p-1"}}`), "payment p-1 pi_1 captured 700 JPY"},
		{"action", event("payment_intent.requires_action", `{"id":"pi_1","status":"requires_action","client_secret":"pi_1_secret_x","amount":700,"currency":"eur","metadata":{"doorstep_key":"p-1"}}`), "payment p-1 pi_1 pending 7.00 EUR"},
		{"canceled by a person", event("payment_intent.canceled", `{"id":"pi_1","status":"canceled","cancellation_reason":"duplicate","amount":700,"currency":"eur","metadata":{"doorstep_key":"p-1"}}`), "payment p-1 pi_1 voided 7.00 EUR"},
		{"bounced debit", event("checkout.session.async_payment_failed", `{"id":"cs_1","status":"complete","payment_status":"unpaid","payment_intent":"pi_1","amount_total":700,"currency":"eur","metadata":{"doorstep_key":"p-1"}}`), "payment p-1 pi_1 failed 7.00 EUR"},
		{"prevented", event("charge.dispute.closed", `{"id":"du_1","status":"prevented","payment_intent":"pi_1","amount":700,"currency":"eur"}`), "dispute du_1 pi_1 dropped 7.00 EUR"},
		{"inexact", event("payment_intent.succeeded", `{"id":"pi_1","status":"succeeded","amount":1,"amount_received":1,"currency":"isk","metadata":{"doorstep_key":"p-1"}}`), "bad"},
		{"no amount", event("refund.updated", `{"id":"re_1","status":"succeeded"}`), "bad"},
		{"strange state", event("refund.updated", `{"id":"re_1","status":"lost","amount":1,"currency":"eur"}`), "bad"},
		{"text for a number", event("refund.updated", `{"id":"re_1","status":"succeeded","amount":"1","currency":"eur"}`), "bad"},
		{"no object", `{"id":"evt_1","object":"event","type":"refund.updated","data":{}}`, "bad"},
		{"no name", `{"object":"event","type":"refund.updated","data":{"object":{"id":"x"}}}`, "bad"},
	}
	for _, row := range rows {
		m, err := r.receive(row.body)
		got := "bad"
		switch {
		case errors.Is(err, connector.ErrIgnored):
			got = "ignored"
		case errors.Is(err, connector.ErrForged):
			got = "forged"
		case err == nil:
			got = tell(m)
		}
		if got != row.want {
			t.Errorf("%s: %q (%v), want %q", row.name, got, err, row.want)
		}
	}
}

func tell(m payment.Message) string {
	if len(m.Payments) > 0 {
		p := m.Payments[0]
		if p.Secret != "" {
			return "a client secret"
		}
		return fmt.Sprintf("payment %s %s %s %s", p.Key, p.Ref, p.State, p.Amount)
	}
	if len(m.Refunds) > 0 {
		r := m.Refunds[0]
		return fmt.Sprintf("refund %s %s %s %s", r.Key, r.Payment, r.State, r.Amount)
	}
	if len(m.Disputes) > 0 {
		d := m.Disputes[0]
		return fmt.Sprintf("dispute %s %s %s %s", d.Ref, d.Payment, d.State, d.Amount)
	}
	return "nothing"
}

// FuzzReceive signs anything genuinely, so that decoding is reached: it must never panic,
// and what it believes must be whole.
func FuzzReceive(f *testing.F) {
	r := start(f, nil)
	for _, kind := range []string{"payment_intent.succeeded", "checkout.session.completed", "refund.updated", "charge.refunded", "charge.dispute.created"} {
		f.Add(`{"id":"evt_1","object":"event","type":"` + kind + `","created":1,"data":{"object":{"id":"x","status":"succeeded","amount":1,"amount_received":5,"currency":"eur","metadata":{"doorstep_key":"k"},"refunds":{"data":[null,{}]},"balance_transactions":[null,{"amount":-1,"fee":1,"currency":"eur"}],"latest_charge":{"balance_transaction":{"fee":1,"currency":"eur"}},"payment_intent":"pi_1"}}}`)
	}
	f.Add("")
	f.Add("null")
	f.Add(`{"object":"event","data":null}`)
	f.Fuzz(func(t *testing.T, body string) {
		m, err := r.receive(body)
		if err == nil && m.Key == "" {
			t.Errorf("a message without a key: %s", body)
		}
	})
}

// FuzzSignature feeds headers: none may be believed.
func FuzzSignature(f *testing.F) {
	r := start(f, nil)
	for _, seed := range []string{"", "t=1,v1=", "t=1700000000,v1=00,v1=zz", "t==,=,", "t=99999999999999999999,v1=00"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, header string) {
		if _, err := r.conn.(payment.Receiver).Receive(signed(header), []byte("{}")); !errors.Is(err, connector.ErrForged) {
			t.Errorf("%q: %v", header, err)
		}
	})
}
