package flow_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/purchase"
)

// Two people see to the same line of a bill at once: one lets it be, one says whose it is. What
// one of them did stays, and the other is told.
func TestALineIsIgnoredOrLinkedNotBoth(t *testing.T) {
	t.Parallel()
	each(t, "", func(s *shop) {
		const lines = 12
		s.offer(s.ali, s.mug, 500, 2*lines)
		bought, file := []purchase.Purchase(nil), "Order ID,Total\n"
		for i := range lines {
			bought = append(bought, s.purchases(s.bought(1, 0).Order.OrderID)[0])
			file += fmt.Sprintf("NOBODY-%d,8.00\n", i+1)
		}
		s.acknowledged()
		b := flow.Billing{Supplier: s.ali.SupplierID, FileName: "bill.csv", Raw: []byte(file), Currency: "EUR", Actor: me}
		table, err := billing.Open(b.Raw)
		s.must(err)
		b.Mapping = billing.Guess(table.Header, nil)
		done, err := flow.ImportStatement(s.t.Context(), s.DB, s.store, b)
		s.must(err)
		if done.Counts[billing.Unmatched] != lines {
			s.t.Fatalf("%v, problems %v", done.Counts, done.Problems)
		}
		for i, p := range bought {
			no := int64(i + 1)
			errs := s.atOnce(func(ctx context.Context, tx *db.Tx) error {
				return flow.LinkBill(ctx, tx, s.store, done.Statement, no, p.Number, me)
			}, func(ctx context.Context, tx *db.Tx) error {
				return flow.IgnoreBill(ctx, tx, s.store, done.Statement, no, "of our other shop", "staff:us_2")
			})
			if (errs[0] == nil) == (errs[1] == nil) {
				s.t.Errorf("line %d: linked %v, ignored %v", no, errs[0], errs[1])
			}
			want := map[bool]string{true: "matched", false: "ignored"}[errs[0] == nil]
			if got := s.column("SELECT state FROM statement_lines WHERE line_no = $1", no); got != want {
				s.t.Errorf("line %d is %s, want %s", no, got, want)
			}
		}
	})
}

// atOnce runs commands side by side, and says what came of each: nothing, or a refusal.
func (s *shop) atOnce(commands ...func(ctx context.Context, tx *db.Tx) error) []error {
	s.t.Helper()
	errs := make([]error, len(commands))
	var group sync.WaitGroup
	for i, fn := range commands {
		group.Go(func() { errs[i] = s.Update(s.t.Context(), fn) })
	}
	group.Wait()
	for _, err := range errs {
		var r *flow.Refusal
		if err != nil && !errors.As(err, &r) {
			s.t.Error(err)
		}
	}
	return errs
}

// A file credits far more for a purchase than we demand for it: nothing of the file was taken in.
func TestACreditThatIsNotOfTheDemand(t *testing.T) {
	t.Parallel()
	each(t, claimSettings, func(s *shop) {
		s.do(func(ctx context.Context, tx *db.Tx) error {
			return flow.SetSupplierTerms(ctx, tx, claim.SupplierTerm{StoreID: s.store, SupplierID: s.ali.SupplierID, Days: 10, Accepts: "refund"}, me)
		})
		p := s.bought(1, 0)
		s.delivered(p)
		s.later(72 * time.Hour)
		s.do(approve(s, s.claims(p.Order.OrderID, claim.Damaged, claim.Keep, 1), claim.Keep))
		s.refunded()
		b := flow.Billing{Supplier: s.ali.SupplierID, FileName: "bill.csv", Raw: []byte("Order ID,Total\n1001-1,-100.00\n"), Currency: "EUR", Actor: me}
		table, err := billing.Open(b.Raw)
		s.must(err)
		b.Mapping = billing.Guess(table.Header, nil)
		_, err = flow.ImportStatement(s.t.Context(), s.DB, s.store, b)
		s.must(err)
		if d := s.demand(p.Order.OrderID); d.CreditedMinor != 0 || s.column("SELECT state FROM statement_lines") != string(billing.Differs) {
			s.t.Errorf("the demand is %s with %d, the line %s", d.State, d.CreditedMinor, s.column("SELECT state FROM statement_lines"))
		}
	})
}
