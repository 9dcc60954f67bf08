package ledger

import (
	"slices"

	"doorstep/internal/id"
	"doorstep/money"
)

// The accounts of the ledger. Each entry moves an amount from one to another, so the books
// balance by their shape; what can be wrong is only whether an entry is there.
const (
	Customer = "customer" // what the customer owes us; negative when we owe them
	Cash     = "cash"     // at the payment providers, or in the bank
	Sales    = "sales"
	Fees     = "fees"     // what providers keep
	Disputed = "disputed" // taken by banks, for now or for good
	Cost     = "cost"     // what sold goods cost us, with freight
	Supplier = "supplier" // what we owe suppliers

	Recovered = "recovered" // what suppliers made good

	StoreCredit = "store-credit" // what customers may spend here; negative: that is what we owe them
	Goodwill    = "goodwill"     // store credit that was given away
)

// CreditDriver is the driver of payments made with store credit: they have no connector.
const CreditDriver = "store-credit"

// The kinds of entry.
const (
	Sale       = "sale"
	Captured   = "capture"
	Fee        = "fee"
	Refunded   = "refund"
	Credit     = "credit" // part of a sale taken back
	Withdrawn  = "dispute"
	Reinstated = "dispute-won"
	Bought     = "cost"
	NotBought  = "cost-back"
	Bounced    = "refund-bounced"
	Recovery   = "recovery" // a supplier's credit for something that went wrong
	Exchanged  = "exchange" // what a customer pays more for another article
	Granted    = "granted"  // store credit given away, or taken back
	Billed     = "billed"   // a supplier bills more than was booked, or less
	FeeBack    = "fee-back" // of a chargeback that was won

	ReturnFreight = "return-freight" // what a customer paid to send goods back, which the store bears
)

// Posting is an entry to be made. The same Key is booked once.
type Posting struct {
	Key     string
	Order   id.Order
	Subject string
	Kind    string
	Debit   string
	Credit  string
	Amount  money.Amount
}

// Balances are the sums of an order's entries per account, minor units: debits less credits.
type Balances map[string]int64

// Balance sums entries.
func Balance(entries []LedgerEntry) Balances {
	b := Balances{}
	for _, e := range entries {
		b[e.Debit] += e.AmountMinor
		b[e.Credit] -= e.AmountMinor
	}
	return b
}

// Sum adds the entries of one kind.
func Sum(entries []LedgerEntry, kind string) int64 {
	var total int64
	for _, e := range entries {
		if e.Kind == kind {
			total += e.AmountMinor
		}
	}
	return total
}

// Refundable is what may be given back of a payment: captured less refunded, less what is
// on its way back, less what a bank took; and nothing while a chargeback is open, because
// the bank may give the same money back.
func Refundable(captured int64, refunds []Refund, chargebacks []Chargeback) int64 {
	left := captured
	for _, r := range refunds {
		if r.State != RefundDeclined && r.State != RefundFailed {
			left -= r.AmountMinor
		}
	}
	for _, c := range chargebacks {
		if c.Open() {
			return 0
		}
		if c.State == ChargebackLost || c.State == ChargebackConceded {
			left -= c.AmountMinor
		}
	}
	return max(left, 0)
}

// Replaced says whether a refund that failed was followed by another in its place, see InPlaceOf.
func Replaced(all []Refund, failed Refund) bool {
	_, found := InPlaceOf(all, failed)
	return found
}

// InPlaceOf is the refund of the same amount that followed one that failed, and did not fail. Each
// stands for one failure, the earliest first; what a claim gives back never stands for what others
// are owed. all are the order's, oldest first.
func InPlaceOf(all []Refund, failed Refund) (by Refund, found bool) {
	used := map[id.Refund]bool{}
	for _, r := range all {
		if r.State != RefundFailed || r.PaymentID != failed.PaymentID || r.AmountMinor != failed.AmountMinor {
			continue
		}
		i := slices.IndexFunc(all, func(later Refund) bool { return !used[later.RefundID] && later.standsFor(r) })
		if i >= 0 {
			used[all[i].RefundID] = true
		}
		if r.RefundID == failed.RefundID {
			if i < 0 {
				return Refund{}, false
			}
			return all[i], true
		}
	}
	return Refund{}, false
}

// standsFor says whether a refund may stand for one that failed before it.
func (r Refund) standsFor(failed Refund) bool {
	return r.RefundID > failed.RefundID && r.PaymentID == failed.PaymentID && r.AmountMinor == failed.AmountMinor &&
		(r.ClaimID == failed.ClaimID || r.ClaimID == "") && r.State != RefundFailed && r.State != RefundDeclined
}

// Open says whether the bank has not decided.
func (c Chargeback) Open() bool {
	return c.State == ChargebackInquiry || c.State == ChargebackOpened || c.State == ChargebackAnswered
}

// Amount is what the payment is for.
func (p Payment) Amount() money.Amount { return money.New(p.AmountMinor, p.Currency) }

// Amount is what the refund gives back.
func (r Refund) Amount() money.Amount { return money.New(r.AmountMinor, r.Currency) }
