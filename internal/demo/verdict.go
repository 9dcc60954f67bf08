package demo

import (
	"fmt"
	"slices"
	"time"

	"doorstep/internal/ledger"
	"doorstep/internal/purchase"
	"doorstep/internal/report"
)

// Report is what a run came to. Counts marked "theirs" are from the books of the emulated
// suppliers, provider and mail server, not from our tables.
type Report struct {
	Orders         int         `json:"orders"`
	Delivered      int         `json:"delivered"`
	Purchases      int         `json:"purchases"`
	SplitOrders    int         `json:"split_orders"`
	SupplierOrders int         `json:"supplier_orders_in_their_books"` // theirs
	Duplicates     int         `json:"duplicates"`                     // keys of which suppliers have more than was bought
	Lost           int         `json:"lost"`                           // paid orders that suppliers' books do not cover
	MailsSent      int         `json:"mails_sent"`                     // to customers, distinct, theirs
	MoneyCaptured  int64       `json:"money_captured_minor"`           // theirs, and transfers that a person confirmed
	LedgerBalanced bool        `json:"ledger_balanced"`
	PaidToAccepted Percentiles `json:"paid_to_accepted_ms"`
	AuditOK        bool        `json:"audit_ok"`
	Seconds        float64     `json:"seconds"`
	Faults         int         `json:"faults"`  // how often somebody misbehaved on purpose
	Refused        int         `json:"refused"` // orders that a shopper could not place, sold out mostly

	// Problems says in words what is wrong, for people.
	Problems []string `json:"-"`
}

// Percentiles are of durations in milliseconds.
type Percentiles struct {
	P50 int64 `json:"p50"`
	P95 int64 `json:"p95"`
	P99 int64 `json:"p99"`
}

// Books is what the others have written down.
type Books struct {
	Copies   map[string]int              // suppliers' orders, by our key
	Units    map[string]map[string]int64 // units by our key and their SKU; nil SKUs: a mail, which counts as all
	Captured map[string]Captured         // money, by our payment's key
	Mails    map[string]int              // distinct messages by recipient
}

// Captured is what the provider took and kept of a payment, in minor units.
type Captured struct{ Taken, Fee, Refunded int64 }

// Judge compares our documents with the others' books.
func Judge(orders []report.Document, b Books) Report {
	r := Report{Orders: len(orders), LedgerBalanced: true}
	for key, n := range b.Copies {
		r.SupplierOrders += n
		if n > 1 {
			r.Duplicates++
			r.problem("the key %s has %d orders in a supplier's books", key, n)
		}
	}
	for _, n := range b.Mails {
		r.MailsSent += n
	}
	known := map[string]bool{}
	var waits []time.Duration
	for _, o := range orders {
		r.goods(o, b, known)
		r.money(o, b, known)
		if wait, ok := acceptedAfter(o); ok {
			waits = append(waits, wait)
		}
	}
	for key := range b.Units {
		if !known[key] {
			r.Duplicates++
			r.problem("the key %s stands in a supplier's books and in none of our purchases", key)
		}
	}
	for key, c := range b.Captured {
		if !known[key] && c.Taken != 0 {
			r.unbalanced("the provider took %d for %s, which we do not know", c.Taken, key)
		}
	}
	r.PaidToAccepted = percentiles(waits)
	return r
}

func (r *Report) problem(format string, args ...any) {
	r.Problems = append(r.Problems, fmt.Sprintf(format, args...))
}

func (r *Report) unbalanced(format string, args ...any) {
	r.LedgerBalanced = false
	r.problem(format, args...)
}

// goods compares an order's lines with what the suppliers have of its purchases.
func (r *Report) goods(o report.Document, b Books, known map[string]bool) {
	if o.Goods == "delivered" {
		r.Delivered++
	}
	covered, live := map[int64]int64{}, 0
	for _, p := range o.Purchases {
		known[p.Key] = true
		if p.State != string(purchase.Rejected) && p.State != string(purchase.Cancelled) {
			live++
		}
		for _, l := range p.Lines {
			there := theirs(b, p.Key, l)
			covered[l.OrderLine] += there
			if there > l.Quantity {
				r.Duplicates++
				r.problem("%s: %d of %s were bought, %d stand in the supplier's books", p.Number, l.Quantity, l.SKU, there)
			}
		}
	}
	r.Purchases += live
	if live > 1 {
		r.SplitOrders++
	}
	lost := false
	for _, l := range o.Lines {
		want := l.Quantity - l.Cancelled
		if o.PaidAt == 0 {
			want = 0
		}
		switch {
		case covered[l.Line] > want:
			r.Duplicates++
			r.problem("order %d: %d of %s are wanted, suppliers have %d", o.Number, want, l.SKU, covered[l.Line])
		case covered[l.Line] < want:
			lost = true
			r.problem("order %d: %d of %s are wanted, suppliers have %d", o.Number, want, l.SKU, covered[l.Line])
		}
	}
	if lost {
		r.Lost++
	}
}

