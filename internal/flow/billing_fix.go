package flow

import (
	"context"
	"fmt"
	"strings"
	"time"

	"doorstep/internal/billing"
	"doorstep/internal/claim"
	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/ledger"
	"doorstep/internal/order"
	"doorstep/money"
)

// onBill locks the order of a line that waits for a person.
func onBill(ctx context.Context, tx *db.Tx, s id.Store, st id.Statement, no int64, fn func(order.Order, *billing.StatementLine) error) error {
	found, err := billing.Line(ctx, tx, s, st, no)
	if isNone(err) {
		return refuse("not-found", "There is no such line.")
	}
	if err != nil {
		return err
	}
	if found.OrderID == "" {
		return refuse("unmatched", "The line belongs to no purchase yet: say to which one, or ignore it.")
	}
	return change(ctx, tx, s, found.OrderID, func(o order.Order) error {
		l, err := billing.LockLine(ctx, tx, s, st, no) // under the order's lock
		if err != nil {
			return err
		}
		if !l.State.Waits() {
			return refuse("not-possible", "The line is %s already.", l.State)
		}
		return fn(o, &l)
	})
}

// AcceptBill books a line as it is billed: the purchase cost more than was booked, or less.
func AcceptBill(ctx context.Context, tx *db.Tx, s id.Store, st id.Statement, no int64, actor Actor) error {
	return onBill(ctx, tx, s, st, no, func(o order.Order, l *billing.StatementLine) error {
		if err := bookBill(ctx, tx, o, l); err != nil {
			return err
		}
		l.State = billing.Accepted
		return saveLine(ctx, tx, o, l, actor)
	})
}

// bookBill books what a line bills beyond what was booked, or below it.
func bookBill(ctx context.Context, tx *db.Tx, o order.Order, l *billing.StatementLine) error {
	if l.HereMinor == 0 {
		return refuse("currency", "It is billed in a currency that the purchase has no rate for: ask the supplier for another bill, or ignore it.")
	}
	l.BookedMinor = l.HereMinor - l.ExpectedMinor
	post := ledger.Posting{Key: l.Name() + "/billed", Order: o.OrderID, Subject: string(l.PurchaseID), Kind: ledger.Billed, Debit: ledger.Cost, Credit: ledger.Supplier,
		Amount: money.New(l.BookedMinor, o.Currency)}
	if l.BookedMinor < 0 {
		post.Debit, post.Credit, post.Amount.Minor = post.Credit, post.Debit, -l.BookedMinor
	}
	_, err := ledger.Post(ctx, tx, o.StoreID, post)
	return err
}

// billWindow is how long a demand about a bill stays open where the supplier's terms say nothing.
const billWindow = 30 * 24 * time.Hour

// DisputeBill books what is billed too much and demands it back from the supplier.
func DisputeBill(ctx context.Context, tx *db.Tx, s id.Store, st id.Statement, no int64, actor Actor) error {
	return onBill(ctx, tx, s, st, no, func(o order.Order, l *billing.StatementLine) error {
		more := l.HereMinor - l.ExpectedMinor
		if more <= 0 {
			return refuse("not-possible", "Nothing is billed too much: accept it, or ignore it.")
		}
		if err := bookBill(ctx, tx, o, l); err != nil {
			return err
		}
		terms, err := claim.TermsOf(ctx, tx, s, l.SupplierID)
		if err != nil {
			return err
		}
		window := billWindow
		if terms.Days > 0 {
			window = time.Duration(terms.Days) * 24 * time.Hour
		}
		d := claim.Dispute{StoreID: s, DisputeID: id.Dispute(id.Ordered("di", tx.Now.Std(), tx.Next())), OrderID: o.OrderID, PurchaseID: l.PurchaseID,
			SupplierID: l.SupplierID, State: claim.DisputeDue, AmountMinor: more, Currency: o.Currency, Line: l.Name(), DueAt: clock.Of(tx.Now.Std().Add(window))}
		if _, err := claim.InsertDispute(ctx, tx, d); err != nil {
			return err
		}
		l.State, l.DisputeID = billing.Disputed, d.DisputeID
		if err := saveLine(ctx, tx, o, l, actor); err != nil {
			return err
		}
		return note(ctx, tx, o, "dispute.due", string(d.DisputeID), actor, data{"amount": money.New(more, o.Currency), "until": d.DueAt, "reason": l.Reason})
	})
}

