// Package seventeentrack reads tracks from 17TRACK's Tracking API, version 2.4.
//
// A number is registered once (one credit), after which reading it and being told of
// its scans costs nothing. Every call carries at most 40 numbers and answers each of
// them alone: a batch half refused is the normal case, so refusals are data here and
// only a failed call is an error. Messages are signed with SHA-256 over the raw body,
// a slash and the API key.
//
// Facts come from api.17track.net/en/doc?version=v2.4.
package seventeentrack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"doorstep/carrier"
	"doorstep/connector"
)

const (
	defaultBase = "https://api.17track.net/track/v2.4"
	batch       = 40 // numbers in one call, documented
	patience    = time.Second
)

var (
	_ carrier.Connector = (*client)(nil)
	_ carrier.Registrar = (*client)(nil)
	_ carrier.Receiver  = (*client)(nil)
	_ carrier.Checker   = (*client)(nil)
)

// Driver is 17TRACK as a carrier driver.
func Driver() carrier.Driver {
	return carrier.Driver{
		Name:  "seventeentrack",
		Title: "17TRACK",
		Settings: []connector.Setting{
			{Key: "api_key", Title: "Security key", Type: connector.Text, Secret: true, Required: true,
				Help: "In 17TRACK's API console under Settings, Security, Access key."},
			{Key: "base_url", Title: "API address", Type: connector.URL, Default: defaultBase,
				Help: "Change it only to talk to a test server."},
			{Key: "lang", Title: "Language of scans", Type: connector.Text,
				Help: "A 17TRACK language code such as en or de; empty keeps the carrier's own words."},
			{Key: "qps", Title: "Calls per second", Type: connector.Integer, Default: "3",
				Help: "17TRACK allows 3."},
		},
		Open: open,
	}
}

type client struct {
	base  string
	key   string
	lang  string
	http  *http.Client
	limit *rate.Limiter
}

func open(v connector.Values, env connector.Env) (carrier.Connector, error) {
	if v["api_key"] == "" {
		return nil, errors.New("api_key: is needed")
	}
	qps := v.Int("qps")
	if qps < 1 {
		return nil, fmt.Errorf("qps: %q is not at least 1", v["qps"])
	}
	return &client{
		base:  strings.TrimRight(v["base_url"], "/"),
		key:   v["api_key"],
		lang:  v["lang"],
		http:  env.HTTP,
		limit: rate.NewLimiter(rate.Limit(qps), int(qps)),
	}, nil
}

// Check asks how many credits are left: that needs a valid key and costs nothing.
func (c *client) Check(ctx context.Context) error {
	_, err := c.post(ctx, "getquota", []item{})
	return err
}

// Batch is the documented largest call.
func (c *client) Batch() int { return batch }

// wait keeps to the rate limit; a wait over a second is handed to the caller.
func (c *client) wait(ctx context.Context) error {
	turn := c.limit.Reserve()
	delay := turn.Delay()
	if delay > patience {
		turn.Cancel()
		return &connector.NotSent{After: delay, Err: errors.New("our own limit of calls is reached")}
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		turn.Cancel()
		return &connector.NotSent{Err: ctx.Err()}
	}
}
