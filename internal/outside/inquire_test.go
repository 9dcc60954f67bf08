package outside_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/flow"
)

// told are the words of an order's events of a kind.
func (h *house) told(p flow.Placed, kind string) (list []string) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		list = nil
		events, err := event.OfOrder(ctx, tx, h.store, p.Order.OrderID)
		for _, e := range events {
			if e.Kind == kind {
				list = append(list, e.Data)
			}
		}
		return err
	})
	return list
}

// A supplier is asked by program: its answer stands in the timeline, with its raw words. A second
// press asks nobody.
func TestASupplierIsAsked(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		o := h.paid(1)
		h.later(time.Hour, time.Minute)
		p := h.purchases(o)[0]
		if !h.out.MayAsk(h.t.Context(), p) {
			h.t.Fatalf("%s is %s and cannot be asked", p.Number, p.State)
		}
		answered, err := h.out.AskSupplier(h.t.Context(), h.store, p.PurchaseID, "staff:us_1")
		h.must(err)
		got := h.told(o, "purchase.inquiry-answered")
		if !answered || len(got) != 1 || !strings.Contains(got[0], `"answer":"`) || strings.Contains(got[0], `"answer":""`) {
			h.t.Fatalf("answered %v, and the timeline says %q", answered, got)
		}
		_, err = h.out.AskSupplier(h.t.Context(), h.store, p.PurchaseID, "staff:us_1")
		if refusal, ok := errors.AsType[*flow.Refusal](err); !ok || refusal.Code != "already" {
			h.t.Errorf("a second press came to %v", err)
		}
	})
}

// A supplier is asked by mail, once, in the words that were read before; nothing of it is among
// the order's own mails.
func TestASupplierIsAskedByMail(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		o := h.paid(1)
		h.later(time.Hour, time.Minute)
		p := h.purchases(o)[0]
		ask := func(ctx context.Context, tx *db.Tx) error {
			q, err := flow.InquiryOf(ctx, tx, h.store, p.PurchaseID)
			if err != nil {
				return err
			}
			if !strings.Contains(q.Text, p.Number) || strings.Contains(q.Text, o.Order.Email) {
				h.t.Errorf("the question is %q", q.Text)
			}
			return flow.InquireByMail(ctx, tx, h.store, p.PurchaseID, q.Text+"\nPlease hurry.", "staff:us_1")
		}
		refused := func(code string) {
			err := h.db.Update(h.t.Context(), ask)
			if refusal, ok := errors.AsType[*flow.Refusal](err); !ok || refusal.Code != code {
				h.t.Errorf("it came to %v, want %s", err, code)
			}
		}
		refused("no-address")
		h.update(func(ctx context.Context, tx *db.Tx) error {
			return claim.SetTerms(ctx, tx, claim.SupplierTerm{StoreID: h.store, SupplierID: p.SupplierID, Email: "sales@supplier.example"})
		})
		h.update(ask)
		refused("already")
		h.later(time.Second, time.Second)
		sent := h.mail.To("sales@supplier.example")
		if len(sent) != 1 || !strings.Contains(sent[0].Subject, p.Number) || !strings.Contains(sent[0].Text, "Please hurry.") {
			h.t.Fatalf("the supplier got %v", sent)
		}
		if got := h.told(o, "purchase.inquiry-mailed"); len(got) != 1 || !strings.Contains(got[0], "Please hurry.") {
			h.t.Errorf("the timeline says %q", got)
		}
	})
}
