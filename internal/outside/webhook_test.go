package outside_test

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/inventory"
	"doorstep/internal/ledger"
	"doorstep/internal/purchase"
	bank "doorstep/payment/stripe/emulator"
	factory "doorstep/supplier/cj/emulator"
)

// post sends a message to our door.
func (h *house) post(path string, header http.Header, body []byte) (status int, answer string) {
	h.t.Helper()
	r := httptest.NewRequestWithContext(h.t.Context(), http.MethodPost, path, bytes.NewReader(body))
	for k, v := range header {
		r.Header[k] = v
	}
	w := httptest.NewRecorder()
	h.out.Webhooks().ServeHTTP(w, r)
	return w.Code, w.Body.String()
}

func TestWebhookAnswers(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.bought("", "")
		header, body := h.factory.Message("ORDER", h.purchases(placed)[0].Ref)
		forged := header.Clone()
		for k := range forged {
			forged.Set(k, "forged")
		}
		for _, step := range []struct {
			what, path string
			header     http.Header
			body       []byte
			want       int
		}{
			{"genuine", "/webhooks/supplier/east", header, body, 200},
			{"again", "/webhooks/supplier/east", header, body, 200},
			{"for a named store", "/webhooks/supplier/east?store=" + string(h.store), header, body, 200},
			{"for another store", "/webhooks/supplier/east?store=st_none", header, body, 404},
			{"changed", "/webhooks/supplier/east", header, append([]byte(" "), body...), 401},
			{"unsigned", "/webhooks/supplier/east", nil, body, 401},
			{"forged", "/webhooks/supplier/east", forged, body, 401},
			{"nobody", "/webhooks/supplier/west", header, body, 404},
			{"no name", "/webhooks/supplier", header, body, 404},
			{"too deep", "/webhooks/supplier/east/x", header, body, 404},
			{"too long", "/webhooks/supplier/east", header, make([]byte, 1<<20+1), 413},
			{"a probe", "/webhooks/supplier/east", nil, nil, 200},
			{"a probe with an empty object", "/webhooks/payment/card", nil, []byte("{}\n"), 200},
			{"a probe for nobody", "/webhooks/supplier/west", nil, nil, 404},
			{"unsigned money", "/webhooks/payment/card", nil, []byte(`{"object":"event"}`), 401},
		} {
			status, answer := h.post(step.path, step.header, step.body)
			if status != step.want || (status == 200) != (answer == `{"code":200,"result":true}`) {
				h.t.Errorf("%s: %d %s, not %d", step.what, status, answer, step.want)
			}
		}
		for method, want := range map[string]int{http.MethodGet: 200, http.MethodHead: 200, http.MethodPut: 405} {
			r := httptest.NewRequestWithContext(h.t.Context(), method, "/webhooks/supplier/east", nil)
			w := httptest.NewRecorder()
			if h.out.Webhooks().ServeHTTP(w, r); w.Code != want || (want == 405) != (w.Header().Get("Allow") == "GET, HEAD, POST") {
				h.t.Errorf("%s: %d %s", method, w.Code, w.Header().Get("Allow"))
			}
		}
	})
}

// A provider's message that comes twice, late or before our own answer books once.
func TestRepeatedAndReorderedMessages(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.hooks.Chaos(1, 60)
		placed := h.paid(2)
		h.later(20*24*time.Hour, 6*time.Hour)
		o := h.order(placed)
		if o.State != "closed" || o.Money != "paid" {
			h.t.Errorf("order: %s %s %s", o.State, o.Money, o.Attention)
		}
		if n := len(h.mails()); n != 4 {
			h.t.Errorf("%d mails: %q", n, h.mails())
		}
		if found, err := flow.Audit(h.t.Context(), h.db, h.store); err != nil || len(found) > 0 {
			h.t.Errorf("audit: %+v %v", found, err)
		}
	})
}

