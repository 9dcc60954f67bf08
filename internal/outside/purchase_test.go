package outside_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/purchase"
)

// bought pays for an order and lets its hold window pass.
func (h *house) bought(fault shared.Fault, match string) flow.Placed {
	h.t.Helper()
	placed := h.paid(1)
	if fault != "" {
		h.factory.Knobs.Once(fault, match)
	}
	h.later(time.Minute, time.Minute)
	return placed
}

// expectOne checks that the supplier's books hold the purchase exactly once.
func (h *house) expectOne(p flow.Placed, states ...purchase.State) {
	h.t.Helper()
	bought := h.purchases(p)
	if len(bought) != 1 || !slices.Contains(states, bought[0].State) {
		h.t.Fatalf("purchases: %+v", bought)
	}
	n := 0
	for _, b := range h.factory.Books() {
		if b.Key == bought[0].Key {
			n++
		}
	}
	if n != 1 {
		h.t.Errorf("the supplier has it %d times", n)
	}
}

func TestLostAnswersAreLookedUp(t *testing.T) {
	t.Parallel()
	for _, fault := range []shared.Fault{shared.DropAfter, shared.FailAfter, shared.Truncate, shared.DropBefore, shared.FailBefore} {
		t.Run(string(fault), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				placed := h.bought(fault, "createOrder")
				if state := h.purchases(placed)[0].State; state == purchase.Planned || state == purchase.Submitting {
					h.t.Fatalf("after the fault: %s", state)
				}
				h.later(30*time.Minute, 5*time.Minute)
				h.expectOne(placed, purchase.Submitted, purchase.Accepted)
			})
		})
	}
}

func TestBusySupplierIsAskedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.bought(shared.Busy, "createOrder")
		if p := h.purchases(placed)[0]; p.State != purchase.Planned || !strings.Contains(p.Words, "429") {
			h.t.Fatalf("told to wait: %s %q", p.State, p.Words)
		}
		h.later(5*time.Minute, time.Minute)
		h.expectOne(placed, purchase.Submitted, purchase.Accepted)
	})
}

func TestRefusalIsSourcedAgainOrShown(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.paid(1)
		h.factory.Reject(1602002, "Product has been removed from shelves")
		h.later(time.Minute, time.Minute)
		p := h.purchases(placed)[0]
		if p.State != purchase.Rejected || p.Code != "1602002" || p.Words == "" {
			h.t.Errorf("refused: %s %s %s", p.State, p.Code, p.Words)
		}
		if o := h.order(placed); !o.NeedsPerson {
			h.t.Errorf("nobody is told: %s", o.Attention)
		}
	})
}

func TestConnectorThatIsNotLetInStops(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.paid(1)
		h.connect(connector.Supplier, "cj", "east", "api_key", "CJ0@api@wrong")
		h.later(10*time.Minute, 2*time.Minute)
		if p := h.purchases(placed)[0]; p.State != purchase.Planned {
			h.t.Fatalf("sent by a stranger: %s", p.State)
		}
		if err := h.out.TestConnector(h.t.Context(), h.store, connector.Supplier, "east"); err == nil || strings.Contains(err.Error(), "wrong") {
			h.t.Errorf("test connection: %v", err)
		}
		h.connect(connector.Supplier, "cj", "east", "api_key", cjKey)
		h.must(h.out.TestConnector(h.t.Context(), h.store, connector.Supplier, "east"))
		h.later(10*time.Minute, 2*time.Minute)
		h.expectOne(placed, purchase.Submitted, purchase.Accepted)
	})
}

func TestConnectRefusesWhatIsWrong(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		for words, given := range map[string]map[string]string{
			"no_such: there is no such setting": {"no_such": "1"},
			"is no http(s) address":             {"base_url": "ftp://x"},
		} {
			if _, err := h.out.Connect(h.t.Context(), h.store, connector.Supplier, "cj", "east", given); err == nil || !strings.Contains(err.Error(), words) {
				h.t.Errorf("%v: %v", given, err)
			}
		}
		if _, err := h.out.Connect(h.t.Context(), h.store, connector.Supplier, "acme", "x", nil); err == nil || !strings.Contains(err.Error(), "cj") {
			h.t.Errorf("unknown driver: %v", err)
		}
		if _, err := h.out.Connect(h.t.Context(), h.store, connector.Supplier, "cj", "North 1", map[string]string{"api_key": cjKey}); err == nil {
			h.t.Error("a name that fits no address was taken")
		}
	})
}

