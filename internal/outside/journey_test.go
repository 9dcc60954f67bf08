package outside_test

import (
	"testing"
	"time"

	"doorstep/internal/flow"
	"doorstep/internal/purchase"
	"doorstep/internal/shipment"
)

func TestJourneyFromCheckoutToTheDoor(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.must(h.out.Schedule(h.t.Context()))
		h.work()
		placed := h.paid(2)
		if o := h.order(placed); o.State != "open" || o.Money != "paid" {
			h.t.Fatalf("after payment: %s, %s", o.State, o.Money)
		}
		h.later(2*time.Minute, time.Minute)
		bought := h.purchases(placed)
		if len(bought) != 1 || bought[0].State != purchase.Accepted && bought[0].State != purchase.Submitted {
			h.t.Fatalf("after the hold window: %+v", bought)
		}
		h.later(20*24*time.Hour, 6*time.Hour)
		o := h.order(placed)
		if o.State != "closed" || o.Goods != "delivered" || o.Money != "paid" || o.NeedsPerson {
			h.t.Errorf("at the end: %s, %s, %s, %s", o.State, o.Goods, o.Money, o.Attention)
		}
		parcels := h.shipments(placed)
		if len(parcels) != 1 || parcels[0].State != shipment.Delivered || parcels[0].RegisteredAt == 0 || parcels[0].Carrier == "" {
			h.t.Errorf("parcels: %+v", parcels)
		}
		h.expectMails("confirmed", "on its way", "out for delivery", "has been delivered", "What do you think")
		if books := h.factory.Books(); len(books) != 1 || books[0].Key != bought[0].Key || books[0].Payments != 1 {
			h.t.Errorf("the supplier's books: %+v", books)
		}
		if stuck := h.stuck(); len(stuck) > 0 {
			h.t.Errorf("given up: %+v", stuck)
		}
		if found, err := flow.Audit(h.t.Context(), h.db, h.store); err != nil || len(found) > 0 {
			h.t.Errorf("audit: %+v %v", found, err)
		}
	})
}
