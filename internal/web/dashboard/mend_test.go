package dashboard_test

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
)

// rival is a second supplier of the mug, dearer, whose freight is known to the order.
func (d *desk) rival(cost int64) (s inventory.Supplier) {
	d.Helper()
	d.update(func(ctx context.Context, tx *db.Tx) (err error) {
		if s, err = inventory.AddSupplier(ctx, tx, inventory.NewSupplier(d.store, "Potter")); err != nil {
			return err
		}
		_, _, err = inventory.PutOffer(ctx, tx, s, inventory.Offer{VariantID: d.mug, SupplierSku: "P-1", CostMinor: cost, Currency: "EUR",
			Quantity: 50, Active: true, AsOf: tx.Now})
		return err
	})
	return s
}

func TestRefundOfUnits(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		page := "/admin/orders/" + string(d.paid("Ann").Order.OrderID)
		b.look(strings.TrimPrefix(page, "/admin") + "/refund")
		b.sees("€43.00 was paid", "€43.00 can be given back now")
		b.get(page+"/refund?units-1=1").sees("1 × Mug", "€20.00")
		b.get(page+"/refund?units-1=1&shipping=yes").sees("Their part of the shipping", "€1.50", "€21.50")
		b.get(page+"/refund?units-1=99&shipping=yes").sees("2 × Mug", "€43.00")
		b.post(page+"/refund", "amount", "21.50", "reason", "1 × Mug").sees("on its way to the payment provider")
		b.get(page+"/refund?units-1=2").sees("€21.50 is on its way back", "€21.50 can be given back now", "more than can be given back")
		b.get(page + "/refund?rest=yes").sees("To be given back €21.50")
	})
}

func TestParcelByHand(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o := d.paid("Ann").Order.OrderID
		b := d.signedIn(account.Support)
		m := d.signedIn(account.Manager)
		of := "/admin/purchases/" + string(d.purchaseOf(o).PurchaseID)
		m.post(of+"/place", "ref", "HL-77")
		m.post(of+"/ship", "number", "RB123456785GB")
		b.get("/admin/orders/" + string(o)).sees("Say where it is")
		at := regexp.MustCompile(`/admin/shipments/sh_[a-z0-9]+/event`).FindString(b.html)
		b.post(at, "kind", "eaten").sees("A parcel is in-transit")
		b.post(at, "kind", "delivered", "at", "yesterday").sees("no date with a time")
		b.post(at, "kind", "delivered", "words", "the customer called").sees("the parcel is delivered", "the customer called")
		if got := d.stateOf(o); got.Goods != "delivered" {
			t.Errorf("%s", got.Goods)
		}
		b.get("/admin/orders/" + string(o) + "?about=parcels").sees("The parcel was delivered").not("The money is in")
		b.get("/admin/orders/" + string(o) + "?about=people").sees("Ann manager").not("Order placed")
	})
}

func TestAnotherSupplierIsChosen(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		potter := d.rival(700)
		d.quotes = append(d.quotes, flow.Quote{Supplier: potter.SupplierID, Service: "POST", Name: "Post", CostMinor: 300, Currency: "EUR", MinDays: 5, MaxDays: 9})
		o := d.paid("Ann").Order.OrderID
		page := "/admin/orders/" + string(o)
		b := d.signedIn(account.Manager)
		b.get(page).sees("Choose another supplier", "Potter", "costs €2.00 more each with freight", "Buy 1001-1 here", "1001-1 is here", "50")
		one := string(d.purchaseOf(o).PurchaseID)
		b.post(page+"/source", "supplier", string(potter.SupplierID), "instead", one).sees("The supplier is chosen", "1001-2 is here")
		p := d.purchaseOf(o)
		if p.SupplierID != potter.SupplierID || string(p.PurchaseID) == one {
			t.Errorf("bought from %s", p.SupplierID)
		}
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, _, err := inventory.PutOffer(ctx, tx, d.hand, inventory.Offer{VariantID: d.mug, SupplierSku: "H-0", CostMinor: 500, Currency: "EUR",
				Quantity: 1, Active: true, AsOf: tx.Now})
			return err
		})
		b.post(page+"/source", "supplier", string(d.hand.SupplierID), "instead", string(p.PurchaseID)).sees("cannot send all of it")
		if d.purchaseOf(o).PurchaseID != p.PurchaseID {
			t.Error("the purchase was taken away though nobody else could send it")
		}
	})
}

func TestAddressIsCorrected(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o := d.paid("Ann").Order.OrderID
		page := "/admin/orders/" + string(o)
		b := d.signedIn(account.Support)
		b.look(strings.TrimPrefix(page, "/admin") + "/address")
		b.sees("The country stays")
		b.post(page+"/address", "name", "Ann", "line1", "", "postal_code", "1", "locality", "Berlin")
		if b.status != 422 || !strings.Contains(b.html, `aria-invalid="true"`) {
			t.Errorf("a wrong address: %d", b.status)
		}
		b.post(page+"/address", "name", "Ann", "line1", "Neue Gasse 7", "postal_code", "10117", "locality", "Berlin").sees("The address is corrected", "Neue Gasse 7")
	})
}

func TestCustomers(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		d.paid(arabic)
		d.order("Bob <b>Stone</b>")
		b := d.signedIn(account.Support)
		b.get("/admin/customers").sees(arabic, "Bob", "€43.00", "DE")
		b.get("/admin/customers?q=stone").sees("Bob").not(arabic)
		at := regexp.MustCompile(`/admin/customers/cu_[a-z0-9]+`).FindString(b.html)
		b.look(strings.TrimPrefix(at, "/admin"))
		b.sees("#1002", "Lange Straße 1", "On average", "ann2@shop.example")
		b.post(at+"/notes", "words", "").sees("A note says something")
		b.post(at+"/notes", "words", "Wants <i>gift</i> wrapping").sees("The note is kept", "Wants <i>gift</i> wrapping", "Ann support")
		drop := regexp.MustCompile(`/admin/customers/cu_[a-z0-9]+/notes/nt_[a-z0-9]+/drop`).FindString(b.html)
		b.post(drop).sees("The note is removed").not("wrapping")
		b.undoes().sees("The note is back", "wrapping", "Ann support")
		b.post(drop).sees("The note is removed").not("wrapping")
		d.now.Advance(2 * time.Hour)
		b.undoes().sees("This note is not there any more").not("wrapping")
		b.get("/admin/customers/cu_none").sees("Nothing is here")
	})
}
