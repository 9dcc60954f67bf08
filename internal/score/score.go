package score

import (
	"doorstep/internal/clock"
	"doorstep/internal/id"
)

// The measures. Those of time are in minutes; all others are shares.
const (
	Accepted     = "accepted"      // of the purchases that the supplier answered, not refused
	Filled       = "filled"        // of the units it accepted, not short and not ended
	ToLabel      = "to-label"      // from our order to the announced parcel
	ToScan       = "to-scan"       // … to the first time that a carrier saw it
	OnTime       = "on-time"       // of the parcels that are there or overdue, there on the promised day
	Cancelled    = "cancelled"     // of the purchases it accepted, ended by the supplier
	Damaged      = "damaged"       // of the units sent, claimed as damaged
	Wrong        = "wrong"         // … as wrong, incomplete or not as described
	Recovered    = "recovered"     // of the money demanded in disputes that are over, credited
	NeverScanned = "never-scanned" // of the parcels, never seen by a carrier
	NumberSeen   = "number-seen"   // … with a number that was on another parcel before
	Elsewhere    = "elsewhere"     // … delivered in another place than the address
)

// Measures lists them as they are shown.
func Measures() []string {
	return []string{Accepted, Filled, ToLabel, ToScan, OnTime, Cancelled, Damaged, Wrong, Recovered, NeverScanned, NumberSeen, Elsewhere}
}

// Time says whether a measure is in minutes; less is better.
func Time(measure string) bool { return measure == ToLabel || measure == ToScan }

// Bad says whether a measure counts what went wrong; less is better.
func Bad(measure string) bool {
	switch measure {
	case Cancelled, Damaged, Wrong, NeverScanned, NumberSeen, Elsewhere:
		return true
	}
	return false
}

// Count is a part of a whole: good ones of all, or minutes in all of so many parcels.
type Count struct{ Part, Whole int64 }

func (c Count) plus(d Count) Count { return Count{c.Part + d.Part, c.Whole + d.Whole} }

// Figure is what was counted of one measure: the last 30 days and the 90 before.
type Figure struct{ Recent, Before Count }

// All is both spans of time together.
func (f Figure) All() Count { return f.Recent.plus(f.Before) }

// Key names whom figures are of. An empty SKU is all articles, an empty Supplier the store.
type Key struct {
	Supplier id.Supplier
	SKU      string
}

// Card is the figures of one supplier or article, by measure.
type Card map[string]Figure

// Cards are all that was counted of a store.
type Cards map[Key]Card

// Add counts something of a supplier's article, which counts for the supplier and the store
// by the same way only where all is said: counting by article and by supplier is done apart.
func (c Cards) Add(k Key, measure string, recent bool, n Count) {
	if c[k] == nil {
		c[k] = Card{}
	}
	f := c[k][measure]
	if recent {
		f.Recent = f.Recent.plus(n)
	} else {
		f.Before = f.Before.plus(n)
	}
	c[k][measure] = f
}

// Weight is how many orders the store's average weighs as much as, beside a supplier's own.
const Weight = 20

// scale is what shares are parts of.
const scale = 10_000

// Shrunk is a share in parts of 10,000, or a mean in minutes: (part + 20 × the average) /
// (whole + 20). The average is that of all; false where nothing was counted of anybody.
func Shrunk(measure string, own, all Count) (int64, bool) {
	if all.Whole <= 0 {
		return 0, false
	}
	unit := int64(scale)
	if Time(measure) {
		unit = 1
	}
	average := all.Part * unit / all.Whole
	return (own.Part*unit + Weight*average) / (own.Whole + Weight), true
}

// Trend compares the last 30 days with the 90 before: 1 better, -1 worse, 0 much the same or
// too few to say.
func Trend(measure string, f, all Figure) int {
	if f.Recent.Whole < 5 || f.Before.Whole < 5 {
		return 0
	}
	recent, ok := Shrunk(measure, f.Recent, all.All())
	before, _ := Shrunk(measure, f.Before, all.All())
	limit := int64(100) // one of a hundred
	if Time(measure) {
		limit = max(before/20, 60)
	}
	if Time(measure) || Bad(measure) {
		recent, before = before, recent
	}
	switch {
	case !ok, recent-before < limit && before-recent < limit:
		return 0
	case recent > before:
		return 1
	}
	return -1
}

// Standing is of 10,000 orders how many go well by all that was counted: taken, filled, not
// ended, there in time, not damaged, not wrong, seen by a carrier. Each share is Shrunk, and
// they are multiplied. Orders is how many purchases it rests on; 10,000 of 0 where nothing
// was counted of anybody.
func Standing(own, all Card) (standing, orders int64) {
	standing = scale
	for _, m := range []string{Accepted, Filled, Cancelled, OnTime, Damaged, Wrong, NeverScanned} {
		n, known := Shrunk(m, own[m].All(), all[m].All())
		if !known {
			continue
		}
		if Bad(m) {
			n = scale - n
		}
		standing = standing * min(max(n, 0), scale) / scale
	}
	return standing, own[Accepted].All().Whole
}

// Since are the moments that figures are counted from: the last 30 days, and the 90 before.
func Since(now clock.Time) (recent, before clock.Time) {
	const day = 24 * 60 * 60 * 1_000_000
	return now - 30*day, now - 120*day
}
