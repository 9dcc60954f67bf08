package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/db/dbtest"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
	"doorstep/internal/shipment"
	"doorstep/internal/store"
	"doorstep/money"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func within(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.Update(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

func view(t *testing.T, d *db.DB, fn func(ctx context.Context, tx *db.Tx) error) {
	t.Helper()
	if err := d.View(t.Context(), fn); err != nil {
		t.Fatal(err)
	}
}

// shop is a store with n orders, 1001 and so on; every third needs a person, every second
// is Bob's.
func shop(t *testing.T, d *db.DB, n int) (s id.Store) {
	t.Helper()
	within(t, d, func(ctx context.Context, tx *db.Tx) error {
		made, err := store.Create(ctx, tx, "Mugs", "EUR")
		s = made.StoreID
		for i := 0; i < n && err == nil; i++ {
			err = place(ctx, tx, s, i)
		}
		return err
	})
	return s
}

func orderID(i int) id.Order { return id.Order(fmt.Sprintf("or_%026d", i)) }

func place(ctx context.Context, tx *db.Tx, s id.Store, i int) error {
	email := []string{"ann@example.com", "bob@example.com"}[i%2]
	customer, err := order.PutCustomer(ctx, tx, s, email, strings.ToUpper(email[:3]))
	if err != nil {
		return err
	}
	o := order.Order{StoreID: s, OrderID: orderID(i), Number: int64(1001 + i), CartID: id.Cart(fmt.Sprint("ca_", i)), CustomerID: customer,
		Email: email, Locale: "en", Currency: "EUR", Shipping: `{"name":"Ann","line1":"1 High St","locality":"Leeds","country":"GB"}`,
		Billing: `{"name":"Ann","country":"GB"}`, ShippingOption: `{"key":"standard"}`, SubtotalMinor: 2000, ShippingMinor: 490, TaxMinor: 398,
		TotalMinor: 2490, State: order.Pending, Goods: "waiting", Money: "unpaid", PlacedAt: tx.Now, UpdatedAt: tx.Now}
	if i%4 == 0 {
		o.State = order.Open
	}
	if i%3 == 0 {
		o.NeedsPerson, o.Attention = true, `[{"code":"unplaced","words":"nobody has it","person":true}]`
	}
	lines := []order.OrderLine{{LineID: 1, VariantID: "va_1", ProductID: "pr_1", Sku: "MUG", Title: "Mug", Quantity: 2, UnitPriceMinor: 1000}}
	return order.Insert(ctx, tx, o, lines, [][]order.Unit{{{First: 1, Units: 2, Price: 1000, Shipping: 245, Tax: 199}}})
}

func TestOrdersPageByPage(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 25)
		for name, c := range map[string]struct {
			filter report.Filter
			want   func(i int) bool
		}{
			"all":               {report.Filter{}, func(int) bool { return true }},
			"open":              {report.Filter{State: "open"}, func(i int) bool { return i%4 == 0 }},
			"person":            {report.Filter{NeedsPerson: true}, func(i int) bool { return i%3 == 0 }},
			"person and open":   {report.Filter{NeedsPerson: true, State: "open"}, func(i int) bool { return i%12 == 0 }},
			"Bob":               {report.Filter{Email: " BOB@example.com"}, func(i int) bool { return i%2 == 1 }},
			"number":            {report.Filter{Number: 1007}, func(i int) bool { return i == 6 }},
			"number, not Ann's": {report.Filter{Number: 1008, Email: "ann@example.com"}, func(int) bool { return false }},
			"nobody":            {report.Filter{Email: "x@example.com"}, func(int) bool { return false }},
		} {
			var want, got []string
			for i := 24; i >= 0; i-- {
				if c.want(i) {
					want = append(want, string(orderID(i)))
				}
			}
			for after, pages := "", 0; pages == 0 || after != ""; pages++ {
				view(t, d, func(ctx context.Context, tx *db.Tx) error {
					page, err := report.Orders(ctx, tx, s, c.filter, after, 4)
					for _, o := range page.Orders {
						got = append(got, string(o.ID))
					}
					after = page.Next
					return err
				})
			}
			if strings.Join(got, " ") != strings.Join(want, " ") {
				t.Errorf("%s: %v, not %v", name, got, want)
			}
		}
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			page, err := report.Orders(ctx, tx, "st_other", report.Filter{}, "", 4)
			if len(page.Orders) != 0 || page.Orders == nil {
				t.Errorf("another store sees %v", page.Orders)
			}
			return err
		})
	})
}

func TestSearchTakesNumbersAndMailAddresses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]report.Filter{"#1042": {Number: 1042}, "\t7": {Number: 7}, "a@b.example": {Email: "a@b.example"}} {
		if f, ok := report.Search(text); !ok || f != want {
			t.Errorf("%q: %+v %v", text, f, ok)
		}
	}
	for _, text := range []string{"", "mug", "-1", "0"} {
		if f, ok := report.Search(text); ok {
			t.Errorf("%q: %+v", text, f)
		}
	}
}

