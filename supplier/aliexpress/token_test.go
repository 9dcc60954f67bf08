package aliexpress_test

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	world "doorstep/connector/emulator"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	"doorstep/supplier/aliexpress/emulator"
)

// quiet fails if an error tells a secret.
func (s *stage) quiet(err error) {
	s.t.Helper()
	if err == nil {
		return
	}
	for _, secret := range append(s.Tokens(), "helloworld", "first-access", "first-refresh") {
		if strings.Contains(err.Error(), secret) {
			s.t.Errorf("an error tells a secret: %v", err)
		}
	}
}

func offers(c *aliexpress.Conn, t *testing.T) error {
	_, err := c.Offers(t.Context(), supplier.Ask{SKUs: []string{mug}})
	return err
}

// A refused token is renewed once, kept, and the call made again: the order exists once.
func TestRefusedTokenIsRenewed(t *testing.T) {
	t.Parallel()
	for _, shape := range []emulator.Shape{emulator.Wrapped, emulator.Simple} {
		s := newStage(t, func(o *emulator.Options) { o.Shape = shape })
		s.ExpireAccess()
		s.submit(s.open(), order("TOKEN", mug))
		s.submit(s.open(), order("TOKEN-2", mug)) // another node has it from the vault
		if n := s.Renewals(); n != 1 || len(s.Books()) != 2 {
			t.Errorf("%d renewals, %d orders; want 1 and 2", n, len(s.Books()))
		}
	}
}

func TestTokenIsRenewedBeforeItEnds(t *testing.T) {
	t.Parallel()
	s := newStage(t, func(o *emulator.Options) { o.AccessFor, o.RefreshFor = 24*time.Hour, 48*time.Hour })
	s.ExpireAccess()
	c := s.open()
	if err := offers(c, t); err != nil || s.Renewals() != 1 {
		t.Fatalf("first: %v, %d renewals", err, s.Renewals())
	}
	s.clock.Add(23 * time.Hour)
	if err := offers(c, t); err != nil || s.Renewals() != 1 {
		t.Errorf("an hour before the end: %v, %d renewals", err, s.Renewals())
	}
	s.clock.Add(31 * time.Minute)
	s.Knobs.Once(world.FailBefore, "/rest/auth/token/refresh")
	if err := offers(c, t); err != nil || s.Renewals() != 1 {
		t.Errorf("a renewal that fails in time does no harm: %v", err)
	}
	if err := offers(c, t); err != nil || s.Renewals() != 2 {
		t.Errorf("half an hour before the end: %v, %d renewals", err, s.Renewals())
	}
	s.clock.Add(25 * time.Hour) // past both ends: a refresh does not move the second
	err := offers(c, t)
	if connector.OutcomeOf(err) != connector.WasNotLetIn || !strings.Contains(err.Error(), "consent") {
		t.Errorf("after the last day: %v", err)
	}
	s.quiet(err)
}

// Two nodes find the token dead at the same moment. The refresh token works once: who
// loses must wait for the winner's pair, never spend the token again.
func TestRaceForTheRefresh(t *testing.T) {
	t.Parallel()
	for range 5 {
		s := newStage(t, nil)
		s.ExpireAccess()
		var group sync.WaitGroup
		for range 6 {
			c := s.open()
			for range 3 {
				group.Go(func() {
					for range 200 {
						err := offers(c, t)
						switch connector.OutcomeOf(err) {
						case connector.Done:
							return
						case connector.WasNotSent:
							continue
						}
						t.Errorf("race: %v", err)
						return
					}
					t.Error("race: never let in")
				})
			}
		}
		group.Wait()
		if n := s.Renewals(); n != 1 {
			t.Errorf("%d renewals, want 1", n)
		}
	}
}

// A refresh whose answer was lost has spent the refresh token: only consent helps, and
// nothing was sent meanwhile.
func TestLostRefresh(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.ExpireAccess()
	c := s.open()
	s.Knobs.Once(world.DropAfter, "/rest/auth/token/refresh")
	err := offers(c, t)
	if connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("the lost answer: %v", err)
	}
	s.quiet(err)
	_, err = c.Submit(t.Context(), order("LOST", mug))
	if connector.OutcomeOf(err) != connector.WasNotLetIn || !strings.Contains(err.Error(), "consent") {
		t.Errorf("the next: %v", err)
	}
	s.quiet(err)
	if len(s.Books()) != 0 {
		t.Error("an order was made")
	}
}