// What the database does not take is not answered with 200: the provider sends it again.
func TestMessageIsKeptByItsSenderUntilItIsStored(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.place(h.buyer(1), h.stripe, false)
		_, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url, h.url)
		h.must(err)
		h.hooks.Tries = 1
		h.deaf.Store(true)
		h.must(h.bank.Pay(h.payment(placed).Ref, bank.Paid))
		h.work()
		if p := h.payment(placed); p.State != ledger.PaymentPending {
			h.t.Fatalf("nobody listened: %s", p.State)
		}
		h.must(h.out.AskPayment(h.t.Context(), h.store, placed.Payment.PaymentID))
		if p := h.payment(placed); p.State != ledger.PaymentCaptured {
			h.t.Errorf("asked: %s", p.State)
		}
	})
}

// A supplier can be quicker than its own answer: what it says of an order that is not known
// here yet is kept and told again.
func TestWordsThatComeTooEarlyAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.bought("", "")
		p := h.purchases(placed)[0]
		header, body := h.factory.Message("ORDER", p.Ref)
		forget := func(key, ref string) {
			h.update(func(ctx context.Context, tx *db.Tx) error {
				_, err := tx.ExecContext(ctx, "UPDATE purchases SET key = $2, ref = $3 WHERE purchase_id = $1", string(p.PurchaseID), key, ref)
				return err
			})
		}
		forget("not-known-yet", "")
		if status, _ := h.post("/webhooks/supplier/east", header, body); status != 200 {
			h.t.Fatalf("too early: %d", status)
		}
		forget(p.Key, p.Ref)
		h.factory.Hold(p.Ref)
		h.later(10*time.Second, 5*time.Second)
		if list := h.stuck(); len(list) > 0 {
			h.t.Errorf("given up: %+v", list)
		}
		if n := h.waiting("inbox.later"); n != 0 {
			h.t.Errorf("%d words are still waiting", n)
		}
	})
}

// waiting is how many undone jobs of a kind there are.
func (h *house) waiting(kind string) (n int) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		return tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM jobs WHERE kind = $1", kind).Scan(&n)
	})
	return n
}

// A supplier that could not reach us when it was told our address is told it again.
func TestAnAddressThatWasRefusedIsToldAgain(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		heard := func(units, want int64) {
			h.t.Helper()
			h.factory.SetStock(vid, units)
			h.work()
			h.update(func(ctx context.Context, tx *db.Tx) error {
				s, err := inventory.StockOf(ctx, tx, h.store, h.variant)
				if s.Available != want {
					h.t.Errorf("the supplier has %d, we know of %d, want %d", units, s.Available, want)
				}
				return err
			})
		}
		h.deaf.Store(true)
		h.work()
		heard(45, 40)
		h.later(30*time.Second, 10*time.Second)
		heard(44, 40)
		if n := h.waiting("connector.subscribe"); n != 1 {
			h.t.Errorf("%d jobs tell our address", n)
		}
		h.deaf.Store(false)
		h.later(time.Minute, 10*time.Second)
		heard(43, 43)
		if n := h.waiting("connector.subscribe"); n != 0 {
			h.t.Errorf("it is told our address once more: %d", n)
		}
	})
}

func TestStockIsHeardAndPulled(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		stock := func() (n int64) {
			h.update(func(ctx context.Context, tx *db.Tx) error {
				s, err := inventory.StockOf(ctx, tx, h.store, h.variant)
				n = s.Available
				return err
			})
			return n
		}
		h.work() // the supplier is told our address
		h.factory.SetStock(vid, 45)
		h.work()
		if n := stock(); n != 45 {
			h.t.Errorf("heard %d", n)
		}
		h.deaf.Store(true)
		h.factory.SetStock(vid, 43)
		h.must(h.out.Schedule(h.t.Context()))
		h.later(31*time.Minute, 31*time.Minute)
		if n := stock(); n != 43 {
			h.t.Errorf("pulled %d", n)
		}
	})
}