// fill gives order 0 everything that an order can have.
func fill(ctx context.Context, tx *db.Tx, s id.Store) error {
	sup, err := inventory.AddSupplier(ctx, tx, inventory.NewSupplier(s, "Acme"))
	if err != nil {
		return err
	}
	o := orderID(0)
	p := purchase.Purchase{StoreID: s, PurchaseID: "pu_1", OrderID: o, SupplierID: sup.SupplierID, Number: "1001-1", Key: "1001-1", State: purchase.Planned,
		Currency: "USD", GoodsMinor: 900, FreightMinor: 300, BookedMinor: 1100, Rate: `{"from":"USD","to":"EUR","num":92,"den":100}`,
		Reasons: `[{"words":"chosen"}]`}
	bought := []purchase.PurchaseLine{{LineID: 1, OrderLineID: 1, VariantID: "va_1", OfferID: "of_1", SupplierSku: "A1", Title: "Mug", Quantity: 2, UnitCostMinor: 450}}
	pay := ledger.Payment{StoreID: s, PaymentID: "pa_1", OrderID: o, ConnectorID: "cn_1", Driver: "manual", AmountMinor: 2490, Currency: "EUR", Manual: true}
	parcel := shipment.Shipment{StoreID: s, ShipmentID: "sh_1", OrderID: o, PurchaseID: "pu_1", Number: "LX1", Carrier: "ups", AnnouncedAt: tx.Now}
	for _, step := range []func() error{
		func() error { return purchase.Insert(ctx, tx, p, bought) },
		func() error { p.Attempt = 1; return purchase.Begin(ctx, tx, p, "submit") },
		func() error { return purchase.End(ctx, tx, p, "uncertain", "no answer", `{"raw":true}`) },
		func() error { return ledger.InsertPayment(ctx, tx, pay) },
		func() error {
			return ledger.InsertRefund(ctx, tx, ledger.Refund{StoreID: s, RefundID: "re_1", OrderID: o, PaymentID: "pa_1", State: "requested", AmountMinor: 100, Currency: "EUR", Reason: "chipped"})
		},
		func() error {
			_, err := ledger.InsertChargeback(ctx, tx, ledger.Chargeback{StoreID: s, ChargebackID: "cb_1", OrderID: o, PaymentID: "pa_1", State: "opened", AmountMinor: 2490, Currency: "EUR", Ref: "dp_1"})
			return err
		},
		func() error {
			_, err := ledger.Post(ctx, tx, s, ledger.Posting{Key: "k", Order: o, Subject: "pa_1", Kind: "sale", Debit: "customer", Credit: "sales", Amount: money.New(2490, "EUR")})
			return err
		},
		func() error {
			_, err := shipment.Announce(ctx, tx, parcel, []shipment.ShipmentLine{{LineID: 1, OrderLineID: 1, Quantity: 2}})
			return err
		},
		func() error {
			_, err := shipment.Append(ctx, tx, shipment.TrackingEvent{StoreID: s, ShipmentID: "sh_1", EventKey: "k1", At: tx.Now, Kind: "in-transit", Words: "left", Source: "x", ReceivedAt: tx.Now})
			return err
		},
		func() error {
			_, err := event.Insert(ctx, tx, event.Fact{Store: s, Order: o, Kind: "order.placed", Subject: string(o), Actor: "customer", Data: map[string]int{"n": 1}})
			return err
		},
		func() error {
			_, err := tx.ExecContext(ctx, `INSERT INTO mails (store_id, mail_id, mail_key, order_id, kind, recipient, state, words, created_at)
				VALUES ($1, 'ma_1', 'k', $2, 'confirmed', 'ann@example.com', 'failed', 'no such box', 1)`, string(s), string(o))
			return err
		},
		func() error {
			_, err := tx.ExecContext(ctx, `INSERT INTO jobs (job_id, store_id, kind, key, run_at, parked, error, created_at)
				VALUES ('jo_1', $1, 'mail.send', 'mail/1', 1, TRUE, 'gave up', 1)`, string(s))
			return err
		},
		func() error {
			_, err := tx.ExecContext(ctx, `INSERT INTO feeds (store_id, feed_id, supplier_id, state, reason, seen, changed, created_at)
				VALUES ($1, 'fe_1', $2, 'parked', 'half is gone', 10, 5, 1)`, string(s), string(sup.SupplierID))
			return err
		},
		func() error {
			_, err := tx.ExecContext(ctx, `INSERT INTO connectors (store_id, connector_id, kind, driver, name, settings, secrets, state, reason, created_at, updated_at)
				VALUES ($1, 'cn_2', 'supplier', 'cj', 'cj', '{}', 'SEALED', 'refused', 'wrong key', 1, 1), ($1, 'cn_3', 'payment', 'manual', 'bank', '{}', 'SEALED', 'active', '', 1, 1)`, string(s))
			return err
		},
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func TestDocumentTellsEverything(t *testing.T) {
	t.Parallel()
	dbtest.EachWith(t, clock.NewVirtual(noon).Now, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 3)
		within(t, d, func(ctx context.Context, tx *db.Tx) error { return fill(ctx, tx, s) })
		var first []byte
		for _, name := range []string{string(orderID(0)), "1001", "#1001"} {
			view(t, d, func(ctx context.Context, tx *db.Tx) error {
				doc, err := report.OrderDocument(ctx, tx, s, name)
				if err != nil {
					return err
				}
				text, err := json.Marshal(doc)
				if first == nil {
					first = text
				}
				if !bytes.Equal(first, text) {
					t.Errorf("%s is another document", name)
				}
				return err
			})
		}
		for _, want := range []string{
			`"number":1001`, `"placed_at":"2026-03-01T12:00:00Z"`, `"paid_at":null`, `"total":{"amount":"24.90","currency":"EUR"}`,
			`"shipping_address":{"name":"Ann","line1":"1 High St","locality":"Leeds","country":"GB"}`, `"attention":[{"code":"unplaced"`,
			`"unit_price":{"amount":"10.00","currency":"EUR"}`, `"units":[{"first":1,"units":2`, `"supplier_name":"Acme"`,
			`"goods_cost":{"amount":"9.00","currency":"USD"}`, `"booked":{"amount":"11.00","currency":"EUR"}`, `"reasons":[{"words":"chosen"}]`,
			`"rate":{"from":"USD"`, `"unit_cost":{"amount":"4.50","currency":"USD"}`, `"outcome":"uncertain"`, `"answer":"{\"raw\":true}"`,
			`"kind":"in-transit"`, `"reason":"chipped"`, `"ref":"dp_1"`, `"debit":"customer"`, `"kind":"order.placed"`, `"data":{"n":1}`,
			`"words":"no such box"`, `"shipping_option":{"key":"standard"}`, `"lines":[{"order_line":1,"quantity":2}]`,
		} {
			if !strings.Contains(string(first), want) {
				t.Errorf("%s is missing in %s", want, first)
			}
		}
		var back report.Document
		if err := json.Unmarshal(first, &back); err != nil || back.Totals.Total != money.New(2490, "EUR") || len(back.Purchases) != 1 {
			t.Errorf("read again: %v", err)
		}
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			for _, none := range []string{"", "9", "or_none", "x'; --"} {
				if _, err := report.OrderDocument(ctx, tx, s, none); !errors.Is(err, report.ErrNone) {
					t.Errorf("%q: %v", none, err)
				}
			}
			bare, err := report.OrderDocument(ctx, tx, s, "1002")
			if text, _ := json.Marshal(bare); err != nil || strings.Contains(string(text), ":null,\"purchases") || !strings.Contains(string(text), `"timeline":[]`) {
				t.Errorf("an order without anything: %s %v", text, err)
			}
			return nil
		})
	})
}

