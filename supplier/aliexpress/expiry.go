package aliexpress

import (
	"context"
	"time"

	"doorstep/connector"
)

var _ connector.Expirer = (*Conn)(nil)

// Expires is when the refresh token ends, or the access token where there is none: then the
// merchant's consent is needed again. Renewing does not move the end.
func (c *Conn) Expires(ctx context.Context) (time.Time, error) {
	p, _, err := c.load(ctx)
	if err != nil {
		return time.Time{}, err
	}
	ends := p.AccessUntil
	if p.Refresh != "" {
		ends = p.RefreshUntil
	}
	if ends == 0 {
		return time.Time{}, nil
	}
	return time.UnixMilli(ends).UTC(), nil
}
