// Package clock is time as Doorstep stores it: microseconds UTC in one integer,
// the same on every database, with a clock that tests can turn.
package clock

import (
	"encoding/json"
	"sync"
	"time"
)

// Time is a moment in microseconds since 1970-01-01 UTC. Zero means "never" or "not yet".
type Time int64

// Of is t as a Time; the zero time.Time becomes zero.
func Of(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMicro())
}

// Std is t as a time.Time in UTC; zero becomes the zero time.Time.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMicro(int64(t)).UTC()
}

// IsZero says whether the moment has not come or is unknown.
func (t Time) IsZero() bool { return t == 0 }

// Add is t moved by d; zero stays zero, because "never" has no neighbour.
func (t Time) Add(d time.Duration) Time {
	if t == 0 {
		return 0
	}
	return t + Time(d.Microseconds())
}

// Sub is the duration from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Microsecond }

// Before says whether t is earlier than u.
func (t Time) Before(u Time) bool { return t < u }

// After says whether t is later than u.
func (t Time) After(u Time) bool { return t > u }

// String is t in RFC 3339, or "never".
func (t Time) String() string {
	if t == 0 {
		return "never"
	}
	return t.Std().Format(time.RFC3339Nano)
}

// MarshalJSON writes RFC 3339 with the time zone Z, or null for zero.
func (t Time) MarshalJSON() ([]byte, error) {
	if t == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(t.Std())
}

// UnmarshalJSON reads RFC 3339 or null.
func (t *Time) UnmarshalJSON(b []byte) error {
	var std time.Time
	if string(b) == "null" {
		*t = 0
		return nil
	}
	if err := json.Unmarshal(b, &std); err != nil {
		return err
	}
	*t = Of(std)
	return nil
}

// Clock tells the present. Everything that asks for the time is handed one.
type Clock func() time.Time

// System is the machine's clock.
func System() Clock { return time.Now }

// Virtual is a clock that moves only when told to: the tests' clock.
type Virtual struct {
	mu  sync.Mutex
	now time.Time
}

// NewVirtual starts a virtual clock at the given moment.
func NewVirtual(start time.Time) *Virtual { return &Virtual{now: start} }

// Now is the virtual present; it fits Clock.
func (v *Virtual) Now() time.Time {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.now
}

// Advance moves the present forward by d.
func (v *Virtual) Advance(d time.Duration) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.now = v.now.Add(d)
}
