package outside_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"doorstep/connector"
	shared "doorstep/connector/emulator"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
)

func cancel(h *house, p flow.Placed) func(ctx context.Context, tx *db.Tx) error {
	return func(ctx context.Context, tx *db.Tx) error {
		return flow.CancelOrder(ctx, tx, h.store, p.Order.OrderID, "changed their mind", "customer")
	}
}

// captured is how much the bank's books say was taken and given back.
func (h *house) captured() (taken, back int64) {
	for _, total := range h.bank.Totals() {
		taken, back = taken+total.Captured, back+total.Refunded
	}
	return taken, back
}

func TestBeginningAgainIsTheSamePayment(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.place(h.buyer(1), h.stripe, false)
		begin := func() string {
			got, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url+"/thanks", h.url+"/cart")
			h.must(err)
			return got.URL
		}
		first := begin()
		if second := begin(); second != first || len(h.bank.Books()) != 1 {
			h.t.Errorf("%s and %s, %d payments", first, second, len(h.bank.Books()))
		}
	})
}

func TestProviderThatIsDownMayBeTriedAgain(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.place(h.buyer(1), h.stripe, false)
		for range 10 {
			h.bank.Knobs.Once(shared.DropBefore, "/v1/")
		}
		_, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url+"/thanks", h.url+"/cart")
		if err == nil || strings.Contains(err.Error(), payKey) {
			h.t.Fatalf("down: %v", err)
		}
	})
}

func TestAuthorisedMoneyIsTakenWhenGoodsArePromised(t *testing.T) {
	t.Parallel()
	for _, fault := range []shared.Fault{"", shared.DropAfter, shared.FailAfter, shared.DropBefore, shared.Busy} {
		t.Run("fault "+string(fault), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.set("payment.capture", "authorise")
				placed := h.paid(1)
				if p := h.payment(placed); p.State != ledger.PaymentAuthorised {
					h.t.Fatalf("after paying: %s", p.State)
				}
				if fault != "" {
					for range 3 { // the library tries again by itself
						h.bank.Knobs.Once(fault, "/capture")
					}
				}
				h.later(6*time.Hour, 30*time.Minute)
				if p := h.payment(placed); p.State != ledger.PaymentCaptured || p.CapturedMinor != p.AmountMinor {
					h.t.Errorf("in the end: %+v", p)
				}
				if taken, _ := h.captured(); taken != placed.Payment.AmountMinor {
					h.t.Errorf("the bank took %d of %d", taken, placed.Payment.AmountMinor)
				}
			})
		})
	}
}

// An authorisation lapses at the bank: it is taken a day before, even where the goods wait.
func TestAuthorisationIsTakenBeforeItLapses(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.set("payment.capture", "authorise", "forwarding", "manual")
		placed := h.paid(1)
		p := h.payment(placed)
		if p.State != ledger.PaymentAuthorised || p.LapsesAt == 0 {
			h.t.Fatalf("after paying: %s until %s", p.State, p.LapsesAt)
		}
		wait := p.LapsesAt.Std().Sub(h.clock.Now()) - 25*time.Hour
		h.later(wait, wait)
		if p := h.payment(placed); p.State != ledger.PaymentAuthorised {
			h.t.Errorf("taken too early: %s", p.State)
		}
		h.later(2*time.Hour, 2*time.Hour)
		if p := h.payment(placed); p.State != ledger.PaymentCaptured {
			h.t.Errorf("not taken: %s", p.State)
		}
	})
}

func TestRefundIsGivenOnce(t *testing.T) {
	t.Parallel()
	for _, fault := range []shared.Fault{"", shared.DropAfter, shared.FailAfter, shared.DropBefore, shared.Busy} {
		t.Run("fault "+string(fault), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				placed := h.paid(1)
				if fault != "" {
					for range 3 {
						h.bank.Knobs.Once(fault, "/refunds")
					}
				}
				h.update(func(ctx context.Context, tx *db.Tx) error {
					_, err := flow.AskRefund(ctx, tx, h.store, placed.Order.OrderID, placed.Payment.AmountMinor, "goodwill", "staff:us_1")
					return err
				})
				h.later(2*time.Hour, 20*time.Minute)
				if taken, back := h.captured(); taken != back || back != placed.Payment.AmountMinor {
					h.t.Errorf("taken %d, given back %d of %d", taken, back, placed.Payment.AmountMinor)
				}
				if o := h.order(placed); o.Money != "refunded" {
					h.t.Errorf("order: %s, %s, %s", o.State, o.Money, o.Attention)
				}
				if found, err := flow.Audit(h.t.Context(), h.db, h.store); err != nil || len(found) > 0 {
					h.t.Errorf("audit: %+v %v", found, err)
				}
			})
		})
	}
}