// Dying at any point of a job leaves one order at the supplier, and one charge.
func TestDyingAnywhereDoesNothingTwice(t *testing.T) {
	t.Parallel()
	for _, point := range []string{
		"purchase.submit/before-intent", "purchase.submit/after-intent", "purchase.submit/after-call", "purchase.submit/after-result",
	} {
		t.Run(strings.ReplaceAll(point, "/", " "), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				placed := h.paid(1)
				died := h.dieAt(point)
				h.later(30*time.Minute, 5*time.Minute)
				if !*died {
					h.t.Fatal("the point was never passed")
				}
				h.expectOne(placed, purchase.Submitted, purchase.Accepted)
			})
		})
	}
}

// Dying while it is being found out what became of a lost answer changes nothing either.
func TestDyingWhileLookingUp(t *testing.T) {
	t.Parallel()
	for _, point := range []string{"purchase.find/after-intent", "purchase.find/after-call", "purchase.find/after-result"} {
		for _, fault := range []shared.Fault{shared.DropAfter, shared.DropBefore} {
			t.Run(strings.ReplaceAll(point, "/", " ")+" "+string(fault), func(t *testing.T) {
				t.Parallel()
				each(t, func(h *house) {
					died := h.dieAt(point)
					placed := h.paid(1)
					h.hooks.Tries = 1
					h.deaf.Store(true) // else the supplier's message answers the question first
					h.factory.Knobs.Once(fault, "createOrder")
					h.later(30*time.Minute, 5*time.Minute)
					if !*died {
						h.t.Fatal("the point was never passed")
					}
					h.expectOne(placed, purchase.Submitted, purchase.Accepted)
				})
			})
		}
	}
}

// dieAt makes the next job that passes the point die there.
func (h *house) dieAt(point string) *bool {
	died := false
	fn := func(at string) {
		if at == point && !died {
			died = true
			panic("killed at " + at)
		}
	}
	h.points.Store(&fn)
	return &died
}

func TestCancellationReachesTheSupplier(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.bought("", "")
		h.update(cancel(h, placed))
		h.later(30*time.Minute, 5*time.Minute)
		o, p := h.order(placed), h.purchases(placed)[0]
		gone := h.factory.Books()[0].State == "CANCELLED"
		switch {
		case gone && (p.State != purchase.Cancelled || o.State != "cancelled"):
			h.t.Errorf("it was stopped; purchase %s, order %s", p.State, o.State)
		case !gone && (p.State == purchase.Cancelled || o.State != "open"):
			h.t.Errorf("it is shipped all the same; purchase %s, order %s", p.State, o.State)
		}
		attempts := h.attempts(p)
		if n := len(attempts); n < 2 || attempts[n-1].Action != "cancel" || attempts[n-1].Outcome == "" {
			h.t.Errorf("the supplier was not asked: %+v", attempts)
		}
	})
}

// A cancellation right after the order was taken: the supplier does not see its own new order
// yet, and "not found" is not "cancelled".
func TestCancellingWhatIsNotVisibleYet(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.bought("", "")
		h.update(cancel(h, placed))
		h.later(time.Second, time.Second)
		if state := h.purchases(placed)[0].State; state != purchase.Cancelling {
			h.t.Errorf("the supplier did not see it yet: %s", state)
		}
		h.later(30*time.Minute, 5*time.Minute)
		if p := h.purchases(placed)[0]; p.State == purchase.Cancelled && h.factory.Books()[0].State != "CANCELLED" {
			h.t.Error("it is shipped although it is cancelled here")
		}
	})
}

func (h *house) attempts(p purchase.Purchase) (out []purchase.Attempt) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) (err error) {
		out, err = purchase.Attempts(ctx, tx, h.store, p.PurchaseID)
		return err
	})
	return out
}
