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
	Served       = "served"        // of the customers who rated delivery or packaging, those who gave neither less than 3 stars
)

// Measures lists them as they are shown.
func Measures() []string {
	return []string{Accepted, Filled, ToLabel, ToScan, OnTime, Cancelled, Damaged, Wrong, Recovered, NeverScanned, NumberSeen, Elsewhere, Served}
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
	average, known := mean(measure, all)
	if !known {
		return 0, false
	}
	return drawn(measure, own, average), true
}

func unitOf(measure string) int64 {
	if Time(measure) {
		return 1
	}
	return scale
}

// mean is what was counted as it is; false where nothing was.
func mean(measure string, c Count) (int64, bool) {
	if c.Whole <= 0 {
		return 0, false
	}
	return c.Part * unitOf(measure) / c.Whole, true
}

// drawn is what was counted, drawn towards an average as if that were 20 more of it.
func drawn(measure string, c Count, average int64) int64 {
	return (c.Part*unitOf(measure) + Weight*average) / (c.Whole + Weight)
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

// servedWeight is how much of what customers were discontent with counts: a fifth. Few rate at
// all, and they rate the order as a whole.
const servedWeight = 5

// Standing is of 10,000 orders how many go well by all that was counted: taken, filled, not
// ended, there in time, not damaged, not wrong, seen by a carrier, and, at a fifth of its weight,
// rated well by customers. Each share is Shrunk, and they are multiplied. Orders is how many
// purchases it rests on; 10,000 of 0 where nothing was counted of anybody.
func Standing(own, all Card) (standing, orders int64) {
	return standingOf(all, own), own[Accepted].All().Whole
}

// ArticleStanding is the same of one of a supplier's articles: each share is drawn towards the
// supplier's, as that is towards the one of all suppliers. Orders are those of the article.
func ArticleStanding(article, own, all Card) (standing, orders int64) {
	return standingOf(all, own, article), article[Accepted].All().Whole
}

// standingOf multiplies the shares of what is last in a line from all to one, each drawn
// towards the one before it.
func standingOf(all Card, line ...Card) int64 {
	standing := int64(scale)
	for _, m := range []string{Accepted, Filled, Cancelled, OnTime, Damaged, Wrong, NeverScanned, Served} {
		n, known := mean(m, all[m].All())
		if !known {
			continue
		}
		for _, c := range line {
			n = drawn(m, c[m].All(), n)
		}
		n = min(max(n, 0), scale)
		switch {
		case Bad(m):
			n = scale - n
		case m == Served:
			n = scale - (scale-n)/servedWeight
		}
		standing = standing * n / scale
	}
	return standing
}

// Since are the moments that figures are counted from: the last 30 days, and the 90 before.
func Since(now clock.Time) (recent, before clock.Time) {
	const day = 24 * 60 * 60 * 1_000_000
	return now - 30*day, now - 120*day
}
