package ledger

import (
	"doorstep/internal/id"
	"doorstep/money"
)

// OfCredit says whether the payment is made with store credit.
func (p Payment) OfCredit() bool { return p.Driver == CreditDriver }

// Place is the account in which the payment's money is: with providers, or with the store as
// credit.
func (p Payment) Place() string {
	if p.OfCredit() {
		return StoreCredit
	}
	return Cash
}

// BackTo is the account that a refund of the payment leaves from: store credit where it was
// paid so, and where the customer takes it so.
func (r Refund) BackTo(p Payment) string {
	if r.ToCredit {
		return StoreCredit
	}
	return p.Place()
}

// CaptureOf is the entry of money that came in.
func CaptureOf(p Payment) Posting {
	return Posting{Key: string(p.PaymentID) + "/capture", Order: p.OrderID, Subject: string(p.PaymentID), Kind: Captured,
		Debit: p.Place(), Credit: Customer, Amount: money.New(p.CapturedMinor, p.Currency)}
}

// SaleOf is the entry of a sale.
func SaleOf(o id.Order, total money.Amount) Posting {
	return Posting{Key: string(o) + "/sale", Order: o, Subject: string(o), Kind: Sale, Debit: Customer, Credit: Sales, Amount: total}
}

// ExchangeOf is the entry of what a customer pays more for another article.
func ExchangeOf(o id.Order, exchange string, more money.Amount) Posting {
	return Posting{Key: exchange + "/exchange", Order: o, Subject: exchange, Kind: Exchanged, Debit: Customer, Credit: Sales, Amount: more}
}

// UnexchangeOf is the entry that undoes ExchangeOf: the other article will not come.
func UnexchangeOf(o id.Order, exchange string, more money.Amount) Posting {
	return Posting{Key: exchange + "/unexchanged", Order: o, Subject: exchange, Kind: Credit, Debit: Sales, Credit: Customer, Amount: more}
}

// UnsaleOf is the entry that undoes what is left of an order's sale: parts that were undone
// before, and refunds that bounced, are in entries, which are the order's.
func UnsaleOf(o id.Order, c money.Currency, entries []LedgerEntry) Posting {
	return Posting{Key: string(o) + "/unsold", Order: o, Subject: string(o), Kind: Credit, Debit: Sales, Credit: Customer,
		Amount: money.New(max(-Balance(entries)[Sales], 0), c)}
}

// RefundOf are the entries of a refund: the money, and the part of the sale that it undoes.
// That is not what was paid too much, and not what was undone already. entries are the order's
// so far.
func RefundOf(r Refund, p Payment, entries []LedgerEntry) []Posting {
	tooMuch := max(-Balance(entries)[Customer], 0)
	name := string(r.RefundID)
	return []Posting{
		{Key: name + "/refund", Order: r.OrderID, Subject: name, Kind: Refunded, Debit: Customer, Credit: r.BackTo(p), Amount: r.Amount()},
		{Key: name + "/credit", Order: r.OrderID, Subject: name, Kind: Credit, Debit: Sales, Credit: Customer,
			Amount: money.New(max(r.AmountMinor-tooMuch, 0), r.Currency)},
	}
}

// BounceOf are the entries of a refund whose money came back: the sale holds again as far as
// the refund had undone it, unless the whole order is gone.
func BounceOf(r Refund, entries []LedgerEntry, gone bool) []Posting {
	var undone int64
	name := string(r.RefundID)
	for _, e := range entries {
		if e.Subject == name && e.Kind == Credit && !gone {
			undone += e.AmountMinor
		}
	}
	return []Posting{
		{Key: name + "/bounced", Order: r.OrderID, Subject: name, Kind: Bounced, Debit: Cash, Credit: Customer, Amount: r.Amount()},
		{Key: name + "/uncredit", Order: r.OrderID, Subject: name, Kind: Bounced, Debit: Customer, Credit: Sales, Amount: money.New(undone, r.Currency)},
	}
}

// ReturnFreightOf is the entry of what we owe a customer for sending goods back: a cost of ours,
// and nothing of the sale. The refund, or the store credit, that pays it undoes the debt.
func ReturnFreightOf(o id.Order, claim id.Claim, cost money.Amount) Posting {
	return Posting{Key: string(claim) + "/return-freight", Order: o, Subject: string(claim), Kind: ReturnFreight, Debit: Cost, Credit: Customer, Amount: cost}
}

// ReturnCreditOf is the entry of the part of it that is paid as store credit.
func ReturnCreditOf(o id.Order, claim id.Claim, part money.Amount) Posting {
	return Posting{Key: string(claim) + "/return-credit", Order: o, Subject: string(claim), Kind: Granted, Debit: Customer, Credit: StoreCredit, Amount: part}
}

// ChargebackOf is the entry of money that a bank took, or gave back; an empty one where
// nothing moved. taken says whether it had the money before.
func ChargebackOf(c Chargeback, taken bool) Posting {
	p := Posting{Order: c.OrderID, Subject: string(c.ChargebackID), Amount: money.New(c.AmountMinor, c.Currency)}
	switch {
	case c.Withdrawn && !taken:
		p.Key, p.Kind, p.Debit, p.Credit = p.Subject+"/withdrawn", Withdrawn, Disputed, Cash
	case taken && !c.Withdrawn:
		p.Key, p.Kind, p.Debit, p.Credit = p.Subject+"/reinstated", Reinstated, Cash, Disputed
	default:
		return Posting{}
	}
	return p
}
