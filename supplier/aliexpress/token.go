package aliexpress

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"doorstep/connector"
)

// How tokens live. AliExpress hands out a pair after the merchant's consent: an access
// token for 30 days (a day, while the app is in test) and a refresh token for about 60
// (two). A refresh gives a new pair and does not move the second date: then the merchant
// must consent again. The old refresh token may be dead from then on, so
//
//	one node at a time refreshes: it writes a claim beside the pair (optimistic version),
//	the new pair is written before it is used,
//	whoever loses the race reads the winner's pair.
//
// A pair belongs to the settings it came from: new tokens typed into the settings win.

// consentWords tell the merchant what to do when no token is left.
const consentWords = "AliExpress asks for your consent again: open the connection's settings and connect the account anew"

// vaultKey is where the pair is kept.
const vaultKey = "aliexpress-tokens"

// claimFor is how long a refresh may take before another node tries.
const claimFor = 30 * time.Second

// pair is the tokens as they are kept. Times are ms since 1970, 0 = not known.
type pair struct {
	Access       string `json:"access"`
	Refresh      string `json:"refresh"`
	RenewAt      int64  `json:"renew_at"`
	AccessUntil  int64  `json:"access_until"`
	RefreshUntil int64  `json:"refresh_until"`
	Claimed      int64  `json:"claimed,omitempty"` // somebody refreshes, until then
	From         string `json:"from"`              // fingerprint of the settings
}

// usable says whether the access token is still let in, as far as is known.
func (p pair) usable(now int64) bool {
	return p.Access != "" && (p.AccessUntil == 0 || now < p.AccessUntil)
}

// fingerprint names the tokens in the settings without telling them.
func fingerprint(v connector.Values) string {
	sum := sha256.Sum256([]byte(v["app_key"] + "\x00" + v["access_token"] + "\x00" + v["refresh_token"]))
	return hex.EncodeToString(sum[:12])
}

// load is the pair in force and the vault's version.
func (c *Conn) load(ctx context.Context) (pair, int64, error) {
	from := fingerprint(c.values)
	value, version, err := c.env.Vault.Load(ctx, vaultKey)
	if err != nil {
		return pair{}, 0, &connector.NotSent{Err: fmt.Errorf("tokens: %w", err)}
	}
	var p pair
	if value != "" && json.Unmarshal([]byte(value), &p) == nil && p.From == from {
		return p, version, nil
	}
	return pair{Access: c.values["access_token"], Refresh: c.values["refresh_token"], From: from}, version, nil
}

func (c *Conn) store(ctx context.Context, p pair, version int64) (bool, error) {
	value, err := json.Marshal(p)
	if err != nil {
		return false, fmt.Errorf("tokens: %w", err)
	}
	return c.env.Vault.Store(ctx, vaultKey, string(value), version)
}

// token is an access token to call with, renewed before it runs out.
func (c *Conn) token(ctx context.Context) (string, error) {
	p, _, err := c.load(ctx)
	if err != nil {
		return "", err
	}
	now := c.env.Now().UnixMilli()
	if p.Access != "" && (p.RenewAt == 0 || now < p.RenewAt) {
		return p.Access, nil
	}
	fresh, err := c.renew(ctx, p.Access)
	if err != nil && p.usable(now) {
		c.env.Log.Warn("aliexpress: token could not be renewed yet", "connector", c.env.Name, "error", err)
		return p.Access, nil
	}
	return fresh, err
}

// renew is a newer access token than used. Its errors mean that the call which needed the
// token was not made: NotSent, or Unauthorised.
func (c *Conn) renew(ctx context.Context, used string) (string, error) {
	select {
	case c.renewing <- struct{}{}:
		defer func() { <-c.renewing }()
	case <-ctx.Done():
		return "", &connector.NotSent{Err: ctx.Err()}
	}
	// A refresh that is under way must end: its answer is the only copy of the tokens.
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), claimFor-5*time.Second)
	defer stop()
	p, version, err := c.claim(ctx, used)
	if err != nil || p.Access != used {
		return p.Access, err
	}
	fresh, err := c.refresh(ctx, p)
	if err == nil {
		return c.keep(ctx, fresh, version)
	}
	if now, _, again := c.load(ctx); again == nil && now.Access != used {
		return now.Access, nil // another node was quicker, and our refresh token is spent
	}
	p.Claimed = 0
	_, _ = c.store(ctx, p, version) // if it fails, the claim runs out by itself
	return "", err
}

