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
	"doorstep/internal/message"
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

// noted are the notes of an order's conversation, and the state that this is in.
func (h *house) noted(p flow.Placed) (notes []string, state message.State) {
	h.t.Helper()
	h.update(func(ctx context.Context, tx *db.Tx) error {
		notes = nil
		c, known, err := message.OfOrder(ctx, tx, h.store, p.Order.OrderID)
		if err != nil || !known {
			return err
		}
		state = c.State
		all, err := message.Messages(ctx, tx, h.store, c.ConversationID)
		for _, m := range all {
			if m.Kind == message.Note && m.Actor == "staff:us_1" {
				notes = append(notes, m.Body)
			}
		}
		return err
	})
	return notes, state
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
		if notes, state := h.noted(o); len(notes) != 1 || !strings.Contains(notes[0], p.Number+": when will it leave?") || state != message.Closed {
			h.t.Errorf("colleagues read %q, and it is %q", notes, state)
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
		h.update(func(ctx context.Context, tx *db.Tx) error { // a customer waits, and goes on waiting
			m, err := flow.WriteToUs(ctx, tx, h.store, o.Order.OrderID, flow.Wrote{Topic: message.TopicWhere, Words: "Where is it?"})
			if err != nil {
				return err
			}
			return flow.NoteMessage(ctx, tx, h.store, m.ConversationID, "We wait.", "staff:us_1")
		})
		h.later(time.Second, time.Second)
		h.update(ask)
		refused("already")
		if _, state := h.noted(o); state != message.Open {
			h.t.Errorf("the customer's question is %s", state)
		}
		h.later(time.Second, time.Second)
		sent := h.mail.To("sales@supplier.example")
		if len(sent) != 1 || !strings.Contains(sent[0].Subject, p.Number) || !strings.Contains(sent[0].Text, "Please hurry.") {
			h.t.Fatalf("the supplier got %v", sent)
		}
		if notes, _ := h.noted(o); len(notes) != 2 || notes[0] != "We wait." || !strings.Contains(notes[1], "sales@supplier.example:\n\nHello,") || !strings.Contains(notes[1], "Please hurry.") {
			h.t.Errorf("colleagues read %q", notes)
		}
		if got := h.told(o, "purchase.inquiry-mailed"); len(got) != 1 || !strings.Contains(got[0], "Please hurry.") {
			h.t.Errorf("the timeline says %q", got)
		}
	})
}
