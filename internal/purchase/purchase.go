package purchase

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"doorstep/money"
)

// Live says whether the purchase covers its units: it is under way or done.
func (p Purchase) Live() bool { return p.State != Rejected && p.State != Cancelled }

// Known says whether the supplier is known to have it.
func (p Purchase) Known() bool {
	return slices.Contains([]State{Submitted, Accepted, Shipping, Shipped, Cancelling}, p.State)
}

// Committed says whether its units are still promised on the offers, because the supplier
// has not yet acknowledged them.
func (p Purchase) Committed() bool {
	return slices.Contains([]State{Planned, Held, Submitting, Uncertain}, p.State)
}

// PartList are the supplier's further order numbers.
func (p Purchase) PartList() []string {
	if p.Parts == "" {
		return nil
	}
	return strings.Split(p.Parts, ",")
}

// Exchange is the rate that was fixed when the purchase was planned.
func (p Purchase) Exchange() (money.Rate, error) {
	var r money.Rate
	if err := json.Unmarshal([]byte(p.Rate), &r); err != nil {
		return r, fmt.Errorf("purchase %s: stored rate: %w", p.Number, err)
	}
	return r, nil
}

// Why are the stored reasons of the sourcing.
func (p Purchase) Why() []Reason {
	var list []Reason
	_ = json.Unmarshal([]byte(p.Reasons), &list) // written by flow alone
	return list
}

// Move applies an event to the state; an error that wraps machine.ErrIllegal where it is
// not possible.
func (p *Purchase) Move(e Event) error {
	next, err := Machine.Next(p.State, e)
	if err != nil {
		return fmt.Errorf("%s: %w", p.Number, err)
	}
	p.State, p.Late = next, "" // news: nobody waits for what was late any more
	return nil
}

// Left is how many units of the line the supplier will send.
func (l PurchaseLine) Left() int64 { return l.Quantity - l.Short }

// clean makes bytes from outside storable as text on every database.
func clean(s string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\x00", "")
}