// claim reserves the refresh for this node, or gives the pair that another one has got.
func (c *Conn) claim(ctx context.Context, used string) (pair, int64, error) {
	p, version, err := c.load(ctx)
	now := c.env.Now().UnixMilli()
	switch {
	case err != nil || p.Access != used:
		return p, version, err
	case p.Refresh == "":
		return p, 0, &connector.Unauthorised{Err: errors.New(consentWords + " (there is no refresh token)")}
	case p.RefreshUntil != 0 && now >= p.RefreshUntil:
		return p, 0, &connector.Unauthorised{Err: errors.New(consentWords + " (consent lasts about 60 days)")}
	case now < p.Claimed:
		return p, 0, &connector.NotSent{After: 2 * time.Second, Err: errors.New("tokens: being renewed elsewhere")}
	}
	p.Claimed = now + claimFor.Milliseconds()
	won, err := c.store(ctx, p, version)
	if err != nil {
		return p, 0, &connector.NotSent{Err: fmt.Errorf("tokens: %w", err)}
	}
	kept, version, err := c.load(ctx)
	switch {
	case err != nil || kept.Access != used:
		return kept, version, err
	case !won:
		return kept, 0, &connector.NotSent{After: 2 * time.Second, Err: errors.New("tokens: being renewed elsewhere")}
	}
	return p, version, nil
}

// keep writes the new pair, then hands its token out. The pair exists nowhere else, so a
// vault that stumbles is asked again.
func (c *Conn) keep(ctx context.Context, fresh pair, version int64) (string, error) {
	var err error
	for range 3 {
		var won bool
		if won, err = c.store(ctx, fresh, version); err == nil && won {
			return fresh.Access, nil
		}
		theirs, newer, again := c.load(ctx)
		if again != nil {
			continue
		}
		if newer != version {
			return theirs.Access, nil
		}
	}
	return "", &connector.NotSent{After: time.Second, Err: fmt.Errorf("tokens: renewed but not kept: %w", err)}
}

// refresh exchanges the refresh token.
func (c *Conn) refresh(ctx context.Context, p pair) (pair, error) {
	body, err := c.system(ctx, "/auth/token/refresh", map[string]string{"refresh_token": p.Refresh})
	var refused *refusal
	if errors.As(err, &refused) && (refused.says("illegalrefreshtoken") || refused.ofToken()) {
		return p, &connector.Unauthorised{Err: fmt.Errorf("%s: %w", consentWords, refused)}
	}
	var unauthorised *connector.Unauthorised
	var notSent *connector.NotSent
	switch {
	case errors.As(err, &unauthorised) || errors.As(err, &notSent):
		return p, err
	case err != nil:
		return p, &connector.NotSent{After: 5 * time.Second, Err: fmt.Errorf("tokens: renewal: %w", err)}
	}
	return c.pairOf(body, p)
}

// system makes a call of the platform itself. Its answer holds secrets: it is not kept.
func (c *Conn) system(ctx context.Context, name string, business map[string]string) (node, error) {
	raw, err := c.post(ctx, "/rest"+name, name, nil, business)
	if err != nil {
		return node{}, err
	}
	root, err := parse(raw)
	if err != nil {
		return node{}, &connector.Uncertain{Err: fmt.Errorf("%s: no JSON", name)}
	}
	body, refused := envelope(root)
	if refused != nil {
		for _, secret := range business {
			refused.words = string(c.redact([]byte(refused.words), secret))
		}
		return node{}, refused.kind()
	}
	return body, nil
}

// pairOf reads a pair from an answer; what it does not say stays as it was in old.
func (c *Conn) pairOf(body node, old pair) (pair, error) {
	access := body.get("access_token").text()
	if access == "" {
		return old, &connector.NotSent{After: 5 * time.Second, Err: errors.New("tokens: the answer has none")}
	}
	now := c.env.Now().UnixMilli()
	until := func(seconds, moment string, before int64) int64 {
		if s, ok := body.get(seconds).whole(); ok {
			return now + s*1000
		}
		if ms, ok := body.get(moment).whole(); ok {
			return ms
		}
		return before
	}
	fresh := pair{Access: access, Refresh: body.get("refresh_token").text(), From: old.From}
	if fresh.Refresh == "" {
		fresh.Refresh = old.Refresh
	}
	fresh.AccessUntil = until("expires_in", "expire_time", 0)
	fresh.RefreshUntil = until("refresh_expires_in", "refresh_token_valid_time", old.RefreshUntil)
	if fresh.AccessUntil != 0 { // AliExpress recommends half an hour before
		early := min((30 * time.Minute).Milliseconds(), (fresh.AccessUntil-now)/4)
		fresh.RenewAt = fresh.AccessUntil - early
	}
	return fresh, nil
}
