package aliexpress

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"strings"

	"doorstep/connector"
)

// ConsentURL is the page where the merchant lets the app into an AliExpress account. It
// leads back to callback with a code that lives for three minutes; state comes back as it
// was given, so that the answer can be told from a forged one.
func ConsentURL(v connector.Values, callback, state string) string {
	base := v["base_url"]
	if base == "" {
		base = DefaultBase
	}
	query := url.Values{
		"response_type": {"code"}, "force_auth": {"true"},
		"redirect_uri": {callback}, "client_id": {v["app_key"]}, "state": {state},
	}
	return strings.TrimRight(base, "/") + "/oauth/authorize?" + query.Encode()
}

// Exchange turns the code into tokens. The result is v with the new access and refresh
// token, for the caller to keep as the connector's settings; the dates of expiry are in
// env.Vault already. A code works once: an error means a new consent.
func Exchange(ctx context.Context, v connector.Values, env connector.Env, code string) (connector.Values, error) {
	c, err := Open(v, env)
	if err != nil {
		return nil, err
	}
	body, err := c.system(ctx, "/auth/token/create", map[string]string{"code": code})
	if err != nil {
		return nil, fmt.Errorf("exchange of the code: %w", err)
	}
	fresh, err := c.pairOf(body, pair{})
	if err != nil {
		return nil, err
	}
	out := maps.Clone(v)
	out["access_token"], out["refresh_token"] = fresh.Access, fresh.Refresh
	fresh.From = fingerprint(out)
	for range 3 {
		_, version, err := c.load(ctx)
		if err != nil {
			return nil, err
		}
		if won, err := c.store(ctx, fresh, version); err == nil && won {
			return out, nil
		}
	}
	return nil, errors.New("exchange of the code: tokens could not be kept")
}
