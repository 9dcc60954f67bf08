package carriertest

import (
	"sync"
	"time"
)

// Clock is a time that moves only when it is told to. The zero value is not of use: see
// NewClock.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// NewClock starts on the morning of an ordinary Monday.
func NewClock() *Clock { return &Clock{now: time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)} }

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance lets time pass.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
