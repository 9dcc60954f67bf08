package dashboard

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"doorstep/internal/clock"
	"doorstep/internal/db"
	"doorstep/internal/flow"
	"doorstep/internal/id"
	"doorstep/internal/promise"
	"doorstep/internal/report"
	"doorstep/internal/score"
	"doorstep/internal/shipment"
)

// scoreCard is how reliable a supplier or an article is.
type scoreCard struct {
	Rows     []scoreRow
	Standing int64 // of 10,000 orders go well
	Orders   int64
	At       clock.Time
	Articles []articleScore
	Lanes    []promise.Lane
	Service  report.ServiceRating // what customers told the store alone; all zero: nobody said anything
	MadeGood []report.Recovered   // per currency, of the last 90 days
}

// scoreRow is one measure.
type scoreRow struct {
	Measure string
	Name    string
	Value   string
	Sample  string
	Trend   int
	Why     []string
}

// articleScore is an article in the table of a supplier's articles.
type articleScore struct {
	SKU              string
	Standing, Orders int64
	OnTime, Scan     string
	Bad              string // damaged or wrong
}

// articlesShown and lanesShown are how many rows a supplier's page shows.
const (
	articlesShown = 50
	lanesShown    = 12
)

// readScores reads the card of a supplier.
func readScores(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier) (c scoreCard, err error) {
	all, at, err := score.Of(ctx, tx, store, "")
	if err != nil {
		return c, err
	}
	if c.Lanes, err = promise.LanesOf(ctx, tx, store, supplier, lanesShown); err != nil {
		return c, err
	}
	if err := c.heard(ctx, tx, store, supplier); err != nil || len(all) == 0 {
		return c, err
	}
	cards, err := score.Articles(ctx, tx, store, supplier)
	if err != nil {
		return c, err
	}
	own := cards[""]
	c.At = at
	c.Standing, c.Orders = score.Standing(own, all)
	for _, m := range score.Measures() {
		if row, known := rowOf(m, own[m], all[m]); known {
			c.Rows = append(c.Rows, row)
		}
	}
	for _, sku := range slices.Sorted(maps.Keys(cards)) {
		if sku == "" {
			continue
		}
		one := cards[sku]
		a := articleScore{SKU: sku}
		a.Standing, a.Orders = score.ArticleStanding(one, own, all) // few orders of an article are drawn towards the supplier's
		a.OnTime, a.Scan = figureOf(score.OnTime, one, own), figureOf(score.ToScan, one, own)
		a.Bad = figureOf(score.Damaged, one, own)
		c.Articles = append(c.Articles, a)
	}
	slices.SortStableFunc(c.Articles, func(a, b articleScore) int { return cmp.Compare(a.Standing, b.Standing) })
	c.Articles = c.Articles[:min(len(c.Articles), articlesShown)]
	return c, nil
}

// heard reads what customers said of the supplier's service, and what it made good.
func (c *scoreCard) heard(ctx context.Context, tx *db.Tx, store id.Store, supplier id.Supplier) error {
	ratings, err := report.ServiceRatings(ctx, tx, store, tx.Now.Add(-serviceFor))
	if err != nil {
		return err
	}
	for _, r := range ratings {
		if r.Supplier == supplier {
			c.Service = r
		}
	}
	good, err := report.RecoveredSince(ctx, tx, store, tx.Now.Add(-recoveredFor))
	for _, r := range good {
		if r.Supplier == supplier {
			c.MadeGood = append(c.MadeGood, r)
		}
	}
	return err
}

// serviceRows are what customers said of the service, as rows of the card.
func (c scoreCard) serviceRows() (rows []scoreRow) {
	for _, one := range []struct {
		measure, name string
		said          report.Said
	}{{"service-delivery", "Customers on the delivery", c.Service.Delivery}, {"service-packaging", "Customers on the packaging", c.Service.Packaging}} {
		if one.said.Count == 0 {
			continue
		}
		rows = append(rows, scoreRow{Measure: one.measure, Name: one.name, Value: stars(one.said), Sample: counted(one.said.Count, "answer"),
			Why: []string{"What customers told the store alone when they were asked for a review, of orders that it had a part in, within a year. How many of them were content weighs a little in the choice of a supplier: see \"Customers content\" above."}})
	}
	return rows
}

func figureOf(measure string, own, all score.Card) string {
	n, known := score.Shrunk(measure, own[measure].All(), all[measure].All())
	if !known {
		return "–"
	}
	return scoreFigure(measure, n)
}

// scoreFigure writes a share, or a time in minutes.
func scoreFigure(measure string, n int64) string {
	if score.Time(measure) {
		return hours(n)
	}
	return tenths(n)
}

// tenths writes parts of 10,000 as per cent: 9550 is "95.5 %".
func tenths(n int64) string { return fmt.Sprintf("%d.%d %%", n/100, n%100/10) }

// hours writes minutes as days and hours.
func hours(minutes int64) string {
	h := (minutes + 30) / 60
	switch {
	case h < 48:
		return counted(h, "hour")
	case h%24 == 0 || h >= 240:
		return counted((h+12)/24, "day")
	}
	return fmt.Sprintf("%d days %d h", h/24, h%24)
}