// Something changed again while it is being read: it is read once more.
func TestStockIsReadAgainWhenItChangesMeanwhile(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.must(h.out.TestConnector(h.t.Context(), h.store, connector.Supplier, "east")) // it learns its account's number
		for i, want := range []int{1, 2, 2} {
			body := []byte(`{"messageId":"change-` + strconv.Itoa(i) + `","type":"STOCK","params":{"` + vid + `":[]}}`)
			if status, _ := h.post("/webhooks/supplier/east", h.factory.Sign(body), body); status != 200 {
				h.t.Fatalf("answered %d", status)
			}
			if n := h.waiting("offers.some"); n != want {
				h.t.Errorf("after %d messages it is read %d times, want %d", i+1, n, want)
			}
		}
	})
}

// One article that cannot be read does not hide the others.
func TestUnreadableArticleIsPassedOver(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.hooks.Tries = 1
		h.deaf.Store(true)
		vids := []string{"1392053744945991701", "1392053744945991702", "1392053744945991703", "1392053744945991704"}
		h.update(func(ctx context.Context, tx *db.Tx) error {
			for _, v := range vids {
				_, _, err := inventory.PutOffer(ctx, tx, h.supplier, inventory.Offer{VariantID: h.variant, SupplierSku: v, CostMinor: 300,
					Currency: "USD", Quantity: 5, ShipFrom: "CN", Active: true})
				if err != nil {
					return err
				}
			}
			return nil
		})
		for _, v := range vids {
			h.factory.Put(factory.Variant{VID: v, PID: "P2", Name: "Mug", Cents: 300, Stock: 7, Country: "CN"})
		}
		for range 60 {
			h.factory.Knobs.Once(shared.FailBefore, vids[1])
		}
		h.must(h.out.Schedule(h.t.Context()))
		h.later(5*time.Minute, 20*time.Second)
		var heard []string
		h.update(func(ctx context.Context, tx *db.Tx) error {
			offers, err := inventory.OffersOf(ctx, tx, h.store, h.variant)
			for _, o := range offers {
				if o.Quantity == 7 {
					heard = append(heard, o.SupplierSku)
				}
			}
			return err
		})
		slices.Sort(heard)
		if want := []string{vids[0], vids[2], vids[3]}; !slices.Equal(heard, want) || h.waiting("offers.page") != 0 {
			h.t.Errorf("heard of %v; %d pages are waiting", heard, h.waiting("offers.page"))
		}
	})
}

func TestReportsReplaceMessages(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.must(h.out.Schedule(h.t.Context()))
		placed := h.paid(1)
		h.hooks.Tries = 1
		h.deaf.Store(true)
		h.factory.Knobs.Once(shared.FailBefore, "getOrderDetail")
		h.later(20*24*time.Hour, 6*time.Hour)
		if o := h.order(placed); o.State != "closed" {
			h.t.Errorf("without any message: %s %s", o.State, o.Goods)
		}
		if p := h.purchases(placed)[0]; p.State != purchase.Shipped {
			h.t.Errorf("purchase: %s", p.State)
		}
		if n := h.waiting("tick.reports"); n != 1 || h.waiting("report.page") != 0 {
			h.t.Errorf("%d ticks", n)
		}
	})
}

func TestScheduleTwiceIsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		for range 3 {
			h.must(h.out.Schedule(h.t.Context()))
		}
		for _, kind := range []string{"tick.offers", "tick.reports", "tick.tracking", "tick.janitor"} {
			if n := h.waiting(kind); n != 1 {
				h.t.Errorf("%s: %d", kind, n)
			}
		}
		h.work()
		h.set("report.every", "1s")
		h.must(h.out.Schedule(h.t.Context()))
		before := h.clock.Now()
		var next int64
		h.update(func(ctx context.Context, tx *db.Tx) error {
			return tx.QueryRowContext(ctx, "SELECT run_at FROM jobs WHERE kind = 'tick.reports'").Scan(&next)
		})
		if wait := time.UnixMicro(next).Sub(before); wait > time.Second {
			h.t.Errorf("a shorter pause waits %s", wait)
		}
	})
}
