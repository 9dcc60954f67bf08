package billing

import (
	"fmt"
	"math/big"

	"doorstep/money"
)

// Bought is what is known of the purchase that a line names, in the order's currency.
type Bought struct {
	Number   string
	Live     bool         // its cost is booked: the supplier has it
	Booked   money.Amount // its cost, with what was accepted since
	Here     money.Amount // what the line bills, at the purchase's rate
	Foreign  bool         // billed in another currency than the order's
	Before   string       // where a charge for it stands already; empty: nowhere
	Returned int64        // what was billed and credited for it before, when it is not live
}

// Tolerance is how much a bill may differ: the larger of a part of the amount and a sum.
type Tolerance struct {
	Points int64 // 1/10,000 of what was booked
	Minor  int64 // order currency
}

// Allows says whether a difference is let be.
func (t Tolerance) Allows(diff, booked int64) bool {
	if diff < 0 {
		diff = -diff
	}
	part := new(big.Int).Mul(big.NewInt(max(booked, 0)), big.NewInt(t.Points))
	part.Quo(part, big.NewInt(10_000))
	most := t.Minor
	if part.IsInt64() {
		most = max(most, part.Int64())
	}
	return diff <= most
}

// Verdict is what a line is, and why.
type Verdict struct {
	State    State
	Expected int64 // order currency
	Reason   string
}

// Judge holds a line against its purchase.
func Judge(b Bought, t Tolerance) Verdict {
	if b.Here.Minor < 0 {
		return judgeCredit(b)
	}
	switch {
	case b.Before != "":
		return Verdict{State: Duplicate, Reason: fmt.Sprintf("%s was billed already: %s.", b.Number, b.Before)}
	case !b.Live:
		return Verdict{State: Differs, Reason: fmt.Sprintf("%s was never bought, or was cancelled: nothing is owed for it.", b.Number)}
	}
	if b.Foreign {
		t.Minor = max(t.Minor, 1) // one rounding apart is no difference
	}
	diff := b.Here.Minor - b.Booked.Minor
	v := Verdict{State: Matched, Expected: b.Booked.Minor}
	if t.Allows(diff, b.Booked.Minor) {
		return v
	}
	v.State = Differs
	word := "more"
	if diff < 0 {
		diff, word = -diff, "less"
	}
	v.Reason = fmt.Sprintf("%s is billed with %s, %s %s than the %s that were booked.", b.Number, b.Here, money.New(diff, b.Here.Currency), word, b.Booked)
	return v
}

// judgeCredit is for a credit that ended no demand of ours.
func judgeCredit(b Bought) Verdict {
	if !b.Live && b.Returned > 0 && -b.Here.Minor <= b.Returned {
		return Verdict{State: Matched, Expected: b.Here.Minor, Reason: fmt.Sprintf("%s was cancelled after it had been billed.", b.Number)}
	}
	return Verdict{State: Differs, Reason: fmt.Sprintf("%s is credited for %s, and nobody demanded that.", money.New(-b.Here.Minor, b.Here.Currency), b.Number)}
}

// LineName is a line's name: "<statement>/<line>".
func LineName(statement string, line int64) string { return fmt.Sprintf("%s/%d", statement, line) }