// A node that died while refreshing blocks the others only until its claim runs out.
func TestAbandonedClaim(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.ExpireAccess()
	s.Knobs.Once(world.Busy, "/rest/auth/token/refresh")
	c := s.open()
	if err := offers(c, t); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("busy: %v", err)
	}
	value, version, err := s.vault.Load(t.Context(), "aliexpress-tokens")
	if err != nil || strings.Contains(value, "claimed") {
		t.Errorf("the claim stays after a refresh that failed: %v", err)
	}
	until := strconv.FormatInt(s.clock.Now().Add(30*time.Second).UnixMilli(), 10)
	claimed := strings.Replace(value, `"from"`, `"claimed":`+until+`,"from"`, 1)
	if ok, err := s.vault.Store(t.Context(), "aliexpress-tokens", claimed, version); !ok || err != nil {
		t.Fatalf("vault: %v", err)
	}
	if err := offers(c, t); connector.OutcomeOf(err) != connector.WasNotSent || s.Renewals() != 0 {
		t.Errorf("claimed elsewhere: %v, %d renewals", err, s.Renewals())
	}
	s.clock.Add(31 * time.Second)
	if err := offers(c, t); err != nil || s.Renewals() != 1 {
		t.Errorf("after the claim: %v, %d renewals", err, s.Renewals())
	}
}

func TestConsent(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	s.ExpireAccess()
	s.ExpireRefresh()
	given := values(s.base)
	delete(given, "access_token")
	delete(given, "refresh_token")
	checked, err := connector.Check(aliexpress.Driver().Settings, given)
	if err != nil {
		t.Fatal(err)
	}
	c, err := aliexpress.Open(checked, s.env())
	if err != nil {
		t.Fatal(err)
	}
	if err := offers(c, t); connector.OutcomeOf(err) != connector.WasNotLetIn {
		t.Errorf("without tokens: %v", err)
	}
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	res, err := client.Get(aliexpress.ConsentURL(checked, "https://shop.example/callback", "st8"))
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	back, err := url.Parse(res.Header.Get("Location"))
	if err != nil || back.Query().Get("state") != "st8" {
		t.Fatalf("back to %q", res.Header.Get("Location"))
	}
	fresh, err := aliexpress.Exchange(t.Context(), checked, s.env(), back.Query().Get("code"))
	if err != nil {
		t.Fatal(err)
	}
	c, err = aliexpress.Open(fresh, s.env())
	if err != nil {
		t.Fatal(err)
	}
	if err := offers(c, t); err != nil {
		t.Errorf("after consent: %v", err)
	}
	s.clock.Add(2592000*time.Second - 20*time.Minute)
	if err := offers(c, t); err != nil || s.Renewals() != 1 {
		t.Errorf("the dates are known after consent: %v, %d renewals", err, s.Renewals())
	}
	_, err = aliexpress.Exchange(t.Context(), checked, s.env(), "used or old")
	if err == nil {
		t.Error("a wrong code: no error")
	}
	var rejected *connector.Rejected
	if errors.As(err, &rejected) && len(rejected.Raw) > 0 {
		t.Error("the raw answer of a token call is kept")
	}
}

// A machine whose clock is off, and an app without permission, are told apart in words.
func TestStrangers(t *testing.T) {
	t.Parallel()
	s := newStage(t, nil)
	c := s.open()
	for _, f := range [][3]string{
		{"15", "isv.account-migration-check-fail", "verified dropshipper"},
		{"InsufficientPermission", "", "permission"},
		{"IllegalTimestamp", "", "clock"},
	} {
		s.Fail("aliexpress.ds.order.create", f[0], f[1], "refused")
		_, err := c.Submit(t.Context(), order("STRANGER", mug))
		if connector.OutcomeOf(err) != connector.WasNotLetIn || !strings.Contains(err.Error(), f[2]) {
			t.Errorf("%s %s: %v", f[0], f[1], err)
		}
	}
	wrong := s.open("app_secret", "wrong-secret")
	if err := wrong.Check(t.Context()); connector.OutcomeOf(err) != connector.WasNotLetIn {
		t.Errorf("a wrong secret: %v", err)
	}
}