func rowOf(measure string, own, all score.Figure) (scoreRow, bool) {
	n, known := score.Shrunk(measure, own.All(), all.All())
	if !known {
		return scoreRow{}, false
	}
	about := measureWords(measure)
	row := scoreRow{Measure: measure, Name: about.name, Value: scoreFigure(measure, n), Sample: counted(own.All().Whole, about.noun),
		Trend: score.Trend(measure, own, all)}
	average, _ := score.Shrunk(measure, score.Count{}, all.All())
	said := func(c score.Count) string {
		if score.Time(measure) {
			if c.Whole == 0 {
				return "none"
			}
			return hours(c.Part/c.Whole) + " at the mean of " + counted(c.Whole, about.noun)
		}
		return count(c.Part) + " of " + counted(c.Whole, about.noun)
	}
	row.Why = []string{about.what,
		"The last 30 days: " + said(own.Recent) + ". The 90 days before: " + said(own.Before) + ".",
		fmt.Sprintf("All your suppliers together: %s. Few orders say little, so each figure is drawn towards that: (its own + %d × the average) ÷ (its number + %d).",
			scoreFigure(measure, average), score.Weight, score.Weight)}
	return row, true
}

// measureAbout is a measure in words.
type measureAbout struct{ name, noun, what string }

func measureWords(measure string) measureAbout {
	return map[string]measureAbout{
		score.Accepted:     {"Takes our orders", "order", "Of the purchase orders that it answered, those that it did not refuse. A wrong address is not counted."},
		score.Filled:       {"Sends all of them", "unit", "Of the units that it accepted, those that it did not cut short."},
		score.ToLabel:      {"Time to the label", "parcel", "From our order until a tracking number is there."},
		score.ToScan:       {"Time to the first scan", "parcel", "From our order until a carrier has seen the parcel. A label is not a scan."},
		score.OnTime:       {"There on the promised day", "parcel", "Of the parcels that are there or overdue, those that came by the last day that the customer was promised."},
		score.Cancelled:    {"Ended after it accepted", "order", "Of the purchase orders that it accepted, those that it ended itself."},
		score.Damaged:      {"Claimed as damaged", "unit", "Of the units that it sent, those that customers claimed as damaged."},
		score.Wrong:        {"Claimed as wrong", "unit", "Of the units that it sent, those that were another article, incomplete or not as described."},
		score.Recovered:    {"Made good", "minor unit", "Of the money that we demanded in disputes that are over, what was credited."},
		score.NeverScanned: {"Tracking that never scans", "parcel", "Parcels that were announced and that no carrier has seen."},
		score.NumberSeen:   {"Numbers seen before", "parcel", "Parcels whose number was on another parcel before."},
		score.Elsewhere:    {"Delivered elsewhere", "parcel", "Parcels that were delivered in another city or country than the address."},
		score.Served: {"Customers content", "rating", "Of the customers who rated delivery or packaging for the store alone, those who gave neither less than 3 stars. " +
			"It counts a fifth of what the other figures do."},
	}[measure]
}

// trendWords say whether a measure becomes better; empty while it stays.
func trendWords(trend int) string {
	switch trend {
	case 1:
		return "better lately"
	case -1:
		return "worse lately"
	}
	return ""
}

// laneWords say how long parcels of a lane take.
func laneWords(l promise.Lane) string {
	if l.TypicalMinutes == 0 {
		return "nothing delivered yet"
	}
	return hours(l.TypicalMinutes) + " mostly, " + hours(l.SlowMinutes) + " for nine of ten (" + counted(l.Parcels, "parcel") + ")"
}

// rated are the suppliers of the list, each with its standing.
type rated struct {
	report.Health
	Standing, Orders int64
}

// rate reads the standings of the suppliers in a list, the worst first where that is wanted.
func (d *Dashboard) rate(v *visit, list []report.Health) (out []rated, err error) {
	err = d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		all, _, err := score.Of(ctx, tx, v.store, "")
		if err != nil {
			return err
		}
		out = make([]rated, 0, len(list))
		for _, h := range list {
			one := rated{Health: h}
			if len(all) > 0 {
				own, _, err := score.Of(ctx, tx, v.store, h.ID)
				if err != nil {
					return err
				}
				one.Standing, one.Orders = score.Standing(own, all)
			}
			out = append(out, one)
		}
		return nil
	})
	switch v.query("sort") {
	case "best":
		slices.SortStableFunc(out, func(a, b rated) int { return cmp.Compare(b.Standing, a.Standing) })
	case "worst":
		slices.SortStableFunc(out, func(a, b rated) int { return cmp.Compare(a.Standing, b.Standing) })
	}
	return out, err
}

// settleFlag notes that a person has looked at what is odd about a parcel.
func (d *Dashboard) settleFlag(v *visit) error {
	name := id.Shipment(v.path("shipment"))
	back := Prefix + "/orders"
	err := d.db.View(v.r.Context(), func(ctx context.Context, tx *db.Tx) error {
		s, err := shipment.Get(ctx, tx, v.store, name)
		back = orderURL(s.OrderID)
		return err
	})
	if err != nil {
		return err
	}
	return d.do(v, back, "Noted: you have looked at the parcel.", func(ctx context.Context, tx *db.Tx) error {
		return flow.SettleFlag(ctx, tx, v.store, name, v.form("flag"), v.actor())
	})
}

// learnedAgo says how old the figures are.
func learnedAgo(v *visit, at clock.Time) string {
	if at.IsZero() {
		return ""
	}
	return "Counted " + span(v.now.Sub(at).Round(time.Minute)) + " ago, from the last 120 days."
}
