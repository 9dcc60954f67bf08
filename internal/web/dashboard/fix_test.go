package dashboard_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"doorstep/internal/account"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/web/dashboard"
)

// stuck is an order with a parcel and a refund, so that reasons have something to be about.
func (d *desk) stuck() (o id.Order, refund id.Refund, parcel id.Shipment) {
	d.Helper()
	o = d.paid("Ann").Order.OrderID
	p := d.purchaseOf(o).PurchaseID
	d.update(func(ctx context.Context, tx *db.Tx) error {
		if err := flow.PlaceByHand(ctx, tx, d.store, p, "HL-77", "staff:us_1"); err != nil {
			return err
		}
		return flow.ShipByHand(ctx, tx, d.store, p, flow.ParcelSaid{Number: "RB123456785GB", At: tx.Now}, "staff:us_1")
	})
	d.update(func(ctx context.Context, tx *db.Tx) error {
		r, err := flow.AskRefund(ctx, tx, d.store, o, 100, "a scratch", "staff:us_1")
		refund = r.RefundID
		return err
	})
	d.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT shipment_id FROM shipments WHERE order_id = $1", string(o)).Scan((*string)(&parcel))
	})
	return o, refund, parcel
}

// reasonFacts are what each reason is derived from, about the things of an order.
func reasonFacts(pu, re, pay, sh string) []order.Facts {
	of := func(one order.PurchaseFact) order.Facts {
		one.ID, one.Number, one.Supplier, one.Units = pu, "1001-1", "Hearth", 2
		return order.Facts{State: order.Open, Total: 100, Captured: 100, Units: 2, Purchases: []order.PurchaseFact{one}}
	}
	parcel := func(state, late string) order.Facts {
		return order.Facts{State: order.Open, Total: 100, Captured: 100, Shipments: []order.ShipmentFact{{ID: sh, Number: "RB1", State: state, Late: late}}}
	}
	back := func(r order.RefundFact) order.Facts {
		r.ID = re
		return order.Facts{State: order.Open, Total: 100, Captured: 100, Refunds: []order.RefundFact{r}}
	}
	list := []order.Facts{
		{State: order.Open, Total: 100, Captured: 100, Unplaced: 1, Why: "nobody has it"},
		{State: order.Open, Total: 100, Captured: 100, Unplaced: 1, BadAddress: true},
		{State: order.Open, Total: 100, Captured: 100, PayRefused: []order.PaymentFact{{ID: pay}}, VoidSlow: []order.PaymentFact{{ID: pay}}},
		{State: order.Open, Total: 100, Captured: 100, InDispute: true, GaveUp: []order.GivenUp{{Job: "jo_1", Kind: "mail.send"}}},
		{State: order.Cancelled, Total: 100, Captured: 100}, {State: order.Open, Total: 100, Captured: 200},
		{State: order.Pending, Total: 100, Captured: 50}, {State: order.Pending, Total: 100, PayFailed: "declined"}, {State: order.Open, Total: 100},
		of(order.PurchaseFact{State: "uncertain", Stuck: true}), of(order.PurchaseFact{State: "uncertain"}), of(order.PurchaseFact{State: "submitted", Unpaid: true}),
		of(order.PurchaseFact{State: "submitted", Cause: "address"}), of(order.PurchaseFact{State: "accepted", Late: "late-label"}),
		of(order.PurchaseFact{State: "shipping", Late: "late-rest"}), of(order.PurchaseFact{State: "cancelling", HoldCode: "cancel-slow", HoldWhy: "so"}),
		of(order.PurchaseFact{State: "cancelling", HoldCode: "cancel-by-hand"}), of(order.PurchaseFact{State: "cancelled", HoldCode: "ghost"}),
		parcel("exception", ""), parcel("lost", ""), parcel("returning", ""), parcel("announced", "late-scan"), parcel("in-transit", "late-move"),
		parcel("in-transit", "late-door"), back(order.RefundFact{State: "failed"}), back(order.RefundFact{State: "sending", Slow: true}),
		back(order.RefundFact{State: "uncertain"}), back(order.RefundFact{State: "uncertain", Words: "refused"}),
	}
	for _, flag := range []string{"never-scanned", "number-seen", "elsewhere"} {
		odd := parcel("announced", "")
		odd.Shipments[0].Flags = []order.FlagFact{{Flag: flag, Words: "It is odd."}}
		list = append(list, odd)
	}
	for _, c := range []order.ClaimFact{{State: "opened", Kind: "damaged"}, {State: "inspecting"}, {State: "failed"}, {State: "settled", Trouble: "It was found."},
		{State: "returning", Trouble: "Nothing has come."}, {State: "returning", Receipt: "5.00 EUR"}} {
		c.ID, c.Number = "cl_1", "1001-C1"
		list = append(list, order.Facts{State: order.Closed, Total: 100, Captured: 100, Claims: []order.ClaimFact{c}})
	}
	for _, f := range []order.DisputeFact{{State: "due"}, {State: "denied"}, {State: "credited", Short: "1.00 EUR"}, {State: "due", Near: true}, {State: "uncertain", ByMail: true}} {
		f.ID = "di_1"
		list = append(list, order.Facts{State: order.Closed, Total: 100, Captured: 100, Disputes: []order.DisputeFact{f}})
	}
	for _, f := range []order.BankFact{{Until: "2 May"}, {Near: true, Until: "2 May"}, {Refused: "too large"}, {Answered: true}, {Under: true}} {
		f.ID = "cb_1"
		list = append(list, order.Facts{State: order.Open, Total: 100, Captured: 100, InDispute: true, Bank: []order.BankFact{f}})
	}
	for _, f := range []order.BillFact{{Line: "sm_1/2", Words: "It differs."}, {Line: "sm_1/3", Twice: true, Words: "It was billed before."}} {
		list = append(list, order.Facts{State: order.Closed, Total: 100, Captured: 100, Bills: []order.BillFact{f}})
	}
	list = append(list, order.Facts{State: order.Open, Total: 100, Captured: 100, Unanswered: "co_1"})
	for _, code := range []string{"margin", "manual", "person", "no-answer"} {
		list = append(list, of(order.PurchaseFact{State: "held", HoldCode: code, HoldWhy: "so"}))
	}
	return list
}

