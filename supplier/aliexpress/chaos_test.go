package aliexpress_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"doorstep/connector"
	world "doorstep/connector/emulator"
	"doorstep/supplier"
	"doorstep/supplier/aliexpress"
	"doorstep/supplier/aliexpress/emulator"
)

// Without a look-up, what is uncertain is sent again under the same key (Repeatable). In
// the vendor's books no key may have two checkouts, whatever the weather.
func TestNeverTwice(t *testing.T) {
	t.Parallel()
	for _, how := range []emulator.Repeat{emulator.RepeatError, emulator.RepeatNumber, emulator.RepeatSame} {
		s := newStage(t, func(o *emulator.Options) { o.Repeat = how })
		c := s.open()
		s.submit(c, order("WARM", mug))
		s.Knobs.Chaos(11, 35, world.Busy, world.FailBefore, world.FailAfter, world.DropBefore, world.DropAfter, world.Truncate)
		for i := range 25 {
			key := fmt.Sprintf("CHAOS-%d", i)
			if err := through(s, c, key); err != nil && (how != emulator.RepeatError || !errors.Is(err, supplier.ErrRepeated)) {
				t.Errorf("%s: %v", key, err)
			}
		}
		checkouts := map[string]map[int]bool{}
		for _, b := range s.Books() {
			if checkouts[b.Key] == nil {
				checkouts[b.Key] = map[int]bool{}
			}
			checkouts[b.Key][b.Checkout] = true
		}
		if len(checkouts) != 26 {
			t.Errorf("%d keys in the books, want 26", len(checkouts))
		}
		for key, made := range checkouts {
			if len(made) != 1 {
				t.Errorf("%s: made %d times", key, len(made))
			}
		}
	}
}

// through sends an order until the answer is known, as the program does.
func through(s *stage, c *aliexpress.Conn, key string) error {
	for range 200 {
		_, err := c.Submit(s.t.Context(), order(key, mug, chair))
		switch {
		case err == nil, errors.Is(err, supplier.ErrRepeated):
			return err
		case connector.OutcomeOf(err) == connector.WasNotSent:
			s.clock.Add(connector.Wait(err) + time.Millisecond)
		case connector.OutcomeOf(err) != connector.WasLost:
			return err
		}
	}
	return errors.New("no end after many tries")
}