// IgnoreBill lets a line be, with a reason: nothing is booked for it.
func IgnoreBill(ctx context.Context, tx *db.Tx, s id.Store, st id.Statement, no int64, reason string, actor Actor) error {
	reason = strings.TrimSpace(reason)
	if reason == "" || len(reason) > 500 {
		return &Refusal{Code: "reason", Field: "reason", Words: "Please say why, in at most 500 characters."}
	}
	found, err := billing.Line(ctx, tx, s, st, no)
	if isNone(err) {
		return refuse("not-found", "There is no such line.")
	}
	if err != nil {
		return err
	}
	if found.OrderID == "" && found.State == billing.Unmatched {
		if found, err = billing.LockLine(ctx, tx, s, st, no); err != nil {
			return err
		}
		if found.State != billing.Unmatched {
			return refuse("not-possible", "The line is %s already.", found.State)
		}
		found.State, found.Reason = billing.Ignored, reason
		if err := billing.SaveLine(ctx, tx, found); err != nil {
			return err
		}
		return Record(ctx, tx, event.Fact{Store: s, Kind: "bill.ignored", Subject: found.Name(), Actor: string(actor),
			Data: data{"amount": found.Amount(), "reason": reason}})
	}
	return onBill(ctx, tx, s, st, no, func(o order.Order, l *billing.StatementLine) error {
		l.State, l.Reason = billing.Ignored, reason
		return saveLine(ctx, tx, o, l, actor)
	})
}

// LinkBill says to which purchase a line belongs that names none: by our number of it.
func LinkBill(ctx context.Context, tx *db.Tx, s id.Store, st id.Statement, no int64, number string, actor Actor) error {
	l, err := billing.Line(ctx, tx, s, st, no)
	if isNone(err) || err == nil && l.State != billing.Unmatched {
		return refuse("not-possible", "That line belongs to a purchase already.")
	}
	if err != nil {
		return err
	}
	p, err := byOurName(ctx, tx, s, strings.TrimSpace(number))
	if err != nil {
		return err
	}
	if p.PurchaseID == "" {
		return &Refusal{Code: "number", Field: "number", Words: fmt.Sprintf("There is no purchase order %q.", number)}
	}
	return change(ctx, tx, s, p.OrderID, func(o order.Order) error {
		now, err := billing.LockLine(ctx, tx, s, st, no)
		if err != nil {
			return err
		}
		if now.State != billing.Unmatched {
			return refuse("not-possible", "The line is %s already.", now.State)
		}
		if err := note(ctx, tx, o, "bill.linked", now.Name(), actor, data{"number": p.Number}); err != nil {
			return err
		}
		return matchLine(ctx, tx, o, &now, p.PurchaseID)
	})
}

// gatherBills reads the lines of statements that wait for a person.
func gatherBills(ctx context.Context, tx *db.Tx, o order.Order, f *order.Facts) error {
	lines, err := billing.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, l := range lines {
		if l.State.Waits() {
			f.Bills = append(f.Bills, order.BillFact{Line: l.Name(), Twice: l.State == billing.Duplicate, Words: l.Reason})
		}
	}
	return err
}

// bills compares what statements booked with the ledger, and lines with where they say they are.
func (d *differences) bills(ctx context.Context, tx *db.Tx, o order.Order) error {
	lines, err := billing.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	if err != nil || len(lines) == 0 {
		return err
	}
	entries, err := ledger.Entries(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	disputes, err := claim.DisputesOf(ctx, tx, o.StoreID, o.OrderID)
	if err != nil {
		return err
	}
	states := map[id.Dispute]claim.DisputeState{}
	for _, x := range disputes {
		states[x.DisputeID] = x.State
	}
	for _, l := range lines {
		var booked int64
		for _, e := range entries {
			switch {
			case e.EntryKey != l.Name()+"/billed":
			case e.Debit == ledger.Cost:
				booked += e.AmountMinor
			default:
				booked -= e.AmountMinor
			}
		}
		d.compare("bill booked", l.Name(), l.BookedMinor, booked)
		settled := l.State == billing.Accepted || l.State == billing.Disputed
		if settled {
			d.compare("bill difference", l.Name(), l.BookedMinor, l.HereMinor-l.ExpectedMinor)
		} else {
			d.compare("bill booked too early", l.Name(), l.BookedMinor, 0)
		}
		if l.State == billing.Disputed {
			d.compare("bill demanded", l.Name(), string(l.DisputeID), demandOf(disputes, l.Name()))
		}
		if l.State == billing.Credited {
			d.compare("bill credited", l.Name(), string(states[l.DisputeID]), string(claim.DisputeCredited))
		}
	}
	return nil
}

// demandOf is the demand that rests on a line.
func demandOf(list []claim.Dispute, line string) string {
	for _, d := range list {
		if d.Line == line {
			return string(d.DisputeID)
		}
	}
	return ""
}

// billedOf is what statements booked for an order beyond what was planned.
func billedOf(ctx context.Context, tx *db.Tx, o order.Order) (total int64, err error) {
	lines, err := billing.OfOrder(ctx, tx, o.StoreID, o.OrderID)
	for _, l := range lines {
		total += l.BookedMinor
	}
	return total, err
}