func TestAttentionGathersWhatWaits(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 3)
		within(t, d, func(ctx context.Context, tx *db.Tx) error { return fill(ctx, tx, s) })
		view(t, d, func(ctx context.Context, tx *db.Tx) error {
			a, err := report.NeedsAttention(ctx, tx, s)
			if err != nil {
				return err
			}
			if len(a.Orders) != 1 || len(a.Connectors) != 1 || len(a.Feeds) != 1 || len(a.Jobs) != 1 || len(a.Mails) != 1 ||
				a.Connectors[0].Reason != "wrong key" || a.Feeds[0].SupplierName != "Acme" || a.Jobs[0].Error != "gave up" {
				t.Errorf("%+v", a)
			}
			all, err := report.Connectors(ctx, tx, s)
			if text := fmt.Sprint(all); len(all) != 2 || strings.Contains(text, "SEALED") {
				t.Errorf("%v", all)
			}
			return err
		})
	})
}

func TestExportWritesALinePerOrder(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, d *db.DB) {
		s := shop(t, d, 130)
		var out bytes.Buffer
		n, err := report.Export(t.Context(), d, s, report.Filter{}, &out)
		lines := strings.Split(strings.TrimSpace(out.String()), "\n")
		if err != nil || n != 130 || len(lines) != 130 {
			t.Fatalf("%d orders, %d lines, %v", n, len(lines), err)
		}
		for i, line := range lines {
			var doc report.Document
			if err := json.Unmarshal([]byte(line), &doc); err != nil || doc.Number != int64(1130-i) {
				t.Fatalf("line %d: number %d, %v", i+1, doc.Number, err)
			}
		}
		if n, err := report.Export(t.Context(), d, s, report.Filter{NeedsPerson: true}, &out); n != 44 || err != nil {
			t.Errorf("%d need a person, %v", n, err)
		}
	})
}