// codesShown are the codes of internal/order/status.go.
func codesShown(t *testing.T) (codes []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "order", "status.go"))
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range regexp.MustCompile(`add\("([a-z-]+)"|"(late-[a-z]+)":`).FindAllStringSubmatch(string(text), -1) {
		if code := m[1] + m[2]; !strings.HasSuffix(code, "-") {
			codes = append(codes, code)
		}
	}
	return append(codes, "held-margin", "held-manual", "held-person", "held-no-answer", "cancel-by-hand", "ghost")
}

var targets = regexp.MustCompile(`(method="post" )?(?:action|href)="([^"]+)"`)

// leads says whether one of the ways out of a reason exists: a route, a mail, another's page.
func leads(fix, order string) bool {
	for _, m := range targets.FindAllStringSubmatch(fix, -1) {
		method, to := "GET", m[2]
		if m[1] != "" {
			method = "POST"
		}
		to, _, _ = strings.Cut(to, "#")
		if method == "GET" && (strings.HasPrefix(to, "mailto:") || strings.HasPrefix(to, "https://")) {
			return true
		}
		if to == order && !strings.Contains(m[2], "#") {
			continue // "Open" is no way out
		}
		for _, row := range dashboard.Rows() {
			pattern := "^" + regexp.MustCompile(`\{[a-z]+\}`).ReplaceAllString(regexp.QuoteMeta(dashboard.Prefix+strings.NewReplacer("{", "<", "}", ">").Replace(row.Path)), "") + "$"
			pattern = regexp.MustCompile(`<[a-z]+>`).ReplaceAllString(pattern, `[^/]+`)
			if row.Method == method && regexp.MustCompile(pattern).MatchString(to) {
				return true
			}
		}
	}
	return false
}

