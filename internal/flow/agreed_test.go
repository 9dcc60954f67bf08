package flow_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/store"
)

// TestTheBankIsToldWhatTheCustomerAcceptedThen: the merchant changed the policies after the
// order. The evidence cites what stood beside the button on that day, and so does what is held
// about the customer. An order from before texts were kept says that it cites today's.
func TestTheBankIsToldWhatTheCustomerAcceptedThen(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		set := func(returns, terms string) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				if err := store.Set(ctx, tx, s.store, "policy.terms", terms); err != nil {
					return err
				}
				return store.Set(ctx, tx, s.store, "policy.returns", returns)
			})
		}
		kept := func() (n int) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				return tx.QueryRowContext(ctx, `SELECT COUNT(*) FROM agreed_texts`).Scan(&n)
			})
			return n
		}
		set("Thirty days.", "Ours first.")
		p := s.bought(1, 0)
		s.later(time.Hour)
		s.bought(1, 0)
		if n := kept(); n != 3 { // with our own text on privacy
			t.Errorf("two orders under the same three texts keep %d", n)
		}
		set("<h2>Returns</h2><p>Three days &amp; <b>no more</b>.</p><ul><li>unused</li><li>in its box</li></ul>", "<p>Ours second.</p>")
		asText := "Returns\n\nThree days & no more.\n\n- unused\n- in its box\n\nThis is the text"
		after := s.bought(1, 0)
		if n := kept(); n != 5 {
			t.Errorf("orders under five texts keep %d", n)
		}
		cited := func(p flow.Placed, ref string) (policy, papers string) {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				_, err := flow.DisputeSaidSo(ctx, tx, s.store, flow.DisputeSaid{Connector: bank, PaymentRef: "pi_" + string(p.Payment.PaymentID), Ref: ref, State: "opened",
					Reason: "product_not_received", AmountMinor: p.Order.TotalMinor, Currency: s.in, Actor: "stripe"})
				return err
			})
			s.do(func(ctx context.Context, tx *db.Tx) error {
				list, err := ledger.ChargebacksOf(ctx, tx, s.store, p.Order.OrderID)
				if err != nil {
					return err
				}
				v, err := flow.LookAtChargeback(ctx, tx, s.store, list[0].ChargebackID)
				if err != nil {
					return err
				}
				out, err := flow.AnswerPapers(ctx, tx, s.store, list[0].ChargebackID, v.Defence)
				for _, part := range out.Sections {
					papers += strings.Join(part.Words, "\n")
				}
				policy = v.Defence.Policy
				return err
			})
			return policy, papers
		}
		policy, papers := cited(p, "dp_1")
		if !strings.HasPrefix(policy, "Thirty days.") || !strings.Contains(policy, "word for word; orders have been placed under it since 2 March 2026") ||
			!strings.Contains(papers, "Thirty days.") || !strings.Contains(papers, "Ours first.") || strings.Contains(papers, "Three days.") || strings.Contains(papers, "Ours second.") {
			t.Errorf("the bank is told %q and %q", policy, papers)
		}
		if strings.Contains(policy, "(in English:") {
			t.Errorf("an English reader is quoted twice: %q", policy)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `UPDATE orders SET locale = 'fr-CH' WHERE order_id = $1`, string(after.Order.OrderID))
			return err
		})
		policy, papers = cited(after, "dp_2")
		if !strings.HasPrefix(policy, asText) || strings.Contains(papers, "<p>") || !strings.Contains(papers, "Ours second.") {
			t.Errorf("of the later order, whose policies are HTML: %q and %q", policy, papers)
		}
		if !strings.Contains(policy, `says: "En commandant, vous acceptez nos conditions" (in English: "By ordering you agree to our terms"), with links`) {
			t.Errorf("a customer who read French: %q", policy)
		}
		s.do(func(ctx context.Context, tx *db.Tx) error {
			held, err := flow.ExportCustomer(ctx, tx, s.store, p.Order.Email)
			if err != nil {
				return err
			}
			var words []string
			for _, r := range held.Tables["agreed_texts"] {
				if r.Text("kind") != "privacy" {
					words = append(words, r.Text("words"))
				}
			}
			if slices.Sort(words); !slices.Equal(words, []string{"Ours first.", "Thirty days."}) {
				t.Errorf("handed over: %q", words)
			}
			_, err = tx.ExecContext(ctx, `UPDATE orders SET agreed_to = '' WHERE order_id = $1`, string(p.Order.OrderID))
			return err
		})
		s.do(func(ctx context.Context, tx *db.Tx) error {
			_, err := tx.ExecContext(ctx, `DELETE FROM chargeback_answers`)
			return err
		})
		if policy, _ := cited(p, "dp_1"); !strings.HasPrefix(policy, "Returns\n\nThree days & no more.") || !strings.Contains(policy, "as it reads today") {
			t.Errorf("of an order from before texts were kept: %q", policy)
		}
	})
}

// A text that a transaction which was rolled back had written is written by the next one.
func TestATextIsKnownOnlyOnceItIsStored(t *testing.T) {
	t.Parallel()
	eachShop(t, "", func(s *shop) {
		shown := []order.Shown{{Kind: "terms", Locale: "en", Words: "Ours."}}
		undone := s.Update(t.Context(), func(ctx context.Context, tx *db.Tx) error {
			if _, err := order.KeepAgreed(ctx, tx, s.store, shown); err != nil {
				return err
			}
			return context.Canceled
		})
		if undone == nil {
			t.Fatal("it was to be undone")
		}
		for wrote := range 2 {
			s.do(func(ctx context.Context, tx *db.Tx) error {
				stands, err := order.KeepAgreed(ctx, tx, s.store, shown)
				if err != nil {
					return err
				}
				if got := tx.Written("agreed_texts"); got != 1-wrote {
					t.Errorf("time %d: %d statements", wrote, got)
				}
				list, err := order.Agreed(ctx, tx, order.Order{StoreID: s.store, AgreedTo: stands})
				if err == nil && (len(list) != 1 || list[0].Words != "Ours.") {
					t.Errorf("%+v", list)
				}
				return err
			})
		}
	})
}
