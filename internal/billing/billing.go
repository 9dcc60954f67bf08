package billing

import (
	"encoding/json"
	"slices"

	"doorstep/money"
)

// State is where a line of a statement is.
type State string

// The states of a line.
const (
	Matched   State = "matched"
	Differs   State = "differs"
	Duplicate State = "duplicate"
	Unmatched State = "unmatched"
	Credited  State = "credited"
	Accepted  State = "accepted" // as it is billed: booked
	Disputed  State = "disputed" // booked, and demanded back
	Ignored   State = "ignored"  // let be, with a reason
)

// Waits says whether a person has to see to the line.
func (s State) Waits() bool { return s == Differs || s == Duplicate || s == Unmatched }

// States lists them as they are shown.
func States() []State {
	return []State{Differs, Duplicate, Unmatched, Matched, Credited, Accepted, Disputed, Ignored}
}

// Amount is what the line bills; negative: a credit.
func (l StatementLine) Amount() money.Amount { return money.New(l.AmountMinor, l.Currency) }

// Charge says whether the line wants money of us.
func (l StatementLine) Charge() bool { return l.AmountMinor > 0 }

// Name is the line's name for people and as the subject of a reason: "<statement>/<line>".
func (l StatementLine) Name() string { return LineName(string(l.StatementID), l.LineNo) }

// Mapping is our name of a column to the file's.
type Mapping map[string]string

// The columns that we know.
const (
	ColRef      = "ref"      // the supplier's order number
	ColOurRef   = "our_ref"  // our key or purchase number
	ColTracking = "tracking" // a parcel's number
	ColAmount   = "amount"   // all of it; else goods and freight
	ColGoods    = "goods"
	ColFreight  = "freight"
	ColCurrency = "currency"
	ColKind     = "kind" // says which rows are credits
	ColDate     = "date"
	ColTitle    = "title"
	ColArticle  = "article" // there is one: rows of one order are its articles, and are added up
)

// Columns lists them as they are asked for.
func Columns() []string {
	return []string{ColOurRef, ColRef, ColTracking, ColAmount, ColGoods, ColFreight, ColCurrency, ColKind, ColDate, ColTitle, ColArticle}
}

// Mapping is the stored mapping of a supplier's columns.
func (t BillingTerm) Mapping() Mapping {
	m := Mapping{}
	_ = json.Unmarshal([]byte(t.Columns), &m) // written by flow alone
	return m
}

// Enough says whether rows can be matched and have an amount.
func (m Mapping) Enough() bool {
	has := func(list ...string) bool { return slices.ContainsFunc(list, func(c string) bool { return m[c] != "" }) }
	return has(ColRef, ColOurRef, ColTracking) && has(ColAmount, ColGoods)
}
