package outside_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/internal/catalog"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/purchase"
	"doorstep/money"
	factory "doorstep/supplier/cj/emulator"
)

const bowlVid = "1392053744945991601"

// bowl is a second article of the factory's. A person sells both articles too, for more.
func (h *house) bowl() (bowl id.Variant) {
	h.t.Helper()
	h.factory.Put(factory.Variant{VID: bowlVid, PID: "P2", Name: "Bowl", Cents: 400, Stock: 50, Country: "CN"})
	h.update(func(ctx context.Context, tx *db.Tx) error {
		put, err := catalog.Put(ctx, tx, h.store, catalog.Draft{Handle: "bowl", Title: "Bowl", Status: catalog.Active,
			Variants: []catalog.DraftVariant{{SKU: "BOWL", Price: money.New(2990, "EUR"), RequiresShipping: true, Taxable: true}}}, false)
		if err != nil {
			return err
		}
		bowl = put.Variants[0]
		made := inventory.NewSupplier(h.store, "bert")
		made.Reliability, made.Freight = 10_000, `[{"countries":["*"],"service":"POST","name":"Post","cost":"30.00","currency":"USD","min_days":5,"max_days":9}]`
		bert, err := inventory.AddSupplier(ctx, tx, made)
		if err != nil {
			return err
		}
		for v, sku := range map[id.Variant]string{h.variant: vid, bowl: bowlVid} {
			for _, f := range []struct {
				by   inventory.Supplier
				cost int64
			}{{h.supplier, 300}, {bert, 900}} {
				_, _, err := inventory.PutOffer(ctx, tx, f.by, inventory.Offer{VariantID: v, SupplierSku: sku, CostMinor: f.cost,
					Currency: "USD", Quantity: 40, ShipFrom: "CN", Active: true, AsOf: tx.Now})
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	return bowl
}

// split buys two mugs and a bowl, and the factory divides them: one part each.
func (h *house) split() (placed flow.Placed, parts []string) {
	h.t.Helper()
	h.work() // the supplier is told our address
	placed = h.paid(2, h.bowl())
	h.later(2*time.Minute, time.Minute) // a new order is not shown at once
	p := h.purchases(placed)
	if len(p) != 1 || p[0].State != purchase.Accepted {
		h.t.Fatalf("bought: %+v", p)
	}
	h.factory.Hold(p[0].Ref)
	if parts = h.factory.Split(p[0].Ref); len(parts) != 2 {
		h.t.Fatalf("parts %v", parts)
	}
	return placed, parts
}

// units are an order's purchases: the supplier, the state, and how many units of what.
func (h *house) units(p flow.Placed) string {
	h.t.Helper()
	var out []string
	for _, one := range h.purchases(p) {
		h.update(func(ctx context.Context, tx *db.Tx) error {
			sup, err := inventory.SupplierByID(ctx, tx, h.store, one.SupplierID)
			if err != nil {
				return err
			}
			lines, err := purchase.LinesOf(ctx, tx, h.store, one.PurchaseID)
			words := sup.Name + " " + string(one.State)
			for _, l := range lines {
				words += fmt.Sprintf(" %d %s", l.Left(), l.Title)
			}
			out = append(out, words)
			return err
		})
	}
	slices.Sort(out)
	return strings.Join(out, "; ")
}

// One part of a split order is cancelled and the other leaves, each told by messages with our key:
// the missing units are bought elsewhere, and only they, and only once.
func TestPartsOfASplitOrder(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string]func(h *house, parts []string){
		"cancelled first": func(h *house, parts []string) {
			h.work()
			h.factory.Cancel(parts[1])
			h.work()
			h.factory.Ship(parts[0])
		},
		"shipped first": func(h *house, parts []string) {
			h.work()
			h.factory.Ship(parts[0])
			h.work()
			h.factory.Cancel(parts[1])
		},
		"all at once": func(h *house, parts []string) {
			h.factory.Cancel(parts[1])
			h.factory.Ship(parts[0])
		},
		"the split is not told": func(h *house, parts []string) {
			h.deaf.Store(true)
			h.hooks.Tries = 1
			h.work()
			h.deaf.Store(false)
			h.factory.Cancel(parts[1])
			h.work()
			h.factory.Ship(parts[0])
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				placed, parts := h.split()
				steps(h, parts)
				h.work()
				h.later(10*time.Minute, time.Minute) // orders are read in batches, and seldom
				if got, want := h.units(placed), "bert held 1 Bowl; east shipped 2 Mug 0 Bowl"; got != want {
					h.t.Errorf("%s, want %s", got, want)
				}
				if list := h.shipments(placed); len(list) != 1 {
					h.t.Errorf("parcels: %+v", list)
				}
				if found, err := flow.Audit(h.t.Context(), h.db, h.store); err != nil || len(found) > 0 {
					h.t.Errorf("audit: %+v %v", found, err)
				}
			})
		})
	}
}
