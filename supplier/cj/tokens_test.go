package cj_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"doorstep/connector"
	"doorstep/connector/emulator"
	"doorstep/supplier"
)

func (d *desk) check(c supplier.Connector) error {
	return c.(supplier.Checker).Check(d.t.Context())
}

func (d *desk) wantGrants(what string, byKey, byRefresh int) {
	d.t.Helper()
	if k, r := d.Grants(); k != byKey || r != byRefresh {
		d.t.Errorf("%s: %d tokens by key and %d by refresh, want %d and %d", what, k, r, byKey, byRefresh)
	}
}

func TestTokensAreKept(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	for range 3 { // three starts of the program, or three nodes
		if err := d.check(d.open()); err != nil {
			t.Fatal(err)
		}
	}
	d.wantGrants("three nodes", 1, 0)
	d.clock.Add(13 * 24 * time.Hour)
	if err := d.check(d.open()); err != nil {
		t.Fatal(err)
	}
	d.wantGrants("after 13 days", 1, 0)
	d.clock.Add(36 * time.Hour) // less than a day before the end
	if err := d.check(d.open()); err != nil {
		t.Fatal(err)
	}
	d.wantGrants("after 14 and a half days", 1, 1)
	d.clock.Add(200 * 24 * time.Hour) // both have ended
	if err := d.check(d.open()); err != nil {
		t.Fatal(err)
	}
	d.wantGrants("after 200 days more", 2, 1)
}

func TestRevokedTokens(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	c := d.open()
	if err := d.check(c); err != nil {
		t.Fatal(err)
	}
	d.Revoke(false)
	if err := d.check(c); err != nil {
		t.Errorf("access token revoked: %v", err)
	}
	d.wantGrants("access token revoked", 1, 1)
	d.clock.Add(time.Hour)
	d.Revoke(true)
	if err := d.check(c); err != nil {
		t.Errorf("both revoked: %v", err)
	}
	d.wantGrants("both revoked", 2, 1)
	d.Revoke(true) // and again within five minutes: the key may not be used yet
	err := d.check(c)
	if connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) <= 0 {
		t.Errorf("within five minutes: %v, want not sent with a delay", err)
	}
	if _, err := c.Submit(t.Context(), sale("EARLY", 1)); connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) < time.Minute {
		t.Errorf("submit within five minutes: %v, wait %s; want not sent for a minute", err, connector.Wait(err))
	}
	d.clock.Add(5 * time.Minute)
	if err := d.check(c); err != nil {
		t.Errorf("after five minutes: %v", err)
	}
}

// A token that is old, but not ended, serves while CJ cannot renew it.
func TestOldTokenServes(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	c := d.open()
	if err := d.check(c); err != nil {
		t.Fatal(err)
	}
	d.clock.Add(14*24*time.Hour + time.Hour)
	d.Knobs.Once(emulator.FailBefore, "refreshAccessToken")
	if err := d.check(c); err != nil {
		t.Errorf("refresh broken: %v", err)
	}
	d.clock.Add(24 * time.Hour)
	d.Knobs.Once(emulator.FailBefore, "refreshAccessToken")
	if err := d.check(c); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("ended and refresh broken: %v, want not sent", err)
	}
}

// Two nodes renew at once: the tokens of one win, and both go on.
func TestRefreshRace(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	one, two := d.open(), d.open()
	if err := d.check(one); err != nil {
		t.Fatal(err)
	}
	for round := range 10 {
		d.clock.Add(14*24*time.Hour + time.Hour)
		var group sync.WaitGroup
		for i := range 8 {
			c := one
			if i%2 == 1 {
				c = two
			}
			group.Go(func() {
				if _, err := c.Submit(t.Context(), sale(fmt.Sprintf("RACE-%d-%d", round, i), 1)); err != nil {
					t.Errorf("round %d: %v", round, err)
				}
			})
		}
		group.Wait()
	}
	if n := len(d.Books()); n != 80 {
		t.Errorf("%d orders, want 80", n)
	}
}

// Settings of another account do not use the tokens of the one before.
func TestTokensOfAnotherAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t, nil)
	if err := d.check(d.open()); err != nil {
		t.Fatal(err)
	}
	err := d.check(d.open("api_key", "CJ9@api@another"))
	if connector.OutcomeOf(err) != connector.WasNotLetIn {
		t.Errorf("another key: %v, want unauthorised", err)
	}
}
