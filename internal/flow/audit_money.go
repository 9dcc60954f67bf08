package flow

import (
	"context"

	"doorstep/internal/claim"
	"doorstep/internal/db"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/internal/profit"
)

// disputes compares what suppliers credited with the ledger, demand by demand, and wants each of
// them to be where its figures say.
func (d *differences) disputes(ctx context.Context, tx *db.Tx, o order.Order) error {
	list, err := claim.DisputesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	var credited int64
	for _, x := range list {
		credited += x.CreditedMinor
		d.compare("dispute credited", string(x.DisputeID), x.CreditedMinor, sumOfSubject(entries, string(x.DisputeID), ledger.Recovery))
		d.compare("dispute is credited", string(x.DisputeID), x.State == claim.DisputeCredited, x.CreditedMinor > 0)
		d.compare("dispute filed", string(x.DisputeID), x.FiledAt != 0, wasFiled(x))
		d.compare("dispute currency", string(x.DisputeID), x.Currency, o.Currency)
	}
	d.compare("ledger recovered", o.Name(), ledger.Sum(entries, ledger.Recovery), credited)
	return nil
}

// wasFiled says whether a demand's state is one that only filing leads to; of those that it does
// not tell, the stored time is believed.
func wasFiled(x claim.Dispute) bool {
	switch x.State {
	case claim.DisputeDue, claim.DisputeFiling, claim.DisputeUnsure:
		return false
	case claim.DisputeLapsed:
		return x.FiledAt != 0
	}
	return true
}

// sumOfSubject adds the entries of one kind about one thing.
func sumOfSubject(entries []ledger.LedgerEntry, subject, kind string) (total int64) {
	for _, e := range entries {
		if e.Subject == subject && e.Kind == kind {
			total += e.AmountMinor
		}
	}
	return total
}

// answers wants our answer to a chargeback to be where the chargeback is, and every fee and every
// withdrawal of a chargeback to be booked about one that exists.
func (d *differences) answers(ctx context.Context, tx *db.Tx, o order.Order) error {
	list, err := ledger.ChargebacksOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	for _, c := range list {
		taken := sumOfSubject(entries, string(c.ChargebackID), ledger.Withdrawn) - sumOfSubject(entries, string(c.ChargebackID), ledger.Reinstated)
		want := int64(0)
		if c.Withdrawn {
			want = c.AmountMinor
		}
		d.compare("chargeback taken", string(c.ChargebackID), taken, want)
		a, err := ledger.AnswerTo(ctx, tx, o.StoreID, c.ChargebackID)
		if isNone(err) {
			continue
		}
		if err != nil {
			return err
		}
		d.compare("chargeback answer sent", string(c.ChargebackID), a.State == ledger.AnswerSent, a.SentAt != 0)
	}
	return nil
}

// profit wants what the articles of an order earned to be what the ledger says of the order, and
// every entry to be in the order's currency.
func (d *differences) profit(ctx context.Context, tx *db.Tx, o order.Order) error {
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(entries) == 0 {
		return err
	}
	lines, err := order.LinesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	units, err := order.UnitsOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	of := profit.Order{ID: o.OrderID, Currency: o.Currency, Total: o.TotalMinor, Tax: o.TaxMinor}
	for _, l := range lines {
		of.Lines = append(of.Lines, profit.Line{Line: l.LineID, Product: l.ProductID, Quantity: l.Quantity,
			Sale: order.Share(units, l.LineID, 1, l.Quantity, o.TaxIncluded())})
	}
	for _, e := range entries {
		d.compare("ledger currency", e.EntryKey, e.Currency, o.Currency)
		of.Entries = append(of.Entries, profit.Entry{Subject: e.Subject, Kind: e.Kind, Debit: e.Debit, Credit: e.Credit, Amount: e.AmountMinor})
	}
	r := profit.Of(of)
	var articles, sold int64
	for _, a := range r.Articles {
		articles, sold = articles+a.Profit(), sold+a.Line.Sale
	}
	d.compare("profit of its articles", o.Name(), articles, r.Profit())
	d.compare("what its articles sold for", o.Name(), sold, o.TotalMinor)
	return nil
}
