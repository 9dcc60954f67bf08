package stripe_test

import (
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/payment"
	"doorstep/payment/paymenttest"
)

// answering is a connector on a server that always gives the same answer.
func answering(t testing.TB, status int, header map[string]string, body string) payment.Connector {
	t.Helper()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for key, value := range header {
			w.Header().Set(key, value)
		}
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	}))
	t.Cleanup(web.Close)
	r := start(t, nil)
	return connect(t, r, connector.Values{"base_url": web.URL})
}

// TestErrors maps each documented error onto what it means for us.
func TestErrors(t *testing.T) {
	t.Parallel()
	envelope := func(kind, code, decline, message string) string {
		return `{"error":{"type":"` + kind + `","code":"` + code + `","decline_code":"` + decline + `","message":"` + message + `","payment_intent":{"id":"pi_1","client_secret":"pi_1_secret_hidden"}}}`
	}
	rows := []struct {
		name    string
		status  int
		header  map[string]string
		body    string
		outcome connector.Outcome
		cause   connector.Cause
		code    string
		wait    time.Duration
	}{
		{"declined", 402, nil, envelope("card_error", "card_declined", "insufficient_funds", "no funds"), connector.WasRejected, connector.CauseFunds, "insufficient_funds", 0},
		{"stolen", 402, nil, envelope("card_error", "card_declined", "stolen_card", "no"), connector.WasRejected, connector.CauseBuyer, "stolen_card", 0},
		{"invalid", 400, nil, envelope("invalid_request_error", "amount_too_small", "", "small"), connector.WasRejected, connector.CausePrice, "amount_too_small", 0},
		{"no code", 400, nil, `{"error":{"type":"invalid_request_error","message":"x"}}`, connector.WasRejected, connector.CauseOther, "invalid_request_error", 0},
		{"unknown object", 404, nil, envelope("invalid_request_error", "resource_missing", "", "No such"), connector.WasRejected, connector.CauseOther, "resource_missing", 0},
		{"other parameters", 400, nil, envelope("idempotency_error", "", "", "same parameters"), connector.WasLost, "", "", 0},
		{"key in use", 409, nil, envelope("idempotency_error", "idempotency_key_in_use", "", "in use"), connector.WasNotSent, "", "", 2 * time.Second},
		{"lock", 409, nil, envelope("invalid_request_error", "lock_timeout", "", "locked"), connector.WasNotSent, "", "", 2 * time.Second},
		{"rate", 429, map[string]string{"Retry-After": "7"}, envelope("invalid_request_error", "rate_limit", "", "slow down"), connector.WasNotSent, "", "", 7 * time.Second},
		{"bad key", 401, nil, envelope("invalid_request_error", "", "", "Invalid API Key provided: "+secretKey), connector.WasNotLetIn, "", "", 0},
		{"no permission", 403, nil, envelope("invalid_request_error", "secret_key_required", "", "restricted"), connector.WasNotLetIn, "", "", 0},
		{"api error", 500, nil, envelope("api_error", "", "", "oops"), connector.WasLost, "", "", 0},
		{"api error below 500", 424, nil, envelope("api_error", "", "", "oops"), connector.WasLost, "", "", 0},
		{"gateway page", 502, nil, "<html>bad gateway</html>", connector.WasLost, "", "", 0},
		{"proxy page", 403, nil, "<html>forbidden pi_1_secret_hidden</html>", connector.WasLost, "", "", 0},
		{"no JSON", 200, nil, `<html>"client_secret":"pi_1_secret_hidden"`, connector.WasLost, "", "", 0},
		{"wrong shape", 200, nil, `[1,2]`, connector.WasLost, "", "", 0},
		{"empty object", 200, nil, `{}`, connector.WasLost, "", "", 0},
		{"strange currency", 200, nil, `{"id":"cs_1","object":"checkout.session","status":"open","amount_total":1,"currency":"zzz"}`, connector.WasLost, "", "", 0},
		{"strange state", 200, nil, `{"id":"cs_1","object":"checkout.session","status":"dancing","amount_total":1,"currency":"eur"}`, connector.WasLost, "", "", 0},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			c := answering(t, row.status, row.header, row.body)
			_, err := c.Begin(context.Background(), paymenttest.Request("p-1", eur(1000), true))
			if got := connector.OutcomeOf(err); got != row.outcome || connector.Wait(err) != row.wait {
				t.Fatalf("%s after %s (%v), want %s after %s", got, connector.Wait(err), err, row.outcome, row.wait)
			}
			var r *connector.Rejected
			if errors.As(err, &r) && (r.Cause != row.cause || r.Code != row.code || len(r.Raw) == 0) {
				t.Errorf("rejected as %s %s with %d bytes, want %s %s", r.Code, r.Cause, len(r.Raw), row.code, row.cause)
			}
			shown := err.Error()
			if r != nil {
				shown += string(r.Raw)
			}
			if strings.Contains(shown, "secret_hidden") || strings.Contains(shown, secretKey) {
				t.Errorf("a secret is shown: %s", shown)
			}
		})
	}
}

