package outside

import (
	"errors"
	"fmt"
	"time"

	"github.com/sony/gobreaker/v2"

	"doorstep/connector"
	"doorstep/internal/id"
)

// breaker leaves a connector alone that is down: after so many failures in a row nothing is
// sent for a while, then one call tries.
type breaker struct {
	*gobreaker.TwoStepCircuitBreaker[struct{}]
	pause time.Duration
}

// breakerOf is the breaker of a connector.
func (o *Outside) breakerOf(c id.Connector) *breaker {
	o.mu.Lock()
	defer o.mu.Unlock()
	b, ok := o.breakers[string(c)]
	if !ok {
		b = &breaker{pause: o.o.BreakFor, TwoStepCircuitBreaker: gobreaker.NewTwoStepCircuitBreaker[struct{}](gobreaker.Settings{
			Name: string(c), Timeout: o.o.BreakFor, IsSuccessful: answered, IsExcluded: toldToWait,
			ReadyToTrip: func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= uint32(o.o.BreakAfter) },
			OnStateChange: func(name string, from, to gobreaker.State) {
				o.log.Warn("a connector's breaker changed", "connector", name, "from", from.String(), "to", to.String())
			},
		})}
		o.breakers[string(c)] = b
	}
	return b
}

// answered says whether the other side is there: a refusal is an answer too.
func answered(err error) bool {
	switch connector.OutcomeOf(err) {
	case connector.WasLost, connector.WasNotSent:
		return false
	}
	return true
}

// toldToWait says whether the other side, or our own limiter, asked for patience: that is
// neither health nor sickness.
func toldToWait(err error) bool { return connector.Wait(err) > 0 }

// isOpen says whether nothing may be sent at the moment, and for how long.
func (b *breaker) isOpen() (time.Duration, bool) {
	return b.pause, b.State() == gobreaker.StateOpen
}

// through makes a call if the breaker lets it; NotSent with a delay if not.
func (b *breaker) through(call func() error) error {
	done, err := b.Allow()
	if err != nil {
		if errors.Is(err, gobreaker.ErrTooManyRequests) {
			return &connector.NotSent{After: time.Second, Err: errors.New("another call is finding out whether it is back")}
		}
		return &connector.NotSent{After: b.pause, Err: fmt.Errorf("it did not answer lately: %w", err)}
	}
	ended := false
	defer func() {
		if !ended { // a panic: the worker reports it, the breaker must not wait for ever
			done(errors.New("panic"))
		}
	}()
	err = call()
	ended = true
	done(err)
	return err
}
