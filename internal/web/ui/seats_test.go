package ui_test

import (
	"net/http"
	"testing"

	"doorstep/internal/web/ui"
)

// TestSeatsAreBounded: of one key and in all, and a seat that is left is free again.
func TestSeatsAreBounded(t *testing.T) {
	t.Parallel()
	s := ui.NewSeats(3, 2)
	take := func(want int, keys ...string) func() {
		t.Helper()
		leave, refused := s.Take(keys...)
		if refused != want || (leave == nil) != (want != 0) {
			t.Fatalf("%v: %d instead of %d", keys, refused, want)
		}
		return leave
	}
	first := take(0, "ann", "order-1")
	take(0, "ann", "order-2")
	take(http.StatusTooManyRequests, "ann", "order-3")
	take(0, "bob", "order-1")
	take(http.StatusTooManyRequests, "cid", "order-1")
	take(http.StatusServiceUnavailable, "cid", "order-3") // who was refused took nothing of order-3
	first()
	take(0, "ann", "order-1")
	take(http.StatusServiceUnavailable, "cid")
}
