package cj

import (
	"context"
	"testing"
	"time"

	"golang.org/x/time/rate"

	"doorstep/connector"
)

// Our own rate: a wait of more than a second is the caller's.
func TestOwnRate(t *testing.T) {
	t.Parallel()
	slow := rate.NewLimiter(rate.Every(time.Hour), 1)
	if err := wait(t.Context(), slow); err != nil {
		t.Fatalf("the first call: %v", err)
	}
	err := wait(t.Context(), slow)
	if connector.OutcomeOf(err) != connector.WasNotSent || connector.Wait(err) < time.Minute {
		t.Errorf("the second call: %v, wait %s", err, connector.Wait(err))
	}
	ended, end := context.WithCancel(t.Context())
	end()
	brisk := rate.NewLimiter(rate.Every(900*time.Millisecond), 1)
	_ = wait(ended, brisk)
	if err := wait(ended, brisk); connector.OutcomeOf(err) != connector.WasNotSent {
		t.Errorf("with an ended context: %v", err)
	}
}

func TestDays(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][2]int{"3-7": {3, 7}, "2": {2, 2}, "7-12 days": {7, 12}, "": {0, 0}, "soon": {0, 0}, "99999999999999999999": {0, 0}} {
		if low, high := days(text); low != want[0] || high != want[1] {
			t.Errorf("%q: %d to %d, want %v", text, low, high, want)
		}
	}
}

func TestTimes(t *testing.T) {
	t.Parallel()
	want := time.Date(2021, 8, 18, 1, 16, 33, 0, time.UTC)
	for _, s := range []text{"2021-08-18 01:16:33", "2021-08-18T09:16:33+08:00", "2021-08-18T01:16:33.000+00:00", "2021-08-18T01:16:33", "1629249393000"} {
		if got := s.time(); !got.Equal(want) {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
	if got := text("yesterday").time(); !got.IsZero() {
		t.Errorf("yesterday: %s", got)
	}
}

func TestLongNote(t *testing.T) {
	t.Parallel()
	if got := cut("äöü", 2); got != "äö" {
		t.Errorf("%q", got)
	}
}