// TestEveryReasonHasItsButton shows every reason on the order's page and in the inbox: each
// has a way out that exists.
func TestEveryReasonHasItsButton(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o, refund, parcel := d.stuck()
		var pay []ledger.Payment
		d.update(func(ctx context.Context, tx *db.Tx) (err error) {
			pay, err = ledger.PaymentsOf(ctx, tx, d.store, o)
			return err
		})
		b := d.signedIn(account.Manager)
		page := "/admin/orders/" + string(o)
		var seen []string
		for _, f := range reasonFacts(string(d.purchaseOf(o).PurchaseID), string(refund), string(pay[0].PaymentID), string(parcel)) {
			for _, r := range order.Derive(f).Reasons {
				seen = append(seen, r.Code)
				text, err := json.Marshal([]order.Reason{r})
				d.must(err)
				d.update(func(ctx context.Context, tx *db.Tx) error {
					_, err := tx.ExecContext(ctx, "UPDATE orders SET attention = $1, needs_person = $2 WHERE order_id = $3", string(text), r.Person, string(o))
					return err
				})
				where := []string{page}
				if r.Person {
					where = append(where, "/admin/attention")
				}
				for _, at := range where {
					b.look(strings.TrimPrefix(at, "/admin"))
					_, fix, found := strings.Cut(b.html, `class="reason__fix"`)
					fix, _, _ = strings.Cut(fix, "</section>")
					if !found || !leads(fix, page) {
						t.Errorf("%s: %s (%s) has no way out: %s", at, r.Code, r.Action, fix)
					}
				}
			}
		}
		for _, code := range codesShown(t) {
			if !slices.Contains(seen, code) {
				t.Errorf("%s is not shown by this test", code)
			}
		}
	})
}

// TestNobodySendsIt plays the ways out of an order that nobody sends: the customer is asked,
// would rather wait, and the desk gives the money back in the end.
func TestNobodySendsIt(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o := d.paid("Ann").Order.OrderID
		of := "/admin/purchases/" + string(d.purchaseOf(o).PurchaseID)
		b := d.signedIn(account.Manager)
		page := "/admin/orders/" + string(o)
		b.post(of+"/place", "ref", "HL-77")
		b.post(of+"/reject", "words", "sold out").sees("Nobody can send this", "Ask the customer", "Refund these units")
		b.get("/admin/attention").sees("Nobody can send this", "Ask the customer")
		b.post(page+"/ask-customer").sees("The customer is asked by mail", "has not answered yet")
		b.post(page + "/ask-customer").sees("was asked already")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.AnswerShort(ctx, tx, d.store, o, flow.ChooseWait)
		})
		b.get(page).sees("would rather wait")
		b.post(page + "/refund-unplaced").sees("its money goes back")
		if got := d.stateOf(o); got.State != order.Cancelled {
			t.Errorf("%s", got.State)
		}
	})
}

func TestASupplierNamesADayAndShipsWhatWasStopped(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		o := d.paid("Ann").Order.OrderID
		one := d.purchaseOf(o).PurchaseID
		of := "/admin/purchases/" + string(one)
		b := d.signedIn(account.Manager)
		b.post(of+"/place", "ref", "HL-77")
		b.post(of+"/wait", "until", "soon").sees("the day that the supplier named")
		b.post(of+"/wait", "until", "2026-03-20").sees("told the new day", "20 Mar")
		b.post(of+"/reject", "words", "sold out")
		d.update(func(ctx context.Context, tx *db.Tx) error {
			_, err := flow.SupplierSaidSo(ctx, tx, d.store, d.hand.SupplierID, flow.SupplierSaid{Ref: "HL-77", State: "shipped"}, "supplier:x")
			return err
		})
		b.get("/admin/orders/"+string(o)).sees("shipped though it was stopped", "I have called them")
		b.post(of+"/ghost", "words", "they take it back").sees("spoken with the supplier", "they take it back").not("shipped though it was stopped")
		b.post(of + "/ghost").sees("does not ship it against our will")
	})
}

func TestAVariantIsPausedAndResumed(t *testing.T) {
	t.Parallel()
	each(t, "EUR", func(d *desk) {
		d.furnish("EUR")
		b := d.signedIn(account.Manager)
		page := "/variants/" + string(d.mug)
		b.look(page)
		b.sees("Stop selling", "1,000 units free")
		b.post("/admin"+page+"/pause", "reason", "a new batch has faults").sees("a person has stopped it", "A new batch has faults", "Sell it again")
		b.look(page)
		b.post("/admin"+page+"/resume").sees("It is sold again", "1,000 units free").not("Sell it again")
	})
}