// theirs is how many units of a line stand in the supplier's books.
func theirs(b Books, key string, l report.PurchaseLine) int64 {
	units, there := b.Units[key]
	if there && units == nil {
		return l.Quantity
	}
	return units[l.SKU]
}

// money compares an order's ledger with the provider's books, and looks whether the
// customer's account is settled.
func (r *Report) money(o report.Document, b Books, known map[string]bool) {
	var taken, fee, refunded int64
	for _, p := range o.Payments {
		key := paymentKey(string(p.ID))
		known[key] = true
		if p.Manual {
			taken += p.Captured.Minor
			continue
		}
		c := b.Captured[key]
		taken, fee, refunded = taken+c.Taken, fee+c.Fee, refunded+c.Refunded
	}
	r.MoneyCaptured += taken
	var owed, cash int64
	for _, e := range o.Ledger {
		for account, sign := range map[string]int64{e.Debit: 1, e.Credit: -1} {
			switch account {
			case ledger.Customer:
				owed += sign * e.Amount.Minor
			case ledger.Cash:
				cash += sign * e.Amount.Minor
			}
		}
	}
	if owed != 0 {
		r.unbalanced("order %d, %s, its money %s: the customer's account stands at %d", o.Number, o.State, o.Money, owed)
	}
	// A fee is in the ledger only where the provider's messages told it.
	if want := taken - refunded; cash != want && cash != want-fee {
		r.unbalanced("order %d: our cash says %d, the provider's books %d", o.Number, cash, want)
	}
}

// acceptedAfter is how long it took from the payment until the last supplier had promised.
func acceptedAfter(o report.Document) (time.Duration, bool) {
	last := o.PaidAt
	for _, p := range o.Purchases {
		at := p.AcceptedAt
		if at == 0 {
			at = p.ShippedAt
		}
		if at == 0 && (p.State == string(purchase.Rejected) || p.State == string(purchase.Cancelled)) {
			continue
		}
		if at == 0 {
			return 0, false
		}
		last = max(last, at)
	}
	return last.Sub(o.PaidAt), o.PaidAt != 0 && len(o.Purchases) > 0
}

func percentiles(list []time.Duration) Percentiles {
	if len(list) == 0 {
		return Percentiles{}
	}
	slices.Sort(list)
	at := func(percent int) int64 { return list[min(len(list)-1, len(list)*percent/100)].Milliseconds() }
	return Percentiles{at(50), at(95), at(99)}
}

// Good says whether everything that was ordered arrived, once, and all sums agree.
func (r Report) Good() bool {
	return r.Delivered == r.Orders && r.Duplicates == 0 && r.Lost == 0 && r.LedgerBalanced && r.AuditOK
}

// Text is the report for people.
func (r Report) Text() string {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return "NO"
	}
	return fmt.Sprintf(`%d orders placed, %d delivered, in %.1f s; %d of them came from several suppliers.
%d purchases; %d orders in the suppliers' own books: %d twice, %d lost.
%d mails to customers; %d.%02d captured. The ledger agrees with the provider's books: %s. The audit finds nothing: %s.
From paid to promised by all suppliers: %d ms for half of the orders, %d ms for 95 %%, %d ms for 99 %%.
%d times somebody misbehaved on purpose.
`, r.Orders, r.Delivered, r.Seconds, r.SplitOrders, r.Purchases, r.SupplierOrders, r.Duplicates, r.Lost, r.MailsSent,
		r.MoneyCaptured/100, r.MoneyCaptured%100, yes(r.LedgerBalanced), yes(r.AuditOK),
		r.PaidToAccepted.P50, r.PaidToAccepted.P95, r.PaidToAccepted.P99, r.Faults)
}
