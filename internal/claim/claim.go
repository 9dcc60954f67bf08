package claim

import (
	"fmt"
	"slices"
	"strings"
)

// Live says whether something is still to happen.
func (c Claim) Live() bool {
	return slices.Contains([]State{Opened, Waiting, Returning, Inspecting, Settling, Failed}, c.State)
}

// Holds says whether its units cannot be claimed once more: it is not over, or money went back
// for them. Units that were replaced or exchanged can break again.
func (c Claim) Holds() bool {
	return c.Live() || c.State == Settled && c.Outcome != Replacement && c.Outcome != Exchanged
}

// Move applies an event to the state; an error that wraps machine.ErrIllegal where it is not
// possible.
func (c *Claim) Move(e Event) error {
	next, err := Claims.Next(c.State, e)
	if err != nil {
		return fmt.Errorf("claim %s: %w", c.Number, err)
	}
	c.State = next
	return nil
}

// Move applies an event to the state of a dispute.
func (d *Dispute) Move(e DisputeEvent) error {
	next, err := Disputes.Next(d.State, e)
	if err != nil {
		return fmt.Errorf("dispute %s: %w", d.DisputeID, err)
	}
	d.State = next
	return nil
}

// Short is how much less was credited than demanded and not let be, in minor units.
func (d Dispute) Short() int64 {
	if d.State != DisputeCredited {
		return 0
	}
	return max(d.AmountMinor-d.CreditedMinor-d.WaivedMinor, 0)
}

// The ways to tell a supplier of a demand.
const (
	ByConnector = "connector"
	ByMail      = "mail"
	ByHand      = "hand"
)

// Terms are the stored terms as decisions read them.
func (t SupplierTerm) Terms(supplier string) Terms {
	return Terms{Supplier: supplier, ReturnTo: t.ReturnTo, Days: t.Days, Evidence: words(t.Evidence), Accepts: words(t.Accepts)}
}

// words are the parts of a list with commas.
func words(list string) (out []string) {
	for w := range strings.SplitSeq(list, ",") {
		if w = strings.TrimSpace(w); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// Range is units First to First+Units-1 of a line of an order.
type Range struct{ Line, First, Units int64 }

// Touches says whether two ranges have a unit in common.
func (r Range) Touches(o Range) bool {
	return r.Line == o.Line && r.First < o.First+o.Units && o.First < r.First+r.Units
}

// Pick chooses n units of a line, the lowest first, among those up to most that nobody holds;
// false when there are not so many.
func Pick(line, n, most int64, held []Range) ([]Range, bool) {
	var out []Range
	for unit := int64(1); unit <= most && n > 0; unit++ {
		if slices.ContainsFunc(held, func(r Range) bool { return r.Line == line && r.First <= unit && unit < r.First+r.Units }) {
			continue
		}
		n--
		if last := len(out) - 1; last >= 0 && out[last].First+out[last].Units == unit {
			out[last].Units++
			continue
		}
		out = append(out, Range{Line: line, First: unit, Units: 1})
	}
	return out, n == 0
}