// TestWrongWorld: a live name with a test key is a wrong key, not an absent payment.
func TestWrongWorld(t *testing.T) {
	t.Parallel()
	c := answering(t, 404, nil, `{"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such payment_intent: 'pi_1'; a similar object exists in live mode, but a test mode key was used to make this request."}}`)
	_, err := c.(payment.Finder).Find(context.Background(), "pi_1", "")
	if connector.OutcomeOf(err) != connector.WasNotLetIn {
		t.Errorf("find: %v, want unauthorised", err)
	}
}

// TestNoSearch: without the Search API "not there" is not certain.
func TestNoSearch(t *testing.T) {
	t.Parallel()
	web := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/search") {
			w.WriteHeader(400)
			_, _ = w.Write([]byte(`{"error":{"type":"invalid_request_error","message":"Search is not available in your country."}}`))
			return
		}
		_, _ = w.Write([]byte(`{"object":"list","data":[],"has_more":false,"url":"/v1/x"}`))
	}))
	t.Cleanup(web.Close)
	c := connect(t, start(t, nil), connector.Values{"base_url": web.URL})
	if _, err := c.(payment.Finder).Find(context.Background(), "", "p-1"); connector.OutcomeOf(err) != connector.WasLost {
		t.Errorf("find: %v, want uncertain", err)
	}
	if _, err := c.(payment.Finder).FindRefund(context.Background(), "", "r-1"); connector.OutcomeOf(err) != connector.WasLost {
		t.Errorf("find refund without its payment: %v, want uncertain", err)
	}
}

// TestOwnLimit: over our own limit nothing is sent.
func TestOwnLimit(t *testing.T) {
	t.Parallel()
	r := start(t, connector.Values{"qps": "1"})
	check := r.conn.(payment.Checker).Check
	ended, cancel := context.WithCancel(context.Background())
	cancel()
	if err := check(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := check(ended); connector.OutcomeOf(err) != connector.WasNotSent { // its wait ends at once
		t.Errorf("with an ended context: %v", err)
	}
	// One of eight may wait for its turn; the others would wait too long and are told so.
	waiting, stop := context.WithCancel(context.Background())
	late := make(chan error, 8)
	for range 8 {
		go func() { late <- check(waiting) }()
	}
	refused := 0
	for n := range 8 {
		if n == 7 {
			stop()
		}
		if err := <-late; connector.OutcomeOf(err) == connector.WasNotSent && connector.Wait(err) > time.Second {
			refused++
		}
	}
	stop()
	if refused < 6 {
		t.Errorf("%d of 8 were told to wait", refused)
	}
}

// TestSettings: the driver says what is missing.
func TestSettings(t *testing.T) {
	t.Parallel()
	r := start(t, nil)
	if _, err := connector.Check(settingsOf(), connector.Values{}); err == nil || !strings.Contains(err.Error(), "secret_key") {
		t.Errorf("no secret key: %v", err)
	}
	bad := connect(t, r, connector.Values{"secret_key": "sk_test_wrong"})
	err := bad.(payment.Checker).Check(context.Background())
	if connector.OutcomeOf(err) != connector.WasNotLetIn || strings.Contains(err.Error(), "sk_test_wrong") {
		t.Errorf("a wrong key: %v", err)
	}
}
