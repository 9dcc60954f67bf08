package suppliertest

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

// NewClock starts on an ordinary Sunday.
func NewClock() *Clock {
	return &Clock{now: time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)}
}

// Now is the time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Add lets time pass.
func (c *Clock) Add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}
