package clock_test

import (
	"encoding/json"
	"sync"
	"testing"
	"time"

	"doorstep/internal/clock"
)

func TestTimesAreMicrosecondsUTC(t *testing.T) {
	t.Parallel()
	std := time.Date(2026, 3, 4, 5, 6, 7, 123456789, time.FixedZone("X", 3600))
	c := clock.Of(std)
	if got := c.Std(); !got.Equal(std.Truncate(time.Microsecond)) || got.Location() != time.UTC {
		t.Errorf("%v came back as %v", std, got)
	}
	if c.String() != "2026-03-04T04:06:07.123456Z" {
		t.Errorf("written %s", c)
	}
	if got := c.Add(time.Hour).Sub(c); got != time.Hour || !c.Before(c.Add(1000)) || !c.Add(1000).After(c) {
		t.Errorf("an hour later is %v later", got)
	}
}

func TestNeverStaysNever(t *testing.T) {
	t.Parallel()
	var never clock.Time
	if clock.Of(time.Time{}) != 0 || !never.Std().IsZero() || !never.IsZero() || never.Add(time.Hour) != 0 || never.String() != "never" {
		t.Error("the zero time is not never")
	}
	b, err := json.Marshal(never)
	if err != nil || string(b) != "null" {
		t.Errorf("never is written %s, %v", b, err)
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	c := clock.Of(time.Date(2026, 3, 4, 5, 6, 7, 89000, time.UTC))
	b, err := json.Marshal(c)
	if err != nil || string(b) != `"2026-03-04T05:06:07.000089Z"` {
		t.Errorf("written %s, %v", b, err)
	}
	for text, want := range map[string]clock.Time{string(b): c, "null": 0, `"2026-03-04T06:06:07.000089+01:00"`: c} {
		got := clock.Time(1)
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s reads as %v, %v", text, got, err)
		}
	}
	var got clock.Time
	if err := json.Unmarshal([]byte(`"soon"`), &got); err == nil {
		t.Error("soon passes for a time")
	}
}

func TestVirtualTimeMovesWhenTold(t *testing.T) {
	t.Parallel()
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	v := clock.NewVirtual(start)
	var now clock.Clock = v.Now
	if first, second := now(), now(); !first.Equal(start) || !second.Equal(start) {
		t.Error("it moves by itself")
	}
	var group sync.WaitGroup
	for range 10 {
		group.Go(func() { v.Advance(time.Minute) })
	}
	group.Wait()
	if got := now(); !got.Equal(start.Add(10 * time.Minute)) {
		t.Errorf("after ten minutes it is %v", got)
	}
	if since := time.Since(clock.System()()); since < 0 || since > time.Minute {
		t.Errorf("the machine's clock is %v off", since)
	}
}
