package aliexpress

import (
	"context"
	"errors"
	"time"

	"golang.org/x/time/rate"

	"doorstep/connector"
)

// The API's methods.
const (
	methodProduct  = "aliexpress.ds.product.get"
	methodCreate   = "aliexpress.ds.order.create"
	methodOrder    = "aliexpress.trade.ds.order.get"
	methodTracking = "aliexpress.ds.order.tracking.get"
	methodFreight  = "aliexpress.ds.freight.query"
	methodAddress  = "aliexpress.ds.address.get"
)

// limits keeps the calls per second of each method.
type limits map[string]*rate.Limiter

// newLimits is the documented calls per second and app, or qps for every method if it is
// given.
func newLimits(qps int64) limits {
	documented := map[string]int{
		methodProduct: 500, methodCreate: 150, methodOrder: 1000,
		methodTracking: 100, methodFreight: 350, methodAddress: 4,
	}
	out := limits{}
	for method, n := range documented {
		if qps > 0 {
			n = int(qps)
		}
		out[method] = rate.NewLimiter(rate.Limit(n), n)
	}
	return out
}

// wait returns when the next call of the method may go; a wait of more than a second is
// the caller's to plan.
func (l limits) wait(ctx context.Context, method string) error {
	limiter, known := l[method]
	if !known {
		return nil
	}
	place := limiter.Reserve()
	delay := place.Delay()
	if delay > time.Second {
		place.Cancel()
		return &connector.NotSent{After: delay, Err: errors.New(method + ": our own limit of calls per second")}
	}
	if delay == 0 {
		return nil
	}
	timer := time.NewTimer(delay)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		place.Cancel()
		return &connector.NotSent{Err: ctx.Err()}
	}
}
