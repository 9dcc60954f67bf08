//go:build unix

package crash

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"doorstep/internal/db"
	"doorstep/internal/demo"
	"doorstep/internal/flow"
	"doorstep/internal/job"
	"doorstep/internal/report"
)

// Report is what a run came to. "Theirs" is from the books of the emulated suppliers, bank and
// mail server, which no crash of ours can touch.
type Report struct {
	Database  string         `json:"database"`
	Nodes     int            `json:"nodes"`
	Seconds   float64        `json:"seconds"`
	Happened  map[string]int `json:"happened"` // deaths and other troubles
	Reached   int            `json:"points_died_at"`
	Unreached []string       `json:"points_not_come_to,omitempty"`

	Orders    int `json:"orders"`
	Receipts  int `json:"orders_shoppers_were_told_of"`
	Delivered int `json:"delivered"`
	Cancelled int `json:"cancelled"`

	Lost           int `json:"orders_lost"`
	Duplicated     int `json:"supplier_orders_duplicated"`
	SupplierOrders int `json:"supplier_orders"` // theirs
	BareOrders     int `json:"orders_at_the_supplier_without_key_and_finder"`
	BareRepeated   int `json:"repeated_there_without_a_person"`
	Decided        int `json:"decided_by_a_person"`

	Taken       int64 `json:"bank_took_minor"`  // theirs, less what went back
	Cash        int64 `json:"ledger_has_minor"` // ours
	Unbalanced  int   `json:"money_differences"`
	Negative    int   `json:"stock_negative"`
	Mails       int   `json:"mails"` // theirs, distinct
	MailsTwice  int   `json:"mails_twice"`
	MailsUnsure int   `json:"mails_uncertain"` // ours: not repeated, shown to the merchant
	Parked      int64 `json:"jobs_given_up"`
	Audit       int   `json:"audit_differences"`

	Problems []string `json:"problems,omitempty"`
}

// Good says whether all verdicts are zero.
func (r Report) Good() bool {
	return r.Lost == 0 && r.Duplicated == 0 && r.BareRepeated == 0 && r.Unbalanced == 0 && r.Negative == 0 && r.MailsTwice == 0 &&
		r.Parked == 0 && r.Audit == 0 && len(r.Problems) == 0 && r.Delivered+r.Cancelled >= r.Receipts
}

// judge compares everybody's books, once all is quiet.
func (l *lab) judge(ctx context.Context) (Report, error) {
	r := Report{Database: "SQLite", Nodes: l.o.Nodes, Happened: l.counted(), Reached: len(l.points.died), Decided: l.desk.decisions()}
	if l.o.Postgres {
		r.Database = "PostgreSQL"
	}
	orders, err := demo.Documents(ctx, l.program.DB, l.program.Store.StoreID)
	if err != nil {
		return r, err
	}
	books := l.world.Books()
	judged := demo.Judge(wanted(orders), books)
	r.Orders, r.Receipts, r.Delivered = len(orders), len(l.crowd.placed), judged.Delivered
	r.Lost, r.Duplicated, r.SupplierOrders = judged.Lost, judged.Duplicates, judged.SupplierOrders
	r.Problems, r.Negative = append(r.Problems, judged.Problems...), l.negative
	r.receipts(l.crowd.placed, orders)
	r.money(orders, books)
	if !judged.LedgerBalanced {
		r.Unbalanced++
	}
	bareKeys := map[string]int{}
	for _, b := range l.world.CJUS.Books() {
		bareKeys[b.Key]++
	}
	r.BareOrders = len(bareKeys)
	for _, n := range bareKeys {
		r.BareRepeated += n - 1
	}
	l.mails(&r, orders)
	if err := l.house(ctx, &r); err != nil {
		return r, err
	}
	r.Seconds = float64(time.Since(l.began).Milliseconds()) / 1000
	return r, nil
}

// wanted is what suppliers should have: nothing of orders that were cancelled.
func wanted(orders []report.Document) []report.Document {
	out := slices.Clone(orders)
	for i, o := range out {
		if o.State != "cancelled" {
			continue
		}
		out[i].Lines = slices.Clone(o.Lines)
		for j := range out[i].Lines {
			out[i].Lines[j].Cancelled = out[i].Lines[j].Quantity
		}
	}
	return out
}

// receipts looks for every order that a shopper was told of.
func (r *Report) receipts(told []receipt, orders []report.Document) {
	ours := map[string]report.Document{}
	for _, o := range orders {
		ours[string(o.ID)] = o
		if o.State == "cancelled" {
			r.Cancelled++
		}
	}
	for _, t := range told {
		o, there := ours[t.Order]
		switch {
		case !there:
			r.Lost++
			r.problem("order %d was confirmed to its customer and is not there", t.Number)
		case t.Paid && o.PaidAt == 0 && o.State != "cancelled":
			r.Lost++
			r.problem("order %d was paid and does not know it", t.Number)
		case o.Totals.Total != t.Total:
			r.problem("order %d was %v for its customer and is %v", t.Number, t.Total, o.Totals.Total)
		}
	}
}

