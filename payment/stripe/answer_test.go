package stripe_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"doorstep/connector"
	"doorstep/payment"
	"doorstep/payment/paymenttest"
)

// FuzzAnswer gives every method the same foreign answer: no panic, and an error or a
// status that names its payment.
func FuzzAnswer(f *testing.F) {
	var status atomic.Int64
	var body atomic.Value
	body.Store("")
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(int(status.Load()))
		_, _ = w.Write([]byte(body.Load().(string)))
	}))
	f.Cleanup(web.Close)
	r := start(f, nil)
	r.out = web.Client() // keeps its connections: there are not ports enough for a fuzzer
	c := connect(f, r, connector.Values{"base_url": web.URL, "qps": "1000000"})
	f.Add(uint8(0), `{"id":"cs_1","object":"checkout.session","status":"complete","payment_status":"paid","amount_total":1,"currency":"eur","payment_intent":{"id":"pi_1","status":"requires_capture","amount_capturable":1,"currency":"eur","latest_charge":{"id":"ch_1","created":1,"payment_method_details":{"card":{"capture_before":2}}}}}`)
	f.Add(uint8(0), `{"id":"pi_1","status":"canceled","amount":1,"currency":"jpy","last_payment_error":{"message":"no"}}`)
	f.Add(uint8(0), `{"object":"list","has_more":false,"data":[null,{},{"id":"re_1","metadata":{"doorstep_key":"r-1"},"status":"failed","amount":1,"currency":"kwd"}]}`)
	f.Add(uint8(1), `{"error":{"type":"card_error","code":"card_declined"}}`)
	f.Add(uint8(1), `{"error":null}`)
	f.Add(uint8(2), `nothing`)
	f.Fuzz(func(t *testing.T, kind uint8, text string) {
		status.Store([]int64{200, 400, 500, 404, 409}[kind%5])
		body.Store(text)
		ctx := context.Background()
		see := func(s payment.Status, err error) {
			if err == nil && (s.State == "" || s.Amount.Currency == "") {
				t.Errorf("an empty status out of %q", text)
			}
		}
		see(c.Begin(ctx, paymenttest.Request("p-1", eur(1), true)))
		see(c.Capture(ctx, "pi_1", "c-1", eur(1)))
		see(c.(payment.Voider).Void(ctx, "cs_1", "v-1"))
		if kind%5 != 0 { // a list that never ends would be walked for long
			see(c.(payment.Finder).Find(ctx, "pi_1", "p-1"))
		}
		if s, err := c.Refund(ctx, "pi_1", "r-1", eur(1)); err == nil && s.State == "" {
			t.Errorf("an empty refund out of %q", text)
		}
	})
}

// TestEndlessList: a list that never ends is given up, without certainty; one whose rows
// have no names is not followed.
func TestEndlessList(t *testing.T) {
	t.Parallel()
	row := `{"id":"pi_1","object":"payment_intent","metadata":{}}`
	for _, body := range []string{
		`{"object":"list","url":"/v1/x","has_more":true,"data":[` + strings.Repeat(row+",", 999) + row + `]}`,
		`{"object":"list","url":"/v1/x","has_more":false,"data":[{"metadata":{"doorstep_key":"p-1"}}]}`,
	} {
		c := answering(t, 200, nil, body)
		_, err := c.(payment.Finder).Find(context.Background(), "", "p-1")
		if connector.OutcomeOf(err) != connector.WasLost {
			t.Errorf("find: %v, want uncertain", err)
		}
	}
}
