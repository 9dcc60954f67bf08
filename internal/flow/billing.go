package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"doorstep/internal/billing"
	"doorstep/internal/db"
	"doorstep/internal/event"
	"doorstep/internal/id"
	"doorstep/internal/inventory"
	"doorstep/internal/order"
	"doorstep/internal/purchase"
	"doorstep/money"
)

// Billing is what a person says of a supplier's file.
type Billing struct {
	Supplier id.Supplier
	Number   string // the supplier's of it; the file's name where none is given
	FileName string
	Raw      []byte
	Mapping  billing.Mapping
	Currency money.Currency // of rows that say none
	Actor    Actor
}

// BillLine is what a row of a file is, or would be.
type BillLine struct {
	Row   billing.Row
	Line  billing.StatementLine
	Order string // "#1001"; empty: none
}

// Billed is what an import did, or would do.
type Billed struct {
	Statement id.Statement // empty: nothing was stored
	Known     bool         // the same file was imported before
	Lines     []BillLine
	Problems  []billing.Problem
	Counts    map[billing.State]int64
}

// billsAtOnce is how many rows are stored in one transaction.
const billsAtOnce = 50

// read opens the file and reads its rows.
func (b Billing) read() ([]billing.Row, []billing.Problem, error) {
	t, err := billing.Open(b.Raw)
	if err != nil {
		return nil, nil, &Refusal{Code: "file", Field: "file", Words: sentenceOf(strings.TrimPrefix(err.Error(), "statement: "))}
	}
	if !b.Mapping.Enough() {
		return nil, nil, &Refusal{Code: "mapping", Field: "mapping", Words: "Say which column names the order or the parcel, and which one the amount."}
	}
	rows, problems := billing.Read(t, b.Mapping, b.Currency)
	return rows, problems, nil
}

func sentenceOf(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}

func (b Billing) print() string {
	sum := sha256.Sum256(b.Raw)
	return hex.EncodeToString(sum[:])
}

// TryStatement says what an import would do, and changes nothing.
func TryStatement(ctx context.Context, d *db.DB, s id.Store, b Billing) (out Billed, err error) {
	rows, problems, err := b.read()
	if err != nil {
		return out, err
	}
	err = d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		out = Billed{Problems: problems, Counts: map[billing.State]int64{}}
		if _, err := billing.ByPrint(ctx, tx, s, b.Supplier, b.print()); err == nil {
			out.Known = true
		} else if !isNone(err) {
			return err
		}
		seen := map[id.Purchase]string{}
		for _, r := range rows {
			l, number, err := judgeRow(ctx, tx, lineOf(s, "", b.Supplier, r), seen)
			if err != nil {
				return err
			}
			out.Lines = append(out.Lines, BillLine{Row: r, Line: l, Order: number})
			out.Counts[l.State]++
		}
		return nil
	})
	return out, err
}

// ImportStatement stores a supplier's file and matches its rows, some of them in each
// transaction. The same file twice changes nothing; one that was broken off goes on.
func ImportStatement(ctx context.Context, d *db.DB, s id.Store, b Billing) (out Billed, err error) {
	rows, problems, err := b.read()
	if err != nil {
		return out, err
	}
	if len(rows) == 0 {
		return Billed{Problems: problems}, &Refusal{Code: "file", Field: "file", Words: "No row of it can be read."}
	}
	out = Billed{Problems: problems, Counts: map[billing.State]int64{}}
	var st billing.Statement
	err = d.Update(ctx, func(ctx context.Context, tx *db.Tx) (err error) {
		st, out.Known, err = beginStatement(ctx, tx, s, b, len(rows))
		return err
	})
	if err != nil {
		return out, err
	}
	out.Statement = st.StatementID
	for at := 0; at < len(rows); at += billsAtOnce {
		some := rows[at:min(at+billsAtOnce, len(rows))]
		if err := d.Update(ctx, func(ctx context.Context, tx *db.Tx) error { return bookRows(ctx, tx, st, some) }); err != nil {
			return out, err
		}
	}
	return out, d.View(ctx, func(ctx context.Context, tx *db.Tx) error {
		counts, err := billing.Progress(ctx, tx, s, st.StatementID, st.StatementID)
		out.Counts = counts[st.StatementID]
		return err
	})
}