// money sums what the bank has taken and what the ledger says of it.
func (r *Report) money(orders []report.Document, b demo.Books) {
	for _, c := range b.Captured {
		r.Taken += c.Taken - c.Refunded
	}
	for _, o := range orders {
		for _, e := range o.Ledger {
			switch {
			case e.Debit == "cash":
				r.Cash += e.Amount.Minor
			case e.Credit == "cash":
				r.Cash -= e.Amount.Minor
			}
		}
	}
}

// mails counts what came twice, by its id, and what nobody knows of.
func (l *lab) mails(r *Report, orders []report.Document) {
	came := map[string]int{}
	for _, m := range l.world.Post.Messages() {
		came[m.MessageID]++
		if came[m.MessageID] == 2 && !strings.HasPrefix(m.MessageID, "purchase.") { // the workshop's mail says itself that it is the same order
			r.MailsTwice++
			r.problem("the mail %q to %v came twice", m.Subject, m.Recipients)
		}
	}
	r.Mails = len(came)
	for _, o := range orders {
		for _, m := range o.Mails {
			if m.State == "uncertain" {
				r.MailsUnsure++
			}
		}
	}
}

// house looks at stock, given-up work and the audit.
func (l *lab) house(ctx context.Context, r *Report) error {
	differences, err := flow.Audit(ctx, l.program.DB, l.program.Store.StoreID)
	if err != nil {
		return err
	}
	r.Audit = len(differences)
	for _, d := range differences {
		r.problem("audit: %s of %s is stored as %q and should be %q", d.What, d.Subject, d.Stored, d.Computed)
	}
	var parked []job.Job
	err = l.program.DB.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		c, err := job.Count(ctx, tx)
		if err != nil {
			return err
		}
		r.Parked = c.Parked
		parked, err = job.Parked(ctx, tx, l.program.Store.StoreID)
		return err
	})
	for _, j := range parked {
		r.problem("given up: %s %s: %s", j.Kind, j.Key, j.Error)
	}
	return err
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

// Text is the report for people.
func (r Report) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s, %d node(s), %.0f s\n\nWhat happened:\n", r.Database, r.Nodes, r.Seconds)
	for _, what := range slices.Sorted(maps.Keys(r.Happened)) {
		fmt.Fprintf(&b, "  %5d times %s\n", r.Happened[what], what)
	}
	fmt.Fprintf(&b, "  %5d different points were died at, %d were not come to\n", r.Reached, len(r.Unreached))
	if len(r.Unreached) > 0 {
		fmt.Fprintf(&b, "    not come to: %s\n", strings.Join(r.Unreached, ", "))
	}
	fmt.Fprintf(&b, "\nWhat came of it:\n")
	for _, row := range []struct {
		n     int64
		words string
	}{
		{int64(r.Orders), "orders"}, {int64(r.Delivered), "delivered"}, {int64(r.Cancelled), "cancelled by their customers"},
		{int64(r.SupplierOrders), "orders in the suppliers' own books"},
		{int64(r.BareOrders), "of them at the supplier who has neither key nor finder"},
		{int64(r.Decided), "decided by a person, with those books in front of them"},
		{int64(r.Mails), "mails"}, {int64(r.MailsUnsure), "mails of which nobody knows whether they left; not repeated"},
	} {
		fmt.Fprintf(&b, "  %7d %s\n", row.n, row.words)
	}
	fmt.Fprintf(&b, "\nThe verdict:\n")
	for _, row := range []struct {
		n     int64
		words string
	}{
		{int64(r.Lost), "orders lost"}, {int64(r.Duplicated), "supplier orders duplicated"},
		{int64(r.BareRepeated), "repeated without a person where there is neither key nor finder"},
		{int64(r.Unbalanced), "differences between the bank's money and the ledger's"},
		{int64(r.Negative), "stock figures below zero"}, {int64(r.MailsTwice), "mails sent twice"},
		{r.Parked, "jobs given up"}, {int64(r.Audit), "differences found by the audit"},
	} {
		fmt.Fprintf(&b, "  %7d %s\n", row.n, row.words)
	}
	fmt.Fprintf(&b, "  The bank kept %d.%02d, the ledger has %d.%02d after fees.\n", r.Taken/100, r.Taken%100, r.Cash/100, r.Cash%100)
	for _, p := range r.Problems[:min(len(r.Problems), 40)] {
		fmt.Fprintf(&b, "  ! %s\n", p)
	}
	return b.String()
}
