package outside_test

import (
	"context"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/outside"
	"doorstep/internal/purchase"
	"doorstep/internal/store"
)

const table = `[{"countries":["*"],"service":"","name":"By the table","cost":"7.00","currency":"USD","min_days":9,"max_days":15}]`

func TestQuotesFallBackToTheTable(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.update(func(ctx context.Context, tx *db.Tx) error {
			h.supplier.Freight = table
			return inventory.ChangeSupplier(ctx, tx, h.supplier)
		})
		to := order.Address{Name: "Ann", Line1: "Gasse 1", Locality: "Berlin", PostalCode: "10115", Country: "DE"}
		ask := func() (guess bool, name string) {
			list, err := h.out.Quotes(h.t.Context(), h.store, []outside.Wanted{{Variant: h.variant, Quantity: 2, Title: "Mug"}}, to, "EUR")
			h.must(err)
			if len(list) == 0 {
				h.t.Fatal("no quotes")
			}
			return list[0].Guess, list[0].Name
		}
		if guess, name := ask(); guess || name == "By the table" {
			h.t.Errorf("asked: %v %s", guess, name)
		}
		for _, fault := range []shared.Fault{shared.FailBefore, shared.DropAfter} {
			h.factory.Knobs.Once(fault, "freightCalculate")
		}
		if guess, name := ask(); guess || name == "By the table" {
			h.t.Errorf("asked again after lost answers: %v %s", guess, name)
		}
		for range 3 {
			h.factory.Knobs.Once(shared.FailBefore, "freightCalculate")
		}
		if guess, name := ask(); !guess || name != "By the table" {
			h.t.Errorf("not answered: %v %s", guess, name)
		}
	})
}

func TestPausedConnectorWaits(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.paid(1)
		state := func(s string) {
			h.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := store.SetState(ctx, tx, h.store, h.supplier.ConnectorID, s, "holidays")
				return err
			})
		}
		state(store.Paused)
		h.later(10*time.Minute, 2*time.Minute)
		if p := h.purchases(placed)[0]; p.State != purchase.Planned || len(h.factory.Books()) != 0 {
			h.t.Errorf("sent while paused: %s", p.State)
		}
		state(store.Active)
		h.later(2*time.Minute, time.Minute)
		h.expectOne(placed, purchase.Submitted, purchase.Accepted)
	})
}

func TestDriversDrawTheirForms(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		for kind, want := range map[connector.Kind]int{connector.Supplier: 2, connector.Payment: 2, connector.Carrier: 1, connector.Channel: 0} {
			if got := h.out.Drivers(kind); len(got) != want {
				h.t.Errorf("%s: %d drivers", kind, len(got))
			}
		}
		if _, err := h.out.SettingsOf("supplier", "cj"); err != nil {
			h.t.Error(err)
		}
	})
}