func TestCancelledOrderGivesTheMoneyBack(t *testing.T) {
	t.Parallel()
	for _, capture := range []string{"now", "authorise"} {
		t.Run(capture, func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.set("payment.capture", capture)
				placed := h.paid(1)
				h.update(cancel(h, placed))
				h.later(time.Hour, 20*time.Minute)
				o := h.order(placed)
				if o.State != "cancelled" || len(h.factory.Books()) != 0 {
					h.t.Errorf("order %s, %d at the supplier", o.State, len(h.factory.Books()))
				}
				if taken, back := h.captured(); taken != back || capture == "authorise" && taken != 0 {
					h.t.Errorf("taken %d, given back %d", taken, back)
				}
				if p := h.payment(placed); capture == "authorise" && p.State != ledger.PaymentVoided {
					h.t.Errorf("the authorisation is %s", p.State)
				}
				if found, err := flow.Audit(h.t.Context(), h.db, h.store); err != nil || len(found) > 0 {
					h.t.Errorf("audit: %+v %v", found, err)
				}
			})
		})
	}
}

func TestDyingAroundMoneyMovesItOnce(t *testing.T) {
	t.Parallel()
	for _, point := range []string{
		"payment.capture/after-intent", "payment.capture/after-call", "payment.capture/after-result",
		"refund.send/after-intent", "refund.send/after-call", "refund.send/after-result",
	} {
		t.Run(strings.ReplaceAll(point, "/", " "), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				h.set("payment.capture", "authorise")
				placed := h.paid(1)
				died := h.dieAt(point)
				h.later(3*time.Hour, 30*time.Minute)
				if strings.HasPrefix(point, "refund") {
					h.update(func(ctx context.Context, tx *db.Tx) error {
						_, err := flow.AskRefund(ctx, tx, h.store, placed.Order.OrderID, 500, "a scratch", "system")
						return err
					})
					h.later(time.Hour, 20*time.Minute)
				}
				if !*died {
					h.t.Fatal("the point was never passed")
				}
				taken, back := h.captured()
				if taken != placed.Payment.AmountMinor || back != 0 && back != 500 || strings.HasPrefix(point, "refund") && back != 500 {
					h.t.Errorf("taken %d of %d, given back %d", taken, placed.Payment.AmountMinor, back)
				}
			})
		})
	}
}

func TestMoneyThatPeopleBring(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		transfer := h.connect(connector.Payment, "manual", "transfer", "payee", "Mug & Moon", "iban", "DE89370400440532013000")
		placed := h.place(h.buyer(1), transfer, true)
		begun, err := h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url, h.url)
		h.must(err)
		if begun.State != "pending" || !strings.Contains(begun.Words, "DE89 3704") {
			h.t.Errorf("transfer: %+v", begun)
		}
		h.later(2*time.Hour, time.Hour)
		if o := h.order(placed); o.State != "pending" {
			h.t.Errorf("a transfer takes days: %s", o.State)
		}
		h.expectMails("pay for order")
		h.update(func(ctx context.Context, tx *db.Tx) error {
			return flow.ConfirmManual(ctx, tx, h.store, placed.Order.OrderID, "staff:us_1")
		})
		if o := h.order(placed); o.State != "open" || o.Money != "paid" {
			h.t.Errorf("confirmed: %s %s", o.State, o.Money)
		}
		cash := h.connect(connector.Payment, "manual", "cash", "method", "cash-on-delivery")
		placed = h.place(h.buyer(1), cash, true)
		begun, err = h.out.BeginPayment(h.t.Context(), h.store, placed.Payment.PaymentID, h.url, h.url)
		h.must(err)
		if o := h.order(placed); begun.State != "authorised" || o.State != "open" {
			h.t.Errorf("at the door: %+v, %s", begun, o.State)
		}
	})
}

func TestUnpaidOrderEnds(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		placed := h.place(h.buyer(1), h.stripe, false)
		h.later(31*time.Minute, 31*time.Minute)
		if o := h.order(placed); o.State != "cancelled" {
			h.t.Errorf("after half an hour: %s", o.State)
		}
		if mails := h.mails(); len(mails) > 0 {
			h.t.Errorf("told of an order that never was: %q", mails)
		}
	})
}
