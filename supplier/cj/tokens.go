package cj

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

// vaultKey is where the tokens lie.
const vaultKey = "tokens"

// early is how long before its end a token is renewed.
const early = 24 * time.Hour

// tokens are what getAccessToken gave, as the vault keeps them.
type tokens struct {
	Identity    string    `json:"identity"` // of which account and address
	OpenID      string    `json:"open_id"`
	Access      string    `json:"access"`
	Refresh     string    `json:"refresh"`
	AccessEnds  time.Time `json:"access_ends"`
	RefreshEnds time.Time `json:"refresh_ends"`
}

// identity names an account without telling its key.
func identity(base, key string) string {
	sum := sha256.Sum256([]byte(base + "\x00" + key))
	return hex.EncodeToString(sum[:8])
}

// load reads the vault; tokens of another account count as none.
func (c *conn) load(ctx context.Context) (tokens, int64, error) {
	value, version, err := c.vault.Load(ctx, vaultKey)
	if err != nil {
		return tokens{}, 0, &connector.NotSent{Err: fmt.Errorf("tokens of CJ: %w", err)}
	}
	var t tokens
	if value == "" || json.Unmarshal([]byte(value), &t) != nil || t.Identity != c.identity {
		return tokens{}, version, nil
	}
	if t.OpenID != "" && c.values["open_id"] == "" {
		c.openID.Store(&t.OpenID)
	}
	return t, version, nil
}

// token is a valid access token. refused is one that CJ did not accept, so that another
// is needed; empty otherwise.
func (c *conn) token(ctx context.Context, refused string) (string, error) {
	select {
	case c.signing <- struct{}{}:
		defer func() { <-c.signing }()
	case <-ctx.Done():
		return "", &connector.NotSent{Err: ctx.Err()}
	}
	t, version, err := c.load(ctx)
	if err != nil {
		return "", err
	}
	if c.usable(t, refused) {
		return t.Access, nil
	}
	fresh, err := c.renew(ctx, t, refused)
	if err != nil {
		// Another node may have been quicker, which is why we were turned away.
		if t, _, again := c.load(ctx); again == nil && c.usable(t, refused) {
			return t.Access, nil
		}
		if c.now().Before(t.AccessEnds) && refused == "" {
			return t.Access, nil // it is only old, not ended
		}
		return "", err
	}
	return c.keep(ctx, fresh, version)
}

func (c *conn) usable(t tokens, refused string) bool {
	return t.Access != "" && t.Access != refused && c.now().Add(early).Before(t.AccessEnds)
}

// keep stores new tokens; the ones of a quicker node win.
func (c *conn) keep(ctx context.Context, t tokens, version int64) (string, error) {
	value, err := json.Marshal(t)
	if err != nil {
		return "", &connector.NotSent{Err: fmt.Errorf("tokens of CJ: %w", err)}
	}
	stored, err := c.vault.Store(ctx, vaultKey, string(value), version)
	if err != nil {
		return "", &connector.NotSent{Err: fmt.Errorf("tokens of CJ: %w", err)}
	}
	if !stored {
		theirs, _, err := c.load(ctx)
		if err != nil {
			return "", err
		}
		if theirs.Access != "" {
			return theirs.Access, nil
		}
	}
	if c.values["open_id"] == "" && t.OpenID != "" {
		c.openID.Store(&t.OpenID)
	}
	return t.Access, nil
}

// renew asks for tokens: with the refresh token while it lives, else with the key.
func (c *conn) renew(ctx context.Context, old tokens, refused string) (tokens, error) {
	if old.Refresh != "" && c.now().Before(old.RefreshEnds) {
		t, err := c.grant(ctx, "/authentication/refreshAccessToken", map[string]string{"refreshToken": old.Refresh}, old)
		if err == nil && t.Access != refused {
			return t, nil
		}
		if err != nil && connector.OutcomeOf(err) != connector.WasNotLetIn {
			return tokens{}, err
		}
	}
	t, err := c.grant(ctx, "/authentication/getAccessToken", map[string]string{"apiKey": c.values["api_key"]}, old)
	if err == nil && t.Access == refused && refused != "" {
		return tokens{}, &connector.Unauthorised{Err: errors.New("CJ gives a token and does not accept it")}
	}
	return t, err
}

// grant makes one of the two calls that give tokens. All its errors mean that the call
// which wanted a token was not made.
func (c *conn) grant(ctx context.Context, path string, body map[string]string, old tokens) (tokens, error) {
	got, err := c.exchange(ctx, "POST", path, "", body)
	if err != nil {
		return tokens{}, notAsked(translate(err))
	}
	var in struct {
		OpenID      text `json:"openId"`
		Access      text `json:"accessToken"`
		AccessEnds  text `json:"accessTokenExpiryDate"`
		Refresh     text `json:"refreshToken"`
		RefreshEnds text `json:"refreshTokenExpiryDate"`
	}
	if err := got.into(&in); err != nil {
		return tokens{}, notAsked(err)
	}
	if in.Access == "" {
		return tokens{}, notAsked(errors.New("CJ's answer holds no token"))
	}
	t := tokens{Identity: c.identity, OpenID: orElse(string(in.OpenID), old.OpenID), Access: string(in.Access),
		Refresh: orElse(string(in.Refresh), old.Refresh), AccessEnds: in.AccessEnds.time(), RefreshEnds: in.RefreshEnds.time()}
	if t.AccessEnds.IsZero() {
		t.AccessEnds = c.now().Add(15 * 24 * time.Hour)
	}
	if t.RefreshEnds.IsZero() {
		t.RefreshEnds = c.now().Add(180 * 24 * time.Hour)
	}
	return t, nil
}

// notAsked keeps a refusal of the key and makes everything else a NotSent: without a
// token the business call was never made.
func notAsked(err error) error {
	switch connector.OutcomeOf(err) {
	case connector.WasNotLetIn:
		return err
	case connector.WasNotSent:
		if errors.Is(err, errRate) || connector.Wait(err) == 0 { // CJ was not reached
			return err
		}
		return &connector.NotSent{After: max(connector.Wait(err), waitToken), Err: fmt.Errorf("token of CJ: %w", err)}
	case connector.WasRejected:
		return &connector.Unauthorised{Err: fmt.Errorf("token of CJ: %w", err)}
	}
	return &connector.NotSent{After: waitToken, Err: fmt.Errorf("token of CJ: %w", hide(err))}
}

// hide turns an error of another kind into plain words, so that it is not taken for one.
func hide(err error) error { return errors.New(err.Error()) }