func beginStatement(ctx context.Context, tx *db.Tx, s id.Store, b Billing, rows int) (st billing.Statement, known bool, err error) {
	if _, err := inventory.SupplierByID(ctx, tx, s, b.Supplier); err != nil {
		return st, false, refuse("not-found", "There is no such supplier.")
	}
	if st, err = billing.ByPrint(ctx, tx, s, b.Supplier, b.print()); !isNone(err) {
		return st, err == nil, err
	}
	st = billing.Statement{StoreID: s, StatementID: id.Statement(id.Ordered("sm", tx.Now.Std(), tx.Next())), SupplierID: b.Supplier,
		Number: orElse(strings.TrimSpace(b.Number), b.FileName), FileName: b.FileName, Print: b.print(), RowCount: int64(rows), Actor: string(b.Actor)}
	if _, err := billing.Insert(ctx, tx, st); err != nil {
		return st, false, err
	}
	terms, err := billing.TermsOf(ctx, tx, s, b.Supplier)
	if err != nil {
		return st, false, err
	}
	terms.Currency = b.Currency
	if terms.Columns, err = toJSON(b.Mapping); err != nil {
		return st, false, err
	}
	if err := billing.SetTerms(ctx, tx, terms); err != nil {
		return st, false, err
	}
	return st, false, Record(ctx, tx, event.Fact{Store: s, Kind: "statement.imported", Subject: string(st.StatementID), Actor: string(b.Actor),
		Data: data{"number": st.Number, "rows": rows}})
}

func lineOf(s id.Store, st id.Statement, supplier id.Supplier, r billing.Row) billing.StatementLine {
	title := r.Title
	if r.Rows > 1 {
		title = strings.TrimSpace(fmt.Sprintf("%s (%d rows)", title, r.Rows))
	}
	return billing.StatementLine{StoreID: s, StatementID: st, LineNo: r.No, SupplierID: supplier, Ref: r.Ref, OurRef: r.OurRef, Tracking: r.Tracking,
		Title: title, BilledOn: r.Date, AmountMinor: r.Amount.Minor, Currency: r.Amount.Currency}
}

