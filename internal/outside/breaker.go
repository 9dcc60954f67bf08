package outside

import (
	"errors"
	"math/rand/v2"
	"sync"
	"time"

	"doorstep/connector"
	"doorstep/internal/id"
)

// longestBreak is how long a connector is left alone at most before one call tries again: work
// that waits leaves within minutes of its return.
const longestBreak = 5 * time.Minute

// breaker leaves a connector alone that is down. After so many failures in a row nothing is sent
// for a while; then one call finds out whether it is back. If it is not, the pause is twice as
// long the next time. It goes by the program's clock, and each node has its own.
type breaker struct {
	now     func() time.Time
	after   int           // failures in a row
	first   time.Duration // pause
	changed func(open bool)

	mu       sync.Mutex
	failures int
	since    time.Time     // when the first of them was; of use while it is open
	pause    time.Duration // 0: closed
	until    time.Time     // nothing is sent before
	trying   bool          // a call is finding out
}

// breakerOf is the breaker of a connector.
func (o *Outside) breakerOf(c id.Connector) *breaker {
	o.mu.Lock()
	defer o.mu.Unlock()
	b, ok := o.breakers[string(c)]
	if !ok {
		b = &breaker{now: o.o.Clock, after: o.o.BreakAfter, first: o.o.BreakFor, changed: func(open bool) {
			o.log.Warn("a connector's breaker changed", "connector", string(c), "open", open)
		}}
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
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.left()
}

// left is isOpen for who holds the lock. A clock that was set back does not make the pause longer.
func (b *breaker) left() (time.Duration, bool) {
	left := b.until.Sub(b.now())
	switch {
	case b.pause == 0:
		return 0, false
	case b.trying:
		return time.Second, true
	}
	return left, left > 0 && left <= b.pause
}

// downSince is since when the other side has not answered; false while it does, as far as is known.
func (b *breaker) downSince() (time.Time, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.since, b.pause > 0
}

// through makes a call if the breaker lets it; NotSent with a delay if not.
func (b *breaker) through(call func() error) error {
	b.mu.Lock()
	wait, open := b.left()
	if open {
		b.mu.Unlock()
		return &connector.NotSent{After: spread(wait), Err: errors.New("it did not answer lately")}
	}
	b.trying = b.pause > 0
	b.mu.Unlock()
	failure := errors.New("panic") // the worker reports it, the breaker must not wait for ever
	defer func() { b.heard(failure) }()
	failure = call()
	return failure
}

// heard takes in what came of a call.
func (b *breaker) heard(failure error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	was := b.pause > 0
	switch {
	case toldToWait(failure):
		b.trying = false
		return
	case answered(failure):
		b.failures, b.pause, b.trying = 0, 0, false
	default:
		b.failed()
	}
	if open := b.pause > 0; open != was {
		b.changed(open)
	}
}

// failed counts a failure. Those that were on their way when it opened count for nothing.
func (b *breaker) failed() {
	if b.pause > 0 && !b.trying {
		return
	}
	if b.failures == 0 {
		b.since = b.now()
	}
	b.failures++
	switch {
	case b.trying:
		b.pause = min(2*b.pause, max(b.first, longestBreak))
	case b.failures >= b.after:
		b.pause = b.first
	default:
		return
	}
	b.trying, b.until = false, b.now().Add(b.pause)
}

// spread is a pause for one of many who wait for the same: they do not come back all at once.
func spread(pause time.Duration) time.Duration {
	return pause + rand.N(pause/4+time.Second)
}
