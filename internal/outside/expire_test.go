package outside_test

import (
	"testing"
	"time"

	shared "doorstep/connector/emulator"
	"doorstep/internal/order"
	bank "doorstep/payment/stripe/emulator"
)

// Somebody paid, the provider's message never reached us, and the customer did not come back:
// before the order ends unpaid the provider is asked, and asked again while it does not answer.
func TestPaidAndTheMessageWasLost(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.place(h.buyer(1), h.stripe, false)
		_, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url+"/thanks", h.url+"/cart")
		h.must(err)
		h.deaf.Store(true)
		h.must(h.bank.Pay(h.payment(placed).Ref, bank.Paid))
		h.work()
		h.hooks.Wait()
		h.deaf.Store(false)
		if o := h.order(placed); o.State != order.Pending {
			h.t.Fatalf("before anybody asked: %s", o.State)
		}
		for range 3 {
			h.bank.Knobs.Once(shared.DropBefore, "/v1/")
		}
		h.later(3*time.Hour, 5*time.Minute)
		if o := h.order(placed); o.PaidAt == 0 || o.State == order.Cancelled || len(h.purchases(placed)) != 1 {
			h.t.Errorf("it ended as %s, %s, with %d purchases", o.State, o.Money, len(h.purchases(placed)))
		}
	})
}
