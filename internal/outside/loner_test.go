package outside

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/job"
	"doorstep/internal/seal"
)

// newLoner is a door without any connector; inside runs a function in a transaction.
func newLoner(t *testing.T) (o *Outside, inside func(func(ctx context.Context))) {
	t.Helper()
	d := dbtest.Open(t, dbtest.Path(t), clock.System())
	box, err := seal.New(make([]byte, seal.KeySize))
	if err != nil {
		t.Fatal(err)
	}
	o = New(Options{DB: d, Seal: box, Log: slog.New(slog.DiscardHandler)})
	return o, func(fn func(ctx context.Context)) {
		err := d.View(t.Context(), func(ctx context.Context, _ *db.Tx) error {
			fn(ctx)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestBackOffDoublesAndEnds(t *testing.T) {
	t.Parallel()
	o, _ := newLoner(t)
	for _, step := range []struct {
		attempt     int64
		least, most time.Duration
	}{{1, 750 * time.Millisecond, time.Second}, {3, 1500 * time.Millisecond, 2 * time.Second}, {9, 12 * time.Second, 16 * time.Second},
		{199, 7*time.Minute + 30*time.Second, longest}} {
		j := jobOf(step.attempt)
		for range 50 {
			if got := o.backOff(j); got < step.least || got > step.most {
				t.Errorf("attempt %d: %s", step.attempt, got)
			}
		}
	}
}

func TestSlotsBeginTogetherOnAllNodes(t *testing.T) {
	t.Parallel()
	at := clock.Of(time.Date(2026, 3, 2, 9, 7, 31, 0, time.UTC))
	if got := nextSlot(at, 10*time.Minute).Std(); got != time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC) {
		t.Errorf("next slot %s", got)
	}
	on := clock.Of(time.Date(2026, 3, 2, 9, 10, 0, 0, time.UTC))
	if got := nextSlot(on, 10*time.Minute).Std(); got != time.Date(2026, 3, 2, 9, 20, 0, 0, time.UTC) {
		t.Errorf("on the slot: %s", got)
	}
}

func jobOf(attempt int64) job.Job { return job.Job{Attempt: attempt} }
