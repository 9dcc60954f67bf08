package connector_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"doorstep/connector"
)

func TestOutcomeOf(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		err  error
		want connector.Outcome
	}{
		"nothing":             {nil, connector.Done},
		"not sent":            {&connector.NotSent{Err: io.EOF}, connector.WasNotSent},
		"wrapped":             {fmt.Errorf("order: %w", &connector.NotSent{Err: io.EOF}), connector.WasNotSent},
		"lost":                {&connector.Uncertain{Err: io.EOF}, connector.WasLost},
		"rejected":            {&connector.Rejected{Code: "1"}, connector.WasRejected},
		"not let in":          {&connector.Unauthorised{Err: io.EOF}, connector.WasNotLetIn},
		"never there":         {fmt.Errorf("order: %w", connector.ErrNotFound), connector.WasNeverThere},
		"anything else":       {io.ErrUnexpectedEOF, connector.WasLost},
		"the caller gave up":  {context.Canceled, connector.WasLost},
		"forged":              {connector.ErrForged, connector.WasLost},
		"lost, not not found": {&connector.Uncertain{Err: io.EOF}, connector.WasLost},
	} {
		if got := connector.OutcomeOf(c.err); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	for _, err := range []error{&connector.NotSent{Err: io.EOF}, &connector.Uncertain{Err: io.EOF}, &connector.Unauthorised{Err: io.EOF}} {
		if !errors.Is(err, io.EOF) || err.Error() == "" {
			t.Errorf("%v hides its cause", err)
		}
	}
	if got := (&connector.Rejected{Code: "OOS", Words: "sold out", Raw: []byte("raw")}).Error(); got != "rejected: OOS sold out" {
		t.Error(got)
	}
}

func TestWait(t *testing.T) {
	t.Parallel()
	if got := connector.Wait(fmt.Errorf("x: %w", &connector.NotSent{After: time.Minute, Err: io.EOF})); got != time.Minute {
		t.Errorf("%v", got)
	}
	if connector.Wait(io.EOF) != 0 || connector.Wait(nil) != 0 {
		t.Error("waits for nothing")
	}
	ctx, cancel := context.WithCancel(t.Context())
	if connector.IsCancelled(ctx, io.EOF) {
		t.Error("cancelled before it was")
	}
	cancel()
	if !connector.IsCancelled(ctx, io.EOF) || connector.IsCancelled(ctx, nil) {
		t.Error("cancelled and not told so")
	}
}
