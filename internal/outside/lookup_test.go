package outside_test

import (
	"context"
	"errors"
	"testing"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/inventory"
	"doorstep/internal/outside"
)

// A person asks for an article before it is mapped: what the supplier knows is told, what it
// does not know is missing, and nothing is kept.
func TestLookUp(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		found, err := h.out.LookUp(t.Context(), h.store, h.supplier.SupplierID, []string{vid, "9999999999999999999"})
		h.must(err)
		if len(found) != 1 || found[0].SKU != vid || found[0].Cost.Minor != 300 || found[0].Cost.Currency != "USD" || found[0].Quantity != 50 {
			t.Errorf("found %+v", found)
		}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			offers, err := inventory.OffersOf(ctx, tx, h.store, h.variant)
			if len(offers) != 1 || offers[0].Quantity != 40 {
				t.Errorf("kept: %+v", offers)
			}
			return err
		})
		for range 10 {
			h.factory.Knobs.Once(shared.FailBefore, "")
		}
		if _, err = h.out.LookUp(t.Context(), h.store, h.supplier.SupplierID, []string{vid}); err == nil {
			t.Error("a supplier that does not answer knows nothing")
		}
		h.connect(connector.Supplier, "manual", "hearth", "email", "a@hearth.example")
		h.update(func(ctx context.Context, tx *db.Tx) error {
			h.supplier, err = inventory.SupplierByName(ctx, tx, h.store, "hearth")
			return err
		})
		if _, err = h.out.LookUp(t.Context(), h.store, h.supplier.SupplierID, []string{vid}); !errors.Is(err, outside.ErrUnfed) {
			t.Errorf("one who reads mails: %v", err)
		}
	})
}