// bookRows stores rows that are not stored yet.
func bookRows(ctx context.Context, tx *db.Tx, st billing.Statement, rows []billing.Row) error {
	for _, r := range rows {
		if _, err := billing.Line(ctx, tx, st.StoreID, st.StatementID, r.No); !isNone(err) {
			if err != nil {
				return err
			}
			continue
		}
		l := lineOf(st.StoreID, st.StatementID, st.SupplierID, r)
		p, err := purchaseOf(ctx, tx, l)
		if err != nil {
			return err
		}
		if p.PurchaseID == "" {
			l.State, l.Reason = billing.Unmatched, "No purchase of ours has this number."
			if _, err := billing.InsertLine(ctx, tx, l); err != nil {
				return err
			}
			continue
		}
		err = change(ctx, tx, st.StoreID, p.OrderID, func(o order.Order) error {
			if _, err := billing.InsertLine(ctx, tx, withState(l, billing.Unmatched)); err != nil {
				return err
			}
			return matchLine(ctx, tx, o, &l, p.PurchaseID)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func withState(l billing.StatementLine, s billing.State) billing.StatementLine {
	l.State = s
	return l
}

// matchLine holds a stored line against a purchase, takes in a credit, and says so on the order.
func matchLine(ctx context.Context, tx *db.Tx, o order.Order, l *billing.StatementLine, name id.Purchase) error {
	p, err := purchase.Get(ctx, tx, l.StoreID, name)
	if err != nil {
		return err
	}
	l.PurchaseID, l.OrderID = p.PurchaseID, p.OrderID
	bought, tolerance, err := boughtFor(ctx, tx, o, p, *l, nil)
	if err != nil {
		l.State, l.Reason = billing.Differs, "It is billed in "+string(l.Currency)+", the purchase is in "+string(p.Currency)+", and the settings have no rate between them."
		return saveLine(ctx, tx, o, l, System)
	}
	l.HereMinor = bought.Here.Minor
	if l.AmountMinor < 0 {
		done, err := creditDispute(ctx, tx, o, l, -bought.Here.Minor)
		if err != nil || done {
			return err
		}
	}
	v := billing.Judge(bought, tolerance)
	l.State, l.ExpectedMinor, l.Reason = v.State, v.Expected, v.Reason
	return saveLine(ctx, tx, o, l, System)
}

// saveLine stores a line and says what it is on the order.
func saveLine(ctx context.Context, tx *db.Tx, o order.Order, l *billing.StatementLine, actor Actor) error {
	if err := billing.SaveLine(ctx, tx, *l); err != nil {
		return err
	}
	return note(ctx, tx, o, "bill."+string(l.State), l.Name(), actor, data{"amount": l.Amount(), "reason": l.Reason})
}

// judgeRow says what a line would be, and for which order; seen are the purchases that rows
// before it bill.
func judgeRow(ctx context.Context, tx *db.Tx, l billing.StatementLine, seen map[id.Purchase]string) (billing.StatementLine, string, error) {
	p, err := purchaseOf(ctx, tx, l)
	if err != nil {
		return l, "", err
	}
	if p.PurchaseID == "" {
		l.State, l.Reason = billing.Unmatched, "No purchase of ours has this number."
		return l, "", nil
	}
	o, err := order.Get(ctx, tx, l.StoreID, p.OrderID)
	if err != nil {
		return l, "", err
	}
	l.PurchaseID, l.OrderID = p.PurchaseID, p.OrderID
	bought, tolerance, err := boughtFor(ctx, tx, o, p, l, seen)
	if err != nil {
		l.State, l.Reason = billing.Differs, "It is billed in "+string(l.Currency)+", the purchase is in "+string(p.Currency)+", and the settings have no rate between them."
		return l, o.Name(), nil
	}
	l.HereMinor = bought.Here.Minor
	if d, err := creditedDispute(ctx, tx, l); err != nil || d != nil {
		if d != nil {
			l.State, l.DisputeID, l.Reason = billing.Credited, d.DisputeID, "It ends our demand."
		}
		return l, o.Name(), err
	}
	v := billing.Judge(bought, tolerance)
	l.State, l.ExpectedMinor, l.Reason = v.State, v.Expected, v.Reason
	if l.Charge() {
		seen[p.PurchaseID] = fmt.Sprintf("row %d of this file", l.LineNo)
	}
	return l, o.Name(), nil
}

// boughtFor is what is known of a purchase that a line bills, and how much may differ.
func boughtFor(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, l billing.StatementLine, seen map[id.Purchase]string) (b billing.Bought, t billing.Tolerance, err error) {
	here, err := billedHere(ctx, tx, o, p, l.Amount())
	if err != nil {
		return b, t, err
	}
	b = billing.Bought{Number: p.Number, Live: p.Known() && p.SubmittedAt != 0, Here: money.New(here, o.Currency), Foreign: l.Currency != o.Currency, Before: seen[p.PurchaseID]}
	booked := int64(0)
	if b.Live {
		booked = p.BookedMinor
	}
	earlier, err := billing.OfPurchase(ctx, tx, l.StoreID, p.PurchaseID)
	if err != nil {
		return b, t, err
	}
	for _, e := range earlier {
		if e.StatementID == l.StatementID && e.LineNo == l.LineNo {
			continue
		}
		if e.State != billing.Ignored && e.State != billing.Credited {
			b.Returned += e.HereMinor
		}
		if e.Charge() && e.State != billing.Ignored && b.Before == "" {
			st, err := billing.Get(ctx, tx, l.StoreID, e.StatementID)
			if err != nil {
				return b, t, err
			}
			b.Before = fmt.Sprintf("%s, row %d", st.Number, e.LineNo)
		}
	}
	b.Booked = money.New(booked, o.Currency)
	t, err = toleranceFor(ctx, tx, o, l.SupplierID)
	return b, t, err
}

// billedHere is what is billed in the order's currency: at the purchase's rate, or, where it is
// billed in a third currency, at the store's.
func billedHere(ctx context.Context, tx *db.Tx, o order.Order, p purchase.Purchase, a money.Amount) (int64, error) {
	if a.Currency == p.Currency || a.Currency == o.Currency {
		return inOrderCurrency(p, o, a)
	}
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return 0, err
	}
	rate, err := set.Rate(a.Currency, o.Currency)
	if err != nil {
		return 0, err
	}
	minor := max(a.Minor, -a.Minor) // rounded as its opposite is
	here, err := rate.Convert(money.New(minor, a.Currency))
	if a.Minor < 0 {
		here.Minor = -here.Minor
	}
	return here.Minor, err
}

// toleranceFor is how much a supplier's bills may differ, in an order's currency.
func toleranceFor(ctx context.Context, tx *db.Tx, o order.Order, supplier id.Supplier) (t billing.Tolerance, err error) {
	terms, err := billing.TermsOf(ctx, tx, o.StoreID, supplier)
	if err != nil {
		return t, err
	}
	set, err := settingsOf(ctx, tx, o.StoreID)
	if err != nil {
		return t, err
	}
	rate, err := set.Rate(set.Currency, o.Currency)
	if err != nil {
		return t, err
	}
	sum, err := rate.Convert(money.New(terms.ToleranceMinor, set.Currency))
	return billing.Tolerance{Points: terms.TolerancePoints, Minor: sum.Minor}, err
}

// SetBillingTerms stores how much a supplier's bills may differ.
func SetBillingTerms(ctx context.Context, tx *db.Tx, s id.Store, supplier id.Supplier, points, minor int64, actor Actor) error {
	if points < 0 || points > 5000 {
		return &Refusal{Code: "points", Field: "tolerance_percent", Words: "Between 0 and 50 per cent."}
	}
	if minor < 0 {
		return &Refusal{Code: "minor", Field: "tolerance_amount", Words: "An amount is not negative."}
	}
	if _, err := inventory.SupplierByID(ctx, tx, s, supplier); err != nil {
		return refuse("not-found", "There is no such supplier.")
	}
	t, err := billing.TermsOf(ctx, tx, s, supplier)
	if err != nil {
		return err
	}
	t.TolerancePoints, t.ToleranceMinor = points, minor
	if err := billing.SetTerms(ctx, tx, t); err != nil {
		return err
	}
	return Record(ctx, tx, event.Fact{Store: s, Kind: "supplier.billing-changed", Subject: string(supplier), Actor: string(actor),
		Data: data{"points": points, "minor": minor}})
}
